//! The kernel for Schur's form: faer's reduction to Hessenberg form, then shifted QR steps in double precision.
//!
//! Matrices are row-major here: steps from the left combine rows, and those from the right neighbours within each row.

use crate::{field::Field, reflections, *};
use num_complex::Complex64;

pub(crate) fn schur<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (n, count) = (sizes.rows, sizes.count);
    let Some((form, rest)) = call.outputs.split_first_mut() else { return outputs() };
    let mut jobs: Vec<(&[T], &mut [T], Option<&mut [T]>)> =
        split(a, count).zip(parts::<T>(form, count)?).map(|(a, t)| (a, t, None)).collect();
    for output in rest {
        jobs.iter_mut().zip(parts::<T>(output, count)?).for_each(|(job, z)| job.2 = Some(z));
    }
    each(jobs, 10 * sizes.work(), |(a, out, vectors), par| {
        let fine = a.iter().all(|z| z.finite());
        let numbers = |items: &[T]| items.iter().map(|z| z.wide()).collect::<Vec<_>>();
        let found = match (fine, T::COMPLEX) {
            (false, _) => None,
            (true, true) => complex(&numbers(a), n, vectors.is_some(), par),
            (true, false) => {
                let a: Vec<f64> = a.iter().map(|x| x.real()).collect();
                real(&a, n, vectors.is_some(), par)
                    .map(|parts| parts.map(|x| x.into_iter().map(Complex64::from).collect()))
            }
        };
        let write = |to: &mut [T], from: Option<&Vec<Complex64>>| match from {
            Some(from) => to.iter_mut().zip(from).for_each(|(to, z)| *to = T::of(*z)),
            None => to.fill(T::missing()),
        };
        write(out, found.as_ref().map(|f| &f[0]));
        if let Some(z) = vectors {
            write(z, found.as_ref().map(|f| &f[1]));
        }
    });
    Ok(())
}

/// The Hessenberg form H and Q with `a = Q H Qᴴ`, row-major; Q is empty if not wanted.
fn hessenberg<T: Field>(a: &[T], n: usize, wanted: bool, par: Par) -> [Vec<T>; 2] {
    let mut packed = by_columns(a, n, n);
    let taus = reflections::reduce_to_hessenberg(&mut packed, n, par);
    let mut q = vec![T::default(); if wanted { n * n } else { 0 }];
    if wanted && n > 0 {
        q[0] = T::number(1.0);
        // The reflections stand one row below the diagonal.
        let below: Vec<T> = packed.chunks_exact(n).take(n - 1).flat_map(|column| &column[1..]).copied().collect();
        let inner = reflections::form(&below, n - 1, &taus, n - 1, par);
        for i in 1..n {
            for j in 1..n {
                q[i * n + j] = inner[(j - 1) * (n - 1) + i - 1];
            }
        }
    }
    let mut h = vec![T::default(); n * n];
    by_rows(&packed, n, n, &mut h);
    for i in 2..n {
        h[i * n..i * n + i - 1].fill(T::default());
    }
    [h, q]
}
/// Steps after which a block is given up.
const PATIENCE: usize = 300;

/// T and Z of a real matrix, with standardised 2 × 2 blocks; `None` if the steps do not converge.
fn real(a: &[f64], n: usize, wanted: bool, par: Par) -> Option<[Vec<f64>; 2]> {
    let [mut h, mut z] = hessenberg(a, n, wanted, par);
    let (mut end, mut steps) = (n, 0);
    while end > 1 {
        let size = |i: usize, j: usize| h[i * n + j].abs();
        let small =
            |i: &usize| size(*i, i - 1) <= f64::EPSILON * (size(*i, *i) + size(i - 1, i - 1)).max(f64::MIN_POSITIVE);
        let start = (1..end).rev().find(small).unwrap_or(0);
        if start > 0 {
            h[start * n + start - 1] = 0.0;
        }
        if end - start <= 2 {
            if end - start == 2 {
                standardise(&mut h, &mut z, n, start);
            }
            (end, steps) = (start, 0);
            continue;
        }
        if steps == PATIENCE {
            return None;
        }
        steps += 1;
        francis_step(&mut h, &mut z, n, start, end, steps % 10 == 0);
    }
    Some([h, z])
}
/// `v` (with `v₀ = 1`) and τ of the real reflection that makes `x` a multiple of `e₀`.
fn reflection(x: [f64; 3]) -> ([f64; 3], f64) {
    let rest = x[1].hypot(x[2]);
    if rest == 0.0 {
        return ([1.0, 0.0, 0.0], 0.0);
    }
    let beta = -x[0].hypot(rest).copysign(x[0]);
    ([1.0, x[1] / (x[0] - beta), x[2] / (x[0] - beta)], (beta - x[0]) / beta)
}
/// Francis' double step with the eigenvalues of the last 2 × 2 block as shifts (Golub and Van Loan, 7.5), or shifts out of the way.
fn francis_step(h: &mut [f64], z: &mut [f64], n: usize, start: usize, end: usize, exceptional: bool) {
    let at = |i: usize, j: usize| h[i * n + j];
    let (p, q) = (end - 2, end - 1);
    let (mut sum, mut det) = (at(p, p) + at(q, q), at(p, p) * at(q, q) - at(p, q) * at(q, p));
    if exceptional {
        let size = at(q, p).abs() + at(p, p - 1).abs();
        (sum, det) = (1.5 * size, size * size);
    }
    let (a, b) = (at(start, start), at(start + 1, start));
    let mut x = [
        a * a + at(start, start + 1) * b - sum * a + det,
        b * (a + at(start + 1, start + 1) - sum),
        b * at(start + 2, start + 1),
    ];
    for k in start..q {
        let size = 3.min(end - k);
        let (v, tau) = reflection(x);
        let first = k.saturating_sub(1).max(start);
        if size == 3 {
            rows::<3>(h, n, k, first, v, tau);
            columns::<3>(&mut h[..n * (k + 4).min(end)], n, k, v, tau);
            columns::<3>(z, n, k, v, tau);
        } else {
            rows::<2>(h, n, k, first, [v[0], v[1]], tau);
            columns::<2>(&mut h[..n * end], n, k, [v[0], v[1]], tau);
            columns::<2>(z, n, k, [v[0], v[1]], tau);
        }
        if k > start {
            (k + 1..k + size).for_each(|i| h[i * n + k - 1] = 0.0);
        }
        x = [0.0; 3];
        (k + 1..(k + 4).min(end)).zip(&mut x).for_each(|(i, x)| *x = h[i * n + k]);
    }
}
/// Reflects `N` rows from row `k` on, in the columns from `first` on.
fn rows<const N: usize>(h: &mut [f64], n: usize, k: usize, first: usize, v: [f64; N], tau: f64) {
    let mut block = h[k * n..(k + N) * n].chunks_exact_mut(n);
    let rows: [&mut [f64]; N] = std::array::from_fn(|_| block.next().map_or(&mut [][..], |row| &mut row[first..]));
    for j in 0..n - first {
        let dot = tau * (0..N).map(|i| v[i] * rows[i][j]).sum::<f64>();
        for i in 0..N {
            rows[i][j] -= dot * v[i];
        }
    }
}
/// Reflects `N` columns from column `k` on.
fn columns<const N: usize>(h: &mut [f64], n: usize, k: usize, v: [f64; N], tau: f64) {
    for row in h.chunks_exact_mut(n) {
        let part = &mut row[k..k + N];
        let dot = tau * (0..N).map(|i| v[i] * part[i]).sum::<f64>();
        for i in 0..N {
            part[i] -= dot * v[i];
        }
    }
}
/// Rotates the 2 × 2 block at `k` into LAPACK's standard form.
fn standardise(h: &mut [f64], z: &mut [f64], n: usize, k: usize) {
    let [a, b, c, d] = [(k, k), (k, k + 1), (k + 1, k), (k + 1, k + 1)].map(|(i, j)| h[i * n + j]);
    let (cs, sn, block) = standard_form([a, b, c, d]);
    let (above, below) = h.split_at_mut((k + 1) * n);
    for (x, y) in above[k * n + k + 2..].iter_mut().zip(&mut below[k + 2..n]) {
        (*x, *y) = (*x * cs + *y * sn, *y * cs - *x * sn);
    }
    for row in h[..k * n].chunks_exact_mut(n).chain(z.chunks_exact_mut(n)) {
        (row[k], row[k + 1]) = (row[k] * cs + row[k + 1] * sn, row[k + 1] * cs - row[k] * sn);
    }
    for ((i, j), x) in [(k, k), (k, k + 1), (k + 1, k), (k + 1, k + 1)].into_iter().zip(block) {
        h[i * n + j] = x;
    }
}
/// The rotation `(cs, sn)` that brings `[[a, b], [c, d]]` to standard form, and that form, as LAPACK's `lanv2` chooses them (Bai and
/// Demmel, "On swapping diagonal blocks in real Schur form", 1993).
fn standard_form([a, b, c, d]: [f64; 4]) -> (f64, f64, [f64; 4]) {
    if c == 0.0 {
        return (1.0, 0.0, [a, b, c, d]);
    }
    if b == 0.0 {
        return (0.0, 1.0, [d, -c, 0.0, a]);
    }
    let difference = a - d;
    if difference == 0.0 && b.signum() != c.signum() {
        return (1.0, 0.0, [a, b, c, d]);
    }
    let p = 0.5 * difference;
    let (greater, lesser) = (b.abs().max(c.abs()), b.abs().min(c.abs()) * b.signum() * c.signum());
    let scale = p.abs().max(greater);
    let z = p / scale * p + greater / scale * lesser;
    if z >= 4.0 * f64::EPSILON {
        // Two real eigenvalues.
        let z = p + (scale.sqrt() * z.sqrt()).copysign(p);
        let tau = c.hypot(z);
        return (z / tau, c / tau, [d + z, b - c, 0.0, d - greater / z * lesser]);
    }
    let sigma = b + c;
    let tau = sigma.hypot(difference);
    let cs = (0.5 * (1.0 + sigma.abs() / tau)).sqrt();
    let sn = -(p / (tau * cs)) * 1f64.copysign(sigma);
    let (aa, bb, cc, dd) = (a * cs + b * sn, b * cs - a * sn, c * cs + d * sn, d * cs - c * sn);
    let (a, b, c, d) = (aa * cs + cc * sn, bb * cs + dd * sn, cc * cs - aa * sn, dd * cs - bb * sn);
    let mean = 0.5 * (a + d);
    if c == 0.0 || (b != 0.0 && b.signum() != c.signum()) {
        return (cs, sn, [mean, b, c, mean]);
    }
    if b == 0.0 {
        return (-sn, cs, [mean, -c, 0.0, mean]);
    }
    let (root_b, root_c) = (b.abs().sqrt(), c.abs().sqrt());
    let p = (root_b * root_c).copysign(c);
    let tau = 1.0 / (b + c).abs().sqrt();
    let (cs1, sn1) = (root_b * tau, root_c * tau);
    (cs * cs1 - sn * sn1, cs * sn1 + sn * cs1, [mean + p, b - c, 0.0, mean - p])
}
/// T and Z of a complex matrix; `None` if the steps do not converge.
fn complex(a: &[Complex64], n: usize, wanted: bool, par: Par) -> Option<[Vec<Complex64>; 2]> {
    let [mut h, mut z] = hessenberg(a, n, wanted, par);
    let (mut end, mut steps) = (n, 0);
    while end > 1 {
        let size = |i: usize, j: usize| h[i * n + j].l1_norm();
        let small =
            |i: &usize| size(*i, i - 1) <= f64::EPSILON * (size(*i, *i) + size(i - 1, i - 1)).max(f64::MIN_POSITIVE);
        let start = (1..end).rev().find(small).unwrap_or(0);
        if start > 0 {
            h[start * n + start - 1] = Complex64::ZERO;
        }
        if start + 1 == end {
            (end, steps) = (start, 0);
            continue;
        }
        if steps == PATIENCE {
            return None;
        }
        steps += 1;
        wilkinson_step(&mut h, &mut z, n, start, end, steps % 10 == 0);
    }
    Some([h, z])
}
/// A QR step by rotations with Wilkinson's shift, or one out of the way.
fn wilkinson_step(h: &mut [Complex64], z: &mut [Complex64], n: usize, start: usize, end: usize, exceptional: bool) {
    let at = |i: usize, j: usize| h[i * n + j];
    let (p, q) = (end - 2, end - 1);
    let shift = if exceptional {
        at(q, p).norm().into()
    } else {
        let half = (at(p, p) - at(q, q)) / 2.0;
        let root = (half * half + at(p, q) * at(q, p)).sqrt();
        let (one, other) = (half + root, half - root);
        at(q, q) + if one.norm() < other.norm() { one } else { other }
    };
    (start..end).for_each(|i| h[i * n + i] -= shift);
    let mut rotations = Vec::with_capacity(q - start);
    for k in start..q {
        let (a, b) = (h[k * n + k], h[(k + 1) * n + k]);
        let size = a.norm().hypot(b.norm());
        let (a, b) = if size == 0.0 { (Complex64::ONE, Complex64::ZERO) } else { (a / size, b / size) };
        let (above, below) = h.split_at_mut((k + 1) * n);
        for (x, y) in above[k * n + k..].iter_mut().zip(&mut below[k..n]) {
            (*x, *y) = (a.conj() * *x + b.conj() * *y, a * *y - b * *x);
        }
        h[(k + 1) * n + k] = Complex64::ZERO;
        rotations.push((a, b));
    }
    for (i, row) in h[..end * n].chunks_exact_mut(n).enumerate() {
        // What came of the rows is upper triangular: to the left of its diagonal only the last rotation finds anything.
        let skip = i.saturating_sub(start + 1);
        turn_row(row, start + skip, &rotations[skip..]);
    }
    for row in z.chunks_exact_mut(n) {
        turn_row(row, start, &rotations);
    }
    (start..end).for_each(|i| h[i * n + i] += shift);
}
/// Applies rotations of neighbouring columns to one row.
fn turn_row(row: &mut [Complex64], start: usize, rotations: &[(Complex64, Complex64)]) {
    for (k, (a, b)) in (start..).zip(rotations) {
        let (x, y) = (row[k], row[k + 1]);
        (row[k], row[k + 1]) = (x * a + y * b, y * a.conj() - x * b.conj());
    }
}
