"""Derivatives of all kinds of one function, and a rule of one's own."""

import raxla as jax
import raxla.numpy as jnp
from raxla import Array


def rosenbrock(x: Array) -> Array:
    return jnp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


@jax.custom_vjp
def clipped(x: Array) -> Array:
    """The identity whose cotangents stay within 1."""
    return x


def clipped_forward(x: Array) -> tuple[Array, None]:
    return clipped(x), None


def clipped_backward(_: None, ct: Array) -> tuple[Array]:
    return (jnp.clip(ct, -1.0, 1.0),)


clipped.defvjp(clipped_forward, clipped_backward)


def solve(a: Array, b: Array) -> Array:
    """The solution of two equations."""
    return jnp.stack([a[1, 1] * b[0] - a[0, 1] * b[1], a[0, 0] * b[1] - a[1, 0] * b[0]]) / (a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0])


def newton(x: Array, steps: int) -> Array:
    for _ in range(steps):
        x = x - solve(jax.hessian(rosenbrock)(x), jax.grad(rosenbrock)(x))
    return x


def main() -> float:
    x = jnp.array([-0.5, 0.2])
    jacobian = jax.jacfwd(jax.grad(rosenbrock))(x)
    assert jnp.allclose(jacobian, jax.jacrev(jax.grad(rosenbrock))(x), rtol=1e-4)
    value, tangent = jax.jvp(rosenbrock, (x,), (jnp.ones(2),))
    assert jnp.allclose(tangent, jax.grad(rosenbrock)(x).sum(), rtol=1e-4) and value.shape == ()
    assert float(jax.grad(lambda y: 5.0 * clipped(y))(2.0)) == 1.0
    per_example = jax.vmap(jax.grad(jax.checkpoint(rosenbrock)))(jnp.stack([x, 2 * x]))
    assert per_example.shape == (2, 2)
    found = jax.jit(newton, static_argnums=1)(x, 12)
    return float(jnp.max(jnp.abs(found - 1.0)))


if __name__ == "__main__":
    assert main() < 1e-3
