//! Primitives of your own: operations that raxla does not have, with all the rights of those that it has.
//!
//! Where a function of tracers says it, with a derivative of its own at most, [`custom_jvp`](crate::custom_jvp) is enough. A primitive is for what no
//! other operation can say: implement [`CustomPrimitive`], give it a kernel in Rust for the CPU, and register both.
//!
//! ```
//! use raxla::{custom::*, prelude::*, ShapedArray};
//! use std::sync::LazyLock;
//!
//! /// y₀ = x₀, yᵢ = a yᵢ₋₁ + xᵢ, along the last axis of `f32` arrays: a filter with feedback.
//! struct Filter;
//! impl CustomPrimitive for Filter {
//!     fn name(&self) -> &str {
//!         "filter"
//!     }
//!     fn infer(&self, ins: &[&ShapedArray]) -> Result<Vec<ShapedArray>, String> {
//!         match ins {
//!             [x] if x.dtype == DType::F32 && x.rank() > 0 => Ok(vec![x.strong()]),
//!             _ => Err(format!("takes one f32 array of rank 1 or more, got {ins:?}")),
//!         }
//!     }
//!     fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
//!         let x = ins[0].as_slice::<f32>().ok_or("takes f32")?;
//!         let mut y = x.to_vec();
//!         filter(ins[0].shape(), x, &mut y);
//!         Ok(vec![Literal::new(ins[0].shape(), &y)])
//!     }
//!     fn kernel(&self, _ins: &[&ShapedArray]) -> Option<KernelOf> {
//!         Some(("filter".into(), vec![]))
//!     }
//!     // It is linear: the tangent of y is the filtered tangent of x; and the transpose filters from the end.
//!     fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Vec<Option<Tracer>>> {
//!         Some(vec![tangents[0].map(|t| FILTER.call(&[t])[0])])
//!     }
//!     fn transpose(&self, cts: &[Option<Tracer>], _ins: &[Linear]) -> Option<Vec<Option<Tracer>>> {
//!         Some(vec![cts[0].map(|ct| FILTER.call(&[ct.reverse(-1)])[0].reverse(-1))])
//!     }
//!     // More axes in front change nothing.
//!     fn batch(&self, this: &Custom, axis: &BatchAxis, ins: &[Batched]) -> Option<Vec<Batched>> {
//!         Some(Batched::apply(this.clone(), axis, ins))
//!     }
//! }
//! fn filter(shape: &[usize], x: &[f32], y: &mut [f32]) {
//!     let n = shape[shape.len() - 1].max(1);
//!     for (x, y) in x.chunks(n).zip(y.chunks_mut(n)) {
//!         let mut last = 0.0;
//!         for (x, y) in x.iter().zip(y) {
//!             last = 0.5 * last + x;
//!             *y = last;
//!         }
//!     }
//! }
//! static FILTER: LazyLock<Custom> = LazyLock::new(|| {
//!     let run = |call: &mut KernelCall| {
//!         let (shape, x) = (call.inputs()[0].aval().shape.clone(), call.input::<f32>(0)?);
//!         filter(&shape, x, call.output::<f32>(0)?);
//!         Ok(())
//!     };
//!     register_kernel("filter", run).expect("raxla has no such kernel");
//!     Custom::register(Filter).expect("there is no other primitive of this name")
//! });
//!
//! let smooth = |x: Tracer| FILTER.call(&[x])[0];
//! let x = Array::from(vec![1.0f32, 0.0, 4.0]);
//! assert_eq!(jit(smooth)(x.clone()).to_vec::<f32>()?, [1.0, 0.5, 4.25]);
//! let slope = jit(grad(move |x: Tracer| (smooth(x) * smooth(x)).sum()));
//! assert_eq!(slope(x).to_vec::<f32>()?, [4.625, 5.25, 8.5]);
//! let rows = Array::new(&[2, 2], &[1.0f32, 1.0, 0.0, 2.0]);
//! assert_eq!(jit(vmap(smooth, 0))(rows).to_vec::<f32>()?, [1.0, 1.5, 0.0, 2.0]);
//! # Ok::<(), raxla::Error>(())
//! ```

pub use raxla_ir::{
    primitives::{
        custom::{Custom, CustomPrimitive, KernelOf},
        scan::one_by_one,
    },
    rewrite::{BatchAxis, Batched, Linear},
    stablehlo::Attribute,
};
pub use raxla_runtime::kernel::{Kernel, KernelCall, register as register_kernel};
