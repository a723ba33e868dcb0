//! Files of the format `.npz`: an archive of files of NumPy's format `.npy`.

use super::{Error, Result, Typed, literals, tree};
use raxla_ir::{Literal, pytree::Pytree};
use raxla_runtime::{
    Array,
    npy::{from_reader, to_bytes, write_atomically},
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::Path,
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Writes a tree of arrays, not compressed, as `numpy.savez` does. The same tree gives the same bytes.
///
/// ```
/// use raxla::{io, prelude::*};
/// let path = std::env::temp_dir().join(format!("weights-{}.npz", std::process::id()));
/// io::save_npz(&path, &(Array::from(vec![1.0f32, 2.0]), Array::from(3i32)))?;
/// assert_eq!(io::read_npz(&path)?.keys().collect::<Vec<_>>(), ["0", "1"]);
/// let like = (Array::from(vec![0.0f32; 2]), Array::from(0i32));
/// let (w, n) = io::load_npz(&path, &like)?;
/// assert_eq!((w.to_vec::<f32>()?, n.to_vec::<i32>()?), (vec![1.0, 2.0], vec![3]));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Format`] for dtypes that NumPy itself does not have; [`Error::File`]; what [`Array::to_literal`] returns.
pub fn save_npz<P: Pytree<Leaf = Array> + Clone>(path: impl AsRef<Path>, tree: &P) -> Result<()> {
    write(path.as_ref(), literals(tree)?)
}
fn write(path: &Path, literals: Vec<(String, Literal)>) -> Result<()> {
    let file = |(name, literal): (String, Literal)| match to_bytes(&literal) {
        Ok(bytes) => Ok((name, bytes)),
        Err(raxla_runtime::Error::Format { dtype, .. }) => Err(Error::Format { format: "npz", name, dtype }),
        Err(other) => Err(other.into()),
    };
    let files = literals.into_iter().map(file).collect::<Result<Vec<_>>>()?;
    let written = write_atomically(path, |temporary| {
        let mut archive = ZipWriter::new(BufWriter::new(File::create(temporary)?));
        for (name, bytes) in files {
            let large = bytes.len() as u64 >= u64::from(u32::MAX);
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(large);
            archive.start_file(format!("{name}.npy"), options)?;
            archive.write_all(&bytes)?;
        }
        archive.finish()?.flush()
    });
    Ok(written?)
}
/// Reads a tree of the structure and types of `like`, to the first device of [`Client::global`](crate::Client::global).
///
/// # Errors
/// As [`load_safetensors`](super::load_safetensors).
pub fn load_npz<P>(path: impl AsRef<Path>, like: &P) -> Result<P::With<Array>>
where
    P: Pytree + Clone,
    P::Leaf: Typed,
{
    let path = path.as_ref();
    tree(path, read_npz(path)?, like)
}
/// Reads all entries, by name; compressed ones too.
///
/// # Errors
/// [`Error::File`] if the file cannot be read, is damaged, or holds text or structures.
pub fn read_npz(path: impl AsRef<Path>) -> Result<BTreeMap<String, Literal>> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|error| Error::file(path, error))?;
    let damaged = |error| Error::file(path, format!("this is no npz file: {error}"));
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let mut read = BTreeMap::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(damaged)?;
        let name = entry.name().trim_end_matches(".npy").to_string();
        let literal = from_reader(entry, path).map_err(|error| match error {
            raxla_runtime::Error::Io { message, .. } => Error::file(path, format!("the entry `{name}`: {message}")),
            other => other.into(),
        })?;
        read.insert(name, literal);
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Temporary, bytes, net};
    use super::*;
    use raxla_ir::{DType, ShapedArray};

    #[test]
    fn trees_come_back_as_they_were() {
        let file = Temporary::new("tree.npz");
        save_npz(&file.0, &net()).expect("to be written");
        assert_eq!(bytes(load_npz(&file.0, &net()).expect("to be read")), bytes(net()));
    }
    #[test]
    fn every_dtype_of_numpy_comes_back() {
        let file = Temporary::new("dtypes.npz");
        let known = DType::ALL.iter().filter(|d| to_bytes(&Literal::zeros(ShapedArray::new(&[], **d))).is_ok());
        let literals: Vec<(String, Literal)> =
            known.map(|d| (d.name().into(), Literal::full(ShapedArray::new(&[2], *d), 1.0))).collect();
        assert_eq!(literals.len(), 14);
        write(&file.0, literals.clone()).expect("to be written");
        assert_eq!(read_npz(&file.0).expect("to be read"), literals.into_iter().collect());
        let narrow = Literal::full(ShapedArray::new(&[], DType::BF16), 1.0);
        let error = write(&file.0, vec![("z".into(), narrow)]).expect_err("no such dtype").to_string();
        assert_eq!(error, "npz cannot hold the entry `z`, which is bf16; convert it first");
    }
    /// `numpy.savez_compressed(file, w=numpy.array([[1, 2], [3, 4]], "f4", order="F"), n=numpy.int64(7))` of NumPy 2.4.
    const FROM_PYTHON: &str = "\
        504b03042d0000000800000021008952f615ffffffffffffffff05001400772e6e707901001000900000000000000053000000000000009bec17ea1b\
        10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f5f94920a120f292a4d050a17672416a402b91a463a0a469a3a0ab50a\
        e4032e0686067b06060707062001643b0000504b03042d00000008000000210023b8f06cffffffffffffffff050014006e2e6e707901001000880000\
        000000000046000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a1aea3a09e965f54529498179f5f94920a12774bcc294e\
        058a17672416a402f91a9a3a0ab50a14012e7606080000504b01022d032d0000000800000021008952f6155300000090000000050000000000000000\
        000000800100000000772e6e7079504b01022d032d00000008000000210023b8f06c460000008800000005000000000000000000000080018a000000\
        6e2e6e7079504b0506000000000200020066000000070100000000";
    fn from_python() -> Vec<u8> {
        (0..FROM_PYTHON.len() / 2)
            .map(|i| u8::from_str_radix(&FROM_PYTHON[2 * i..2 * i + 2], 16).expect("hex"))
            .collect()
    }
    #[test]
    fn files_of_python_are_read() {
        let file = Temporary::new("python.npz");
        std::fs::write(&file.0, from_python()).expect("to be written");
        let read = read_npz(&file.0).expect("to be read");
        assert_eq!(read["w"], Literal::new(&[2, 2], &[1f32, 2.0, 3.0, 4.0]));
        assert_eq!(read["n"].ints(), [7]);
    }
    #[test]
    fn damaged_files_are_errors() {
        let file = Temporary::new("damaged.npz");
        let whole = from_python();
        for n in (0..whole.len()).step_by(7) {
            std::fs::write(&file.0, &whole[..n]).expect("to be written");
            let error = read_npz(&file.0).expect_err("a damaged file").to_string();
            assert!(error.contains("damaged.npz: "), "{error}");
        }
        // A flipped byte among the data is found by the archive's checksum, or leaves no array that can be read.
        let mut flipped = whole.clone();
        flipped[60] ^= 0x55;
        std::fs::write(&file.0, &flipped).expect("to be written");
        assert!(read_npz(&file.0).is_err());
    }
}
