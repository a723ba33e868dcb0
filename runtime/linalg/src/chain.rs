//! Chains of reflections of three rows, each a row below the one before: together they are applied with every element read and written
//! once, several columns or rows side by side in the vectors of the machine.

use crate::field::Field;
use std::{array::from_fn, ops::Range};

/// Reflections that are applied together.
pub(crate) const CHAIN: usize = 8;

/// `I − τ w wᴴ` with `w = [1, v₀, v₁]`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Reflection<T> {
    v: [T; 2],
    /// `conj τ w`
    left: [T; 3],
    /// `τ conj w`
    right: [T; 3],
}
impl<T: Field> Reflection<T> {
    #[inline(always)]
    pub fn new(v: [T; 2], tau: T) -> Reflection<T> {
        let turned = tau.conjugate();
        let right = [tau, tau * v[0].conjugate(), tau * v[1].conjugate()];
        Reflection { v, left: [turned, turned * v[0], turned * v[1]], right }
    }
}
/// The adjoint of the chain, whose first row is `start`, times columns of height `n`.
#[inline(always)]
pub(crate) fn apply_left<T: Field>(columns: &mut [T], n: usize, start: usize, chain: &[Reflection<T>]) {
    // Loops and no closures, which the compiler would not take into code of the vectors' widths.
    let mut blocks = columns.chunks_exact_mut(8 * n);
    for block in &mut blocks {
        left::<T, 8>(block, n, start, chain);
    }
    let mut blocks = blocks.into_remainder().chunks_exact_mut(4 * n);
    for block in &mut blocks {
        left::<T, 4>(block, n, start, chain);
    }
    for block in blocks.into_remainder().chunks_exact_mut(n) {
        left::<T, 1>(block, n, start, chain);
    }
}
#[inline(always)]
fn left<T: Field, const N: usize>(mut block: &mut [T], n: usize, start: usize, chain: &[Reflection<T>]) {
    let end = start + chain.len() + 2;
    let columns: [&mut [T]; N] = from_fn(|_| {
        let (column, others) = std::mem::take(&mut block).split_at_mut(n);
        block = others;
        &mut column[start..end]
    });
    let mut x: [[T; N]; 2] = from_fn(|i| from_fn(|l| columns[l][i]));
    for (i, reflection) in chain.iter().enumerate() {
        let [one, other] = reflection.v.map(T::conjugate);
        let by = reflection.left;
        let (mut below, mut dot) = ([T::default(); N], [T::default(); N]);
        for l in 0..N {
            below[l] = columns[l][i + 2];
        }
        for l in 0..N {
            dot[l] = x[0][l] + one * x[1][l] + other * below[l];
        }
        for l in 0..N {
            x[0][l] -= by[0] * dot[l];
        }
        for l in 0..N {
            columns[l][i] = x[0][l];
        }
        for l in 0..N {
            x[0][l] = x[1][l] - by[1] * dot[l];
            x[1][l] = below[l] - by[2] * dot[l];
        }
    }
    for (i, x) in x.iter().enumerate() {
        for l in 0..N {
            columns[l][chain.len() + i] = x[l];
        }
    }
}
/// Rows of columns of the given height times the chain, whose first column is the first.
#[inline(always)]
pub(crate) fn apply_right<T: Field>(columns: &mut [T], height: usize, rows: Range<usize>, chain: &[Reflection<T>]) {
    let columns = &mut columns[..(chain.len() + 2) * height];
    let mut row = rows.start;
    while row + 16 <= rows.end {
        right::<T, 16>(columns, height, row, chain);
        row += 16;
    }
    while row + 4 <= rows.end {
        right::<T, 4>(columns, height, row, chain);
        row += 4;
    }
    (row..rows.end).for_each(|row| right::<T, 1>(columns, height, row, chain));
}
#[inline(always)]
fn right<T: Field, const N: usize>(columns: &mut [T], height: usize, row: usize, chain: &[Reflection<T>]) {
    let mut columns = columns.chunks_exact_mut(height);
    let (Some(first), Some(second)) = (columns.next(), columns.next()) else { return };
    let (Some(mut first), Some(mut second)) = (first[row..].first_chunk_mut(), second[row..].first_chunk_mut()) else {
        return;
    };
    let mut x: [[T; N]; 2] = [*first, *second];
    for (reflection, column) in chain.iter().zip(columns) {
        let Some(third) = column[row..].first_chunk_mut::<N>() else { return };
        let ([one, other], by) = (reflection.v, reflection.right);
        // Copies, of which the compiler knows that they are nowhere else.
        let (below, mut dot, mut out) = (*third, [T::default(); N], [T::default(); N]);
        for l in 0..N {
            dot[l] = x[0][l] + x[1][l] * one + below[l] * other;
        }
        for l in 0..N {
            out[l] = x[0][l] - dot[l] * by[0];
        }
        *first = out;
        for l in 0..N {
            x[0][l] = x[1][l] - dot[l] * by[1];
            x[1][l] = below[l] - dot[l] * by[2];
        }
        (first, second) = (second, third);
    }
    (*first, *second) = (x[0], x[1]);
}
