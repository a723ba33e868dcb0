//! Singular values of bidiagonal matrices without their vectors: quotients and differences with shifts (Fernando and Parlett, "Accurate singular
//! values and differential qd algorithms", 1994), a division and a few sums for each element, where rotations take roots.

/// The last λ of a part may be divided off if what binds it is so small beside it.
const NOTHING: f64 = 100.0 * f64::EPSILON * f64::EPSILON;

/// The singular values, the greatest first, of the matrix with the diagonal `d` and `e` above it; nothing if they are not found.
pub(crate) fn singular_values(d: &[f64], e: &[f64]) -> Option<Vec<f64>> {
    let greatest = d.iter().chain(e).fold(0.0, |most: f64, x| most.max(x.abs()));
    if greatest == 0.0 || !greatest.is_finite() {
        return (greatest == 0.0).then(|| vec![0.0; d.len()]);
    }
    // The squares of all that counts are numbers.
    let scale = 2f64.powi(150);
    let square = |x: &f64| (x / greatest * scale) * (x / greatest * scale);
    let (mut q, mut e): (Vec<f64>, Vec<f64>) = (d.iter().map(square).collect(), e.iter().map(square).collect());
    let (mut next_q, mut next_e) = (q.clone(), e.clone());
    let (mut found, mut parts) = (vec![], vec![(0, d.len(), Sum::default())]);
    let mut left = 100 * d.len() + 100;
    while let Some((lo, mut hi, mut shift)) = parts.pop() {
        let (mut guess, mut turned, mut before) = (0.0, usize::MAX, Least { value: 0.0, last: false });
        while hi > lo {
            if hi - lo == 1 {
                found.push(shift.total + q[lo]);
                break;
            }
            if hi - lo == 2 {
                let [greater, lesser] = both(q[lo], e[lo], q[lo + 1]);
                found.extend([shift.total + greater, shift.total + lesser]);
                break;
            }
            if e[hi - 2] <= NOTHING * (shift.total + q[hi - 1]) {
                found.push(shift.total + q[hi - 1]);
                hi -= 1;
                guess = if hi - lo > 2 { before.shift(&q[lo..hi], &e[lo..hi - 1]) } else { 0.0 };
                before = Least { value: 0.0, last: false };
                continue;
            }
            let nothing = |i: usize| e[i] <= NOTHING * shift.total.max(q[i].min(q[i + 1]));
            if let Some(at) = (lo..hi - 2).rev().find(|i| nothing(*i)) {
                parts.extend([(lo, at + 1, shift), (at + 1, hi, shift)]);
                break;
            }
            if turned != hi {
                // The least is found first where the elements fall.
                if 1.5 * q[lo] < q[hi - 1] {
                    guess = 0.0;
                    q[lo..hi].reverse();
                    e[lo..hi - 1].reverse();
                }
                turned = hi;
            }
            left = (left > 0).then(|| left - 1)?;
            let (mut by, mut tries) = (guess, 0);
            let mut tried = |by| step((&q[lo..hi], &e[lo..hi - 1]), by, (&mut next_q[lo..hi], &mut next_e[lo..hi - 1]));
            let (mut least, mut others) = tried(by);
            while least.value < 0.0 {
                // If only the last difference is negative, the shift and it are very near the least λ.
                by = match tries {
                    0 if least.last => ((by + least.value) * (1.0 - 4.0 * f64::EPSILON)).max(0.0),
                    0 | 1 => 0.25 * by,
                    _ => 0.0,
                };
                tries += 1;
                (least, others) = tried(by);
            }
            if least.value.is_nan() {
                return None;
            }
            before = others;
            shift.add(by);
            q[lo..hi].copy_from_slice(&next_q[lo..hi]);
            e[lo..hi - 1].copy_from_slice(&next_e[lo..hi - 1]);
            guess = least.shift(&q[lo..hi], &e[lo..hi - 1]);
        }
    }
    found.sort_by(|x, y| y.total_cmp(x));
    Some(found.into_iter().map(|x| x.max(0.0).sqrt() / scale * greatest).collect())
}

/// A sum with what it has lost.
#[derive(Clone, Copy, Default)]
struct Sum {
    total: f64,
    lost: f64,
}
impl Sum {
    fn add(&mut self, x: f64) {
        let x = x - self.lost;
        let total = self.total + x;
        self.lost = (total - self.total) - x;
        self.total = total;
    }
}
/// The least difference of a step, and whether it is the last one.
struct Least {
    value: f64,
    last: bool,
}
impl Least {
    /// A shift that is most likely below the least λ, of which the least difference is an upper bound.
    fn shift(&self, q: &[f64], e: &[f64]) -> f64 {
        let n = q.len();
        if !self.last || n < 3 {
            return 0.25 * self.value;
        }
        // The last diagonal element of the symmetric matrix, which differs from λ by at most this square over its distance from the others.
        let (rest, square) = (q[n - 1], q[n - 1] * e[n - 2]);
        let gap = q[n - 2] + e[n - 2] - (q[n - 2] * e[n - 3]).sqrt() - rest;
        if gap > 0.0 && gap * gap > square { rest - square / gap } else { 0.25 * self.value }
    }
}
/// A step with a shift: the least difference, and the least of those before the last; it may end at a negative one.
fn step((q, e): (&[f64], &[f64]), shift: f64, (next_q, next_e): (&mut [f64], &mut [f64])) -> (Least, Least) {
    let n = q.len();
    let mut difference = q[0] - shift;
    let (mut least, mut others) = (difference, difference);
    let mut last = difference;
    for i in 0..n - 1 {
        if difference < 0.0 {
            return (Least { value: difference, last: false }, Least { value: 0.0, last: false });
        }
        last = difference;
        let sum = difference + e[i];
        next_q[i] = sum;
        if sum == 0.0 {
            next_e[i] = 0.0;
            difference = q[i + 1] - shift;
        } else {
            next_e[i] = q[i + 1] * (e[i] / sum);
            difference = q[i + 1] * (difference / sum) - shift;
        }
        (others, least) = (least, least.min(difference));
    }
    next_q[n - 1] = difference;
    if difference.is_nan() {
        least = difference;
    }
    (Least { value: least, last: least == difference }, Least { value: others, last: others == last })
}
/// Both λ of two quotients.
fn both(q: f64, e: f64, last: f64) -> [f64; 2] {
    let apart = q - last + e;
    let root = (apart * apart + 4.0 * last * e).sqrt();
    let greater = 0.5 * (q + e + last + root);
    if greater == 0.0 { [0.0; 2] } else { [greater, q / greater * last] }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Entry = fn(n: usize, i: usize) -> f64;
    const MATRICES: [(&str, Entry, Entry); 9] = [
        ("general", |_, i| 1.0 + (i as f64 * 1.7).sin(), |_, i| (i as f64 * 0.9).cos()),
        ("ones", |_, _| 1.0, |_, _| 1.0),
        ("small above", |_, i| 1.0 + i as f64, |_, _| 1e-9),
        ("falling", |n, i| 10f64.powf(-12.0 * i as f64 / n as f64), |n, i| 10f64.powf(-12.0 * i as f64 / n as f64)),
        ("rising", |n, i| 10f64.powf(12.0 * i as f64 / n as f64), |n, i| 10f64.powf(12.0 * i as f64 / n as f64)),
        ("zeros on the diagonal", |_, i| (i % 3) as f64, |_, _| 1.0),
        ("zeros above it", |_, i| 2.0 + (i % 5) as f64, |_, i| (i % 2) as f64),
        ("nothing", |_, _| 0.0, |_, _| 0.0),
        ("nilpotent", |_, _| 0.0, |_, _| 1.0),
    ];

    /// How many singular values are below a bound: the negative pivots of the elimination of the symmetric `[[0, B], [Bᵀ, 0]] − x`, whose
    /// elements stand along one diagonal if rows and columns are taken in turn.
    fn below(beside: &[f64], x: f64) -> usize {
        let mut pivot = -x;
        let mut negative = usize::from(pivot < 0.0);
        for b in beside {
            pivot = -x - b * b / if pivot == 0.0 { f64::MIN_POSITIVE } else { pivot };
            negative += usize::from(pivot < 0.0);
        }
        negative - beside.len().div_ceil(2)
    }
    #[test]
    fn values_are_those_that_are_counted() {
        for (name, d, e) in MATRICES {
            for n in [1, 2, 3, 4, 7, 20, 64, 150] {
                let d: Vec<f64> = (0..n).map(|i| d(n, i)).collect();
                let e: Vec<f64> = (0..n - 1).map(|i| e(n, i)).collect();
                let found = singular_values(&d, &e).unwrap();
                assert_eq!(found.len(), n);
                let beside: Vec<f64> = (0..2 * n - 1).map(|i| if i % 2 == 0 { d[i / 2] } else { e[i / 2] }).collect();
                for (i, value) in found.iter().enumerate() {
                    let near = 1e-13 * found[0].max(1e-300);
                    assert!(below(&beside, value + near) >= n - i, "{name}, {n}: {value} is too small");
                    if *value > near {
                        assert!(below(&beside, value - near) <= n - 1 - i, "{name}, {n}: {value} is too great");
                    }
                }
            }
        }
    }
    #[test]
    fn small_values_have_their_digits() {
        // Of a triangular matrix the product of the singular values is that of the diagonal.
        for n in [3, 20, 60] {
            let d: Vec<f64> = (0..n).map(|i| 2f64.powi(-(i as i32))).collect();
            let e: Vec<f64> = d.iter().take(n - 1).map(|d| 0.5 * d).collect();
            let product: f64 = singular_values(&d, &e).unwrap().iter().zip(&d).map(|(s, d)| s / d).product();
            assert!((product - 1.0).abs() < 1e-12, "{n}: {product}");
        }
    }
}
