"""`jax.example_libraries`: optimizers and layers."""

import pytest
from both import check, check_error

OPT = ("from importlib import import_module\nopt = import_module(jax.__name__ + '.example_libraries.optimizers')\n"
       "def run(maker, steps=4):\n    init, update, get = maker\n    s = init({'w': jnp.array([[1.0, -2.0], [3.0, 0.5]]), 'b': (jnp.array([0.5, 0.0]), jnp.float32(2.0))})\n"
       "    step = jax.jit(lambda i, s: update(i, jax.tree.map(lambda x: 2 * x - 1, get(s)), s))\n    for i in range(steps):\n        s = step(i, s)\n    return get(s), s.packed_state\n")
STAX = ("from importlib import import_module\nstax = import_module(jax.__name__ + '.example_libraries.stax')\n"
        "def run(layer, shape, **kwargs):\n    init, apply = layer\n    out, params = init(jax.random.key(3), shape)\n    x = jnp.sin(jnp.arange(np.prod(shape), dtype=jnp.float32)).reshape(shape)\n"
        "    return jax.tree.map(int, out), params, apply(params, x, **kwargs)\n")
MAKERS = ["sgd(0.1)", "momentum(0.1, 0.9)", "nesterov(0.1, mass=0.9)", "adagrad(0.1)", "adagrad(0.1, momentum=0.5)", "rmsprop(0.1)", "rmsprop(0.1, gamma=0.5, eps=1e-3)",
          "rmsprop_momentum(0.1)", "adam(0.1)", "adam(opt.exponential_decay(0.1, 2, 0.5), b1=0.8, b2=0.9, eps=1e-4)", "adamax(0.1)"]
SCHEDULES = ["constant(0.5)", "exponential_decay(0.5, 4, 0.25)", "inverse_time_decay(0.5, 4, 0.25)", "inverse_time_decay(0.5, 4, 0.25, staircase=True)",
             "polynomial_decay(0.5, 4, 0.25)", "polynomial_decay(0.5, 4, 0.25, power=2.0)", "piecewise_constant([2, 4], [1.0, 0.5, 0.25])", "make_schedule(0.5)", "make_schedule(lambda i: i + 1)"]
LAYERS = [
    "stax.Dense(4), (2, 3)", "stax.Conv(4, (3, 3)), (2, 6, 5, 3)", "stax.Conv(4, (3, 3), (2, 2), 'SAME'), (2, 6, 5, 3)",
    "stax.GeneralConv(('NCHW', 'OIHW', 'NCHW'), 4, (2, 3), padding='SAME'), (2, 3, 6, 5)", "stax.ConvTranspose(4, (3, 3), (2, 2)), (2, 4, 3, 3)",
    "stax.Conv1DTranspose(4, (3,), padding='SAME'), (2, 5, 3)", "stax.BatchNorm(), (2, 4, 3, 3)", "stax.BatchNorm(0, center=False), (5, 3)",
    "stax.BatchNorm((0,), scale=False), (5, 3)", "stax.BatchNorm((0, 1), 1e-3, False, False), (5, 3, 2)", "stax.MaxPool((2, 2)), (2, 4, 5, 3)",
    "stax.SumPool((2, 3), (2, 1), 'SAME'), (2, 4, 5, 3)", "stax.AvgPool((2, 2), padding='SAME'), (2, 5, 5, 3)", "stax.AvgPool((2, 2), (2, 2), spec='NCHW'), (2, 3, 4, 4)",
    "stax.Flatten, (2, 3, 4)", "stax.Identity, (2, 3)", "stax.FanOut(3), (2, 3)", "stax.serial(stax.FanOut(2), stax.FanInSum), (2, 3)", "stax.serial(stax.FanOut(2), stax.FanInConcat()), (2, 3)",
    "stax.serial(stax.FanOut(2), stax.parallel(stax.Dense(2), stax.Identity), stax.FanInConcat(-1)), (2, 3)", "stax.Dropout(0.75, mode='test'), (2, 3), rng=jax.random.key(1)",
    "stax.Dropout(0.75), (4, 5), rng=jax.random.key(1)", "stax.serial(stax.Dense(3), stax.Dropout(0.5), stax.Dropout(0.5)), (2, 3), rng=jax.random.key(1)",
    "stax.shape_dependent(lambda shape: stax.Dense(2 * shape[-1])), (2, 3)", "stax.elementwise(lambda x, by: x * by, by=3.0), (2, 3)",
    "stax.serial(stax.Conv(4, (3, 3), W_init=stax.randn(), b_init=stax.ones), stax.Relu, stax.Flatten, stax.Dense(2, stax.glorot()), stax.LogSoftmax), (2, 5, 5, 1)",
]
NAMES = ["Tanh", "Relu", "Exp", "LogSoftmax", "Softmax", "Softplus", "Sigmoid", "Elu", "LeakyRelu", "Selu", "Gelu"]
ROWS = [OPT + f"out = run(opt.{maker})" for maker in MAKERS] + [OPT + f"f = opt.{schedule}\nout = [f(i) for i in range(7)]" for schedule in SCHEDULES]
ROWS += [STAX + f"out = run({layer})" for layer in LAYERS] + [STAX + f"out = run(stax.{name}, (2, 3))" for name in NAMES]
ROWS += [
    OPT + "init, update, get = opt.sm3(0.1)\ns = init([jnp.array([[1.0, -2.0], [3.0, 0.5]]), jnp.float32(2.0)])\n"
    "for i in range(3):\n    g = [2 * x for x in get(s)]\n    s = update(i, [g[0], g[1][None]], s)\nout = get(s), s.packed_state",
    OPT + "t = {'a': jnp.array([3.0, 4.0]), 'b': 12.0}\nout = opt.l2_norm(t), opt.clip_grads(t, 1.0), opt.clip_grads(t, 100.0)",
    OPT + "s = opt.adam(0.1).init_fn({'w': jnp.ones(2), 'b': jnp.float32(1.0)})\nu = opt.unpack_optimizer_state(s)\n"
    "out = sorted(u), type(u['w']).__name__, [x for x in u['w']][0], opt.pack_optimizer_state(u), opt.adam(0.1).params_fn(s), jax.jit(lambda s: s)(s)",
    OPT + "out = opt.optimizer(lambda r: (lambda x: (x, 0), lambda i, g, s: (s[0] - r * g, i), lambda s: s[0]))(0.5)\nout = out.update_fn(3, [1.0], out.init_fn([2.0]))",
]


@pytest.mark.parametrize("code", ROWS)
def test_example_libraries_are_jaxs(code):
    # A few steps of roundings.
    check(code, tolerance=1e-5)


ERRORS = [
    (OPT + "o = opt.sgd(0.1)\nout = o.update_fn(0, [1.0], o.init_fn((1.0,)))", "TypeError", "did not match the parameter tree structure"),
    (OPT + "o = opt.optimizer(lambda: (lambda x: (x,), lambda i, g, s: s[0], lambda s: s[0]))()\nout = o.update_fn(0, [1.0], o.init_fn([1.0]))", "TypeError", "did not match its input structure"),
    (OPT + "out = opt.make_schedule(jnp.ones(2))", "TypeError"), (OPT + "out = opt.pack_optimizer_state([1.0])", "AssertionError"),
    (OPT + "out = opt.piecewise_constant(1, [1.0])", "ValueError", "boundaries and values must be sequences"),
    (OPT + "out = opt.piecewise_constant([1], [1.0])", "ValueError", "one shorter than values"),
    (STAX + "out = run(stax.Dropout(0.5), (2, 3))", "ValueError", "Dropout layer requires apply_fun to be called with a PRNG key"),
]


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row[0][-40:])
def test_errors_are_jaxs(row):
    check_error(*row)
