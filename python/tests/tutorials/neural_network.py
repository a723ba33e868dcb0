"""A network for handwritten digits, trained by hand; the digits are those of `examples/data`."""

import gzip
import pathlib

DIGITS = pathlib.Path(__file__).parents[3] / "examples" / "data" / "digits.csv.gz"


def _data(np):
    with gzip.open(DIGITS, "rt") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.float32)
    return table[:, :-1] / 16, table[:, -1].astype(np.int32)


def _params(jax, jnp, sizes):
    keys = jax.random.split(jax.random.PRNGKey(0), len(sizes))
    layer = lambda m, n, key: (0.1 * jax.random.normal(key, (n, m)), jnp.zeros(n))
    return [layer(m, n, k) for m, n, k in zip(sizes[:-1], sizes[1:], keys)]


def _predict(jax, jnp):
    def predict(params, image):
        for w, b in params[:-1]:
            image = jax.nn.relu(w @ image + b)
        w, b = params[-1]
        logits = w @ image + b
        return logits - jax.nn.logsumexp(logits)

    return predict


def prediction_of_one_and_many(jax, jnp, np):
    x, _ = _data(np)
    predict, params = _predict(jax, jnp), _params(jax, jnp, [64, 32, 10])
    batched = jax.vmap(predict, in_axes=(None, 0))
    return predict(params, x[0]), batched(params, x[:5])


def training(jax, jnp, np, tolerance=2e-4):
    """Sixty steps; the tolerance is that of as many roundings, each of which the next step takes on."""
    x, y = _data(np)
    one_hot = lambda labels: jnp.asarray(labels[:, None] == np.arange(10), dtype=jnp.float32)
    batched = jax.vmap(_predict(jax, jnp), in_axes=(None, 0))
    loss = lambda params, images, targets: -jnp.mean(jnp.sum(batched(params, images) * targets, axis=1))

    @jax.jit
    def update(params, images, targets):
        value, grads = jax.value_and_grad(loss)(params, images, targets)
        return [(w - 0.5 * dw, b - 0.5 * db) for (w, b), (dw, db) in zip(params, grads)], value

    params, losses = _params(jax, jnp, [64, 32, 10]), []
    for i in range(60):
        rows = slice(100 * (i % 15), 100 * (i % 15 + 1))
        params, value = update(params, x[rows], one_hot(y[rows]))
        losses.append(value)
    right = jnp.mean(jnp.argmax(batched(params, x[1500:]), axis=1) == y[1500:])
    return losses, bool(right > 0.85), losses[-1] < 0.3 * losses[0]
