//! QR steps on Hessenberg matrices, which make them triangular: of small ones with one pair of shifts at a time, of large ones with many
//! pairs in a chain, whose reflections are gathered and applied by products of matrices (Braman, Byers and Mathias, "The multishift QR
//! algorithm, part I", 2002), after the deflation of [`crate::deflation`].

use crate::{
    chain::{self, CHAIN, Reflection},
    deflation::standard_form,
    field::Field,
    reflections::reflector,
    vectorised,
};
use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};
use num_complex::Complex64;
use std::ops::Range;

/// Two shifts; conjugates, or both real, for a real matrix.
pub(crate) type Shifts = [Complex64; 2];

/// A square matrix H and what it is turned by: `Z H Zᴴ` stays. Both column by column.
pub(crate) struct Turned<T> {
    pub n: usize,
    pub h: Vec<T>,
    /// The rows of Z: none if Z is not wanted.
    pub rows: usize,
    pub z: Vec<T>,
}
/// What is nothing whatever is beside it: the least number with all its digits, over the precision.
pub(crate) fn tiny<T: Field>() -> f64 {
    T::LEAST / T::PRECISION
}
/// Below this size the steps have one pair of shifts.
const SMALL: usize = 75;

impl<T: Field> Turned<T> {
    pub fn at(&self, i: usize, j: usize) -> T {
        self.h[j * self.n + i]
    }
    /// |re| + |im| of an element.
    pub fn size(&self, i: usize, j: usize) -> f64 {
        self.at(i, j).wide().l1_norm()
    }
    /// The part `at × at`, with an identity to turn.
    pub fn window(&self, at: Range<usize>) -> Turned<T> {
        let w = at.len();
        let mut z = vec![T::default(); w * w];
        (0..w).for_each(|i| z[i * w + i] = T::number(1.0));
        let columns = self.h[at.start * self.n..at.end * self.n].chunks_exact(self.n);
        Turned { n: w, h: columns.flat_map(|column| &column[at.clone()]).copied().collect(), rows: w, z }
    }
    /// Puts a turned window back, and turns the rest of H and Z by its Z.
    pub fn put(&mut self, window: &Turned<T>, start: usize, par: Par) {
        let (n, w) = (self.n, window.n);
        let end = start + w;
        for (column, from) in self.h[start * n..end * n].chunks_exact_mut(n).zip(window.h.chunks_exact(w)) {
            column[start..end].copy_from_slice(from);
        }
        if w <= 4 {
            return self.put_small(&window.z, start, w);
        }
        let u = MatRef::from_column_major_slice(&window.z, w, w);
        let one = T::number(1.0);
        let share = |m: usize| if w * w * m < 4_000_000 { Par::Seq } else { par };
        if end < n {
            let right = MatMut::from_column_major_slice_mut(&mut self.h, n, n).submatrix_mut(start, end, w, n - end);
            let old = right.to_owned();
            matmul(right, Accum::Replace, u.adjoint(), old.as_ref(), one, share(n - end));
        }
        for (x, height, rows) in [(&mut self.h, n, start), (&mut self.z, self.rows, self.rows)] {
            if rows > 0 {
                let above = MatMut::from_column_major_slice_mut(x, height, n).submatrix_mut(0, start, rows, w);
                let old = above.to_owned();
                matmul(above, Accum::Replace, old.as_ref(), u, one, share(rows));
            }
        }
    }
    fn put_small(&mut self, u: &[T], start: usize, w: usize) {
        let n = self.n;
        for column in self.h[(start + w) * n..].chunks_exact_mut(n) {
            let part = &mut column[start..start + w];
            let mut old = [T::default(); 4];
            old[..w].copy_from_slice(part);
            for (x, u) in part.iter_mut().zip(u.chunks_exact(w)) {
                *x = u.iter().zip(&old).fold(T::default(), |sum, (u, old)| sum + u.conjugate() * *old);
            }
        }
        for (x, height, rows) in [(&mut self.h, n, start), (&mut self.z, self.rows, self.rows)] {
            for i in 0..rows {
                let mut old = [T::default(); 4];
                (0..w).for_each(|j| old[j] = x[(start + j) * height + i]);
                for (j, u) in u.chunks_exact(w).enumerate() {
                    x[(start + j) * height + i] =
                        u.iter().zip(&old).fold(T::default(), |sum, (u, old)| sum + *old * *u);
                }
            }
        }
    }
    /// Turns by `I − τ v vᴴ` on the indices from `k` on; of H, the columns from `first` on and the rows before `last`, of Z the rows
    /// before `high`.
    fn reflect<const N: usize>(&mut self, k: usize, v: [T; N], tau: T, first: usize, last: usize, high: usize) {
        let (n, turned) = (self.n, tau.conjugate());
        let by = v.map(|v| v * turned);
        for column in self.h[first * n..].chunks_exact_mut(n) {
            let Some(part) = column[k..].first_chunk_mut::<N>() else { return };
            let dot = (0..N).fold(T::default(), |sum, i| sum + v[i].conjugate() * part[i]);
            (0..N).for_each(|i| part[i] -= by[i] * dot);
        }
        let by = v.map(|v| tau * v.conjugate());
        for (x, height, rows) in [(&mut self.h, n, last), (&mut self.z, self.rows, high)] {
            let mut rest = &mut x[k * height..(k + N) * height];
            // Slices whose lengths the compiler knows to be equal.
            let columns: [&mut [T]; N] = std::array::from_fn(|_| {
                let (column, others) = std::mem::take(&mut rest).split_at_mut(height);
                rest = others;
                &mut column[..rows]
            });
            for i in 0..rows {
                let dot = (0..N).fold(T::default(), |sum, j| sum + columns[j][i] * v[j]);
                (0..N).for_each(|j| columns[j][i] -= dot * by[j]);
            }
        }
    }
    /// Turns by a reflection of any length.
    pub fn turn(&mut self, k: usize, v: &[T], tau: T, first: usize) {
        let (n, turned) = (self.n, tau.conjugate());
        for column in self.h[first * n..].chunks_exact_mut(n) {
            let part = &mut column[k..k + v.len()];
            let dot = v.iter().zip(&*part).fold(T::default(), |sum, (v, x)| sum + v.conjugate() * *x) * turned;
            part.iter_mut().zip(v).for_each(|(x, v)| *x -= *v * dot);
        }
        for (x, height) in [(&mut self.h, n), (&mut self.z, self.rows)] {
            let mut dots = vec![T::default(); height];
            let columns = &mut x[k * height..(k + v.len()) * height];
            for (column, v) in columns.chunks_exact(height.max(1)).zip(v) {
                dots.iter_mut().zip(column).for_each(|(dot, x)| *dot += *x * *v);
            }
            for (column, v) in columns.chunks_exact_mut(height.max(1)).zip(v) {
                let by = tau * v.conjugate();
                column.iter_mut().zip(&dots).for_each(|(x, dot)| *x -= *dot * by);
            }
        }
    }
    /// Makes the 2 × 2 block at `k` triangular, or, if it is real with complex eigenvalues, of the form that LAPACK gives it.
    pub fn standardise(&mut self, k: usize) {
        let n = self.n;
        let [a, b, c, d] = [(k, k), (k, k + 1), (k + 1, k), (k + 1, k + 1)].map(|(i, j)| self.at(i, j));
        if T::COMPLEX {
            let [a, b, c, d] = [a, b, c, d].map(T::wide);
            let [one, other] = eigenvalues(a, b, c, d);
            let far = if (one - d).norm() < (other - d).norm() { other } else { one };
            let mut x = [far - d, c].map(T::of);
            if c == Complex64::ZERO {
                return;
            }
            let (_, tau) = reflector(&mut x);
            self.reflect(k, x, tau, k, k + 2, self.rows);
            self.h[k * n + k + 1] = T::default();
            return;
        }
        let (cs, sn, block) = standard_form([a, b, c, d].map(T::real));
        let (cs, sn) = (T::number(cs), T::number(sn));
        for column in self.h[(k + 2) * n..].chunks_exact_mut(n) {
            let (x, y) = (column[k], column[k + 1]);
            (column[k], column[k + 1]) = (x * cs + y * sn, y * cs - x * sn);
        }
        for (x, height, rows) in [(&mut self.h, n, k), (&mut self.z, self.rows, self.rows)] {
            let (left, right) = x[k * height..(k + 2) * height].split_at_mut(height);
            for (x, y) in left.iter_mut().zip(right).take(rows) {
                (*x, *y) = (*x * cs + *y * sn, *y * cs - *x * sn);
            }
        }
        for ((i, j), x) in [(k, k), (k, k + 1), (k + 1, k), (k + 1, k + 1)].into_iter().zip(block) {
            self.h[j * n + i] = T::number(x);
        }
    }

    /// Chases a pair of shifts down the diagonal of the active part `lo..hi` (seen from this window, which may begin or end within it), from
    /// the given column before a reflection to another. What is not zero of the columns `k..k + 3` of Z ends `fill` rows further down.
    fn chase(&mut self, lo: isize, hi: isize, pair: Shifts, columns: Range<isize>, fill: usize) {
        vectorised(
            #[inline(always)]
            || self.chase_here(lo, hi, pair, columns, fill),
        );
    }
    #[inline(always)]
    fn chase_here(&mut self, lo: isize, hi: isize, pair: Shifts, columns: Range<isize>, fill: usize) {
        let n = self.n;
        let (mut column, last) = (columns.start.max(lo - 1), columns.end.min(hi - 2));
        while column < last {
            // Some reflections turn the block on the diagonal one after the other, then all else.
            let count = ((last - column) as usize).min(CHAIN);
            let start = (column + 1) as usize;
            let end = (start + count + 3).min(hi as usize);
            let mut chain = [Reflection::default(); CHAIN];
            let mut found = 0;
            for reflection in chain[..count].iter_mut() {
                let (k, size) = (start + found, 3.min((hi - column) as usize - 1));
                let mut v = [T::default(); 3];
                let tau = if column < lo {
                    v = self.first_column(k, pair);
                    reflector(&mut v[..size]).1
                } else {
                    let below = &mut self.h[(k - 1) * n + k..][..size];
                    v[..size].copy_from_slice(below);
                    let (beta, tau) = reflector(&mut v[..size]);
                    below.fill(T::default());
                    below[0] = T::number(beta);
                    tau
                };
                column += 1;
                if size < 3 {
                    // The last one, of two rows, is for itself.
                    self.apply(start, end, &chain[..found], fill);
                    return self.reflect(k, [v[0], v[1]], tau, k, hi as usize, self.rows);
                }
                *reflection = Reflection::new([v[1], v[2]], tau);
                let one = std::slice::from_ref(reflection);
                chain::apply_left(&mut self.h[k * n..end * n], n, k, one);
                chain::apply_right(&mut self.h[k * n..], n, start..(k + 4).min(hi as usize), one);
                found += 1;
            }
            self.apply(start, end, &chain[..found], fill);
        }
    }
    /// Turns all but the block `start..end` on the diagonal of H.
    #[inline(always)]
    fn apply(&mut self, start: usize, end: usize, chain: &[Reflection<T>], fill: usize) {
        let (n, high) = (self.n, self.rows.min(start + chain.len() + fill));
        chain::apply_left(&mut self.h[end * n..], n, start, chain);
        for (x, height, rows) in [(&mut self.h, n, 0..start), (&mut self.z, self.rows, 0..high)] {
            if !rows.is_empty() {
                chain::apply_right(&mut x[start * height..], height, rows, chain);
            }
        }
    }
    /// A multiple of the first column of `(H − s₀)(H − s₁)`, of the part from `k` on.
    fn first_column(&self, k: usize, [s0, s1]: Shifts) -> [T; 3] {
        let at = |i: usize, j: usize| self.at(k + i, k + j).wide();
        let scale = (at(0, 0) - s1).l1_norm() + at(1, 0).l1_norm();
        if scale == 0.0 {
            return [T::default(); 3];
        }
        let below = at(1, 0) / scale;
        let x = [
            at(0, 1) * below + (at(0, 0) - s0) * ((at(0, 0) - s1) / scale),
            below * (at(0, 0) + at(1, 1) - s0 - s1),
            below * at(2, 1),
        ];
        x.map(T::of)
    }
    /// Chases the pairs through `lo..hi` in windows, within which a chain moves by its own length.
    fn sweep(&mut self, lo: usize, hi: usize, pairs: &[Shifts], par: Par) {
        let (length, total) = (3 * (pairs.len() - 1), hi - lo - 1 + 3 * (pairs.len() - 1));
        for step in (0..total).step_by(3 * pairs.len()) {
            let next = (step + 3 * pairs.len()).min(total);
            let (start, end) = ((lo + step).saturating_sub(length + 1).max(lo), hi.min(lo + next + 3));
            let mut window = self.window(start..end);
            let seen = |i: usize| i as isize - start as isize;
            // Each pair starts three steps after the one before it and goes one row a step.
            for (late, pair) in pairs.iter().enumerate() {
                let column = |step: usize| seen(lo + step) - 1 - 3 * late as isize;
                window.chase(seen(lo), seen(hi), *pair, column(step)..column(next), 2 + 2 * late);
            }
            self.put(&window, start, par);
        }
    }
    /// Makes a Hessenberg matrix triangular, a real one with 2 × 2 blocks; whether that succeeds.
    pub fn triangularise(&mut self, par: Par) -> bool {
        let n = self.n;
        let (mut hi, mut idle, mut left) = (n, 0, 30 * n.max(10));
        while hi > 1 {
            let lo = (1..hi).rev().find(|i| self.negligible(*i, hi)).unwrap_or(0);
            if lo > 0 {
                self.h[(lo - 1) * n + lo] = T::default();
            }
            if hi - lo <= 2 {
                if hi - lo == 2 {
                    self.standardise(lo);
                }
                (hi, idle) = (lo, 0);
                continue;
            }
            if left == 0 {
                return false;
            }
            (left, idle) = (left - 1, idle + 1);
            if n < SMALL {
                let pair = if idle % 10 == 0 { self.exceptional(hi) } else { self.wilkinson(hi) };
                self.chase(lo as isize, hi as isize, pair, lo as isize - 1..hi as isize, n);
                continue;
            }
            let size = hi - lo;
            let window = if size < SMALL { size } else { deflation_window(n).min(size / 3) };
            let (deflated, mut pairs) = self.deflate(hi - window, lo, hi, par);
            hi -= deflated;
            if deflated > 0 {
                idle = 0;
            }
            if 100 * deflated > ENOUGH * window || hi < lo + 3 {
                continue;
            }
            if pairs.is_empty() || idle > 0 && idle % 6 == 0 {
                pairs = vec![self.exceptional(hi)];
            }
            pairs.truncate(shifts(n).min((hi - lo) / 6).max(1));
            self.sweep(lo, hi, &pairs, par);
        }
        true
    }
    /// Whether the element below the diagonal in row `i` is nothing beside its neighbours.
    fn negligible(&self, i: usize, hi: usize) -> bool {
        let mut around = self.size(i, i) + self.size(i - 1, i - 1);
        if around == 0.0 {
            around += if i > 1 { self.size(i - 1, i - 2) } else { 0.0 };
            around += if i + 1 < hi { self.size(i + 1, i) } else { 0.0 };
        }
        self.size(i, i - 1) <= (T::PRECISION * around).max(tiny::<T>())
    }
    /// The eigenvalues of the last 2 × 2 block; if both are real, the nearer to the corner twice.
    fn wilkinson(&self, hi: usize) -> Shifts {
        let (p, q) = (hi - 2, hi - 1);
        let [a, b, c, d] = [(p, p), (p, q), (q, p), (q, q)].map(|(i, j)| self.at(i, j).wide());
        let [one, other] = eigenvalues(a, b, c, d);
        if one.im != 0.0 && !T::COMPLEX {
            return [one, other];
        }
        if (one - d).norm() < (other - d).norm() { [one; 2] } else { [other; 2] }
    }
    /// Shifts out of the way.
    fn exceptional(&self, hi: usize) -> Shifts {
        let size = self.size(hi - 1, hi - 2) + self.size(hi - 2, hi - 3);
        let (by, side) = (0.75 * size, 0.66 * size);
        [side, -side].map(|side| self.at(hi - 1, hi - 1).wide() + Complex64::new(by, side))
    }
}
/// Part of a window, in per cent, whose deflation makes another one worth while before the next sweep.
const ENOUGH: usize = 14;
/// Pairs of shifts in a sweep.
fn shifts(n: usize) -> usize {
    match n {
        ..150 => 5,
        150..400 => 12,
        400..800 => 16,
        _ => 24,
    }
}
/// The size of the window of deflation.
fn deflation_window(n: usize) -> usize {
    match n {
        ..150 => 14,
        150..400 => 36,
        400..800 => 56,
        _ => 80,
    }
}
/// The eigenvalues of `[[a, b], [c, d]]`; of a real block conjugates, or both real.
pub(crate) fn eigenvalues(a: Complex64, b: Complex64, c: Complex64, d: Complex64) -> [Complex64; 2] {
    let scale = [a, b, c, d].map(|x| x.l1_norm()).into_iter().fold(f64::MIN_POSITIVE, f64::max);
    let [a, b, c, d] = [a, b, c, d].map(|x| x / scale);
    let half = (a - d) / 2.0;
    let root = (half * half + b * c).sqrt();
    let mean = (a + d) / 2.0;
    [(mean + root) * scale, (mean - root) * scale]
}
