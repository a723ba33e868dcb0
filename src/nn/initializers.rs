//! Initializers: numbers for weights to begin with, as `jax.nn.initializers` makes them.
//!
//! An initializer is a function of a key, a shape and a dtype. [`he_normal`] and its like are initializers; [`normal`], [`variance_scaling`] and
//! those like them make one.
//!
//! ```
//! use raxla::{nn::initializers, prelude::*, random::Key};
//! let w = jit(|key: Key| initializers::glorot_uniform(key, &[64, 32], DType::F32))(Key::new(0));
//! assert!(w.to_vec::<f32>()?.iter().all(|w| w.abs() <= (6.0f32 / 96.0).sqrt()));
//! # Ok::<(), raxla::Error>(())
//! ```
//!
//! Some have a second name:
//!
//! ```
//! use raxla::{DType, nn::initializers::*, random::{Key, key}, show};
//! let of = |f: fn(Key, &[usize], DType) -> raxla::Tracer| show(|| f(key(0), &[3, 2], DType::F32));
//! assert_eq!((of(xavier_uniform), of(xavier_normal)), (of(glorot_uniform), of(glorot_normal)));
//! assert_eq!((of(kaiming_uniform), of(kaiming_normal)), (of(he_uniform), of(he_normal)));
//! ```

use crate::{
    numpy,
    random::{self, Key},
};
use raxla_ir::{
    DType, Operand, Tracer,
    aval::{Dims, resolve_axes, resolve_axis},
    trace::{fail, or_fail},
};
use std::f64::consts::PI;

/// Zeros.
///
/// ```
/// # use raxla::{DType, nn, random, show};
/// assert_eq!(show(|| nn::initializers::zeros(random::key(1), &[2], DType::F32)), "[0.0, 0.0]");
/// ```
#[track_caller]
pub fn zeros(_key: Key, shape: &[usize], dtype: DType) -> Tracer {
    numpy::zeros(shape, dtype)
}
/// Ones.
///
/// ```
/// # use raxla::{DType, nn, random, show};
/// assert_eq!(show(|| nn::initializers::ones(random::key(1), &[2], DType::F32)), "[1.0, 1.0]");
/// ```
#[track_caller]
pub fn ones(_key: Key, shape: &[usize], dtype: DType) -> Tracer {
    numpy::ones(shape, dtype)
}
/// The same number at each place.
///
/// ```
/// # use raxla::{DType, nn, random, show};
/// assert_eq!(show(|| nn::initializers::constant(1.5)(random::key(1), &[2], DType::F32)), "[1.5, 1.5]");
/// ```
pub fn constant(value: f64) -> impl Fn(Key, &[usize], DType) -> Tracer + Copy {
    move |_: Key, shape: &[usize], dtype| numpy::full(shape, value, dtype)
}
/// Evenly distributed from 0 to `scale` (JAX: 0.01).
///
/// ```
/// # use raxla::{DType, nn, random, show};
/// assert_eq!(show(|| nn::initializers::uniform(0.1)(random::key(1), &[2], DType::F32)), "[0.04386, 0.05338]");
/// ```
pub fn uniform(scale: impl Operand + Copy) -> impl Fn(Key, &[usize], DType) -> Tracer + Copy {
    move |key: Key, shape: &[usize], dtype| random::uniform(key, 0.0, 1.0, shape, dtype) * scale
}
/// Normally distributed, with standard deviation `stddev` (JAX: 0.01).
///
/// ```
/// # use raxla::{DType, nn, random, show};
/// assert_eq!(show(|| nn::initializers::normal(0.1)(random::key(1), &[2], DType::F32)), "[-0.01544, 0.00847]");
/// ```
pub fn normal(stddev: impl Operand + Copy) -> impl Fn(Key, &[usize], DType) -> Tracer + Copy {
    move |key: Key, shape: &[usize], dtype| random::normal(key, shape, dtype) * stddev
}
/// Normally distributed within `lower` and `upper` (JAX: -2, 2), then times `stddev` (JAX: 0.01).
///
/// ```
/// # use raxla::{DType, nn, random, show};
/// assert_eq!(show(|| nn::initializers::truncated_normal(1.0, -2.0, 2.0)(random::key(1), &[2], DType::F32)), "[-0.1474, 0.0808]");
/// ```
pub fn truncated_normal(
    stddev: impl Operand + Copy,
    lower: f64,
    upper: f64,
) -> impl Fn(Key, &[usize], DType) -> Tracer + Copy {
    move |key: Key, shape: &[usize], dtype| random::truncated_normal(key, lower, upper, shape, dtype) * stddev
}

/// What the variance is in inverse proportion to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fan {
    /// The inputs of each output.
    In,
    /// The outputs of each input.
    Out,
    /// The mean of both.
    Average,
    /// The geometric mean of both.
    GeometricAverage,
}
/// How numbers are distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distribution {
    /// Normally, within two standard deviations.
    TruncatedNormal,
    /// Normally.
    Normal,
    /// Evenly.
    Uniform,
}
/// What [`variance_scaling`] takes.
#[derive(Clone, Debug)]
pub struct VarianceScaling {
    /// What the variance is multiplied by.
    pub scale: f64,
    /// What it is divided by.
    pub mode: Fan,
    /// How numbers are distributed.
    pub distribution: Distribution,
    /// The axes of the inputs.
    pub in_axis: Vec<isize>,
    /// The axes of the outputs.
    pub out_axis: Vec<isize>,
    /// Axes of weights beside each other, which do not count.
    pub batch_axis: Vec<isize>,
}
impl Default for VarianceScaling {
    fn default() -> VarianceScaling {
        let (mode, distribution) = (Fan::In, Distribution::TruncatedNormal);
        VarianceScaling { scale: 1.0, mode, distribution, in_axis: vec![-2], out_axis: vec![-1], batch_axis: vec![] }
    }
}
/// Numbers whose variance falls with the number of inputs or outputs, so that layers keep the scale of what passes them. Axes that are none of
/// those named are a receptive field, which multiplies both.
///
/// ```
/// # use raxla::{DType, nn, random, show};
/// let got = show(|| nn::initializers::variance_scaling(nn::initializers::VarianceScaling::default())(random::key(1), &[2, 2], DType::F32));
/// assert_eq!(got, "[[-0.1185, 0.065], [-0.1043, -0.1189]]");
/// ```
///
/// # Panics
/// Inside the trace, if the shape lacks an axis.
pub fn variance_scaling(options: VarianceScaling) -> impl Fn(Key, &[usize], DType) -> Tracer + Clone {
    move |key: Key, shape: &[usize], dtype: DType| options.sample(key, shape, dtype)
}
impl VarianceScaling {
    #[track_caller]
    fn sample(&self, key: Key, shape: &[usize], dtype: DType) -> Tracer {
        let size = |axes: &[isize]| {
            let axes = or_fail("variance_scaling", resolve_axes(axes, shape.len()));
            axes.iter().map(|axis| shape[*axis] as f64).product::<f64>()
        };
        if !dtype.is_inexact() {
            fail(format!("variance_scaling: makes floats and complex numbers, not {dtype}"));
        }
        let (inputs, outputs, beside) = (size(&self.in_axis), size(&self.out_axis), size(&self.batch_axis));
        let total = shape.iter().map(|n| *n as f64).product::<f64>();
        let (fan_in, fan_out) = (total / outputs / beside, total / inputs / beside);
        let fan = match self.mode {
            Fan::In => fan_in,
            Fan::Out => fan_out,
            Fan::Average => (fan_in + fan_out) / 2.0,
            Fan::GeometricAverage => (fan_in * fan_out).sqrt(),
        };
        let deviation = (self.scale / fan).sqrt();
        let complex = dtype.is_complex();
        match self.distribution {
            // Of complex numbers the absolute value is cut off at 2. The divisor is JAX's: the root of what squares less than 4 contribute to the
            // variance, not of their mean, which is greater by 1 / (1 − e⁻⁴).
            Distribution::TruncatedNormal if complex => {
                let rare = (-4f64).exp();
                in_disc(key, shape, dtype, |u| (-(-(u * (1.0 - rare)) + 1.0).log()).sqrt())
                    * (deviation / (1.0 - 5.0 * rare).sqrt())
            }
            // The standard deviation of a normal distribution that is cut off at 2 of its own.
            Distribution::TruncatedNormal => {
                random::truncated_normal(key, -2.0, 2.0, shape, dtype) * (deviation / 0.879_625_661_034_239_8)
            }
            Distribution::Normal => random::normal(key, shape, dtype) * deviation,
            Distribution::Uniform if complex => in_disc(key, shape, dtype, |u| (u * 2.0).sqrt()) * deviation,
            Distribution::Uniform => random::uniform(key, -1.0, 1.0, shape, dtype) * (3f64.sqrt() * deviation),
        }
    }
}
/// Complex numbers of any angle, whose absolute values are a function of uniform numbers.
#[track_caller]
fn in_disc(key: Key, shape: &[usize], dtype: DType, radius: impl Fn(Tracer) -> Tracer) -> Tracer {
    let [sizes, angles] = random::split(key, 2).unpack();
    let uniform = |key: Key| random::uniform(key, 0.0, 1.0, shape, dtype.real());
    let (r, angle) = (radius(uniform(sizes)), uniform(angles) * (2.0 * PI));
    (r * angle.cos()).complex(r * angle.sin())
}
macro_rules! scalings { ($($(#[$doc:meta])* $name:ident $scale:literal $mode:ident $Distribution:ident;)*) => { $(
    $(#[$doc])*
    #[track_caller]
    pub fn $name(key: Key, shape: &[usize], dtype: DType) -> Tracer {
        let (mode, distribution) = (Fan::$mode, Distribution::$Distribution);
        VarianceScaling { scale: $scale, mode, distribution, ..VarianceScaling::default() }.sample(key, shape, dtype)
    }
)* } }
scalings! {
    /// Evenly distributed, with variance `2 / (inputs + outputs)` (Glorot and Bengio 2010).
    ///
    /// ```
    /// # use raxla::{DType, nn, random, show};
    /// assert_eq!(show(|| nn::initializers::glorot_uniform(random::key(1), &[2, 1], DType::F32)), "[[-0.1736], [0.0955]]");
    /// ```
    glorot_uniform 1.0 Average Uniform;
    /// Normally distributed, with variance `2 / (inputs + outputs)` (Glorot and Bengio 2010).
    ///
    /// ```
    /// # use raxla::{DType, nn, random, show};
    /// assert_eq!(show(|| nn::initializers::glorot_normal(random::key(1), &[2, 1], DType::F32)), "[[-0.1368], [0.075]]");
    /// ```
    glorot_normal 1.0 Average TruncatedNormal;
    /// [`glorot_uniform`].
    xavier_uniform 1.0 Average Uniform;
    /// [`glorot_normal`].
    xavier_normal 1.0 Average TruncatedNormal;
    /// Evenly distributed, with variance `1 / inputs` (LeCun et al. 1998).
    ///
    /// ```
    /// # use raxla::{DType, nn, random, show};
    /// assert_eq!(show(|| nn::initializers::lecun_uniform(random::key(1), &[2, 1], DType::F32)), "[[-0.1503], [0.0827]]");
    /// ```
    lecun_uniform 1.0 In Uniform;
    /// Normally distributed, with variance `1 / inputs` (LeCun et al. 1998).
    ///
    /// ```
    /// # use raxla::{DType, nn, random, show};
    /// assert_eq!(show(|| nn::initializers::lecun_normal(random::key(1), &[2, 1], DType::F32)), "[[-0.1185], [0.065]]");
    /// ```
    lecun_normal 1.0 In TruncatedNormal;
    /// Evenly distributed, with variance `2 / inputs` (He et al. 2015).
    ///
    /// ```
    /// # use raxla::{DType, nn, random, show};
    /// assert_eq!(show(|| nn::initializers::he_uniform(random::key(1), &[2, 1], DType::F32)), "[[-0.2126], [0.1169]]");
    /// ```
    he_uniform 2.0 In Uniform;
    /// Normally distributed, with variance `2 / inputs` (He et al. 2015).
    ///
    /// ```
    /// # use raxla::{DType, nn, random, show};
    /// assert_eq!(show(|| nn::initializers::he_normal(random::key(1), &[2, 1], DType::F32)), "[[-0.1675], [0.0919]]");
    /// ```
    he_normal 2.0 In TruncatedNormal;
    /// [`he_uniform`].
    kaiming_uniform 2.0 In Uniform;
    /// [`he_normal`].
    kaiming_normal 2.0 In TruncatedNormal;
}

/// Matrices of orthonormal columns or rows, whichever are fewer, times `scale` (JAX: 1): the columns run along `column_axis` (JAX: -1), the rows along
/// all other axes (Saxe et al. 2014).
///
/// ```
/// # use raxla::{DType, nn, random, show};
/// let got = show(|| { let q = nn::initializers::orthogonal(1.0, -1)(random::key(1), &[2, 2], DType::F32); q.t().dot(q) });
/// assert_eq!(got, "[[1.0, 0.0], [0.0, 1.0]]");
/// ```
pub fn orthogonal(scale: f64, column_axis: isize) -> impl Fn(Key, &[usize], DType) -> Tracer + Copy {
    move |key: Key, shape: &[usize], dtype| orthogonal_of(key, shape, dtype, scale, column_axis)
}
#[track_caller]
fn orthogonal_of(key: Key, shape: &[usize], dtype: DType, scale: f64, column_axis: isize) -> Tracer {
    if shape.len() < 2 {
        fail(format!("orthogonal: makes arrays of 2 axes and more, not of the shape {}", Dims(shape)));
    }
    let axis = or_fail("orthogonal", resolve_axis(column_axis, shape.len()));
    if shape.contains(&0) {
        return numpy::zeros(shape, dtype);
    }
    let mut rows = shape.to_vec();
    let columns = rows.remove(axis);
    let q = random::orthogonal(key, rows.iter().product(), columns, &[], dtype);
    q.reshape(&[&rows[..], &[columns]].concat()).moveaxis(-1, axis as isize) * scale
}
/// Kernels of convolutions that are an [`orthogonal`] matrix in the middle and zeros around it: `[…window, inputs, outputs]`, with 1 to 3 axes of the
/// window, and at least as many outputs as inputs (Xiao et al. 2018).
///
/// ```
/// # use raxla::{DType, nn, random, show};
/// let got = show(|| nn::initializers::delta_orthogonal(1.0, -1)(random::key(1), &[3, 1, 1], DType::F32).abs().ravel());
/// assert_eq!(got, "[0.0, 1.0, 0.0]");
/// ```
pub fn delta_orthogonal(scale: f64, column_axis: isize) -> impl Fn(Key, &[usize], DType) -> Tracer + Copy {
    move |key: Key, shape: &[usize], dtype| match shape {
        [window @ .., inputs, outputs] if (1..=3).contains(&window.len()) && inputs <= outputs => {
            let matrix = orthogonal_of(key, &[*inputs, *outputs], dtype, scale, column_axis);
            let low: Vec<isize> = window.iter().map(|k| (k.saturating_sub(1) / 2) as isize).collect();
            let high: Vec<isize> = window.iter().zip(&low).map(|(k, low)| *k as isize - 1 - low).collect();
            let wide = matrix.reshape(&[&vec![1; window.len()], &[*inputs, *outputs][..]].concat());
            wide.pad(0.0, &[&low[..], &[0, 0]].concat(), &[&high[..], &[0, 0]].concat(), &vec![0; shape.len()])
        }
        _ => fail(format!(
            "delta_orthogonal: makes kernels of 1 to 3 axes of a window, inputs and no fewer outputs, not of the shape {}",
            Dims(shape)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Implementation, wrap_key_data};

    fn key(words: Tracer) -> Key {
        wrap_key_data(words, Implementation::Threefry2x32)
    }
    fn scaling(mode: Fan, distribution: Distribution, shape: &[usize], dtype: DType, words: Tracer) -> Tracer {
        variance_scaling(VarianceScaling { scale: 0.7, mode, distribution, ..VarianceScaling::default() })(
            key(words),
            shape,
            dtype,
        )
    }
    crate::oracle::rows! { nn_initializers:
        "nn.initializers.zeros(a, (2, 3))", "values([0, 7], 'u4')" => fn(a) zeros(key(a), &[2, 3], DType::F32);
        "nn.initializers.ones(a, (2, 3), 'int32')", "values([0, 7], 'u4')" => fn(a) ones(key(a), &[2, 3], DType::I32);
        "nn.initializers.constant(1.5)(a, (2,))", "values([0, 7], 'u4')" => fn(a) constant(1.5)(key(a), &[2], DType::F32);
        "nn.initializers.uniform(0.3)(a, (2, 3))", "values([0, 7], 'u4')" => fn(a) uniform(0.3)(key(a), &[2, 3], DType::F32);
        "nn.initializers.normal(0.3)(a, (2, 3))", "values([0, 7], 'u4')" => fn(a) normal(0.3)(key(a), &[2, 3], DType::F32);
        "nn.initializers.truncated_normal(0.3)(a, (2, 3))", "values([0, 7], 'u4')" => fn(a) truncated_normal(0.3, -2.0, 2.0)(key(a), &[2, 3], DType::F32);
        "nn.initializers.truncated_normal(2.0, lower=-1.0, upper=0.5)(a, (7,), 'bfloat16')", "values([0, 7], 'u4')"
            => fn(a) truncated_normal(2.0, -1.0, 0.5)(key(a), &[7], DType::BF16);
        "nn.initializers.variance_scaling(0.7, 'fan_in', 'truncated_normal')(a, (4, 3))", "values([0, 1], 'u4')"
            => fn(a) scaling(Fan::In, Distribution::TruncatedNormal, &[4, 3], DType::F32, a);
        "nn.initializers.variance_scaling(0.7, 'fan_out', 'normal')(a, (2, 4, 3))", "values([0, 1], 'u4')"
            => fn(a) scaling(Fan::Out, Distribution::Normal, &[2, 4, 3], DType::F32, a);
        "nn.initializers.variance_scaling(0.7, 'fan_avg', 'uniform')(a, (2, 4, 3))", "values([0, 1], 'u4')"
            => fn(a) scaling(Fan::Average, Distribution::Uniform, &[2, 4, 3], DType::F32, a);
        "nn.initializers.variance_scaling(0.7, 'fan_geo_avg', 'truncated_normal')(a, (4, 3), 'complex64')", "values([0, 1], 'u4')"
            => fn(a) scaling(Fan::GeometricAverage, Distribution::TruncatedNormal, &[4, 3], DType::C64, a);
        "nn.initializers.variance_scaling(2.0, 'fan_in', 'uniform', in_axis=0, out_axis=(1, 3), batch_axis=2)(a, (2, 3, 4, 5))", "values([0, 1], 'u4')"
            => fn(a) variance_scaling(VarianceScaling {
                scale: 2.0, distribution: Distribution::Uniform, in_axis: vec![0], out_axis: vec![1, 3], batch_axis: vec![2], ..VarianceScaling::default()
            })(key(a), &[2, 3, 4, 5], DType::F32);
        "nn.initializers.glorot_uniform()(a, (4, 3))", "values([0, 2], 'u4')" => fn(a) glorot_uniform(key(a), &[4, 3], DType::F32);
        "nn.initializers.glorot_normal()(a, (4, 3))", "values([0, 2], 'u4')" => fn(a) glorot_normal(key(a), &[4, 3], DType::F32);
        "nn.initializers.lecun_uniform()(a, (4, 3))", "values([0, 2], 'u4')" => fn(a) lecun_uniform(key(a), &[4, 3], DType::F32);
        "nn.initializers.lecun_normal()(a, (4, 3))", "values([0, 2], 'u4')" => fn(a) lecun_normal(key(a), &[4, 3], DType::F32);
        "nn.initializers.he_uniform()(a, (4, 3))", "values([0, 2], 'u4')" => fn(a) he_uniform(key(a), &[4, 3], DType::F32);
        "nn.initializers.he_normal()(a, (4, 3))", "values([0, 2], 'u4')" => fn(a) he_normal(key(a), &[4, 3], DType::F32);
        "nn.initializers.orthogonal()(a, (2, 3, 4))", "values([0, 3], 'u4')" => fn(a) orthogonal(1.0, -1)(key(a), &[2, 3, 4], DType::F32);
        "nn.initializers.orthogonal(0.5, column_axis=0)(a, (3, 2, 4))", "values([0, 3], 'u4')" => fn(a) orthogonal(0.5, 0)(key(a), &[3, 2, 4], DType::F32);
        "nn.initializers.orthogonal()(a, (0, 4))", "values([0, 3], 'u4')" => fn(a) orthogonal(1.0, -1)(key(a), &[0, 4], DType::F32);
        "nn.initializers.delta_orthogonal(2.0)(a, (4, 2, 3))", "values([0, 3], 'u4')" => fn(a) delta_orthogonal(2.0, -1)(key(a), &[4, 2, 3], DType::F32);
        "nn.initializers.delta_orthogonal()(a, (2, 3, 2, 2))", "values([0, 3], 'u4')" => fn(a) delta_orthogonal(1.0, -1)(key(a), &[2, 3, 2, 2], DType::F32);
    }
}
