//! Derivatives: `value_and_grad`, `vjp`, `linearize`, `jvp`; and `eval_shape`.

use crate::{
    array::Array,
    border::or_raise,
    dtype::to_numpy,
    function::{Arguments, Inputs, pair, traced},
    keys::{self, Keys},
    session::{lift, run_traced, standalone},
    tree::{Tree, TreeDef, flatten, lift_tree},
};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::{PyDict, PyTuple},
};
use raxla::{
    DType, Literal, Program, ShapedArray, Tracer,
    ir::{
        rewrite::{self, Linearized, jvp::zeros, transpose},
        trace::{Traced, constant, inline, trace},
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
/// What stands for the gradient of what has none: NumPy's zeros of JAX's dtype `float0`.
fn float0<'py>(py: Python<'py>, aval: &ShapedArray, keys: Keys) -> PyResult<Object<'py>> {
    let shape = PyTuple::new(py, keys::seen(&aval.shape, keys))?;
    py.import("raxla.dtypes")?.getattr("_float0_zeros")?.call1((shape,))
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
        let inputs = Inputs::Values(leaves.clone());
        let mut aux = None;
        let Traced { program, captured } = trace(&avals, |inner| {
            inputs.tell(fun, inner, None);
            let inner = Tree { leaves: inner.to_vec(), structure: structure.clone() }.to_python(py);
            let out = or_raise(arguments.call_with(fun, &argnums, &inner));
            let (value, rest) = if has_aux {
                let (value, rest) = or_raise(pair(&out, &format!("{name} with has_aux: the function")));
                (value, Some(rest))
            } else {
                (out, None)
            };
            let mut outs = vec![or_raise(scalar(py, name, &value, holomorphic))];
            if let Some(rest) = rest {
                let tree = or_raise(lift_tree(&rest, "aux"));
                outs.extend(tree.leaves);
                aux = Some(tree.structure);
            }
            outs
        });
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
        let weak = outs[0].aval().weak;
        outs.extend(inexact.map(|a| marked(grads.next().flatten().unwrap_or_else(|| zeros(a)), a.weak && weak)));
        Ok((outs, (aux, structure, avals)))
    })?;
    let mut arrays = arrays.into_iter();
    let value = rebuild(py, &TreeDef::leaf(), &mut arrays)?;
    let value = match &aux {
        Some(structure) => PyTuple::new(py, [value, rebuild(py, structure, &mut arrays)?])?.into_any(),
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
/// A tangent or cotangent, as a number of no dtype of its own or not. It is one where both ends of the function are.
fn marked(x: Tracer, weak: bool) -> Tracer {
    x.with_dtype(x.dtype(), weak)
}
/// Cotangents of the `n` active inputs of a linear program.
fn pull_back(
    linear: &Program,
    n: usize,
    residuals: &[Tracer],
    active: &[bool],
    cts: &[Option<Tracer>],
) -> Vec<Option<Tracer>> {
    let ins: Vec<Option<Tracer>> = vec![None; n].into_iter().chain(residuals.iter().map(|r| Some(*r))).collect();
    let cts: Vec<Option<Tracer>> = cts.iter().zip(active).filter(|c| *c.1).map(|c| *c.0).collect();
    transpose(linear, &ins, &cts)
}

/// A function's derivative at a point, as a linear function and its transpose: what `vjp` and `linearize` give.
#[pyclass(frozen, module = "raxla")]
pub struct Linear {
    linear: Program,
    residuals: Vec<Py<Array>>,
    ins: (TreeDef, Vec<ShapedArray>),
    outs: (TreeDef, Vec<ShapedArray>),
    active: Vec<bool>,
}
impl Linear {
    fn residuals(&self, py: Python) -> Vec<Tracer> {
        self.residuals.iter().map(|r| lift(r.bind(py))).collect()
    }
    /// The leaves of a tree that must have a structure and types; `None` where there is no tangent.
    fn given(
        py: Python,
        what: &str,
        object: &Object,
        (structure, avals): &(TreeDef, Vec<ShapedArray>),
    ) -> PyResult<Vec<Option<Tracer>>> {
        let (leaves, got) = flatten(object, None)?;
        if !got.same_shape(structure) {
            return Err(PyValueError::new_err(format!(
                "unexpected tree structure of argument to {what}: expected {structure:?}, got {got:?}"
            )));
        }
        let one = |(leaf, aval): (&Object, &ShapedArray)| {
            if !aval.dtype.is_inexact() {
                return Ok(None);
            }
            let Some(array) = crate::array::leaf(leaf)? else {
                return Err(crate::tree::not_an_array(py, what, "", leaf));
            };
            let tracer = lift(array.bind(py));
            let is = tracer.aval();
            if is.shape != aval.shape {
                return Err(PyValueError::new_err(format!(
                    "{what}: expected shape {:?}, got {:?}",
                    &aval.shape[..],
                    &is.shape[..]
                )));
            }
            if is.dtype != aval.dtype && !is.weak {
                let (want, got) = (to_numpy(py, aval.dtype)?, to_numpy(py, is.dtype)?);
                return Err(PyValueError::new_err(format!("{what}: expected cotangent type {want}, got {got}")));
            }
            Ok(Some(tracer.with_dtype(aval.dtype, false)))
        };
        leaves.iter().zip(avals).map(one).collect()
    }
}
#[pymethods]
impl Linear {
    /// The cotangents of the inputs for a cotangent of the output.
    fn transpose<'py>(&self, py: Python<'py>, ct: &Object<'py>) -> PyResult<Object<'py>> {
        let inexact = |a: &&ShapedArray| a.dtype.is_inexact();
        let (arrays, ()) = run_traced(py, "vjp", || {
            let cts = Linear::given(py, "vjp function", ct, &self.outs)?;
            let n = self.ins.1.iter().filter(inexact).count();
            let weak = self.outs.1.iter().all(|a| a.weak);
            let found = pull_back(&self.linear, n, &self.residuals(py), &self.active, &cts);
            let found = found
                .into_iter()
                .zip(self.ins.1.iter().filter(inexact))
                .map(|(g, a)| marked(g.unwrap_or_else(|| zeros(a)), a.weak && weak));
            Ok((found.collect(), ()))
        })?;
        let mut arrays = arrays.into_iter();
        let leaves = self.ins.1.iter().enumerate().map(|(i, aval)| match aval.dtype.is_inexact() {
            true => rebuild(py, &TreeDef::leaf(), &mut arrays),
            false => float0(py, aval, self.ins.0.key(i)),
        });
        TreeDef::unflatten(&self.ins.0, py, leaves.collect::<PyResult<Vec<_>>>()?)
    }
    /// The tangents of the outputs for tangents of the inputs.
    fn forward<'py>(&self, py: Python<'py>, tangents: &Object<'py>) -> PyResult<Object<'py>> {
        let (arrays, ()) = run_traced(py, "linearize", || {
            let tangents = Linear::given(py, "linearized function", tangents, &self.ins)?;
            let given: Vec<Tracer> = tangents.into_iter().flatten().chain(self.residuals(py)).collect();
            let mut outs = inline(&self.linear, &given).into_iter();
            let each = self.active.iter().zip(&self.outs.1);
            let tangent = |(active, aval): (&bool, &ShapedArray)| {
                marked(if *active { outs.next() } else { None }.unwrap_or_else(|| zeros(aval)), aval.weak)
            };
            Ok((each.map(tangent).collect(), ()))
        })?;
        rebuild(py, &self.outs.0, &mut arrays.into_iter())
    }
    fn __repr__(&self) -> String {
        self.linear.to_string()
    }
}
/// The value of a function at a tuple of arguments, its derivative there, and what else it gives.
#[pyfunction]
pub fn linearize_call<'py>(
    name: &str,
    fun: &Object<'py>,
    primals: &Bound<'py, PyTuple>,
    has_aux: bool,
) -> PyResult<(Object<'py>, Linear, Option<Object<'py>>)> {
    let py = fun.py();
    let (arrays, (linear, ins, outs, active, aux)) = run_traced(py, name, || {
        let Tree { mut leaves, structure } = lift_tree(primals.as_any(), "primal ")?;
        let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
        let inputs = Inputs::Values(leaves.clone());
        let (mut out_tree, mut aux) = (None, None);
        let Traced { program, captured } = trace(&avals, |inner| {
            inputs.tell(fun, inner, None);
            let inner = Tree { leaves: inner.to_vec(), structure: structure.clone() }.to_python(py);
            let out = or_raise(inner.cast::<PyTuple>().map_err(PyErr::from).and_then(|args| fun.call1(args)));
            let (out, rest) = if has_aux {
                let (out, rest) = or_raise(pair(&out, &format!("{name} with has_aux: the function")));
                (out, Some(rest))
            } else {
                (out, None)
            };
            let Tree { mut leaves, structure } = or_raise(lift_tree(&out, "output"));
            out_tree = Some((structure, leaves.len()));
            if let Some(rest) = rest {
                let rest = or_raise(lift_tree(&rest, "aux"));
                leaves.extend(rest.leaves);
                aux = Some(rest.structure);
            }
            leaves
        });
        let mut flags: Vec<bool> = avals.iter().map(|a| a.dtype.is_inexact()).collect();
        flags.resize(leaves.len() + captured.len(), false);
        leaves.extend(captured);
        let Linearized { outs, linear, residuals, mut active } = rewrite::linearize(&program, &leaves, &flags);
        let (out_structure, n) = out_tree.unwrap_or((TreeDef::leaf(), 0));
        let out_avals: Vec<ShapedArray> = outs[..n].iter().map(|t| t.aval()).collect();
        // Tangents of what is only carried along are left aside.
        let linear = rewrite::prune::prune(&linear, &{
            let mut carried = active.iter().enumerate().filter(|a| *a.1).map(|(i, _)| i < n);
            (0..linear.outs.len()).map(|_| carried.next().unwrap_or(false)).collect::<Vec<_>>()
        });
        active.truncate(n);
        Ok(([outs, residuals].concat(), (linear, (structure, avals), (out_structure, out_avals), active, aux)))
    })?;
    let mut arrays = arrays.into_iter();
    let value = rebuild(py, &outs.0, &mut arrays)?;
    let aux = aux.map(|structure| rebuild(py, &structure, &mut arrays)).transpose()?;
    Ok((value, Linear { linear, residuals: arrays.collect(), ins, outs, active }, aux))
}
/// Values and tangents of the outputs: forward mode.
#[pyfunction]
pub fn jvp_call<'py>(
    fun: &Object<'py>,
    primals: &Bound<'py, PyTuple>,
    tangents: &Bound<'py, PyTuple>,
    has_aux: bool,
) -> PyResult<(Object<'py>, Object<'py>, Option<Object<'py>>)> {
    let py = fun.py();
    let (arrays, (out_tree, aux)) = run_traced(py, "jvp", || {
        let Tree { mut leaves, structure } = lift_tree(primals.as_any(), "primal ")?;
        let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
        let strong: Vec<ShapedArray> = avals.iter().map(ShapedArray::strong).collect();
        let mut given = Linear::given(py, "jvp", tangents.as_any(), &(structure.clone(), strong))?;
        let inputs = Inputs::Values(leaves.clone());
        let (mut out_tree, mut aux) = (None, None);
        let Traced { program, captured } = trace(&avals, |inner| {
            inputs.tell(fun, inner, None);
            let inner = Tree { leaves: inner.to_vec(), structure: structure.clone() }.to_python(py);
            let out = or_raise(inner.cast::<PyTuple>().map_err(PyErr::from).and_then(|args| fun.call1(args)));
            let (out, rest) = if has_aux {
                let (out, rest) = or_raise(pair(&out, "jvp with has_aux: the function"));
                (out, Some(rest))
            } else {
                (out, None)
            };
            let Tree { mut leaves, structure } = or_raise(lift_tree(&out, "output"));
            out_tree = Some((structure, leaves.len()));
            if let Some(rest) = rest {
                let rest = or_raise(lift_tree(&rest, "aux"));
                leaves.extend(rest.leaves);
                aux = Some(rest.structure);
            }
            leaves
        });
        given.resize(leaves.len() + captured.len(), None);
        leaves.extend(captured);
        let dual = rewrite::jvp(&program, &leaves, &given);
        let (structure, n) = out_tree.unwrap_or((TreeDef::leaf(), 0));
        let tangents: Vec<Tracer> = dual.outs[..n]
            .iter()
            .zip(dual.tangents)
            .map(|(o, t)| marked(t.unwrap_or_else(|| rewrite::zeros_like(*o)), o.aval().weak))
            .collect();
        let (outs, rest) = dual.outs.split_at(n);
        Ok(([outs, &tangents, rest].concat(), (structure, aux)))
    })?;
    let mut arrays = arrays.into_iter();
    let value = rebuild(py, &out_tree, &mut arrays)?;
    let tangent = rebuild(py, &out_tree, &mut arrays)?;
    Ok((value, tangent, aux.map(|structure| rebuild(py, &structure, &mut arrays)).transpose()?))
}

/// The types and the structure of what a function gives, without computing it.
#[pyfunction]
pub fn eval_shape_call<'py>(
    fun: &Object<'py>,
    types: Vec<(Vec<usize>, Object<'py>, bool)>,
    structure: TreeDef,
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
        let out = traced(fun, &inputs, &Tree { leaves, structure }, "output");
        Ok((out.leaves, out.structure))
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
