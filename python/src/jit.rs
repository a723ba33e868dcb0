//! `jit`: functions of Python that are traced once for each kind of arguments, and then run at the speed of the compiled program.

use crate::{
    array::{Array, Value, leaf},
    border::{exception, of_error, of_runtime, or_raise, user_source},
    config::Mode,
    flags::{self, Flag},
    function::{Inputs, order},
    session::{active, lift_words, run_traced, standalone},
    transforms::rebuild,
    tree::{Tree, TreeDef, flatten_values, lift_tree, matching::Arrays},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyTuple},
};
use raxla::{
    Device, Program, ShapedArray, Tracer,
    ir::{
        primitives::Call,
        trace::{self, bind_at, input, trace},
    },
    pipeline::pipeline::{self, Flags, Stages},
    runtime::{self, OptionValue},
};
use smallvec::SmallVec;
use std::sync::{Arc, Mutex, PoisonError};

/// How many kinds of arguments a function remembers.
const CAPACITY: usize = 1024;

/// What a traced program depends on.
pub struct Kind {
    mode: Mode,
    /// The static arguments with their places: numbers of positional ones, names of others.
    statics: Vec<(Py<PyAny>, Py<PyAny>)>,
    pub tree: TreeDef,
    pub avals: Vec<ShapedArray>,
}
impl Kind {
    fn fits(&self, py: Python, call: &Called) -> bool {
        let same = |(a, b): (&(Py<PyAny>, Py<PyAny>), &(Bound<PyAny>, Bound<PyAny>))| {
            let equal = |a: &Py<PyAny>, b: &Bound<PyAny>| {
                a.is(b) || (a.bind(py).get_type().is(b.get_type()) && a.bind(py).eq(b).unwrap_or(false))
            };
            equal(&a.0, &b.0) && equal(&a.1, &b.1)
        };
        self.mode == Mode::now()
            && self.avals.len() == call.leaves.len()
            && self.statics.len() == call.statics.len()
            && self.statics.iter().zip(&call.statics).all(same)
            && self.tree == call.tree
    }
}
/// A function, traced.
pub struct Traced {
    pub kind: Kind,
    pub program: Program,
    /// Arrays that it captured, behind its arguments.
    pub constants: Vec<runtime::Array>,
    pub out: TreeDef,
}
/// A program that runs.
pub struct Entry {
    pub traced: Arc<Traced>,
    pub device: Device,
    pub stages: Arc<Stages>,
}
/// A program that other programs call.
struct Signature {
    kind: Kind,
    program: Program,
    out: TreeDef,
    /// For how many derivatives rules of the user's were traced.
    order: usize,
}
/// The arguments of a call.
pub struct Called<'py> {
    statics: Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>,
    pub leaves: Vec<Bound<'py, PyAny>>,
    pub tree: TreeDef,
}
impl<'py> Called<'py> {
    /// A call without static arguments.
    pub fn dynamic(args: &Bound<'py, PyTuple>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Called<'py>> {
        let kwargs = kwargs.filter(|kwargs| !kwargs.is_empty());
        let parts = [Some(args.as_any()), kwargs.map(|kwargs| kwargs.as_any())];
        let both = PyTuple::new(args.py(), parts.into_iter().flatten().collect::<Vec<_>>())?;
        let (leaves, tree) = flatten_values(both.as_any())?;
        Ok(Called { statics: vec![], leaves, tree })
    }
    /// Says in the structure which leaves are keys.
    pub fn mark(&mut self, handles: &[Py<Array>]) {
        if handles.iter().any(|a| a.get().keys.is_some()) {
            self.tree = self.tree.clone().with_keys(handles.iter().map(|a| a.get().keys).collect());
        }
    }
}

/// A compiled function; made by `raxla.jit`.
#[pyclass(frozen, dict, weakref, name = "PjitFunction", module = "raxla")]
pub struct Jit {
    fun: Py<PyAny>,
    pub name: String,
    inline: bool,
    static_argnums: Vec<isize>,
    static_argnames: Vec<String>,
    donate_argnums: Vec<usize>,
    donate_argnames: Vec<String>,
    parameters: Vec<String>,
    /// Flags of XLA's.
    flags: Flags,
    entries: Mutex<Vec<Arc<Entry>>>,
    signatures: Mutex<Vec<Arc<Signature>>>,
}
/// Adds to what a function remembers, and lets go of the first where that is too much.
fn keep<T>(all: &Mutex<Vec<Arc<T>>>, one: Arc<T>) {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    if all.len() >= CAPACITY {
        all.remove(0);
    }
    all.push(one);
}
/// The latest that fits. (Whether it does may run code of the user's, so that nothing is locked meanwhile.)
fn find<T>(all: &Mutex<Vec<Arc<T>>>, fits: impl Fn(&T) -> bool) -> Option<Arc<T>> {
    let lock = || all.lock().unwrap_or_else(PoisonError::into_inner);
    let last = lock().last().cloned()?;
    if fits(&last) {
        return Some(last);
    }
    let every = lock().clone();
    let found = every.into_iter().rev().find(|e| fits(e))?;
    let mut all = lock();
    if let Some(place) = all.iter().rposition(|e| Arc::ptr_eq(e, &found)) {
        all[place..].rotate_left(1);
    }
    Some(found)
}
impl Jit {
    pub fn called<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Called<'py>> {
        let mut statics = vec![];
        let kwargs = match kwargs {
            Some(kwargs) => kwargs.copy()?,
            None => PyDict::new(py),
        };
        let mut dynamic = args.clone();
        if !self.static_argnums.is_empty() || !self.static_argnames.is_empty() {
            let n = args.len() as isize;
            let numbers: Vec<usize> = self
                .static_argnums
                .iter()
                .map(|i| if *i < 0 { i + n } else { *i })
                .filter(|i| (0..n).contains(i))
                .map(|i| i as usize)
                .collect();
            let mut rest = vec![];
            for (i, value) in args.iter().enumerate() {
                if numbers.contains(&i) {
                    hashable(py, &value, &i.to_string())?;
                    statics.push((i.into_pyobject(py)?.into_any(), value));
                } else {
                    rest.push(value);
                }
            }
            for name in &self.static_argnames {
                if let Some(value) = kwargs.get_item(name)? {
                    hashable(py, &value, name)?;
                    kwargs.del_item(name)?;
                    statics.push((name.into_pyobject(py)?.into_any(), value));
                }
            }
            dynamic = PyTuple::new(py, rest)?;
        }
        Ok(Called { statics, ..Called::dynamic(&dynamic, Some(&kwargs))? })
    }
    fn kind(&self, called: &Called, avals: Vec<ShapedArray>) -> Kind {
        let statics = called.statics.iter().map(|(k, v)| (k.clone().unbind(), v.clone().unbind())).collect();
        Kind { mode: Mode::now(), statics, tree: called.tree.clone(), avals }
    }
    /// Calls the function on traced leaves.
    fn apply(&self, py: Python, called: &Called, tracers: &[Tracer]) -> Tree<Tracer> {
        let names = self.names(&called.tree, called);
        let fun = self.fun.bind(py);
        Inputs::Unknown("jit").tell(fun, tracers, Some(&names));
        let both = Tree { leaves: tracers.to_vec(), structure: called.tree.clone() }.to_python(py);
        let out = (|| {
            let dynamic = both.get_item(0)?;
            let kwargs = if both.len()? > 1 { both.get_item(1)?.cast_into::<PyDict>()? } else { PyDict::new(py) };
            let mut args: Vec<Bound<PyAny>> = dynamic.try_iter()?.collect::<PyResult<_>>()?;
            for (place, value) in &called.statics {
                match place.extract::<usize>() {
                    Ok(i) => args.insert(i.min(args.len()), value.clone()),
                    Err(_) => kwargs.set_item(place, value)?,
                }
            }
            flags::in_body(|| fun.call(PyTuple::new(py, args)?, Some(&kwargs)))
        })();
        or_raise(lift_tree(&or_raise(out), "output"))
    }
    /// What the leaves are called in messages: `params['w']`.
    fn names(&self, tree: &TreeDef, called: &Called) -> Vec<String> {
        let shifted = |i: usize| {
            let mut place = i;
            for (k, _) in &called.statics {
                if k.extract::<usize>().is_ok_and(|s| s <= place) {
                    place += 1;
                }
            }
            place
        };
        let name = |path: String| {
            let rest = path.strip_prefix("[0][").and_then(|p| p.split_once(']'));
            match rest.and_then(|(i, rest)| Some((self.parameters.get(shifted(i.parse().ok()?))?, rest))) {
                Some((name, rest)) => format!("{name}{rest}"),
                None => {
                    path.strip_prefix("[1]").or(path.strip_prefix("[0]")).unwrap_or(&path).replace(['[', ']', '\''], "")
                }
            }
        };
        tree.paths().into_iter().map(name).collect()
    }
    pub fn arrays<'py>(&self, py: Python<'py>, called: &Called<'py>) -> PyResult<Vec<Py<Array>>> {
        let one = |(i, object): (usize, &Bound<'py, PyAny>)| {
            leaf(object)?.ok_or_else(|| {
                let name = &self.names(&called.tree, called)[i];
                let class = object.get_type().name().map(|n| n.to_string()).unwrap_or_default();
                exception(py, "InvalidInputError", format!(
                    "Error interpreting argument to {} as an abstract array. The problematic value is of type {class} and was passed \
                     to the function at path {name}.\nThis typically means that a jit-wrapped function was called with a non-array \
                     argument, and this argument was not marked as static using the static_argnums or static_argnames parameters of jax.jit.",
                    crate::function::describe(self.fun.bind(py))
                ))
            })
        };
        called.leaves.iter().enumerate().map(one).collect()
    }
    /// The function at these types.
    pub fn traced(&self, py: Python, called: &Called, avals: Vec<ShapedArray>) -> PyResult<Traced> {
        let (program, constants, out) = standalone(py, || {
            let tracers: Vec<Tracer> = avals.iter().map(|a| input(a.clone())).collect();
            let out = self.apply(py, called, &tracers);
            Ok((out.leaves, out.structure))
        })?;
        Ok(Traced { kind: self.kind(called, avals), program, constants, out })
    }
    pub fn donated(&self, called: &Called) -> Vec<bool> {
        if self.donate_argnums.is_empty() && self.donate_argnames.is_empty() {
            return vec![];
        }
        let names = self.names(&called.tree, called);
        let wanted = |name: &String| {
            let root = name.split(['[', '.']).next().unwrap_or(name);
            let number = self.parameters.iter().position(|p| p == root);
            self.donate_argnames.iter().any(|n| n == root) || number.is_some_and(|i| self.donate_argnums.contains(&i))
        };
        names.iter().map(wanted).collect()
    }
    #[cold]
    fn compile(&self, py: Python, called: &Called, arrays: &[&runtime::Array]) -> PyResult<Arc<Entry>> {
        let traced = self.traced(py, called, arrays.iter().map(|a| a.aval().clone()).collect())?;
        let device = arrays.first().map(|a| a.device());
        Ok(Arc::new(self.compiled(py, Arc::new(traced), &self.donated(called), device, &[])?))
    }
    /// The traced function, compiled for a device, with more flags of XLA's than its own.
    pub fn compiled(
        &self,
        py: Python,
        traced: Arc<Traced>,
        donated: &[bool],
        device: Option<Device>,
        flags: &[(String, OptionValue)],
    ) -> PyResult<Entry> {
        crate::process::usable(py)?;
        let device = match device.or(traced.constants.first().map(|a| a.device())) {
            Some(device) => device,
            None => py.detach(crate::config::default_device).map_err(|e| of_runtime(py, e))?,
        };
        let flags = [&self.flags[..], flags].concat();
        let compile = || pipeline::compile(&traced.program, &self.name, donated, &device, &flags);
        let stages = py.detach(compile).map_err(|e| of_error(py, e))?;
        Ok(Entry { traced, device, stages })
    }
    /// The data of arrays, none of which is being traced.
    pub fn at_hand<'a>(&self, py: Python, handles: &'a [Py<Array>]) -> PyResult<Vec<&'a runtime::Array>> {
        let data = |handle: &'a Py<Array>| match &handle.get().value {
            Value::Array(data) => Ok(data),
            Value::Traced(_) => Err(exception(
                py,
                "UnexpectedTracerError",
                "leaked tracer: a traced value was passed to a function after its trace had ended",
            )),
        };
        handles.iter().map(data).collect()
    }
    /// The call, if it is like the latest one and all arguments are arrays.
    fn run_again<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if !self.static_argnums.is_empty() || !self.static_argnames.is_empty() {
            return Ok(None);
        }
        let Some(entry) = self.entries.lock().unwrap_or_else(PoisonError::into_inner).last().cloned() else {
            return Ok(None);
        };
        if entry.traced.kind.mode != Mode::now() {
            return Ok(None);
        }
        let mut handles = Arrays::new();
        if !entry.traced.kind.tree.match_call(args, kwargs, &mut handles) {
            return Ok(None);
        }
        let mut arrays: SmallVec<[&runtime::Array; 16]> = SmallVec::with_capacity(handles.len());
        for (i, (handle, aval)) in handles.iter().zip(&entry.traced.kind.avals).enumerate() {
            let array = handle.get();
            match &array.value {
                Value::Array(data) if data.aval() == aval && array.keys == entry.traced.kind.tree.key(i) => {
                    arrays.push(data)
                }
                _ => return Ok(None),
            }
        }
        if arrays.first().is_some_and(|a| !a.is_on(&entry.device)) {
            return Ok(None);
        }
        self.launch(py, &entry, &arrays).map(Some)
    }
    /// Runs the program.
    pub fn launch<'py>(
        &self,
        py: Python<'py>,
        entry: &Entry,
        arrays: &[&runtime::Array],
    ) -> PyResult<Bound<'py, PyAny>> {
        crate::process::usable(py)?;
        let Traced { program, constants, out, .. } = &*entry.traced;
        let run = || match &constants[..] {
            [] => entry.stages.run_donating(arrays),
            constants => {
                let all: SmallVec<[&runtime::Array; 16]> = arrays.iter().copied().chain(constants).collect();
                entry.stages.run_donating(&all)
            }
        };
        let outs = py.detach(run).map_err(|e| of_error(py, e.into()))?;
        crate::config::check_call(py, &self.name, program, arrays, constants, &outs)?;
        out.of_values(py, outs.into_iter().map(Value::Array))
    }
    fn run<'py>(&self, py: Python<'py>, mut called: Called<'py>) -> PyResult<Bound<'py, PyAny>> {
        let handles = self.arrays(py, &called)?;
        called.mark(&handles);
        let called = &called;
        let arrays = self.at_hand(py, &handles)?;
        let fits = |e: &Entry| {
            let kind = &e.traced.kind;
            kind.avals.iter().zip(&arrays).all(|(a, b)| a == b.aval())
                && arrays.first().is_none_or(|a| a.is_on(&e.device))
                && kind.fits(py, called)
        };
        let entry = match find(&self.entries, fits) {
            Some(entry) => entry,
            None => {
                let entry = self.compile(py, called, &arrays)?;
                keep(&self.entries, entry.clone());
                entry
            }
        };
        self.launch(py, &entry, &arrays)
    }
    fn call<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if crate::config::settings().disable_jit || self.inline && active() {
            return self.fun.bind(py).call(args, kwargs);
        }
        if active() {
            return self.nested(py, self.called(py, args, kwargs)?);
        }
        match self.run_again(py, args, kwargs)? {
            Some(out) => Ok(out),
            None => self.run(py, self.called(py, args, kwargs)?),
        }
    }
    /// Inside another trace: one equation that calls the program.
    fn nested<'py>(&self, py: Python<'py>, mut called: Called<'py>) -> PyResult<Bound<'py, PyAny>> {
        flags::use_nested(&self.name, &self.flags)?;
        let handles = self.arrays(py, &called)?;
        called.mark(&handles);
        let called = &called;
        let (arrays, out) = run_traced(py, &self.name, || {
            let mut ins: Vec<Tracer> = handles.iter().map(|a| lift_words(a.bind(py))).collect();
            let avals: Vec<ShapedArray> = ins.iter().map(|t| t.aval()).collect();
            let known = find(&self.signatures, |s: &Signature| {
                s.order >= order() && s.kind.avals == avals && s.kind.fits(py, called)
            });
            let (program, out) = match known {
                Some(s) => (s.program.clone(), s.out.clone()),
                None => {
                    let mut structure = None;
                    let trace::Traced { program, captured } = trace(&avals, |inner| {
                        let out = self.apply(py, called, inner);
                        structure = Some(out.structure);
                        out.leaves
                    });
                    let out = structure.unwrap_or_else(TreeDef::leaf);
                    if captured.is_empty() && raxla::ir::trace::axis_names().is_empty() {
                        let kind = self.kind(called, avals);
                        keep(
                            &self.signatures,
                            Arc::new(Signature { kind, program: program.clone(), out: out.clone(), order: order() }),
                        );
                    }
                    ins.extend(captured);
                    (program, out)
                }
            };
            let call = Call { name: self.name.clone(), program };
            Ok((bind_at(call.into(), &ins, user_source(py)).to_vec(), out))
        })?;
        rebuild(py, &out, &mut arrays.into_iter())
    }
}
fn hashable(py: Python, value: &Bound<PyAny>, place: &str) -> PyResult<()> {
    value.hash().map(drop).map_err(|_| {
        let class = value.get_type().name().map(|n| n.to_string()).unwrap_or_default();
        exception(
            py,
            "NonHashableStaticArgumentError",
            format!("Non-hashable static arguments are used in a jit function: argument {place} is a {class}"),
        )
    })
}

#[pymethods]
impl Jit {
    #[new]
    #[allow(clippy::too_many_arguments)]
    fn new(
        fun: Py<PyAny>,
        name: String,
        inline: bool,
        static_argnums: Vec<isize>,
        static_argnames: Vec<String>,
        donate_argnums: Vec<usize>,
        donate_argnames: Vec<String>,
        parameters: Vec<String>,
        flags: Vec<Flag>,
    ) -> Jit {
        let (entries, signatures) = Default::default();
        Jit {
            fun,
            name,
            inline,
            static_argnums,
            static_argnames,
            donate_argnums,
            donate_argnames,
            parameters,
            flags: flags.into_iter().map(|f| f.0).collect(),
            entries,
            signatures,
        }
    }
    #[pyo3(signature = (*args, **kwargs))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.call(py, args, kwargs).map_err(|error| crate::boundary::filtered(py, error))
    }
    fn __get__<'py>(
        slf: &Bound<'py, Jit>,
        object: &Bound<'py, PyAny>,
        class: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = class;
        crate::method::bound(slf.as_any(), object)
    }
    /// Forgets all programs.
    fn clear_cache(&self) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.signatures.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
    /// How many kinds of arguments it was compiled for.
    fn _cache_size(&self) -> usize {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
