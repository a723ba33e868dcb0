"""Transforms: derivatives, batches, control flow, `jit`, custom rules, trees."""

import pytest
from both import check

F = "lambda x: jnp.sum(jnp.sin(x) * x)"
V = "jnp.array([1.0, 2.0, 3.0])"
OFFLOADS = [
    "save_and_offload_only_these_names(names_which_can_be_saved=['a'], names_which_can_be_offloaded=['b'], offload_src='device', offload_dst='pinned_host')",
    "save_and_offload_only_these_names(names_which_can_be_saved=[], names_which_can_be_offloaded=[], offload_src='device', offload_dst='pinned_host')",
    "offload_dot_with_no_batch_dims('device', 'pinned_host')", "offload_dot_with_no_batch_dims(offload_src='device', offload_dst='pinned_host')",
]
OFFLOADED = [
    ("lambda x: jnp.sin(ad_checkpoint.checkpoint_name(jnp.sin(ad_checkpoint.checkpoint_name(jnp.sin(x), 'a')), 'b'))", "1.0"),
    ("lambda x: jnp.sum(jnp.sin(x @ jnp.sin(x @ x)))", "jnp.arange(4.0).reshape(2, 2)"),
]
ROWS = [
    "jax.grad(lambda x: x**3)(2.0)", "jax.grad(jax.grad(jnp.sin))(1.0)", f"jax.grad({F})({V})", f"jax.value_and_grad({F})({V})",
    "jax.grad(lambda x, y: x * y, argnums=1)(2.0, 3.0)", "jax.grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)",
    "jax.grad(lambda p, x: jnp.sum(p['w'] * x + p['b']))({'w': jnp.ones(2), 'b': jnp.float32(1)}, jnp.array([3.0, 4.0]))",
    "jax.grad(lambda x: (x * x, {'aux': x}), has_aux=True)(jnp.float32(3))", "jax.value_and_grad(lambda x: (x * x, x), has_aux=True)(jnp.float32(3))",
    "jax.grad(lambda z: z * z, holomorphic=True)(1.0 + 2j)", "jax.grad(lambda z: jnp.real(z * jnp.conj(z)))(jnp.complex64(1 + 2j))",
    "jax.grad(lambda x, n: x ** 2 if n == 'square' else x)(3.0, 'square')", "jax.grad(lambda x: x, allow_int=True)(1.0)",
    "jax.jvp(jnp.sin, (1.0,), (2.0,))", "jax.jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.5))", f"jax.jvp({F}, ({V},), ({V},))",
    "jax.hessian(lax.pow, (0, 1))(4.0, 0.0)", "jax.vjp(jnp.sin, 1.0)[1](2.0)", "jax.vjp(lambda x, y: (x * y, x), 2.0, 3.0)[1]((1.0, 10.0))", "jax.vjp(lambda x: (x * x, x + 1), 3.0, has_aux=True)[2]",
    "jax.linearize(jnp.sin, 1.0)[1](2.0)", "jax.linear_transpose(lambda x: 3 * x, jnp.float32(1))(jnp.float32(2))",
    f"jax.jacfwd(lambda x: x**2)({V})", f"jax.jacrev(lambda x: x**2)({V})", f"jax.hessian({F})({V})", "jax.jacrev(lambda x: {'a': x, 'b': x[0] * x})(jnp.arange(2.0))",
    "jax.jacfwd(lambda x, y: x * y, argnums=(0, 1))(jnp.arange(2.0), jnp.ones(2))", "jax.hessian(lambda p: jnp.sum(p['a']**2 * p['b']))({'a': jnp.ones(2), 'b': jnp.ones(2)})",
    "jax.vmap(lambda x: x * 2)(jnp.arange(3))", "jax.vmap(jnp.dot, in_axes=(0, None))(jnp.eye(2), jnp.arange(2.0))", "jax.vmap(lambda x: x, out_axes=1)(jnp.ones((2, 3)))",
    "jax.vmap(lambda d: d['a'] + d['b'], in_axes=({'a': 0, 'b': None},))({'a': jnp.arange(3), 'b': 1})", "jax.vmap(jax.grad(jnp.sin))(jnp.arange(3.0))",
    "jax.vmap(lambda x, y: x + y)(jnp.arange(2), y=jnp.arange(2))", "jax.vmap(jax.vmap(jnp.add, (None, 0)), (0, None))(jnp.arange(2), jnp.arange(3))",
    "jax.jit(lambda x: x + 1)(1)", "jax.jit(lambda x: {'y': x, 'n': None})(jnp.arange(2))", "jax.jit(lambda x, n: x ** n, static_argnums=1)(2.0, 3)",
    "jax.jit(lambda x, *, flip: -x if flip else x, static_argnames='flip')(1.0, flip=True)", "jax.jit(lambda x, y=2: x * y)(3, y=4)", "jax.jit(jax.grad(jnp.sin))(1.0)",
    "jax.grad(jax.jit(lambda x: x * jnp.sin(x)))(1.0)", "jax.jit(lambda *a, **k: (a, k))(1, 2, z=3)", "jax.vmap(jax.jit(lambda x: x + 1))(jnp.arange(3))",
    "jax.jit(lambda x: x, donate_argnums=0)(jnp.arange(3))", "jax.grad(jax.checkpoint(lambda x: jnp.sin(jnp.sin(x))))(1.0)",
    "jax.grad(jax.checkpoint(lambda x: jnp.sin(jnp.sin(x)), policy=jax.checkpoint_policies.everything_saveable))(1.0)",
    # Policies that offload: on the CPU the values are those of policies that save.
    *(f"{f}(jax.checkpoint({function}, policy=jax.checkpoint_policies.{policy}))({x})" for f in ("jax.grad", "jax.value_and_grad", "(lambda f: jax.jit(jax.grad(f)))")
      for policy in OFFLOADS for function, x in OFFLOADED),
    # Axes that only the program knows.
    *(f"(lambda s: (s.shape, s.dtype.name))(jax.make_jaxpr(lambda x: {body}, axis_env=[('i', 4), ('j', 2)], return_shape=True)({x})[1])"
      for body, x in [("lax.psum(x, 'i')", "1.0"), ("lax.psum(lax.pmean(x, 'j'), 'i')", "jnp.arange(3.0)"), ("lax.all_gather(x, 'j')", "jnp.arange(3)"),
                      ("lax.axis_index('i')", "1.0"), ("jax.vmap(lambda x: lax.psum(x, ('i', 'k')), axis_name='k')(x)", "jnp.ones(3)"), ("x * jnp.ones(2)", "1.0")]),
    "jax.eval_shape(lambda x: {'y': x @ x.T}, jax.ShapeDtypeStruct((2, 3), jnp.float32))['y'].shape", "jax.grad(lax.stop_gradient)(1.0)",
    # Python's control flow on concrete values.
    "jax.grad(lambda x: x ** 2 if x > 0 else -x)(3.0)", "jax.grad(lambda x: x ** 2 if x > 0 else -x)(-3.0)",
    "jax.grad(jax.grad(lambda x: x ** 3 if x > 0 else x))(2.0)", "jax.jvp(lambda x: x * x if x > 1 else x, (3.0,), (1.0,))",
    "def f(x):\n    while x < 100:\n        x = x * x\n    return x\nout = jax.grad(f)(3.0)", "def f(x):\n    for _ in range(int(x)):\n        x = x * 2.0\n    return x\nout = jax.value_and_grad(f)(3.0)",
    # Control flow of lax.
    "lax.cond(True, lambda x: x + 1, lambda x: x - 1, jnp.float32(1))", "lax.switch(1, [lambda x: x, lambda x: x * 10], jnp.int32(2))", "lax.while_loop(lambda x: x < 100, lambda x: x * 2, 1)",
    "lax.fori_loop(0, 5, lambda i, x: x + i, 0)", "lax.fori_loop(0, 5, lambda i, x: x * 2.0, 1.0)", "lax.scan(lambda c, x: (c + x, c * x), 0, jnp.arange(4))",
    "lax.scan(lambda c, x: (c + x, c), 0.0, jnp.arange(4.0), reverse=True)", "lax.scan(lambda c, _: (c * 2, None), 1, None, length=5)",
    "lax.scan(lambda c, x: ({'a': c['a'] + x[0]}, x[1]), {'a': 0.0}, (jnp.arange(3.0), jnp.arange(3)))", "lax.map(lambda x: x ** 2, jnp.arange(3))",
    "jax.grad(lambda x: lax.fori_loop(0, 3, lambda i, y: y * x, 1.0))(2.0)", "jax.grad(lambda x: lax.scan(lambda c, _: (jnp.sin(c), c), x, None, length=4)[0])(1.0)",
    "jax.vmap(lambda x: lax.cond(x > 1, lambda y: y * 2, lambda y: y, x))(jnp.arange(4))", "jax.jit(lambda n: lax.fori_loop(0, n, lambda i, x: x + i, 0))(5)",
    "jnp.full(2, 2**32 - 1, dtype='uint32')", "jnp.full_like(jnp.zeros(2, jnp.uint32), 2**32 - 1)", "jnp.full((), 2**40, 'float32')", "jnp.full_like(jnp.zeros(2), 2**40)",
    "lax.fori_loop(np.int16(0), 10, lambda i, c: c + 1, jnp.float32(10))", "lax.fori_loop(0, np.int16(4), lambda i, c: c + i, jnp.int16(1))",
    "lax.fori_loop(0, np.int16(5), lambda i, c: c + 1, jnp.float32(0), unroll=2)", "lax.fori_loop(np.int32(0), np.int32(5), lambda i, c: c + i, 0, unroll=True)",
    "lax.fori_loop(0, jnp.int16(4), lambda i, c: c + i, jnp.int16(1))",
    # A branch that an example does not take has no derivative there, NaN neither.
    "jax.grad(lambda x: jnp.sum(jax.vmap(lambda x: lax.cond(x > 0, jnp.sqrt, lambda x: 2 * x, x))(x)))(jnp.array([-1.0, 0.0, 1.0]))",
    "jax.grad(lambda x: jnp.sum(jax.vmap(lambda x: lax.cond(x < 1e-3, lambda: 1e-3, lambda: jnp.sqrt(x)))(x)))(jnp.zeros(4))",
    "jax.grad(lambda x: jnp.sum(jax.vmap(lambda i, x: lax.switch(i, [jnp.log, jnp.sqrt, lambda x: 1 / x, lambda x: 3 * x], x))(jnp.array([3, 2, 1, 0]), x)))(jnp.array([0.0, 1.0, 2.0, 3.0]))",
    # Roots, whose solver finds them without derivatives.
    *(f"def bisect(f, x):\n    def step(s):\n        mid = 0.5 * (s[0] + s[1])\n        return jnp.where(f(mid) < 0, mid, s[0]), jnp.where(f(mid) < 0, s[1], mid)\n"
      "    return lax.while_loop(lambda s: s[1] - s[0] > 1e-6, step, (x * 0.0, x * 0.0 + 4.0))[1]\n"
      f"root = lambda a: lax.custom_root(lambda x: x * x - a, 0.5 * a, bisect, lambda g, y: y / g(1.0))\nout = ({f})(root)(jnp.float32(3.0))"
      for f in ("jax.grad", "jax.hessian", "lambda f: jax.grad(jax.grad(f))", "lambda f: jax.jacfwd(jax.jacfwd(f))", "lambda f: jax.grad(jax.grad(jax.grad(f)))")),
    # Custom rules.
    "f = jax.custom_jvp(lambda x: jnp.sin(x))\nf.defjvp(lambda p, t: (f(*p), 2.0 * t[0]))\nout = jax.grad(f)(1.0), jax.vmap(jax.grad(f))(jnp.arange(2.0)), f(1.0)",
    "f = jax.custom_vjp(lambda x, y: x * y)\nf.defvjp(lambda x, y: (x * y, (x, y)), lambda r, ct: (ct * r[1] * 10, None))\nout = jax.grad(f, (0, 1))(2.0, 3.0)",
    # Rules that capture what is differentiated elsewhere.
    "def outer(y):\n    f = jax.custom_vjp(jnp.sin)\n    f.defvjp(lambda x: (jnp.sin(x), x * y), lambda r, ct: (ct * y * jnp.cos(r),))\n    return jax.grad(f)(2.0)\nout = jax.grad(outer)(3.0), jax.vmap(jax.grad(outer))(jnp.arange(3.0))",
    "def outer(y):\n    f = jax.custom_vjp(jnp.sin)\n    f.defvjp(lambda x: (jnp.sin(x), x), lambda r, ct: (ct * y,))\n    return f(2.0) + y * y\nout = jax.grad(outer)(3.0), jax.jvp(outer, (3.0,), (1.0,))",
    "def outer(y):\n    f = jax.custom_jvp(jnp.sin)\n    f.defjvp(lambda x, t: (jnp.sin(x[0]), t[0] * y))\n    return f(2.0) + y * y\nout = jax.grad(outer)(3.0), jax.jvp(outer, (3.0,), (1.0,))",
    # Cotangents that are zero for certain.
    *(
        "seen = []\nf = jax.custom_vjp(lambda x, n: (jnp.sin(x), n, jnp.cos(x)))\ndef backward(n, cts):\n    zero = [type(ct).__name__ == 'SymbolicZero' for ct in cts]\n    seen.append((zero, [ct.shape for ct in cts]))\n"
        "    return sum(ct * n for ct, z in zip(cts, zero) if not z), None\nf.defvjp(lambda x, n: (f(x.value, n.value), n.value), backward, symbolic_zeros=True)\n" + use + "\nout = out, seen[-1]"
        for use in ("out = jax.grad(lambda x: f(x, 3)[2])(1.0)", "out = jax.grad(lambda x: f(x, 3)[0])(1.0)", "out = jax.jit(jax.grad(lambda x: f(x, 3)[0] + f(x, 2)[2]))(1.0)",
                    "out = jax.vmap(jax.grad(lambda x: f(x, 3)[2]))(jnp.arange(3.0))", "out = jax.grad(lambda x: jax.vmap(f, (0, None))(x, 3)[0].sum())(jnp.arange(3.0))",
                    "out = jax.grad(lambda x: lax.scan(lambda c, _: (f(c, 3)[0], None), x, None, length=2)[0])(1.0)", "out = jax.grad(lambda x: f(x, 3)[0] * f(x, 3)[2])(1.0)",
                    "out = jax.grad(jax.checkpoint(lambda x: f(x, 3)[0]))(1.0)")
    ),
    "f = jax.custom_jvp(lambda n, x: x ** n, nondiff_argnums=(0,))\nf.defjvp(lambda n, p, t: (f(n, *p), n * t[0]))\nout = jax.grad(f, 1)(3, 2.0)",
    "f = jax.custom_jvp(lambda x, y: x * y)\nf.defjvps(lambda t, out, x, y: 5 * t, None)\nout = jax.grad(f, (0, 1))(2.0, 3.0)",
    "f = jax.custom_vjp(lambda x: x * 2)\nf.defvjp(lambda x: (f(x), None), lambda r, ct: [ct * 3])\nout = jax.grad(f)(1.0)",
    "f = jax.custom_jvp(functools.partial(lambda x, a: x + a, a=0.5))\nf.defjvp(lambda p, t: (f(*p), t[0] * 7))\nout = jax.grad(f)(1.0)",
    # Zeros of the dtype `float0` go in and out of programs.
    "jax.vjp(lambda x, n: jax.vjp(lambda x, n: x**2 * n, x, n)[1](1.0), 2.0, 3)[1]((1.0, np.zeros((), jax.dtypes.float0)))",
    "jax.jvp(lambda x, n: jax.vjp(lambda x, n: x**2 * n, x, n)[1](1.0), (2.0, 3), (1.0, np.zeros((), jax.dtypes.float0)))",
    "jax.jit(jax.grad(lambda x, i: x[i], argnums=(0, 1), allow_int=True))(jnp.ones(2), 1)", "jax.jit(jax.vjp(lambda x, y: x + y, 2, 1)[1])(np.zeros((), jax.dtypes.float0))",
    "jax.jit(lambda x, n, t: jax.jvp(lambda x, n: x * n, (x, n), (1.0, t)))(2.0, 3, np.zeros((), jax.dtypes.float0))",
    "f = jax.custom_vjp(lambda x, y: x)\nf.defvjp(lambda x, y: (x, None), lambda _, ct: (ct * 2, np.zeros((), jax.dtypes.float0)))\nout = jax.jit(lambda n: jax.vjp(f, 1.0, n)[1](1.0))(1)",
    "f = jax.jit(lambda t, x: (t, x))\nz = lambda n: np.zeros((n,), jax.dtypes.float0)\nout = f(z(2), 1.0), f(z(3), 1.0), f(z(2), 2.0)",
    # What has no batch axis may be anything, and is concrete.
    "jax.vmap(lambda f, x: f(x), (None, 0))(lambda x: x + 1, jnp.arange(3))", "jax.vmap(lambda x, s, d: x * len(s) + d['a'], (0, None, None))(jnp.arange(3), 'abc', {'a': 1, 'k': 'z'})",
    "jax.vmap(lambda x, n: x * 2 if n > 1 else x, (0, None))(jnp.arange(3), 2)", "jax.vmap(lambda s, x: x, None, axis_size=3)('a', 2.0)",
    "jax.grad(lambda w: jnp.sum(jax.vmap(lambda w, x: w * x, (None, 0))(w, jnp.arange(3.0))))(2.0)",
    "jax.jacrev(lambda z: jnp.cos(jnp.linalg.norm(2 * z)))((jnp.arange(3) + 0.5j).astype(jnp.complex64))", "jax.jacrev(lambda n: n * 2.0, allow_int=True)(jnp.arange(2))",
    # Copies live on when the original is donated.
    *(f"x = jnp.asarray([0, 1])\ny = {copy}\njax.jit(lambda x: x + 1, donate_argnums=0)(x)\nout = y"
      for copy in ("jnp.array(x)", "jnp.array(x, copy=True)", "jnp.asarray(x, copy=True)", "jax.device_put(x, may_alias=False)")),
    # What tracing depends on.
    "f = jax.jit(lambda x, y: x + y)\nx, y = jnp.ones((2, 2)), jnp.ones(2)\nf(x, y)\nout = 'no error'\n"
    "try:\n    with jax.numpy_rank_promotion('raise'): f(x, y)\nexcept ValueError:\n    out = 'error'\n",
    "x = jnp.ones((2, 3), 'bfloat16')\nout = x.aval.shape, x.aval.str_short(), jax.jit(lambda x: x * jnp.asarray(x).aval.ndim)(1.0), jnp.asarray(1).aval.weak_type",
    "str(jax.ShapeDtypeStruct.like(2.0)), str(jax.ShapeDtypeStruct((2,), jnp.float32).update(shape=(4,)))",
    # Trees.
    "jax.tree_util.tree_map(lambda x, y: x + y, {'a': [1, 2]}, {'a': [10, 20]})", "jax.tree_util.tree_leaves((1, [2, None], {'z': 3, 'a': 4}))",
    "jax.tree.map(lambda x: x * 2, (1, {'a': 3}))", "jax.tree.reduce(lambda a, b: a + b, [1, 2, 3])", "jax.tree.transpose(jax.tree.structure([0, 0]), jax.tree.structure({'a': 0}), [{'a': 1}, {'a': 2}])",
    "[jax.tree_util.keystr(p) for p, _ in jax.tree_util.tree_leaves_with_path({'a': [1, (2, 3)]})]", "jax.tree.map(lambda x: x, collections.OrderedDict(b=1, a=2))",
    "P = collections.namedtuple('P', 'x y')\nout = list(jax.tree.map(lambda x: x + 1, P(1, 2)))", "str(jax.tree.structure({'a': (1, [2]), 'b': None}))",
    "jax.tree_util.Partial(jnp.add, 1)(2)",
    "import dataclasses\n@jax.tree_util.register_dataclass\n@dataclasses.dataclass\nclass P:\n    w: object\n    n: int = dataclasses.field(metadata=dict(static=True))\n"
    "out = dataclasses.astuple(jax.jit(lambda p: P(p.w * p.n, p.n))(P(jnp.arange(2), 3)))",
    "@jax.tree_util.register_pytree_node_class\nclass P:\n    def __init__(self, x): self.x = x\n    def tree_flatten(self): return (self.x,), None\n    @classmethod\n    def tree_unflatten(cls, _, c): return cls(*c)\nout = jax.grad(lambda p: p.x ** 2)(P(3.0)).x",
    # Methods and decorators.
    "class A:\n    @functools.partial(jax.jit, static_argnums=0)\n    def f(self, x): return x + 1\nout = A().f(1.0)",
    # A network, trained.
    "def loss(p, x, y):\n    for w, b in p[:-1]:\n        x = jnp.tanh(x @ w + b)\n    w, b = p[-1]\n    return jnp.mean((x @ w + b - y) ** 2)\n"
    "p = [(jnp.full((3, 4), 0.1), jnp.zeros(4)), (jnp.full((4, 1), 0.2), jnp.zeros(1))]\n"
    "x = jnp.array(np.linspace(-1, 1, 15).reshape(5, 3), dtype=jnp.float32)\ny = jnp.sum(x, 1, keepdims=True)\n"
    "step = jax.jit(lambda p: jax.tree.map(lambda a, g: a - 0.1 * g, p, jax.grad(loss)(p, x, y)))\n"
    "for _ in range(10):\n    p = step(p)\nout = p, loss(p, x, y)",
]


@pytest.mark.parametrize("code", ROWS)
def test_transforms_are_jaxs(code):
    check(code, tolerance=1e-5 if "for _" in code else None)


def test_values_are_known_outside_of_jit_also_where_jax_does_not_tell_them():
    import numpy as np

    import raxla as jax
    import raxla.numpy as jnp

    assert float(jax.grad(lambda x: x * float(x))(3.0)) == 3.0
    assert jax.grad(lambda x: jnp.sum(x[np.asarray(x) > 1.5]))(jnp.arange(4.0)).tolist() == [0, 0, 1, 1]


def test_a_rule_that_calls_its_function_serves_higher_derivatives():
    import raxla as jax

    f = jax.custom_jvp(lambda x: x * 1.0)
    f.defjvp(lambda p, t: (f(*p), 2 * f(*p) * t[0]))
    # f' = 2 f, three times over; then the function as it is written, f' = 1.
    assert [float(d(1.0)) for d in (jax.grad(f), jax.grad(jax.grad(f)), jax.grad(jax.grad(jax.grad(f))))] == [2.0, 4.0, 8.0]


def test_a_function_is_traced_once_for_each_kind_of_arguments():
    import raxla as jax
    import raxla.numpy as jnp

    calls = []

    @jax.jit
    def f(x):
        calls.append(x.shape)
        return x * 2

    for _ in range(3):
        f(jnp.arange(3))
    f(jnp.arange(4))
    f(1)
    f(jnp.asarray(1, dtype=jnp.int32))
    assert len(calls) == 4 and f._cache_size() == 4


def test_donated_arrays_are_gone():
    import raxla as jax
    import raxla.numpy as jnp

    x = jnp.arange(3.0)
    y = jax.jit(lambda x: x + 1, donate_argnums=0)(x)
    assert x.is_deleted() and y.tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(RuntimeError, match="deleted"):
        x.tolist()


WRONG_RULE = """
@jax.custom_jvp
def f(x):
    return {"a": x * x}
@jax.custom_vjp
def g(x):
    return {"a": x * x}
f.defjvp(lambda p, t: (f(*p), {"a": 3 * p[0] * t[0]}))
g.defvjp(lambda x: (g(x), x), lambda x, c: (3 * x * c["a"],))
"""


@pytest.mark.parametrize("package", ["raxla", "jax"])
def test_derivatives_are_checked_against_differences(package):
    import importlib

    jax, jnp = importlib.import_module(package), importlib.import_module(f"{package}.numpy")
    tools = importlib.import_module(f"{package}.test_util")
    tools.check_grads(lambda x: jnp.sin(x) * x, (jnp.float32(0.5),), 3)
    tools.check_grads(lambda x, y: {"a": x["u"] @ y, "b": jnp.tanh(y)}, ({"u": jnp.ones((3, 4))}, jnp.arange(4.0)), 2, rtol=1e-2, atol=1e-2, eps=1e-2)
    tools.check_grads(lambda z: z * z, (jnp.complex64(1 + 2j),), 2, atol=1e-2, rtol=1e-2, eps=1e-2)
    space = {"jax": jax}
    exec(WRONG_RULE, space)
    f, g = space["f"], space["g"]
    wrongs = [lambda: tools.check_grads(f, (jnp.array([2.0]),), 1, modes=["fwd"]), lambda: tools.check_grads(f, (jnp.array([2.0]),), 1, modes=["rev"]),
              lambda: tools.check_jvp(f, lambda p, t: jax.jvp(f, p, t), (jnp.array([2.0]),), err_msg="f")]
    if package == "raxla":
        # JAX's fails with an AttributeError.
        wrongs.append(lambda: tools.check_vjp(g, lambda x: jax.vjp(g, x), (jnp.array([2.0]),)))
    for wrong in wrongs:
        with pytest.raises(AssertionError, match="(?s)Not equal|Max abs|tolerance"):
            wrong()
    if package == "raxla":
        # JAX fails here.
        tools.check_grads(lambda x, n: x**2 * n, (2.0, 3), 2, atol=1e-2, rtol=1e-2, eps=1e-2)
        with pytest.raises(ValueError, match="'fwd' or 'rev', got 'up'"):
            tools.check_grads(jnp.sin, (1.0,), 1, modes=["up"])
