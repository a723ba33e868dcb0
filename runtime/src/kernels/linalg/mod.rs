//! Linear algebra on the CPU: the decompositions of `raxla_ir::primitives::linalg`, by the crate `faer`.
//!
//! Arrays are row-major, faer's algorithms want columns, so each matrix is turned on its way in and out. A stack of matrices is divided
//! among threads; a large matrix alone is left to faer's own threads. What is not unique is made so as the primitives promise.

mod field;
mod reflections;
mod schur;
mod spectral;
mod systems;

use crate::kernel::{Kernel, KernelCall, Output};
use faer::Par;
use field::Field;
use num_complex::Complex;
use raxla_ir::{DType, ShapedArray};
use rayon::prelude::*;

macro_rules! kernels { ($($name:ident: $module:ident;)*) => {
    /// The kernels by the names of their primitives.
    pub(super) const KERNELS: &[(&str, Kernel)] = &[$((stringify!($name), $name)),*];
    $(fn $name(call: &mut KernelCall) -> Result<(), String> {
        let input = call.inputs().first().ok_or("takes an operand")?;
        match input.aval().dtype {
            DType::F32 => $module::$name::<f32>(call),
            DType::F64 => $module::$name::<f64>(call),
            DType::C64 => $module::$name::<Complex<f32>>(call),
            DType::C128 => $module::$name::<Complex<f64>>(call),
            other => Err(format!("takes f32, f64, c64 or c128, got {other}")),
        }
    })*
} }
kernels! {
    cholesky: systems;
    triangular_solve: systems;
    tridiagonal_solve: systems;
    lu: systems;
    geqrf: reflections;
    householder_product: reflections;
    qr: reflections;
    hessenberg: reflections;
    tridiagonal: reflections;
    eigh: spectral;
    eig: spectral;
    svd: spectral;
    schur: schur;
}

/// A stack of matrices: how many, and their sizes.
#[derive(Clone, Copy)]
struct Sizes {
    count: usize,
    rows: usize,
    columns: usize,
}
impl Sizes {
    fn of(aval: &ShapedArray) -> Result<Sizes, String> {
        match &aval.shape[..] {
            [batch @ .., rows, columns] => Ok(Sizes { count: batch.iter().product(), rows: *rows, columns: *columns }),
            _ => Err(format!("takes matrices, got {aval}")),
        }
    }
    /// The operations of an algorithm of the third order.
    fn work(&self) -> usize {
        self.rows * self.columns * self.rows.min(self.columns)
    }
}
/// The elements of an output, in `count` equal parts.
fn parts<'a, T: raxla_ir::Element>(output: &'a mut Output, count: usize) -> Result<Vec<&'a mut [T]>, String> {
    let wrong = format!("an output must be of {}, got {}", T::DTYPE, output.aval());
    let mut rest = output.as_mut_slice::<T>().ok_or(wrong)?;
    let size = rest.len().checked_div(count).unwrap_or(0);
    Ok((0..count)
        .map(|_| {
            let (part, others) = std::mem::take(&mut rest).split_at_mut(size);
            rest = others;
            part
        })
        .collect())
}
/// The elements of an input, in `count` equal parts.
fn split<T>(items: &[T], count: usize) -> impl Iterator<Item = &[T]> {
    let size = items.len().checked_div(count).unwrap_or(0);
    (0..count).map(move |i| &items[i * size..(i + 1) * size])
}
/// Runs all jobs: one alone with faer's threads if it is large, several on as many threads as there are.
fn each<J: Send>(jobs: Vec<J>, work: usize, run: impl Fn(J, Par) + Sync) {
    // Waking a thread costs some microseconds, ten thousand operations.
    const SMALL: usize = 20_000;
    const LARGE: usize = 2_000_000;
    match jobs.len() {
        1 if work > LARGE => jobs.into_iter().for_each(|job| run(job, Par::rayon(0))),
        n if n > 1 && n * work > SMALL => jobs.into_par_iter().for_each(|job| run(job, Par::Seq)),
        _ => jobs.into_iter().for_each(|job| run(job, Par::Seq)),
    }
}
/// The wrong number of outputs.
fn outputs<T>() -> Result<T, String> {
    Err("has other outputs".into())
}

/// Copies a row-major matrix into a column-major one (or the other way round), tile by tile.
fn turn<T: Copy>(from: &[T], rows: usize, columns: usize, to: &mut [T]) {
    const TILE: usize = 16;
    for top in (0..rows).step_by(TILE) {
        for left in (0..columns).step_by(TILE) {
            for i in top..(top + TILE).min(rows) {
                for j in left..(left + TILE).min(columns) {
                    to[j * rows + i] = from[i * columns + j];
                }
            }
        }
    }
}
/// A row-major matrix, column by column.
fn by_columns<T: Field>(from: &[T], rows: usize, columns: usize) -> Vec<T> {
    let mut to = vec![T::default(); from.len()];
    turn(from, rows, columns, &mut to);
    to
}
/// Writes a column-major matrix row by row.
fn by_rows<T: Field>(from: &[T], rows: usize, columns: usize, to: &mut [T]) {
    turn(from, columns, rows, to);
}
/// Memory for an algorithm of faer's.
fn memory(need: faer::dyn_stack::StackReq) -> faer::dyn_stack::MemBuffer {
    faer::dyn_stack::MemBuffer::new(need)
}
