//! `tree_util`'s functions that are made of Rust.

use super::*;

/// Leaves and structure of a tree.
#[pyfunction]
#[pyo3(signature = (tree, is_leaf = None))]
pub fn tree_flatten<'py>(
    tree: &Bound<'py, PyAny>,
    is_leaf: IsLeaf<'_, 'py>,
) -> PyResult<(Vec<Bound<'py, PyAny>>, TreeDef)> {
    flatten(tree, is_leaf.filter(|f| !f.is_none()))
}
/// `f` applied to the leaves of trees, in step.
#[pyfunction]
#[pyo3(signature = (f, tree, *rest, is_leaf = None))]
pub fn tree_map<'py>(
    f: &Bound<'py, PyAny>,
    tree: &Bound<'py, PyAny>,
    rest: &Bound<'py, PyTuple>,
    is_leaf: IsLeaf<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = f.py();
    let (leaves, structure) = flatten(tree, is_leaf.filter(|f| !f.is_none()))?;
    let explain = |other: &Bound<'py, PyAny>, error: PyErr| {
        let say = || {
            py.import("raxla._prefix")?.getattr("raise_prefix_error")?.call1(("tree_map tree", tree, other, is_leaf))
        };
        say().err().unwrap_or(error)
    };
    let others = rest.iter().map(|t| structure.flatten_up_to(py, &t).map_err(|e| explain(&t, e)));
    let others = others.collect::<PyResult<Vec<_>>>()?;
    let call = |(i, leaf): (usize, Bound<'py, PyAny>)| {
        let args = std::iter::once(leaf).chain(others.iter().map(|o| o[i].clone()));
        f.call1(PyTuple::new(py, args.collect::<Vec<_>>())?)
    };
    let mapped = leaves.into_iter().enumerate().map(call).collect::<PyResult<Vec<_>>>()?;
    TreeDef::unflatten(&structure, py, mapped)
}
/// Makes a class a kind of tree.
#[pyfunction]
#[pyo3(signature = (class, flatten_func, unflatten_func, flatten_with_keys_func = None))]
pub fn register_pytree_node(
    py: Python,
    class: Py<PyType>,
    flatten_func: Py<PyAny>,
    unflatten_func: Py<PyAny>,
    flatten_with_keys_func: Option<Py<PyAny>>,
) -> PyResult<()> {
    let key = class.as_ptr() as usize;
    let entry = Class { flatten: flatten_func, unflatten: unflatten_func, with_keys: flatten_with_keys_func, class };
    let mut classes = CLASSES.write().unwrap_or_else(PoisonError::into_inner);
    if classes.contains_key(&key) {
        return Err(PyValueError::new_err(format!(
            "Duplicate custom PyTreeDef type registration for {}.",
            entry.class.bind(py)
        )));
    }
    classes.insert(key, Arc::new(entry));
    Ok(())
}
/// One child for each of these structures: the structure of a tuple of them.
#[pyfunction]
pub fn treedef_tuple(py: Python, treedefs: &Bound<PyAny>) -> PyResult<TreeDef> {
    let parts =
        treedefs.try_iter()?.map(|d| d?.extract::<TreeDef>().map_err(PyErr::from)).collect::<PyResult<Vec<_>>>()?;
    let children = parts.iter().map(|d| d.root.copy(py, None)).collect();
    Ok(TreeDef::of(Node { kind: Kind::Tuple, children }))
}
