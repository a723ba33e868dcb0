//! Results of many elements: reductions, scans, orders, random bits.

use super::{Absent, Axis, Kinds, Naturals, Word, axes, one};
use crate::{
    array::ArrayLike,
    dtype::Dtype,
    session::run_traced,
    table::{Arrays, Out, functions},
    transforms::rebuild,
    tree::{Tree, lift_tree, type_error},
};
use pyo3::prelude::*;
use raxla::{
    DType, Tracer,
    ir::{
        primitives::{approx_top_k::Approximation, reduce_window::Window, rng_bit_generator::RngAlgorithm},
        trace::fail,
    },
    lax,
};

macro_rules! reductions { ($($(#[$doc:meta])* $name:ident $kinds:ident;)*) => { functions! { register_reductions; $(
    $(#[$doc])*
    fn $name(operand: ArrayLike, axes: Vec<Axis>) [operand, axes] |py| {
        lax::$name(one(py, stringify!($name), &operand, Kinds::$kinds), &super::axes(&axes))
    };
)* } } }
reductions! {
    /// The product over axes.
    reduce_prod NUMBER;
    /// The greatest element along axes.
    reduce_max ANY;
    /// The least element along axes.
    reduce_min ANY;
    /// Bits that are set in all elements along axes; of bools, whether all hold.
    reduce_and BITS;
    /// Bits that are set in an element along axes; of bools, whether one holds.
    reduce_or BITS;
    /// Bits that are set in an odd number of elements along axes.
    reduce_xor BITS;
}
macro_rules! cumulative { ($($(#[$doc:meta])* $name:ident $kinds:ident;)*) => { functions! { register_cumulative; $(
    $(#[$doc])*
    fn $name(operand: ArrayLike, axis: Axis, reverse: bool) [operand, axis = Axis(0), reverse = false] |py| {
        lax::$name(one(py, stringify!($name), &operand, Kinds::$kinds), axis.0 as isize, reverse)
    };
)* } } }
cumulative! {
    /// The sum of each element and all before it.
    cumsum NUMBER;
    /// The product of each element and all before it.
    cumprod NUMBER;
    /// The greatest of each element and all before it.
    cummax ORDERED;
    /// The least of each element and all before it.
    cummin ORDERED;
    /// The logarithm of the sum of exponentials of each element and all before it.
    cumlogsumexp INEXACT;
}
fn approximation(recall_target: f32, size: isize, aggregate_to_topk: bool) -> Approximation {
    Approximation { recall_target, reduction_input_size_override: usize::try_from(size).ok(), aggregate_to_topk }
}
fn along(name: &str, x: Tracer, axis: Axis) -> isize {
    if axis.0 >= x.rank() {
        fail(format!("{name}: {} has no axis {}", x.aval(), axis.0));
    }
    axis.0 as isize
}
functions! { register_functions;
    /// The sum over axes.
    fn reduce_sum(operand: ArrayLike, axes: Vec<Axis>, out_sharding: Option<Absent>) [operand, axes, *, out_sharding = None] |py| {
        let _ = out_sharding;
        lax::reduce_sum(one(py, "reduce_sum", &operand, Kinds::NUMBER), &super::axes(&axes))
    };
    /// The place of the greatest element along an axis.
    fn argmax(operand: ArrayLike, axis: Axis, index_dtype: Dtype) [operand, axis, index_dtype] |py| {
        let x = one(py, "argmax", &operand, Kinds::ORDERED);
        lax::argmax(x, along("argmax", x, axis), index_dtype.0)
    };
    /// The place of the least element along an axis.
    fn argmin(operand: ArrayLike, axis: Axis, index_dtype: Dtype) [operand, axis, index_dtype] |py| {
        let x = one(py, "argmin", &operand, Kinds::ORDERED);
        lax::argmin(x, along("argmin", x, axis), index_dtype.0)
    };
    /// The `k` greatest elements along an axis, in descending order, and their places.
    fn top_k(operand: ArrayLike, k: usize, axis: isize) [operand, k, *, axis = -1] |py| Out::List(<[Tracer; 2]>::from(lax::top_k(operand.tracer(py), k, axis)).to_vec());
    /// About the `k` greatest elements along an axis, and their places.
    fn approx_max_k(operand: ArrayLike, k: usize, reduction_dimension: isize, recall_target: f32, reduction_input_size_override: isize, aggregate_to_topk: bool) [operand, k, reduction_dimension = -1, recall_target = 0.95, reduction_input_size_override = -1, aggregate_to_topk = true] |py| {
        let how = approximation(recall_target, reduction_input_size_override, aggregate_to_topk);
        Out::List(<[Tracer; 2]>::from(lax::approx_max_k(operand.tracer(py), k, reduction_dimension, how)).to_vec())
    };
    /// About the `k` least elements along an axis, and their places.
    fn approx_min_k(operand: ArrayLike, k: usize, reduction_dimension: isize, recall_target: f32, reduction_input_size_override: isize, aggregate_to_topk: bool) [operand, k, reduction_dimension = -1, recall_target = 0.95, reduction_input_size_override = -1, aggregate_to_topk = true] |py| {
        let how = approximation(recall_target, reduction_input_size_override, aggregate_to_topk);
        Out::List(<[Tracer; 2]>::from(lax::approx_min_k(operand.tracer(py), k, reduction_dimension, how)).to_vec())
    };
    /// Arrays rearranged alike, so that the first `num_keys` of them ascend.
    fn _sort(operands: Arrays, dimension: isize, num_keys: usize) [operands, dimension, num_keys] |py| {
        Out::Tuple(lax::sort(&operands.tracers(py), dimension, num_keys))
    };
    /// Keys in ascending order, and values in the order of the keys.
    fn sort_key_val(keys: ArrayLike, values: ArrayLike, dimension: isize, is_stable: bool) [keys, values, dimension = -1, is_stable = true] |py| {
        let _ = is_stable; // a stable order is one of those allowed
        let (keys, values) = (keys.tracer(py), values.tracer(py));
        if keys.shape() != values.shape() {
            fail(format!("sort_key_val: keys and values must have one shape, got {} and {}", keys.aval(), values.aval()));
        }
        lax::sort_key_val(keys, values, dimension)
    };
    /// Random bits of a state, and the state after.
    fn rng_bit_generator(key: ArrayLike, shape: Naturals, dtype: Option<Dtype>, algorithm: Option<Word>, out_sharding: Option<Absent>) [key, shape, dtype = None, algorithm = None, *, out_sharding = None] |py| {
        let _ = out_sharding;
        let algorithm = match algorithm.as_ref().map_or("rng_default", |w| w.0.as_str()) {
            "rng_default" | "default" => RngAlgorithm::Default,
            "rng_three_fry" | "three_fry" => RngAlgorithm::ThreeFry,
            "rng_philox" | "philox" => RngAlgorithm::Philox,
            other => return Err(type_error(format!("rng_bit_generator: no such algorithm: {other}"))),
        };
        lax::rng_bit_generator(key.tracer(py), algorithm, &shape.0, dtype.map_or(DType::U32, |d| d.0))
    };
}
/// The function of two trees of scalars that Python gives, as one of their leaves.
fn computation<'a, 'py>(
    name: &'static str,
    f: &'a Bound<'py, PyAny>,
    like: &'a Tree<Tracer>,
) -> impl FnOnce(&[Tracer], &[Tracer]) -> Vec<Tracer> + use<'a, 'py> {
    move |a, b| {
        let tree = |leaves: &[Tracer]| Tree { leaves: leaves.to_vec(), structure: like.structure.clone() };
        let out = crate::control::call(f, name, &[&tree(a), &tree(b)]);
        if out.structure != like.structure {
            fail(format!("{name}: the computation must give {:?}, got {:?}", like.structure, out.structure));
        }
        out.leaves
    }
}
/// Operands and initial values, alike in structure.
fn with_initial(name: &str, operands: &Bound<PyAny>, initial: &Bound<PyAny>) -> PyResult<(Tree<Tracer>, Tree<Tracer>)> {
    let (xs, inits) = (lift_tree(operands, "operand")?, lift_tree(initial, "initial value")?);
    if xs.structure != inits.structure {
        let message = format!(
            "{name}: operands and initial values must be alike in structure, got {:?} and {:?}",
            xs.structure, inits.structure
        );
        return Err(pyo3::exceptions::PyValueError::new_err(message));
    }
    let (same, x) = (|(x, init): (&Tracer, &Tracer)| x.dtype() == init.dtype() && init.rank() == 0, &xs.leaves);
    if !x.iter().zip(&inits.leaves).all(same) {
        fail(format!("{name}: each initial value must be a scalar of its operand's dtype"));
    }
    Ok((xs, inits))
}
/// Arrays reduced together along axes, by a function of scalars.
#[pyfunction]
#[pyo3(signature = (operands, init_values, computation, dimensions, out_sharding = None))]
fn reduce<'py>(
    operands: Bound<'py, PyAny>,
    init_values: Bound<'py, PyAny>,
    computation: Bound<'py, PyAny>,
    dimensions: Vec<Axis>,
    out_sharding: Option<Absent>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, _) = (operands.py(), out_sharding);
    let (arrays, structure) = run_traced(py, "reduce", || {
        let (xs, inits) = with_initial("reduce", &operands, &init_values)?;
        let dimensions: Vec<isize> = axes(&dimensions).into_iter().map(|a| a as isize).collect();
        let f = self::computation("reduce", &computation, &inits);
        Ok((raxla::reduce(&xs.leaves, &inits.leaves, dimensions, f), xs.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// Arrays reduced together under each place of a window.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
fn _reduce_window<'py>(
    operand: Bound<'py, PyAny>,
    init_value: Bound<'py, PyAny>,
    computation: Bound<'py, PyAny>,
    window_dimensions: Naturals,
    window_strides: Naturals,
    padding: Vec<(isize, isize)>,
    base_dilation: Naturals,
    window_dilation: Naturals,
) -> PyResult<Bound<'py, PyAny>> {
    let py = operand.py();
    let (arrays, structure) = run_traced(py, "reduce_window", || {
        let (xs, inits) = with_initial("reduce_window", &operand, &init_value)?;
        let window = Window {
            sizes: window_dimensions.0.into(),
            strides: window_strides.0.into(),
            low: padding.iter().map(|p| p.0).collect(),
            high: padding.iter().map(|p| p.1).collect(),
            base_dilation: base_dilation.0.into(),
            window_dilation: window_dilation.0.into(),
        };
        let f = self::computation("reduce_window", &computation, &inits);
        Ok((raxla::reduce_window(&xs.leaves, &inits.leaves, window, f), xs.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// All prefixes of trees of arrays, combined by an associative function.
#[pyfunction]
#[pyo3(signature = (r#fn, elems, reverse = false, axis = 0))]
fn associative_scan<'py>(
    r#fn: Bound<'py, PyAny>,
    elems: Bound<'py, PyAny>,
    reverse: bool,
    axis: isize,
) -> PyResult<Bound<'py, PyAny>> {
    let py = elems.py();
    let (arrays, structure) = run_traced(py, "associative_scan", || {
        let combine = |a: Tree<Tracer>, b: Tree<Tracer>| crate::control::call(&r#fn, "associative_scan", &[&a, &b]);
        let out = raxla::associative_scan(combine, lift_tree(&elems, "elems")?, reverse, axis);
        Ok((out.leaves.into_iter().map(Tracer::strong).collect(), out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// Adds all to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(reduce, module)?)?;
    module.add_function(wrap_pyfunction!(_reduce_window, module)?)?;
    module.add_function(wrap_pyfunction!(associative_scan, module)?)?;
    register_reductions(module)?;
    register_cumulative(module)?;
    register_functions(module)
}
