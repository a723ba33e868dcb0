//! Files of the format `safetensors`: a header of names, dtypes and shapes, then the bytes of all arrays.

use super::{Error, Result, Typed, literals, tree};
use raxla_ir::{DType, Literal, ShapedArray, pytree::Pytree};
use raxla_runtime::{Array, npy::write_atomically};
use safetensors::{Dtype, SafeTensorError, SafeTensors, View};
use std::{borrow::Cow, collections::BTreeMap, path::Path};

/// The format's dtypes and raxla's.
const DTYPES: &[(Dtype, DType)] = &[
    (Dtype::BOOL, DType::Bool),
    (Dtype::U8, DType::U8),
    (Dtype::I8, DType::I8),
    (Dtype::F8_E5M2, DType::F8E5M2),
    (Dtype::F8_E4M3, DType::F8E4M3FN),
    (Dtype::F8_E8M0, DType::F8E8M0FNU),
    (Dtype::I16, DType::I16),
    (Dtype::U16, DType::U16),
    (Dtype::F16, DType::F16),
    (Dtype::BF16, DType::BF16),
    (Dtype::I32, DType::I32),
    (Dtype::U32, DType::U32),
    (Dtype::F32, DType::F32),
    (Dtype::C64, DType::C64),
    (Dtype::F64, DType::F64),
    (Dtype::I64, DType::I64),
    (Dtype::U64, DType::U64),
];

struct Entry {
    dtype: Dtype,
    literal: Literal,
}
impl View for Entry {
    fn dtype(&self) -> Dtype {
        self.dtype
    }
    fn shape(&self) -> &[usize] {
        self.literal.shape()
    }
    fn data(&self) -> Cow<'_, [u8]> {
        self.literal.bytes().into()
    }
    fn data_len(&self) -> usize {
        self.literal.bytes().len()
    }
}

/// Writes a tree of arrays. The same tree gives the same bytes.
///
/// ```
/// use raxla::{io, prelude::*};
/// let path = std::env::temp_dir().join(format!("weights-{}.safetensors", std::process::id()));
/// io::save_safetensors(&path, &(Array::from(vec![1.0f32, 2.0]), Array::from(3i32)))?;
/// assert_eq!(io::read_safetensors(&path)?.keys().collect::<Vec<_>>(), ["0", "1"]);
/// let wrong = io::load_safetensors(&path, &(Array::from(vec![0.0f32; 2]), Array::from(0.0f32)));
/// assert!(wrong.unwrap_err().to_string().ends_with("the entry `1` should be f32[], but is i32[]"));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Format`] for dtypes that the format does not have: `c128`, those of fewer than 8 bits, and some floats of 8; [`Error::File`];
/// what [`Array::to_literal`] returns.
pub fn save_safetensors<P: Pytree<Leaf = Array> + Clone>(path: impl AsRef<Path>, tree: &P) -> Result<()> {
    write(path.as_ref(), literals(tree)?)
}
fn write(path: &Path, literals: Vec<(String, Literal)>) -> Result<()> {
    let entry = |(name, literal): (String, Literal)| match DTYPES.iter().find(|d| d.1 == literal.dtype()) {
        Some((dtype, _)) => Ok((name, Entry { dtype: *dtype, literal })),
        None => Err(Error::Format { format: "safetensors", name, dtype: literal.dtype() }),
    };
    let entries = literals.into_iter().map(entry).collect::<Result<Vec<_>>>()?;
    let written = write_atomically(path, |temporary| {
        safetensors::serialize_to_file(entries, None, temporary).map_err(std::io::Error::other)
    });
    Ok(written?)
}
/// Reads a tree of the structure and types of `like`, to the first device of [`Client::global`](crate::Client::global).
///
/// # Errors
/// [`Error::Missing`], [`Error::Surplus`] and [`Error::Mismatch`] name the entry and both types; [`Error::File`] if the file cannot be read or
/// is damaged.
pub fn load_safetensors<P>(path: impl AsRef<Path>, like: &P) -> Result<P::With<Array>>
where
    P: Pytree + Clone,
    P::Leaf: Typed,
{
    let path = path.as_ref();
    tree(path, read_safetensors(path)?, like)
}
/// Reads all entries, by name.
///
/// # Errors
/// [`Error::File`] if the file cannot be read, is damaged, or holds dtypes that raxla does not have.
pub fn read_safetensors(path: impl AsRef<Path>) -> Result<BTreeMap<String, Literal>> {
    let path = path.as_ref();
    let bytes = std::fs::read(path).map_err(|error| Error::file(path, error))?;
    let damaged = |error: SafeTensorError| Error::file(path, format!("this is no safetensors file: {error}"));
    let file = SafeTensors::deserialize(&bytes).map_err(damaged)?;
    let literal = |(name, view): (&str, safetensors::tensor::TensorView)| {
        let Some((_, dtype)) = DTYPES.iter().find(|d| d.0 == view.dtype()) else {
            return Err(Error::file(
                path,
                format!("the entry `{name}` is {:?}, which no dtype corresponds to", view.dtype()),
            ));
        };
        let aval = ShapedArray::new(view.shape(), *dtype);
        let sound = *dtype != DType::Bool || view.data().iter().all(|byte| *byte < 2);
        let literal = Literal::from_bytes(aval, view.data()).filter(|_| sound);
        let literal = literal
            .ok_or_else(|| Error::file(path, format!("the entry `{name}` holds bytes that are none of {dtype}")));
        Ok((name.to_string(), literal?))
    };
    file.iter().map(literal).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Net, Temporary, bytes, net};
    use super::*;
    use crate::{Tracer, jit};
    use raxla_ir::pytree::map;

    #[test]
    fn trees_come_back_as_they_were() {
        let file = Temporary::new("tree.safetensors");
        save_safetensors(&file.0, &net()).expect("to be written");
        assert_eq!(bytes(load_safetensors(&file.0, &net()).expect("to be read")), bytes(net()));
        let types: Net<ShapedArray> = map(net(), |a: Array| a.aval().clone());
        assert_eq!(bytes(load_safetensors(&file.0, &types).expect("to be read by types")), bytes(net()));
    }
    #[test]
    fn states_of_optimizers_come_back() {
        let file = Temporary::new("state.safetensors");
        let opt = crate::optim::adam(0.1);
        let state = jit(|w: Vec<Tracer>| opt.init(&w))(vec![Array::from(vec![1f32, 2.0])]);
        save_safetensors(&file.0, &state).expect("to be written");
        let names: Vec<String> = read_safetensors(&file.0).expect("to be read").into_keys().collect();
        assert_eq!(names, ["0.count", "0.mu.0", "0.nu.0"]);
        let read = load_safetensors(&file.0, &state).expect("to be read");
        assert_eq!(read.get("mu").expect("a mean")[0].shape(), [2]);
    }
    #[test]
    fn every_dtype_of_the_format_comes_back() {
        let file = Temporary::new("dtypes.safetensors");
        let literals: Vec<(String, Literal)> =
            DTYPES.iter().map(|(_, d)| (d.name().into(), Literal::full(ShapedArray::new(&[2], *d), 1.0))).collect();
        write(&file.0, literals.clone()).expect("to be written");
        assert_eq!(read_safetensors(&file.0).expect("to be read"), literals.into_iter().collect());
        let wide = Literal::full(ShapedArray::new(&[], DType::C128), 1.0);
        let error = write(&file.0, vec![("z".into(), wide)]).expect_err("no such dtype").to_string();
        assert_eq!(error, "safetensors cannot hold the entry `z`, which is c128; convert it first");
    }
    #[test]
    fn what_does_not_fit_is_named_with_both_types() {
        let file = Temporary::new("errors.safetensors");
        let tree = |w: Array, b: Option<Array>| (w, b);
        let (w, b) = (Array::from(vec![1f32, 2.0]), Array::from(3i32));
        save_safetensors(&file.0, &tree(w.clone(), Some(b.clone()))).expect("to be written");
        let error = |like| {
            let error = load_safetensors(&file.0, &like).expect_err("something that does not fit").to_string();
            error.replace(&file.0.display().to_string(), "FILE")
        };
        assert_eq!(error(tree(w.clone(), None)), "FILE: there are entries that the tree has no leaves for: `1` i32[]");
        assert_eq!(error(tree(b, Some(w.clone()))), "FILE: the entry `0` should be i32[], but is f32[2]");
        save_safetensors(&file.0, &tree(w.clone(), None)).expect("to be written");
        let error = load_safetensors(&file.0, &tree(w.clone(), Some(w))).expect_err("a missing entry").to_string();
        assert!(error.ends_with(": there is no entry `1`, which should be f32[2]"), "{error}");
        let error = read_safetensors("/nowhere/at.all").expect_err("no file").to_string();
        assert!(error.starts_with("/nowhere/at.all: "), "{error}");
    }
    /// What Python's `safetensors.numpy.save({"w": float32 [[1, 2]], "layer.b": bfloat16 [0.5], "n": int64 7})` of version 0.8 writes.
    fn from_python() -> Vec<u8> {
        let header = br#"{"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},"layer.b":{"dtype":"BF16","shape":[1],"data_offsets":[16,18]}}     "#;
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header);
        bytes.extend(7i64.to_le_bytes());
        bytes.extend([1f32, 2.0].iter().flat_map(|x| x.to_le_bytes()));
        bytes.extend([0x00, 0x3f]);
        bytes
    }
    #[test]
    fn files_of_python_are_read() {
        let file = Temporary::new("python.safetensors");
        std::fs::write(&file.0, from_python()).expect("to be written");
        let read = read_safetensors(&file.0).expect("to be read");
        assert_eq!(read["w"], Literal::new(&[1, 2], &[1f32, 2.0]));
        assert_eq!((read["n"].ints(), read["layer.b"].floats()), (vec![7], vec![0.5]));
    }
    #[test]
    fn damaged_files_are_errors() {
        let file = Temporary::new("damaged.safetensors");
        let whole = from_python();
        let mut cases: Vec<Vec<u8>> = (0..whole.len()).map(|n| whole[..n].to_vec()).collect();
        cases.push([&whole[..], &[0]].concat());
        cases.push([&u64::MAX.to_le_bytes()[..], &whole[8..]].concat());
        for (i, bytes) in cases.iter().enumerate() {
            std::fs::write(&file.0, bytes).expect("to be written");
            assert!(read_safetensors(&file.0).is_err(), "case {i}");
        }
        let bools = Literal::full(ShapedArray::new(&[3], DType::Bool), 1.0);
        write(&file.0, vec![("flags".into(), bools)]).expect("to be written");
        let mut bytes = std::fs::read(&file.0).expect("to be read");
        *bytes.last_mut().expect("a byte") = 7;
        std::fs::write(&file.0, bytes).expect("to be written");
        let error = read_safetensors(&file.0).expect_err("no bool").to_string();
        assert!(error.ends_with("the entry `flags` holds bytes that are none of bool"), "{error}");
    }
    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("raxla-io-{}-folder", std::process::id()));
        std::fs::create_dir_all(folder.join("taken")).expect("a folder");
        let error = save_safetensors(folder.join("taken"), &Array::from(1f32)).expect_err("a folder stands there");
        assert!(error.to_string().contains("taken"), "{error}");
        let left: Vec<_> = std::fs::read_dir(&folder).expect("a folder").flatten().map(|e| e.file_name()).collect();
        assert_eq!(left, ["taken"]);
        std::fs::remove_dir_all(&folder).expect("to be removed");
    }
}
