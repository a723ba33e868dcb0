//! The methods of `PyTreeDef`.

use super::*;
use pyo3::{exceptions::PyTypeError, types::PyNone};

impl Kind {
    /// Of a class, what its nodes say of themselves beside their children.
    fn of(class: &Bound<PyType>, data: &Bound<PyAny>) -> PyResult<Kind> {
        let py = class.py();
        let keys =
            |keys: &Bound<PyAny>| keys.try_iter()?.map(|k| Ok(k?.unbind())).collect::<PyResult<Vec<Py<PyAny>>>>();
        if class.is(py.get_type::<PyNone>()) {
            return Ok(Kind::None);
        }
        if class.is(py.get_type::<PyTuple>()) {
            return Ok(Kind::Tuple);
        }
        if class.is(py.get_type::<PyList>()) {
            return Ok(Kind::List);
        }
        if class.is(py.get_type::<PyDict>()) {
            return Ok(Kind::dict(keys(data)?));
        }
        let known = CLASSES.read().unwrap_or_else(PoisonError::into_inner).get(&(class.as_ptr() as usize)).cloned();
        if let Some(known) = known {
            return Ok(Kind::Custom(known, data.clone().unbind()));
        }
        if class.hasattr("_fields")? {
            return Ok(Kind::Named(class.clone().unbind()));
        }
        match class.name()?.to_string().as_str() {
            "OrderedDict" => Ok(Kind::Mapping(class.call0()?.unbind(), keys(data)?)),
            "defaultdict" => {
                let (factory, names): (Bound<PyAny>, Bound<PyAny>) = data.extract()?;
                Ok(Kind::Mapping(class.call1((factory,))?.unbind(), keys(&names)?))
            }
            name => Err(PyTypeError::new_err(format!("{name} is not a class of nodes of trees"))),
        }
    }
    /// The class of a node and its data; `None` for a leaf.
    pub(super) fn data<'py>(&self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyType>, Bound<'py, PyAny>)>> {
        let none = || py.None().into_bound(py);
        let tuple = |keys: &[Py<PyAny>]| Ok::<_, PyErr>(PyTuple::new(py, keys.iter().map(|k| k.bind(py)))?.into_any());
        Ok(Some(match self {
            Kind::Leaf => return Ok(None),
            Kind::None => (py.get_type::<PyNone>(), none()),
            Kind::Zeros(zeros, shape) => (zeros.bind(py).get_type(), PyTuple::new(py, shape)?.into_any()),
            Kind::Tuple => (py.get_type::<PyTuple>(), none()),
            Kind::List => (py.get_type::<PyList>(), none()),
            Kind::Dict(keys, _) => {
                (py.get_type::<PyDict>(), PyList::new(py, keys.iter().map(|k| k.bind(py)))?.into_any())
            }
            Kind::Mapping(like, keys) => {
                let like = like.bind(py);
                let data = match like.getattr("default_factory") {
                    Ok(factory) => PyTuple::new(py, [factory, tuple(keys)?])?.into_any(),
                    Err(_) => tuple(keys)?,
                };
                (like.get_type(), data)
            }
            Kind::Named(class) => (class.bind(py).clone(), none()),
            Kind::Custom(class, data) => (class.class.bind(py).clone(), data.bind(py).clone()),
        }))
    }
    /// What a node is called in messages.
    fn name(&self, py: Python) -> String {
        match self.data(py) {
            Ok(Some((class, _))) => class.name().map(|n| n.to_string()).unwrap_or_default(),
            _ => "a leaf".into(),
        }
    }
}

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
    pub fn flatten_up_to<'py>(&self, py: Python<'py>, tree: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        fn down<'py>(
            py: Python<'py>,
            node: &Node,
            object: &Bound<'py, PyAny>,
            out: &mut Vec<Bound<'py, PyAny>>,
        ) -> PyResult<()> {
            if let Kind::Leaf = node.kind {
                out.push(object.clone());
            }
            if let Kind::Leaf | Kind::Zeros(..) = node.kind {
                return Ok(());
            }
            let wrong = || {
                let text = object.repr().map(|r| r.to_string()).unwrap_or_default();
                PyValueError::new_err(format!("Expected {}, got {text}.", node.kind.name(py)))
            };
            let (kind, children) = open(object)?.ok_or_else(wrong)?;
            if !kind.same(&node.kind, py) || children.len() != node.children.len() {
                return Err(wrong());
            }
            children.iter().zip(&node.children).try_for_each(|(c, n)| down(py, n, c, out))
        }
        let mut out = vec![];
        down(py, &self.root, tree, &mut out)?;
        Ok(out)
    }
    /// The structure with another in the place of each leaf.
    fn compose(&self, py: Python, inner: &TreeDef) -> TreeDef {
        TreeDef::of(self.root.copy(py, Some(&inner.root)))
    }
    /// The class of the root and its data; `None` for a leaf.
    fn node_data<'py>(&self, py: Python<'py>) -> PyResult<Option<(Bound<'py, PyType>, Bound<'py, PyAny>)>> {
        self.root.kind.data(py)
    }
    /// What `f_leaf` makes of the leaves, brought together by `f_node(children, data)`.
    fn walk<'py>(
        &self,
        py: Python<'py>,
        f_node: &Bound<'py, PyAny>,
        f_leaf: Option<&Bound<'py, PyAny>>,
        leaves: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        fn node<'py>(
            py: Python<'py>,
            of: &Node,
            f_node: &Bound<'py, PyAny>,
            f_leaf: Option<&Bound<'py, PyAny>>,
            leaves: &mut dyn Iterator<Item = PyResult<Bound<'py, PyAny>>>,
        ) -> PyResult<Bound<'py, PyAny>> {
            let Some((_, data)) = of.kind.data(py)? else {
                let leaf = leaves.next().ok_or_else(|| PyValueError::new_err("Too few leaves for PyTreeDef"))??;
                return match f_leaf {
                    Some(f) if !f.is_none() => f.call1((leaf,)),
                    _ => Ok(leaf),
                };
            };
            let children = of.children.iter().map(|c| node(py, c, f_node, f_leaf, leaves));
            f_node.call1((PyTuple::new(py, children.collect::<PyResult<Vec<_>>>()?)?, data))
        }
        let mut leaves = leaves.try_iter()?;
        let out = node(py, &self.root, f_node, f_leaf, &mut leaves)?;
        match leaves.next() {
            None => Ok(out),
            Some(_) => Err(PyValueError::new_err("Too many leaves for PyTreeDef")),
        }
    }
    /// A tree of this structure, of nested sequences of the same numbers of children.
    #[allow(clippy::wrong_self_convention)] // JAX's name
    fn from_iterable_tree<'py>(&self, py: Python<'py>, subtrees: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        fn down<'py>(node: &Node, object: &Bound<'py, PyAny>, out: &mut Vec<Bound<'py, PyAny>>) -> PyResult<()> {
            if let Kind::Leaf = node.kind {
                out.push(object.clone());
                return Ok(());
            }
            let children = object.try_iter()?.collect::<PyResult<Vec<_>>>()?;
            if children.len() != node.children.len() {
                let (want, got) = (node.children.len(), children.len());
                return Err(PyValueError::new_err(format!("Expected {want} children, got {got}")));
            }
            node.children.iter().zip(&children).try_for_each(|(n, c)| down(n, c, out))
        }
        let mut leaves = vec![];
        down(&self.root, subtrees, &mut leaves)?;
        TreeDef::unflatten(self, py, leaves)
    }
    /// The structure of a node of a class and data, `None` for a leaf, and of its children.
    #[staticmethod]
    fn from_node_data_and_children(
        registry: &Bound<PyAny>,
        node_data: Option<(Bound<PyType>, Bound<PyAny>)>,
        children: &Bound<PyAny>,
    ) -> PyResult<TreeDef> {
        let py = registry.py();
        let Some((class, data)) = node_data else { return Ok(TreeDef::leaf()) };
        let parts = children.try_iter()?.map(|d| d?.extract::<TreeDef>().map_err(PyErr::from));
        let children = parts.map(|d| Ok(d?.root.copy(py, None))).collect::<PyResult<_>>()?;
        Ok(TreeDef::of(Node { kind: Kind::of(&class, &data)?, children }))
    }
    fn __reduce__<'py>(slf: &Bound<'py, TreeDef>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let make = py.get_type::<TreeDef>().getattr("from_node_data_and_children")?;
        let tree = slf.get();
        (make, ((), tree.node_data(py)?, tree.children())).into_pyobject(py)
    }
    fn __copy__(&self) -> TreeDef {
        self.clone()
    }
    fn __deepcopy__(&self, _memo: &Bound<PyAny>) -> TreeDef {
        self.clone()
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
