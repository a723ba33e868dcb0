//! Pytrees: any nesting of structs, tuples, vectors and maps with arrays at the leaves.

use crate::{aval::ShapedArray, literal::Literal, trace::Tracer};
use indexmap::IndexMap;
use std::{collections::BTreeMap, fmt::Debug, hash::Hash};

pub use raxla_derive::Pytree;

/// What the shape of a tree must be able to do: it is part of the keys of caches.
pub trait Structure: Clone + Eq + Hash + Debug + Send + Sync + 'static {}
impl<T: Clone + Eq + Hash + Debug + Send + Sync + 'static> Structure for T {}

/// A tree with leaves of one type: an array or tracer itself, a struct that derives `Pytree`, tuples, `Vec`, arrays, `Option`, `Box`,
/// `BTreeMap` and `IndexMap` of pytrees.
///
/// A struct that derives it has a type parameter for the leaves, by convention with the default [`Tracer`]; fields whose type
/// does not mention it are static: they are no leaves, but part of the structure, and must be `Clone + Eq + Hash + Debug`.
///
/// ```
/// # extern crate raxla_ir as raxla;
/// use raxla_ir::{Literal, Pytree, Tracer, pytree::flatten};
///
/// #[derive(Clone, Debug, PartialEq, Eq, Hash)]
/// enum Activation { Relu, Tanh }
///
/// #[derive(Pytree)]
/// struct Dense<T = Tracer> { weight: T, bias: Option<T>, activation: Activation }
///
/// let layers = vec![Dense { weight: Literal::scalar(1.0), bias: None, activation: Activation::Relu }];
/// let (leaves, structure) = flatten(layers);
/// assert_eq!(leaves, [Literal::scalar(1.0)]);
/// assert_eq!(raxla_ir::pytree::paths::<Vec<Dense<Literal>>>(&structure), ["[0].weight"]);
/// ```
pub trait Pytree: Sized + 'static {
    /// What stands at the leaves.
    type Leaf;
    /// The structure of the tree, without its leaves.
    type Tree: Structure;
    /// The same tree with other leaves: from `Mlp<Tracer>` to `Mlp<Array>`.
    type With<U: Leaf>: Pytree<Leaf = U, Tree = Self::Tree>;
    /// Appends the leaves, in a fixed order, and returns the structure.
    fn flatten(self, leaves: &mut Vec<Self::Leaf>) -> Self::Tree;
    /// Rebuilds the tree from its structure and its leaves.
    fn unflatten(tree: &Self::Tree, leaves: &mut dyn Iterator<Item = Self::Leaf>) -> Self;
    /// Calls `found` with the path of each leaf, such as `.layers[0].w`, given that of the tree.
    fn visit_paths(tree: &Self::Tree, at: &str, found: &mut dyn FnMut(String));
}
/// A type that stands at the leaves of pytrees, and is a pytree of one leaf itself.
pub trait Leaf: Pytree<Leaf = Self, Tree = ()> {}

/// Makes types leaves of pytrees.
#[macro_export]
macro_rules! leaf { ($($T:ty),* $(,)?) => { $(
    impl $crate::pytree::Leaf for $T {}
    impl $crate::pytree::Pytree for $T {
        type Leaf = $T;
        type Tree = ();
        type With<U: $crate::pytree::Leaf> = U;
        fn flatten(self, leaves: &mut Vec<$T>) { leaves.push(self) }
        fn unflatten(_: &(), leaves: &mut dyn Iterator<Item = $T>) -> $T { $crate::pytree::next(leaves) }
        fn visit_paths(_: &(), at: &str, found: &mut dyn FnMut(String)) { found(at.into()) }
    }
)* } }
leaf! { Tracer, Literal, ShapedArray, Axis }

/// The next leaf.
///
/// # Panics
/// If there is none: the leaves were counted for another structure.
#[doc(hidden)]
pub fn next<T>(leaves: &mut dyn Iterator<Item = T>) -> T {
    leaves.next().unwrap_or_else(|| crate::trace::fail("pytree: fewer leaves than the structure has"))
}

/// A batch axis, or none, as a leaf: for [`crate::pytree::Pytree`]s of axes, one for each leaf of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Axis(pub Option<isize>);

/// The leaves of a tree, and its structure.
pub fn flatten<P: Pytree>(tree: P) -> (Vec<P::Leaf>, P::Tree) {
    let mut leaves = vec![];
    let structure = tree.flatten(&mut leaves);
    (leaves, structure)
}
/// The tree of a structure and its leaves.
pub fn unflatten<P: Pytree>(structure: &P::Tree, leaves: impl IntoIterator<Item = P::Leaf>) -> P {
    P::unflatten(structure, &mut leaves.into_iter())
}
/// The path of each leaf.
pub fn paths<P: Pytree>(structure: &P::Tree) -> Vec<String> {
    let mut paths = vec![];
    P::visit_paths(structure, "", &mut |p| paths.push(p));
    paths
}
/// The number of leaves of a structure.
pub fn count<P: Pytree>(structure: &P::Tree) -> usize {
    let mut n = 0;
    P::visit_paths(structure, "", &mut |_| n += 1);
    n
}
/// The tree with `f` applied to every leaf.
///
/// ```
/// use raxla_ir::{Literal, pytree::map};
/// let doubled: Vec<Literal> = map(vec![Literal::scalar(1.0)], |l: Literal| Literal::scalar(2.0 * l.floats()[0]));
/// assert_eq!(doubled, [Literal::scalar(2.0)]);
/// ```
pub fn map<P: Pytree, U: Leaf>(tree: P, f: impl FnMut(P::Leaf) -> U) -> P::With<U> {
    let (leaves, structure) = flatten(tree);
    unflatten::<P::With<U>>(&structure, leaves.into_iter().map(f))
}
/// The tree with `f` applied to the leaves of two trees of one structure, in pairs.
///
/// # Panics
/// If the structures differ.
#[track_caller]
pub fn zip_with<P: Pytree, Q: Pytree<Tree = P::Tree>, U: Leaf>(
    a: P,
    b: Q,
    mut f: impl FnMut(P::Leaf, Q::Leaf) -> U,
) -> P::With<U> {
    let ((a, tree), (b, other)) = (flatten(a), flatten(b));
    if tree != other {
        crate::trace::fail(format!("pytree: the structures differ: {tree:?} and {other:?}"));
    }
    unflatten::<P::With<U>>(&tree, a.into_iter().zip(b).map(|(x, y)| f(x, y)))
}

macro_rules! tuples { ($($($T:ident $i:tt)*;)*) => { $(
    impl<A: Pytree, $($T: Pytree<Leaf = A::Leaf>),*> Pytree for (A, $($T,)*) {
        type Leaf = A::Leaf;
        type Tree = (A::Tree, $($T::Tree,)*);
        type With<U: Leaf> = (A::With<U>, $($T::With<U>,)*);
        fn flatten(self, leaves: &mut Vec<A::Leaf>) -> Self::Tree { (self.0.flatten(leaves), $(self.$i.flatten(leaves),)*) }
        fn unflatten(tree: &Self::Tree, leaves: &mut dyn Iterator<Item = A::Leaf>) -> Self {
            (A::unflatten(&tree.0, leaves), $($T::unflatten(&tree.$i, leaves),)*)
        }
        fn visit_paths(tree: &Self::Tree, at: &str, found: &mut dyn FnMut(String)) {
            A::visit_paths(&tree.0, &format!("{at}.0"), found);
            $($T::visit_paths(&tree.$i, &format!("{at}.{}", $i), found);)*
        }
    }
)* } }
tuples! {
    ;
    B 1;
    B 1 C 2;
    B 1 C 2 D 3;
    B 1 C 2 D 3 E 4;
    B 1 C 2 D 3 E 4 F 5;
    B 1 C 2 D 3 E 4 F 5 G 6;
    B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

impl<A: Pytree> Pytree for Vec<A> {
    type Leaf = A::Leaf;
    type Tree = Vec<A::Tree>;
    type With<U: Leaf> = Vec<A::With<U>>;
    fn flatten(self, leaves: &mut Vec<A::Leaf>) -> Self::Tree {
        self.into_iter().map(|a| a.flatten(leaves)).collect()
    }
    fn unflatten(tree: &Self::Tree, leaves: &mut dyn Iterator<Item = A::Leaf>) -> Self {
        tree.iter().map(|t| A::unflatten(t, leaves)).collect()
    }
    fn visit_paths(tree: &Self::Tree, at: &str, found: &mut dyn FnMut(String)) {
        tree.iter().enumerate().for_each(|(i, t)| A::visit_paths(t, &format!("{at}[{i}]"), found));
    }
}
impl<A: Pytree, const N: usize> Pytree for [A; N] {
    type Leaf = A::Leaf;
    type Tree = [A::Tree; N];
    type With<U: Leaf> = [A::With<U>; N];
    fn flatten(self, leaves: &mut Vec<A::Leaf>) -> Self::Tree {
        self.map(|a| a.flatten(leaves))
    }
    fn unflatten(tree: &Self::Tree, leaves: &mut dyn Iterator<Item = A::Leaf>) -> Self {
        std::array::from_fn(|i| A::unflatten(&tree[i], leaves))
    }
    fn visit_paths(tree: &Self::Tree, at: &str, found: &mut dyn FnMut(String)) {
        tree.iter().enumerate().for_each(|(i, t)| A::visit_paths(t, &format!("{at}[{i}]"), found));
    }
}
impl<A: Pytree> Pytree for Option<A> {
    type Leaf = A::Leaf;
    type Tree = Option<A::Tree>;
    type With<U: Leaf> = Option<A::With<U>>;
    fn flatten(self, leaves: &mut Vec<A::Leaf>) -> Self::Tree {
        self.map(|a| a.flatten(leaves))
    }
    fn unflatten(tree: &Self::Tree, leaves: &mut dyn Iterator<Item = A::Leaf>) -> Self {
        tree.as_ref().map(|t| A::unflatten(t, leaves))
    }
    fn visit_paths(tree: &Self::Tree, at: &str, found: &mut dyn FnMut(String)) {
        tree.iter().for_each(|t| A::visit_paths(t, at, found));
    }
}
impl<A: Pytree> Pytree for Box<A> {
    type Leaf = A::Leaf;
    type Tree = A::Tree;
    type With<U: Leaf> = Box<A::With<U>>;
    fn flatten(self, leaves: &mut Vec<A::Leaf>) -> Self::Tree {
        (*self).flatten(leaves)
    }
    fn unflatten(tree: &Self::Tree, leaves: &mut dyn Iterator<Item = A::Leaf>) -> Self {
        Box::new(A::unflatten(tree, leaves))
    }
    fn visit_paths(tree: &Self::Tree, at: &str, found: &mut dyn FnMut(String)) {
        A::visit_paths(tree, at, found);
    }
}
macro_rules! maps { ($($Map:ident $($Bound:ident)*;)*) => { $(
    impl<K: Structure $(+ $Bound)*, A: Pytree> Pytree for $Map<K, A> {
        type Leaf = A::Leaf;
        type Tree = Vec<(K, A::Tree)>;
        type With<U: Leaf> = $Map<K, A::With<U>>;
        fn flatten(self, leaves: &mut Vec<A::Leaf>) -> Self::Tree { self.into_iter().map(|(k, a)| (k, a.flatten(leaves))).collect() }
        fn unflatten(tree: &Self::Tree, leaves: &mut dyn Iterator<Item = A::Leaf>) -> Self {
            tree.iter().map(|(k, t)| (k.clone(), A::unflatten(t, leaves))).collect()
        }
        fn visit_paths(tree: &Self::Tree, at: &str, found: &mut dyn FnMut(String)) {
            tree.iter().for_each(|(k, t)| A::visit_paths(t, &format!("{at}[{k:?}]"), found));
        }
    }
)* } }
maps! { BTreeMap Ord; IndexMap; }

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    enum Activation {
        Relu,
    }
    #[derive(Pytree, Clone, Debug, PartialEq)]
    struct Dense<T = Tracer> {
        w: T,
        b: Option<T>,
        activation: Activation,
        name: String,
    }
    #[derive(Pytree, Clone, Debug, PartialEq)]
    struct Net<T = Tracer>(Vec<Dense<T>>, BTreeMap<String, (T, [T; 2])>, Box<T>);

    fn scalar(x: f32) -> Literal {
        Literal::scalar(x)
    }

    #[test]
    fn nested_trees_flatten_and_unflatten() {
        let dense = |b| Dense { w: scalar(1.0), b, activation: Activation::Relu, name: "d".into() };
        let map = BTreeMap::from([("x".to_string(), (scalar(3.0), [scalar(4.0), scalar(5.0)]))]);
        let net = Net(vec![dense(None), dense(Some(scalar(2.0)))], map, Box::new(scalar(6.0)));
        let (leaves, tree) = flatten(net.clone());
        assert_eq!(leaves, [1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0].map(scalar));
        let want = [".0[0].w", ".0[1].w", ".0[1].b", ".1[\"x\"].0", ".1[\"x\"].1[0]", ".1[\"x\"].1[1]", ".2"];
        assert_eq!(paths::<Net<Literal>>(&tree), want);
        assert_eq!(unflatten::<Net<Literal>>(&tree, leaves), net);
        let axes: Net<Axis> = map_tree(net);
        assert_eq!(axes.0[1].b, Some(Axis(Some(0))));
    }
    fn map_tree(net: Net<Literal>) -> Net<Axis> {
        map(net, |_| Axis(Some(0)))
    }
}
