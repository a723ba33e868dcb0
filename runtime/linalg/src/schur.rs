//! The kernel for Schur's form: faer's reduction to Hessenberg form, then QR steps.

use crate::{field::Field, reflections, steps::Turned, *};

pub(crate) fn schur<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (n, count) = (sizes.rows, sizes.count);
    let Some((form, rest)) = call.outputs.split_first_mut() else { return outputs() };
    let mut jobs: Vec<(&[T], &mut [T], Option<&mut [T]>)> =
        split(a, count).zip(parts::<T>(form, count)?).map(|(a, t)| (a, t, None)).collect();
    for output in rest {
        jobs.iter_mut().zip(parts::<T>(output, count)?).for_each(|(job, z)| job.2 = Some(z));
    }
    each(jobs, 10 * sizes.work(), |(a, out, vectors), par| decompose(a, n, out, vectors, par));
    Ok(())
}
fn decompose<T: Field>(a: &[T], n: usize, out: &mut [T], vectors: Option<&mut [T]>, par: Par) {
    let exponent = a.iter().map(|z| z.wide().l1_norm()).fold(0.0, f64::max).log2();
    // Squares of elements neither overflow nor vanish within these powers of two; beyond them the matrix is scaled.
    let most = -0.42 * T::LEAST.log2();
    let by = if exponent.is_finite() { 2f64.powf((exponent.clamp(-most, most) - exponent).trunc()) } else { 1.0 };
    let fine = a.iter().all(|z| z.finite());
    let found = fine.then(|| hessenberg(a.iter().map(|z| T::of(z.wide() * by)), n, vectors.is_some(), par));
    let found = found.and_then(|mut form| form.triangularise(par).then_some(form));
    let write = |to: &mut [T], from: Option<Vec<T>>| match from {
        Some(from) => by_rows(&from, n, n, to),
        None => to.fill(T::missing()),
    };
    write(out, found.as_ref().map(|form| form.h.iter().map(|x| T::of(x.wide() / by)).collect()));
    if let Some(z) = vectors {
        write(z, found.map(|form| form.z));
    }
}

/// The Hessenberg form H and Q with `a = Q H Qᴴ` of a row-major matrix.
fn hessenberg<T: Field>(a: impl Iterator<Item = T>, n: usize, wanted: bool, par: Par) -> Turned<T> {
    let mut h = by_columns(&a.collect::<Vec<T>>(), n, n);
    let taus = reflections::reduce_to_hessenberg(&mut h, n, par);
    let mut z = vec![T::default(); if wanted { n * n } else { 0 }];
    if wanted && n > 0 {
        z[0] = T::number(1.0);
        // The reflections stand one row below the diagonal.
        let below: Vec<T> = h.chunks_exact(n).take(n - 1).flat_map(|column| &column[1..]).copied().collect();
        let inner = reflections::form(&below, n - 1, &taus, n - 1, par);
        for (column, inner) in z[n..].chunks_exact_mut(n).zip(inner.chunks_exact((n - 1).max(1))) {
            column[1..].copy_from_slice(inner);
        }
    }
    for (j, column) in h.chunks_exact_mut(n.max(1)).enumerate() {
        column[(j + 2).min(n)..].fill(T::default());
    }
    Turned { n, h, rows: if wanted { n } else { 0 }, z }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::{Complex, Complex64};

    /// What does not repeat, from −½ to ½.
    fn number(i: usize) -> f64 {
        let mut z = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }
    type Entry = fn(n: usize, i: usize, j: usize) -> f64;
    const MATRICES: [(&str, Entry); 13] = [
        ("general", |n, i, j| number(i * n + j)),
        ("symmetric", |n, i, j| number(i.min(j) * n + i.max(j))),
        ("skew", |n, i, j| number(i.min(j) * n + i.max(j)) * (j as f64 - i as f64).signum() * f64::from(i != j)),
        ("zero", |_, _, _| 0.0),
        ("identity", |_, i, j| f64::from(i == j)),
        ("ones", |_, _, _| 1.0),
        ("triangular", |n, i, j| if i <= j { number(i * n + j) } else { 0.0 }),
        ("Jordan's block", |_, i, j| if i == j { 2.0 } else { f64::from(j == i + 1) }),
        ("Jordan's block, transposed", |_, i, j| if i == j { 2.0 } else { f64::from(i == j + 1) }),
        ("nilpotent", |_, i, j| f64::from(i == j + 1)),
        ("cycle", |n, i, j| f64::from(i == (j + 1) % n)),
        ("companion", |n, i, j| f64::from(i == j + 1) + if j + 1 == n { number(i) } else { 0.0 }),
        ("graded", |n, i, j| number(i * n + j) * 10f64.powi(-(((i + j) * 20 / n) as i32))),
    ];

    /// Checks `A = Z T Zᴴ`, that Z is unitary, and the form of T.
    fn check<T: Field>(
        name: &str,
        n: usize,
        scale: f64,
        items: fn(&[T]) -> Items,
        items_mut: fn(&mut [T]) -> ItemsMut,
    ) {
        let entry = MATRICES.iter().find(|(other, _)| *other == name).unwrap().1;
        let imaginary = |k: usize| if T::COMPLEX && name == "general" { number(k + n * n) } else { 0.0 };
        let a = |k: usize| Complex64::new(entry(n, k / n, k % n), imaginary(k));
        let input: Vec<T> = (0..n * n).map(|k| T::of(a(k) * scale)).collect();
        let [mut t, mut z] = [(); 2].map(|_| vec![T::missing(); n * n]);
        let outputs = vec![items_mut(&mut t), items_mut(&mut z)];
        let shape = [n, n];
        crate::schur(&mut Call { inputs: vec![(&shape, items(&input))], outputs, flag: &|_| Ok(true) }).unwrap();
        let title = format!("{name}, {n} × {n}, times {scale}, {}", std::any::type_name::<T>());
        let wide = |x: &[T], by: f64| x.iter().map(|x| x.wide() / by).collect::<Vec<_>>();
        let (a, t, z) = (wide(&input, scale), wide(&t, scale), wide(&z, 1.0));
        let product = |x: &[Complex64], y: &dyn Fn(usize, usize) -> Complex64| {
            let mut out = vec![Complex64::ZERO; n * n];
            for (i, k) in (0..n * n).map(|at| (at / n, at % n)) {
                (0..n).for_each(|j| out[i * n + j] += x[i * n + k] * y(k, j));
            }
            out
        };
        let adjoint = |i: usize, j: usize| z[j * n + i].conj();
        let back = product(&product(&z, &|i, j| t[i * n + j]), &adjoint);
        let unit = product(&z, &adjoint);
        let near = 5.0 * T::PRECISION * n as f64;
        for at in 0..n * n {
            let (i, j) = (at / n, at % n);
            assert!((back[at] - a[at]).norm() <= near, "{title}: A[{i}, {j}] = {}, not {}", back[at], a[at]);
            assert!((unit[at] - f64::from(i == j)).norm() <= near, "{title}: Z Zᴴ[{i}, {j}] = {}", unit[at]);
            if i > j && (T::COMPLEX || i > j + 1) {
                assert_eq!(t[at], Complex64::ZERO, "{title}: T[{i}, {j}]");
            } else if i == j + 1 && t[at] != Complex64::ZERO {
                let (first, last, above) = (t[j * n + j], t[i * n + i], t[j * n + i]);
                assert!(first == last && t[at].re * above.re < 0.0, "{title}: the block at {j}");
                assert!(j == 0 || t[j * n + j - 1] == Complex64::ZERO, "{title}: the blocks at {j}");
            }
        }
    }
    fn check_all(name: &str, n: usize, scale: f64) {
        check::<f64>(name, n, scale, |x| Items::F64(x), |x| ItemsMut::F64(x));
        check::<Complex<f64>>(name, n, scale, |x| Items::C128(x), |x| ItemsMut::C128(x));
        if scale == 1.0 {
            check::<f32>(name, n, scale, |x| Items::F32(x), |x| ItemsMut::F32(x));
            check::<Complex<f32>>(name, n, scale, |x| Items::C64(x), |x| ItemsMut::C64(x));
        }
    }

    #[test]
    fn forms_are_schurs() {
        for (name, _) in MATRICES {
            [1, 2, 3, 4, 5, 33, 80].into_iter().for_each(|n| check_all(name, n, 1.0));
        }
        for name in ["general", "companion", "Jordan's block"] {
            check_all(name, 200, 1.0);
        }
        for scale in [1e-300, 1e300] {
            [2, 5, 80].into_iter().for_each(|n| check_all("general", n, scale));
        }
        check_all("zero", 0, 1.0);
    }
    #[test]
    fn what_is_not_finite_has_no_form() {
        for bad in [f64::NAN, f64::INFINITY] {
            let input = [1.0, bad, 2.0, 3.0];
            let [mut t, mut z] = [[0.0; 4]; 2];
            let outputs = vec![ItemsMut::F64(&mut t), ItemsMut::F64(&mut z)];
            crate::schur(&mut Call { inputs: vec![(&[2, 2], Items::F64(&input))], outputs, flag: &|_| Ok(true) })
                .unwrap();
            assert!(t.iter().chain(&z).all(|x| x.is_nan()));
        }
    }
}
