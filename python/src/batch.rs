//! `vmap`: functions of Python over a batch.

use crate::{
    border::or_raise,
    function::{Inputs, traced},
    session::run_traced,
    transforms::rebuild,
    tree::{Tree, TreeDef, broadcast_prefix, lift_tree, type_error},
};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyTuple};
use raxla::{
    Tracer, Vmap,
    ir::function::Function,
    transforms::{InAxes, LeafAxes},
};
use std::{cell::RefCell, rc::Rc};

type Object<'py> = Bound<'py, PyAny>;

/// Batch axes of the leaves of the arguments.
#[derive(Clone)]
struct Axes(Vec<Option<isize>>);
impl InAxes for Axes {
    fn expand(&self, _: &[usize]) -> Result<Vec<Option<isize>>, String> {
        Ok(self.0.clone())
    }
}
/// Batch axes of the leaves of the outputs, which are known when the function has been traced.
#[derive(Clone)]
struct OutAxes(Rc<RefCell<Vec<Option<isize>>>>);
impl LeafAxes for OutAxes {
    fn expand(&self, leaves: usize) -> Result<Vec<Option<isize>>, usize> {
        let axes = self.0.borrow().clone();
        if axes.len() == leaves { Ok(axes) } else { Err(axes.len()) }
    }
}
fn axes_of<'py>(what: &str, axes: &Object<'py>, tree: &TreeDef) -> PyResult<Vec<Option<isize>>> {
    let wrong = |e: PyErr| {
        PyValueError::new_err(format!("vmap {what} must be an int, None, or a tree prefix of the values: {e}"))
    };
    let all = broadcast_prefix(axes, tree, None).map_err(wrong)?;
    all.iter()
        .enumerate()
        .map(|(i, a)| {
            let axis = a.extract::<Option<isize>>();
            let axis = axis.map_err(|_| type_error(format!("vmap {what} must be ints or None, got {a}")))?;
            Ok(axis.map(|axis| crate::keys::axis(axis, tree.key(i))))
        })
        .collect()
}
/// A function over a batch, at a tuple of arguments (the keyword arguments are the last of them, in a dict).
#[pyfunction]
#[pyo3(signature = (fun, args, in_axes, out_axes, axis_name = None, axis_size = None))]
pub fn vmap_call<'py>(
    fun: &Object<'py>,
    args: &Bound<'py, PyTuple>,
    in_axes: &Object<'py>,
    out_axes: &Object<'py>,
    axis_name: Option<String>,
    axis_size: Option<usize>,
) -> PyResult<Object<'py>> {
    let py = fun.py();
    let (arrays, structure) = run_traced(py, "vmap", || {
        let args = lift_tree(args.as_any(), "argument ")?;
        let axes = Axes(axes_of("in_axes", in_axes, &args.structure)?);
        let outs = OutAxes(Rc::default());
        let found = outs.clone();
        let f = |args: Tree<Tracer>| {
            let out = traced(fun, &Inputs::Unknown("vmap"), &args, "output");
            *found.0.borrow_mut() = or_raise(axes_of("out_axes", out_axes, &out.structure));
            out
        };
        let mut vmap = Vmap::over(axes).out_axis(outs);
        if let Some(name) = &axis_name {
            vmap = vmap.axis_name(name);
        }
        if let Some(size) = axis_size {
            vmap = vmap.axis_size(size);
        }
        let out = vmap.of(f).apply((args,));
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
