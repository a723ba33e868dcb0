//! `value_and_grad`, and functions at types: `eval_shape`.

use crate::{
    array::Array,
    dtype::to_numpy,
    function::{Arguments, Inputs, Staged, traced},
    keys::{self, Keys},
    linear::{float0, marked, pull_back},
    session::{lift, run_traced, standalone},
    tree::{Tree, TreeDef, flatten, lift_tree},
};
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyDict, PyTuple},
};
use raxla::{
    DType, Literal, ShapedArray, Tracer,
    ir::{
        rewrite::{self, jvp::zeros},
        trace::{Traced, constant, inline, trace_in_axis},
    },
};

type Object<'py> = Bound<'py, PyAny>;

/// Arrays of Python in a structure.
pub fn rebuild<'py>(
    py: Python<'py>,
    structure: &TreeDef,
    arrays: &mut impl Iterator<Item = Py<Array>>,
) -> PyResult<Object<'py>> {
    let marked = |(i, array): (usize, Py<Array>)| match structure.key(i) {
        None => Ok(array.into_bound(py).into_any()),
        keys => Ok(Bound::new(py, array.get().marked(keys))?.into_any()),
    };
    let leaves = arrays.take(structure.leaves()).enumerate().map(marked).collect::<PyResult<Vec<_>>>()?;
    TreeDef::unflatten(structure, py, leaves)
}

/// The value of a function and its gradient: `(value or (value, aux), gradients)`, the latter as a tuple, one for each of `argnums`.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn value_and_grad_call<'py>(
    name: &str,
    fun: &Object<'py>,
    argnums: Vec<usize>,
    has_aux: bool,
    holomorphic: bool,
    allow_int: bool,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<(Object<'py>, Object<'py>)> {
    let py = fun.py();
    let arguments = Arguments::new(args, kwargs);
    let (arrays, (aux, tree, avals)) = run_traced(py, name, || {
        let Tree { mut leaves, structure } = lift_tree(arguments.chosen(py, &argnums)?.as_any(), "argument ")?;
        let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
        for (i, aval) in avals.iter().enumerate() {
            check_gradient_input(py, name, aval, structure.key(i), holomorphic, allow_int)?;
        }
        let call = |inner: &[Tracer]| {
            let inner = Tree { leaves: inner.to_vec(), structure: structure.clone() }.to_python(py);
            arguments.call_with(fun, &argnums, &inner)
        };
        let value = |out: &Object<'py>| {
            Ok(Tree { leaves: vec![scalar(py, name, out, holomorphic)?], structure: TreeDef::leaf() })
        };
        let Staged { program, captured, aux, .. } = Staged::new((name, has_aux, 1), fun, &leaves, call, value)?;
        let mut active: Vec<bool> = avals.iter().map(|a| a.dtype.is_inexact()).collect();
        let wanted = active.iter().filter(|a| **a).count();
        active.resize(leaves.len() + captured.len(), false);
        leaves.extend(captured);
        let linearized = rewrite::linearize(&program, &leaves, &active);
        let one = constant(Literal::full(ShapedArray::new(&[], linearized.outs[0].dtype()), 1.0));
        let mut cts = vec![None; linearized.outs.len()];
        cts[0] = Some(one);
        let mut grads =
            pull_back(&linearized.linear, wanted, &linearized.residuals, &linearized.active, &cts).into_iter();
        let mut outs = linearized.outs;
        let inexact = avals.iter().filter(|a| a.dtype.is_inexact());
        let weak = |aval: &ShapedArray| aval.weak && (aval.dtype.is_float() && aval.rank() == 0 || outs[0].aval().weak);
        let found: Vec<Tracer> =
            inexact.map(|a| marked(grads.next().flatten().unwrap_or_else(|| zeros(a)), weak(a))).collect();
        outs.extend(found);
        Ok((outs, (aux, structure, avals)))
    })?;
    let mut arrays = arrays.into_iter();
    let value = rebuild(py, &TreeDef::leaf(), &mut arrays)?;
    let value = match aux {
        Some(aux) => {
            let n = arrays.len() - avals.iter().filter(|a| a.dtype.is_inexact()).count();
            let mut beside = arrays.by_ref().take(n).collect::<Vec<_>>().into_iter();
            PyTuple::new(py, [value, aux.rebuild(py, &mut beside)?])?.into_any()
        }
        None => value,
    };
    let grads = avals.iter().enumerate().map(|(i, aval)| match aval.dtype.is_inexact() {
        true => rebuild(py, &TreeDef::leaf(), &mut arrays),
        false => float0(py, aval, tree.key(i)),
    });
    let grads = TreeDef::unflatten(&tree, py, grads.collect::<PyResult<Vec<_>>>()?)?;
    Ok((value, grads))
}
fn check_gradient_input(
    py: Python,
    name: &str,
    aval: &ShapedArray,
    keys: Keys,
    holomorphic: bool,
    allow_int: bool,
) -> PyResult<()> {
    let dtype = match keys {
        None => to_numpy(py, aval.dtype)?,
        Some(of) => keys::dtype(py, of)?,
    };
    if holomorphic && !aval.dtype.is_complex() {
        return Err(PyTypeError::new_err(format!(
            "{name} with holomorphic=True requires inputs with complex dtype, but got {dtype}."
        )));
    }
    if !aval.dtype.is_inexact() && !allow_int {
        return Err(PyTypeError::new_err(format!(
            "{name} requires real- or complex-valued inputs (input dtype that is a sub-dtype of np.inexact), but got {dtype}. \
             If you want to use Boolean- or integer-valued inputs, use vjp or set allow_int to True."
        )));
    }
    Ok(())
}
/// The one scalar that a function to be differentiated gives.
fn scalar(py: Python, name: &str, value: &Object, holomorphic: bool) -> PyResult<Tracer> {
    let (leaves, structure) = flatten(value, None)?;
    let array = match &leaves[..] {
        [leaf] if structure == TreeDef::leaf() => crate::array::leaf(leaf)?,
        _ => None,
    };
    let Some(array) = array else {
        return Err(PyTypeError::new_err(format!(
            "Gradient only defined for scalar-output functions. Output was: {value}."
        )));
    };
    let tracer = lift(array.bind(py));
    let aval = tracer.aval();
    let dtype = to_numpy(py, aval.dtype)?;
    if aval.rank() != 0 {
        let shape = PyTuple::new(py, aval.shape.iter())?;
        return Err(PyTypeError::new_err(format!(
            "Gradient only defined for scalar-output functions. Output had shape: {shape}."
        )));
    }
    match (holomorphic, aval.dtype) {
        (false, d) if d.is_float() => Ok(tracer),
        (true, d) if d.is_complex() => Ok(tracer),
        (true, _) => Err(PyTypeError::new_err(format!(
            "{name} with holomorphic=True requires outputs with complex dtype, but got {dtype}."
        ))),
        (false, _) => Err(PyTypeError::new_err(format!(
            "{name} requires real-valued outputs (output dtype that is a sub-dtype of np.floating), but got {dtype}. For holomorphic \
             differentiation, pass holomorphic=True. For differentiation of non-holomorphic functions involving complex outputs, or \
             function with integer outputs, use vjp directly."
        ))),
    }
}

/// Traces `f` within mapped axes, whose collectives stay as they are in the program.
fn within(axes: &[(String, usize)], leaves: &[Tracer], f: &mut dyn FnMut(&[Tracer]) -> Vec<Tracer>) -> Vec<Tracer> {
    let [axis, inner @ ..] = axes else { return f(leaves) };
    let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
    let Traced { program, captured } = trace_in_axis(&avals, Some(axis.clone()), |leaves| within(inner, leaves, f));
    inline(&program, &[leaves, &captured].concat())
}
/// The types and the structure of what a function gives within mapped axes of these names and sizes, without computing it; and its program.
#[pyfunction]
pub fn eval_shape_call<'py>(
    fun: &Object<'py>,
    types: Vec<(Vec<usize>, Object<'py>, bool)>,
    structure: TreeDef,
    axes: Vec<(String, usize)>,
) -> PyResult<(Vec<(Vec<usize>, Object<'py>, bool)>, TreeDef, String)> {
    let py = fun.py();
    let marks = types.iter().map(|t| keys::of_dtype(&t.1)).collect::<PyResult<Vec<_>>>()?;
    let aval = |((shape, dtype, weak), of): (&(Vec<usize>, Object, bool), &Keys)| {
        let dtype = match of {
            None => dtype.extract::<crate::dtype::Dtype>()?.0,
            Some(_) => DType::U32,
        };
        Ok(ShapedArray { weak: *weak, ..ShapedArray::new(&keys::shape(shape, *of), dtype) })
    };
    let avals = types.iter().zip(&marks).map(aval).collect::<PyResult<Vec<_>>>()?;
    let structure = structure.with_keys(marks);
    let (program, _, tree) = standalone(py, || {
        let inputs = Inputs::Unknown("eval_shape");
        let leaves: Vec<Tracer> = avals.into_iter().map(raxla::ir::trace::input).collect();
        let mut tree = None;
        let outs = within(&axes, &leaves, &mut |leaves| {
            let out = traced(fun, &inputs, &Tree { leaves: leaves.to_vec(), structure: structure.clone() }, "output");
            tree = Some(out.structure);
            out.leaves
        });
        Ok((outs, tree.unwrap_or_else(TreeDef::leaf)))
    })?;
    let describe = |(i, a): (usize, ShapedArray)| {
        Ok(match tree.key(i) {
            None => (a.shape.to_vec(), to_numpy(py, a.dtype)?, a.weak),
            Some(of) => (keys::seen(&a.shape, Some(of)).to_vec(), keys::dtype(py, of)?, false),
        })
    };
    let types = program.out_avals().into_iter().enumerate().map(describe).collect::<PyResult<_>>()?;
    Ok((types, tree.clone().with_keys(vec![]), program.to_string()))
}
