"""Programs of several operations, of the kind that users write."""

import numpy as np



def softmax(x):
    n, k = x.shape
    e = (x - x.reduce_max(axes=[1]).along((n, k), 0)).exp()
    return e / e.sum(1).along((n, k), 0)


def log_softmax(x):
    n, k = x.shape
    shifted = x - x.reduce_max(axes=[1]).along((n, k), 0)
    return shifted - shifted.exp().sum(1).log().along((n, k), 0)


def logsumexp(x):
    greatest = x.reduce_max(axes=[0])
    return (x - greatest.along(x.shape)).exp().sum().log() + greatest


def layernorm(x, scale, bias):
    n, k = x.shape
    centred = x - (x.sum(1) / k).along((n, k), 0)
    inverse = ((centred.square().sum(1) / k) + 1e-5).rsqrt()
    return centred * inverse.along((n, k), 0) * scale.along((n, k), 1) + bias.along((n, k), 1)


def rmsnorm(x, scale):
    inverse = ((x * x).sum(1) / x.shape[1] + 1e-6).rsqrt()
    return x * inverse.along(x.shape, 0) * scale.along(x.shape, 1)


def affine(x, w, b):
    return x.dot(w) + b.along((x.shape[0], w.shape[1]), 1)


def mlp(x, w1, b1, w2, b2, y):
    e = affine(affine(x, w1, b1).tanh(), w2, b2) - y
    return (e * e).sum() / 2.0


def relu_mlp(x, w1, w2, y):
    hidden = x.dot(w1)
    return (hidden.max(hidden.program.fill(0.0, hidden.shape, hidden.dtype)).dot(w2) - y).square().sum()


def cross_entropy(x, label):
    rows, k = x.shape
    where = label.along((rows, k), 0).eq(x.program.apply("iota", shape=[rows, k], dtype="i32", axis=1))
    chosen = where.select(log_softmax(x), x.program.fill(0.0, (rows, k), x.dtype))
    return -(chosen.sum() / rows)


def gelu(x):
    return x * 0.5 * ((x * 0.7071067811865476).erf() + 1.0)


def gelu_tanh(x):
    return x * 0.5 * (((x + x * x * x * 0.044715) * 0.7978845608028654).tanh() + 1.0)


def silu(x):
    return x * x.logistic()


def softplus(x):
    zero = x.program.fill(0.0, x.shape, x.dtype)
    return x.max(zero) + (-(x.abs())).exp().log1p()


def huber(x, y):
    e = (x - y).abs()
    near = e.le(x.program.fill(1.0, x.shape, x.dtype))
    return near.select(e * e * 0.5, e - 0.5).sum()


def attention(q, k, v):
    scores = q.dot(k, right=1) / np.sqrt(q.shape[1])
    return softmax(scores).dot(v)


def causal_attention(q, k, v):
    n = q.shape[0]
    scores = q.dot(k, right=1)
    row, column = (q.program.apply("iota", shape=[n, n], dtype="i32", axis=axis) for axis in (0, 1))
    masked = row.ge(column).select(scores, q.program.fill(-1e30, (n, n), q.dtype))
    return softmax(masked).dot(v)


def convolution(x, w):
    """A window of 3 over a padded vector."""
    n = x.shape[0]
    padded = x.pad(x.program.fill(0.0, (), x.dtype), low=[1], high=[1], interior=[0])
    taps = [padded.part((i, i + n)) * w.part((i, i + 1)).reshape(shape=[]).along((n,)) for i in range(3)]
    return taps[0] + taps[1] + taps[2]


def cosine(x, y):
    return x.dot(y, 0) / ((x.dot(x, 0)).sqrt() * y.dot(y, 0).sqrt())


def variance(x):
    centred = x - (x.sum() / x.shape[0]).along(x.shape)
    return centred.square().sum() / (x.shape[0] - 1)


def normalise(x):
    return x / x.square().sum().sqrt().along(x.shape)


def rosenbrock(x):
    n = x.shape[0]
    a, b = x.part((0, n - 1)), x.part((1, n))
    return ((b - a * a).square() * 100.0 + (1.0 - a).square()).sum()


def horner(x):
    total = x * 0.5
    for coefficient in [-1.25, 2.0, 0.125, -3.0]:
        total = (total + coefficient) * x
    return total


def gaussian(x, mean, log_scale):
    z = (x - mean) / log_scale.exp()
    return (z * z * -0.5 - log_scale - 0.9189385332046727).sum()


def distances(x, y):
    n, m = x.shape[0], y.shape[0]
    square = (x * x).sum(1).along((n, m), 0) + (y * y).sum(1).along((n, m), 1)
    return square - x.dot(y, right=1) * 2.0


def recurrent(h, x, w, u):
    for t in range(x.shape[0]):
        step = x.part((t, t + 1), (0, x.shape[1])).reshape(shape=[x.shape[1]])
        h = (h.dot(w) + step.dot(u)).tanh()
    return h


def lstm(x, h, c, w, u):
    k = h.shape[0]
    gates = x.dot(w) + h.dot(u)
    i, f, g, o = (gates.part((j * k, (j + 1) * k)) for j in range(4))
    c = f.logistic() * c + i.logistic() * g.tanh()
    return [o.logistic() * c.tanh(), c]


def divergence(p, q):
    """Kullback and Leibler's, of two softmaxes."""
    a, b = log_softmax(p), log_softmax(q)
    return (a.exp() * (a - b)).sum()


def cumulative(x):
    n = x.shape[0]
    row, column = (x.program.apply("iota", shape=[n, n], dtype="i32", axis=axis) for axis in (0, 1))
    return row.ge(column).convert(dtype=x.dtype).dot(x)


def max_pool(x):
    n, m = x.shape
    return x.reshape(shape=[n // 2, 2, m // 2, 2]).reduce_max(axes=[1, 3])


def average_pool(x):
    n, m = x.shape
    return x.reshape(shape=[n // 2, 2, m // 2, 2]).sum(1, 3) / 4.0


def rotary(x, angle):
    n, k = x.shape
    a, b = x.part((0, n), (0, k // 2)), x.part((0, n), (k // 2, k))
    turned = (-b).concatenate(a, axis=1)
    both = angle.concatenate(angle, axis=1)
    return x * both.cos() + turned * both.sin()


def shuffle(x):
    turned = x.reverse(axes=[0]).transpose(permutation=[1, 0])
    return (turned * turned.reverse(axes=[1])).reshape(shape=[x.shape[0] * x.shape[1]])


def determinant(a):
    at = lambda i, j: a.part((i, i + 1), (j, j + 1)).reshape(shape=[])
    return at(0, 0) * at(1, 1) - at(0, 1) * at(1, 0)


def log_determinant(a):
    return determinant(a).abs().log()


def trigonometry(x, y):
    return ((x.sin() * y.cos() + x.cos() * y.sin()) / (x * y).cosh()).atan2(x.square() + 1.0)


def log_beta(a, b):
    return (a.lgamma() + b.lgamma() - (a + b).lgamma()).sum()


def spectrum(x):
    """Sizes of the Fourier coefficients of a real vector, by a dense product."""
    n = x.shape[0]
    row, column = (x.program.apply("iota", shape=[n, n], dtype=x.dtype, axis=axis) for axis in (0, 1))
    angle = row * column * (-2 * np.pi / n)
    wave = angle.cos().complex(angle.sin())
    return wave.dot(x.convert(dtype="c128")).abs()


def julia(z, c):
    for _ in range(3):
        z = z * z + c
    return z.abs().sum()


def holomorphic(z):
    return (z.exp() * z.sin() / (z * z + 2.0)).sum()


def clamped(x):
    low, high = (x.program.fill(b, x.shape, x.dtype) for b in (-1.0, 1.0))
    return low.clamp(x, high).square().sum()


def binary_entropy(x, y):
    """Cross entropy from logits, stable for large ones."""
    return (softplus(x) - x * y).sum()


def newton(a):
    """Three steps towards the square root."""
    x = a
    for _ in range(3):
        x = (x + a / x) * 0.5
    return x


def predators(state, rates):
    at = lambda v, i: v.part((i, i + 1)).reshape(shape=[])
    a, b = (at(rates, i) for i in range(2))
    x, y = at(state, 0), at(state, 1)
    for _ in range(3):
        x, y = x + x * (a - b * y) * 0.1, y + y * (b * x - a) * 0.1
    return [x, y]


def trace_of_product(a, b):
    return (a * b.transpose(permutation=[1, 0])).sum()


def swiglu(x, w, v):
    return silu(x.dot(w)) * x.dot(v)


def hashed(x):
    for constant, shift in [(0x7FEB352D, 16), (0x846CA68B, 15)]:
        x = x.xor(x.shift_right_logical(x.program.fill(shift, x.shape, "u32")))
        x = x * constant
    return x.xor(x.shift_right_logical(x.program.fill(16, x.shape, "u32")))


def parity(x):
    return x.population_count().and_(x.program.fill(1, x.shape, "u8")).eq(x.program.fill(0, x.shape, "u8"))


def mixed_precision(x, w):
    half, other = x.convert(dtype="bf16"), w.convert(dtype="bf16")
    return half.dot(other, dtype="f32").tanh().sum()


def median(a, b, c):
    return a.min(b).max(a.max(b).min(c))


def soft_threshold(x):
    size = x.abs() - 0.3
    return x.sign() * size.max(x.program.fill(0.0, x.shape, x.dtype))


def quadratic(x, a):
    return x.dot(a).dot(x, 0) * 0.5


def chain(a, b, c, v):
    return a.dot(b).dot(c).dot(v)


def bilinear(x, y, w):
    return x.dot_general(w, lhs_contract=[1], rhs_contract=[1], lhs_batch=[], rhs_batch=[], precision="default", dtype="f64").dot_general(
        y, lhs_contract=[2], rhs_contract=[1], lhs_batch=[0], rhs_batch=[0], precision="default", dtype="f64")


def logistic_regression(w, x, y):
    return binary_entropy(x.dot(w), y) + w.square().sum() * 0.05


def geometric_mean(x):
    return (x.log().sum() / x.shape[0]).exp()


def power_mean(x, p):
    n = x.shape[0]
    return (x.pow(p.along((n,))).sum() / n).pow(1.0 / p)


def product(x):
    return x.reduce_prod(axes=[0]) + x.reduce_min(axes=[0])


def argmax_gather(x):
    """The greatest of each row, by a comparison with its position."""
    n, k = x.shape
    position = x.argmax(axis=1, dtype="i32").along((n, k), 0)
    where = position.eq(x.program.apply("iota", shape=[n, k], dtype="i32", axis=1))
    return where.select(x, x.program.fill(0.0, (n, k), x.dtype)).sum(1)


def programs(anything, uniform, distinct):
    """Names, functions of a program and its inputs, and the inputs: dtype, shape, source of numbers."""
    positive = uniform(0.3, 3)
    label = lambda random, shape, dtype: random.integers(0, 4, shape).astype(np.int32)
    words = lambda random, shape, dtype: random.integers(0, 2**32, shape, dtype=np.uint64).astype(dtype.replace("u", "uint"))
    f = lambda *shape, dtype="f64", source=anything: (dtype, shape, source)
    spread = lambda *shape, dtype="f64": (dtype, shape, distinct)
    rows = [
        (softmax, [f(2, 4)]),
        (log_softmax, [f(2, 4)]),
        (logsumexp, [spread(5)]),
        (layernorm, [f(2, 4), f(4), f(4)]),
        (rmsnorm, [f(2, 4), f(4)]),
        (mlp, [f(2, 3), f(3, 4), f(4), f(4, 2), f(2), f(2, 2)]),
        (relu_mlp, [f(2, 3), f(3, 4), f(4, 2), f(2, 2)]),
        (cross_entropy, [f(3, 4), ("i32", (3,), label)]),
        (gelu, [f(5)]),
        (gelu_tanh, [f(5)]),
        (silu, [f(5)]),
        (softplus, [spread(5)]),
        (huber, [spread(5), f(5, source=uniform(-0.1, 0.1))]),
        (attention, [f(3, 2), f(4, 2), f(4, 3)]),
        (causal_attention, [f(3, 2), f(3, 2), f(3, 2)]),
        (convolution, [f(5), f(3)]),
        (cosine, [f(4), f(4)]),
        (variance, [f(5)]),
        (normalise, [f(4)]),
        (rosenbrock, [f(5)]),
        (horner, [f(4)]),
        (gaussian, [f(4), f(4), f(4)]),
        (distances, [f(2, 3), f(4, 3)]),
        (recurrent, [f(3), f(3, 2), f(3, 3), f(2, 3)]),
        (lstm, [f(2), f(2), f(2), f(2, 8), f(2, 8)]),
        (divergence, [f(2, 3), f(2, 3)]),
        (cumulative, [f(5)]),
        (max_pool, [spread(4, 4)]),
        (average_pool, [f(4, 4)]),
        (rotary, [f(3, 4), f(3, 2)]),
        (shuffle, [f(2, 3)]),
        (determinant, [f(2, 2)]),
        (log_determinant, [f(2, 2)]),
        (trigonometry, [f(4), f(4)]),
        (log_beta, [f(4, source=positive), f(4, source=positive)]),
        (spectrum, [f(4)]),
        (julia, [f(3, dtype="c128", source=uniform(-0.5, 0.5)), f(3, dtype="c128", source=uniform(-0.5, 0.5))]),
        (holomorphic, [f(3, dtype="c128", source=uniform(-1, 1))]),
        (clamped, [spread(6)]),
        (binary_entropy, [spread(5), f(5, source=uniform(0, 1))]),
        (newton, [f(4, source=positive)]),
        (predators, [f(2, source=positive), f(2, source=positive)]),
        (trace_of_product, [f(3, 2), f(2, 3)]),
        (swiglu, [f(2, 3), f(3, 2), f(3, 2)]),
        (hashed, [("u32", (4,), words)]),
        (parity, [("u8", (6,), lambda random, shape, dtype: random.integers(0, 256, shape).astype(np.uint8))]),
        (mixed_precision, [f(2, 3, dtype="f32"), f(3, 2, dtype="f32")]),
        (median, [f(4), f(4), f(4)]),
        (soft_threshold, [spread(6)]),
        (quadratic, [f(3), f(3, 3)]),
        (chain, [f(2, 3), f(3, 2), f(2, 3), f(3)]),
        (bilinear, [f(2, 3), f(2, 2), ("f64", (2, 3, 2), anything)]),
        (logistic_regression, [f(3), f(4, 3), f(4, source=uniform(0, 1))]),
        (geometric_mean, [f(4, source=positive)]),
        (power_mean, [f(4, source=positive), f(source=uniform(1.5, 3))]),
        (product, [spread(4)]),
        (argmax_gather, [f(3, 4)]),
    ]
    result = [(f"{function.__name__}/{operands[0][0]}", lambda _, *xs, g=function: g(*xs), operands) for function, operands in rows]
    in_single = [softmax, layernorm, mlp, attention, rosenbrock, lstm, cross_entropy, quadratic]
    for function, operands in rows:
        if function in in_single:
            narrow = [("f32" if dtype == "f64" else dtype, shape, source) for dtype, shape, source in operands]
            result.append((f"{function.__name__}/f32", lambda _, *xs, g=function: g(*xs), narrow))
    return result
