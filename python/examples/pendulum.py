"""A pendulum's motion by a Runge-Kutta method in a `scan`, and its dependence on where it begins."""

from typing import NamedTuple

import raxla as jax
import raxla.numpy as jnp
from raxla import Array, lax
from raxla.typing import ArrayLike


class State(NamedTuple):
    angle: Array
    speed: Array


def slope(s: State) -> State:
    return State(s.speed, -jnp.sin(s.angle))


def moved(s: State, by: State, h: float) -> State:
    return State(s.angle + h * by.angle, s.speed + h * by.speed)


def step(s: State, h: float) -> State:
    k1 = slope(s)
    k2 = slope(moved(s, k1, h / 2))
    k3 = slope(moved(s, k2, h / 2))
    k4 = slope(moved(s, k3, h))
    total = jax.tree.map(lambda a, b, c, d: (a + 2 * b + 2 * c + d) / 6, k1, k2, k3, k4)
    return moved(s, total, h)


@jax.jit
def path(angle: ArrayLike) -> Array:
    start = State(jnp.asarray(angle), jnp.zeros(()))
    angles: Array
    _, angles = lax.scan(lambda s, _: (step(s, 0.01), s.angle), start, None, length=1000)
    return angles


def main() -> float:
    angles = path(jnp.float32(0.1))
    assert angles.shape == (1000,) and angles.dtype == jnp.float32
    # A small swing is a harmonic one.
    times = 0.01 * jnp.arange(1000)
    error = jnp.max(jnp.abs(angles - 0.1 * jnp.cos(times)))
    several = jax.vmap(path)(jnp.linspace(0.1, 1.0, 4))
    assert several.shape == (4, 1000)
    sensitivity = jax.grad(lambda a: path(a)[-1])(0.1)
    assert abs(float(sensitivity) - float(jnp.cos(9.99))) < 0.05
    return float(error)


if __name__ == "__main__":
    assert main() < 2e-3
