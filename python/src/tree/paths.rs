//! Paths in trees: the keys of the children of nodes, from the root to each leaf.

use super::*;
use pyo3::{IntoPyObjectExt, sync::PyOnceLock};

type Object<'py> = Bound<'py, PyAny>;

/// A key of `raxla.tree_util`'s classes.
fn key<'py>(py: Python<'py>, class: &str, of: impl IntoPyObject<'py>) -> PyResult<Object<'py>> {
    static KEYS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let keys = KEYS.get_or_try_init(py, || py.import("raxla.tree_util").map(Bound::unbind))?;
    keys.bind(py).getattr(class)?.call1((of.into_bound_py_any(py)?,))
}
/// A node, opened with the keys of its children.
struct Opened<'py> {
    kind: Kind,
    keys: Vec<Object<'py>>,
    children: Vec<Object<'py>>,
}
/// The kind of an object, its children and their keys; `None` for a leaf.
fn open_with_keys<'py>(object: &Object<'py>) -> PyResult<Option<Opened<'py>>> {
    let py = object.py();
    if let Some(class) = class_of(object)
        && let Some(with_keys) = &class.with_keys
    {
        let (pairs, data): (Object, Object) = with_keys.bind(py).call1((object,))?.extract()?;
        let pairs = pairs.try_iter()?.map(|p| p?.extract()).collect::<PyResult<Vec<(Object, Object)>>>()?;
        let (keys, children) = pairs.into_iter().unzip();
        return Ok(Some(Opened { kind: Kind::Custom(class, data.unbind()), keys, children }));
    }
    let Some((kind, children)) = open(object)? else { return Ok(None) };
    let numbers = |class: &str| (0..children.len()).map(|i| key(py, class, i)).collect::<PyResult<Vec<_>>>();
    let keys = match &kind {
        Kind::Leaf | Kind::None | Kind::Zeros(..) => vec![],
        Kind::Tuple | Kind::List => numbers("SequenceKey")?,
        Kind::Dict(keys, _) | Kind::Mapping(_, keys) => {
            keys.iter().map(|k| key(py, "DictKey", k)).collect::<PyResult<_>>()?
        }
        Kind::Named(class) => {
            let fields = class.bind(py).getattr("_fields")?;
            fields.try_iter()?.map(|f| key(py, "GetAttrKey", f?)).collect::<PyResult<_>>()?
        }
        Kind::Custom(..) => numbers("FlattenedIndexKey")?,
    };
    Ok(Some(Opened { kind, keys, children }))
}

/// Pairs of paths and leaves, and the structure.
#[pyfunction]
#[pyo3(signature = (tree, is_leaf = None, is_leaf_takes_path = false))]
pub fn tree_flatten_with_path<'py>(
    tree: &Object<'py>,
    is_leaf: IsLeaf<'_, 'py>,
    is_leaf_takes_path: bool,
) -> PyResult<(Vec<(Bound<'py, PyTuple>, Object<'py>)>, TreeDef)> {
    struct Walk<'a, 'py> {
        is_leaf: IsLeaf<'a, 'py>,
        takes_path: bool,
        path: Vec<Object<'py>>,
        found: Vec<(Bound<'py, PyTuple>, Object<'py>)>,
    }
    impl<'py> Walk<'_, 'py> {
        fn down(&mut self, object: &Object<'py>) -> PyResult<Node> {
            let py = object.py();
            let path = |w: &Self| PyTuple::new(py, &w.path);
            let stop = match self.is_leaf {
                Some(stop) if self.takes_path => holds(&stop.call1((path(self)?, object))?)?,
                Some(stop) => holds(&stop.call1((object,))?)?,
                None => false,
            };
            let Some(Opened { kind, keys, children }) = (if stop { None } else { open_with_keys(object)? }) else {
                self.found.push((path(self)?, object.clone()));
                return Ok(Node { kind: Kind::Leaf, children: vec![] });
            };
            let mut nodes = Vec::with_capacity(children.len());
            for (key, child) in keys.into_iter().zip(&children) {
                self.path.push(key);
                nodes.push(self.down(child)?);
                self.path.pop();
            }
            Ok(Node { kind, children: nodes })
        }
    }
    let is_leaf = is_leaf.filter(|f| !f.is_none());
    let mut walk = Walk { is_leaf, takes_path: is_leaf_takes_path, path: vec![], found: vec![] };
    let root = walk.down(tree)?;
    Ok((walk.found, TreeDef::of(root)))
}
/// The children of a node, their keys, and its data; `None` for a leaf.
#[pyfunction]
pub fn one_level<'py>(tree: &Object<'py>) -> PyResult<Option<(Vec<Object<'py>>, Vec<Object<'py>>, Object<'py>)>> {
    let py = tree.py();
    let Some(Opened { kind, keys, children }) = open_with_keys(tree)? else { return Ok(None) };
    let data = match &kind {
        Kind::Named(class) => class.bind(py).clone().into_any(),
        Kind::Dict(keys, _) => PyTuple::new(py, keys.iter().map(|k| k.bind(py)))?.into_any(),
        kind => kind.data(py)?.map_or_else(|| py.None().into_bound(py), |d| d.1),
    };
    Ok(Some((children, keys, data)))
}
/// Whether objects of a class are nodes of trees.
#[pyfunction]
pub fn is_tree_node(typ: &Bound<PyType>) -> PyResult<bool> {
    let py = typ.py();
    let registered = CLASSES.read().unwrap_or_else(PoisonError::into_inner).contains_key(&(typ.as_ptr() as usize));
    let standard: [&Bound<PyType>; 4] = [
        &py.get_type::<PyTuple>(),
        &py.get_type::<PyList>(),
        &py.get_type::<PyDict>(),
        &py.get_type::<pyo3::types::PyNone>(),
    ];
    let mapping = || -> PyResult<bool> {
        Ok(typ.is_subclass_of::<PyDict>()? && matches!(typ.name()?.to_string().as_str(), "OrderedDict" | "defaultdict"))
    };
    let named = || -> PyResult<bool> { Ok(typ.is_subclass_of::<PyTuple>()? && typ.hasattr("_fields")?) };
    Ok(registered || standard.iter().any(|c| typ.is(*c)) || mapping()? || named()?)
}
