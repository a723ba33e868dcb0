//! Kernels for systems of equations: Cholesky's and Gauss's decompositions, and substitution.

use crate::{
    field::{Field, finite},
    *,
};
use faer::{
    MatMut, MatRef,
    dyn_stack::MemStack,
    linalg::{cholesky::llt, lu::partial_pivoting, triangular_solve as triangles},
};

pub(crate) fn cholesky<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let n = sizes.rows;
    let [out] = &mut call.outputs[..] else { return outputs() };
    let jobs: Vec<_> = split(a, sizes.count).zip(parts::<T>(out, sizes.count)?).collect();
    each(jobs, sizes.work(), |(a, out), par| {
        let mut l = by_columns(a, n, n);
        for i in 0..n {
            l[i * n + i] = T::number(l[i * n + i].real());
        }
        let mut memory = memory(llt::factor::cholesky_in_place_scratch::<T>(n, par, Default::default()));
        let view = MatMut::from_column_major_slice_mut(&mut l, n, n);
        let done = llt::factor::cholesky_in_place(
            view,
            Default::default(),
            par,
            MemStack::new(&mut memory),
            Default::default(),
        );
        // Infinities have a positive pivot, and leave no numbers.
        let good = done.is_ok() && (0..n).all(|i| l[i * n + i].finite());
        for j in 0..n {
            l[j * n..j * n + j].fill(T::default());
            if !good {
                l[j * n + j..(j + 1) * n].fill(T::missing());
            }
        }
        by_rows(&l, n, n, out);
    });
    Ok(())
}

pub(crate) fn triangular_solve<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, n) = (Sizes::of(call, 1)?, Sizes::of(call, 0)?.rows);
    let (a, b) = (call.input::<T>(0)?, call.input::<T>(1)?);
    let [left, lower, transpose, conjugate, unit] =
        ["left_side", "lower", "transpose_a", "conjugate_a", "unit_diagonal"].map(|name| call.flag(name));
    let (left, lower, transpose, conjugate, unit) = (left?, lower?, transpose?, conjugate?, unit?);
    let [out] = &mut call.outputs[..] else { return outputs() };
    let jobs: Vec<_> = split(a, sizes.count).zip(split(b, sizes.count)).zip(parts::<T>(out, sizes.count)?).collect();
    each(jobs, n * n * if left { sizes.columns } else { sizes.rows }, |((a, b), out), par| {
        out.copy_from_slice(b);
        let a = MatRef::from_row_major_slice(a, n, n);
        let x = MatMut::from_row_major_slice_mut(out, sizes.rows, sizes.columns);
        // X op(a) = b is op(a)ᵀ Xᵀ = bᵀ.
        let (x, transpose) = if left { (x, transpose) } else { (x.transpose_mut(), !transpose) };
        let (a, lower) = if transpose { (a.transpose(), !lower) } else { (a, lower) };
        if !unit && (0..n).any(|i| a[(i, i)] == T::default()) {
            return substitute(a, conjugate, lower, x);
        }
        let conjugate = if conjugate { faer::Conj::Yes } else { faer::Conj::No };
        match (lower, unit) {
            (true, false) => triangles::solve_lower_triangular_in_place_with_conj(a, conjugate, x, par),
            (true, true) => triangles::solve_unit_lower_triangular_in_place_with_conj(a, conjugate, x, par),
            (false, false) => triangles::solve_upper_triangular_in_place_with_conj(a, conjugate, x, par),
            (false, true) => triangles::solve_unit_upper_triangular_in_place_with_conj(a, conjugate, x, par),
        }
    });
    Ok(())
}

/// Substitution that divides by each element of the diagonal, where faer multiplies by reciprocals: a zero gives infinities.
fn substitute<T: Field>(a: MatRef<T>, conjugate: bool, lower: bool, mut x: MatMut<T>) {
    let n = a.nrows();
    let element = |i, k| if conjugate { a[(i, k)].conjugate() } else { a[(i, k)] };
    for j in 0..x.ncols() {
        for step in 0..n {
            let (i, known) = if lower { (step, 0..step) } else { (n - 1 - step, n - step..n) };
            let rest = known.fold(x[(i, j)], |rest, k| rest - element(i, k) * x[(k, j)]);
            x[(i, j)] = rest / element(i, i);
        }
    }
}

/// Elimination along three diagonals with partial pivoting, which fills one more above them.
pub(crate) fn tridiagonal_solve<T: Field>(call: &mut Call) -> Result<(), String> {
    let sizes = Sizes::of(call, 3)?;
    let (n, k) = (sizes.rows, sizes.columns);
    let operand = |i| call.input::<T>(i).map(|x| split(x, sizes.count).collect::<Vec<_>>());
    let (dl, d, du, b) = (operand(0)?, operand(1)?, operand(2)?, operand(3)?);
    let [out] = &mut call.outputs[..] else { return outputs() };
    let jobs: Vec<_> = parts::<T>(out, sizes.count)?.into_iter().enumerate().collect();
    each(jobs, 8 * n * (k + 1), |(job, x), _| {
        x.copy_from_slice(b[job]);
        // Row i of U: its elements in the columns i, i + 1 and i + 2.
        let mut u: Vec<[T; 3]> = (0..n).map(|i| [d[job][i], du[job][i], T::default()]).collect();
        let size = |z: T| z.wide().l1_norm();
        let zero = T::default();
        for i in 0..n.saturating_sub(1) {
            let mut below = [dl[job][i + 1], u[i + 1][0], if i + 2 < n { u[i + 1][1] } else { zero }];
            if size(below[0]) > size(u[i][0]) {
                std::mem::swap(&mut u[i], &mut below);
                let (above, under) = x.split_at_mut((i + 1) * k);
                above[i * k..].swap_with_slice(&mut under[..k]);
            }
            if u[i][0] == zero {
                x.fill(T::missing());
                return;
            }
            let factor = below[0] / u[i][0];
            u[i + 1] = [below[1] - factor * u[i][1], below[2] - factor * u[i][2], zero];
            for c in 0..k {
                let product = factor * x[i * k + c];
                x[(i + 1) * k + c] -= product;
            }
        }
        if n > 0 && u[n - 1][0] == zero {
            x.fill(T::missing());
            return;
        }
        for i in (0..n).rev() {
            for c in 0..k {
                let mut rest = x[i * k + c];
                for step in 1..3.min(n - i) {
                    rest -= u[i][step] * x[(i + step) * k + c];
                }
                x[i * k + c] = rest / u[i][0];
            }
        }
    });
    Ok(())
}

pub(crate) fn lu<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (m, n, count) = (sizes.rows, sizes.columns, sizes.count);
    let [out, pivots, permutation] = &mut call.outputs[..] else { return outputs() };
    let (pivots, permutation) = (parts::<i32>(pivots, count)?, parts::<i32>(permutation, count)?);
    let jobs: Vec<_> = split(a, count).zip(parts::<T>(out, count)?).zip(pivots.into_iter().zip(permutation)).collect();
    each(jobs, 2 * sizes.work(), |((a, out), (pivots, permutation)), par| {
        let mut lu = by_columns(a, m, n);
        let mut order = decompose(&mut lu, m, n, par);
        // faer divides by the pivot even if it is zero.
        if !finite(&lu) && finite(a) {
            lu = by_columns(a, m, n);
            order = eliminate(&mut lu, m, n);
        }
        for (pivot, from) in pivots.iter_mut().zip(swaps(&order)) {
            *pivot = from as i32;
        }
        for (p, row) in permutation.iter_mut().zip(order) {
            *p = row as i32;
        }
        by_rows(&lu, m, n, out);
    });
    Ok(())
}
/// The row with which each is swapped in turn, so that they come into an order.
fn swaps(order: &[usize]) -> impl Iterator<Item = usize> {
    let (mut at, mut row_at): (Vec<usize>, Vec<usize>) = (0..order.len()).map(|i| (i, i)).unzip();
    order.iter().enumerate().map(move |(k, row)| {
        let from = at[*row];
        row_at.swap(k, from);
        at[row_at[from]] = from;
        at[*row] = k;
        from
    })
}
/// faer's decomposition in place, and the order of the rows; among threads of panels only, after each of which the other columns are divided.
fn decompose<T: Field>(lu: &mut [T], m: usize, n: usize, par: Par) -> Vec<usize> {
    const PANEL: usize = 64;
    let k = m.min(n);
    let (panel, mut order) = (if par == Par::Seq { k.max(1) } else { PANEL }, (0..m).collect::<Vec<usize>>());
    for first in (0..k).step_by(panel) {
        let (height, width) = (m - first, panel.min(k - first));
        let (before, rest) = lu.split_at_mut(first * m);
        let columns = if par == Par::Seq { n } else { width };
        let (inside, after) = rest.split_at_mut(columns * m);
        let (mut here, mut inverse) = (vec![0usize; height], vec![0usize; height]);
        let need =
            partial_pivoting::factor::lu_in_place_scratch::<usize, T>(height, columns, Par::Seq, Default::default());
        partial_pivoting::factor::lu_in_place(
            MatMut::from_column_major_slice_mut(inside, m, columns).submatrix_mut(first, 0, height, columns),
            &mut here,
            &mut inverse,
            Par::Seq,
            MemStack::new(&mut memory(need)),
            Default::default(),
        );
        let old = order[first..].to_vec();
        for (row, from) in order[first..].iter_mut().zip(&here) {
            *row = old[*from];
        }
        let swaps: Vec<usize> = swaps(&here).take(width).collect();
        let swap = |part: &mut [T]| {
            for column in part.chunks_exact_mut(m) {
                swaps.iter().enumerate().for_each(|(i, from)| column[first..].swap(i, *from));
            }
        };
        let corner = MatRef::from_column_major_slice(inside, m, columns).submatrix(first, 0, height, width);
        let right = |_, part: &mut [T]| {
            swap(part);
            let columns = part.len() / m;
            let part = MatMut::from_column_major_slice_mut(part, m, columns).submatrix_mut(first, 0, height, columns);
            let (mut top, bottom) = part.split_at_row_mut(width);
            let (above, below) = corner.split_at_row(width);
            triangles::solve_unit_lower_triangular_in_place(above, top.as_mut(), Par::Seq);
            faer::linalg::matmul::matmul(bottom, faer::Accum::Add, below, top.as_ref(), T::number(-1.0), Par::Seq);
        };
        let chunk = m * share(after.len() / m, par);
        divided(after, chunk, par, right);
        divided(before, chunk, par, |_, part| swap(part));
    }
    order
}
/// Gauss's elimination of matrices that may be singular, column by column; gives the order of the rows.
fn eliminate<T: Field>(a: &mut [T], m: usize, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..m).collect();
    for k in 0..m.min(n) {
        let size = |i: usize| a[k * m + i].wide().l1_norm();
        let pivot = (k + 1..m).fold(k, |best, i| if size(i) > size(best) { i } else { best });
        order.swap(k, pivot);
        for j in 0..n {
            a.swap(j * m + k, j * m + pivot);
        }
        let head = a[k * m + k];
        if head == T::default() {
            continue;
        }
        for i in k + 1..m {
            a[k * m + i] = a[k * m + i] / head;
        }
        let (factors, rest) = a.split_at_mut((k + 1) * m);
        for column in rest.chunks_exact_mut(m) {
            let above = column[k];
            for i in k + 1..m {
                column[i] -= factors[k * m + i] * above;
            }
        }
    }
    order
}
