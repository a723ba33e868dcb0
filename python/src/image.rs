//! `raxla.image`, `raxla.scipy.ndimage`, `raxla.scipy.interpolate` and `raxla.scipy.cluster`: arrays in other sizes, between their elements and
//! their points, and near each other.

use crate::{
    array::ArrayLike,
    numpy::products::Accuracy,
    table::{Arrays, Axes, Sizes, functions},
};
use pyo3::{
    exceptions::{PyNotImplementedError, PyValueError},
    prelude::*,
};
use raxla::{
    Precision, cluster,
    image::{self, ResizeMethod},
    interpolate,
    ndimage::{self, Boundary, Order},
};

fn method(name: &crate::lax::Word) -> PyResult<ResizeMethod> {
    let name = name.0.replace('_', "-");
    name.parse().map_err(|_| PyValueError::new_err(format!("Unknown resize method \"{name}\"")))
}
fn precise(precision: Option<Accuracy>) -> Precision {
    precision.map_or(Precision::Highest, |p| p.0)
}
functions! { register;
    /// An image in another size.
    fn resize(image: ArrayLike, shape: Sizes, method: crate::lax::Word, antialias: bool, precision: Option<Accuracy>) [image, shape, method, antialias = true, precision = None] |py| {
        image::resize(image.arg(py), &shape.shape()?, self::method(&method)?, antialias, precise(precision))
    };
    /// An image scaled and moved.
    fn scale_and_translate(image: ArrayLike, shape: Sizes, spatial_dims: Axes, scale: ArrayLike, translation: ArrayLike, method: crate::lax::Word, antialias: bool, precision: Option<Accuracy>) [image, shape, spatial_dims, scale, translation, method, antialias = true, precision = None] |py| {
        let dims = spatial_dims.0.unwrap_or_default();
        let method = self::method(&method)?;
        if method == ResizeMethod::Nearest {
            return Err(PyValueError::new_err("Nearest neighbor resampling is not currently supported for scale_and_translate."));
        }
        image::scale_and_translate(image.arg(py), &shape.shape()?, &dims, scale.arg(py), translation.arg(py), method, antialias, precise(precision))
    };
}
functions! { register_ndimage;
    /// An array's values at any coordinates.
    fn map_coordinates(input: ArrayLike, coordinates: Arrays, order: usize, mode: &str, cval: f64) [input, coordinates, order, mode = "constant", cval = 0.0] |py| {
        let boundary = match mode {
            "constant" => Boundary::Constant(cval),
            "nearest" => Boundary::Nearest,
            "mirror" => Boundary::Mirror,
            "reflect" => Boundary::Reflect,
            "wrap" => Boundary::Wrap,
            other => return Err(PyNotImplementedError::new_err(format!("jax.scipy.ndimage.map_coordinates does not yet support mode {other}."))),
        };
        let order = match order {
            0 => Order::Nearest,
            1 => Order::Linear,
            _ => return Err(PyNotImplementedError::new_err("jax.scipy.ndimage.map_coordinates currently requires order<=1")),
        };
        ndimage::map_coordinates(input.arg(py), &coordinates.tracers(py), order, boundary)
    };
}
functions! { register_scipy;
    /// The nearest codes of observations, and how far they are.
    fn vq(obs: ArrayLike, code_book: ArrayLike, check_finite: bool) [obs, code_book, check_finite = true] |py| {
        let _ = check_finite; // Nothing is finite or not while it is traced.
        cluster::vq(obs.arg(py), code_book.arg(py))
    };
    /// A function's values between the points of a grid.
    fn regular_grid(grid: Arrays, values: ArrayLike, points: ArrayLike, linear: bool, outside: Option<ArrayLike>) [grid, values, points, linear, outside] |py| {
        let order = if linear { Order::Linear } else { Order::Nearest };
        interpolate::regular_grid(&grid.tracers(py), values.arg(py), points.arg(py), order, outside.map(|x| x.arg(py)))
    };
}
