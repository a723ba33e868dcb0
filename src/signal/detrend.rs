//! Signals without their trends: [`detrend`].

use crate::numpy::{Arg, promotion::inexact};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::resolve_axis,
    primitives::concatenate::concatenate,
    trace::{constant, fail, or_fail},
};

/// What is taken from a signal.
#[derive(Clone, Copy, Default)]
pub enum Detrend<'f> {
    /// Nothing.
    None,
    /// The mean.
    Constant,
    /// The line that is nearest by least squares.
    #[default]
    Linear,
    /// What a function takes from signals along the last axis; it returns what is left, of the same shape.
    Function(&'f dyn Fn(Tracer) -> Tracer),
}
impl Detrend<'_> {
    /// What is left of signals along the last axis, which are floats or complex numbers.
    #[track_caller]
    pub(super) fn apply(self, name: &str, x: Tracer) -> Tracer {
        match self {
            Detrend::None => x,
            Detrend::Constant => centered(x),
            Detrend::Linear => leveled(x),
            Detrend::Function(f) => {
                let y = f(x);
                if y.aval().strong() != x.aval().strong() {
                    fail(format!(
                        "{name}: the function must keep the type of what it takes, {}, got {}",
                        x.aval(),
                        y.aval()
                    ));
                }
                y
            }
        }
    }
}
fn last_sum(x: Tracer) -> Tracer {
    x.sum_axes(-1).expand_dims(-1)
}
fn centered(x: Tracer) -> Tracer {
    x - last_sum(x) / x.shape()[x.rank() - 1] as f64
}
/// Less its projections on constants and on the line through the middle, which are orthogonal.
fn leveled(x: Tracer) -> Tracer {
    let (x, n) = (centered(x), x.shape()[x.rank() - 1]);
    if n < 2 {
        return x;
    }
    let place = |i: usize| i as f64 - (n as f64 - 1.0) / 2.0;
    let norm = (0..n).map(|i| place(i).powi(2)).sum::<f64>().sqrt();
    let line = (0..n).map(|i| place(i) / norm);
    let line = constant(Literal::from_floats(ShapedArray::new(&[n], x.dtype()), line)).broadcast_to(&x.shape());
    x - last_sum(x * line) * line
}

/// The signal less its trend along an axis. As `jax.scipy.signal.detrend`.
///
/// With breakpoints, indices along the axis, the trend of each piece between them is its own. Integers become floats; 16-bit floats are
/// computed in `f32`.
///
/// # Panics
/// Inside the trace, if a breakpoint lies beyond the end, or the axis has no elements.
///
/// ```
/// use raxla::{prelude::*, signal::{Detrend, detrend}};
/// let f = jit(|x: Tracer| detrend(x, -1, Detrend::Linear, &[]));
/// let y = f(Array::from(vec![1.0f32, 4.0, 8.0, 8.0, 9.0])).to_vec::<f32>()?;
/// assert!(y.iter().zip([-1.0, 0.0, 2.0, 0.0, -1.0]).all(|(y, w)| (y - w).abs() < 1e-5));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn detrend(data: impl Into<Arg>, axis: isize, trend: Detrend, breakpoints: &[usize]) -> Tracer {
    const NAME: &str = "detrend";
    let data = inexact(NAME, data);
    let axis = or_fail(NAME, resolve_axis(axis, data.rank())) as isize;
    let n = data.shape()[axis as usize];
    if n == 0 {
        fail(format!("{NAME}: there is nothing along axis {axis} of {}", data.aval()));
    }
    let mut ends: Vec<usize> = breakpoints.iter().copied().chain([0, n]).collect();
    ends.sort_unstable();
    ends.dedup();
    if ends.last() > Some(&n) {
        fail(format!("{NAME}: breakpoints must be at most {n}, the size of the axis, got {breakpoints:?}"));
    }
    let wide = if data.dtype().bits() < 32 { data.astype(DType::F32) } else { data }.moveaxis(axis, -1);
    let pieces: Vec<Tracer> = ends.windows(2).map(|w| trend.apply(NAME, wide.slice_axis(-1, w[0], w[1]))).collect();
    let out = if let [one] = pieces[..] { one } else { concatenate(&pieces, -1) };
    out.moveaxis(-1, axis).astype(data.dtype())
}

#[cfg(test)]
mod tests {
    use super::*;

    // JAX finds the line by a singular value decomposition in the same precision.
    crate::oracle::rows! { signal_detrend:
        "jsp.signal.detrend(a)", "f32(7)", within(10.0) => fn(a) detrend(a, -1, Detrend::default(), &[]);
        "jsp.signal.detrend(a, axis=0)", "f32(6, 3)", within(10.0) => fn(a) detrend(a, 0, Detrend::Linear, &[]);
        "jsp.signal.detrend(a, axis=1, type='constant')", "f32(2, 5, 3)" => fn(a) detrend(a, 1, Detrend::Constant, &[]);
        "jsp.signal.detrend(a, bp=[3, 5])", "f64(2, 9)", x64 => fn(a) detrend(a, -1, Detrend::Linear, &[5, 3]);
        "jsp.signal.detrend(a, bp=1)", "f64(5)", x64 => fn(a) detrend(a, -1, Detrend::Linear, &[1]);
        "jsp.signal.detrend(a)", "i32(6)", within(10.0) => fn(a) detrend(a, -1, Detrend::Linear, &[]);
        "jsp.signal.detrend(a, type='constant')", "bf16(6)" => fn(a) detrend(a, -1, Detrend::Constant, &[]);
        "jsp.signal.detrend(a, type='constant')", "c64(6)" => fn(a) detrend(a, -1, Detrend::Constant, &[]);
        "jnp.asarray(scipy.signal.detrend(np.asarray(a, 'c16')), 'c8')", "c64(6)" => fn(a) detrend(a, -1, Detrend::Linear, &[]);
        "a * 2", "f32(2, 3)" => fn(a) detrend(a, -1, Detrend::Function(&|x| x * 2.0), &[]);
    }
}
