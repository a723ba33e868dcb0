//! Prefixes of trees: trees whose leaves stand for whole parts of another, such as `in_axes` of arguments.

use super::{IsLeaf, Node, TreeDef, open};
use pyo3::{exceptions::PyValueError, prelude::*};

/// The parts of `tree` that stand where `prefix` has leaves, and the number of leaves of each part.
pub fn broadcast_prefix<'py>(
    prefix: &Bound<'py, PyAny>,
    tree: &TreeDef,
    is_leaf: IsLeaf<'_, 'py>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    fn fill<'py>(
        prefix: &Bound<'py, PyAny>,
        node: &Node,
        is_leaf: IsLeaf<'_, 'py>,
        out: &mut Vec<Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        let stop = prefix.is_none()
            || match is_leaf {
                Some(stop) => stop.call1((prefix,))?.is_truthy()?,
                None => false,
            };
        match if stop { None } else { open(prefix)? } {
            None => out.extend(std::iter::repeat_n(prefix.clone(), node.leaves())),
            Some((kind, children)) => {
                if !kind.same(&node.kind, prefix.py()) || children.len() != node.children.len() {
                    let message = format!(
                        "pytree structure error: the prefix {prefix} stands where the tree has another kind of node, or one of {} children",
                        node.children.len()
                    );
                    return Err(PyValueError::new_err(message));
                }
                children.iter().zip(&node.children).try_for_each(|(p, n)| fill(p, n, is_leaf, out))?;
            }
        }
        Ok(())
    }
    let mut out = vec![];
    fill(prefix, &tree.root, is_leaf, &mut out)?;
    Ok(out)
}
