"""Errors: JAX's classes, at the user's line, with what went wrong."""

import pytest
from both import check_error

ROWS = [
    ("jax.checkpoint_policies.save_and_offload_only_these_names(names_which_can_be_saved=['a'], names_which_can_be_offloaded=['a', 'b'], offload_src='device', offload_dst='pinned_host')",
     "ValueError", "exclusive", "{'a'}"),
    ("jax.grad(jax.checkpoint(lambda x: jnp.sum(x @ x), policy=jax.checkpoint_policies.save_from_both_policies(jax.checkpoint_policies.dots_saveable, "
     "jax.checkpoint_policies.offload_dot_with_no_batch_dims('device', 'pinned_host'))))(jnp.ones((2, 2)))", "ValueError", "boolean"),
    ("jax.make_jaxpr(lambda x: lax.psum(x, 'k'), axis_env=[('i', 4)])(1.0)", "NameError", "k"),
    ("jax.make_jaxpr(lambda x: x, axis_env=[3])(1.0)", "TypeError"), ("jax.make_jaxpr(lambda x: x, axis_env=['i'])(1.0)", "ValueError"),
    ("jnp.arange(3) + jnp.arange(2)", "TypeError", "add", "i32[3]"),
    ("jnp.ones((2, 3)) @ jnp.ones((2, 3))", "TypeError", "f32[2,3]"),
    ("jnp.array(1, 'float8_e5m2') + jnp.ones(2)", "TypePromotionError", "astype"), ("jnp.array(1, 'int4') + jnp.int32(2)", "TypePromotionError"),
    ("with jax.numpy_dtype_promotion('strict'):\n    jnp.ones(2) + jnp.arange(2)", "TypePromotionError"), ("jnp.split(jnp.arange(4), -2)", "ValueError"),
    ("jnp.reshape(jnp.arange(6), (4,))", "TypeError", "reshape"),
    ("jnp.sum(jnp.arange(3), axis=1)", "ValueError", "axis"),
    ("jnp.sum([1, 2])", "TypeError", "list"),
    ("jnp.arange(3)[5.0]", "TypeError"),
    ("jnp.arange(3)['a']", "TypeError"),
    ("jnp.arange(3)[0, 0]", "IndexError"),
    ("bool(jnp.arange(2))", "ValueError", "ambiguous"),
    ("hash(jnp.arange(2))", "TypeError", "unhashable"),
    ("len(jnp.array(1))", "TypeError"),
    ("float(jnp.arange(2))", "TypeError", "scalar"),
    ("jax.grad(lambda x: x)(jnp.arange(3.0))", "TypeError", "scalar-output", "(3,)"),
    ("jax.grad(lambda x: x)(1)", "TypeError", "int32"),
    ("jax.grad(lambda x: 'a')(1.0)", "TypeError"),
    ("jax.jit(lambda x: 1 if x > 0 else 2)(1.0)", "TracerBoolConversionError", "<lambda>", "argument x", "jit"),
    ("jax.jit(lambda p: 1 if p['w'] > 0 else 2)({'w': 1.0})", "TracerBoolConversionError", "argument p['w']"),
    ("jax.jit(lambda x: np.asarray(x))(1.0)", "TracerArrayConversionError", "__array__"),
    ("jax.jit(lambda x: float(x))(1.0)", "ConcretizationTypeError"),
    ("jax.jit(lambda x: [1, 2][x])(1)", "TracerIntegerConversionError"),
    ("jax.jit(lambda x: x[x > 0])(jnp.arange(3))", "IndexError"),
    ("jax.vmap(lambda x: 1 if x > 0 else 2)(jnp.arange(3))", "TracerBoolConversionError"),
    ("jax.vmap(lambda x, y: x)(jnp.arange(3), jnp.arange(2))", "ValueError"),
    ("jax.vmap(lambda x: x, in_axes=(0, 0))(jnp.arange(3))", "ValueError", "in_axes"),
    ("jax.jit(lambda x: x)('a')", "TypeError", "str"),
    ("jax.jit(lambda x, n: x, static_argnums=1)(1, [2])", "ValueError", "on-hashable"),
    ("keep = []\njax.jit(lambda x: keep.append(x))(1.0)\nout = keep[0] + 1", "UnexpectedTracerError", "leaked"),
    ("lax.cond(True, lambda x: x, lambda x: (x, x), 1.0)", "TypeError"),
    ("lax.scan(lambda c, x: (c, c, x), 0, jnp.arange(3))", "TypeError"),
    ("lax.while_loop(lambda x: x < 3, lambda x: (x, x), 1)", "TypeError"),
    ("jax.jvp(lambda x: x, (1.0,), (jnp.arange(2.0),))", "ValueError"),
    ("x = jnp.arange(3)\nx[0] = 1", "TypeError", "immutable"),
    ("jnp.concatenate([jnp.ones((2, 2)), jnp.ones((3, 3))])", "TypeError"),
    ("jax.grad(lambda x: 1 / 0)(1.0)", "ZeroDivisionError"),
    ("jax.jit(lambda x: undefined_name)(1.0)", "NameError"),
    ("jnp.array(['a'])", "TypeError"),
    ("float(jnp.ones((1, 1)))", "TypeError"), ("int(jnp.ones(1, int))", "TypeError"), ("complex(jnp.ones(1))", "TypeError"), ("jnp.ones(3).item()", "ValueError"),
    ("jnp.linspace(0, 1, -1)", "ValueError"),
    # Sizes that are none.
    *((code, "ValueError", "got -1") for code in ("jnp.eye(-1)", "jnp.eye(2, -1)", "jnp.geomspace(1, 2, -1)", "lax.top_k(jnp.arange(3), -1)", "jnp.diff(jnp.arange(3), -1)")),
    *((code, "TypeError", "got -1") for code in ("jnp.tri(-1)", "jnp.hamming(-1)", "jax.nn.one_hot(jnp.arange(3), -1)", "jnp.nonzero(jnp.arange(3), size=-1)", "lax.iota(int, -1)")),
    ("f = jax.custom_vjp(lambda x: x)\nout = f(1.0)", "AttributeError"),
    # Arguments of `jit` that do not fit its function.
    *((f"jax.jit(lambda a, b, /, c, *, d: a, {options})", "ValueError") for options in (
        "static_argnames='e'", "static_argnames='a'", "donate_argnames='e'", "static_argnums=3", "static_argnums=(0, -4)", "donate_argnums=3", "donate_argnums=(0, -4)",
        "static_argnums=2, donate_argnums=2", "static_argnums=2, donate_argnames='c'", "static_argnames='c', donate_argnames='c'")),
    ("jax.jit(lambda x: x, static_argnums=0.5)", "TypeError"), ("jax.jit(lambda x: x, static_argnums='x')", "TypeError"),
    ("def f(x):\n    yield x\nout = jax.jit(f)", "TypeError", "generator"), ("jax.jit(staticmethod(lambda x: x))", "TypeError", "staticmethod"),
    ("jax.jit(lambda x: x)(np.ma.array([1, 2], mask=[True, False]))", "ValueError", "masked"), ("jnp.asarray(np.ma.array([1], mask=[True]))", "ValueError", "masked"),
    ("len(jax.ShapeDtypeStruct((), jnp.float32))", "TypeError"), ("jax.ShapeDtypeStruct((), None)", "ValueError"),
    ("jax.jacfwd(lambda z: z.real)(1j)", "TypeError"), ("jax.jacrev(lambda n: n * 2.0)(1)", "TypeError"), ("jax.jacrev(lambda z: z)(1j)", "TypeError"),
    ("class P: pass\njax.tree_util.register_dataclass(P, data_fields=['x'], meta_fields=['x'])\nout = 0", "ValueError", "overlap"),
    ("jax.vmap(lambda x, y: x, (None, None))(1.0, 2.0)", "ValueError"),
    ("f = jax.custom_vjp(lambda x: x)\nf.defvjp(lambda x: (x, None), lambda _, ct: (jnp.ones((2, 3)),))\njax.grad(f)(1.0)\nout = 0", "ValueError"),
]


@pytest.mark.parametrize("row", ROWS, ids=[r[0] for r in ROWS])
def test_errors_are_of_jaxs_classes(row):
    code, kind, *texts = row
    check_error(code, kind, *texts)


def test_an_error_in_a_trace_leaves_nothing_behind():
    import raxla as jax
    import raxla.numpy as jnp

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            jax.jit(jax.vmap(jax.grad(lambda x: x * (1 / 0))))(jnp.arange(3.0))
        assert (jnp.arange(3) + 1).tolist() == [1, 2, 3]


def test_the_line_is_the_users():
    import raxla as jax
    import raxla.numpy as jnp

    def f(x):
        return x + jnp.ones(2)

    with pytest.raises(TypeError, match=r"test_errors\.py:\d+"):
        jax.jit(f)(jnp.ones(3))


def files_of(error):
    import traceback

    return [frame.filename for frame in traceback.extract_tb(error.__traceback__)]


@pytest.mark.parametrize("wrap", [lambda jax, f: f, lambda jax, f: jax.jit(f), lambda jax, f: jax.jit(jax.grad(lambda x: f(x).sum())), lambda jax, f: jax.jit(jax.vmap(f))])
@pytest.mark.parametrize("wrong", [lambda jnp, x: jnp.pad(x, ((1, 2, 3),)), lambda jnp, x: x + jnp.ones(7), lambda jnp, x: jnp.linspace(x, 1, -3)])
def test_tracebacks_hold_the_users_lines_only(wrap, wrong):
    import raxla as jax
    import raxla.numpy as jnp

    with pytest.raises(Exception) as raised:
        wrap(jax, lambda x: wrong(jnp, x))(jnp.ones((2, 3)))
    assert set(files_of(raised.value)) == {__file__}
    jax.config.update("jax_traceback_filtering", "off")
    try:
        with pytest.raises(Exception) as raised:
            jnp.pad(jnp.ones(3), ((1, 2, 3),))
        assert any("raxla/numpy" in file for file in files_of(raised.value))
    finally:
        jax.config.update("jax_traceback_filtering", "auto")
