//! [`Tree`]: trees of Python's structure with leaves of one type, for the transforms of the Rust library.

use super::{TreeDef, flatten_values};
use crate::border::{exception, or_raise};
use pyo3::{exceptions::PyTypeError, prelude::*};
use raxla::pytree::{Leaf, Pytree, next};

/// A tree of Python's structure with leaves of one type, for the transforms of the Rust library.
pub struct Tree<T> {
    /// The leaves.
    pub leaves: Vec<T>,
    /// The structure.
    pub structure: TreeDef,
}
impl<T: Leaf> Pytree for Tree<T> {
    type Leaf = T;
    type Tree = TreeDef;
    type With<U: Leaf> = Tree<U>;
    fn flatten(self, leaves: &mut Vec<T>) -> TreeDef {
        leaves.extend(self.leaves);
        self.structure
    }
    fn unflatten(tree: &TreeDef, leaves: &mut dyn Iterator<Item = T>) -> Tree<T> {
        Tree { leaves: (0..tree.leaves).map(|_| next(leaves)).collect(), structure: tree.clone() }
    }
    fn visit_paths(tree: &TreeDef, at: &str, found: &mut dyn FnMut(String)) {
        tree.paths().into_iter().for_each(|path| found(format!("{at}{path}")))
    }
}

/// The tree as arrays of the current session.
pub fn lift_tree(object: &Bound<PyAny>, what: &str) -> PyResult<Tree<raxla::Tracer>> {
    let py = object.py();
    let (leaves, structure) = flatten_values(object)?;
    let mut keys = vec![];
    let lifted = leaves.iter().enumerate().map(|(i, leaf)| match crate::array::leaf(leaf)? {
        Some(array) => {
            if let Some(of) = array.get().keys {
                keys.resize(structure.leaves(), None);
                keys[i] = Some(of);
            }
            Ok(crate::session::lift_words(array.bind(py)))
        }
        None => Err(not_an_array(py, what, &structure.paths()[i], leaf)),
    });
    let leaves = lifted.collect::<PyResult<_>>()?;
    Ok(Tree { leaves, structure: structure.with_keys(keys) })
}
/// The exception for a leaf that is no array.
pub fn not_an_array(py: Python, what: &str, path: &str, leaf: &Bound<PyAny>) -> PyErr {
    let class = leaf.get_type().name().map(|n| n.to_string()).unwrap_or_default();
    exception(py, "InvalidInputError", format!("{what}{path} is a {class}, which is not a valid JAX type: {leaf}"))
}
impl Tree<raxla::Tracer> {
    /// The tree with arrays that are being traced.
    pub fn to_python<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        let values = self.leaves.iter().map(|t| crate::array::Value::Traced(t.detach()));
        or_raise(self.structure.of_values(py, values))
    }
}
/// An error of the wrong kind of argument.
pub fn type_error(message: impl Into<String>) -> PyErr {
    PyTypeError::new_err(message.into())
}
