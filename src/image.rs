//! Images of other sizes, as `jax.image` has them: [`resize`], [`scale_and_translate`].
//!
//! Images are arrays of any number of axes; those whose sizes do not change (batches, channels) are left alone.
//!
//! ```
//! use raxla::{image::{self, ResizeMethod}, prelude::*};
//! let half = jit(|x: Tracer| image::resize(x, &[2, 1], ResizeMethod::Linear, true, None));
//! let y = half(Array::new(&[2, 2], &[1.0f32, 3.0, 5.0, 7.0]));
//! assert_eq!(y.to_vec::<f32>()?, [2.0, 6.0]);
//! # Ok::<(), raxla::Error>(())
//! ```

use crate::numpy::{
    Arg, Product, dot_with,
    promotion::{inexact, promote_dtypes_inexact},
};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::resolve_axis,
    primitives::{concatenate::concatenate, dot_general::Precision, iota::iota},
    trace::{constant, fail, or_fail},
};

/// How an image's values between its pixels are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResizeMethod {
    /// The nearest pixel's; [`resize`] only.
    Nearest,
    /// Linear in every axis.
    Linear,
    /// The sinc function times that of three times its width.
    Lanczos3,
    /// The sinc function times that of five times its width.
    Lanczos5,
    /// Cubic in every axis (Keys 1981, a = -0.5).
    Cubic,
    /// The same with a = -0.75 and the edges repeated, where there is no anti-aliasing.
    CubicPytorch,
    /// The mean over the area that a new pixel covers.
    Area,
}
impl std::str::FromStr for ResizeMethod {
    type Err = String;
    fn from_str(name: &str) -> Result<ResizeMethod, String> {
        match name {
            "nearest" => Ok(ResizeMethod::Nearest),
            "linear" | "bilinear" | "trilinear" | "triangle" => Ok(ResizeMethod::Linear),
            "lanczos3" => Ok(ResizeMethod::Lanczos3),
            "lanczos5" => Ok(ResizeMethod::Lanczos5),
            "cubic" | "bicubic" | "tricubic" => Ok(ResizeMethod::Cubic),
            "cubic-pytorch" | "bicubic-pytorch" => Ok(ResizeMethod::CubicPytorch),
            "area" => Ok(ResizeMethod::Area),
            other => Err(format!("unknown method of resizing `{other}`")),
        }
    }
}
impl ResizeMethod {
    /// The weight of a pixel at a distance `x ≥ 0`, in pixels.
    fn kernel(self, x: Tracer) -> Tracer {
        let from = |start: f64, then: Tracer, before: Tracer| x.greater_equal(start).select(then, before);
        match self {
            ResizeMethod::Linear => (1.0f64 - x).maximum(0.0),
            ResizeMethod::Lanczos3 => lanczos(3.0, x),
            ResizeMethod::Lanczos5 => lanczos(5.0, x),
            ResizeMethod::Cubic | ResizeMethod::CubicPytorch => {
                let a = if self == ResizeMethod::Cubic { -0.5 } else { -0.75 };
                let near = ((x * (a + 2.0) - (a + 3.0)) * x) * x + 1.0;
                let far = ((x * a - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a;
                from(2.0, x.full_like(0.0), from(1.0, far, near))
            }
            ResizeMethod::Nearest | ResizeMethod::Area => fail(format!("resize: {self:?} has no kernel")),
        }
    }
}
fn lanczos(radius: f64, x: Tracer) -> Tracer {
    let angle = x * std::f64::consts::PI;
    let near = x.less_equal(1e-3);
    let divisor = near.select(x.full_like(1.0), angle * angle);
    let out = angle.sin() * (angle / radius).sin() * radius / divisor;
    x.greater(radius).select(x.full_like(0.0), near.select(x.full_like(1.0), out))
}

/// The weights of `m` pixels in each of `n` new ones: `[m, n]`.
fn weights(m: usize, n: usize, scale: Tracer, translation: Tracer, method: ResizeMethod, antialias: bool) -> Tracer {
    let dtype = scale.dtype();
    let inverse = 1.0f64 / scale;
    // The edge repeated as far as the kernel reaches.
    let edge = if method == ResizeMethod::CubicPytorch { 2 } else { 0 };
    let pixel = iota(dtype, &[m + 2 * edge, n], 0) - edge;
    let corner = iota(dtype, &[1, n], 1) * inverse - translation * inverse;
    let center = corner + inverse * 0.5 - 0.5;
    let weights = if method == ResizeMethod::Area {
        let overlap = (corner + inverse).minimum(pixel + 1.0) - corner.maximum(pixel);
        overlap.maximum(0.0)
    } else {
        // A smaller image is of wider pixels, lest what is finer than they are shows up as something else.
        let distance = (center - pixel).abs();
        method.kernel(if antialias { distance / inverse.maximum(1.0) } else { distance })
    };
    let weights = if edge == 0 {
        weights
    } else if m == 1 {
        weights.sum_axes(0).expand_dims(0)
    } else {
        let sum = |from: usize, to: usize| weights.slice_axis(0, from, to).sum_axes(0).expand_dims(0);
        let last = m + edge - 1;
        concatenate(&[sum(0, edge + 1), weights.slice_axis(0, edge + 1, last), sum(last, m + 2 * edge)], 0)
    };
    let total = weights.sum_axes(0).expand_dims(0);
    let some = total.abs().greater(1000.0 * f64::from(f32::EPSILON));
    let weights = some.select(weights / some.select(total, total.full_like(1.0)), weights.full_like(0.0));
    if edge > 0 {
        return weights;
    }
    let inside = center.greater_equal(-0.5) & center.less_equal(m as f64 - 0.5);
    inside.select(weights, weights.full_like(0.0))
}
#[track_caller]
fn check_shape(name: &str, image: &ShapedArray, shape: &[usize]) {
    if image.rank() != shape.len() {
        fail(format!("{name}: the new shape must have a size for each axis of {image}, got {shape:?}"));
    }
}

/// The image enlarged by `scale` and moved by `translation` (vectors, of an element for each of `spatial_dims`), cut or filled up with
/// zeros to `shape`. As `jax.image.scale_and_translate`.
///
/// A point `x` of the image goes to `x · scale + translation`; the pixel `i` is the interval from `i` to `i + 1`. Integers become floats.
/// With `antialias`, smaller images are smoothed. The products with the weights are of the `precision`, by default [`Precision::Highest`].
///
/// ```
/// # use raxla::{constant, image, image::ResizeMethod, show};
/// let got = show(|| image::scale_and_translate(constant(vec![1.0f32, 2.0, 3.0, 4.0]), &[4], &[0], constant(vec![1.0f32]), constant(vec![1.0f32]), ResizeMethod::Linear, true, None));
/// assert_eq!(got, "[0.0, 1.0, 2.0, 3.0]");
/// ```
///
/// # Panics
/// Inside the trace, if shapes do not fit, axes other than `spatial_dims` change size, one of these is named twice, or the method is
/// `Nearest`.
#[allow(clippy::too_many_arguments)] // JAX's
#[track_caller]
pub fn scale_and_translate(
    image: impl Into<Arg>,
    shape: &[usize],
    spatial_dims: &[isize],
    scale: impl Into<Arg>,
    translation: impl Into<Arg>,
    method: ResizeMethod,
    antialias: bool,
    precision: impl Into<Option<Precision>>,
) -> Tracer {
    const NAME: &str = "scale_and_translate";
    let image = inexact(NAME, image);
    let [scale, translation] = promote_dtypes_inexact(NAME, [scale.into(), translation.into()]);
    check_shape(NAME, &image.aval(), shape);
    let axes: Vec<usize> = spatial_dims.iter().map(|d| or_fail(NAME, resolve_axis(*d, image.rank()))).collect();
    if let Some(i) = (1..axes.len()).find(|i| axes[..*i].contains(&axes[*i])) {
        fail(format!("{NAME}: the spatial axes {spatial_dims:?} name axis {} of {} twice", axes[i], image.aval()));
    }
    if method == ResizeMethod::Nearest {
        fail(format!("{NAME}: Nearest is a method of resize only"));
    }
    for x in [scale, translation] {
        if x.shape()[..] != [axes.len()] {
            fail(format!(
                "{NAME}: takes vectors of {} elements, one for each spatial axis, got {}",
                axes.len(),
                x.aval()
            ));
        }
    }
    if let Some(d) = (0..shape.len()).find(|d| !axes.contains(d) && image.shape()[*d] != shape[*d]) {
        fail(format!(
            "{NAME}: axis {d} of {} is not among the spatial ones, and cannot become {}",
            image.aval(),
            shape[d]
        ));
    }
    let parts = axes.iter().enumerate().map(|(i, d)| {
        let of = |x: Tracer| x.slice_axis(0, i, i + 1).reshape(&[]);
        (*d, of(scale), of(translation))
    });
    resampled(image, shape, parts.collect(), method, antialias, precision.into())
}
fn resampled(
    image: Tracer,
    shape: &[usize],
    axes: Vec<(usize, Tracer, Tracer)>,
    method: ResizeMethod,
    antialias: bool,
    precision: Option<Precision>,
) -> Tracer {
    let how = Product { precision: precision.unwrap_or(Precision::Highest), dtype: None };
    let method = if method == ResizeMethod::CubicPytorch && antialias { ResizeMethod::Cubic } else { method };
    axes.into_iter().fold(image, |image, (d, scale, translation)| {
        let weights = weights(image.shape()[d], shape[d], scale, translation, method, antialias).astype(image.dtype());
        dot_with(image.moveaxis(d as isize, -1), weights, how).moveaxis(-1, d as isize)
    })
}
/// The image in another shape, of the same number of axes. As `jax.image.resize`.
///
/// Integers become floats, except by `Nearest`. With `antialias`, smaller images are smoothed. The products with the weights are of the
/// `precision`, by default [`Precision::Highest`].
///
/// ```
/// # use raxla::{constant, image, image::ResizeMethod, show};
/// assert_eq!(show(|| image::resize(constant(vec![0.0f32, 2.0]), &[4], ResizeMethod::Linear, true, None)), "[0.0, 0.5, 1.5, 2.0]");
/// ```
///
/// # Panics
/// Inside the trace, if the shape has another number of axes.
#[track_caller]
pub fn resize(
    image: impl Into<Arg>,
    shape: &[usize],
    method: ResizeMethod,
    antialias: bool,
    precision: impl Into<Option<Precision>>,
) -> Tracer {
    let image = image.into();
    check_shape("resize", &image.aval(), shape);
    if method == ResizeMethod::Nearest {
        return (0..shape.len()).fold(image.tracer(), |image, d| {
            let (m, n) = (image.shape()[d], shape[d]);
            if m == n {
                return image;
            }
            let places = (0..n).map(|i| ((2 * i + 1) * m / (2 * n)) as i128);
            let places = constant(Literal::from_ints(ShapedArray::new(&[n], DType::I32), places));
            image.take(places, d as isize)
        });
    }
    let image = inexact("resize", image);
    let number = |x: f64| constant(Literal::full(ShapedArray::new(&[], DType::default_float()), x));
    let changed = (0..shape.len()).filter(|d| image.shape()[*d] != shape[*d]);
    let parts = changed.map(|d| (d, number(shape[d].max(1) as f64 / image.shape()[d] as f64), number(0.0)));
    resampled(image, shape, parts.collect(), method, antialias, precision.into())
}

#[cfg(test)]
mod tests {
    use super::{ResizeMethod::*, *};

    fn moved(image: Tracer, scale: Tracer, translation: Tracer, method: ResizeMethod, antialias: bool) -> Tracer {
        scale_and_translate(image, &[4, 7], &[0, 1], scale, translation, method, antialias, None)
    }
    // Weights are differences of numbers of the order of the image's size.
    crate::oracle::rows! { image_resize:
        "jax.image.resize(a, (7, 3), 'nearest')", "f32(4, 5)" => fn(a) resize(a, &[7, 3], Nearest, true, None);
        "jax.image.resize(a, (2, 9), 'nearest')", "i32(4, 5)" => fn(a) resize(a, &[2, 9], Nearest, true, None);
        "jax.image.resize(a, (7, 3), 'linear')", "f32(4, 5)", within(10.0) => fn(a) resize(a, &[7, 3], Linear, true, None);
        "jax.image.resize(a, (2, 7, 3, 2), 'bilinear', antialias=False)", "f32(2, 4, 5, 2)", within(10.0) => fn(a) resize(a, &[2, 7, 3, 2], Linear, false, None);
        "jax.image.resize(a, (7, 3), 'cubic')", "f32(4, 8)", within(10.0) => fn(a) resize(a, &[7, 3], Cubic, true, None);
        "jax.image.resize(a, (7, 3), 'cubic', antialias=False)", "f32(4, 8)", within(10.0) => fn(a) resize(a, &[7, 3], Cubic, false, None);
        "jax.image.resize(a, (7, 3), 'cubic-pytorch', antialias=False)", "f32(4, 8)", within(10.0) => fn(a) resize(a, &[7, 3], CubicPytorch, false, None);
        "jax.image.resize(a, (3, 5), 'cubic-pytorch', antialias=False)", "f32(1, 2)", within(10.0) => fn(a) resize(a, &[3, 5], CubicPytorch, false, None);
        "jax.image.resize(a, (3, 5), 'cubic-pytorch')", "f32(4, 8)", within(10.0) => fn(a) resize(a, &[3, 5], CubicPytorch, true, None);
        "jax.image.resize(a, (7, 3), 'lanczos3')", "f32(4, 8)", within(10.0) => fn(a) resize(a, &[7, 3], Lanczos3, true, None);
        "jax.image.resize(a, (7, 3), 'lanczos5')", "f32(4, 8)", within(10.0) => fn(a) resize(a, &[7, 3], Lanczos5, true, None);
        "jax.image.resize(a, (7, 3), 'area')", "f32(4, 8)", within(10.0) => fn(a) resize(a, &[7, 3], Area, true, None);
        "jax.image.resize(a, (3,), 'linear')", "i32(8)", within(10.0) => fn(a) resize(a, &[3], Linear, true, None);
        "jax.image.resize(a, (3,), 'linear')", "bf16(8)" => fn(a) resize(a, &[3], Linear, true, None);
        "jax.image.resize(a, (3,), 'cubic')", "f64(8)", x64 => fn(a) resize(a, &[3], Cubic, true, None);
        "jax.image.resize(a, (7, 3), 'linear', precision=lax.Precision.DEFAULT)", "f32(4, 5)", within(10.0) => fn(a) resize(a, &[7, 3], Linear, true, Precision::Default);
        "jax.image.scale_and_translate(a, (4, 7), (0, 1), b, c, 'linear')", "f32(5, 6), np.array([0.7, 1.3], 'f4'), np.array([0.3, -0.4], 'f4')", within(10.0) => fn(a, b, c) moved(a, b, c, Linear, true);
        "jax.image.scale_and_translate(a, (4, 7), (0, 1), b, c, 'lanczos3', antialias=False)", "f32(5, 6), np.array([0.7, 1.3], 'f4'), np.array([0.3, -0.4], 'f4')", within(30.0) => fn(a, b, c) moved(a, b, c, Lanczos3, false);
        "jax.image.scale_and_translate(a, (2, 7), (-1,), b, c, 'cubic')", "f32(2, 6), np.array([0.8], 'f4'), np.array([1.3], 'f4')", within(10.0) => fn(a, b, c) {
            scale_and_translate(a, &[2, 7], &[-1], b, c, Cubic, true, None)
        };
    }
    #[test]
    fn the_precision_is_that_of_the_products_and_axes_are_named_once() {
        use raxla_ir::trace::{catch, trace};
        let image = ShapedArray::new(&[4, 6], DType::F32);
        let text = |p: Option<Precision>| {
            trace(&[image.clone()], |a| vec![resize(a[0], &[2, 6], Linear, true, p)]).program.to_string()
        };
        assert_eq!(text(None), text(Some(Precision::Highest)));
        assert_ne!(text(None), text(Some(Precision::Default)));
        let twice = |a: &[Tracer]| vec![scale_and_translate(a[0], &[2, 6], &[0, -2], a[1], a[1], Linear, true, None)];
        let message =
            catch(|| trace(&[image.clone(), ShapedArray::new(&[2], DType::F32)], twice)).err().map(|e| e.message);
        let want = "scale_and_translate: the spatial axes [0, -2] name axis 0 of f32[4,6] twice";
        assert_eq!(message.as_deref(), Some(want));
    }
}
