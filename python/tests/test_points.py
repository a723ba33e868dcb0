"""`jax.scipy.interpolate`, `jax.scipy.cluster`, `jax.scipy.spatial`: points, and what is between them."""

import pytest
from both import check, check_error

VQ = "vq = jsp.cluster.vq.vq\no = jnp.array([[1.1, 2.1, 3.1], [5.9, 4.8, 6.2]])\nc = jnp.array([[1.0, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]])\n"
GRID = ("f = jsp.interpolate.RegularGridInterpolator\ng = jnp.array([1.0, 2.0, 4.0]), jnp.array([4, 5, 7, 8])\nv = jnp.array(np.arange(12).reshape(3, 4) ** 2, dtype=jnp.float32)\n"
        "x = jnp.array([[1.5, 4.5], [2.0, 5.0], [3.9, 7.5], [1.0, 4.0], [4.0, 8.0], [0.5, 5.0], [2.0, 9.0], [np.nan, 5.0]])\n")
TURN = "R, Slerp = jsp.spatial.transform.Rotation, jsp.spatial.transform.Slerp\n"
QUATS = TURN + "q = jnp.array([[0.1, 0.2, -0.3, 0.9], [0.5, -0.5, 0.5, -0.5], [0.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0], [-0.2, 0.9, 0.1, 0.3]])\nr = R.from_quat(q)\n"
ROWS = [
    VQ + "out = vq(o, c), vq(o[0], c[:, 0]), vq(o.astype(int), c.astype(int)), vq(o.astype(jnp.float16), c, check_finite=False)",
    VQ + "out = jax.jit(vq)(o, c), jax.grad(lambda o: vq(o, c)[1].sum())(o), vq(c, c)",
    GRID + "out = f(g, v)(x), f(g, v, 'nearest')(x), f(g, v, fill_value=None)(x), f(g, v, fill_value=-1)(x), f(g, v)(x, method='nearest')",
    GRID + "h = f(g, v)\nout = h(x[0]), h(x[:6].reshape(2, 3, 2)), h((1.5, 5.0)), h((jnp.array([1.5, 2.5]), 5.0)), h(jnp.array([[2, 5], [1, 7]]))",
    GRID + "w = jnp.stack([v, -v, v + 1], -1)\nout = f(g, w)(x), f(g, w, 'nearest')(x), f(g[:1], w)(x[:, :1]), f(g[:1], w)(jnp.array([1.5, 2.5]))",
    GRID + "out = f(g, v.astype(int))(x), f(g, v.astype(jnp.float16))(x), f(g, v.astype(jnp.float16))(x.astype(jnp.float16)), f(g, v + 1j)(x[:5])",
    GRID + "out = jax.jit(f(g, v))(x), jax.grad(lambda v: f(g, v)(x[:5]).sum())(v), jax.grad(lambda x: f(g, v)(x).sum())(x[:1]), jax.vmap(f(g, v))(x)",
    GRID + "out = jax.jit(lambda h, x: h(x))(f(g, v), x), jax.tree.map(lambda a: a * 2, f(g, v)).values, f(g, v).grid, f(g, v).fill_value, f(g, v).method",
    QUATS + "out = r.as_quat(), r.as_quat(canonical=True), r.as_quat(scalar_first=True), r.as_quat(True, True), r[1].as_quat(), r[1:3].as_quat(), len(r), r.single",
    QUATS + "out = r.as_matrix(), r.as_rotvec(), r.as_rotvec(degrees=True), r.as_mrp(), r.magnitude(), r.inv().as_quat(), r[0].as_matrix(), r[0].magnitude()",
    QUATS + "m = r.as_matrix()\nout = R.from_matrix(m), R.from_matrix(m[1]), R.from_rotvec(r.as_rotvec()), R.from_rotvec(r[0].as_rotvec(True), degrees=True), R.from_mrp(r.as_mrp())",
    QUATS + "out = r * r, r * r[0], r[0] * r[4], r.mean(), r.mean(jnp.arange(5)), R.concatenate([r, r[:2]]), R.identity(), R.identity(dtype=jnp.float16)",
    QUATS + "v = jnp.array([1.0, 2.0, 3.0])\nout = r.apply(v), r.apply(v, inverse=True), r[0].apply(v), r[0].apply(jnp.eye(3)), r.apply(jnp.ones((5, 3)))",
    TURN + "a = jnp.array([10.0, -30.0, 120.0])\nout = [R.from_euler(s, a, degrees=True).as_quat() for s in ('xyz', 'XYZ', 'zxz', 'ZYX')], R.from_euler('z', 90, degrees=True), "
    "R.from_euler('xy', jnp.array([0.5, 0.25])), R.from_euler('Zx'.upper(), jnp.ones((4, 2)))",
    QUATS + "r = r[jnp.array([0, 4])]\nout = [r.as_euler(s) for s in ('xyz', 'XYZ', 'zxz', 'ZYX', 'YZY')], r[0].as_euler('zyx', degrees=True)",
    TURN + "out = [R.from_euler(s, jnp.array(a)).as_euler(s) for s in ('zxz', 'ZXZ') for a in ([0.5, 0.0, 0.25], [0.5, 3.1415927, 0.25])]",
    TURN + "k = R.from_euler('zxy', jnp.array([[90, 0, 0], [0, 45, 0], [0, 0, -30]]), degrees=True)\ns = Slerp.init([0, 1, 3], k)\n"
    "out = s(jnp.array([0, 0.5, 1, 1.5, 2, 3])), s(0.25), s.times, s.timedelta, s.rotvecs, s.rotations, jax.jit(lambda s, t: s(t).as_matrix())(s, 0.75)",
    QUATS + "out = jax.jit(lambda r: r.as_rotvec())(r), jax.grad(lambda v: R.from_rotvec(v).as_matrix()[0, 1])(jnp.array([0.3, -0.2, 0.5])), jax.vmap(lambda r: r.as_matrix())(r)",
    TURN + "v = jnp.array([1e-4, 2e-4, -1e-4])\nout = R.from_rotvec(v), R.from_rotvec(v).as_rotvec(), R.from_rotvec(jnp.zeros(3)).as_rotvec()",
]


@pytest.mark.parametrize("code", ROWS)
def test_points_are_jaxs(code):
    check(code, tolerance=4e-6)


ERRORS = [
    (VQ + "out = vq(o, c[0])", "ValueError", "Observation and code_book should have the same rank"),
    (VQ + "out = vq(o[None], c[None])", "ValueError", "ndim different than 1 or 2 are not supported"),
    (GRID + "out = f(g, v, 'cubic')", "ValueError", "method 'cubic' is not defined"), (GRID + "out = f(g, v)(x, 'cubic')", "ValueError", "method 'cubic' is not defined"),
    (GRID + "out = f(g, v, bounds_error=True)", "NotImplementedError", "`bounds_error` takes no effect under JIT"),
    (GRID + "out = f(g, v[0])", "ValueError", "there are 2 point arrays, but values has 1 dimensions"),
    (GRID + "out = f(g, v, fill_value=1j)", "ValueError", "fill_value must be either 'None' or of a type compatible with values"),
    (GRID + "out = f(g, v)(x[:, :1])", "ValueError", "the requested sample points xi have dimension 1, but this RegularGridInterpolator has dimension 2"),
    (GRID + "out = f(g, v)([1.0, 2.0])", "TypeError", "requires ndarray or scalar arguments, got <class 'list'>"),
    (TURN + "out = R.from_euler('xyzx', jnp.ones(4))", "ValueError", "non-empty string of upto 3 characters"),
    (TURN + "out = R.from_euler('xY', jnp.ones(2))", "ValueError", "Expected axes from `seq`"), (TURN + "out = R.from_euler('xx', jnp.ones(2))", "ValueError", "to be different, got xx"),
    (QUATS + "out = r.as_euler('xy')", "ValueError", "Expected 3 axes, got xy."), (QUATS + "out = r.as_euler('xyy')", "ValueError", "to be different"),
    (QUATS + "out = r[0][0]", "TypeError", "Single rotation is not subscriptable."), (QUATS + "out = len(r[0])", "TypeError", "Single rotation has no len()."),
    (QUATS + "out = r.mean(jnp.ones((1, 5)))", "ValueError", "to be 1 dimensional"), (QUATS + "out = r.mean(jnp.ones(3))", "ValueError", "3 values and 5 rotations"),
    (TURN + "out = R.random(jax.random.key(0))", "NotImplementedError"), (TURN + "out = R.identity(2)", "AssertionError"),
    (QUATS + "out = Slerp.init([0, 1], q)", "TypeError", "must be a `Rotation` instance"), (QUATS + "out = Slerp.init([0], r[:1])", "ValueError", "at least 2 rotations"),
    (QUATS + "out = Slerp.init([[0, 1]], r[:2])", "ValueError", "1 dimensional array, got 2 dimensions"), (QUATS + "out = Slerp.init([0, 1], r)", "ValueError", "5 rotations and 2"),
    (QUATS + "out = Slerp.init([0, 1], r[:2])(jnp.ones((2, 2)))", "ValueError", "at most 1-dimensional"),
]


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row[0][-40:])
def test_errors_are_jaxs(row):
    check_error(*row)
