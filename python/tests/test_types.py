"""Types: the stubs are those of the package as it is, and programs type-check with them and run."""

import pathlib
import runpy
import subprocess
import sys

import pytest

PYTHON = pathlib.Path(__file__).parent.parent
EXAMPLES = sorted((PYTHON / "examples").glob("*.py"))
# Programs that are wrong, and what mypy says of them.
WRONG = [
    ("jnp.sin('a')", "arg-type"), ("jnp.zeros(3).no_such_method()", "attr-defined"), ("jax.jit(3)", "call-overload"), ("jax.grad(lambda x: x)(1.0, 2.0)", "call-arg"),
    ("jnp.sinn(1.0)", "attr-defined"), ("jax.jit(len)()", "call-arg"), ("x: int = jnp.arange(3)", "assignment"), ("jax.random.normal()", "call-arg"),
]


def mypy(*arguments, cwd=PYTHON):
    options = ["--no-error-summary", "--no-incremental", "--cache-dir", "/dev/null", "--config-file", str(PYTHON / "pyproject.toml")]
    return subprocess.run([sys.executable, "-m", "mypy", *options, *arguments], capture_output=True, text=True, cwd=cwd, check=False)


def test_stubs_are_current():
    sys.path.insert(0, str(PYTHON))
    try:
        made = __import__("stubs").stubs()
    finally:
        sys.path.remove(str(PYTHON))
    old = [str(path.relative_to(PYTHON)) for path, text in made.items() if not path.exists() or path.read_text() != text]
    extra = {p for p in (PYTHON / "raxla").rglob("*.pyi")} - set(made)
    assert not old and not extra, "run `cargo xtask python-stubs`"
    assert (PYTHON / "raxla" / "py.typed").exists()


def test_programs_type_check():
    checked = mypy("--strict", *map(str, EXAMPLES))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_stubs_type_check():
    checked = mypy(*[str(p) for p in sorted((PYTHON / "raxla").rglob("*.pyi"))])
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_wrong_programs_do_not(tmp_path):
    lines = ["import raxla as jax", "import raxla.numpy as jnp", *[code for code, _ in WRONG]]
    (tmp_path / "wrong.py").write_text("\n".join(lines) + "\n")
    said = mypy(str(tmp_path / "wrong.py")).stdout.splitlines()
    for i, (code, kind) in enumerate(WRONG):
        assert any(f"wrong.py:{i + 3}:" in line and f"[{kind}]" in line for line in said), (code, said)


@pytest.mark.parametrize("path", EXAMPLES, ids=[p.stem for p in EXAMPLES])
def test_programs_run(path):
    runpy.run_path(str(path), run_name="__main__")
