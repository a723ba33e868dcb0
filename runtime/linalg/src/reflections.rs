//! Kernels made of Householder reflections `I − τ v vᴴ`, in LAPACK's convention.
//!
//! faer writes `I − v vᴴ / τ`, and for complex numbers chooses a real τ where LAPACK chooses a real β. So faer's algorithms serve real
//! matrices; those of complex numbers are here, with faer's products for the bulk of the work.

use crate::{
    field::{Field, add, dot, finite, norm},
    *,
};
use faer::{
    Conj, MatMut, MatRef, Spec,
    dyn_stack::MemStack,
    linalg::{evd, householder, qr::no_pivoting},
};
use num_complex::Complex64;

/// `(β, τ)` with `Hᴴ x = β e₀`; `x` becomes `v`.
#[inline(always)]
pub(crate) fn reflector<T: Field>(x: &mut [T]) -> (f64, T) {
    let Some((head, tail)) = x.split_first_mut() else { return (0.0, T::default()) };
    let (alpha, rest) = (head.wide(), norm(tail));
    *head = T::number(1.0);
    if rest == 0.0 && alpha.im == 0.0 {
        return (alpha.re, T::default());
    }
    // Rounded only once where the squares are numbers.
    let square = alpha.norm_sqr() + rest * rest;
    let length = if square > 1e-250 && square < 1e250 { square.sqrt() } else { alpha.re.hypot(alpha.im).hypot(rest) };
    let beta = -length.copysign(alpha.re);
    if !T::COMPLEX {
        let by = T::number(1.0 / (alpha.re - beta));
        tail.iter_mut().for_each(|z| *z = *z * by);
        return (beta, T::number((beta - alpha.re) / beta));
    }
    // The inverse of a complex number squares it, which a tiny one does not survive.
    let size = (alpha - beta).l1_norm();
    let by = T::of(((alpha - beta) / size).inv() / size);
    tail.iter_mut().for_each(|z| *z = *z * by);
    (beta, T::of((Complex64::from(beta) - alpha) / beta))
}
/// The columns of `a` (each `m` long) times `I − τ v vᴴ` from the left, on their last `v.len()` rows.
fn apply_left<T: Field>(columns: &mut [T], m: usize, v: &[T], tau: T) {
    vectorised(
        #[inline(always)]
        || {
            for column in columns.chunks_exact_mut(m.max(1)) {
                let part = &mut column[m - v.len()..];
                let by = -dot(v, part) * tau;
                add(part, v, by);
            }
        },
    );
}
/// `A ← Hᴴ A H` of columns of height `n`, of which H takes the last rows and all columns.
#[inline(always)]
fn apply_both<T: Field>(columns: &mut [T], n: usize, v: &[T], tau: T) {
    let mut sum = vec![T::default(); n];
    for (column, v) in columns.chunks_exact(n).zip(v) {
        add(&mut sum, column, *v);
    }
    for (column, x) in columns.chunks_exact_mut(n).zip(v) {
        add(column, &sum, -tau * x.conjugate());
        let part = &mut column[n - v.len()..];
        let by = -dot(v, part) * tau.conjugate();
        add(part, v, by);
    }
}

/// Columns that are reflected together.
const BLOCK: usize = 32;
/// faer's upper triangular T of each block of reflections, side by side, from the τs: `H₀ H₁ … = I − V T⁻¹ Vᴴ` with `1 / τ` on the diagonal and
/// `vᵢᴴ vⱼ` above it.
fn factors<T: Field>(v: &[T], m: usize, taus: &[T], par: Par) -> Vec<T> {
    let k = taus.len();
    let mut t = vec![T::default(); BLOCK * k];
    divided(&mut t, BLOCK * BLOCK, par, |block, t| {
        let first = block * BLOCK;
        let width = BLOCK.min(k - first);
        let mut panel = vec![T::default(); (m - first) * width];
        for (j, column) in panel.chunks_exact_mut((m - first).max(1)).enumerate() {
            column[j + 1..].copy_from_slice(&v[(first + j) * m + first + j + 1..(first + j + 1) * m]);
            column[j] = T::number(1.0);
        }
        let view = MatRef::from_column_major_slice(&panel, m - first, width);
        let mut gram = vec![T::default(); width * width];
        let target = MatMut::from_column_major_slice_mut(&mut gram, width, width);
        faer::linalg::matmul::matmul(target, faer::Accum::Replace, view.adjoint(), view, T::number(1.0), Par::Seq);
        for j in 0..width {
            t[j * BLOCK..][..j].copy_from_slice(&gram[j * width..][..j]);
            let tau = taus[first + j];
            let one = T::number(1.0);
            t[j * BLOCK + j] = if tau == T::default() { T::number(f64::INFINITY) } else { one / tau };
        }
    });
    t
}
/// A reflection from where it stands, below a number of the triangle. Alone it is applied without faer, which takes its τ to be real then.
fn single<T: Field>(column: &[T]) -> Vec<T> {
    let mut v = column.to_vec();
    v[0] = T::number(1.0);
    v
}
/// The first `columns` columns of the product of `k` reflections, which stand below the diagonal of `v`, `m` rows.
pub(crate) fn form<T: Field>(v: &[T], m: usize, taus: &[T], columns: usize, par: Par) -> Vec<T> {
    let k = taus.len();
    let t = factors(v, m, taus, par);
    let mut q = vec![T::default(); m * columns];
    (0..m.min(columns)).for_each(|i| q[i * m + i] = T::number(1.0));
    let basis = MatRef::from_column_major_slice(&v[..m * k], m, k);
    let factor = MatRef::from_column_major_slice(&t, BLOCK, k);
    let share = share(columns, par);
    divided(&mut q, m * share, par, |chunk, q| {
        let (start, end) = (chunk * share, columns.min((chunk + 1) * share));
        let need = householder::apply_block_householder_on_the_left_in_place_scratch::<T>(m, BLOCK, end - start);
        let mut memory = memory(need);
        for first in (0..k.min(end)).step_by(BLOCK).rev() {
            let width = BLOCK.min(k - first);
            // The columns before are still those of the identity, zero in these rows.
            let before = first.saturating_sub(start);
            if width == 1 {
                let v = single(&v[first * m + first..(first + 1) * m]);
                apply_left(&mut q[before * m..], m, &v, taus[first]);
                continue;
            }
            let view = MatMut::from_column_major_slice_mut(q, m, end - start);
            householder::apply_block_householder_on_the_left_in_place_with_conj(
                basis.submatrix(first, first, m - first, width),
                factor.submatrix(0, first, width, width),
                Conj::No,
                view.submatrix_mut(first, before, m - first, end - start - before),
                Par::Seq,
                MemStack::new(&mut memory),
            );
        }
    });
    q
}
/// LAPACK's `geqrf` of a column-major matrix, in place.
pub(crate) fn factor<T: Field>(a: &mut [T], m: usize, n: usize, par: Par) -> Vec<T> {
    let k = m.min(n);
    if k == 0 {
        return vec![];
    }
    if !T::COMPLEX {
        return factor_real(a, m, n, par);
    }
    let mut taus = vec![];
    let need = householder::apply_block_householder_transpose_on_the_left_in_place_scratch::<T>(m, BLOCK, n);
    let mut memory = memory(need);
    for first in (0..k).step_by(BLOCK) {
        let width = BLOCK.min(k - first);
        for j in first..first + width {
            let (before, after) = a.split_at_mut((j + 1) * m);
            let v = &mut before[j * m + j..];
            let (beta, tau) = reflector(v);
            apply_left(&mut after[..(first + width - j - 1) * m], m, v, tau.conjugate());
            v[0] = T::number(beta);
            taus.push(tau);
        }
        let (panel, rest) = a.split_at_mut((first + width) * m);
        if first + width < n && width == 1 {
            let v = single(&panel[first * m + first..]);
            apply_left(rest, m, &v, taus[first].conjugate());
        } else if first + width < n {
            let v: Vec<T> = panel[first * m..].chunks_exact(m).flat_map(|column| &column[first..]).copied().collect();
            let t = factors(&v, m - first, &taus[first..], par);
            let rest = MatMut::from_column_major_slice_mut(rest, m, n - first - width);
            householder::apply_block_householder_transpose_on_the_left_in_place_with_conj(
                MatRef::from_column_major_slice(&v, m - first, width),
                MatRef::from_column_major_slice(&t, BLOCK, width).submatrix(0, 0, width, width),
                Conj::Yes,
                rest.submatrix_mut(first, 0, m - first, n - first - width),
                par,
                MemStack::new(&mut memory),
            );
        }
    }
    taus
}
/// faer's QR decomposition; among threads of panels only, after each of which the columns to its right are divided: of all smaller tasks that
/// faer would hand to threads, waking these takes longer than the work until matrices are large.
fn factor_real<T: Field>(a: &mut [T], m: usize, n: usize, par: Par) -> Vec<T> {
    let k = m.min(n);
    let block = no_pivoting::factor::recommended_block_size::<T>(m, n);
    let panel = if par == Par::Seq { k } else { block };
    let mut taus = vec![];
    for first in (0..k).step_by(panel) {
        let (height, width) = (m - first, panel.min(k - first));
        let (block, columns) = (block.min(width), if par == Par::Seq { n } else { width });
        let (inside, rest) = a[first * m..].split_at_mut(columns * m);
        let mut t = vec![T::default(); block * width];
        let need = no_pivoting::factor::qr_in_place_scratch::<T>(height, columns, block, Par::Seq, Default::default());
        no_pivoting::factor::qr_in_place(
            MatMut::from_column_major_slice_mut(inside, m, columns).submatrix_mut(first, 0, height, columns),
            MatMut::from_column_major_slice_mut(&mut t, block, width),
            Par::Seq,
            MemStack::new(&mut memory(need)),
            Default::default(),
        );
        taus.extend((0..width).map(|j| inverse(t[j * block + j % block])));
        divided(rest, m * share(rest.len() / m, par), par, |_, part| {
            let columns = part.len() / m;
            let need = householder::apply_block_householder_transpose_on_the_left_in_place_scratch::<T>(
                height, width, columns,
            );
            householder::apply_block_householder_transpose_on_the_left_in_place_with_conj(
                MatRef::from_column_major_slice(inside, m, width).submatrix(first, 0, height, width),
                MatRef::from_column_major_slice(&t, width, width),
                Conj::Yes,
                MatMut::from_column_major_slice_mut(part, m, columns).submatrix_mut(first, 0, height, columns),
                Par::Seq,
                MemStack::new(&mut memory(need)),
            );
        });
    }
    taus
}
/// faer's τ as LAPACK's, or the other way round.
fn inverse<T: Field>(tau: T) -> T {
    if tau.finite() { T::number(1.0 / tau.real()) } else { T::default() }
}

pub(crate) fn geqrf<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (m, n, count) = (sizes.rows, sizes.columns, sizes.count);
    let [out, taus] = &mut call.outputs[..] else { return outputs() };
    let jobs: Vec<_> = split(a, count).zip(parts::<T>(out, count)?).zip(parts::<T>(taus, count)?).collect();
    each(jobs, 2 * sizes.work(), |((a, out), taus), par| {
        if !finite(a) {
            out.fill(T::missing());
            taus.fill(T::missing());
            return;
        }
        let mut packed = by_columns(a, m, n);
        taus.copy_from_slice(&factor(&mut packed, m, n, par));
        by_rows(&packed, m, n, out);
    });
    Ok(())
}
/// The order in which LAPACK's `geqp3` takes columns: each time the longest of what the reflections so far leave of them, the first of equal
/// ones. Lengths are computed anew, which costs as much as the reflection does, and needs no care for cancellation.
fn longest_first<T: Field>(a: &mut [T], m: usize, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for k in 0..m.min(n) {
        let lengths: Vec<f64> = a[k * m..].chunks_exact(m).map(|column| norm(&column[k..])).collect();
        let longest = k + (1..lengths.len()).fold(0, |best, j| if lengths[j] > lengths[best] { j } else { best });
        order.swap(k, longest);
        if longest > k {
            let (left, right) = a.split_at_mut(longest * m);
            left[k * m..(k + 1) * m].swap_with_slice(&mut right[..m]);
        }
        let (before, after) = a.split_at_mut((k + 1) * m);
        let v = &mut before[k * m + k..];
        let (_, tau) = reflector(v);
        apply_left(after, m, v, tau.conjugate());
    }
    order
}
pub(crate) fn column_pivots<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (m, n, count) = (sizes.rows, sizes.columns, sizes.count);
    let [out] = &mut call.outputs[..] else { return outputs() };
    let jobs: Vec<_> = split(a, count).zip(parts::<i32>(out, count)?).collect();
    each(jobs, 2 * sizes.work(), |(a, out), _| {
        let order = if finite(a) { longest_first(&mut by_columns(a, m, n), m, n) } else { (0..n).collect() };
        for (pivot, column) in out.iter_mut().zip(order) {
            *pivot = column as i32;
        }
    });
    Ok(())
}
pub(crate) fn householder_product<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (m, n, count, taus) = (sizes.rows, sizes.columns, sizes.count, call.input::<T>(1)?);
    let [out] = &mut call.outputs[..] else { return outputs() };
    let jobs: Vec<_> = split(a, count).zip(split(taus, count)).zip(parts::<T>(out, count)?).collect();
    each(jobs, 2 * sizes.work(), |((a, taus), out), par| {
        by_rows(&form(&by_columns(a, m, n), m, taus, n, par), m, n, out);
    });
    Ok(())
}
pub(crate) fn qr<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (m, n, count) = (sizes.rows, sizes.columns, sizes.count);
    let k = if call.flag("full_matrices")? { m } else { m.min(n) };
    let [q, r] = &mut call.outputs[..] else { return outputs() };
    let jobs: Vec<_> = split(a, count).zip(parts::<T>(q, count)?).zip(parts::<T>(r, count)?).collect();
    each(jobs, 2 * sizes.work(), |((a, q), r), par| {
        if !finite(a) {
            q.fill(T::missing());
            r.fill(T::missing());
            return;
        }
        let mut packed = by_columns(a, m, n);
        let taus = factor(&mut packed, m, n, par);
        for (i, row) in r.chunks_exact_mut(n.max(1)).enumerate() {
            for (j, x) in row.iter_mut().enumerate() {
                *x = if i <= j { packed[j * m + i] } else { T::default() };
            }
        }
        by_rows(&form(&packed, m, &taus, k, par), m, k, q);
    });
    Ok(())
}

/// Up to this size the plain algorithms are faster than faer's.
const SIMPLE: usize = 144;
/// LAPACK's `gehrd` of a column-major matrix, in place.
pub(crate) fn reduce_to_hessenberg<T: Field>(a: &mut [T], n: usize, par: Par) -> Vec<T> {
    if n < 2 {
        return vec![];
    }
    if !T::COMPLEX && n > SIMPLE {
        let block = no_pivoting::factor::recommended_block_size::<T>(n - 1, n - 1);
        let mut t = vec![T::default(); block * (n - 1)];
        let need = evd::hessenberg::hessenberg_in_place_scratch::<T>(n, block, par, Default::default());
        evd::hessenberg::hessenberg_in_place(
            MatMut::from_column_major_slice_mut(a, n, n),
            MatMut::from_column_major_slice_mut(&mut t, block, n - 1),
            par,
            MemStack::new(&mut memory(need)),
            Default::default(),
        );
        return (0..n - 1).map(|j| inverse(t[j * block + j % block])).collect();
    }
    let mut taus = vec![T::default(); n - 1];
    vectorised(
        #[inline(always)]
        || {
            for k in 0..n - 1 {
                let (before, after) = a.split_at_mut((k + 1) * n);
                let v = &mut before[k * n + k + 1..];
                let (beta, tau) = reflector(v);
                apply_both(after, n, v, tau);
                v[0] = T::number(beta);
                taus[k] = tau;
            }
        },
    );
    taus
}
pub(crate) fn hessenberg<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (n, count) = (sizes.rows, sizes.count);
    let [out, taus] = &mut call.outputs[..] else { return outputs() };
    let jobs: Vec<_> = split(a, count).zip(parts::<T>(out, count)?).zip(parts::<T>(taus, count)?).collect();
    each(jobs, sizes.work(), |((a, out), taus), par| {
        if !finite(a) {
            out.fill(T::missing());
            taus.fill(T::missing());
            return;
        }
        let mut packed = by_columns(a, n, n);
        taus.copy_from_slice(&reduce_to_hessenberg(&mut packed, n, par));
        by_rows(&packed, n, n, out);
    });
    Ok(())
}

/// LAPACK's `sytrd` or `hetrd` of the lower triangle of a column-major matrix, in place, and the τs.
fn reduce_to_tridiagonal<T: Field>(a: &mut [T], n: usize, par: Par) -> Vec<T> {
    if !T::COMPLEX && n > SIMPLE {
        let block = no_pivoting::factor::recommended_block_size::<T>(n, n);
        let mut t = vec![T::default(); block * (n - 1)];
        let need = evd::tridiag::tridiag_in_place_scratch::<T>(n, par, Spec::new(tridiag::<T>()));
        evd::tridiag::tridiag_in_place(
            MatMut::from_column_major_slice_mut(a, n, n),
            MatMut::from_column_major_slice_mut(&mut t, block, n - 1),
            par,
            MemStack::new(&mut memory(need)),
            Spec::new(tridiag::<T>()),
        );
        return (0..n - 1).map(|j| inverse(t[j * block + j % block])).collect();
    }
    let mut taus = vec![T::default(); n.saturating_sub(1)];
    vectorised(
        #[inline(always)]
        || {
            for (k, tau) in taus.iter_mut().enumerate() {
                *tau = reduce_column(&mut a[k * n..], n, k);
            }
        },
    );
    taus
}
/// A step of it: the τ of the first of the columns, whose diagonal is at `k`.
#[inline(always)]
fn reduce_column<T: Field>(columns: &mut [T], n: usize, k: usize) -> T {
    let (before, after) = columns.split_at_mut(n);
    let v = &mut before[k + 1..];
    let (beta, tau) = reflector(v);
    // With `p = τ A v` and `w = p − τ (pᴴ v) v / 2`, `Hᴴ A H = A − v wᴴ − w vᴴ`; of A the lower triangle is there.
    let mut p = vec![T::default(); v.len()];
    for (j, column) in after.chunks_exact(n).enumerate() {
        let Some((head, tail)) = column[k + 1 + j..].split_first() else { break };
        p[j] = p[j] + T::number(head.real()) * v[j] + dot(tail, &v[j + 1..]);
        add(&mut p[j + 1..], tail, v[j]);
    }
    for p in &mut p {
        *p = *p * tau;
    }
    let half = T::number(0.5) * tau * dot(&p, v);
    let w = &mut p;
    add(w, v, -half);
    for (j, column) in after.chunks_exact_mut(n).enumerate() {
        let (x, y) = (-w[j].conjugate(), -v[j].conjugate());
        add(&mut column[k + 1 + j..], &v[j..], x);
        add(&mut column[k + 1 + j..], &w[j..], y);
    }
    v[0] = T::number(beta);
    tau
}
pub(crate) fn tridiagonal<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (n, count, lower) = (sizes.rows, sizes.count, call.flag("lower")?);
    let [out, d, e, taus] = &mut call.outputs[..] else { return outputs() };
    let vectors = parts::<T::Part>(d, count)?.into_iter().zip(parts::<T::Part>(e, count)?);
    let jobs: Vec<_> =
        split(a, count).zip(parts::<T>(out, count)?).zip(vectors).zip(parts::<T>(taus, count)?).collect();
    each(jobs, sizes.work(), |(((a, out), (d, e)), taus), par| {
        let read = |i: usize, j: usize| if lower { i >= j } else { i <= j };
        let fine = (0..n * n).all(|at| !read(at / n, at % n) || a[at].finite());
        if !fine {
            out.fill(T::missing());
            d.fill(T::Part::missing());
            e.fill(T::Part::missing());
            taus.fill(T::missing());
            return;
        }
        // The upper triangle is the lower one, seen from the other end.
        let mut packed = by_columns(a, n, n);
        if !lower {
            packed.reverse();
        }
        let other = packed.clone();
        taus.copy_from_slice(&reduce_to_tridiagonal(&mut packed, n, par));
        for j in 0..n {
            packed[j * n..j * n + j].copy_from_slice(&other[j * n..j * n + j]);
            packed[j * n + j] = T::number(packed[j * n + j].real());
            d[j] = T::Part::number(packed[j * n + j].real());
            if j + 1 < n {
                e[j] = T::Part::number(packed[j * n + j + 1].real());
            }
        }
        if !lower {
            packed.reverse();
            d.reverse();
            e.reverse();
            taus.reverse();
        }
        by_rows(&packed, n, n, out);
    });
    Ok(())
}
