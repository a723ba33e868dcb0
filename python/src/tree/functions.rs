//! `tree_util`'s functions that are made of Rust, and the methods of `PyTreeDef`.

use super::*;

#[pymethods]
impl TreeDef {
    #[getter]
    fn num_leaves(&self) -> usize {
        self.leaves
    }
    #[getter]
    fn num_nodes(&self) -> usize {
        fn count(node: &Node) -> usize {
            1 + node.children.iter().map(count).sum::<usize>()
        }
        count(&self.root)
    }
    #[pyo3(name = "unflatten")]
    fn unflatten_python<'py>(&self, py: Python<'py>, leaves: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        TreeDef::unflatten(self, py, leaves.try_iter()?.collect::<PyResult<Vec<_>>>()?)
    }
    #[pyo3(name = "children")]
    fn children_python(&self) -> Vec<TreeDef> {
        self.children()
    }
    fn flatten_up_to<'py>(&self, py: Python<'py>, tree: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        fn down<'py>(
            py: Python<'py>,
            node: &Node,
            object: &Bound<'py, PyAny>,
            out: &mut Vec<Bound<'py, PyAny>>,
        ) -> PyResult<()> {
            if let Kind::Leaf = node.kind {
                out.push(object.clone());
                return Ok(());
            }
            let wrong = || PyValueError::new_err(format!("Expected a tree of the same structure, got {object}"));
            let (kind, children) = open(object)?.ok_or_else(wrong)?;
            let bare = Node { kind, children: vec![] };
            let empty = |n: &Node| std::mem::discriminant(&n.kind);
            if empty(&bare) != empty(node) || children.len() != node.children.len() {
                return Err(wrong());
            }
            if let (Kind::Dict(a), Kind::Dict(b)) = (&bare.kind, &node.kind)
                && !all_same(py, a, b)
            {
                return Err(wrong());
            }
            children.iter().zip(&node.children).try_for_each(|(c, n)| down(py, n, c, out))
        }
        let mut out = vec![];
        down(py, &self.root, tree, &mut out)?;
        Ok(out)
    }
    fn __eq__(&self, other: &Bound<PyAny>) -> bool {
        other.cast::<TreeDef>().is_ok_and(|other| self == other.get())
    }
    fn __hash__(&self) -> u64 {
        let mut state = std::hash::DefaultHasher::new();
        self.hash(&mut state);
        state.finish()
    }
    fn __repr__(&self) -> String {
        format!("PyTreeDef({self:?})")
    }
}

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
    let others = rest.iter().map(|t| structure.flatten_up_to(py, &t)).collect::<PyResult<Vec<_>>>()?;
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
/// The keys of the children of a node: objects that `raxla.tree_util` makes key paths of; `None` for a leaf.
#[pyfunction]
pub fn node_keys<'py>(
    tree: &Bound<'py, PyAny>,
) -> PyResult<Option<(String, Vec<Bound<'py, PyAny>>, Vec<Bound<'py, PyAny>>)>> {
    let py = tree.py();
    if let Some(class) = class_of(tree)
        && let Some(with_keys) = &class.with_keys
    {
        let (pairs, _): (Bound<PyAny>, Bound<PyAny>) = with_keys.bind(py).call1((tree,))?.extract()?;
        let pairs = pairs.try_iter()?.map(|p| p?.extract()).collect::<PyResult<Vec<(Bound<PyAny>, Bound<PyAny>)>>>()?;
        let (keys, children) = pairs.into_iter().unzip();
        return Ok(Some(("custom".into(), keys, children)));
    }
    let Some((kind, children)) = open(tree)? else { return Ok(None) };
    let numbers = || (0..children.len()).map(|i| Ok(i.into_pyobject(py)?.into_any())).collect::<PyResult<Vec<_>>>();
    let bound = |keys: &[Py<PyAny>]| keys.iter().map(|k| k.bind(py).clone()).collect::<Vec<_>>();
    let (name, keys) = match &kind {
        Kind::Leaf | Kind::None => ("none", vec![]),
        Kind::Tuple | Kind::List => ("sequence", numbers()?),
        Kind::Dict(keys) | Kind::Mapping(_, keys) => ("dict", bound(keys)),
        Kind::Named(class) => {
            let fields = class.bind(py).getattr("_fields")?;
            ("attribute", fields.try_iter()?.collect::<PyResult<Vec<_>>>()?)
        }
        Kind::Custom(..) => ("flat", numbers()?),
    };
    Ok(Some((name.into(), keys, children)))
}
/// One child for each of these structures: the structure of a tuple of them.
#[pyfunction]
pub fn treedef_tuple(py: Python, treedefs: Vec<TreeDef>) -> PyResult<TreeDef> {
    let trees = treedefs
        .iter()
        .map(|d| TreeDef::unflatten(d, py, (0..d.leaves).map(|_| py.Ellipsis().into_bound(py))))
        .collect::<PyResult<Vec<_>>>()?;
    Ok(flatten(PyTuple::new(py, trees)?.as_any(), None)?.1)
}
