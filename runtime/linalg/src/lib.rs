//! Linear algebra on the CPU: the decompositions of `raxla_ir::primitives::linalg` on slices, by the crate `faer`.
//!
//! Arrays are row-major, faer's algorithms want columns, so each matrix is turned on its way in and out. A stack of matrices is divided
//! among threads; a large matrix alone is left to faer's own threads. What is not unique is made so as the primitives promise.
//!
//! This is a crate of its own, which knows nothing of raxla's others, because compiling faer's algorithms for four types of numbers takes
//! longer than all of them: it is compiled once.
#![allow(clippy::assign_op_pattern, clippy::needless_range_loop)] // loops over rows and columns, as the algorithms are written

mod call;
mod chain;
mod deflation;
mod field;
mod quotients;
mod reflections;
mod schur;
mod spectral;
mod steps;
mod systems;

pub use call::{Call, Items, ItemsMut};

use call::parts;
use faer::{
    Auto, Par,
    linalg::{evd::tridiag::TridiagParams, svd::bidiag::BidiagParams},
};
use field::Field;
use num_complex::Complex;
use rayon::prelude::*;

macro_rules! kernels { ($($(#[$doc:meta])* $name:ident: $module:ident;)*) => { $(
    $(#[$doc])*
    ///
    /// # Errors
    /// If the operands or results are not those of the primitive of this name.
    pub fn $name(call: &mut Call) -> Result<(), String> {
        match call.inputs.first().map(|input| &input.1) {
            Some(Items::F32(_)) => $module::$name::<f32>(call),
            Some(Items::F64(_)) => $module::$name::<f64>(call),
            Some(Items::C64(_)) => $module::$name::<Complex<f32>>(call),
            Some(Items::C128(_)) => $module::$name::<Complex<f64>>(call),
            None => Err("takes an operand".into()),
        }
    }
)* } }
kernels! {
    /// Cholesky's decomposition.
    cholesky: systems;
    /// Substitution.
    triangular_solve: systems;
    /// Elimination along three diagonals.
    tridiagonal_solve: systems;
    /// Gauss's decomposition with partial pivoting.
    lu: systems;
    /// QR as reflections.
    geqrf: reflections;
    /// Products of reflections.
    householder_product: reflections;
    /// QR as matrices.
    qr: reflections;
    /// The order of columns in QR with pivoting.
    column_pivots: reflections;
    /// Reduction to Hessenberg form.
    hessenberg: reflections;
    /// Reduction to tridiagonal form.
    tridiagonal: reflections;
    /// Eigenvalues and eigenvectors of Hermitian matrices.
    eigh: spectral;
    /// Eigenvalues and eigenvectors.
    eig: spectral;
    /// Singular values and vectors.
    svd: spectral;
    /// Schur's form.
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
    /// Those of an input.
    fn of(call: &Call, position: usize) -> Result<Sizes, String> {
        match call.inputs.get(position).map(|input| input.0) {
            Some([batch @ .., rows, columns]) => {
                Ok(Sizes { count: batch.iter().product(), rows: *rows, columns: *columns })
            }
            other => Err(format!("takes matrices, got {other:?}")),
        }
    }
    /// The operations of an algorithm of the third order.
    fn work(&self) -> usize {
        self.rows * self.columns * self.rows.min(self.columns)
    }
}
/// The elements of an input, in `count` equal parts.
fn split<T>(items: &[T], count: usize) -> impl Iterator<Item = &[T]> {
    let size = items.len().checked_div(count).unwrap_or(0);
    (0..count).map(move |i| &items[i * size..(i + 1) * size])
}
/// Runs all jobs: one alone with faer's threads if it is large, several on as many threads as there are.
fn each<J: Send>(jobs: Vec<J>, work: usize, run: impl Fn(J, Par) + Sync) {
    // Waking a thread costs some microseconds, ten thousand operations, and faer wakes them hundreds of times for one matrix.
    const SMALL: usize = 20_000;
    const LARGE: usize = 50_000_000;
    match jobs.len() {
        1 if work > LARGE => jobs.into_iter().for_each(|job| run(job, Par::rayon(0))),
        n if n > 1 && n * work > SMALL => jobs.into_par_iter().for_each(|job| run(job, Par::Seq)),
        _ => jobs.into_iter().for_each(|job| run(job, Par::Seq)),
    }
}
/// How reductions to few diagonals run. They read all that is left of the matrix in each step: while a core's caches hold it, waking another
/// core takes longer than the step (singular values of 512 × 512 took 1.6 times one thread's time).
fn bidiag<T: Field>() -> BidiagParams {
    let mut params = <BidiagParams as Auto<T>>::auto();
    params.par_threshold = (6 << 20) / size_of::<T>();
    params
}
/// The same for Hermitian matrices, of which half is read.
fn tridiag<T: Field>() -> TridiagParams {
    let mut params = <TridiagParams as Auto<T>>::auto();
    params.par_threshold = (3 << 19) / size_of::<T>();
    params
}
/// Works on chunks of a slice, among threads unless `par` is sequential.
fn divided<T: Send>(items: &mut [T], chunk: usize, par: Par, work: impl Fn(usize, &mut [T]) + Sync) {
    let chunk = chunk.max(1);
    match par {
        Par::Seq => items.chunks_mut(chunk).enumerate().for_each(|(i, part)| work(i, part)),
        _ => items.par_chunks_mut(chunk).enumerate().for_each(|(i, part)| work(i, part)),
    }
}
/// How many of some columns a thread takes at a time.
fn share(columns: usize, par: Par) -> usize {
    match par {
        Par::Seq => columns,
        _ => columns.div_ceil(2 * rayon::current_num_threads()).max(16),
    }
}
/// The wrong number of outputs.
fn outputs<T>() -> Result<T, String> {
    Err("has other outputs".into())
}

/// Does work that is compiled for the widest vectors of this machine, as far as it is inlined here.
fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(work)
}

/// Copies a row-major matrix into a column-major one (or the other way round), tile by tile.
fn turn<T: Copy + Default>(from: &[T], rows: usize, columns: usize, to: &mut [T]) {
    const TILE: usize = 8;
    let (tall, wide) = (rows - rows % TILE, columns - columns % TILE);
    vectorised(
        #[inline(always)]
        || {
            for (left, to) in to.chunks_mut((TILE * rows).max(1)).enumerate().take(wide / TILE) {
                for top in (0..tall).step_by(TILE) {
                    let mut tile = [[T::default(); TILE]; TILE];
                    for i in 0..TILE {
                        let row = &from[(top + i) * columns + left * TILE..][..TILE];
                        for j in 0..TILE {
                            tile[j][i] = row[j];
                        }
                    }
                    for j in 0..TILE {
                        to[j * rows + top..][..TILE].copy_from_slice(&tile[j]);
                    }
                }
            }
        },
    );
    for (i, j) in (0..rows).flat_map(|i| (if i < tall { wide } else { 0 }..columns).map(move |j| (i, j))) {
        to[j * rows + i] = from[i * columns + j];
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
