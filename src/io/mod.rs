//! Weights in files: any pytree of arrays, by the paths of its leaves, as `safetensors` or NumPy's `.npz`.
//!
//! The leaf `.layers[0].w` is the entry `layers.0.w`, as other libraries name it. Reading takes a tree of the same structure, of arrays or
//! of types only, and every entry must be there, with the shape and dtype of its leaf. A file appears complete or not at all.
//!
//! ```
//! use raxla::{io, prelude::*};
//!
//! #[derive(Pytree, Clone)]
//! struct Affine<T = Tracer> { w: T, b: Vec<T> }
//!
//! let params = Affine { w: Array::from(vec![1.0f32, 2.0]), b: vec![Array::from(0.5f32)] };
//! let path = std::env::temp_dir().join(format!("affine-{}.safetensors", std::process::id()));
//! io::save_safetensors(&path, &params)?;
//! let read: Affine<Array> = io::load_safetensors(&path, &params)?;
//! assert_eq!(read.w.to_vec::<f32>()?, [1.0, 2.0]);
//! assert_eq!(io::read_safetensors(&path)?.keys().collect::<Vec<_>>(), ["b.0", "w"]);
//! # std::fs::remove_file(&path)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! States of optimizers are pytrees too: `io::save_safetensors(path, &(params, state))` is a checkpoint. One array alone: see
//! [`Array::save_npy`].

mod npz;
mod safetensors;

pub use {npz::*, safetensors::*};

use raxla_ir::{
    DType, Literal, ShapedArray,
    pytree::{Pytree, flatten, paths, unflatten},
};
use raxla_runtime::{Array, Client};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// What can be wrong with files of weights.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written, or is damaged.
    #[error("{}: {message}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What happened.
        message: String,
    },
    /// A leaf has no entry in the file.
    #[error("{}: there is no entry `{name}`, which should be {expected}", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// The entry.
        name: String,
        /// The type of the leaf.
        expected: String,
    },
    /// The file has entries for which there are no leaves.
    #[error("{}: there are entries that the tree has no leaves for: {}", path.display(), names.join(", "))]
    Surplus {
        /// The file.
        path: PathBuf,
        /// The entries, with their types.
        names: Vec<String>,
    },
    /// An entry has another shape or dtype than the leaf.
    #[error("{}: the entry `{name}` should be {expected}, but is {got}", path.display())]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// The entry.
        name: String,
        /// The type of the leaf.
        expected: String,
        /// The type of the entry.
        got: String,
    },
    /// The format has no such dtype.
    #[error("{format} cannot hold the entry `{name}`, which is {dtype}; convert it first")]
    Format {
        /// The format.
        format: &'static str,
        /// The entry.
        name: String,
        /// Its dtype.
        dtype: DType,
    },
    /// Two leaves would be one entry.
    #[error("two leaves of the tree are called `{name}`")]
    Name {
        /// The entry.
        name: String,
    },
    /// Devices: data that are gone, memory that does not suffice.
    #[error(transparent)]
    Runtime(#[from] raxla_runtime::Error),
}
/// A result whose error is an [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;
impl Error {
    fn file(path: &Path, message: impl ToString) -> Error {
        Error::File { path: path.into(), message: message.to_string() }
    }
}

/// What has a type: arrays, literals, and types themselves. Leaves of trees that weights are read for.
pub trait Typed {
    /// Its shape and dtype.
    fn typed(&self) -> ShapedArray;
}
impl Typed for Array {
    fn typed(&self) -> ShapedArray {
        self.aval().strong()
    }
}
impl Typed for Literal {
    fn typed(&self) -> ShapedArray {
        self.aval().strong()
    }
}
impl Typed for ShapedArray {
    fn typed(&self) -> ShapedArray {
        self.strong()
    }
}

/// The name of the entry of a leaf: `.layers[0].w` is `layers.0.w`, and a tree that is one leaf is `array`.
fn entry(path: &str) -> String {
    let name: String = path.replace(['"', ']'], "").replace('[', ".");
    let name = name.trim_start_matches('.');
    if name.is_empty() { "array".into() } else { name.into() }
}
/// The names of a tree's entries, in the order of its leaves.
fn entries<P: Pytree>(structure: &P::Tree) -> Result<Vec<String>> {
    let names: Vec<String> = paths::<P>(structure).iter().map(|path| entry(path)).collect();
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::Name { name: pair[0].clone() }),
        None => Ok(names),
    }
}
/// The data of a tree's leaves, with the names of their entries.
fn literals<P: Pytree<Leaf = Array> + Clone>(tree: &P) -> Result<Vec<(String, Literal)>> {
    let (leaves, structure) = flatten(tree.clone());
    let names = entries::<P>(&structure)?;
    names.into_iter().zip(leaves).map(|(name, array)| Ok((name, array.to_literal()?))).collect()
}
/// The tree of a file's entries, on the first device of [`Client::global`].
fn tree<P>(path: &Path, mut found: BTreeMap<String, Literal>, like: &P) -> Result<P::With<Array>>
where
    P: Pytree + Clone,
    P::Leaf: Typed,
{
    let (leaves, structure) = flatten(like.clone());
    let mut arrays = vec![];
    for (name, leaf) in entries::<P>(&structure)?.into_iter().zip(leaves) {
        let aval = leaf.typed();
        let expected = aval.to_string();
        let Some(literal) = found.remove(&name) else {
            return Err(Error::Missing { path: path.into(), name, expected });
        };
        if *literal.aval() != aval {
            return Err(Error::Mismatch { path: path.into(), name, expected, got: literal.aval().to_string() });
        }
        arrays.push(literal);
    }
    if !found.is_empty() {
        let names = found.iter().map(|(name, literal)| format!("`{name}` {}", literal.aval())).collect();
        return Err(Error::Surplus { path: path.into(), names });
    }
    let client = Client::global()?;
    let device = &client.devices()[0];
    let arrays =
        arrays.iter().map(|literal| Array::from_literal(literal, device)).collect::<raxla_runtime::Result<Vec<_>>>()?;
    Ok(unflatten::<P::With<Array>>(&structure, arrays))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tracer;

    #[derive(Pytree, Clone)]
    pub(super) struct Net<T = Tracer> {
        layers: Vec<(T, Option<T>)>,
        table: BTreeMap<String, T>,
        scale: T,
    }
    pub(super) fn net() -> Net<Array> {
        Net {
            layers: vec![
                (Array::new(&[2, 3], &[1.0f32, -0.0, f32::NAN, 3.0, f32::INFINITY, 5.5]), None),
                (Array::new(&[0, 3], &[] as &[f32]), Some(Array::from(vec![1i32, -2]))),
            ],
            table: BTreeMap::from([("en".to_string(), Array::from(vec![true, false, true]))]),
            scale: Array::from(2.5f64),
        }
    }
    pub(super) fn bytes(net: Net<Array>) -> Vec<(ShapedArray, Vec<u8>)> {
        let literals = flatten(net).0.into_iter().map(|a| a.to_literal().expect("data"));
        literals.map(|l| (l.aval().clone(), l.bytes().to_vec())).collect()
    }
    /// A place for a file of a test, which is removed with it.
    pub(super) struct Temporary(pub PathBuf);
    impl Temporary {
        pub(super) fn new(name: &str) -> Temporary {
            Temporary(std::env::temp_dir().join(format!("raxla-io-{}-{name}", std::process::id())))
        }
    }
    impl Drop for Temporary {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    #[test]
    fn entries_have_the_names_that_other_libraries_give() {
        let (_, structure) = flatten(net());
        let names = entries::<Net<Array>>(&structure).expect("names");
        assert_eq!(names, ["layers.0.0", "layers.1.0", "layers.1.1", "table.en", "scale"]);
        assert_eq!(entry(""), "array");
        let twice = BTreeMap::from([("a.0", vec![Array::from(1f32)]), ("a", vec![])]);
        assert_eq!(entries::<BTreeMap<&'static str, Vec<Array>>>(&flatten(twice).1).expect("names"), ["a.0.0"]);
        let clash: BTreeMap<&'static str, BTreeMap<&'static str, Array>> = BTreeMap::from([
            ("a.b", BTreeMap::from([("c", Array::from(1f32))])),
            ("a", BTreeMap::from([("b.c", Array::from(1f32))])),
        ]);
        let error = save_npz("unused.npz", &clash).expect_err("a clash").to_string();
        assert_eq!(error, "two leaves of the tree are called `a.b.c`");
    }
}
