//! Kernels for eigenvalues, singular values and their vectors.

use crate::{
    field::{Field, finite, norm, phase, scale},
    *,
};
use faer::{
    Auto, MatMut, MatRef, Spec,
    diag::DiagMut,
    dyn_stack::MemStack,
    linalg::{
        evd::{self, ComputeEigenvectors},
        svd::{self as decomposition, ComputeSvdVectors},
    },
};
use num_complex::Complex64;

pub(crate) fn eigh<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (n, count, lower) = (sizes.rows, sizes.count, call.flag("lower")?);
    let [vectors, values] = &mut call.outputs[..] else { return outputs() };
    let jobs: Vec<_> = split(a, count).zip(parts::<T>(vectors, count)?).zip(parts::<T::Part>(values, count)?).collect();
    each(jobs, sizes.work(), |((a, vectors), values), par| {
        // faer reads the lower triangle; of the upper one, row by row, it is the conjugate, column by column.
        let mut x = if lower { by_columns(a, n, n) } else { a.iter().map(|z| z.conjugate()).collect() };
        let mut fine = true;
        for j in 0..n {
            x[j * n + j] = T::number(x[j * n + j].real());
            fine &= x[j * n + j..(j + 1) * n].iter().all(|z| z.finite());
        }
        let (mut v, mut w) = (vec![T::default(); n * n], vec![T::default(); n]);
        if fine && n > 0 {
            let params = || {
                let auto = <evd::SelfAdjointEvdParams as Auto<T>>::auto();
                Spec::new(evd::SelfAdjointEvdParams { tridiag: tridiag::<T>(), ..auto })
            };
            let need = evd::self_adjoint_evd_scratch::<T>(n, ComputeEigenvectors::Yes, par, params());
            fine = evd::self_adjoint_evd(
                MatRef::from_column_major_slice(&x, n, n),
                DiagMut::from_slice_mut(&mut w),
                Some(MatMut::from_column_major_slice_mut(&mut v, n, n)),
                par,
                MemStack::new(&mut memory(need)),
                params(),
            )
            .is_ok();
        }
        if !fine {
            vectors.fill(T::missing());
            values.fill(T::Part::missing());
            return;
        }
        for (column, (value, w)) in v.chunks_exact_mut(n.max(1)).zip(values.iter_mut().zip(&w)) {
            *value = T::Part::number(w.real());
            scale(column, phase(column));
        }
        by_rows(&v, n, n, vectors);
    });
    Ok(())
}

pub(crate) fn svd<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (m, n, count, k) = (sizes.rows, sizes.columns, sizes.count, sizes.rows.min(sizes.columns));
    let full = call.flag("full_matrices")?;
    let (columns, rows) = if full { (m, n) } else { (k, k) };
    let (s, vectors) = match &mut call.outputs[..] {
        [s] => (parts::<T::Part>(s, count)?, None),
        [u, s, vh] => (parts::<T::Part>(s, count)?, Some((parts::<T>(u, count)?, parts::<T>(vh, count)?))),
        _ => return outputs(),
    };
    let vectors: Vec<Option<(&mut [T], &mut [T])>> = match vectors {
        Some((u, vh)) => u.into_iter().zip(vh).map(Some).collect(),
        None => (0..count).map(|_| None).collect(),
    };
    let jobs: Vec<_> = split(a, count).zip(s).zip(vectors).collect();
    each(jobs, sizes.work(), |((a, s), vectors), par| {
        let fine = finite(a);
        if vectors.is_none() {
            let found = if fine { values_alone(a, m, n, par) } else { None };
            match found {
                Some(found) => s.iter_mut().zip(found).for_each(|(s, x)| *s = T::Part::number(x)),
                None => s.fill(T::Part::missing()),
            }
            return;
        }
        let (mut u, mut v) = (vec![T::default(); m * k], vec![T::default(); n * k]);
        let mut values = vec![T::default(); k];
        let x = if fine { by_columns(a, m, n) } else { vec![] };
        let done = fine
            && (k == 0 || {
                let compute = ComputeSvdVectors::Thin;
                let params = || {
                    let auto = <decomposition::SvdParams as Auto<T>>::auto();
                    Spec::new(decomposition::SvdParams { bidiag: bidiag::<T>(), ..auto })
                };
                let need = decomposition::svd_scratch::<T>(m, n, compute, compute, par, params());
                let view = |x, rows| Some(MatMut::from_column_major_slice_mut(x, rows, k));
                let (u, v) = (view(&mut u[..], m), view(&mut v[..], n));
                let x = MatRef::from_column_major_slice(&x, m, n);
                let mut memory = memory(need);
                let (diagonal, stack) = (DiagMut::from_slice_mut(&mut values), MemStack::new(&mut memory));
                decomposition::svd(x, diagonal, u, v, par, stack, params()).is_ok()
            });
        if !done {
            s.fill(T::Part::missing());
            if let Some((u, vh)) = vectors {
                u.fill(T::missing());
                vh.fill(T::missing());
            }
            return;
        }
        for (s, value) in s.iter_mut().zip(&values) {
            *s = T::Part::number(value.real());
        }
        let Some((out_u, out_vh)) = vectors else { return };
        for (v, u) in v.chunks_exact_mut(n.max(1)).zip(u.chunks_exact_mut(m.max(1))) {
            let turn = phase(v);
            scale(v, turn);
            scale(u, turn);
        }
        let (u, mut v) = (completed(u, m, columns, par), completed(v, n, rows, par));
        by_rows(&u, m, columns, out_u);
        // Vᴴ, row by row, is V, column by column, conjugated.
        v.iter_mut().for_each(|z| *z = z.conjugate());
        out_vh.copy_from_slice(&v);
    });
    Ok(())
}
/// The singular values of a row-major matrix.
fn values_alone<T: Field>(a: &[T], m: usize, n: usize, par: Par) -> Option<Vec<f64>> {
    // Column by column, a wide matrix is its own transposed one.
    let (mut x, rows, k) = if m < n { (a.to_vec(), n, m) } else { (by_columns(a, m, n), m, n) };
    if k == 0 {
        return Some(vec![]);
    }
    let tall = 3 * rows > 5 * k;
    if tall {
        reflections::factor(&mut x, rows, k, par);
        x = (0..k * k).map(|at| if at % k <= at / k { x[at / k * rows + at % k] } else { T::default() }).collect();
    }
    let rows = if tall { k } else { rows };
    let need = decomposition::bidiag::bidiag_in_place_scratch::<T>(rows, k, par, Spec::new(bidiag::<T>()));
    let (mut left, mut right) = (vec![T::default(); k], vec![T::default(); k - 1]);
    decomposition::bidiag::bidiag_in_place(
        MatMut::from_column_major_slice_mut(&mut x, rows, k),
        MatMut::from_column_major_slice_mut(&mut left, 1, k),
        MatMut::from_column_major_slice_mut(&mut right, 1, k - 1),
        par,
        MemStack::new(&mut memory(need)),
        Spec::new(bidiag::<T>()),
    );
    // Phases of rows and columns make a complex bidiagonal matrix one of absolute values.
    let size = |at: usize| x[at].wide().norm();
    let d: Vec<f64> = (0..k).map(|i| size(i * rows + i)).collect();
    let e: Vec<f64> = (1..k).map(|i| size(i * rows + i - 1)).collect();
    quotients::singular_values(&d, &e)
}
/// Orthonormal columns with those by which Householder's QR decomposition completes them to `columns`.
fn completed<T: Field>(mut u: Vec<T>, m: usize, columns: usize, par: Par) -> Vec<T> {
    let k = u.len().checked_div(m).unwrap_or(0);
    if k < columns {
        let mut packed = u.clone();
        let taus = reflections::factor(&mut packed, m, k, par);
        u.extend_from_slice(&reflections::form(&packed, m, &taus, columns, par)[k * m..]);
    }
    u
}

pub(crate) fn eig<T: Field>(call: &mut Call) -> Result<(), String> {
    let (sizes, a) = (Sizes::of(call, 0)?, call.input::<T>(0)?);
    let (n, count) = (sizes.rows, sizes.count);
    let flags = (call.flag("compute_left_eigenvectors")?, call.flag("compute_right_eigenvectors")?);
    let Some((values, rest)) = call.outputs.split_first_mut() else { return outputs() };
    let mut vectors: Vec<Vec<&mut [T::Whole]>> = (0..count).map(|_| vec![]).collect();
    for output in rest {
        vectors.iter_mut().zip(parts::<T::Whole>(output, count)?).for_each(|(all, part)| all.push(part));
    }
    let jobs: Vec<_> = split(a, count).zip(parts::<T::Whole>(values, count)?).zip(vectors).collect();
    each(jobs, 10 * sizes.work(), |((a, values), vectors), par| {
        let Some((w, found)) = decomposed(a, n, flags, par) else {
            values.fill(T::Whole::missing());
            vectors.into_iter().for_each(|v| v.fill(T::Whole::missing()));
            return;
        };
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|i, j| {
            let (x, y): (Complex64, Complex64) = (w[*i], w[*j]);
            (x.re + 0.0).total_cmp(&(y.re + 0.0)).then((x.im + 0.0).total_cmp(&(y.im + 0.0)))
        });
        for (value, from) in values.iter_mut().zip(&order) {
            *value = T::Whole::of(w[*from]);
        }
        for (out, mut found) in vectors.into_iter().zip(found) {
            for column in found.chunks_exact_mut(n.max(1)) {
                let by = phase(column).wide() / norm(column);
                scale(column, T::Whole::of(by));
            }
            let sorted: Vec<T::Whole> = order.iter().flat_map(|j| &found[j * n..(j + 1) * n]).copied().collect();
            by_rows(&sorted, n, n, out);
        }
    });
    Ok(())
}
/// Eigenvalues, and left and right eigenvectors as wanted, column-major, as faer gives them.
fn decomposed<T: Field>(
    a: &[T],
    n: usize,
    (left, right): (bool, bool),
    par: Par,
) -> Option<(Vec<Complex64>, Vec<Vec<T::Whole>>)> {
    if n == 0 {
        return Some((vec![], vec![vec![]; usize::from(left) + usize::from(right)]));
    }
    if !finite(a) {
        return None;
    }
    let x = by_columns(a, n, n);
    let x = MatRef::from_column_major_slice(&x, n, n);
    let compute = |yes| if yes { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
    let mut memory = memory(evd::evd_scratch::<T>(n, compute(left), compute(right), par, Default::default()));
    let (mut u, mut v) = (vec![T::default(); n * n], vec![T::default(); n * n]);
    let w = T::eigenvalues(x, left.then_some(&mut u), right.then_some(&mut v), par, MemStack::new(&mut memory))?;
    let unpacked = [(left, u), (right, v)].into_iter().filter(|(wanted, _)| *wanted).map(|(_, v)| {
        let mut whole: Vec<T::Whole> = v.iter().map(|z| T::Whole::of(z.wide())).collect();
        // A pair of conjugate eigenvalues has the real parts of its vectors in one column and the imaginary ones in the next.
        let mut j = 0;
        while j + 1 < n && !T::COMPLEX {
            if w[j].im == 0.0 {
                j += 1;
                continue;
            }
            for i in j * n..(j + 1) * n {
                let z = Complex64::new(v[i].real(), v[i + n].real());
                (whole[i], whole[i + n]) = (T::Whole::of(z), T::Whole::of(z.conj()));
            }
            j += 2;
        }
        whole
    });
    let unpacked = unpacked.collect();
    Some((w, unpacked))
}
