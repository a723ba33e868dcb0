//! Typed keys: arrays whose elements are keys of random numbers, of dtype `key<fry>`. Below they are the words of the keys, `u32` with one more axis.
//!
//! Operations see the first word of each key in place of the key. What they do to it, where they only move elements, is then done to all
//! words, over an axis of words; what does more is refused.

use crate::tree::type_error;
use pyo3::{prelude::*, sync::PyOnceLock};
use raxla::{
    Tracer,
    ir::{
        primitives::{Op, Primitive},
        rewrite::{BatchAxis, Batched, batch},
        trace::slice_of,
    },
    random::Implementation,
};
use std::cell::RefCell;

/// Of which implementation the elements of an array are keys, if they are.
pub type Keys = Option<Implementation>;

/// Implementations: what they are called, how their dtype is written, and how many words a key has.
pub const IMPLEMENTATIONS: [(Implementation, &str, &str, usize); 3] = [
    (Implementation::Threefry2x32, "threefry2x32", "fry", 2),
    (Implementation::Rbg, "rbg", "rbg", 4),
    (Implementation::UnsafeRbg, "unsafe_rbg", "urbg", 4),
];
fn row(of: Implementation) -> (Implementation, &'static str, &'static str, usize) {
    IMPLEMENTATIONS.into_iter().find(|row| row.0 == of).unwrap_or(IMPLEMENTATIONS[0])
}
/// The implementation of a name.
pub fn named(name: &str) -> PyResult<Implementation> {
    match IMPLEMENTATIONS.iter().find(|row| row.1 == name) {
        Some(row) => Ok(row.0),
        None => {
            let known: Vec<String> = IMPLEMENTATIONS.iter().map(|row| format!("\"{}\"", row.1)).collect();
            Err(pyo3::exceptions::PyValueError::new_err(format!(
                "unrecognized PRNG implementation \"{name}\". Did you mean one of: {}?",
                known.join(", ")
            )))
        }
    }
}
/// What an implementation is called.
pub fn name(of: Implementation) -> &'static str {
    row(of).1
}
/// How many words its keys have.
pub fn words(of: Implementation) -> usize {
    row(of).3
}
/// The dtype of its keys, in words.
pub fn dtype_name(of: Implementation) -> String {
    format!("key<{}>", row(of).2)
}
/// The dtype of its keys: an object of `raxla.dtypes.KeyTy`.
pub fn dtype(py: Python<'_>, of: Implementation) -> PyResult<Bound<'_, PyAny>> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = MAKE.get_or_try_init(py, || py.import("raxla.dtypes")?.getattr("_key_dtype").map(Bound::unbind))?;
    make.bind(py).call1((name(of),))
}
/// The implementation that a dtype of keys is of.
pub fn of_dtype(object: &Bound<PyAny>) -> PyResult<Keys> {
    match object.getattr_opt("_implementation")? {
        Some(name) => Ok(Some(named(name.extract()?)?)),
        None => Ok(None),
    }
}

/// A key that the current operation met: its words, what stands for it, and its implementation.
struct Met {
    words: Tracer,
    word: Tracer,
    of: Implementation,
}
#[derive(Default)]
struct State {
    met: Vec<Met>,
    made: Vec<(Tracer, Implementation)>,
}
// What the operation under way, which calls no other, has met and made.
thread_local! { static STATE: RefCell<State> = RefCell::default(); }

/// The first word of each key, which stands for the key.
pub fn met(words: Tracer, of: Implementation) -> Tracer {
    let shape = words.shape();
    let word = words.slice_axis(-1, 0, 1).reshape(&shape[..shape.len() - 1]);
    STATE.with_borrow_mut(|s| s.met.push(Met { words, word, of }));
    word
}
/// Says that what an operation gives are the words of keys.
pub fn made(words: Tracer, of: Keys) -> Tracer {
    if let Some(of) = of {
        STATE.with_borrow_mut(|s| s.made.push((words, of)));
    }
    words
}

/// What an operation does to keys.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    /// It moves them.
    Move,
    /// It moves them to or from places that other arrays tell.
    Place,
    /// It compares them: they are equal if all words are.
    Equal,
    /// They differ if some words do.
    Differ,
}
/// The operations that keys are given to.
const OPERATIONS: [(Does, &[&str]); 4] = [
    (
        Does::Move,
        &[
            "append",
            "array",
            "array_split",
            "asarray",
            "atleast_1d",
            "atleast_2d",
            "atleast_3d",
            "broadcast",
            "broadcast_arrays",
            "broadcast_in_dim",
            "broadcast_to",
            "column_stack",
            "concat",
            "concatenate",
            "copy",
            "delete",
            "diagonal",
            "dsplit",
            "dstack",
            "empty_like",
            "expand_dims",
            "flatten",
            "flip",
            "fliplr",
            "flipud",
            "full",
            "full_like",
            "hsplit",
            "hstack",
            "insert",
            "matrix_transpose",
            "meshgrid",
            "moveaxis",
            "ones_like",
            "permute_dims",
            "ravel",
            "repeat",
            "reshape",
            "resize",
            "rev",
            "roll",
            "rollaxis",
            "rot90",
            "select",
            "select_n",
            "slice",
            "slice_in_dim",
            "split",
            "squeeze",
            "stack",
            "stop_gradient",
            "swapaxes",
            "tile",
            "transpose",
            "unstack",
            "vsplit",
            "vstack",
            "where",
            "zeros_like",
        ],
    ),
    (
        Does::Place,
        &[
            "at.get",
            "at.set",
            "choose",
            "dynamic_index_in_dim",
            "dynamic_slice",
            "dynamic_slice_in_dim",
            "dynamic_update_index_in_dim",
            "dynamic_update_slice",
            "dynamic_update_slice_in_dim",
            "gather",
            "getitem",
            "index_in_dim",
            "iter",
            "take",
            "take_along_axis",
        ],
    ),
    (Does::Equal, &["array_equal", "eq", "equal"]),
    (Does::Differ, &["ne", "not_equal"]),
];
/// Which of the arrays that an operation gives are keys; empty for none.
pub type Marks = Vec<Keys>;

/// Runs an operation: what it gives, and which of that are keys.
pub fn watched<K>(name: &str, f: impl FnOnce() -> PyResult<(Vec<Tracer>, K)>) -> PyResult<(Vec<Tracer>, (K, Marks))> {
    struct Restore(State);
    impl Drop for Restore {
        fn drop(&mut self) {
            STATE.set(std::mem::take(&mut self.0));
        }
    }
    let _restore = Restore(STATE.take());
    let done = f();
    let state = STATE.take();
    if state.met.is_empty() {
        let (outs, kind) = done?;
        let marks = if state.made.is_empty() {
            vec![]
        } else {
            outs.iter().map(|t| state.made.iter().find(|m| m.0 == *t).map(|m| m.1)).collect()
        };
        return Ok((outs, (kind, marks)));
    }
    let does = OPERATIONS.iter().find(|row| row.1.contains(&name.trim_start_matches('_'))).map(|row| row.0);
    let of = state.met[0].of;
    let refused = || type_error(format!("{name} does not accept dtype {}.", dtype_name(of)));
    let does = does.ok_or_else(refused)?;
    let (outs, kind) = done?;
    if let Some(other) = state.met.iter().find(|m| m.of != of) {
        return Err(type_error(format!("{name} does not accept dtypes {}, {}.", dtype_name(of), dtype_name(other.of))));
    }
    let outs =
        outs.into_iter().map(|t| applied(t, does, &state.met)).collect::<Option<Vec<_>>>().ok_or_else(refused)?;
    let marks = match does {
        Does::Move | Does::Place => vec![Some(of); outs.len()],
        Does::Equal | Does::Differ => vec![],
    };
    Ok((outs, (kind, marks)))
}
/// What an operation gives of all words, if `t` is what it gives of the first; `None` if more than keys went into it.
fn applied(t: Tracer, does: Does, met: &[Met]) -> Option<Tracer> {
    let slice = slice_of(t, |v| met.iter().any(|m| m.word == v))?;
    let size = words(met.first()?.of);
    let mut args = vec![];
    for ins in slice.captured {
        match met.iter().find(|m| m.word == ins) {
            Some(m) => args.push(Batched::new(m.words.moveaxis(-1, 0))),
            // A condition says which keys; other numbers cannot become keys.
            None if does == Does::Place || ins.dtype() == raxla::DType::Bool => {
                args.push(Batched { value: ins, batched: false })
            }
            None => return None,
        }
    }
    let joins = |op: &Op| matches!(op.name(), "select" | "concatenate");
    let constants = slice.program.consts.iter().any(|(_, literal)| literal.dtype() == raxla::DType::U32);
    if does == Does::Move && constants && slice.program.eqns.iter().any(|e| joins(&e.op)) {
        return None;
    }
    let axis = BatchAxis { size, name: None };
    let out = batch(&slice.program, &axis, &args).first()?.spread(&axis);
    Some(match does {
        Does::Move | Does::Place => out.moveaxis(0, -1),
        Does::Equal => out.all_axes(0),
        Does::Differ => out.any_axes(0),
    })
}
/// The words of keys of a shape, with the words as the last axis: what an array of keys of this shape holds.
pub fn shape(shape: &[usize], of: Keys) -> Vec<usize> {
    let mut all = shape.to_vec();
    all.extend(of.map(words));
    all
}
/// A shape without the axis of words.
pub fn seen(shape: &[usize], of: Keys) -> &[usize] {
    match of {
        Some(_) => shape.split_last().map_or(shape, |all| all.1),
        None => shape,
    }
}
/// An axis of keys as one of their words, which have one more at the end.
pub fn axis(axis: isize, of: Keys) -> isize {
    if of.is_some() && axis < 0 { axis - 1 } else { axis }
}
/// Fails with what a method of arrays says of keys.
pub fn refuse(of: Keys, message: &str) -> PyResult<()> {
    if of.is_some() { Err(type_error(message)) } else { Ok(()) }
}
