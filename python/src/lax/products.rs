//! Products of matrices and tensors, and convolutions.

use super::{Absent, Axis, Naturals, axes};
use crate::{array::ArrayLike, dtype::Dtype, numpy::products::Accuracy, table::functions, tree::type_error};
use pyo3::{Borrowed, prelude::*};
use raxla::{
    ConvGeneralDilated, DType, Precision, Tracer,
    ir::{
        primitives::ragged_dot::RaggedDims,
        trace::{bind, fail},
    },
    lax, numpy as np,
};

/// Pairs of axes that a product sums over, and those that go in step.
pub struct DotDims {
    contract: [Vec<usize>; 2],
    batch: [Vec<usize>; 2],
}
impl<'a, 'py> FromPyObject<'a, 'py> for DotDims {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<DotDims> {
        let pairs = || -> PyResult<Vec<Vec<Vec<Axis>>>> {
            let lists = |pair: Bound<'py, PyAny>| {
                pair.try_iter()?.map(|list| list?.try_iter()?.map(|a| a?.extract()).collect()).collect()
            };
            object.try_iter()?.map(|pair| lists(pair?)).collect()
        };
        let wrong = || {
            type_error(format!(
                "dimension_numbers must be ((lhs, rhs) to sum over, (lhs, rhs) in step), got {}",
                &*object
            ))
        };
        match &pairs().map_err(|_| wrong())?[..] {
            [contract, batch] if contract.len() == 2 && batch.len() == 2 => Ok(DotDims {
                contract: [axes(&contract[0]), axes(&contract[1])],
                batch: [axes(&batch[0]), axes(&batch[1])],
            }),
            _ => Err(wrong()),
        }
    }
}
fn precise(precision: Option<Accuracy>) -> Precision {
    precision.map_or(Precision::Default, |p| p.0)
}
/// Two operands in the dtype at which theirs meet.
fn met(py: Python, name: &str, x: &ArrayLike, y: &ArrayLike) -> (Tracer, Tracer) {
    let [x, y] = np::promotion::promote_dtypes(name, [x.arg(py), y.arg(py)]);
    (x, y)
}
fn product(x: Tracer, y: Tracer, dims: &DotDims, precision: Option<Accuracy>, dtype: Option<Dtype>) -> Tracer {
    let ([a, b], [c, d]) = (&dims.contract, &dims.batch);
    // Of booleans: whether any pair is true, or how many are.
    if x.dtype() == DType::Bool {
        let count =
            lax::dot_general(x.astype(DType::I32), y.astype(DType::I32), (a, b), (c, d), precise(precision), None);
        return count.astype(dtype.map_or(DType::Bool, |d| d.0));
    }
    lax::dot_general(x, y, (a, b), (c, d), precise(precision), dtype.map(|d| d.0))
}
/// How a convolution stands in its operands, as Python has worked it out.
pub struct Layout(Vec<usize>, Vec<usize>, Vec<usize>);
impl<'a, 'py> FromPyObject<'a, 'py> for Layout {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Layout> {
        let (x, kernel, out) = object.extract()?;
        Ok(Layout(x, kernel, out))
    }
}
fn ragged_dims(fields: &Bound<PyAny>) -> PyResult<RaggedDims> {
    let dot: DotDims = fields.getattr("dot_dimension_numbers")?.extract()?;
    let ragged: Vec<usize> = fields.getattr("lhs_ragged_dimensions")?.extract()?;
    let group: Vec<usize> = fields.getattr("rhs_group_dimensions")?.extract()?;
    let ([a, b], [c, d]) = (dot.contract, dot.batch);
    match (&ragged[..], &group[..]) {
        ([ragged], [] | [_]) => Ok(RaggedDims {
            lhs_contract: a.into(),
            rhs_contract: b.into(),
            lhs_batch: c.into(),
            rhs_batch: d.into(),
            lhs_ragged: *ragged,
            rhs_group: group.first().copied(),
        }),
        _ => Err(type_error(format!(
            "ragged_dot: takes one ragged axis and at most one axis of groups, got {ragged:?} and {group:?}"
        ))),
    }
}
functions! { register;
    /// The product of vectors and matrices, or over chosen axes.
    fn dot(lhs: ArrayLike, rhs: ArrayLike, dimension_numbers: Option<DotDims>, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>, out_sharding: Option<Absent>) [lhs, rhs, *, dimension_numbers = None, precision = None, preferred_element_type = None, out_sharding = None] |py| {
        let _ = out_sharding;
        let (x, y) = met(py, "dot", &lhs, &rhs);
        let dims = match dimension_numbers {
            Some(dims) => dims,
            None if (1..=2).contains(&x.rank()) && (1..=2).contains(&y.rank()) && x.shape().last() == y.shape().first() => {
                DotDims { contract: [vec![x.rank() - 1], vec![0]], batch: [vec![], vec![]] }
            }
            None => fail(format!("dot: takes vectors and matrices of fitting sizes, or dimension_numbers, got {} and {}", x.aval(), y.aval())),
        };
        product(x, y, &dims, precision, preferred_element_type)
    };
    /// Products summed over pairs of axes; others go in step.
    fn dot_general(lhs: ArrayLike, rhs: ArrayLike, dimension_numbers: DotDims, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>, out_sharding: Option<Absent>) [lhs, rhs, dimension_numbers, precision = None, preferred_element_type = None, *, out_sharding = None] |py| {
        let _ = out_sharding;
        let (x, y) = met(py, "dot_general", &lhs, &rhs);
        product(x, y, &dimension_numbers, precision, preferred_element_type)
    };
    /// Products of matrices, one for each place of the axes before.
    fn batch_matmul(lhs: ArrayLike, rhs: ArrayLike, precision: Option<Accuracy>) [lhs, rhs, precision = None] |py| {
        let (x, y) = met(py, "batch_matmul", &lhs, &rhs);
        let rank = x.rank();
        if rank < 2 || rank != y.rank() {
            fail(format!("batch_matmul: takes matrices of as many batch axes, got {} and {}", x.aval(), y.aval()));
        }
        let batch: Vec<usize> = (0..rank - 2).collect();
        product(x, y, &DotDims { contract: [vec![rank - 1], vec![rank - 2]], batch: [batch.clone(), batch] }, precision, None)
    };
    /// A convolution whose layout and padding are known.
    fn _conv(lhs: ArrayLike, rhs: ArrayLike, strides: Naturals, padding: Vec<(isize, isize)>, lhs_dilation: Naturals, rhs_dilation: Naturals, layout: Layout, feature_group_count: usize, batch_group_count: usize, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [lhs, rhs, strides, padding, lhs_dilation, rhs_dilation, layout, feature_group_count, batch_group_count, precision, preferred_element_type] |py| {
        let (x, kernel) = (lhs.tracer(py), rhs.tracer(py));
        super::alike("conv_general_dilated", &[x, kernel]);
        let op = ConvGeneralDilated {
            lhs_spec: layout.0.into(),
            rhs_spec: layout.1.into(),
            out_spec: layout.2.into(),
            strides: strides.0.into(),
            low: padding.iter().map(|p| p.0).collect(),
            high: padding.iter().map(|p| p.1).collect(),
            lhs_dilation: lhs_dilation.0.into(),
            rhs_dilation: rhs_dilation.0.into(),
            feature_group_count,
            batch_group_count,
            precision: precise(precision),
            dtype: preferred_element_type.map_or(x.dtype(), |d| d.0),
        };
        lax::conv_general_dilated(x, kernel, op)
    };
    /// Groups of rows, of sizes that are data, each times a matrix of its own; over any axes.
    fn ragged_dot_general(lhs: ArrayLike, rhs: ArrayLike, group_sizes: ArrayLike, ragged_dot_dimension_numbers: Bound<'_, PyAny>, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>, group_offset: Option<Absent>, out_sharding: Option<Absent>) [lhs, rhs, group_sizes, ragged_dot_dimension_numbers, precision = None, preferred_element_type = None, group_offset = None, out_sharding = None] |py| {
        let _ = (group_offset, out_sharding);
        let (x, y) = met(py, "ragged_dot_general", &lhs, &rhs);
        let dims = ragged_dims(&ragged_dot_dimension_numbers)?;
        x.ragged_dot_general(y, group_sizes.tracer(py), &dims, precise(precision), preferred_element_type.map_or(x.dtype(), |d| d.0))
    };
    /// Groups of rows, of sizes that are data, each times a matrix of its own.
    fn ragged_dot(lhs: ArrayLike, rhs: ArrayLike, group_sizes: ArrayLike, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>, group_offset: Option<Absent>, out_sharding: Option<Absent>) [lhs, rhs, group_sizes, precision = None, preferred_element_type = None, group_offset = None, out_sharding = None] |py| {
        let _ = (group_offset, out_sharding);
        let (x, y) = met(py, "ragged_dot", &lhs, &rhs);
        let op = raxla::ir::primitives::RaggedDot { summed: false, precision: precise(precision), dtype: preferred_element_type.map_or(x.dtype(), |d| d.0) };
        bind(op.into(), &[x, y, group_sizes.tracer(py)])[0]
    };
}
