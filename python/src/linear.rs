//! Derivatives as linear functions: `vjp`, `linearize`, `jvp`, `linear_transpose`.

use crate::{
    array::Array,
    border::exception,
    dtype::to_numpy,
    function::Staged,
    keys::{self, Keys},
    session::{lift, run_traced},
    transforms::rebuild,
    tree::{Tree, TreeDef, flatten, lift_tree},
};
use pyo3::{prelude::*, types::PyTuple};
use raxla::{
    Program, ShapedArray, Tracer,
    ir::{
        rewrite::{self, Linearized, jvp::zeros, transpose},
        trace::{Traced, inline, trace},
    },
};
use std::hash::{DefaultHasher, Hash, Hasher};

type Object<'py> = Bound<'py, PyAny>;

/// What stands for the tangent of what has none: NumPy's zeros of JAX's dtype `float0`.
pub fn float0<'py>(py: Python<'py>, aval: &ShapedArray, keys: Keys) -> PyResult<Object<'py>> {
    let shape = PyTuple::new(py, keys::seen(&aval.shape, keys))?;
    py.import("raxla.dtypes")?.getattr("_float0_zeros")?.call1((shape,))
}
/// Tangents or cotangents in a structure, with `float0` for what has none.
fn rebuild_tangents<'py>(
    py: Python<'py>,
    (structure, avals): &(TreeDef, Vec<ShapedArray>),
    counts: fn(&ShapedArray) -> bool,
    arrays: &mut impl Iterator<Item = Py<Array>>,
) -> PyResult<Object<'py>> {
    let leaves = avals.iter().enumerate().map(|(i, aval)| match counts(aval) {
        true => rebuild(py, &TreeDef::leaf(), arrays),
        false => float0(py, aval, structure.key(i)),
    });
    TreeDef::unflatten(structure, py, leaves.collect::<PyResult<Vec<_>>>()?)
}
/// Whether values of a type have tangents.
fn inexact(aval: &ShapedArray) -> bool {
    aval.dtype.is_inexact()
}
/// A tangent or cotangent, as a number of no dtype of its own or not.
pub fn marked(x: Tracer, weak: bool) -> Tracer {
    x.with_dtype(x.dtype(), weak)
}
/// Cotangents of the `n` active inputs of a linear program.
pub fn pull_back(
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
/// The leaves of a tree that must have a structure and types; `None` for `float0`.
fn tangents(
    py: Python,
    what: &str,
    object: &Object,
    (structure, avals): &(TreeDef, Vec<ShapedArray>),
    counts: fn(&ShapedArray) -> bool,
) -> PyResult<Vec<Option<Tracer>>> {
    let (mut leaves, got) = flatten(object, None)?;
    let wrong = |message: String| exception(py, "TraceError", message);
    // Where the function gives `float0` itself, that is no leaf, whatever stands there.
    let beside_zeros = || structure.flatten_up_to(py, object).ok().filter(|_| structure.has_zeros());
    if !got.same_shape(structure) {
        let Some(found) = beside_zeros() else {
            let message =
                format!("{what}: the tree structure must be that of the function, {structure:?}, got {got:?}");
            return Err(wrong(message));
        };
        leaves = found;
    }
    let one = |(leaf, aval): (&Object, &ShapedArray)| {
        if !counts(aval) {
            let float0 = py.import("raxla.dtypes")?.getattr("float0")?;
            let zero = leaf.getattr("dtype").is_ok_and(|d| d.eq(float0).unwrap_or(false));
            return match zero {
                true => Ok(None),
                false => Err(wrong(format!("{what}: what belongs to {aval} must have the dtype float0, got {leaf}"))),
            };
        }
        let Some(array) = crate::array::leaf(leaf)? else {
            return Err(crate::tree::not_an_array(py, what, "", leaf));
        };
        let tracer = lift(array.bind(py));
        let is = tracer.aval();
        if is.shape != aval.shape || is.dtype != aval.dtype {
            return Err(wrong(format!("{what}: expected the type {}, got {}", aval.strong(), is.strong())));
        }
        Ok(Some(tracer))
    };
    leaves.iter().zip(avals).map(one).collect()
}

/// The program of a linear function, or of the transpose of one, without the values that it depends on besides.
///
/// Called with a tuple of these values, and then what it is linear in.
#[pyclass(frozen, module = "raxla")]
pub struct Linear {
    /// What it is called in messages.
    name: &'static str,
    program: Program,
    ins: (TreeDef, Vec<ShapedArray>),
    outs: (TreeDef, Vec<ShapedArray>),
    /// Which outputs depend on the inputs.
    active: Vec<bool>,
    transposed: bool,
    /// Which values it is linear in.
    counts: fn(&ShapedArray) -> bool,
}
impl Linear {
    /// Cotangents of the inputs.
    fn transpose<'py>(&self, py: Python<'py>, residuals: &[Tracer], ct: &Object<'py>) -> PyResult<Vec<Tracer>> {
        let cts = tangents(py, self.name, ct, &self.outs, self.counts)?;
        // A number of no dtype of its own stays one, unless a cotangent or an operation has one.
        let weak = self.outs.1.iter().zip(&cts).all(|(a, ct)| !a.weak || ct.is_none_or(|ct| ct.aval().weak));
        let complex = self.outs.1.iter().any(|a| !a.weak);
        let cts: Vec<_> = cts.into_iter().map(|ct| ct.map(|ct| marked(ct, false))).collect();
        let n = self.ins.1.iter().filter(|a| (self.counts)(a)).count();
        let found = pull_back(&self.program, n, residuals, &self.active, &cts).into_iter();
        let found = found.zip(self.ins.1.iter().filter(|a| (self.counts)(a))).map(|(g, a)| {
            let weak = a.weak && weak && (a.dtype.is_float() || !complex);
            marked(g.unwrap_or_else(|| zeros(a)), weak)
        });
        Ok(found.collect())
    }
    /// Tangents of the outputs.
    fn forward<'py>(&self, py: Python<'py>, residuals: &[Tracer], given: &Object<'py>) -> PyResult<Vec<Tracer>> {
        let given = tangents(py, self.name, given, &self.ins, self.counts)?;
        let weak = given.iter().flatten().all(|t| t.aval().weak);
        let given = given.into_iter().flatten().map(|t| marked(t, false));
        let given: Vec<Tracer> = given.chain(residuals.iter().copied()).collect();
        let mut outs = inline(&self.program, &given).into_iter();
        let each = self.active.iter().zip(&self.outs.1).map(|(active, aval)| {
            let out = if *active { outs.next() } else { None };
            marked(out.unwrap_or_else(|| zeros(aval)), aval.weak && weak)
        });
        Ok(each.zip(&self.outs.1).filter(|o| (self.counts)(o.1)).map(|o| o.0).collect())
    }
}
#[pymethods]
impl Linear {
    #[pyo3(signature = (residuals, *args))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        residuals: Vec<Py<Array>>,
        args: &Bound<'py, PyTuple>,
    ) -> PyResult<Object<'py>> {
        if self.transposed && args.len() != 1 {
            return Err(crate::tree::type_error(format!(
                "{} takes one argument, of the structure of the function's output, got {} arguments; put the cotangents of a tuple in one",
                self.name,
                args.len()
            )));
        }
        let (arrays, ()) = run_traced(py, self.name, || {
            let residuals: Vec<Tracer> = residuals.iter().map(|r| lift(r.bind(py))).collect();
            let outs = match self.transposed {
                true => self.transpose(py, &residuals, &args.get_item(0)?)?,
                false => self.forward(py, &residuals, args.as_any())?,
            };
            Ok((outs, ()))
        })?;
        rebuild_tangents(py, if self.transposed { &self.ins } else { &self.outs }, self.counts, &mut arrays.into_iter())
    }
    fn __eq__(&self, other: &Bound<PyAny>) -> bool {
        other.cast::<Linear>().is_ok_and(|other| {
            let other = other.get();
            (self.transposed, &self.ins, &self.outs) == (other.transposed, &other.ins, &other.outs)
                && (&self.active, &self.program) == (&other.active, &other.program)
        })
    }
    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.program, self.transposed).hash(&mut hasher);
        hasher.finish()
    }
    fn __repr__(&self) -> String {
        self.program.to_string()
    }
}
/// The value of a function at a tuple of arguments; its derivative there, as a linear function and its residuals; and what else it gives.
#[pyfunction]
pub fn linearize_call<'py>(
    name: &str,
    fun: &Object<'py>,
    primals: &Bound<'py, PyTuple>,
    has_aux: bool,
) -> PyResult<(Object<'py>, Linear, Bound<'py, PyTuple>, Option<Object<'py>>)> {
    let py = fun.py();
    let (arrays, (linear, beside, aux)) = run_traced(py, name, || {
        let Tree { mut leaves, structure } = lift_tree(primals.as_any(), "primal ")?;
        let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
        let call = |inner: &[Tracer]| {
            let inner = Tree { leaves: inner.to_vec(), structure: structure.clone() }.to_python(py);
            fun.call1(inner.cast::<PyTuple>()?)
        };
        let value = |out: &Object<'py>| lift_tree(out, "output");
        // A derivative of the linear function is one of the function once more.
        let Staged { program, captured, structure: out_tree, aux } =
            Staged::new((name, has_aux, 2), fun, &leaves, call, value)?;
        let mut flags: Vec<bool> = avals.iter().map(|a| a.dtype.is_inexact()).collect();
        flags.resize(leaves.len() + captured.len(), false);
        leaves.extend(captured);
        let Linearized { outs, linear, residuals, mut active } = rewrite::linearize(&program, &leaves, &flags);
        let n = out_tree.leaves();
        let out_avals: Vec<ShapedArray> = outs[..n].iter().map(|t| t.aval()).collect();
        // Tangents of what is only carried along are left aside.
        let linear = rewrite::prune::prune(&linear, &{
            let mut carried = active.iter().enumerate().filter(|a| *a.1).map(|(i, _)| i < n);
            (0..linear.outs.len()).map(|_| carried.next().unwrap_or(false)).collect::<Vec<_>>()
        });
        active.truncate(n);
        let (transposed, beside) = (name == "vjp", outs.len() - n);
        let name = if transposed { "the function that vjp gives" } else { "the function that linearize gives" };
        let linear = Linear {
            name,
            program: linear,
            ins: (structure, avals),
            outs: (out_tree, out_avals),
            active,
            transposed,
            counts: inexact,
        };
        Ok(([outs, residuals].concat(), (linear, beside, aux)))
    })?;
    let mut arrays = arrays.into_iter();
    let value = rebuild(py, &linear.outs.0, &mut arrays)?;
    let mut beside = arrays.by_ref().take(beside).collect::<Vec<_>>().into_iter();
    let aux = aux.map(|aux| aux.rebuild(py, &mut beside)).transpose()?;
    Ok((value, linear, PyTuple::new(py, arrays)?, aux))
}
/// The transpose of a linear function of arguments of these types, and what else it depends on.
#[pyfunction]
pub fn transpose_call<'py>(
    fun: &Object<'py>,
    types: Vec<(Vec<usize>, crate::dtype::Dtype, bool)>,
    structure: TreeDef,
) -> PyResult<(Linear, Bound<'py, PyTuple>)> {
    let py = fun.py();
    let (arrays, linear) = run_traced(py, "linear_transpose", || {
        let avals: Vec<ShapedArray> = types
            .iter()
            .map(|(shape, dtype, weak)| ShapedArray { weak: *weak, ..ShapedArray::new(shape, dtype.0) })
            .collect();
        let inputs = crate::function::Inputs::Unknown("linear_transpose");
        let mut out = None;
        let Traced { program, captured } = trace(&avals, |inner| {
            let args = Tree { leaves: inner.to_vec(), structure: structure.clone() };
            let made = crate::function::traced(fun, &inputs, &args, "output");
            out = Some(made.structure);
            made.leaves
        });
        let outs = (out.unwrap_or_else(TreeDef::leaf), program.out_avals());
        let all = |avals: &[ShapedArray], of: fn(&ShapedArray) -> bool| avals.iter().all(of);
        let integer = |a: &ShapedArray| a.dtype.is_integer();
        if !(all(&avals, inexact) && all(&outs.1, inexact) || all(&avals, integer) && all(&outs.1, integer)) {
            let names = |avals: &[ShapedArray]| {
                avals.iter().map(|a| Ok(to_numpy(py, a.dtype)?.to_string())).collect::<PyResult<Vec<_>>>()
            };
            return Err(crate::tree::type_error(format!(
                "linear_transpose only supports [float or complex] -> [float or complex], and integer -> integer functions, but got {:?} -> {:?}.",
                names(&avals)?,
                names(&outs.1)?
            )));
        }
        let active = vec![true; outs.1.len()];
        let name = "the function that linear_transpose gives";
        Ok((
            captured,
            Linear { name, program, ins: (structure, avals), outs, active, transposed: true, counts: |_| true },
        ))
    })?;
    Ok((linear, PyTuple::new(py, arrays)?))
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
    let (arrays, (outs, aux)) = run_traced(py, "jvp", || {
        let Tree { mut leaves, structure } = lift_tree(primals.as_any(), "primal ")?;
        let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
        let given = self::tangents(py, "jvp: tangents", tangents.as_any(), &(structure.clone(), avals), inexact)?;
        let mut given: Vec<_> = given.into_iter().map(|t| t.map(|t| marked(t, false))).collect();
        let call = |inner: &[Tracer]| {
            let inner = Tree { leaves: inner.to_vec(), structure: structure.clone() }.to_python(py);
            fun.call1(inner.cast::<PyTuple>()?)
        };
        let value = |out: &Object<'py>| lift_tree(out, "output");
        let Staged { program, captured, structure: out_tree, aux } =
            Staged::new(("jvp", has_aux, 1), fun, &leaves, call, value)?;
        given.resize(leaves.len() + captured.len(), None);
        leaves.extend(captured);
        let dual = rewrite::jvp(&program, &leaves, &given);
        let n = out_tree.leaves();
        let out_avals: Vec<ShapedArray> = dual.outs[..n].iter().map(|o| o.aval()).collect();
        let tangents = dual.outs[..n].iter().zip(dual.tangents).filter(|o| o.0.dtype().is_inexact());
        let tangents: Vec<Tracer> =
            tangents.map(|(o, t)| marked(t.unwrap_or_else(|| rewrite::zeros_like(*o)), o.aval().weak)).collect();
        let (outs, rest) = dual.outs.split_at(n);
        Ok(([outs, &tangents, rest].concat(), ((out_tree, out_avals), aux)))
    })?;
    let mut arrays = arrays.into_iter();
    let value = rebuild(py, &outs.0, &mut arrays)?;
    let tangent = rebuild_tangents(py, &outs, inexact, &mut arrays)?;
    Ok((value, tangent, aux.map(|aux| aux.rebuild(py, &mut arrays)).transpose()?))
}
