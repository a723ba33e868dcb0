//! Arrays in files of NumPy's format `.npy`, and how files are written whole or not at all.

use super::Array;
use crate::error::{Error, Result};
use half::f16;
use npyz::{AutoSerialize, Deserialize, NpyFile, Order, WriterBuilder};
use num_complex::{Complex32, Complex64};
use raxla_ir::{DType, Element, Literal, ShapedArray};
use std::{
    fs::{self, File},
    io::{BufReader, Read},
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

/// Calls a generic function with the Rust type of a dtype that NumPy knows.
macro_rules! with_type {
    ($dtype:expr, $function:ident($($argument:expr),*)) => {
        match $dtype {
            DType::Bool => $function::<bool>($($argument),*),
            DType::I8 => $function::<i8>($($argument),*),
            DType::I16 => $function::<i16>($($argument),*),
            DType::I32 => $function::<i32>($($argument),*),
            DType::I64 => $function::<i64>($($argument),*),
            DType::U8 => $function::<u8>($($argument),*),
            DType::U16 => $function::<u16>($($argument),*),
            DType::U32 => $function::<u32>($($argument),*),
            DType::U64 => $function::<u64>($($argument),*),
            DType::F16 => $function::<f16>($($argument),*),
            DType::F32 => $function::<f32>($($argument),*),
            DType::F64 => $function::<f64>($($argument),*),
            DType::C64 => $function::<Complex32>($($argument),*),
            DType::C128 => $function::<Complex64>($($argument),*),
            other => Err(Error::Format { format: "npy", dtype: other }),
        }
    };
}

impl Array {
    /// Writes the array to a file of NumPy's format `.npy`. The file appears complete or not at all.
    ///
    /// # Errors
    /// [`Error::Format`] for dtypes that NumPy itself does not have (`bf16` and those of fewer than 16 bits that are no integers, bool aside);
    /// [`Error::Io`]; what [`Array::to_literal`] returns.
    pub fn save_npy(&self, path: impl AsRef<Path>) -> Result<()> {
        let bytes = to_bytes(&self.to_literal()?)?;
        write_atomically(path.as_ref(), |temporary| fs::write(temporary, &bytes))
    }
    /// Reads an array from a file of NumPy's format `.npy`, in either byte order and memory order, to the first device of
    /// [`Client::global`](crate::Client::global).
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read, is damaged or holds structures or text; what [`Array::from_literal`] returns.
    pub fn load_npy(path: impl AsRef<Path>) -> Result<Array> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| Error::io(path, error))?;
        Array::from_literal(&from_reader(BufReader::new(file), path)?, &crate::Client::global()?.devices()[0])
    }
}

/// What a file of the format `.npy` holds for a literal.
///
/// # Errors
/// As [`Array::save_npy`].
pub fn to_bytes(literal: &Literal) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(literal.bytes().len() + 128);
    with_type!(literal.dtype(), write(literal, &mut bytes))?;
    Ok(bytes)
}
/// The array that is written in the format `.npy`, in either byte order and memory order; `path` is what errors name.
///
/// # Errors
/// As [`Array::load_npy`].
pub fn from_reader(reader: impl Read, path: &Path) -> Result<Literal> {
    let file = NpyFile::new(reader).map_err(|error| Error::io(path, error))?;
    let npyz::DType::Plain(kind) = file.dtype() else {
        return Err(Error::io(path, "it holds structures, which no dtype corresponds to"));
    };
    let name = kind.to_string();
    // `<f4`: byte order, kind, bytes.
    let dtype = match name.trim_start_matches(['<', '>', '|', '=']) {
        "b1" => DType::Bool,
        "i1" => DType::I8,
        "i2" => DType::I16,
        "i4" => DType::I32,
        "i8" => DType::I64,
        "u1" => DType::U8,
        "u2" => DType::U16,
        "u4" => DType::U32,
        "u8" => DType::U64,
        "f2" => DType::F16,
        "f4" => DType::F32,
        "f8" => DType::F64,
        "c8" => DType::C64,
        "c16" => DType::C128,
        _ => return Err(Error::io(path, format!("it holds `{name}`, which no dtype corresponds to"))),
    };
    with_type!(dtype, read(file, path))
}

fn write<T: Element + AutoSerialize>(literal: &Literal, into: &mut Vec<u8>) -> Result<()> {
    let shape: Vec<u64> = literal.shape().iter().map(|size| *size as u64).collect();
    let elements = literal.as_slice::<T>().unwrap_or(&[]);
    // Writing to memory does not fail.
    let written =
        npyz::WriteOptions::new().default_dtype().shape(&shape).writer(into).begin_nd().and_then(|mut writer| {
            writer.extend(elements)?;
            writer.finish()
        });
    written.map_err(|error| Error::io("npy", error))
}

fn read<T: Element + Deserialize>(file: NpyFile<impl Read>, path: &Path) -> Result<Literal> {
    let failed = |error: std::io::Error| Error::io(path, error);
    let shape: Vec<usize> = file.shape().iter().map(|size| *size as usize).collect();
    let fortran = file.order() == Order::Fortran;
    let elements = file.into_vec::<T>().map_err(failed)?;
    let aval = ShapedArray::new(&shape, T::DTYPE);
    if elements.len() != aval.size() {
        return Err(Error::io(path, format!("it ends after {} elements of {}", elements.len(), aval.size())));
    }
    if !fortran {
        return Ok(Literal::new(&shape, &elements));
    }
    // Fortran's order is that of the transposed array; element `i` of ours, row by row, has the index whose offset counts the
    // first axis fastest.
    let reversed: Vec<usize> = shape.iter().rev().copied().collect();
    let source = Literal::new(&reversed, &elements);
    let mut offsets = Vec::with_capacity(elements.len());
    raxla_ir::literal::for_each_index(&shape, |index| {
        offsets.push(index.iter().zip(&shape).rev().fold(0, |offset, (i, size)| offset * size + i));
    });
    Ok(source.gather(&shape, None, |i| Some(offsets[i])))
}

/// Has a file written beside its place, and moves it there: it appears complete or not at all.
///
/// # Errors
/// [`Error::Io`] if `write`, or the system, fails.
pub fn write_atomically(path: &Path, write: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<()> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let failed = |error: std::io::Error| Error::io(path, error);
    let mut name = path.file_name().ok_or_else(|| Error::io(path, "this is not the name of a file"))?.to_owned();
    name.push(format!(".part-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    let temporary = path.with_file_name(name);
    let outcome = write(&temporary).and_then(|()| {
        fs::OpenOptions::new().write(true).open(&temporary)?.sync_all()?;
        fs::rename(&temporary, path)
    });
    outcome.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        failed(error)
    })
}
