"""raxla in JAX's place: what imports `jax` gets `raxla`.

    python shim.py raxla program.py     runs a program with it
    python shim.py jax program.py       runs the same with JAX
"""

import importlib
import pkgutil
import runpy
import sys

# JAX's version that raxla follows, for programs that ask.
VERSION = "0.10.2"


def install():
    """Puts every public module of `raxla` where `jax` has it. Nothing private of JAX's is there."""
    import raxla

    names = [m.name for m in pkgutil.walk_packages(raxla.__path__, "raxla.") if "._" not in m.name]
    for name in names:
        importlib.import_module(name)
    # Some modules are no files.
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "raxla" and "._" not in name:
            sys.modules["jax" + name.removeprefix("raxla")] = module
    raxla.__version__ = VERSION


if __name__ == "__main__":
    world, program = sys.argv[1:3]
    if world == "raxla":
        install()
    sys.argv = sys.argv[2:]
    runpy.run_path(program, run_name="__main__")
