//! Aggressive early deflation: the eigenvalues of a window at the end of a Hessenberg matrix that have converged though no element below the
//! diagonal has vanished yet (Braman, Byers and Mathias, "The multishift QR algorithm, part II", 2002), and the standard form of blocks.

use crate::{
    field::Field,
    reflections::reflector,
    steps::{Shifts, Turned, tiny},
};
use faer::Par;
use num_complex::Complex64;

impl<T: Field> Turned<T> {
    /// Deflates what has converged of the window `first..hi` of the active part `lo..hi`: how many eigenvalues, and those that have not, as
    /// shifts.
    pub fn deflate(&mut self, first: usize, lo: usize, hi: usize, par: Par) -> (usize, Vec<Shifts>) {
        let (n, w) = (self.n, hi - first);
        let mut window = self.window(first..hi);
        if !window.triangularise(Par::Seq) {
            return (0, vec![]);
        }
        // Before the window stands a single element, which its turning makes a column: the spike.
        let spike = if first > lo { self.at(first, first - 1) } else { T::default() };
        let (mut kept, mut end) = (0, w);
        while kept < end {
            let size = window.block(end);
            let (p, q) = (end - size, end - 1);
            let mut around = window.size(q, q);
            if size == 2 {
                around += (window.size(q, p) * window.size(p, q)).sqrt();
            }
            if around == 0.0 {
                around = spike.wide().l1_norm();
            }
            let threshold = (T::PRECISION * around).max(tiny::<T>());
            if (p..end).all(|j| (spike * window.z[j * w]).wide().l1_norm() <= threshold) {
                end -= size;
            } else if window.lift(p, kept, size) {
                kept += size;
            } else {
                break;
            }
        }
        let pairs = window.shifts(end);
        if end == w {
            return (0, pairs);
        }
        if end > 1 && spike != T::default() {
            let mut v: Vec<T> = (0..end).map(|j| window.z[j * w].conjugate()).collect();
            let (_, tau) = reflector(&mut v);
            window.turn(0, &v, tau, 0);
            for k in 0..end.saturating_sub(2) {
                let column = &mut window.h[k * w + k + 1..k * w + end];
                let mut v = column.to_vec();
                let (beta, tau) = reflector(&mut v);
                column.fill(T::default());
                column[0] = T::number(beta);
                window.turn(k + 1, &v, tau, k + 1);
            }
        }
        if first > lo {
            self.h[(first - 1) * n + first] = if end == 0 { T::default() } else { spike * window.z[0].conjugate() };
        }
        self.put(&window, first, par);
        (w - end, pairs)
    }
    /// The size of the block of a quasi-triangular matrix before `end`.
    fn block(&self, end: usize) -> usize {
        if end > 1 && self.at(end - 1, end - 2) != T::default() { 2 } else { 1 }
    }
    /// The eigenvalues before `end` of a quasi-triangular matrix, in pairs.
    fn shifts(&self, mut end: usize) -> Vec<Shifts> {
        let (mut pairs, mut single) = (vec![], None);
        while end > 0 {
            let size = self.block(end);
            end -= size;
            let value = self.at(end, end).wide();
            if size == 2 {
                let side = (self.size(end + 1, end) * self.size(end, end + 1)).sqrt();
                pairs.push([1.0, -1.0].map(|sign| value + Complex64::new(0.0, sign * side)));
            } else if let Some(other) = single.take() {
                pairs.push([other, value]);
            } else {
                single = Some(value);
            }
        }
        match (pairs.is_empty(), single) {
            (true, Some(value)) => vec![[value; 2]],
            _ => pairs,
        }
    }
    /// Moves the block of `size` at `from` up to `to`; whether that can be done accurately.
    fn lift(&mut self, mut from: usize, to: usize, size: usize) -> bool {
        while from > to {
            let above = self.block(from);
            if !self.swap(from - above, above, size) {
                return false;
            }
            from -= above;
        }
        true
    }
    /// Swaps the blocks of sizes p and q at `k` and `k + p` (Bai and Demmel, "On swapping diagonal blocks in real Schur form", 1993): the
    /// columns of `[X; I]` with `A₀₀ X − X A₁₁ = −A₀₁` span the invariant subspace of the second.
    fn swap(&mut self, k: usize, p: usize, q: usize) -> bool {
        let m = p + q;
        let mut trial = self.window(k..k + m);
        let scale = trial.h.iter().map(|x| x.wide().l1_norm()).fold(0.0, f64::max);
        let mut system = [[T::default(); 5]; 4];
        for (i, j) in (0..p).flat_map(|i| (0..q).map(move |j| (i, j))) {
            let row = &mut system[j * p + i];
            (0..p).for_each(|l| row[j * p + l] += trial.at(i, l));
            (0..q).for_each(|l| row[l * p + i] -= trial.at(p + l, p + j));
            row[4] = -trial.at(i, p + j);
        }
        let x = solve(&mut system, p * q, T::PRECISION * scale);
        let mut basis = vec![T::default(); m * q];
        for j in 0..q {
            basis[j * m..j * m + p].copy_from_slice(&x[j * p..(j + 1) * p]);
            basis[j * m + p + j] = T::number(1.0);
        }
        for j in 0..q {
            let (column, others) = basis[j * m..].split_at_mut(m);
            let v = &mut column[j..];
            let (_, tau) = reflector(v);
            for other in others.chunks_exact_mut(m) {
                let part = &mut other[j..];
                let dot = v.iter().zip(&*part).fold(T::default(), |sum, (v, x)| sum + v.conjugate() * *x);
                part.iter_mut().zip(&*v).for_each(|(x, v)| *x -= *v * dot * tau.conjugate());
            }
            trial.turn(j, v, tau, 0);
        }
        for j in 0..q {
            for x in &mut trial.h[j * m + q..(j + 1) * m] {
                if x.wide().l1_norm() > 20.0 * T::PRECISION * scale {
                    return false;
                }
                *x = T::default();
            }
        }
        for (at, size) in [(0, q), (q, p)] {
            if size == 2 {
                trial.standardise(at);
            }
        }
        self.put(&trial, k, Par::Seq);
        true
    }
}
/// Gauss's elimination with complete pivoting of `size` equations, the right-hand side in the last column; pivots are not below `least`.
fn solve<T: Field>(system: &mut [[T; 5]; 4], size: usize, least: f64) -> [T; 4] {
    let mut order = [0, 1, 2, 3];
    for k in 0..size {
        let sizes = (k..size).flat_map(|i| (k..size).map(move |j| (i, j)));
        let (mut best, mut pivot) = (-1.0, (k, k));
        for (i, j) in sizes {
            let found = system[i][j].wide().l1_norm();
            if found > best {
                (best, pivot) = (found, (i, j));
            }
        }
        system.swap(k, pivot.0);
        system[..size].iter_mut().for_each(|row| row.swap(k, pivot.1));
        order.swap(k, pivot.1);
        if best < least {
            system[k][k] = T::number(least.max(T::LEAST));
        }
        let row = system[k];
        for other in &mut system[k + 1..size] {
            let factor = other[k] / row[k];
            (k..5).for_each(|j| other[j] -= factor * row[j]);
        }
    }
    let mut x = [T::default(); 4];
    for k in (0..size).rev() {
        let rest = (k + 1..size).fold(system[k][4], |rest, j| rest - system[k][j] * x[order[j]]);
        x[order[k]] = rest / system[k][k];
    }
    x
}
/// The rotation `(cs, sn)` that brings `[[a, b], [c, d]]` to standard form, and that form, as LAPACK's `lanv2` chooses them (Bai and
/// Demmel, "On swapping diagonal blocks in real Schur form", 1993).
pub(crate) fn standard_form([a, b, c, d]: [f64; 4]) -> (f64, f64, [f64; 4]) {
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
