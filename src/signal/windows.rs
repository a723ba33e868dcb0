//! Windows: weights of the samples of a segment, which fall off towards its ends. [`get_window`], as SciPy has it.

use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    trace::{constant, fail},
};
use std::f64::consts::PI;

/// A window by name, or the weights themselves. The names are SciPy's.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Window {
    /// Ones.
    Boxcar,
    /// A triangle that is not 0 at its ends.
    Triang,
    /// A triangle that is 0 at its ends.
    Bartlett,
    /// Bartlett's and Hann's, in part.
    Barthann,
    /// A piecewise cubic.
    Parzen,
    /// The convolution of two half waves of a cosine.
    Bohman,
    /// Half a wave of a sine.
    Cosine,
    /// A raised cosine that is 0 at its ends.
    #[default]
    Hann,
    /// A raised cosine that is 0.08 at its ends.
    Hamming,
    /// A raised cosine, `α − (1 − α) cos`.
    GeneralHamming {
        /// 0.5 is Hann's, 0.54 Hamming's.
        alpha: f64,
    },
    /// Two cosines.
    Blackman,
    /// Three cosines, of the least greatest side lobe.
    BlackmanHarris,
    /// Three cosines; Nuttall's 4c.
    Nuttall,
    /// Four cosines, flat in the main lobe.
    Flattop,
    /// Any cosines.
    GeneralCosine(Vec<f64>),
    /// Flat, with the ends of Hann's window.
    Tukey {
        /// The part that the ends are: 0 is a boxcar, 1 Hann's.
        alpha: f64,
    },
    /// Bessel's function `I₀` of a circle.
    Kaiser {
        /// The shape: 0 is a boxcar, 5 like Hamming's, 8.6 like Blackman's.
        beta: f64,
    },
    /// The bell curve.
    Gaussian {
        /// Its standard deviation, in samples.
        std: f64,
    },
    /// `exp(−½ |n / σ|²ᵖ)`.
    GeneralGaussian {
        /// 1 is the bell curve, ½ Laplace's.
        p: f64,
        /// In samples.
        sig: f64,
    },
    /// `exp(−|n| / τ)`.
    Exponential {
        /// In samples.
        tau: f64,
    },
    /// The main lobe of the sinc function.
    Lanczos,
    /// Taylor's: side lobes that are nearly equal near the main lobe.
    Taylor {
        /// The number of such side lobes.
        nbar: usize,
        /// How far they are below the main lobe, in dB.
        sll: f64,
    },
    /// Dolph and Chebyshev's: equal side lobes.
    Chebyshev {
        /// How far they are below the main lobe, in dB.
        at: f64,
    },
    /// Slepian's: of all windows that of the most power in a band.
    Dpss {
        /// Half the width of the band, in units of the resolution `1 / m` of `m` samples.
        nw: f64,
    },
    /// [Kaiser's](Window::Kaiser), derived so that the squares of two that overlap by half sum to 1. Symmetric and of an even number of samples only.
    KaiserBesselDerived {
        /// As that of Kaiser's.
        beta: f64,
    },
    /// These weights, a vector of real numbers.
    Array(Tracer),
}
impl From<Tracer> for Window {
    fn from(weights: Tracer) -> Window {
        Window::Array(weights)
    }
}
impl Window {
    /// The weights of `n` samples as a vector of floats.
    #[track_caller]
    pub(super) fn weights(&self, name: &str, n: usize, periodic: bool, dtype: DType) -> Tracer {
        match self {
            Window::Array(w) if w.shape()[..] != [n] || w.dtype().is_complex() => {
                fail(format!("{name}: the window must be a vector of {n} real numbers, got {}", w.aval()))
            }
            Window::Array(w) => w.astype(dtype),
            Window::KaiserBesselDerived { .. } if periodic || n % 2 == 1 => {
                let kind = if periodic { "periodic" } else { "symmetric" };
                fail(format!(
                    "{name}: Kaiser and Bessel's derived windows are symmetric and even, not {kind} ones of {n} samples"
                ))
            }
            Window::Dpss { nw } if n > 1 && (*nw <= 0.0 || *nw >= n as f64 / 2.0) => {
                fail(format!("{name}: Slepian's band must be between 0 and half of the {n} samples, got {nw}"))
            }
            // Of one sample there are no ends.
            _ if n <= 1 => constant(Literal::full(ShapedArray::new(&[n], dtype), 1.0)),
            named => {
                // A periodic window lacks the last sample of the symmetric one, which is the first of the next period.
                let all = named.symmetric(n + usize::from(periodic));
                constant(Literal::from_floats(ShapedArray::new(&[n], dtype), all.into_iter().take(n)))
            }
        }
    }
    /// The symmetric window of `m ≥ 2` samples.
    fn symmetric(&self, m: usize) -> Vec<f64> {
        // n: from the middle, in samples. u: the same from -1 to 1.
        let middle = (m as f64 - 1.0) / 2.0;
        let of_n = |w: &dyn Fn(f64) -> f64| -> Vec<f64> { (0..m).map(|i| w(i as f64 - middle)).collect() };
        let of_u = |w: &dyn Fn(f64) -> f64| of_n(&|n| w(n / middle));
        let cosines = |a: &[f64]| {
            let sum = |u: f64| a.iter().enumerate().map(|(k, a)| a * (k as f64 * PI * u).cos()).sum::<f64>();
            of_u(&sum)
        };
        let hamming = |alpha: f64| cosines(&[alpha, 1.0 - alpha]);
        match self {
            Window::Boxcar | Window::Array(_) => vec![1.0; m],
            Window::Triang => of_n(&|n| 1.0 - 2.0 * n.abs() / (m + m % 2) as f64),
            Window::Bartlett => of_u(&|u| 1.0 - u.abs()),
            Window::Barthann => of_u(&|u| 0.62 - 0.24 * u.abs() + 0.38 * (PI * u).cos()),
            Window::Parzen => of_n(&|n| {
                let r = 2.0 * n.abs() / m as f64;
                let outer = 2.0 * (1.0 - r).powi(3);
                if n.abs() > middle / 2.0 { outer } else { 1.0 - 6.0 * r * r * (1.0 - r) }
            }),
            Window::Bohman => of_u(&|u| {
                let u = u.abs();
                if u == 1.0 { 0.0 } else { (1.0 - u) * (PI * u).cos() + (PI * u).sin() / PI }
            }),
            Window::Cosine => of_n(&|n| (PI * n / m as f64).cos()),
            Window::Hann => hamming(0.5),
            Window::Hamming => hamming(0.54),
            Window::GeneralHamming { alpha } => hamming(*alpha),
            Window::Blackman => cosines(&[0.42, 0.5, 0.08]),
            Window::BlackmanHarris => cosines(&[0.35875, 0.48829, 0.14128, 0.01168]),
            Window::Nuttall => cosines(&[0.3635819, 0.4891775, 0.1365995, 0.0106411]),
            Window::Flattop => cosines(&[0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368]),
            Window::GeneralCosine(a) => cosines(a),
            Window::Tukey { alpha } if *alpha <= 0.0 => vec![1.0; m],
            Window::Tukey { alpha } => of_u(&|u| {
                let end = ((u.abs() - 1.0) / alpha.min(1.0) + 1.0).max(0.0);
                0.5 + 0.5 * (PI * end).cos()
            }),
            Window::Kaiser { beta } => of_u(&|u| bessel_i0(beta * (1.0 - u * u).max(0.0).sqrt()) / bessel_i0(*beta)),
            Window::Gaussian { std } => of_n(&|n| (-0.5 * (n / std).powi(2)).exp()),
            Window::GeneralGaussian { p, sig } => of_n(&|n| (-0.5 * (n / sig).abs().powf(2.0 * p)).exp()),
            Window::Exponential { tau } => of_n(&|n| (-n.abs() / tau).exp()),
            Window::Lanczos => of_u(&|u| if u == 0.0 { 1.0 } else { (PI * u).sin() / (PI * u) }),
            Window::Taylor { nbar, sll } => {
                let coefficients = taylor(*nbar, *sll);
                let sum = |n: f64| -> f64 {
                    let terms = (1..).zip(&coefficients);
                    1.0 + 2.0 * terms.map(|(k, c)| c * (2.0 * PI * f64::from(k) * n / m as f64).cos()).sum::<f64>()
                };
                of_n(&|n| sum(n) / sum(0.0))
            }
            Window::Chebyshev { at } => {
                // Of the polynomial T of order m - 1 on the unit circle, the inverse transform, of which the greatest is in the middle.
                let order = m as f64 - 1.0;
                let beta = (10f64.powf(at.abs() / 20.0).acosh() / order).cosh();
                let half = (m - 1) / 2;
                let values: Vec<f64> =
                    (0..=half).map(|k| chebyshev(order, beta * (PI * k as f64 / m as f64).cos())).collect();
                let sum = |n: f64| -> f64 {
                    let angle = |k: usize| (2.0 * PI * k as f64 * n / m as f64).cos();
                    values[0] + 2.0 * values.iter().enumerate().skip(1).map(|(k, v)| v * angle(k)).sum::<f64>()
                };
                let out = of_n(&sum);
                let most = out.iter().copied().fold(0.0, f64::max);
                out.into_iter().map(|w| w / most).collect()
            }
            Window::Dpss { nw } => {
                // The tridiagonal matrix whose eigenvectors are those of the energy in the band (Slepian 1978).
                let cosine = (2.0 * PI * nw / m as f64).cos();
                let diagonal = of_n(&|n| n * n * cosine);
                let beside: Vec<f64> = (1..m).map(|i| (i * (m - i)) as f64 / 2.0).collect();
                // Of an even number of samples the greatest lies between two; it is about so much more than they are.
                let most = if m.is_multiple_of(2) { ((m * m) as f64 + nw) / (m * m) as f64 } else { 1.0 };
                greatest_eigenvector(&diagonal, &beside).into_iter().map(|w| w / most).collect()
            }
            Window::KaiserBesselDerived { beta } => {
                let sums = |sum: &mut f64, w: f64| {
                    *sum += w;
                    Some(*sum)
                };
                let kaiser = Window::Kaiser { beta: *beta }.symmetric(m / 2 + 1);
                let all: f64 = kaiser.iter().sum();
                let rising: Vec<f64> =
                    kaiser.into_iter().take(m / 2).scan(0.0, sums).map(|s| (s / all).sqrt()).collect();
                rising.iter().chain(rising.iter().rev()).copied().collect()
            }
        }
    }
}
/// The eigenvector of a symmetric tridiagonal matrix's greatest eigenvalue, its greatest element 1; of positive elements beside the
/// diagonal, so that the vector's are all positive.
fn greatest_eigenvector(diagonal: &[f64], beside: &[f64]) -> Vec<f64> {
    // The pivots of `s − T`, which are all positive exactly if `s` is above each eigenvalue.
    let pivots = |s: f64| -> Vec<f64> {
        let below = [&[0.0][..], beside].concat();
        let next = |before: &mut f64, (d, e): (&f64, f64)| {
            *before = s - d - e * e / *before;
            Some(*before)
        };
        diagonal.iter().zip(below).scan(1.0, next).collect()
    };
    let above = |s: f64| pivots(s).iter().all(|p| *p > 0.0);
    let (mut low, mut high) = (diagonal.iter().copied().fold(f64::MIN, f64::max), 1.0);
    while !above(high) {
        high *= 2.0;
    }
    while low < (low + high) / 2.0 && (low + high) / 2.0 < high {
        let middle = (low + high) / 2.0;
        if above(middle) { high = middle } else { low = middle }
    }
    // So near to the eigenvalue each solution of `(s − T) x = b` is nearly its vector.
    let pivots = pivots(high);
    let mut x = vec![1.0; diagonal.len()];
    for _ in 0..4 {
        (1..x.len()).for_each(|i| x[i] += beside[i - 1] / pivots[i - 1] * x[i - 1]);
        for i in (0..x.len()).rev() {
            let after = x.get(i + 1).map_or(0.0, |x| x * beside[i]);
            x[i] = (x[i] + after) / pivots[i];
        }
        let most = x.iter().copied().fold(0.0, f64::max);
        x.iter_mut().for_each(|x| *x /= most);
    }
    x
}
/// Bessel's function `I₀`, by its power series, whose terms are all positive.
fn bessel_i0(x: f64) -> f64 {
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > sum * f64::EPSILON / 4.0 {
        term *= (x / (2.0 * k)).powi(2);
        sum += term;
        k += 1.0;
    }
    sum
}
/// Chebyshev's polynomial of the first kind.
fn chebyshev(order: f64, x: f64) -> f64 {
    if x > 1.0 { (order * x.acosh()).cosh() } else { (order * x.acos()).cos() }
}
/// The coefficients of the cosines of Taylor's window (Carrara and Goodman 1995, appendix D).
fn taylor(nbar: usize, sll: f64) -> Vec<f64> {
    let a = 10f64.powf(sll / 20.0).acosh() / PI;
    let nbar = nbar as f64;
    let squares = || (1..).map(|m| f64::from(m).powi(2)).take_while(|square| *square < nbar * nbar);
    let dilation = nbar * nbar / (a * a + (nbar - 0.5).powi(2));
    let coefficient = |(i, square): (usize, f64)| {
        let zeros = (1..).zip(squares()).map(|(m, _)| 1.0 - square / dilation / (a * a + (f64::from(m) - 0.5).powi(2)));
        let others = squares().filter(|other| *other != square).map(|other| 1.0 - square / other);
        let sign = if i % 2 == 0 { 0.5 } else { -0.5 };
        sign * zeros.product::<f64>() / others.product::<f64>()
    };
    squares().enumerate().map(coefficient).collect()
}
/// The weights of `nx` samples, in the default float. As `scipy.signal.get_window`.
///
/// With `fftbins` the window is periodic: the next sample would be the first again, as a Fourier transform takes it; otherwise symmetric.
///
/// ```
/// # use raxla::{show, signal, signal::Window};
/// assert_eq!(show(|| signal::get_window(Window::Triang, 4, false)), "[0.25, 0.75, 0.75, 0.25]");
/// ```
///
/// # Panics
/// If the window is an [array](Window::Array) of another length, or there is none of this kind.
#[track_caller]
pub fn get_window(window: impl Into<Window>, nx: usize, fftbins: bool) -> Tracer {
    window.into().weights("get_window", nx, fftbins, DType::default_float())
}

#[cfg(test)]
mod tests {
    use super::{Window::*, *};

    crate::oracle::rows! { signal_windows:
        "[jnp.asarray(scipy.signal.get_window(w, 9)) for w in ['boxcar', 'triang', 'bartlett', 'barthann', 'parzen', 'bohman', 'cosine', 'hann', 'hamming', 'blackman', 'blackmanharris', 'nuttall', 'flattop', 'lanczos']]", "f64(1)", x64 => fn(_a) {
            let all = [Boxcar, Triang, Bartlett, Barthann, Parzen, Bohman, Cosine, Hann, Hamming, Blackman, BlackmanHarris, Nuttall, Flattop, Lanczos];
            Vec::from(all.map(|w| get_window(w, 9, true)))
        };
        "[jnp.asarray(scipy.signal.get_window(w, 8, fftbins=False)) for w in ['triang', 'barthann', 'parzen', 'bohman', 'cosine', 'hann', 'lanczos']]", "f64(1)", x64 => fn(_a) {
            Vec::from([Triang, Barthann, Parzen, Bohman, Cosine, Hann, Lanczos].map(|w| get_window(w, 8, false)))
        };
        "[jnp.asarray(scipy.signal.get_window(w, 8)) for w in [('general_hamming', 0.6), ('general_cosine', [0.5, 0.3, 0.2]), ('tukey', 0.3), ('tukey', 0.0), ('tukey', 1.0), ('kaiser', 8.6), ('gaussian', 2.0), ('general_gaussian', 1.5, 2.0), ('exponential', None, 3.0), ('taylor', 4, 30), ('taylor', 6, 40), ('chebwin', 60)]]", "f64(1)", x64 => fn(_a) {
            let all = [
                GeneralHamming { alpha: 0.6 }, GeneralCosine(vec![0.5, 0.3, 0.2]), Tukey { alpha: 0.3 }, Tukey { alpha: 0.0 }, Tukey { alpha: 1.0 }, Kaiser { beta: 8.6 },
                Gaussian { std: 2.0 }, GeneralGaussian { p: 1.5, sig: 2.0 }, Exponential { tau: 3.0 }, Taylor { nbar: 4, sll: 30.0 }, Taylor { nbar: 6, sll: 40.0 },
                Chebyshev { at: 60.0 },
            ];
            Vec::from(all.map(|w| get_window(w, 8, true)))
        };
        "jnp.asarray(scipy.signal.get_window(('chebwin', 80), 9)), jnp.asarray(scipy.signal.get_window(('tukey', 0.45), 12))", "f64(1)", x64 => fn(_a) {
            (get_window(Chebyshev { at: 80.0 }, 9, true), get_window(Tukey { alpha: 0.45 }, 12, true))
        };
        "[jnp.asarray(scipy.signal.get_window(('dpss', w), n, fftbins=f)) for w, n, f in ((2.5, 9, True), (3.0, 16, False), (1.5, 33, False), (4.0, 512, True), (0.25, 2, False))]", "f64(1)", x64 => fn(_a) {
            [(2.5, 9, true), (3.0, 16, false), (1.5, 33, false), (4.0, 512, true), (0.25, 2, false)].map(|(nw, n, f)| get_window(Dpss { nw }, n, f)).to_vec()
        };
        "[jnp.asarray(scipy.signal.get_window(('kaiser_bessel_derived', b), n, fftbins=False)) for b, n in ((4.0, 8), (12.5, 32), (2.0, 2))]", "f64(1)", x64 => fn(_a) {
            [(4.0, 8), (12.5, 32), (2.0, 2)].map(|(beta, n)| get_window(KaiserBesselDerived { beta }, n, false)).to_vec()
        };
        "a, jnp.ones(1), jnp.ones(0)", "f32(4)" => fn(a) (get_window(a, 4, true), get_window(Hann, 1, true), get_window(Kaiser { beta: 2.0 }, 0, true));
    }
    #[test]
    fn windows_that_there_are_none_of_are_refused() {
        use raxla_ir::trace::{catch, trace};
        let message = |w: Window, n: usize, periodic: bool| {
            catch(|| trace(&[], |_| vec![get_window(w.clone(), n, periodic)]))
                .err()
                .map(|e| e.message)
                .unwrap_or_default()
        };
        let derived = "get_window: Kaiser and Bessel's derived windows are symmetric and even, not";
        assert_eq!(
            message(KaiserBesselDerived { beta: 4.0 }, 8, true),
            format!("{derived} periodic ones of 8 samples")
        );
        assert_eq!(
            message(KaiserBesselDerived { beta: 4.0 }, 7, false),
            format!("{derived} symmetric ones of 7 samples")
        );
        let band = "get_window: Slepian's band must be between 0 and half of the 6 samples, got 3";
        assert_eq!(message(Dpss { nw: 3.0 }, 6, false), band);
    }
}
