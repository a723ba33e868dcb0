//! Whether objects are trees of a known structure, found without making theirs: what the calls of compiled functions begin with.

use super::{Kind, Node, TreeDef, same};
use crate::array::Array;
use pyo3::{
    prelude::*,
    types::{PyDict, PyList, PyTuple},
};
use smallvec::SmallVec;

/// The arrays at the leaves.
pub type Arrays<'py> = SmallVec<[Bound<'py, Array>; 16]>;

fn matches<'py>(node: &Node, object: &Bound<'py, PyAny>, found: &mut Arrays<'py>) -> bool {
    let py = object.py();
    match &node.kind {
        Kind::Leaf => match object.cast_exact::<Array>() {
            Ok(array) => {
                found.push(array.clone());
                true
            }
            Err(_) => false,
        },
        Kind::None => object.is_none(),
        Kind::Tuple => object.cast_exact::<PyTuple>().is_ok_and(|tuple| matches_all(&node.children, tuple, found)),
        Kind::Named(class) => {
            object.get_type().is(class.bind(py))
                && object.cast::<PyTuple>().is_ok_and(|tuple| matches_all(&node.children, tuple, found))
        }
        Kind::List => object.cast_exact::<PyList>().is_ok_and(|list| {
            list.len() == node.children.len()
                && node.children.iter().zip(list.iter()).all(|(child, item)| matches(child, &item, found))
        }),
        Kind::Dict(keys, _) => {
            object.cast_exact::<PyDict>().is_ok_and(|dict| matches_dict(keys, &node.children, dict, found))
        }
        Kind::Custom(class, data) => {
            if !object.get_type().is(class.class.bind(py)) {
                return false;
            }
            let Ok(parts) = class.flatten.bind(py).call1((object,)) else { return false };
            let Ok((children, own)) = parts.extract::<(Bound<PyAny>, Py<PyAny>)>() else { return false };
            let Ok(children) = children.try_iter().and_then(Iterator::collect::<PyResult<Vec<_>>>) else {
                return false;
            };
            children.len() == node.children.len()
                && same(py, data, &own)
                && node.children.iter().zip(&children).all(|(child, item)| matches(child, item, found))
        }
        // These are rare.
        Kind::Mapping(..) | Kind::Zeros(..) => false,
    }
}
fn matches_all<'py>(children: &[Node], tuple: &Bound<'py, PyTuple>, found: &mut Arrays<'py>) -> bool {
    tuple.len() == children.len() && children.iter().zip(tuple.iter()).all(|(child, item)| matches(child, &item, found))
}
fn matches_dict<'py>(
    keys: &[Py<PyAny>],
    children: &[Node],
    dict: &Bound<'py, PyDict>,
    found: &mut Arrays<'py>,
) -> bool {
    let item = |key: &Py<PyAny>| dict.get_item(key.bind(dict.py())).ok().flatten();
    dict.len() == keys.len()
        && keys.iter().zip(children).all(|(key, child)| item(key).is_some_and(|item| matches(child, &item, found)))
}
impl TreeDef {
    /// Whether this is the structure `(args,)` or `(args, kwargs)` of a call's arguments, and all leaves are arrays: finds these. What takes
    /// long to tell is no match either.
    pub fn match_call<'py>(
        &self,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
        found: &mut Arrays<'py>,
    ) -> bool {
        match (&self.root.children[..], kwargs.filter(|k| !k.is_empty())) {
            ([positional], None) => matches_all(&positional.children, args, found),
            ([positional, Node { kind: Kind::Dict(keys, _), children }], Some(kwargs)) => {
                matches_all(&positional.children, args, found) && matches_dict(keys, children, kwargs, found)
            }
            _ => false,
        }
    }
}
