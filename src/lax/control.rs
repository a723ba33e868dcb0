//! Control flow and derivatives under JAX's names: rows that say that programs made of them mean what JAX's do.

pub use raxla_transforms::{
    associative_scan, cond, custom_linear_solve, custom_root, fori_loop, map, scan, switch, while_loop,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numpy as np;
    use raxla_ir::{DType, Tracer, trace::constant};
    use raxla_transforms::{Scan, checkpoint, custom_jvp, custom_vjp, grad, hessian, jacfwd, jvp, linear_call, vmap};

    /// A step with a carry of two arrays.
    fn step((c, n): (Tracer, Tracer), x: Tracer) -> ((Tracer, Tracer), Tracer) {
        ((c.sin() + x * n, n * 0.5), c * x)
    }
    fn halved_until_small(x: Tracer) -> Tracer {
        while_loop(|x: Tracer| x.abs().max().greater(0.5), |x: Tracer| x * 0.5, x)
    }
    fn power(x: Tracer, n: i64) -> Tracer {
        fori_loop(0, n, move |_: Tracer, y: Tracer| y * x, x.full_like(1.0))
    }
    fn chosen(i: Tracer, x: Tracer) -> Tracer {
        switch(i, &[&|x: Tracer| x.sin(), &|x: Tracer| x * 2.0, &|x: Tracer| x * x], (x,))
    }
    // JAX's equations count those of every branch and body, as here; where a row is of a derivative, that of the derivative.
    crate::oracle::rows! { lax_control:
        "lax.cond(a > 0, lambda x: jnp.sin(x), lambda x: x * x, b)", "f32(), f32(3)" => fn(a, b) cond(a.greater(0.0), |x: Tracer| x.sin(), |x: Tracer| x * x, (b,));
        "jax.vmap(lambda p, x: lax.cond(p > 0, lambda x: jnp.sin(x), lambda x: x * x, x))(a, b)", "f32(4), f32(4, 3)" => fn(a, b) {
            vmap(|p: Tracer, x: Tracer| cond(p.greater(0.0), |x: Tracer| x.sin(), |x: Tracer| x * x, (x,)), 0)(a, b)
        };
        "jax.jvp(lambda x: lax.cond(a, lambda x: jnp.sin(x), lambda x: x * x, x), (b,), (c,))", "values(True, 'bool'), f32(3), f32(3)" => fn(a, b, c) {
            jvp(|x: Tracer| cond(a, |x: Tracer| x.sin(), |x: Tracer| x * x, (x,)), (b,), (c,))
        };
        "lax.switch(a, (jnp.sin, lambda x: x * 2, lambda x: x * x), b)", "values(2, 'i4'), f64(3)", x64 => fn(a, b) chosen(a, b);
        "lax.switch(a, (jnp.sin, lambda x: x * 2, lambda x: x * x), b)", "values(-7, 'i4'), c64(3)" => fn(a, b) chosen(a, b);
        "lax.switch(a, (jnp.sin, lambda x: x * 2, lambda x: x * x), b)", "values(7, 'i4'), bf16(3)" => fn(a, b) chosen(a, b);
        "jax.vmap(lambda i, x: lax.switch(i, (jnp.sin, lambda x: x * 2, lambda x: x * x), x))(a, b)", "values([0, 2, 5, -1], 'i4'), f32(4, 2)" => fn(a, b) vmap(chosen, 0)(a, b);
        "lax.while_loop(lambda x: jnp.max(jnp.abs(x)) > 0.5, lambda x: x * 0.5, a)", "f32(3)", values => fn(a) halved_until_small(a);
        "lax.while_loop(lambda x: x < 100, lambda x: x * 3, a)", "i8(low=1, high=9)" => fn(a) while_loop(|x: Tracer| x.less(100), |x: Tracer| x * 3, a);
        "jax.vmap(lambda x: lax.while_loop(lambda x: jnp.max(jnp.abs(x)) > 0.5, lambda x: x * 0.5, x))(a)", "f32(4, 3)", values => fn(a) vmap(halved_until_small, 0)(a);
        "jax.jvp(lambda x: lax.while_loop(lambda x: jnp.max(jnp.abs(x)) > 0.5, lambda x: x * 0.5, x), (a,), (b,))", "f64(3), f64(3)", x64, values => fn(a, b) jvp(halved_until_small, (a,), (b,));
        // Of a predicate that is not batched, over carries that are, and the other way round.
        "jax.vmap(lambda x: lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, c[1] * c[1]), (0, x))[1])(a)", "f32(4)", values => fn(a) {
            vmap(|x: Tracer| while_loop(|c: (Tracer, Tracer)| c.0.less(3), |c: (Tracer, Tracer)| (c.0 + 1, c.1 * c.1), (constant(0i32), x)).1, 0)(a)
        };
        "jax.vmap(lambda n, x: lax.while_loop(lambda c: c[0] < n, lambda c: (c[0] + 1, c[1] * 2), (0, x))[1], (0, None))(a, b)", "i32(4, low=0, high=5), f32()", values => fn(a, b) {
            vmap(|n: Tracer, x: Tracer| while_loop(|c: (Tracer, Tracer)| c.0.less(n), |c: (Tracer, Tracer)| (c.0 + 1, c.1 * 2.0), (constant(0i32), x)).1, (0, None))(a, b)
        };
        "lax.fori_loop(0, 5, lambda i, y: y * a, jnp.ones_like(a))", "f32(3)" => fn(a) power(a, 5);
        "lax.fori_loop(0, 5, lambda i, y: y * a, jnp.ones_like(a))", "c128(3)", x64 => fn(a) power(a, 5);
        "lax.fori_loop(3, 3, lambda i, y: y * a, jnp.ones_like(a))", "f32(3)" => fn(a) fori_loop(3, 3, move |_: Tracer, y: Tracer| y * a, a.full_like(1.0));
        "lax.fori_loop(0, b, lambda i, y: y * a, jnp.ones_like(a))", "f32(3), values(4, 'i4')", values => fn(a, b) fori_loop(constant(0i32), b, move |_: Tracer, y: Tracer| y * a, a.full_like(1.0));
        "jax.vmap(lambda x: jax.grad(lambda x: lax.fori_loop(0, 5, lambda i, y: y * x, 1.0))(x))(a)", "f32(4)" => fn(a) vmap(grad(|x: Tracer| power(x, 5)), 0)(a);
        "jax.hessian(lambda x: lax.fori_loop(0, 3, lambda i, y: jnp.sin(y) * x, x).sum())(a)", "f64(3)", x64 => fn(a) {
            hessian(|x: Tracer| fori_loop(0, 3, move |_: Tracer, y: Tracer| y.sin() * x, x).sum())(a)
        };
        "lax.scan(lambda c, x: ((jnp.sin(c[0]) + x * c[1], c[1] * 0.5), c[0] * x), (a, b), c)", "f32(3), f32(), f32(5, 3)" => fn(a, b, c) scan(step, (a, b), c);
        "lax.scan(lambda c, x: ((jnp.sin(c[0]) + x * c[1], c[1] * 0.5), c[0] * x), (a, b), c)", "c64(3), c64(), c64(5, 3)" => fn(a, b, c) scan(step, (a, b), c);
        "lax.scan(lambda c, x: ((jnp.sin(c[0]) + x * c[1], c[1] * 0.5), c[0] * x), (a, b), c)", "f64(3), f64(), f64(0, 3)", x64 => fn(a, b, c) scan(step, (a, b), c);
        "lax.scan(lambda c, x: ((jnp.sin(c[0]) + x * c[1], c[1] * 0.5), c[0] * x), (a, b), c, reverse=True)", "f32(3), f32(), f32(5, 3)" => fn(a, b, c) Scan::new().reverse().run(step, (a, b), c);
        "lax.scan(lambda c, x: ((jnp.sin(c[0]) + x * c[1], c[1] * 0.5), c[0] * x), (a, b), c, unroll=2)", "f32(3), f32(), f32(5, 3)" => fn(a, b, c) Scan::new().unroll(2).run(step, (a, b), c);
        "lax.scan(lambda c, x: (c + x[0], (c * x[1], {'last': c})), a, (b, c))", "f32(2), f32(4, 2), f32(4)" => fn(a, b, c) {
            scan(|s: Tracer, (x, w): (Tracer, Tracer)| (s + x, (s * w, s)), a, (b, c))
        };
        "lax.scan(lambda c, _: (c * 2 + 1, c), a, None, length=4)", "i32(2)" => fn(a) Scan::new().length(4).run(|c: Tracer, _: Option<Tracer>| (c * 2 + 1, c), a, None);
        "jax.vmap(lambda a, c: lax.scan(lambda s, x: (jnp.sin(s) + x, s * x), a, c), (0, None))(a, b)", "f32(4), f32(5)" => fn(a, b) {
            vmap(|a: Tracer, c: Tracer| scan(|s: Tracer, x: Tracer| (s.sin() + x, s * x), a, c), (0, None))(a, b)
        };
        "jax.jvp(lambda a, c: lax.scan(lambda s, x: (jnp.sin(s) + x, s * x), a, c), (a, b), (c, d))", "f32(), f32(5), f32(), f32(5)" => fn(a, b, c, d) {
            jvp(|a: Tracer, xs: Tracer| scan(|s: Tracer, x: Tracer| (s.sin() + x, s * x), a, xs), (a, b), (c, d))
        };
        "jax.jacfwd(lambda x: lax.scan(lambda s, y: (jnp.sin(s) * y, s), 0.3, x)[1])(a)", "f32(4)" => fn(a) {
            jacfwd(|x: Tracer| scan(|s: Tracer, y: Tracer| (s.sin() * y, s), constant(0.3f32), x).1)(a)
        };
        "lax.scan(jax.checkpoint(lambda c, x: (jnp.sin(jnp.sin(c) * x), c)), a, b)", "f32(2), f32(5, 2)" => fn(a, b) {
            scan(move |c: Tracer, x: Tracer| checkpoint(|c: Tracer, x: Tracer| ((c.sin() * x).sin(), c))(c, x), a, b)
        };
        "lax.map(lambda x: jnp.sin(x).sum(), a)", "f32(4, 3)" => fn(a) map(|x: Tracer| x.sin().sum(), a);
        "lax.map(lambda x: x * 2, a)", "u8(4, 3)" => fn(a) map(|x: Tracer| x * 2, a);
        "lax.associative_scan(lambda x, y: x * y, a, axis=1)", "f32(3, 5)" => fn(a) associative_scan(|x: Tracer, y: Tracer| x * y, a, false, 1);
        "lax.associative_scan(jnp.maximum, a, reverse=True)", "i32(6)" => fn(a) associative_scan(|x: Tracer, y: Tracer| x.maximum(y), a, true, 0);
        "lax.associative_scan(lambda p, q: (p[0] * q[0], q[0] * p[1] + q[1]), (a, b))", "f32(6), f32(6)" => fn(a, b) {
            associative_scan(|p: (Tracer, Tracer), q: (Tracer, Tracer)| (p.0 * q.0, q.0 * p.1 + q.1), (a, b), false, 0)
        };
        // cosθ = θ·a by Newton's method, whose derivatives are those of the equation.
        "lax.custom_root(lambda x: jnp.cos(x) - a * x, 0.5 + 0 * a, lambda f, x: lax.fori_loop(0, 20, lambda i, x: x - f(x) / jax.grad(f)(x), x), lambda g, y: y / g(1.0))", "f64(low=1, high=2)", x64 => fn(a) {
            let newton = |f: &dyn Fn(Tracer) -> Tracer, x: Tracer| fori_loop(0, 20, |_: Tracer, x: Tracer| x - f(x) / grad(|x: Tracer| f(x))(x), x);
            custom_root(move |x: Tracer| x.cos() - a * x, a * 0.0 + 0.5, newton, |g: &dyn Fn(Tracer) -> Tracer, y: Tracer| y / g(y.full_like(1.0)))
        };
        "lax.custom_linear_solve(lambda x: (a + a.T) @ x, b, lambda mv, y: jnp.linalg.solve(a + a.T, y), symmetric=True)", "values([[3, 1], [0.5, 2]], 'f8'), f64(2)", x64 => fn(a, b) {
            let symmetric = a + a.t();
            custom_linear_solve(move |x: Tracer| symmetric.dot(x), b, move |_: &dyn Fn(Tracer) -> Tracer, y: Tracer| np::linalg::solve(symmetric, y), None, true)
        };
        "(lambda f: (f.defjvp(lambda p, t: (jnp.sin(p[0]), 3 * t[0] * p[0])), f(a))[1])(jax.custom_jvp(lambda x: jnp.sin(x)))", "f32(3)" => fn(a) {
            custom_jvp(|x: Tracer| x.sin(), |(x,): (Tracer,), (t,): (Tracer,)| (x.sin(), t * 3.0 * x))(a)
        };
        "(lambda f: (f.defvjp(lambda x, y: (x * y, (x, y)), lambda r, g: (g * r[1] * 2, g * r[0])), f(a, b))[1])(jax.custom_vjp(lambda x, y: x * y))", "f32(3), f32(3)" => fn(a, b) {
            custom_vjp(|x: Tracer, y: Tracer| x * y, |x: Tracer, y: Tracer| (x * y, (x, y)), |(x, y): (Tracer, Tracer), g: Tracer| (g * y * 2.0, g * x))(a, b)
        };
        "jax.custom_derivatives.linear_call(lambda r, x: r * x, lambda r, ct: ct * r * 2, lax.stop_gradient(a), b)", "f32(3), f32(3)" => fn(a, b) {
            linear_call(|r: Tracer, x: Tracer| r * x, |r: Tracer, ct: Tracer| ct * r * 2.0, a.stop_gradient(), b)
        };
        "jax.vmap(lambda i: lax.psum(i, 'i') * lax.axis_index('i'), axis_name='i')(a)", "f32(4, 2)" => fn(a) {
            raxla_transforms::Vmap::over(0).axis_name("i").of(|x: Tracer| crate::psum(x, "i") * crate::axis_index("i").astype(DType::F32))(a)
        };
    }
}
