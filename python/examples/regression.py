"""Linear regression by gradient descent."""

import raxla as jax
import raxla.numpy as jnp
from raxla import Array, random


def loss(params: dict[str, Array], x: Array, y: Array) -> Array:
    return jnp.mean((x @ params["w"] + params["b"] - y) ** 2)


@jax.jit
def step(params: dict[str, Array], x: Array, y: Array) -> dict[str, Array]:
    grads = jax.grad(loss)(params, x, y)
    moved: dict[str, Array] = jax.tree.map(lambda p, g: p - 0.1 * g, params, grads)
    return moved


def main() -> float:
    key, noise = random.split(random.key(0))
    x = random.normal(key, (100, 3))
    true = jnp.array([1.0, -2.0, 3.0])
    y = x @ true + 0.5 + 0.01 * random.normal(noise, (100,))
    params = {"w": jnp.zeros(3), "b": jnp.zeros(())}
    for _ in range(200):
        params = step(params, x, y)
    error = jnp.max(jnp.abs(params["w"] - true))
    return float(error)


if __name__ == "__main__":
    assert main() < 0.02
