//! Functions with a rule of the user's for batches: `custom_vmap`.

use crate::{
    border::or_raise,
    custom::call,
    function::{Inputs, at_order, order, pair, traced},
    session::{Nature, active, nature, run_traced, value_of},
    transforms::rebuild,
    tree::{Tree, TreeDef, flatten, lift_tree},
};
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    types::{PyList, PyTuple},
};
use raxla::{
    ShapedArray, Tracer,
    ir::{
        primitives::custom_vmap::{BatchRule, custom_vmap_at},
        pytree::unflatten,
        rewrite::{BatchAxis, Batched, nested::inside_closed},
        trace::{Traced, constant, inline, trace},
    },
    transforms::arguments_of,
};
use std::sync::{Mutex, PoisonError};

type Object<'py> = Bound<'py, PyAny>;

/// A rule of the user's for batches: `rule(axis_size, in_batched, *args)`, which gives the outputs and which of them are batched.
#[pyclass(frozen, module = "raxla")]
pub struct VmapRule {
    rule: Py<PyAny>,
    /// What it is for calls of one structure, of which so many derivatives are taken: so that equal calls make equal programs.
    made: Mutex<Vec<((TreeDef, TreeDef, usize), BatchRule)>>,
}
#[pymethods]
impl VmapRule {
    #[new]
    fn new(rule: Py<PyAny>) -> VmapRule {
        VmapRule { rule, made: Mutex::default() }
    }
}
impl VmapRule {
    fn of(&self, py: Python, call: Call) -> BatchRule {
        let key = (call.ins.clone(), call.outs.clone(), call.ahead);
        let known = || {
            let made = self.made.lock().unwrap_or_else(PoisonError::into_inner).clone();
            made.into_iter().find(|m| m.0 == key).map(|m| m.1)
        };
        if let Some(known) = known() {
            return known;
        }
        let rule = self.rule.clone_ref(py);
        let made = BatchRule::new(&call.name.clone(), move |axis, ins| {
            Python::attach(|py| or_raise(call.batch(rule.bind(py), axis, ins)))
        });
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push((key, made.clone()));
        made
    }
}
/// What a rule needs to know of a call.
struct Call {
    name: String,
    ins: TreeDef,
    outs: TreeDef,
    /// How many derivatives are taken of it.
    ahead: usize,
}
impl Call {
    fn batch(&self, rule: &Object, axis: &BatchAxis, ins: &[Batched]) -> PyResult<Vec<Batched>> {
        let (flags, values) = arguments_of(&self.name, ins, self.ins.leaves());
        let ahead = order() + self.ahead;
        let mut out_flags = vec![];
        let mut run = |values: &[Tracer]| -> PyResult<Vec<Tracer>> {
            let (outs, batched) = at_order(ahead, &[], || self.outs_of(rule, axis.size, &flags, values))?;
            out_flags = batched;
            Ok(outs)
        };
        let outs = if inside_closed() {
            // A body has no operands besides its own: what the rule knows the value of is a constant there.
            let avals: Vec<ShapedArray> = values.iter().map(|t| t.aval()).collect();
            let Traced { program, captured } = trace(&avals, |args| or_raise(run(args)));
            let known = |t: Tracer| match nature(t) {
                Nature::Value => value_of(rule.py(), t).map(|v| v.map_or(t, constant)),
                _ => Ok(t),
            };
            let captured = captured.into_iter().map(known).collect::<PyResult<Vec<_>>>()?;
            inline(&program, &[values, captured].concat())
        } else {
            run(&values)?
        };
        Ok(outs.into_iter().zip(out_flags).map(|(value, batched)| Batched { value, batched }).collect())
    }
    fn outs_of(
        &self,
        rule: &Object,
        size: usize,
        flags: &[bool],
        values: &[Tracer],
    ) -> PyResult<(Vec<Tracer>, Vec<bool>)> {
        let py = rule.py();
        let flags = flags.iter().map(|f| f.into_pyobject(py).map(|f| f.to_owned().into_any()));
        let flags = TreeDef::unflatten(&self.ins, py, flags.collect::<Result<Vec<_>, _>>()?)?;
        let flags = PyList::new(py, flags.try_iter()?.collect::<PyResult<Vec<_>>>()?)?;
        let args: Tree<Tracer> = unflatten(&self.ins, values.iter().copied());
        let args = args.to_python(py);
        let mut all = vec![size.into_pyobject(py)?.into_any(), flags.into_any()];
        all.extend(args.try_iter()?.collect::<PyResult<Vec<_>>>()?);
        let found = rule.call1(PyTuple::new(py, all)?)?;
        let (out, batched) = pair(&found, "custom_vmap: the rule")?;
        let (out, (batched, spec)) = (lift_tree(&out, "output")?, flatten(&batched, None)?);
        let name = crate::function::describe(rule);
        if !out.structure.same_shape(&spec) {
            return Err(PyValueError::new_err(format!(
                "structure of output value and output batching specification returned by custom vmap rule ({name}) do not match.\nOutput \
                 values: {:?}\nBatching spec: {spec:?}",
                out.structure
            )));
        }
        if !out.structure.same_shape(&self.outs) {
            return Err(PyValueError::new_err(format!(
                "structure of output returned by custom vmap rule ({name}) does not match that of original custom-vmapped \
                 function.\nOriginal output: {:?}\nRule output: {:?}",
                self.outs, out.structure
            )));
        }
        let batched = batched.iter().map(|b| b.is_truthy()).collect::<PyResult<_>>()?;
        Ok((out.leaves, batched))
    }
}
/// A function with a rule of the user's for batches.
#[pyfunction]
pub fn custom_vmap_call<'py>(
    fun: &Object<'py>,
    rule: &Bound<'py, VmapRule>,
    args: &Bound<'py, PyTuple>,
) -> PyResult<Object<'py>> {
    let py = fun.py();
    // Nothing maps what runs at once.
    let mapped = active();
    let (arrays, structure) = run_traced(py, "custom_vmap", || {
        let args = lift_tree(args.as_any(), "argument ")?;
        if !mapped {
            let out = call(fun, &args)?;
            return Ok((out.leaves, out.structure));
        }
        let inputs = Inputs::Values(args.leaves.clone());
        // Of what the function gave.
        let structure = std::cell::RefCell::new(TreeDef::leaf());
        let outs = custom_vmap_at(
            &args.leaves,
            |leaves| {
                let args = Tree { leaves: leaves.to_vec(), structure: args.structure.clone() };
                let made = traced(fun, &inputs, &args, "output");
                *structure.borrow_mut() = made.structure;
                made.leaves
            },
            || {
                let outs = structure.borrow().clone();
                let name = crate::function::name_of(fun);
                rule.get().of(py, Call { name, ins: args.structure.clone(), outs, ahead: order() })
            },
            crate::border::user_source(py),
        );
        Ok((outs, structure.into_inner()))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
