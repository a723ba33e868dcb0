//! What an optimizer carries from step to step: [`State`], one type of pytree for all of them, and the [`Leaves`] that it is made of.

use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    pytree::{Leaf, Pytree, flatten, paths},
    trace::{constant, fail},
};
use std::{ops::Deref, sync::Arc};

/// The leaves of a tree with the path of each, such as `.layers[0].w`: what gradient transformations work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaves<T = Tracer> {
    paths: Arc<[String]>,
    values: Vec<T>,
}
impl<T> Leaves<T> {
    /// The leaves of a tree.
    pub fn of<P: Pytree<Leaf = T>>(tree: P) -> (Leaves<T>, P::Tree) {
        let (values, structure) = flatten(tree);
        (Leaves { paths: paths::<P>(&structure).into(), values }, structure)
    }
    /// One array that belongs to no leaf in particular: a number of steps.
    pub fn one(value: T) -> Leaves<T> {
        Leaves { paths: [String::new()].into(), values: vec![value] }
    }
    /// The path of each leaf.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }
    /// The leaves alone.
    pub fn into_values(self) -> Vec<T> {
        self.values
    }
}
impl<T> Deref for Leaves<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.values
    }
}
impl Leaves {
    /// The same paths with other values.
    #[track_caller]
    pub fn with(&self, values: Vec<Tracer>) -> Leaves {
        if values.len() != self.values.len() {
            fail(format!("optim: {} values for {} leaves", values.len(), self.values.len()));
        }
        Leaves { paths: self.paths.clone(), values }
    }
    /// `f` of every leaf.
    #[track_caller]
    pub fn map(&self, f: impl FnMut(Tracer) -> Tracer) -> Leaves {
        self.with(self.iter().copied().map(f).collect())
    }
    /// `f` of the leaves of two trees, in pairs.
    #[track_caller]
    pub fn zip(&self, other: &Leaves, mut f: impl FnMut(Tracer, Tracer) -> Tracer) -> Leaves {
        self.alike(other);
        self.with(self.iter().zip(other.iter()).map(|(a, b)| f(*a, *b)).collect())
    }
    /// `f` of the leaves of three trees, in threes.
    #[track_caller]
    pub fn zip3(&self, b: &Leaves, c: &Leaves, mut f: impl FnMut(Tracer, Tracer, Tracer) -> Tracer) -> Leaves {
        self.alike(b);
        self.alike(c);
        self.with(self.iter().zip(b.iter()).zip(c.iter()).map(|((a, b), c)| f(*a, *b, *c)).collect())
    }
    #[track_caller]
    fn alike(&self, other: &Leaves) {
        if self.paths != other.paths {
            fail(format!("optim: the leaves differ: {:?} and {:?}", self.paths, other.paths));
        }
    }
    /// Zeros like every leaf, in a dtype of their own if one is given.
    #[track_caller]
    pub fn zeros(&self, dtype: Option<DType>) -> Leaves {
        self.full(0.0, dtype)
    }
    /// A number at every place of every leaf.
    #[track_caller]
    pub fn full(&self, value: f64, dtype: Option<DType>) -> Leaves {
        self.map(|x| {
            let aval = x.aval();
            full(&aval.shape, dtype.unwrap_or(aval.dtype), value)
        })
    }
    /// The leaves that are kept.
    pub(super) fn keep(&self, keep: &[bool]) -> Leaves {
        let kept = |i: &usize| keep[*i];
        Leaves {
            paths: (0..self.len()).filter(kept).map(|i| self.paths[i].clone()).collect(),
            values: (0..self.len()).filter(kept).map(|i| self[i]).collect(),
        }
    }
    /// The leaves, with those that were kept replaced.
    pub(super) fn replace(&self, keep: &[bool], by: Leaves) -> Leaves {
        let mut by = by.values.into_iter();
        let each = self.iter().zip(keep).map(|(x, k)| if *k { by.next().unwrap_or(*x) } else { *x });
        Leaves { paths: self.paths.clone(), values: each.collect() }
    }
}
/// An array of one number.
#[track_caller]
pub(super) fn full(shape: &[usize], dtype: DType, value: f64) -> Tracer {
    constant(Literal::full(ShapedArray::new(&[], dtype), value)).broadcast_to(shape)
}

/// The state of a gradient transformation: a pytree, which goes through `jit`, `scan`, donation and files like any other.
///
/// Its leaves have names: `.mu.layers[0].w` is the first moment of the parameter `.layers[0].w`; the states of a chain are numbered
/// before that, `[0].mu.layers[0].w`.
#[derive(Clone, Debug, PartialEq)]
pub struct State<T = Tracer> {
    name: &'static str,
    slots: Vec<(&'static str, Leaves<T>)>,
    inner: Vec<State<T>>,
}
impl<T> State<T> {
    /// The state of the transformation called `name`, with what it remembers.
    pub fn new<const N: usize>(name: &'static str, slots: [(&'static str, Leaves<T>); N]) -> State<T> {
        State { name, slots: slots.into(), inner: vec![] }
    }
    /// The state, with those of the transformations that it is made of.
    pub fn around(self, inner: Vec<State<T>>) -> State<T> {
        State { inner, ..self }
    }
    /// The transformation that it belongs to.
    pub fn name(&self) -> &str {
        self.name
    }
    /// The states of the transformations that it is made of.
    pub fn inner(&self) -> &[State<T>] {
        &self.inner
    }
    /// What is remembered under a name, here or further in: `state.get("count")`. The first that is found.
    pub fn get(&self, slot: &str) -> Option<&Leaves<T>> {
        let here = self.slots.iter().find(|s| s.0 == slot).map(|s| &s.1);
        here.or_else(|| self.inner.iter().find_map(|s| s.get(slot)))
    }
}
impl State {
    /// What the transformation called `name` remembers, in the order in which it was made.
    ///
    /// # Panics
    /// Inside the trace, if this is the state of another transformation.
    #[track_caller]
    pub fn slots<const N: usize>(&self, name: &str) -> [&Leaves; N] {
        let slots: Vec<&Leaves> = self.slots.iter().map(|s| &s.1).collect();
        match slots.try_into() {
            Ok(slots) if self.name == name => slots,
            _ => {
                fail(format!("{name}: got the state of `{}`; make it by `init` of the same transformation", self.name))
            }
        }
    }
    /// The leaves that are arrays of numbers or bools, whole and in order; and the state that has others instead.
    pub(super) fn zip(&self, other: &State, mut f: impl FnMut(Tracer, Tracer) -> Tracer) -> State {
        let ((a, tree), (b, _)) = (flatten(self.clone()), flatten(other.clone()));
        State::unflatten(&tree, &mut a.into_iter().zip(b).map(|(a, b)| f(a, b)))
    }
}

/// The structure of a [`State`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StateTree {
    name: &'static str,
    slots: Vec<(&'static str, Arc<[String]>)>,
    inner: Vec<StateTree>,
}
impl<T: Pytree<Leaf = T, Tree = ()>> Pytree for State<T> {
    type Leaf = T;
    type Tree = StateTree;
    type With<U: Leaf> = State<U>;
    fn flatten(self, leaves: &mut Vec<T>) -> StateTree {
        let mut slots = vec![];
        for (name, Leaves { paths, values }) in self.slots {
            leaves.extend(values);
            slots.push((name, paths));
        }
        StateTree { name: self.name, slots, inner: self.inner.into_iter().map(|s| s.flatten(leaves)).collect() }
    }
    fn unflatten(tree: &StateTree, leaves: &mut dyn Iterator<Item = T>) -> State<T> {
        let mut slot = |(name, paths): &(&'static str, Arc<[String]>)| {
            let values = paths.iter().map(|_| T::unflatten(&(), leaves)).collect();
            (*name, Leaves { paths: paths.clone(), values })
        };
        let slots = tree.slots.iter().map(&mut slot).collect();
        let inner = tree.inner.iter().map(|t| State::unflatten(t, leaves)).collect();
        State { name: tree.name, slots, inner }
    }
    fn visit_paths(tree: &StateTree, at: &str, found: &mut dyn FnMut(String)) {
        for (name, paths) in &tree.slots {
            paths.iter().for_each(|path| found(format!("{at}.{name}{path}")));
        }
        tree.inner.iter().enumerate().for_each(|(i, t)| State::<T>::visit_paths(t, &format!("{at}[{i}]"), found));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raxla_ir::pytree::unflatten;

    #[test]
    fn a_state_is_a_pytree_with_named_leaves() {
        let (mu, _) = Leaves::of(vec![Literal::scalar(1.0f32), Literal::scalar(2.0f32)]);
        let inner = State::new("adam", [("count", Leaves::one(Literal::scalar(3i32))), ("mu", mu)]);
        let state = State::new("chain", []).around(vec![State::new("scale", []), inner]);
        let (leaves, tree) = flatten(state.clone());
        assert_eq!(leaves, [Literal::scalar(3i32), Literal::scalar(1.0f32), Literal::scalar(2.0f32)]);
        assert_eq!(paths::<State<Literal>>(&tree), ["[1].count", "[1].mu[0]", "[1].mu[1]"]);
        assert_eq!(unflatten::<State<Literal>>(&tree, leaves), state);
        assert_eq!(state.get("count").map(|c| c[0].clone()), Some(Literal::scalar(3i32)));
    }
}
