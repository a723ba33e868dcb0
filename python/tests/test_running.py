"""Programs as they run: stages, settings, callbacks, devices, threads, processes, signals."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from both import WORLDS, check, check_error, evaluate

FLAGS = [
    {}, None, {"xla_cpu_enable_fast_math": True}, {"xla_cpu_enable_fast_min_max": True},
    {"xla_backend_optimization_level": 1}, {"xla_backend_optimization_level": "1"},
    {"xla_disable_hlo_passes": "fusion", "xla_cpu_parallel_codegen_split_count": 3},
]
WRONG_FLAGS = [
    ("{'xla_no_such': 1}", "JaxRuntimeError", "xla_no_such"), ("{'--xla_cpu_enable_fast_math': True}", "JaxRuntimeError", "--xla_cpu_enable_fast_math"),
    ("{'xla_cpu_enable_fast_math': 'perhaps'}", "JaxRuntimeError", "xla_cpu_enable_fast_math"), ("{'xla_cpu_enable_fast_math': 1}", "JaxRuntimeError", "xla_cpu_enable_fast_math"),
    ("{'xla_backend_optimization_level': True}", "JaxRuntimeError", "xla_backend_optimization_level"),
    ("{'xla_backend_optimization_level': 1.5}", "JaxRuntimeError", "xla_backend_optimization_level"), ("{'xla_backend_optimization_level': 2**40}", "JaxRuntimeError", "int32"),
    ("{'xla_backend_optimization_level': 2**70}", "JaxRuntimeError", "xla_backend_optimization_level"), ("{'xla_dump_hlo_module_re': 5}", "JaxRuntimeError", "xla_dump_hlo_module_re"),
    ("{'xla_cpu_parallel_codegen_split_count': 0}", "JaxRuntimeError", "0"), ("{1: 2}", "TypeError", "1"), ("{'xla_cpu_enable_fast_math': None}", "TypeError", "xla_cpu_enable_fast_math"),
    ("[1]", "AttributeError", "items"), ("'text'", "AttributeError", "items"),
]
NAMED = "lambda x: jax.named_scope('model')(lambda x: jnp.sum(jax.named_scope('layer')(jnp.sin)(x)))(x)"
NAMES = [
    ("jit(<lambda>)/model/layer/sin", NAMED), ("jit(<lambda>)/layer/sin", NAMED), ("jit(<lambda>)/jvp(model)/layer/cos", f"jax.grad({NAMED})"),
    ("jit(<lambda>)/transpose(jvp(model))/layer/mul", f"jax.grad({NAMED})"), ("jit(<lambda>)/vmap(model)/layer/sin", f"jax.vmap({NAMED})"),
    ("jit(<lambda>)/out/jvp(in)/sin", "lambda x: jax.named_scope('out')(jax.grad(jax.named_scope('in')(jnp.sin)))(x[0])"),
    ("jit(<lambda>)/plus/sin", "lambda x: jax.named_call(jnp.sin, name='plus')(x)"), ("jit(<lambda>)/a b/c\\22/sin", "lambda x: jax.named_scope('a b/c\"')(jnp.sin)(x)"),
    ("model", "jnp.sin"), ("step/tanh", "lambda x: jax.lax.scan(lambda c, _: (jax.named_scope('step')(jnp.tanh)(c), None), x, None, length=3)[0]"),
]
ROWS = [
    # Stages.
    "jax.jit(lambda x: x * 2).lower(jnp.arange(3)).compile()(jnp.arange(3))", "jax.jit(lambda x: x * 2).trace(jnp.arange(3)).lower().compile()(jnp.arange(3))",
    "jax.jit(lambda x, y=1: {'a': x + y}).lower(jax.ShapeDtypeStruct((2,), jnp.float32), y=2.0).compile()(jnp.ones(2), y=3.0)",
    "jax.jit(lambda x: x @ x).lower(jax.ShapeDtypeStruct((2, 2), jnp.float32)).out_info.shape", "jax.jit(lambda x: (x, x + 1.0)).eval_shape(jnp.arange(2))[1].dtype.name",
    "jax.jit(lambda x, n: x * n, static_argnums=1).lower(2.0, 3).compile()(2.0)", "jax.jit(lambda n, x: x * n, static_argnums=0).trace(7, 8).lower().compile()(5)",
    "jax.jit(lambda x, *, n: x * n, static_argnames='n').lower(2.0, n=3).compile()(4.0)", "'stablehlo' in jax.jit(lambda x: x + 1).lower(1.0).as_text()",
    "jax.jit(lambda x: x + 1, inline=True)(1.0)", "jax.vmap(jax.jit(lambda x: x + 1, inline=True))(jnp.arange(3))", "jax.jit(jax.named_call(lambda x: x + 1, name='plus'))(1)",
    "len(jax.jit(lambda x, unused: x, keep_unused=True)(1, 2).shape)",
    # Flags of XLA's for one module. (JAX refuses those of a function in `grad`.)
    *(f"jax.jit(lambda x: jnp.sin(x) * 2, compiler_options={options})(jnp.arange(3.0))" for options in FLAGS),
    *(f"jax.jit(lambda x: jnp.sin(x) * 2).lower(jnp.arange(3.0)).compile(compiler_options={options})(jnp.arange(3.0))" for options in FLAGS),
    "jax.jit(compiler_options={'xla_cpu_enable_fast_math': False})(lambda x: x + 1)(1.0)",
    "jax.vmap(jax.jit(lambda x: x * x, compiler_options={'xla_cpu_enable_fast_math': False}))(jnp.arange(3.0))",
    "jax.jit(lambda x: x, compiler_options={'xla_cpu_enable_fast_math': 'no'}).lower(1.0).compile({'xla_cpu_enable_fast_math': True})(2.0)",
    # Names.
    *(f"{name!r} in jax.jit(NAMED).lower(jnp.arange(3.0)).as_text(debug_info=True)".replace("NAMED", function) for name, function in NAMES),
    "with jax.named_scope('around'):\n    out = 'around' in jax.jit(jnp.sin).lower(1.0).as_text(debug_info=True)",
    "jax.named_scope('f')(lambda x: x + 1)(1.0)", "jax.jit(jax.named_call(lambda x, *, k: x + k, name='f'))(1.0, k=2.0)", "jax.named_scope('')(jnp.sin)(1.0)",
    # Settings.
    "with_x64 = jax.enable_x64(True)\nwith with_x64:\n    out = jnp.arange(3.0) * 2, jnp.float64(1), jnp.array(2)", "jax.config.jax_enable_x64",
    "with jax.disable_jit():\n    out = jax.jit(lambda x: x + 1 if x > 0 else x - 1)(2.0)", "with jax.default_matmul_precision('highest'):\n    out = jnp.eye(2) @ jnp.eye(2)",
    "with jax.numpy_dtype_promotion('strict'):\n    out = jnp.arange(3) + 1", "with jax.numpy_rank_promotion('raise'):\n    out = jnp.ones((2, 2)) + 1",
    "with jax.ensure_compile_time_eval():\n    out = jnp.sin(1.0)", "def f(x):\n    with jax.ensure_compile_time_eval():\n        n = int(jnp.sum(jnp.arange(3)))\n    return x * n\nout = jax.jit(f)(2.0)",
    # Callbacks.
    "jax.pure_callback(lambda x: np.sort(np.asarray(x)), jax.ShapeDtypeStruct((3,), jnp.float32), jnp.array([3.0, 1.0, 2.0]))",
    "jax.jit(lambda x: jax.pure_callback(lambda x: (np.asarray(x) * 2, {'a': np.float32(1)}), (x, {'a': jax.ShapeDtypeStruct((), jnp.float32)}), x))(jnp.arange(3))",
    "jax.vmap(lambda x: jax.pure_callback(lambda x: np.asarray(x) * 2, x, x, vmap_method='sequential'))(jnp.arange(3.0))",
    "jax.vmap(lambda x: jax.pure_callback(lambda x: np.asarray(x) * 2, x, x, vmap_method='expand_dims'))(jnp.arange(3.0))",
    "jax.vmap(lambda x, y: jax.pure_callback(lambda x, y: np.asarray(x) + np.asarray(y), x, x, y, vmap_method='broadcast_all'), (0, None))(jnp.arange(3.0), 1.0)",
    "jax.pure_callback(lambda *, k: np.asarray(k) + 1, jax.ShapeDtypeStruct((), jnp.int32), k=jnp.int32(1))",
    "f = jax.custom_jvp(lambda x: jax.pure_callback(lambda x: np.sin(np.asarray(x)), x, x, vmap_method='expand_dims'))\nf.defjvp(lambda p, t: (f(*p), jnp.cos(p[0]) * t[0]))\n"
    "out = jax.grad(f)(jnp.float32(1.0)), jax.vmap(jax.grad(f))(jnp.arange(3.0))",
    "seen = []\n_ = jax.jit(lambda x: jax.debug.callback(lambda x: seen.append(float(x)), x))(2.0)\njax.effects_barrier()\nout = seen",
    "seen = []\ndef f(x):\n    jax.debug.callback(lambda x, *, name: seen.append((name, float(x))), x, name='x')\n    return x * x\nout = jax.grad(f)(3.0)\njax.effects_barrier()\nout = out, [s[1] for s in seen]",
    "seen = []\ndef body(c, x):\n    jax.debug.callback(lambda x: seen.append(int(x)), x, ordered=True)\n    return c + x, None\nout = lax.scan(body, 0, jnp.arange(4))[0]\njax.effects_barrier()\nout = out, seen",
    "f = jax.jit(lambda x: lax.fori_loop(0, 9, lambda i, x: (jax.debug.callback(lambda x: x * 2 == i0, x), x + 1)[1], x))\ni0, x = jnp.arange(1), jnp.ones((32, 32))\n"
    "for _ in range(9): x = f(x)\nout = x",
    # Devices.
    "jax.default_backend()", "jax.process_index(), jax.process_count()", "jax.device_put(1.5)", "jax.device_get({'a': jnp.arange(2)})", "jax.device_put(np.arange(3), jax.devices()[0])",
    "jax.devices()[0].platform", "jnp.arange(2).devices() == {jax.devices()[0]}", "jax.local_devices()[0] == jax.devices('cpu')[0]",
]
ERRORS = [
    *((f"jax.jit(lambda x: x + 1, compiler_options={options})(1.0)", kind, name) for options, kind, name in WRONG_FLAGS),
    *((f"jax.jit(lambda x: x + 1).lower(1.0).compile(compiler_options={options})(1.0)", kind, name) for options, kind, name in WRONG_FLAGS),
    ("jax.jit(lambda x: jax.jit(lambda x: x, compiler_options={'xla_cpu_enable_fast_math': True})(x))(1.0)", "ValueError", "xla_cpu_enable_fast_math", "top-level"),
    ("jax.grad(jax.jit(lambda x: x, compiler_options={'xla_no_such': True}))(1.0)", "JaxRuntimeError", "xla_no_such"),
    ("jax.named_scope(1)", "TypeError", "string"), ("jax.named_call(1)", "AttributeError", "__name__"),
    ("jax.jit(lambda x: x).lower(jnp.arange(3)).compile()(jnp.arange(4))", "TypeError", "i32[3]", "i32[4]"),
    ("jax.jit(lambda x: x).lower(jnp.arange(3)).compile()((jnp.arange(3),))", "TypeError"),
    ("with jax.debug_nans(True):\n    out = jnp.log(-jnp.ones(2))", "FloatingPointError", "nan", "log"),
    ("with jax.debug_nans(True):\n    out = jax.jit(lambda x: jnp.sqrt(x) + 1)(-1.0)", "FloatingPointError", "nan", "sqrt"),
    ("with jax.debug_infs(True):\n    out = 1 / jnp.zeros(2)", "FloatingPointError", "inf"),
    ("with jax.numpy_dtype_promotion('strict'):\n    out = jnp.arange(3) + jnp.ones(3)", "ValueError", "add"),
    ("with jax.numpy_rank_promotion('raise'):\n    out = jnp.ones((2, 3)) + jnp.ones(3)", "ValueError", "add", "f32[2,3]"),
    ("jax.config.update('jax_no_such_option', 1)", "AttributeError", "jax_no_such_option"),
    ("jax.vmap(lambda x: jax.pure_callback(lambda x: x, x, x))(jnp.arange(3))", "Exception", "vmap_method"),
    ("jax.grad(lambda x: jax.pure_callback(lambda x: x, x, x))(1.0)", "ValueError", "custom_jvp"),
    ("def f(x):\n    raise KeyError('mine')\nout = jax.jit(lambda x: jax.pure_callback(f, x, x))(jnp.arange(3.0)).block_until_ready()", "RuntimeError", "KeyError", "mine"),
    ("jax.pure_callback(lambda x: np.zeros(5, np.float32), jax.ShapeDtypeStruct((3,), jnp.float32), jnp.ones(3)).block_until_ready()", "Exception", "f32[3]"),
    ("jax.debug.print('{x} {y}', x=1)", "KeyError"), ("jax.debug.print(ordered=True, a=42)('{a}')", "TypeError"), ("jax.debug.callback(None, 42)(print)", "TypeError"),
    ("jax.debug.print(ordered=True)('{a}', a=42, partitioned=True)", "ValueError"),
    ("jax.debug.callback(3)", "TypeError", "callable"),
    ("jax.devices('no_such')", "RuntimeError", "no_such"),
]


@pytest.mark.parametrize("code", ROWS)
def test_running_is_jaxs(code):
    check(code)


@pytest.mark.parametrize("row", ERRORS, ids=[r[0] for r in ERRORS])
def test_errors_of_running(row):
    code, kind, *texts = row
    check_error(code, kind, *texts)


def test_a_flag_that_would_end_the_process_is_refused():
    import raxla as jax

    for value in (-1, "-1", 2**31 - 1, -1.0):
        with pytest.raises(jax.errors.JaxRuntimeError, match="xla_cpu_parallel_codegen_split_count"):
            jax.jit(lambda x: x, compiler_options={"xla_cpu_parallel_codegen_split_count": value})(1.0)


def test_flags_make_another_executable(tmp_path):
    import raxla as jax

    def f(x):
        return x * 3 + 1

    folders = [tmp_path / str(i) for i in range(3)]
    for folder in folders[:2]:
        assert float(jax.jit(f, compiler_options={"xla_dump_to": str(folder)})(2.0)) == 7.0
    assert float(jax.grad(jax.jit(f, compiler_options={"xla_dump_to": str(folders[2])}))(2.0)) == 3.0
    assert all(any(folder.iterdir()) for folder in folders)


def test_names_reach_xla_and_make_no_other_program(tmp_path):
    import raxla as jax
    import raxla.numpy as jnp

    def named(name):
        return jax.jit(lambda x: jax.named_scope(name)(jnp.sinh)(x) - 2, compiler_options={"xla_dump_to": str(tmp_path)})

    named("one")(1.0)
    files = {file.name: file.read_text() for file in tmp_path.iterdir() if file.suffix == ".txt"}
    assert any('/one/sinh"' in text and "op_name" in text for text in files.values())
    named("two")(1.0)
    assert {file.name for file in tmp_path.iterdir() if file.suffix == ".txt"} == set(files)


def test_c_extensions_see_a_sequence():
    import raxla.numpy as jnp

    assert np.lexsort(jnp.array([[3, 1, 2]])).tolist() == [1, 2, 0]


def printed_by(code, capfd):
    """What the code prints in each of the packages."""
    printed = []
    for world in WORLDS:
        evaluate(world, code)
        printed.append(capfd.readouterr().out)
    return printed


def test_lines_are_printed(capfd):
    code = "_ = jax.jit(lambda x: jax.debug.print('x = {x}, {:.2f}', 1.5, x=x))(jnp.arange(2))\njax.effects_barrier()\nout = 0"
    printed = printed_by(code, capfd)
    assert printed[0] == printed[1] == "x = [0 1], 1.50\n"


def test_ordered_lines_of_a_batch_come_in_the_examples_order(capfd):
    code = ("f = lambda x: lax.scan(lambda c, x: (c + x, jax.debug.print('{}', c * x, ordered=True)), x, jnp.arange(3))\n"
            "out = jax.vmap(f)(jnp.arange(2)), jax.vmap(lambda x: jax.debug.print('x = {}', x, ordered=True))(jnp.arange(20))\njax.effects_barrier()")
    printed = printed_by(code, capfd)
    assert printed[0] == printed[1]


def test_lines_show_numbers_as_numpy_is_told_to(capfd):
    code = ("with np.printoptions(precision=2, suppress=True):\n    show = lambda x: jax.debug.print(ordered=True)('{} {ordered}', x, ordered=1)\n"
            "    _ = show(jnp.array([1.2345, 1e-7])), jax.jit(show)(jnp.array([1.2345, 1e-7])), jax.effects_barrier()\nout = 0")
    printed = printed_by(code, capfd)
    assert printed[0] == printed[1] == "[1.23 0.  ] 1\n" * 2


def test_callbacks_wait_for_programs_of_their_own():
    import raxla as jax
    import raxla.numpy as jnp

    seen, scale = [], jnp.float32(2)
    f = jax.jit(lambda x: (jax.debug.callback(lambda total: seen.append(float(total * scale)), x.sum()), jnp.sin(x) + x)[1])
    x = jnp.ones((64, 64))
    for _ in range(40):
        x = f(x)
    jax.effects_barrier()
    assert len(seen) == 40 and min(seen) == 8192


def test_a_client_lives_on_after_a_callback_failed():
    import raxla as jax
    import raxla.numpy as jnp

    def fail(x):
        raise ValueError("on purpose")

    for _ in range(3):
        with pytest.raises(RuntimeError, match="on purpose"):
            jax.pure_callback(fail, jnp.ones(2), jnp.ones(2)).block_until_ready()
        assert (jnp.arange(3) + 1).tolist() == [1, 2, 3]


def run(code, **more):
    return subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120, **more)


def test_threads_do_not_block_each_other():
    done = run("""
        import threading
        import raxla as jax, raxla.numpy as jnp

        class Slow:
            def __eq__(self, other):
                for _ in range(200): pass
                return isinstance(other, Slow)
            def __hash__(self):
                return 1

        f = jax.jit(lambda x, s: x + 1, static_argnums=1)
        out = []
        def work(n):
            for i in range(40):
                x = jnp.ones(1 + (i + n) % 3)
                out.append(float((jax.grad(lambda y: jnp.sum(f(y, Slow()) ** 2))(x)).sum()) + float(f(x, Slow()).sum()))
        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        print(len(out))
    """)
    assert done.stdout == "160\n", done.stderr


def test_a_fork_is_told_apart():
    done = run("""
        import os
        import raxla.numpy as jnp
        x = jnp.ones(2) + 1
        x.block_until_ready()
        child = os.fork()
        if child == 0:
            try:
                x + 1
            except RuntimeError as error:
                os._exit(7 if "fork" in str(error) else 1)
            os._exit(2)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), (x + 1).tolist())
    """)
    assert done.stdout == "7 [3.0, 3.0]\n", done.stderr


def test_a_fork_before_the_first_use_works():
    done = run("""
        import os, sys
        import raxla.numpy as jnp
        child = os.fork()
        if child == 0:
            os._exit(int((jnp.ones(2) + 1).sum()))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """)
    assert done.stdout == "4\n", done.stderr


def test_waiting_can_be_interrupted():
    done = run("""
        import os, signal, threading, time
        import raxla as jax, raxla.numpy as jnp
        # A shell's background jobs inherit that it is ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        jnp.ones(2).block_until_ready()
        def deep(x):
            for i in range(3000):
                x = jnp.sin(x) * 1.0001 + x
            return x
        lowered = jax.jit(deep).lower(jnp.ones((4, 4)))
        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        start = time.monotonic()
        try:
            lowered.compile()
            print("compiled in", time.monotonic() - start)
        except KeyboardInterrupt:
            print("interrupted", time.monotonic() - start < 5)
        print((jnp.ones(2) + 1).tolist(), flush=True)
        os._exit(0)
    """)
    assert done.stdout == "interrupted True\n[2.0, 2.0]\n", done.stdout + done.stderr


def test_settings_come_from_the_environment():
    import os

    done = run("import raxla.numpy as jnp; print(jnp.ones(1).dtype, jnp.arange(2).dtype)", env={**os.environ, "JAX_ENABLE_X64": "1"})
    assert done.stdout == "float64 int64\n", done.stderr


def test_threads_have_settings_of_their_own():
    import threading

    import raxla as jax
    import raxla.numpy as jnp

    seen = []
    with jax.enable_x64(True):
        thread = threading.Thread(target=lambda: seen.append(jnp.ones(1).dtype))
        thread.start()
        thread.join()
        seen.append(jnp.ones(1).dtype)
    assert seen == [np.float32, np.float64]
