//! Functions of Python as functions of tracers: what transforms of the Rust library take.

use crate::{
    array::Array,
    border::or_raise,
    session::{Unknown, bind_inputs, lift_words, mark_unknown, nature},
    tree::{Tree, TreeDef, flatten, lift_tree},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyTuple},
};
use raxla::{
    Program, ShapedArray, Tracer,
    ir::trace::{Traced, slice_of, trace},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// The arguments of a call, of which some are arrays to be traced, and the others are passed on as they are.
pub struct Arguments<'py> {
    args: Vec<Bound<'py, PyAny>>,
    kwargs: Option<Bound<'py, PyDict>>,
}
impl<'py> Arguments<'py> {
    /// Of a call's tuple and dict.
    pub fn new(args: &Bound<'py, PyTuple>, kwargs: Option<&Bound<'py, PyDict>>) -> Arguments<'py> {
        Arguments { args: args.iter().collect(), kwargs: kwargs.cloned() }
    }
    /// Some positional arguments as one tuple.
    pub fn chosen(&self, py: Python<'py>, numbers: &[usize]) -> PyResult<Bound<'py, PyTuple>> {
        let missing = |i: &usize| {
            crate::tree::type_error(format!(
                "argnums names argument {i}, but the call has {} positional arguments",
                self.args.len()
            ))
        };
        let items = numbers.iter().map(|i| self.args.get(*i).cloned().ok_or_else(|| missing(i)));
        PyTuple::new(py, items.collect::<PyResult<Vec<_>>>()?)
    }
    /// Calls `f` with some positional arguments exchanged.
    pub fn call_with(
        &self,
        f: &Bound<'py, PyAny>,
        numbers: &[usize],
        items: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut args = self.args.clone();
        for (i, item) in numbers.iter().zip(items.try_iter()?) {
            args[*i] = item?;
        }
        f.call(PyTuple::new(f.py(), args)?, self.kwargs.as_ref())
    }
}

/// What the inputs of a function are known by while it is traced.
pub enum Inputs {
    /// They stand for these values.
    Values(Vec<Tracer>),
    /// They have no values: the transform's name.
    Unknown(&'static str),
}
impl Inputs {
    /// Says it of the tracers that a function is called with.
    pub fn tell(&self, function: &Bound<PyAny>, tracers: &[Tracer], names: Option<&[String]>) {
        match self {
            Inputs::Values(values) => bind_inputs(tracers, values),
            Inputs::Unknown(transform) => {
                let function: Rc<str> = describe(function).into();
                for (i, t) in tracers.iter().enumerate() {
                    let argument = names.and_then(|n| n.get(i).cloned());
                    mark_unknown(*t, Unknown { transform, function: function.clone(), argument });
                }
            }
        }
    }
}
/// A function's name.
pub fn name_of(function: &Bound<PyAny>) -> String {
    function.getattr("__name__").and_then(|n| n.extract()).unwrap_or_else(|_| "<unnamed>".into())
}
/// A function's name and place: `loss at train.py:12`.
pub fn describe(function: &Bound<PyAny>) -> String {
    let code =
        function.getattr("__wrapped__").and_then(|w| w.getattr("__code__")).or_else(|_| function.getattr("__code__"));
    let place = code.and_then(|c| {
        let (file, line): (String, u32) =
            (c.getattr("co_filename")?.extract()?, c.getattr("co_firstlineno")?.extract()?);
        Ok(format!(" at {file}:{line}"))
    });
    name_of(function) + &place.unwrap_or_default()
}
/// Calls a function of one tree, which is spread as its arguments, in a trace.
pub fn traced<'py>(f: &Bound<'py, PyAny>, inputs: &Inputs, args: &Tree<Tracer>, what: &str) -> Tree<Tracer> {
    let py = f.py();
    inputs.tell(f, &args.leaves, None);
    let args = args.to_python(py);
    let out = or_raise(args.cast::<PyTuple>().map_err(PyErr::from).and_then(|args| f.call1(args)));
    or_raise(lift_tree(&out, what))
}
/// Both parts of a pair that a function gave.
pub fn pair<'py>(object: &Bound<'py, PyAny>, what: &str) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    object.extract().map_err(|_| crate::tree::type_error(format!("{what} must return a pair, got {object}")))
}

thread_local! {
    /// How many derivatives will be taken of what is being traced.
    static ORDER: Cell<usize> = const { Cell::new(0) };
    /// The inputs that are differentiated in, of all functions that are being traced.
    static PERTURBED: RefCell<Vec<Tracer>> = RefCell::default();
}
/// How many derivatives will be taken of what is being traced: rules of the user's are traced for so many, since each usually calls its
/// own function, and would be traced for ever.
pub fn order() -> usize {
    ORDER.get()
}
/// Runs `f`, of which so many derivatives will be taken, in these inputs among others.
pub fn at_order<R>(order: usize, inputs: &[Tracer], f: impl FnOnce() -> R) -> R {
    struct Restore(usize, usize);
    impl Drop for Restore {
        fn drop(&mut self) {
            ORDER.set(self.0);
            PERTURBED.with_borrow_mut(|p| p.truncate(self.1));
        }
    }
    let known = PERTURBED.with_borrow_mut(|p| {
        p.extend(inputs);
        p.len() - inputs.len()
    });
    let _restore = Restore(ORDER.replace(order), known);
    f()
}
/// Whether a value may depend on an input that is differentiated in.
pub fn maybe_perturbed(t: Tracer) -> bool {
    use crate::session::Nature::*;
    if PERTURBED.with_borrow(|p| p.contains(&t)) {
        return true;
    }
    match nature(t) {
        Value => false,
        Unknown => true,
        Input(outer) => maybe_perturbed(outer),
        Computed => {
            let stop =
                |v: Tracer| v != t && (PERTURBED.with_borrow(|p| p.contains(&v)) || !matches!(nature(v), Computed));
            let captured = slice_of(t, stop).map_or(vec![t], |s| s.captured);
            captured.into_iter().any(|v| v == t || maybe_perturbed(v))
        }
    }
}

/// What a function gives beside its value: a tree of arrays, which are computed, and of anything else, which passes as it is.
pub struct Aux<'py> {
    structure: TreeDef,
    others: Vec<Option<Bound<'py, PyAny>>>,
}
impl<'py> Aux<'py> {
    /// Of what a function gave, and the arrays in it.
    fn of(object: &Bound<'py, PyAny>) -> PyResult<(Aux<'py>, Vec<Tracer>)> {
        let (leaves, structure) = flatten(object, None)?;
        let (mut arrays, mut keys) = (vec![], vec![]);
        let one = |leaf: Bound<'py, PyAny>| match leaf.cast::<Array>() {
            Ok(array) => {
                arrays.push(lift_words(array));
                keys.push(array.get().keys);
                None
            }
            Err(_) => {
                keys.push(None);
                Some(leaf)
            }
        };
        let others = leaves.into_iter().map(one).collect();
        Ok((Aux { structure: structure.with_keys(keys), others }, arrays))
    }
    /// With these arrays.
    pub fn rebuild(self, py: Python<'py>, arrays: &mut impl Iterator<Item = Py<Array>>) -> PyResult<Bound<'py, PyAny>> {
        let leaf = |(i, other): (usize, Option<Bound<'py, PyAny>>)| match other {
            Some(other) => Some(Ok(other)),
            None => Some(Bound::new(py, arrays.next()?.get().marked(self.structure.key(i))).map(Bound::into_any)),
        };
        let leaves = self.others.into_iter().enumerate().filter_map(leaf).collect::<PyResult<Vec<_>>>()?;
        TreeDef::unflatten(&self.structure, py, leaves)
    }
}
/// A function that has been traced to be differentiated.
pub struct Staged<'py> {
    /// From the inputs, then `captured`, to the leaves of the value, then the arrays of `aux`.
    pub program: Program,
    /// What it captured.
    pub captured: Vec<Tracer>,
    /// The structure of the value.
    pub structure: TreeDef,
    /// What it gives beside.
    pub aux: Option<Aux<'py>>,
}
impl<'py> Staged<'py> {
    /// Traces `call` at the leaves of arguments, of which `times` derivatives will be taken here. With `has_aux` it gives a pair. `value`
    /// says what is right as a value.
    pub fn new(
        (name, has_aux, times): (&str, bool, usize),
        function: &Bound<'py, PyAny>,
        leaves: &[Tracer],
        call: impl FnOnce(&[Tracer]) -> PyResult<Bound<'py, PyAny>>,
        value: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<Tree<Tracer>>,
    ) -> PyResult<Staged<'py>> {
        let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
        let inputs = Inputs::Values(leaves.to_vec());
        let mut made = None;
        let Traced { program, captured } = trace(&avals, |inner| {
            inputs.tell(function, inner, None);
            let floats: Vec<Tracer> = inner.iter().copied().filter(|t| t.dtype().is_inexact()).collect();
            let out = or_raise(at_order(order() + times, &floats, || call(inner)));
            let (out, rest) = if has_aux {
                let (out, rest) = or_raise(pair(&out, &format!("{name} with has_aux: the function")));
                (out, Some(or_raise(Aux::of(&rest))))
            } else {
                (out, None)
            };
            let Tree { mut leaves, structure } = or_raise(value(&out));
            let aux = rest.map(|(aux, arrays)| {
                leaves.extend(arrays);
                aux
            });
            made = Some((structure, aux));
            leaves
        });
        let (structure, aux) =
            made.ok_or_else(|| crate::tree::type_error(format!("{name}: the function was not traced")))?;
        Ok(Staged { program, captured, structure, aux })
    }
}
