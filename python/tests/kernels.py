"""Kernels of scientific programs and networks: each in the manner of JAX beside NumPy's way.

A row has the arguments at a size, the kernel as a function of the package (`jax` or `raxla`) and the arguments, and the reference, which
is NumPy with loops. `test_kernels.py` compares them at small sizes, `benches/kernels.py` times the kernels at larger ones.
"""

import dataclasses
import functools
import math
from collections.abc import Callable

import numpy as np


@dataclasses.dataclass
class Kernel:
    name: str
    arguments: Callable
    run: Callable
    reference: Callable
    small: int
    large: int


ROWS = []


def kernel(small, large, arguments, reference):
    """Adds a function of the package and the arguments as a row."""

    def add(run):
        ROWS.append(Kernel(run.__name__, lambda n: arguments(np.random.default_rng(n).random, n), run, reference, small, large))
        return run

    return add


def _squares(count):
    return lambda u, n: tuple(u((n, n)) for _ in range(count))


def _dominant(u, n):
    a = u((n, n))
    return a @ a.T + n * np.eye(n)


def _loop(steps, step):
    """The reference of a kernel that does a step several times."""

    def reference(*state):
        for _ in range(steps):
            state = step(*state)
        return state

    return reference


# Products.


@kernel(7, 512, _squares(3), lambda a, b, c: 1.5 * np.einsum("ik,kj->ij", a, b) + 1.2 * c)
def gemm(jax, a, b, c):
    return 1.5 * a @ b + 1.2 * c


@kernel(7, 384, _squares(4), lambda a, b, c, d: 1.5 * np.einsum("ij,jk,kl->il", a, b, c) + 1.2 * d)
def two_products(jax, a, b, c, d):
    return 1.5 * a @ b @ c + 1.2 * d


@kernel(7, 384, _squares(4), lambda a, b, c, d: np.einsum("ij,jk,kl,lm->im", a, b, c, d))
def three_products(jax, a, b, c, d):
    return (a @ b) @ (c @ d)


@kernel(7, 2048, lambda u, n: (u((n, n + 2)), u(n + 2)), lambda a, x: np.einsum("ij,ik,k->j", a, a, x))
def atax(jax, a, x):
    return (a @ x) @ a


@kernel(7, 2048, lambda u, n: (u((n, n + 2)), u(n + 2), u(n)), lambda a, p, r: (np.einsum("ij,i->j", a, r), np.einsum("ij,j->i", a, p)))
def bicg(jax, a, p, r):
    return r @ a, a @ p


@kernel(7, 2048, lambda u, n: (u(n), u(n), u(n), u(n), u((n, n))), lambda x, y, p, q, a: (x + np.einsum("ij,j->i", a, p), y + np.einsum("ij,i->j", a, q)))
def mvt(jax, x, y, p, q, a):
    return x + a @ p, y + q @ a


@kernel(7, 2048, lambda u, n: (u((n, n)), u((n, n)), u(n)), lambda a, b, x: 1.5 * np.einsum("ij,j->i", a, x) + 1.2 * np.einsum("ij,j->i", b, x))
def gesummv(jax, a, b, x):
    return 1.5 * a @ x + 1.2 * b @ x


@kernel(7, 512, lambda u, n: (u((n, n)), u((n, n + 3))), lambda c, a: np.where(np.tri(len(c)) > 0, 1.2 * c + 1.5 * np.einsum("ik,jk->ij", a, a), c))
def syrk(jax, c, a):
    jnp = jax.numpy
    return jnp.where(jnp.tri(c.shape[0], dtype=bool), 1.2 * c + 1.5 * a @ a.T, c)


@kernel(5, 64, lambda u, n: (u((n, n + 1, n + 2)), u((n + 2, n + 2))), lambda a, b: np.einsum("rqp,ps->rqs", a, b))
def doitgen(jax, a, b):
    return jax.numpy.einsum("rqp,ps->rqs", a, b)


@kernel(6, 512, lambda u, n: (u((n, n)), u(n), u(n), u(n), u(n), u(n), u(n)),
        lambda a, p, q, r, s, y, z: (lambda m: 1.2 * m @ (1.5 * np.einsum("ij,i->j", m, y) + z))(a + np.einsum("i,j->ij", p, q) + np.einsum("i,j->ij", r, s)))
def gemver(jax, a, p, q, r, s, y, z):
    a = a + jax.numpy.outer(p, q) + jax.numpy.outer(r, s)
    return 1.2 * a @ (1.5 * y @ a + z)


# Stencils.


def _jacobi_1d(a, b):
    b = b.copy()
    for i in range(1, len(a) - 1):
        b[i] = (a[i - 1] + a[i] + a[i + 1]) / 3
    return b, a


@kernel(9, 100_000, lambda u, n: (u(n), u(n)), _loop(10, _jacobi_1d))
def jacobi_1d(jax, a, b):
    def step(_, state):
        a, b = state
        return b.at[1:-1].set((a[:-2] + a[1:-1] + a[2:]) / 3), a

    return jax.lax.fori_loop(0, 10, step, (a, b))


def _jacobi_2d(a, b):
    b = b.copy()
    for i in range(1, len(a) - 1):
        for j in range(1, len(a) - 1):
            b[i, j] = 0.2 * (a[i, j] + a[i, j - 1] + a[i, j + 1] + a[i - 1, j] + a[i + 1, j])
    return b, a


@kernel(7, 512, _squares(2), _loop(10, _jacobi_2d))
def jacobi_2d(jax, a, b):
    def step(_, state):
        a, b = state
        return b.at[1:-1, 1:-1].set(0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[:-2, 1:-1] + a[2:, 1:-1])), a

    return jax.lax.fori_loop(0, 10, step, (a, b))


def _heat(a):
    new = a.copy()
    for i, j, k in np.ndindex(*(n - 2 for n in a.shape)):
        here = a[i + 1, j + 1, k + 1]
        around = a[i, j + 1, k + 1] + a[i + 2, j + 1, k + 1] + a[i + 1, j, k + 1] + a[i + 1, j + 2, k + 1] + a[i + 1, j + 1, k] + a[i + 1, j + 1, k + 2]
        new[i + 1, j + 1, k + 1] = here + 0.125 * (around - 6 * here)
    return (new,)


@kernel(5, 64, lambda u, n: (u((n, n, n)),), lambda a: _loop(4, _heat)(a)[0])
def heat_3d(jax, a):
    def step(_, a):
        inner = a[1:-1, 1:-1, 1:-1]
        around = sum(jax.lax.slice_in_dim(jax.lax.slice_in_dim(jax.lax.slice_in_dim(a, 1 + di, a.shape[0] - 1 + di, axis=0), 1 + dj, a.shape[1] - 1 + dj, axis=1),
                                          1 + dk, a.shape[2] - 1 + dk, axis=2)
                     for di, dj, dk in ((-1, 0, 0), (1, 0, 0), (0, -1, 0), (0, 1, 0), (0, 0, -1), (0, 0, 1)))
        return a.at[1:-1, 1:-1, 1:-1].set(inner + 0.125 * (around - 6 * inner))

    return jax.lax.fori_loop(0, 4, step, a)


def _seidel(a):
    a = a.copy()
    for i in range(1, len(a) - 1):
        for j in range(1, len(a) - 1):
            a[i, j] = a[i - 1 : i + 2, j - 1 : j + 2].sum() / 9
    return (a,)


@kernel(6, 128, _squares(1), lambda a: _loop(2, _seidel)(a)[0])
def seidel_2d(jax, a):
    jnp, lax = jax.numpy, jax.lax

    def row(above, rows):
        here, below = rows
        rest = above[:-2] + above[1:-1] + above[2:] + here[1:-1] + here[2:] + below[:-2] + below[1:-1] + below[2:]
        inner = lax.scan(lambda left, x: ((left + x) / 9, (left + x) / 9), here[0], rest)[1]
        new = jnp.concatenate([here[:1], inner, here[-1:]])
        return new, new

    def sweep(_, a):
        inner = lax.scan(row, a[0], (a[1:-1], a[2:]))[1]
        return jnp.concatenate([a[:1], inner, a[-1:]])

    return lax.fori_loop(0, 2, sweep, a)


def _fdtd(ex, ey, hz, t):
    ex, ey, hz = ex.copy(), ey.copy(), hz.copy()
    ey[0] = t
    ey[1:] -= 0.5 * (hz[1:] - hz[:-1])
    ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
    for i in range(len(ex) - 1):
        for j in range(len(ex) - 1):
            hz[i, j] -= 0.7 * (ex[i, j + 1] - ex[i, j] + ey[i + 1, j] - ey[i, j])
    return ex, ey, hz, t + 1


@kernel(6, 512, _squares(3), lambda ex, ey, hz: _loop(5, _fdtd)(ex, ey, hz, 0.0)[:3])
def fdtd_2d(jax, ex, ey, hz):
    def step(t, state):
        ex, ey, hz = state
        ey = ey.at[0].set(t * 1.0).at[1:].add(-0.5 * (hz[1:] - hz[:-1]))
        ex = ex.at[:, 1:].add(-0.5 * (hz[:, 1:] - hz[:, :-1]))
        return ex, ey, hz.at[:-1, :-1].add(-0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1]))

    return jax.lax.fori_loop(0, 5, step, (ex, ey, hz))


def _cavity(u, v, p, d=0.05, dt=0.001, nu=0.1):
    b = np.zeros_like(p)
    for i in range(1, len(p) - 1):
        for j in range(1, len(p) - 1):
            ux, vy = (u[i, j + 1] - u[i, j - 1]) / (2 * d), (v[i + 1, j] - v[i - 1, j]) / (2 * d)
            uy, vx = (u[i + 1, j] - u[i - 1, j]) / (2 * d), (v[i, j + 1] - v[i, j - 1]) / (2 * d)
            b[i, j] = (ux + vy) / dt - ux**2 - 2 * uy * vx - vy**2
    for _ in range(4):
        old = p.copy()
        for i in range(1, len(p) - 1):
            for j in range(1, len(p) - 1):
                p[i, j] = (old[i, j + 1] + old[i, j - 1] + old[i + 1, j] + old[i - 1, j] - b[i, j] * d * d) / 4
        p[:, -1], p[0, :], p[:, 0], p[-1, :] = p[:, -2], p[1, :], p[:, 1], 0
    return _velocity(np, u, v, p, d, dt, nu), p


def _velocity(np_, u, v, p, d, dt, nu):
    """One step of both components inside, without the edges."""

    def moved(f, pressure):
        here, w, e, s, n = f[1:-1, 1:-1], f[1:-1, :-2], f[1:-1, 2:], f[:-2, 1:-1], f[2:, 1:-1]
        flow = u[1:-1, 1:-1] * (here - w) + v[1:-1, 1:-1] * (here - s)
        return here - dt / d * flow - pressure + nu * dt / d**2 * (e + w + n + s - 4 * here)

    return moved(u, dt / (2 * d) * (p[1:-1, 2:] - p[1:-1, :-2])), moved(v, dt / (2 * d) * (p[2:, 1:-1] - p[:-2, 1:-1]))


@kernel(7, 256, lambda u, n: (u((n, n)), u((n, n)), u((n, n))), lambda u, v, p: _cavity(u, v, p.copy()))
def cavity_flow(jax, u, v, p):
    d, dt, nu = 0.05, 0.001, 0.1
    along = lambda f: (f[1:-1, 2:] - f[1:-1, :-2]) / (2 * d)
    across = lambda f: (f[2:, 1:-1] - f[:-2, 1:-1]) / (2 * d)
    b = (along(u) + across(v)) / dt - along(u) ** 2 - 2 * across(u) * along(v) - across(v) ** 2

    def pressure(_, p):
        p = p.at[1:-1, 1:-1].set((p[1:-1, 2:] + p[1:-1, :-2] + p[2:, 1:-1] + p[:-2, 1:-1] - b * d * d) / 4)
        p = p.at[:, -1].set(p[:, -2])
        p = p.at[0].set(p[1])
        p = p.at[:, 0].set(p[:, 1])
        return p.at[-1].set(0.0)

    p = jax.lax.fori_loop(0, 4, pressure, p)
    return _velocity(jax.numpy, u, v, p, d, dt, nu), p


def _advection(c):
    new = c.copy()
    for i in range(len(c)):
        new[i] = c[i] - 0.4 * (c[i] - c[i - 1]) + 0.1 * (c[(i + 1) % len(c)] - 2 * c[i] + c[i - 1])
    return (new,)


@kernel(9, 100_000, lambda u, n: (u(n),), lambda c: _loop(6, _advection)(c)[0])
def advection(jax, c):
    roll = jax.numpy.roll
    return jax.lax.fori_loop(0, 6, lambda _, c: c - 0.4 * (c - roll(c, 1)) + 0.1 * (roll(c, -1) - 2 * c + roll(c, 1)), c)


# Particles, fractals, geometry, money.


def _bodies(x, v, m, steps=3, dt=0.01, soft=0.1):
    x, v = x.copy(), v.copy()
    for _ in range(steps):
        a = np.zeros_like(x)
        for i in range(len(x)):
            for j in range(len(x)):
                d = x[j] - x[i]
                a[i] += m[j] * d / (d @ d + soft**2) ** 1.5
        v += dt * a
        x += dt * v
    return x, v


@kernel(6, 512, lambda u, n: (u((n, 3)), u((n, 3)), u(n)), _bodies)
def nbody(jax, x, v, m):
    jnp = jax.numpy

    def step(_, state):
        x, v = state
        d = x[None] - x[:, None]
        weight = m / (jnp.sum(d * d, axis=-1) + 0.1**2) ** 1.5
        v = v + 0.01 * jnp.einsum("ij,ijk->ik", weight, d)
        return x + 0.01 * v, v

    return jax.lax.fori_loop(0, 3, step, (x, v))


def _escapes(c, steps=20):
    counts = np.zeros(c.shape, dtype=int)
    for place in np.ndindex(*c.shape):
        z = 0j
        for _ in range(steps):
            if abs(z) > 2:
                break
            z = z * z + c[place]
            counts[place] += 1
    return counts


@kernel(6, 512, lambda u, n: (np.linspace(-2, 0.5, n) + 1j * np.linspace(-1.2, 1.2, n)[:, None],), _escapes)
def mandelbrot(jax, c):
    jnp = jax.numpy

    def step(_, state):
        z, counts = state
        inside = jnp.abs(z) <= 2
        return jnp.where(inside, z * z + c, z), counts + inside

    return jax.lax.fori_loop(0, 20, step, (jnp.zeros_like(c), jnp.zeros(c.shape, dtype=int)))[1]


def _distance(a, b, c, d):
    return np.array([2 * math.asin(math.sqrt(math.sin((z - x) / 2) ** 2 + math.cos(x) * math.cos(z) * math.sin((w - y) / 2) ** 2)) for x, y, z, w in zip(a, b, c, d)])


@kernel(9, 1_000_000, lambda u, n: (u(n), u(n), u(n), u(n)), _distance)
def arc_distance(jax, theta_1, phi_1, theta_2, phi_2):
    jnp = jax.numpy
    half = jnp.sin((theta_2 - theta_1) / 2) ** 2 + jnp.cos(theta_1) * jnp.cos(theta_2) * jnp.sin((phi_2 - phi_1) / 2) ** 2
    return 2 * jnp.arctan2(jnp.sqrt(half), jnp.sqrt(1 - half))


def _prices(s, k, t):
    cdf = lambda x: 0.5 * (1 + math.erf(x / math.sqrt(2)))

    def price(s, k, t, rate=0.1, sigma=0.2):
        d1 = (math.log(s / k) + (rate + sigma**2 / 2) * t) / (sigma * math.sqrt(t))
        d2 = d1 - sigma * math.sqrt(t)
        return s * cdf(d1) - k * math.exp(-rate * t) * cdf(d2), k * math.exp(-rate * t) * cdf(-d2) - s * cdf(-d1)

    calls, puts = zip(*map(price, s, k, t))
    return np.array(calls), np.array(puts)


@kernel(9, 1_000_000, lambda u, n: (10 + 40 * u(n), 10 + 40 * u(n), 1 + u(n)), _prices)
def black_scholes(jax, s, k, t):
    jnp = jax.numpy
    cdf = lambda x: 0.5 * (1 + jax.lax.erf(x / math.sqrt(2)))
    rate, sigma = 0.1, 0.2
    d1 = (jnp.log(s / k) + (rate + sigma**2 / 2) * t) / (sigma * jnp.sqrt(t))
    d2 = d1 - sigma * jnp.sqrt(t)
    present = k * jnp.exp(-rate * t)
    return s * cdf(d1) - present * cdf(d2), present * cdf(-d2) - s * cdf(-d1)


@kernel(7, 2000, _squares(1), lambda a: a + sum(math.tanh(a[i, i]) for i in range(len(a))))
def go_fast(jax, a):
    return a + jax.numpy.sum(jax.numpy.tanh(jax.numpy.diagonal(a)))


@kernel(7, 1000, lambda u, n: ((u((n, n)) * 1000).astype(int), (u((n, n)) * 1000).astype(int)),
        lambda x, y: np.array([[min(max(int(p), 2), 10) * 4 + int(q) * 3 + 9 for p, q in zip(*rows)] for rows in zip(x, y)]))
def clip_and_add(jax, x, y):
    return jax.numpy.clip(x, 2, 10) * 4 + y * 3 + 9


def _histogram(radius, weight, bins=8):
    total, count = np.zeros(bins), np.zeros(bins)
    for r, w in zip(radius, weight):
        bin_ = min(int(r * bins), bins - 1)
        total[bin_] += w
        count[bin_] += 1
    return total / np.maximum(count, 1)


@kernel(40, 1_000_000, lambda u, n: (u(n), u(n)), _histogram)
def azimuthal_integration(jax, radius, weight):
    jnp = jax.numpy
    bins = jnp.clip((radius * 8).astype(int), 0, 7)
    total = jnp.zeros(8, dtype=weight.dtype).at[bins].add(weight)
    return total / jnp.maximum(jnp.zeros(8, dtype=weight.dtype).at[bins].add(1.0), 1)


# Networks.


@kernel(5, 256, lambda u, n: (u((2, 3, n, n)) - 0.5,), lambda x: (lambda e: e / e.sum(-1, keepdims=True))(np.exp(x)))
def softmax(jax, x):
    jnp = jax.numpy
    e = jnp.exp(x - jnp.max(x, axis=-1, keepdims=True))
    return e / jnp.sum(e, axis=-1, keepdims=True)


@kernel(4, 256, lambda u, n: (u((n, 12)), u((12, 20)) - 0.5, u(20), u((20, 10)) - 0.5, u(10)),
        lambda x, a, b, c, d: (lambda e: e / e.sum(-1, keepdims=True))(np.exp(np.maximum(x @ a + b, 0) @ c + d)))
def mlp(jax, x, a, b, c, d):
    nn = jax.nn
    return nn.softmax(nn.relu(x @ a + b) @ c + d)


def _convolved(x, w):
    n, h, wide, _ = x.shape
    k = w.shape[0]
    out = np.zeros((n, h - k + 1, wide - k + 1, w.shape[3]))
    for i, j in np.ndindex(h - k + 1, wide - k + 1):
        out[:, i, j] = np.tensordot(x[:, i : i + k, j : j + k], w, 3)
    return out


def _convolve(jax, x, w, padding="VALID"):
    return jax.lax.conv_general_dilated(x, w, (1, 1), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))


@kernel(7, 32, lambda u, n: (u((2, n, n, 3)), u((3, 3, 3, 4)) - 0.5, u(4)), lambda x, w, b: np.maximum(_convolved(x, w) + b, 0))
def conv2d_bias(jax, x, w, b):
    return jax.nn.relu(_convolve(jax, x, w) + b)


def _pooled(x):
    n, h, w, c = x.shape
    return x[:, : h // 2 * 2, : w // 2 * 2].reshape(n, h // 2, 2, w // 2, 2, c).max(axis=(2, 4))


def _lenet(x, a, b, c):
    x = _pooled(np.maximum(_convolved(x, a), 0))
    x = _pooled(np.maximum(_convolved(x, b), 0))
    return x.reshape(len(x), -1) @ c


@kernel(2, 64, lambda u, n: (u((n, 16, 16, 1)), u((3, 3, 1, 4)) - 0.5, u((3, 3, 4, 8)) - 0.5, u((2 * 2 * 8, 10)) - 0.5), _lenet)
def lenet(jax, x, a, b, c):
    pool = lambda x: jax.lax.reduce_window(x, -jax.numpy.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    x = pool(jax.nn.relu(_convolve(jax, x, a)))
    x = pool(jax.nn.relu(_convolve(jax, x, b)))
    return x.reshape(x.shape[0], -1) @ c


def _residual(x, a, b, c):
    def normal(x):
        return (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2)) + 1e-5)

    y = np.maximum(normal(_convolved(x, a)), 0)
    y = np.maximum(normal(_convolved(np.pad(y, ((0, 0), (1, 1), (1, 1), (0, 0))), b)), 0)
    return np.maximum(normal(_convolved(y, c)) + x, 0)


@kernel(5, 28, lambda u, n: (u((2, n, n, 6)), u((1, 1, 6, 3)) - 0.5, u((3, 3, 3, 3)) - 0.5, u((1, 1, 3, 6)) - 0.5), _residual)
def resnet_block(jax, x, a, b, c):
    jnp = jax.numpy

    def normal(x):
        return (x - jnp.mean(x, axis=(0, 1, 2))) / jnp.sqrt(jnp.var(x, axis=(0, 1, 2)) + 1e-5)

    y = jax.nn.relu(normal(_convolve(jax, x, a)))
    y = jax.nn.relu(normal(_convolve(jax, y, b, "SAME")))
    return jax.nn.relu(normal(_convolve(jax, y, c)) + x)


# Linear algebra by hand, and sparse.


def _sparse(u, n):
    columns = (u((n, 3)) * n).astype(np.int32)
    return u((n, 3)), columns, u(n)


@kernel(8, 20_000, _sparse, lambda values, columns, x: np.array([sum(v * x[c] for v, c in zip(*row)) for row in zip(values, columns)]))
def spmv(jax, values, columns, x):
    rows = jax.numpy.repeat(jax.numpy.arange(values.shape[0]), 3)
    products = values.reshape(-1) * x[columns.reshape(-1)]
    return jax.numpy.zeros_like(x).at[rows].add(products)


@kernel(6, 128, lambda u, n: (_dominant(u, n),), np.linalg.cholesky)
def cholesky(jax, a):
    jnp = jax.numpy
    n = a.shape[0]

    def column(j, a):
        pivot = jnp.sqrt(a[j, j])
        below = jnp.where(jnp.arange(n) > j, a[:, j] / pivot, 0.0)
        rest = (jnp.arange(n)[:, None] > j) & (jnp.arange(n) > j)
        a = jnp.where(rest, a - jnp.outer(below, below), a)
        return a.at[:, j].set(jnp.where(jnp.arange(n) == j, pivot, below))

    return jnp.tril(jax.lax.fori_loop(0, n, column, a))


def _eliminated(a):
    a = a.copy()
    for k in range(len(a)):
        for i in range(k + 1, len(a)):
            a[i, k] /= a[k, k]
            a[i, k + 1 :] -= a[i, k] * a[k, k + 1 :]
    return a


@kernel(6, 128, lambda u, n: (_dominant(u, n),), _eliminated)
def lu(jax, a):
    jnp = jax.numpy
    places = jnp.arange(a.shape[0])

    def step(k, a):
        factor = jnp.where(places > k, a[:, k] / a[k, k], 0.0)
        a = jnp.where((places > k)[None], a - jnp.outer(factor, a[k]), a)
        return a.at[:, k].set(jnp.where(places > k, factor, a[:, k]))

    return jax.lax.fori_loop(0, a.shape[0], step, a)


@kernel(6, 512, lambda u, n: (np.tril(u((n, n))) + n * np.eye(n), u(n)), np.linalg.solve)
def trisolv(jax, l, b):
    def row(i, x):
        return x.at[i].set((b[i] - l[i] @ x) / l[i, i])

    return jax.lax.fori_loop(0, b.shape[0], row, jax.numpy.zeros_like(b))


def _durbin(r):
    n = len(r)
    y = np.zeros(n)
    y[0], alpha, beta = -r[0], -r[0], 1.0
    for k in range(1, n):
        beta *= 1 - alpha * alpha
        alpha = -(r[k] + r[:k][::-1] @ y[:k]) / beta
        y[:k] += alpha * y[:k][::-1]
        y[k] = alpha
    return y


@kernel(7, 512, lambda u, n: (u(n) / (2 * n),), _durbin)
def durbin(jax, r):
    jnp = jax.numpy
    n, places = r.shape[0], jnp.arange(r.shape[0])

    def step(k, state):
        y, alpha, beta = state
        back = jnp.where(places < k, y[jnp.maximum(k - 1 - places, 0)], 0.0)
        beta = beta * (1 - alpha * alpha)
        alpha = -(r[k] + r @ jnp.where(places < k, back, 0.0)) / beta
        return (y + alpha * back).at[k].set(alpha), alpha, beta

    return jax.lax.fori_loop(1, n, step, (jnp.zeros_like(r).at[0].set(-r[0]), -r[0], jnp.ones_like(r[0])))[0]


def _orthonormal(a):
    q, r = np.linalg.qr(a)
    signs = np.sign(np.diag(r))
    return q * signs, r * signs[:, None]


@kernel(6, 128, lambda u, n: (u((n + 2, n)),), _orthonormal)
def gramschmidt(jax, a):
    jnp = jax.numpy
    n = a.shape[1]

    def column(k, state):
        a, q, r = state
        norm = jnp.sqrt(a[:, k] @ a[:, k])
        unit = a[:, k] / norm
        row = jnp.where(jnp.arange(n) > k, unit @ a, 0.0)
        return a - jnp.outer(unit, row), q.at[:, k].set(unit), r.at[k].set(row.at[k].set(norm))

    return jax.lax.fori_loop(0, n, column, (a, jnp.zeros_like(a), jnp.zeros((n, n), dtype=a.dtype)))[1:]


# Statistics and dynamic programming.


@kernel(7, 512, lambda u, n: (u((n + 4, n)),), lambda data: np.corrcoef(data, rowvar=False))
def correlation(jax, data):
    jnp = jax.numpy
    scaled = (data - jnp.mean(data, axis=0)) / (jnp.sqrt(data.shape[0]) * jnp.std(data, axis=0))
    return scaled.T @ scaled


@kernel(7, 512, lambda u, n: (u((n + 4, n)),), lambda data: np.cov(data, rowvar=False))
def covariance(jax, data):
    centred = data - jax.numpy.mean(data, axis=0)
    return centred.T @ centred / (data.shape[0] - 1.0)


def _shortest(d):
    d = d.copy()
    for k, i, j in np.ndindex(len(d), len(d), len(d)):
        d[i, j] = min(d[i, j], d[i, k] + d[k, j])
    return d


@kernel(7, 128, _squares(1), _shortest)
def floyd_warshall(jax, d):
    return jax.lax.fori_loop(0, d.shape[0], lambda k, d: jax.numpy.minimum(d, d[:, k, None] + d[k]), d)


def _pairs(s):
    n = len(s)
    best = np.zeros((n + 1, n + 1), dtype=int)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            inside = best[i + 1, j - 1] + (s[i] + s[j] == 3) if j - 1 > i else 0
            best[i, j] = max(best[i + 1, j], best[i, j - 1], inside, max((best[i, k] + best[k + 1, j] for k in range(i + 1, j)), default=0))
    return best[0, n - 1]


@kernel(9, 64, lambda u, n: ((u(n) * 4).astype(np.int32),), _pairs)
def nussinov(jax, s):
    jnp, lax = jax.numpy, jax.lax
    n = s.shape[0]
    places = jnp.arange(n)

    def column(i, j, best):
        inside = jnp.where(j - 1 > i, best[i + 1, j - 1] + (s[i] + s[j] == 3), 0)
        splits = best[i] + best[jnp.minimum(places + 1, n), j]
        split = jnp.max(jnp.where((places > i) & (places < j), splits, 0))
        value = jnp.maximum(jnp.maximum(best[i + 1, j], best[i, j - 1]), jnp.maximum(inside, split))
        return best.at[i, j].set(jnp.where(j > i, value, 0))

    def row(r, best):
        i = n - 1 - r
        return lax.fori_loop(1, n, lambda j, best: column(i, j, best), best)

    return lax.fori_loop(0, n, row, jnp.zeros((n + 1, n), dtype=int))[0, n - 1]


def _aligned(a, b, gap=1):
    score = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            score[i + 1, j + 1] = max(0, score[i, j] + (2 if x == y else -1), score[i, j + 1] - gap, score[i + 1, j] - gap)
    return score.max()


@kernel(9, 256, lambda u, n: ((u(n) * 4).astype(np.int32), (u(n + 3) * 4).astype(np.int32)), _aligned)
def smith_waterman(jax, a, b):
    jnp, lax = jax.numpy, jax.lax

    def row(above, x):
        diagonal = jnp.maximum(jnp.maximum(above[:-1] + jnp.where(b == x, 2, -1), above[1:] - 1), 0)
        here = lax.scan(lambda left, best: (jnp.maximum(best, left - 1),) * 2, jnp.zeros_like(above[0]), diagonal)[1]
        new = jnp.concatenate([jnp.zeros_like(above[:1]), here])
        return new, jnp.max(here)

    return jnp.max(lax.scan(row, jnp.zeros(b.shape[0] + 1, dtype=int), a)[1])


def _deriche(image, a=0.25):
    k = (1 - math.exp(-a)) ** 2 / (1 + 2 * a * math.exp(-a) - math.exp(-2 * a))
    a1, a2, b1, b2 = k, k * math.exp(-a) * (a - 1), 2 * math.exp(-a), -math.exp(-2 * a)
    out = np.zeros_like(image)
    for r, row in enumerate(image):
        y1 = y2 = x1 = 0.0
        for i, x in enumerate(row):
            y = a1 * x + a2 * x1 + b1 * y1 + b2 * y2
            out[r, i], x1, y2, y1 = y, x, y1, y
    return out


@kernel(7, 256, _squares(1), _deriche)
def deriche(jax, image):
    a = 0.25
    k = (1 - math.exp(-a)) ** 2 / (1 + 2 * a * math.exp(-a) - math.exp(-2 * a))
    a1, a2, b1, b2 = k, k * math.exp(-a) * (a - 1), 2 * math.exp(-a), -math.exp(-2 * a)
    zero = jax.numpy.zeros_like(image[:, 0])

    def step(state, x):
        x1, y1, y2 = state
        y = a1 * x + a2 * x1 + b1 * y1 + b2 * y2
        return (x, y, y1), y

    return jax.lax.scan(step, (zero, zero, zero), image.T)[1].T


def compiled(jax, row):
    """The kernel as a compiled function of the arguments."""
    return jax.jit(functools.partial(row.run, jax))
