//! The Schur form by shifted QR steps, and the eigenvectors that follow from it.

use super::{householder, matrix::*};
use num_complex::Complex64;

/// `(T, Z)` with `a = Z T Zᴴ`; `None` if the steps do not converge. Of real matrices T is real, with standardised 2 × 2 blocks on its diagonal.
pub(super) fn schur(a: &Matrix, real: bool) -> Option<(Matrix, Matrix)> {
    let (packed, taus) = householder::hessenberg(a);
    let z = householder::hessenberg_vectors(&packed, &taus);
    let zero = Complex64::ZERO;
    let t = Matrix::from_fn(a.rows, a.rows, |i, j| if i <= j + 1 { packed[(i, j)] } else { zero });
    let mut form = Form { t, z };
    let mut end = a.rows;
    let mut steps = 0;
    while end > 1 {
        let start = form.start_of_block(end);
        if start + 1 == end {
            (end, steps) = (end - 1, 0);
            continue;
        }
        if real && start + 2 == end {
            form.standardise(start);
            (end, steps) = (start, 0);
            continue;
        }
        if steps == 300 {
            return None;
        }
        steps += 1;
        if real { form.francis_step(start, end, steps) } else { form.complex_step(start, end, steps) }
    }
    Some((form.t, form.z))
}
struct Form {
    t: Matrix,
    z: Matrix,
}
impl Form {
    /// Where the block that ends at `end` begins; subdiagonal elements that are rounding become zero.
    fn start_of_block(&mut self, end: usize) -> usize {
        for i in (1..end).rev() {
            let near = self.t[(i - 1, i - 1)].l1_norm() + self.t[(i, i)].l1_norm();
            let near = if near == 0.0 { self.t.norm() } else { near };
            if self.t[(i, i - 1)].l1_norm() <= f64::EPSILON * near {
                self.t[(i, i - 1)] = Complex64::ZERO;
                return i;
            }
        }
        0
    }
    /// `t ← Hᴴ t H`, `z ← z H` with the reflection of `x` at row `at`.
    fn reflect(&mut self, x: &[Complex64], at: usize) {
        let mut v = x.to_vec();
        let (_, tau) = householder::reflector(&mut v);
        householder::apply_left(&mut self.t, &v, tau.conj(), at, 0);
        householder::apply_right(&mut self.t, &v, tau, at);
        householder::apply_right(&mut self.z, &v, tau, at);
    }
    /// Francis' double step, with the eigenvalues of the last 2 × 2 block as shifts (Golub and Van Loan, 7.5).
    fn francis_step(&mut self, start: usize, end: usize, steps: usize) {
        let h = |i: usize, j: usize| self.t[(i, j)];
        let (p, q) = (end - 2, end - 1);
        let (mut sum, mut det) = (h(p, p) + h(q, q), h(p, p) * h(q, q) - h(p, q) * h(q, p));
        if steps % 10 == 0 {
            // A shift out of the way, where the usual ones go round in circles.
            let size = h(q, p).norm() + h(p, p - 1).norm();
            (sum, det) = ((1.5 * size).into(), (size * size).into());
        }
        let (a, b) = (h(start, start), h(start + 1, start));
        let mut x = vec![
            a * a + h(start, start + 1) * b - sum * a + det,
            b * (a + h(start + 1, start + 1) - sum),
            b * h(start + 2, start + 1),
        ];
        for k in start..end - 1 {
            self.reflect(&x, k);
            if k > start {
                for i in k + 1..(k + 3).min(end) {
                    self.t[(i, k - 1)] = Complex64::ZERO;
                }
            }
            x = (k + 1..(k + 4).min(end)).map(|i| self.t[(i, k)]).collect();
        }
    }
    /// A QR step with Wilkinson's shift, by rotations.
    fn complex_step(&mut self, start: usize, end: usize, steps: usize) {
        let t = &mut self.t;
        let (p, q) = (end - 2, end - 1);
        let shift = if steps % 10 == 0 {
            t[(q, p)].norm().into()
        } else {
            let half = (t[(p, p)] - t[(q, q)]) / 2.0;
            let root = (half * half + t[(p, q)] * t[(q, p)]).sqrt();
            let (one, other) = (half + root, half - root);
            t[(q, q)] + if one.norm() < other.norm() { one } else { other }
        };
        let n = t.rows;
        for i in start..end {
            t[(i, i)] -= shift;
        }
        let mut rotations = vec![];
        for k in start..q {
            let (a, b) = (t[(k, k)], t[(k + 1, k)]);
            let size = norm(&[a, b]);
            let (a, b) = if size == 0.0 { (1.0.into(), Complex64::ZERO) } else { (a / size, b / size) };
            for j in k..n {
                let (x, y) = (t[(k, j)], t[(k + 1, j)]);
                (t[(k, j)], t[(k + 1, j)]) = (a.conj() * x + b.conj() * y, a * y - b * x);
            }
            rotations.push((a, b));
        }
        for (k, (a, b)) in (start..q).zip(rotations) {
            for m in [&mut *t, &mut self.z] {
                // Below the subdiagonal there is nothing yet.
                for i in 0..n {
                    let (x, y) = (m[(i, k)], m[(i, k + 1)]);
                    (m[(i, k)], m[(i, k + 1)]) = (x * a + y * b, y * a.conj() - x * b.conj());
                }
            }
        }
        for i in start..end {
            t[(i, i)] += shift;
        }
        for i in 0..n {
            for j in 0..i.saturating_sub(1) {
                t[(i, j)] = Complex64::ZERO;
            }
        }
    }
    /// Rotates a real 2 × 2 block into LAPACK's standard form: upper triangular, or with equal diagonal elements and off-diagonal ones of
    /// opposite signs.
    fn standardise(&mut self, k: usize) {
        let block = [(k, k), (k, k + 1), (k + 1, k), (k + 1, k + 1)].map(|at| self.t[at].re);
        let (cs, sn, block) = standard_form(block);
        let n = self.t.rows;
        for j in k + 2..n {
            let (x, y) = (self.t[(k, j)], self.t[(k + 1, j)]);
            (self.t[(k, j)], self.t[(k + 1, j)]) = (x * cs + y * sn, y * cs - x * sn);
        }
        for (m, rows) in [(&mut self.t, k), (&mut self.z, n)] {
            for i in 0..rows {
                let (x, y) = (m[(i, k)], m[(i, k + 1)]);
                (m[(i, k)], m[(i, k + 1)]) = (x * cs + y * sn, y * cs - x * sn);
            }
        }
        for (at, x) in [(k, k), (k, k + 1), (k + 1, k), (k + 1, k + 1)].into_iter().zip(block) {
            self.t[at] = x.into();
        }
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

/// The eigenvalues of a Schur form, in its order.
pub(super) fn eigenvalues(t: &Matrix) -> Vec<Complex64> {
    let n = t.rows;
    let mut w: Vec<Complex64> = (0..n).map(|i| t[(i, i)]).collect();
    for i in 1..n {
        if t[(i, i - 1)] != Complex64::ZERO {
            let im = t[(i, i - 1)].norm().sqrt() * t[(i - 1, i)].norm().sqrt();
            (w[i - 1].im, w[i].im) = (im, -im);
        }
    }
    w
}
/// The right eigenvectors of a Schur form, by substitution; of real eigenvalues they are real.
pub(super) fn eigenvectors(t: &Matrix) -> Matrix {
    let (n, w) = (t.rows, eigenvalues(t));
    let least = (f64::EPSILON * t.norm()).max(f64::MIN_POSITIVE);
    let pair = |i: usize| i > 0 && t[(i, i - 1)] != Complex64::ZERO;
    let mut vectors = Matrix::zeros(n, n);
    for k in 0..n {
        let mut x = vec![Complex64::ZERO; n];
        let first = if pair(k) { k - 1 } else { k };
        x[first] = Complex64::ONE;
        if pair(k) || (k + 1 < n && pair(k + 1)) {
            (x[first], x[first + 1]) = (t[(first, first + 1)], w[k] - t[(first, first)]);
        }
        let mut row = first;
        while row > 0 {
            let size = if pair(row - 1) { 2 } else { 1 };
            let at = row - size;
            let rest = |i: usize| (row..n).fold(Complex64::ZERO, |s, j| s - t[(i, j)] * x[j]);
            let guarded = |z: Complex64| if z.norm() < least { least.into() } else { z };
            if size == 1 {
                x[at] = rest(at) / guarded(t[(at, at)] - w[k]);
            } else {
                let (a, d) = (t[(at, at)] - w[k], t[(at + 1, at + 1)] - w[k]);
                let (b, c, r, s) = (t[(at, at + 1)], t[(at + 1, at)], rest(at), rest(at + 1));
                let det = a * d - b * c;
                let det = if det.norm() < least * least { (least * least).into() } else { det };
                (x[at], x[at + 1]) = ((r * d - b * s) / det, (a * s - c * r) / det);
            }
            row = at;
        }
        for (i, z) in x.into_iter().enumerate() {
            vectors[(i, k)] = z;
        }
    }
    vectors
}
