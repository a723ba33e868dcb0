//! Pytrees of Python: any nesting of tuples, lists, dicts, named tuples, `None` and registered classes, with anything else at the leaves.

mod definition;
pub mod functions;
mod leaves;
pub mod matching;
pub mod paths;
mod prefix;

pub use leaves::{Tree, lift_tree, not_an_array, type_error};
pub use prefix::broadcast_prefix;

use crate::keys::Keys;
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    sync::PyOnceLock,
    types::{PyDict, PyList, PyTuple, PyType},
};
use std::{
    collections::HashMap,
    fmt,
    hash::{Hash, Hasher},
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

/// How a registered class becomes children and is made of them again.
struct Class {
    flatten: Py<PyAny>,
    unflatten: Py<PyAny>,
    /// Gives pairs of keys and children instead of children.
    with_keys: Option<Py<PyAny>>,
    class: Py<PyType>,
}
/// Classes by the addresses of their objects, which live for ever, since they stand here.
static CLASSES: LazyLock<RwLock<HashMap<usize, Arc<Class>>>> = LazyLock::new(RwLock::default);

enum Kind {
    Leaf,
    None,
    Tuple,
    List,
    /// The keys, and a dict that has them, if one was made already: a copy of it need not grow as it is filled.
    Dict(Vec<Py<PyAny>>, PyOnceLock<Py<PyDict>>),
    /// An `OrderedDict` or `defaultdict`: an object that makes an empty one like it, and the keys.
    Mapping(Py<PyAny>, Vec<Py<PyAny>>),
    Named(Py<PyType>),
    Custom(Arc<Class>, Py<PyAny>),
    /// NumPy's zeros of the dtype `float0`, and their shape: only in trees of values, since they hold none.
    Zeros(Py<PyAny>, Vec<usize>),
}
struct Node {
    kind: Kind,
    children: Vec<Node>,
}
/// The structure of a tree.
#[pyclass(frozen, from_py_object, name = "PyTreeDef", module = "raxla.tree_util")]
#[derive(Clone)]
pub struct TreeDef {
    root: Arc<Node>,
    leaves: usize,
    /// Which leaves are keys of random numbers; nothing is said of it where trees are public.
    keys: Option<Arc<[Keys]>>,
}
static LEAF: LazyLock<TreeDef> =
    LazyLock::new(|| TreeDef { root: Arc::new(Node { kind: Kind::Leaf, children: vec![] }), leaves: 1, keys: None });

fn same(py: Python, a: &Py<PyAny>, b: &Py<PyAny>) -> bool {
    a.is(b) || a.bind(py).eq(b.bind(py)).unwrap_or(false)
}
fn all_same(py: Python, a: &[Py<PyAny>], b: &[Py<PyAny>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(py, a, b))
}
impl Kind {
    fn dict(keys: Vec<Py<PyAny>>) -> Kind {
        Kind::Dict(keys, PyOnceLock::new())
    }
    /// Whether nodes are of the same class and have the same data.
    fn same(&self, other: &Kind, py: Python) -> bool {
        match (self, other) {
            (Kind::Leaf, Kind::Leaf)
            | (Kind::None, Kind::None)
            | (Kind::Tuple, Kind::Tuple)
            | (Kind::List, Kind::List) => true,
            (Kind::Dict(a, _), Kind::Dict(b, _)) => all_same(py, a, b),
            (Kind::Mapping(t, a), Kind::Mapping(u, b)) => {
                let factory = |like: &Py<PyAny>| like.bind(py).getattr("default_factory").ok().map(Bound::unbind);
                t.bind(py).get_type().is(u.bind(py).get_type())
                    && all_same(py, a, b)
                    && match (factory(t), factory(u)) {
                        (Some(t), Some(u)) => same(py, &t, &u),
                        _ => true,
                    }
            }
            (Kind::Named(a), Kind::Named(b)) => a.is(b),
            (Kind::Custom(a, x), Kind::Custom(b, y)) => Arc::ptr_eq(a, b) && same(py, x, y),
            (Kind::Zeros(_, a), Kind::Zeros(_, b)) => a == b,
            _ => false,
        }
    }
}
impl Node {
    /// The number of leaves.
    fn leaves(&self) -> usize {
        if let Kind::Leaf = self.kind { 1 } else { self.children.iter().map(Node::leaves).sum() }
    }
    /// A copy, with another node for each leaf if one is given.
    fn copy(&self, py: Python, leaf: Option<&Node>) -> Node {
        let all = |keys: &[Py<PyAny>]| keys.iter().map(|k| k.clone_ref(py)).collect();
        let kind = match &self.kind {
            Kind::Leaf => match leaf {
                Some(leaf) => return leaf.copy(py, None),
                None => Kind::Leaf,
            },
            Kind::None => Kind::None,
            Kind::Tuple => Kind::Tuple,
            Kind::List => Kind::List,
            Kind::Dict(keys, _) => Kind::dict(all(keys)),
            Kind::Mapping(like, keys) => Kind::Mapping(like.clone_ref(py), all(keys)),
            Kind::Named(class) => Kind::Named(class.clone_ref(py)),
            Kind::Custom(class, data) => Kind::Custom(class.clone(), data.clone_ref(py)),
            Kind::Zeros(zeros, shape) => Kind::Zeros(zeros.clone_ref(py), shape.clone()),
        };
        Node { kind, children: self.children.iter().map(|c| c.copy(py, leaf)).collect() }
    }
    fn alike(&self, other: &Node, py: Python) -> bool {
        self.kind.same(&other.kind, py)
            && self.children.len() == other.children.len()
            && self.children.iter().zip(&other.children).all(|(a, b)| a.alike(b, py))
    }
    fn hash_into(&self, state: &mut impl Hasher, py: Python) {
        std::mem::discriminant(&self.kind).hash(state);
        if let Kind::Dict(keys, _) | Kind::Mapping(_, keys) = &self.kind {
            keys.iter().for_each(|k| k.bind(py).hash().unwrap_or(0).hash(state));
        }
        if let Kind::Custom(_, data) = &self.kind {
            data.bind(py).hash().unwrap_or(0).hash(state);
        }
        if let Kind::Zeros(_, shape) = &self.kind {
            shape.hash(state);
        }
        self.children.len().hash(state);
        self.children.iter().for_each(|c| c.hash_into(state, py));
    }
    fn write(&self, py: Python, f: &mut fmt::Formatter) -> fmt::Result {
        let list = |f: &mut fmt::Formatter, open: &str, names: &[String], close: &str| {
            f.write_str(open)?;
            for (i, child) in self.children.iter().enumerate() {
                f.write_str(if i > 0 { ", " } else { "" })?;
                f.write_str(names.get(i).map_or("", |n| n))?;
                child.write(py, f)?;
            }
            f.write_str(close)
        };
        let keys = |keys: &[Py<PyAny>]| -> Vec<String> {
            keys.iter().map(|k| format!("{}: ", k.bind(py).repr().map(|r| r.to_string()).unwrap_or_default())).collect()
        };
        match &self.kind {
            Kind::Leaf => f.write_str("*"),
            Kind::None => f.write_str("None"),
            Kind::Zeros(_, shape) => write!(f, "float0{shape:?}"),
            Kind::Tuple => list(f, "(", &[], if self.children.len() == 1 { ",)" } else { ")" }),
            Kind::List => list(f, "[", &[], "]"),
            Kind::Dict(k, _) => list(f, "{", &keys(k), "}"),
            Kind::Mapping(like, k) => {
                let name = like.bind(py).get_type().name().map(|n| n.to_string()).unwrap_or_default();
                let factory = like.bind(py).getattr("default_factory").and_then(|d| d.repr()).map(|r| format!("{r}, "));
                let names = PyTuple::new(py, k.iter().map(|k| k.bind(py))).and_then(|k| k.repr());
                let (factory, names) = (factory.unwrap_or_default(), names.map(|n| n.to_string()).unwrap_or_default());
                let data = if factory.is_empty() { names } else { format!("({factory}{names})") };
                list(f, &format!("CustomNode({name}[{data}], ["), &[], "])")
            }
            Kind::Named(class) => {
                let name = class.bind(py).name().map(|n| n.to_string()).unwrap_or_default();
                list(f, &format!("CustomNode(namedtuple[{name}], ["), &[], "])")
            }
            Kind::Custom(class, data) => {
                let name = class.class.bind(py).name().map(|n| n.to_string()).unwrap_or_default();
                let data = data.bind(py).str().map(|r| r.to_string()).unwrap_or_default();
                list(f, &format!("CustomNode({name}[{data}], ["), &[], "])")
            }
        }
    }
    fn paths(&self, at: &str, found: &mut dyn FnMut(String), py: Python) {
        let each = |names: Vec<String>, found: &mut dyn FnMut(String)| {
            self.children.iter().zip(names).for_each(|(c, name)| c.paths(&format!("{at}{name}"), found, py))
        };
        let n = self.children.len();
        let keys = |keys: &[Py<PyAny>]| -> Vec<String> {
            keys.iter().map(|k| format!("[{}]", k.bind(py).repr().map(|r| r.to_string()).unwrap_or_default())).collect()
        };
        match &self.kind {
            Kind::Leaf => found(at.to_string()),
            Kind::None | Kind::Zeros(..) => {}
            Kind::Tuple | Kind::List => each((0..n).map(|i| format!("[{i}]")).collect(), found),
            Kind::Dict(k, _) | Kind::Mapping(_, k) => each(keys(k), found),
            Kind::Named(class) => {
                let fields: Vec<String> =
                    class.bind(py).getattr("_fields").and_then(|f| f.extract()).unwrap_or_default();
                each(fields.iter().map(|f| format!(".{f}")).collect(), found)
            }
            Kind::Custom(..) => each((0..n).map(|i| format!("[<flat index {i}>]")).collect(), found),
        }
    }
}
impl PartialEq for TreeDef {
    fn eq(&self, other: &TreeDef) -> bool {
        self.keys == other.keys && self.same_shape(other)
    }
}
impl TreeDef {
    /// Whether they are equal but for what is said of keys.
    pub fn same_shape(&self, other: &TreeDef) -> bool {
        Arc::ptr_eq(&self.root, &other.root)
            || (self.leaves == other.leaves && Python::attach(|py| self.root.alike(&other.root, py)))
    }
}
impl Eq for TreeDef {}
impl Hash for TreeDef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Python::attach(|py| self.root.hash_into(state, py))
    }
}
impl fmt::Debug for TreeDef {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        Python::attach(|py| self.root.write(py, f))
    }
}

/// A stop in walking down: objects for which it holds are leaves.
pub type IsLeaf<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

fn class_of(object: &Bound<PyAny>) -> Option<Arc<Class>> {
    CLASSES.read().unwrap_or_else(PoisonError::into_inner).get(&(object.get_type_ptr() as usize)).cloned()
}
fn is_named_tuple(object: &Bound<PyAny>) -> bool {
    object.is_instance_of::<PyTuple>() && object.hasattr("_fields").unwrap_or(false)
}
fn mapping_kind(object: &Bound<PyAny>) -> PyResult<bool> {
    let name = object.get_type().name()?;
    Ok(object.is_instance_of::<PyDict>() && (name == "OrderedDict" || name == "defaultdict"))
}
/// The kind of an object and its children; `None` for a leaf.
fn open<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<(Kind, Vec<Bound<'py, PyAny>>)>> {
    let py = object.py();
    if object.is_none() {
        return Ok(Some((Kind::None, vec![])));
    }
    if let Ok(tuple) = object.cast_exact::<PyTuple>() {
        return Ok(Some((Kind::Tuple, tuple.iter().collect())));
    }
    if let Ok(list) = object.cast_exact::<PyList>() {
        return Ok(Some((Kind::List, list.iter().collect())));
    }
    if let Ok(dict) = object.cast_exact::<PyDict>() {
        let keys = dict.keys();
        if keys.sort().is_err() {
            let message = "Comparator raised exception while sorting pytree dictionary keys.";
            return Err(PyValueError::new_err(message));
        }
        let children = keys.iter().map(|k| dict.as_any().get_item(k)).collect::<PyResult<_>>()?;
        return Ok(Some((Kind::dict(keys.iter().map(Bound::unbind).collect()), children)));
    }
    if let Some(class) = class_of(object) {
        let parts = class.flatten.bind(py).call1((object,))?;
        let (children, data): (Bound<PyAny>, Bound<PyAny>) = parts.extract()?;
        let children = children.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        return Ok(Some((Kind::Custom(class, data.unbind()), children)));
    }
    if is_named_tuple(object) {
        let children = object.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        return Ok(Some((Kind::Named(object.get_type().unbind()), children)));
    }
    if mapping_kind(object)? {
        let ordered = object.get_type().name()? == "OrderedDict";
        let keys = PyList::empty(py);
        object.try_iter()?.try_for_each(|k| keys.append(k?))?;
        if !ordered {
            keys.sort()?;
        }
        let children = keys.iter().map(|k| object.get_item(k)).collect::<PyResult<_>>()?;
        let like = object.call_method0("copy")?;
        like.call_method0("clear")?;
        return Ok(Some((Kind::Mapping(like.unbind(), keys.iter().map(Bound::unbind).collect()), children)));
    }
    Ok(None)
}
/// What a predicate says, which must be a boolean.
fn holds(said: &Bound<PyAny>) -> PyResult<bool> {
    said.extract().map_err(|_| {
        let text = said.repr().map(|r| r.to_string()).unwrap_or_default();
        PyValueError::new_err(format!("is_leaf predicate returned a non-boolean value {text}; expected a boolean"))
    })
}
/// The shape of NumPy's zeros of the dtype `float0`, if an object is such.
fn float0(object: &Bound<PyAny>) -> PyResult<Option<Vec<usize>>> {
    static NDARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static FLOAT0: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = object.py();
    let ndarray = NDARRAY.get_or_try_init(py, || Ok::<_, PyErr>(py.import("numpy")?.getattr("ndarray")?.unbind()))?;
    if !object.get_type().is(ndarray) {
        return Ok(None);
    }
    let dtype = object.getattr("dtype")?;
    let float0 =
        FLOAT0.get_or_try_init(py, || Ok::<_, PyErr>(py.import("raxla.dtypes")?.getattr("float0")?.unbind()))?;
    if dtype.eq(float0)? { object.getattr("shape")?.extract().map(Some) } else { Ok(None) }
}
fn walk<'py>(
    object: &Bound<'py, PyAny>,
    is_leaf: IsLeaf<'_, 'py>,
    of_values: bool,
    leaves: &mut Vec<Bound<'py, PyAny>>,
) -> PyResult<Node> {
    let stop = match is_leaf {
        Some(stop) => holds(&stop.call1((object,))?)?,
        None => false,
    };
    match if stop { None } else { open(object)? } {
        None => {
            if let Some(shape) = if of_values { float0(object)? } else { None } {
                return Ok(Node { kind: Kind::Zeros(object.clone().unbind(), shape), children: vec![] });
            }
            leaves.push(object.clone());
            Ok(Node { kind: Kind::Leaf, children: vec![] })
        }
        Some((kind, children)) => {
            let children = children.iter().map(|c| walk(c, is_leaf, of_values, leaves)).collect::<PyResult<_>>()?;
            Ok(Node { kind, children })
        }
    }
}
/// The leaves of a tree, and its structure.
pub fn flatten<'py>(
    object: &Bound<'py, PyAny>,
    is_leaf: IsLeaf<'_, 'py>,
) -> PyResult<(Vec<Bound<'py, PyAny>>, TreeDef)> {
    flatten_as(object, is_leaf, false)
}
/// [`flatten`] for a tree of values, in which zeros of the dtype `float0` are no leaves, but a part of the structure.
pub fn flatten_values<'py>(object: &Bound<'py, PyAny>) -> PyResult<(Vec<Bound<'py, PyAny>>, TreeDef)> {
    flatten_as(object, None, true)
}
fn flatten_as<'py>(
    object: &Bound<'py, PyAny>,
    is_leaf: IsLeaf<'_, 'py>,
    of_values: bool,
) -> PyResult<(Vec<Bound<'py, PyAny>>, TreeDef)> {
    let mut leaves = vec![];
    let root = Arc::new(walk(object, is_leaf, of_values, &mut leaves)?);
    let count = leaves.len();
    Ok((leaves, TreeDef { root, leaves: count, keys: None }))
}
const TOO_FEW: &str = "Too few leaves";
/// Makes an object of a node and of the leaves that `next` gives.
fn build<'py>(
    py: Python<'py>,
    node: &Node,
    next: &mut dyn FnMut() -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut outcome = Ok(());
    let child = |child| {
        build(py, child, next).unwrap_or_else(|error| {
            outcome = Err(error);
            py.None().into_bound(py)
        })
    };
    match &node.kind {
        Kind::Leaf => next(),
        Kind::None => Ok(py.None().into_bound(py)),
        Kind::Zeros(zeros, _) => Ok(zeros.bind(py).clone()),
        Kind::List => {
            let list = PyList::new(py, node.children.iter().map(child))?;
            outcome.map(|()| list.into_any())
        }
        Kind::Tuple | Kind::Named(_) | Kind::Custom(..) => {
            let children = PyTuple::new(py, node.children.iter().map(child))?;
            outcome?;
            match &node.kind {
                Kind::Named(class) => class.bind(py).call1(children),
                Kind::Custom(class, data) => class.unflatten.bind(py).call1((data.bind(py), children)),
                _ => Ok(children.into_any()),
            }
        }
        Kind::Dict(keys, like) => {
            let filled = || {
                let like = PyDict::new(py);
                keys.iter().try_for_each(|key| like.set_item(key, py.None()))?;
                Ok::<_, PyErr>(like.unbind())
            };
            let dict = like.get_or_try_init(py, filled)?.bind(py).copy()?;
            keys.iter().zip(&node.children).try_for_each(|(key, child)| dict.set_item(key, build(py, child, next)?))?;
            Ok(dict.into_any())
        }
        Kind::Mapping(like, keys) => {
            let mapping = like.bind(py).call_method0("copy")?;
            keys.iter().zip(&node.children).try_for_each(|(k, child)| mapping.set_item(k, build(py, child, next)?))?;
            Ok(mapping)
        }
    }
}
impl TreeDef {
    /// The structure of a single leaf.
    pub fn leaf() -> TreeDef {
        LEAF.clone()
    }
    /// The structure, where some leaves are keys.
    pub fn with_keys(self, keys: Vec<Keys>) -> TreeDef {
        let keys = keys.iter().any(Keys::is_some).then(|| keys.into());
        TreeDef { keys, ..self }
    }
    /// Of which implementation a leaf is a key, if it is one.
    pub fn key(&self, leaf: usize) -> Keys {
        self.keys.as_ref().and_then(|keys| keys.get(leaf).copied().flatten())
    }
    /// The tree whose leaves are arrays of these values.
    pub fn of_values<'py>(
        &self,
        py: Python<'py>,
        values: impl Iterator<Item = crate::array::Value>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let array = |(i, value)| Ok(Bound::new(py, crate::array::Array { value, keys: self.key(i) })?.into_any());
        self.grow(py, values.enumerate().map(array))
    }
    /// The number of leaves.
    pub fn leaves(&self) -> usize {
        self.leaves
    }
    /// Whether zeros of the dtype `float0` are a part of the structure.
    pub fn has_zeros(&self) -> bool {
        fn has(node: &Node) -> bool {
            matches!(node.kind, Kind::Zeros(..)) || node.children.iter().any(has)
        }
        has(&self.root)
    }
    /// The tree with these leaves.
    pub fn unflatten<'py>(
        &self,
        py: Python<'py>,
        leaves: impl IntoIterator<Item = Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.grow(py, leaves.into_iter().map(Ok))
    }
    fn grow<'py>(
        &self,
        py: Python<'py>,
        leaves: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut given = 0;
        let mut leaves = leaves.inspect(|_| given += 1);
        let mut following = || leaves.next().unwrap_or_else(|| Err(PyValueError::new_err(TOO_FEW)));
        let built = build(py, &self.root, &mut following);
        let next = leaves.next();
        let few = |e: PyErr| match e.value(py).to_string() == TOO_FEW {
            true => PyValueError::new_err(format!("{TOO_FEW} for PyTreeDef; expected {}, got {given}", self.leaves)),
            false => e,
        };
        let tree = built.map_err(few)?;
        match next {
            None => Ok(tree),
            Some(_) => Err(PyValueError::new_err(format!("Too many leaves for PyTreeDef; expected {}.", self.leaves))),
        }
    }
    /// The path of each leaf, in Python's words: `[0]['w']`.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = vec![];
        Python::attach(|py| self.root.paths("", &mut |p| paths.push(p), py));
        paths
    }
    /// The children of the root.
    pub fn children(&self) -> Vec<TreeDef> {
        let part = |c: &Node| Python::attach(|py| TreeDef::of(c.copy(py, None)));
        self.root.children.iter().map(part).collect()
    }
    /// The structure of a node.
    fn of(root: Node) -> TreeDef {
        TreeDef { leaves: root.leaves(), root: Arc::new(root), keys: None }
    }
}
