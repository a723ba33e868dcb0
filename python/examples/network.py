"""A network of two layers that learns exclusive or; its parameters are a dataclass."""

import dataclasses
from functools import partial

import raxla as jax
import raxla.numpy as jnp
from raxla import Array, nn, random


@jax.tree_util.register_dataclass
@dataclasses.dataclass
class Layer:
    w: Array
    b: Array
    activated: bool = jax.tree.static(default=True)

    def __call__(self, x: Array) -> Array:
        y = x @ self.w + self.b
        return nn.tanh(y) if self.activated else y


def layers(key: Array, sizes: tuple[int, ...]) -> list[Layer]:
    keys = random.split(key, len(sizes) - 1)
    made = []
    for i, k in enumerate(keys):
        n, m = sizes[i], sizes[i + 1]
        made.append(Layer(random.normal(k, (n, m)) / jnp.sqrt(n), jnp.zeros(m), i + 2 < len(sizes)))
    return made


def forward(network: list[Layer], x: Array) -> Array:
    for layer in network:
        x = layer(x)
    return x[..., 0]


def loss(network: list[Layer], x: Array, y: Array) -> Array:
    return jnp.mean(jnp.logaddexp(0.0, forward(network, x)) - y * forward(network, x))


@partial(jax.jit, static_argnames="rate")
def step(network: list[Layer], x: Array, y: Array, rate: float) -> tuple[Array, list[Layer]]:
    value, grads = jax.value_and_grad(loss)(network, x, y)
    return value, jax.tree.map(lambda p, g: p - rate * g, network, grads)


def main() -> float:
    x = jnp.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = jnp.array([0.0, 1.0, 1.0, 0.0])
    network, value = layers(random.key(1), (2, 8, 1)), jnp.inf
    for _ in range(300):
        now, network = step(network, x, y, rate=1.0)
        value = float(now)
    return value


if __name__ == "__main__":
    assert main() < 0.1
