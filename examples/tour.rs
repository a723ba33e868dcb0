//! A tour of raxla: the README's first page as a program.
//!
//! ```text
//! cargo run --release --example tour
//! ```

use raxla::prelude::*;

#[derive(Pytree, Clone)]
struct Affine<T = Tracer> {
    w: T,
    b: T,
}

fn loss(p: Affine, x: Tracer, y: Tracer) -> Tracer {
    let error = x.dot(p.w) + p.b - y;
    error * error
}

fn main() -> Result<(), raxla::Error> {
    println!("# A gradient\n");
    let f = |x: Tracer| (x.sin() * x).sum();
    let x = Array::from(vec![0.0f32, 1.0, 2.0]);
    println!("f(x)  = {}", jit(f)(x.clone()));
    println!("f'(x) = {}", jit(grad(f))(x.clone()));
    println!("third derivative at 1: {}", jit(grad(grad(grad(|x: Tracer| x.sin()))))(Array::from(1.0f32)));

    println!("\n# A Hessian-vector product, forward over reverse\n");
    let hvp = jit(|x: Tracer, v: Tracer| jvp(grad(f), (x,), (v,)).1);
    println!("H v = {}", hvp(x.clone(), Array::from(vec![1.0f32, 0.0, 0.0])));
    println!("H =\n{}", jit(hessian(f))(x.clone()));

    println!("\n# Gradients of each example, by vmap\n");
    let params = Affine { w: Array::from(vec![1.0f32, 2.0]), b: Array::from(0.5f32) };
    let (xs, ys) = (Array::new(&[3, 2], &[1.0f32, 0.0, 0.0, 1.0, 1.0, 1.0]), Array::from(vec![1.0f32, 2.0, 3.0]));
    let per_example = jit(vmap(grad(loss), (None, 0, 0)));
    let grads: Affine<Array> = per_example(params.clone(), xs.clone(), ys.clone());
    println!("dw =\n{}\ndb = {}", grads.w, grads.b);

    println!("\n# The program before and after each transform\n");
    let types = (params, xs, ys);
    let one = (types.0.clone(), Array::from(vec![1.0f32, 0.0]), Array::from(1.0f32));
    println!("loss:\n{}\n", jit(loss).program(one.clone())?);
    println!("grad(loss), optimised:\n{}\n", jit(grad(loss)).lower(one)?.optimized());
    println!("vmap(grad(loss)), optimised:\n{}", per_example.lower(types)?.optimized());

    println!("\n# A mistake\n");
    let wrong = jit(|x: Tracer, y: Tracer| x + y);
    match wrong.try_call((Array::from(vec![1.0f32, 2.0]), Array::from(vec![1.0f32, 2.0, 3.0]))) {
        Err(e) => println!("{e}"),
        Ok(_) => println!("no error?"),
    }
    Ok(())
}
