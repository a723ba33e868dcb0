//! Elementary functions of complex numbers for the reference interpreter, with the infinities, signed zeros and NaNs of the C standard's annex
//! G, and with all digits where a part is small.
//!
//! Products and squares are not here: XLA's, and so ours, are the plain formulas.

use num_complex::Complex64;
use std::f64::consts::{FRAC_PI_2, LN_2};

fn c(re: f64, im: f64) -> Complex64 {
    Complex64::new(re, im)
}
/// `i z`, exact in the signs of zeros.
fn turned(z: Complex64) -> Complex64 {
    c(-z.im, z.re)
}
/// `-i z`.
fn turned_back(z: Complex64) -> Complex64 {
    c(z.im, -z.re)
}
/// A product in which 0 wins: over an infinity, where the part of `z` that it comes of is an exact zero, and over NaN.
fn product(x: f64, y: f64) -> f64 {
    if x == 0.0 || y == 0.0 { 0f64.copysign(x) * 1f64.copysign(y) } else { x * y }
}
fn infinite(z: Complex64) -> bool {
    z.re.is_infinite() || z.im.is_infinite()
}

pub(super) fn exp(z: Complex64) -> Complex64 {
    if z.re == f64::NEG_INFINITY && !z.im.is_finite() {
        c(0.0, 0.0)
    } else if z.re == f64::INFINITY && !z.im.is_finite() {
        c(f64::INFINITY, f64::NAN)
    } else {
        // In halves, since the whole may overflow where its product with a small sine does not.
        let half = (z.re / 2.0).exp();
        c(product(product(z.im.cos(), half), half), product(product(z.im.sin(), half), half))
    }
}
pub(super) fn exp2(z: Complex64) -> Complex64 {
    exp(c(z.re * LN_2, z.im * LN_2))
}
/// `eˣ cos y - 1 = (eˣ - 1) cos y - 2 sin² y/2`.
pub(super) fn expm1(z: Complex64) -> Complex64 {
    let e = exp(z);
    if !z.is_finite() || e.re.is_infinite() {
        return c(e.re - 1.0, e.im);
    }
    let s = (z.im / 2.0).sin();
    c(z.re.exp_m1() * z.im.cos() - 2.0 * s * s, e.im)
}
/// `ln |x + iy|`, accurate where the modulus is near 1.
fn log_modulus(x: f64, y: f64) -> f64 {
    let (great, small) = (x.abs().max(y.abs()), x.abs().min(y.abs()));
    if x.is_finite() && y.is_finite() && (0.5..2.0).contains(&great) {
        0.5 * ((great - 1.0) * (great + 1.0) + small * small).ln_1p()
    } else if great > 1e300 {
        (x / 2.0).hypot(y / 2.0).ln() + LN_2
    } else {
        x.hypot(y).ln()
    }
}
pub(super) fn log(z: Complex64) -> Complex64 {
    c(log_modulus(z.re, z.im), z.im.atan2(z.re))
}
pub(super) fn log1p(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    let small = x.abs() < 0.5 && y.abs() < 0.5;
    let re = if small { 0.5 * (x * (2.0 + x) + y * y).ln_1p() } else { log_modulus(1.0 + x, y) };
    c(re, y.atan2(1.0 + x))
}
pub(super) fn sqrt(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if y.is_infinite() {
        return c(f64::INFINITY, y);
    }
    if x.is_nan() || y.is_nan() {
        return match x {
            f64::INFINITY => c(x, y),
            f64::NEG_INFINITY => c(y, f64::INFINITY),
            _ => c(f64::NAN, f64::NAN),
        };
    }
    if x.is_infinite() {
        return if x > 0.0 { c(x, 0f64.copysign(y)) } else { c(0.0, x.abs().copysign(y)) };
    }
    if x == 0.0 && y == 0.0 {
        return c(0.0, y);
    }
    // Scaled by a power of 4, so that the modulus neither overflows nor loses digits.
    let scale = match x.abs().max(y.abs()) {
        m if m > 1e300 => 2f64.powi(-20),
        m if m < 1e-290 => 2f64.powi(120),
        _ => 1.0,
    };
    let (a, b) = (x * scale, y * scale);
    let t = ((a.abs() + a.hypot(b)) / 2.0).sqrt();
    let (great, small) = (t / scale.sqrt(), b.abs() / (2.0 * t) / scale.sqrt());
    if x >= 0.0 { c(great, small.copysign(y)) } else { c(small, great.copysign(y)) }
}
/// With the infinities of the C standard's annex G, where the plain formula has NaN.
pub(super) fn div(x: Complex64, y: Complex64) -> Complex64 {
    let z = x / y;
    if !(z.re.is_nan() && z.im.is_nan()) {
        return z;
    }
    let unit = |v: f64| if v.is_infinite() { 1f64 } else { 0.0 }.copysign(v);
    if y.re == 0.0 && y.im == 0.0 && !(x.re.is_nan() && x.im.is_nan()) {
        let infinity = f64::INFINITY.copysign(y.re);
        c(infinity * x.re, infinity * x.im)
    } else if infinite(x) && y.is_finite() {
        let (a, b) = (unit(x.re), unit(x.im));
        c(f64::INFINITY * (a * y.re + b * y.im), f64::INFINITY * (b * y.re - a * y.im))
    } else if infinite(y) && x.is_finite() {
        let (p, q) = (unit(y.re), unit(y.im));
        c(0.0 * (x.re * p + x.im * q), 0.0 * (x.im * p - x.re * q))
    } else {
        z
    }
}
pub(super) fn rsqrt(z: Complex64) -> Complex64 {
    div(c(1.0, 0.0), sqrt(z))
}
pub(super) fn logistic(z: Complex64) -> Complex64 {
    div(c(1.0, 0.0), exp(-z) + 1.0)
}
/// `exp(y ln x)`; the power 0 is 1, of NaN too, and so are all powers of 1. Of real operands with a real power, that.
pub(super) fn pow(x: Complex64, y: Complex64) -> Complex64 {
    if y == c(0.0, 0.0) || x == c(1.0, 0.0) {
        return c(1.0, 0.0);
    }
    if y.im == 0.0 && x.im == 0.0 && x.re >= 0.0 {
        return c(x.re.powf(y.re), 0.0);
    }
    let power = log(x) * y;
    let modulus = power.re.exp();
    c(modulus * power.im.cos(), modulus * power.im.sin())
}

/// `sinh x cos y + i cosh x sin y`.
pub(super) fn sinh(z: Complex64) -> Complex64 {
    if z.re.is_infinite() && !z.im.is_finite() {
        return c(z.re, f64::NAN);
    }
    c(product(z.re.sinh(), z.im.cos()), product(z.re.cosh(), z.im.sin()))
}
/// `cosh x cos y + i sinh x sin y`.
pub(super) fn cosh(z: Complex64) -> Complex64 {
    if z.re.is_infinite() && !z.im.is_finite() {
        return c(f64::INFINITY, f64::NAN);
    }
    c(product(z.re.cosh(), z.im.cos()), product(z.re.sinh(), z.im.sin()))
}
/// With `t = tan y` and `s = sinh x`, `(s √(1 + s²) (1 + t²) + i t) / (1 + s² (1 + t²))` (Kahan, *Branch cuts for complex elementary
/// functions*, 1987).
pub(super) fn tanh(z: Complex64) -> Complex64 {
    let (x, y) = (z.re, z.im);
    if x.is_infinite() {
        let sign = if y.is_finite() { (2.0 * y).sin() } else { 0.0 };
        return c(1f64.copysign(x), 0f64.copysign(sign));
    }
    if x.is_nan() && y == 0.0 {
        return z;
    }
    if x.abs() > 22.0 && y.is_finite() {
        return c(1f64.copysign(x), 4.0 * y.sin() * y.cos() * (-2.0 * x.abs()).exp());
    }
    let (t, s) = (y.tan(), x.sinh());
    let square = 1.0 + t * t;
    let divisor = 1.0 + s * s * square;
    c(s * (1.0 + s * s).sqrt() * square / divisor, t / divisor)
}
pub(super) fn sin(z: Complex64) -> Complex64 {
    turned_back(sinh(turned(z)))
}
pub(super) fn cos(z: Complex64) -> Complex64 {
    cosh(turned(z))
}
pub(super) fn tan(z: Complex64) -> Complex64 {
    turned_back(tanh(turned(z)))
}
/// Of real numbers, however great.
pub(super) fn real_asinh(x: f64) -> f64 {
    if x.abs() > 1e100 { (x.abs().ln() + LN_2).copysign(x) } else { libm::asinh(x) }
}
/// Of real numbers, however great.
pub(super) fn real_acosh(x: f64) -> f64 {
    if x > 1e100 { x.ln() + LN_2 } else { x.acosh() }
}
/// Kahan's `2 atan2(Re √(1-z), Re √(1+z)) + i asinh Im(conj √(1+z) √(1-z))`.
pub(super) fn acos(z: Complex64) -> Complex64 {
    if infinite(z) {
        return c(z.im.abs().atan2(z.re), f64::INFINITY.copysign(-z.im));
    }
    if z.im.is_nan() && z.re == 0.0 {
        return c(FRAC_PI_2, f64::NAN);
    }
    let (minus, plus) = (sqrt(c(1.0 - z.re, -z.im)), sqrt(c(1.0 + z.re, z.im)));
    c(2.0 * minus.re.atan2(plus.re), real_asinh(plus.re * minus.im - plus.im * minus.re))
}
/// Kahan's `atan2(Re z, Re √(1-z) √(1+z)) + i asinh Im(conj √(1-z) √(1+z))`.
pub(super) fn asin(z: Complex64) -> Complex64 {
    if infinite(z) {
        return c(z.re.atan2(z.im.abs()), f64::INFINITY.copysign(z.im));
    }
    let (minus, plus) = (sqrt(c(1.0 - z.re, -z.im)), sqrt(c(1.0 + z.re, z.im)));
    let divisor = minus.re * plus.re - minus.im * plus.im;
    c(z.re.atan2(divisor), real_asinh(minus.re * plus.im - minus.im * plus.re))
}
pub(super) fn asinh(z: Complex64) -> Complex64 {
    turned_back(asin(turned(z)))
}
/// `acos z` turned so that the real part is not negative.
pub(super) fn acosh(z: Complex64) -> Complex64 {
    let w = acos(z);
    c(w.im.abs(), w.re.copysign(z.im))
}
/// `¼ log1p(4x / ((1-x)² + y²)) + i/2 atan2(2y, (1-x)(1+x) - y²)` of positive `x`.
pub(super) fn atanh(z: Complex64) -> Complex64 {
    let (x, y) = (z.re.abs(), z.im);
    let sign = 1f64.copysign(z.re);
    if infinite(z) || x > 1e150 || y.abs() > 1e150 {
        // 1/z, and a quarter of the circle; that also where only one part is known to be infinite.
        let quarter = if y.is_nan() { y } else { FRAC_PI_2.copysign(y) };
        let re = if infinite(z) { 0.0 } else { x / x.hypot(y) / x.hypot(y) };
        return c(re * sign, quarter);
    }
    if x == 0.0 && y.is_nan() {
        return z;
    }
    let re = if x == 0.0 { 0.0 } else { 0.25 * (4.0 * x / ((1.0 - x) * (1.0 - x) + y * y)).ln_1p() };
    c(re * sign, 0.5 * (2.0 * y).atan2((1.0 - x) * (1.0 + x) - y * y))
}
pub(super) fn atan(z: Complex64) -> Complex64 {
    turned_back(atanh(turned(z)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{FRAC_PI_4, PI};

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    /// Rows of the tables of annex G, of the 2011 standard.
    #[test]
    fn annex_g() {
        type Row = (&'static str, fn(Complex64) -> Complex64, (f64, f64), (f64, f64));
        let rows: &[Row] = &[
            ("exp", exp, (INF, 0.0), (INF, 0.0)),
            ("exp", exp, (-INF, 2.0), (-0.0, 0.0)),
            ("exp", exp, (-INF, INF), (0.0, 0.0)),
            ("exp", exp, (INF, INF), (INF, NAN)),
            ("exp", exp, (NAN, 0.0), (NAN, 0.0)),
            ("log", log, (-0.0, 0.0), (-INF, PI)),
            ("log", log, (1.0, INF), (INF, FRAC_PI_2)),
            ("log", log, (-INF, INF), (INF, 3.0 * FRAC_PI_4)),
            ("log", log, (INF, NAN), (INF, NAN)),
            ("sqrt", sqrt, (-2.0, -0.0), (0.0, -2f64.sqrt())),
            ("sqrt", sqrt, (NAN, INF), (INF, INF)),
            ("sqrt", sqrt, (-INF, 1.0), (0.0, INF)),
            ("sqrt", sqrt, (-INF, NAN), (NAN, INF)),
            ("sinh", sinh, (0.0, INF), (0.0, NAN)),
            ("sinh", sinh, (INF, 0.0), (INF, 0.0)),
            ("sinh", sinh, (INF, INF), (INF, NAN)),
            ("cosh", cosh, (0.0, INF), (NAN, 0.0)),
            ("cosh", cosh, (NAN, 0.0), (NAN, 0.0)),
            ("cosh", cosh, (INF, NAN), (INF, NAN)),
            ("tanh", tanh, (INF, 1.0), (1.0, 0.0)),
            ("tanh", tanh, (1.0, INF), (NAN, NAN)),
            ("tanh", tanh, (NAN, 0.0), (NAN, 0.0)),
            ("acos", acos, (-2.0, -0.0), (PI, real_acosh(2.0))),
            ("acos", acos, (0.0, NAN), (FRAC_PI_2, NAN)),
            ("acos", acos, (-INF, INF), (3.0 * FRAC_PI_4, -INF)),
            ("acos", acos, (INF, NAN), (NAN, -INF)),
            ("asinh", asinh, (1.0, INF), (INF, FRAC_PI_2)),
            ("asinh", asinh, (INF, NAN), (INF, NAN)),
            ("acosh", acosh, (-INF, 1.0), (INF, PI)),
            ("acosh", acosh, (0.0, NAN), (NAN, FRAC_PI_2)),
            ("acosh", acosh, (-2.0, -0.0), (real_acosh(2.0), -PI)),
            ("atanh", atanh, (1.0, 0.0), (INF, 0.0)),
            ("atanh", atanh, (1.0, INF), (0.0, FRAC_PI_2)),
            ("atanh", atanh, (INF, NAN), (0.0, NAN)),
            ("atanh", atanh, (NAN, INF), (0.0, FRAC_PI_2)),
            ("atanh", atanh, (0.0, NAN), (0.0, NAN)),
        ];
        let same = |got: f64, want: f64| (got.is_nan() && want.is_nan()) || got == want || (got - want).abs() < 1e-15;
        for (name, f, (x, y), (re, im)) in rows {
            let got = f(c(*x, *y));
            assert!(same(got.re, *re) && same(got.im, *im), "{name}({x} + {y}i) is {got}, not {re} + {im}i");
        }
    }
    /// Functions undo their inverses, near zeros, near branch points and far away.
    #[test]
    fn inverses() {
        type Pair = (&'static str, fn(Complex64) -> Complex64, fn(Complex64) -> Complex64);
        let pairs: &[Pair] = &[
            ("exp log", exp, log),
            ("expm1 log1p", expm1, log1p),
            ("square sqrt", |z| z * z, sqrt),
            ("sin asin", sin, asin),
            ("cos acos", cos, acos),
            ("tan atan", tan, atan),
            ("sinh asinh", sinh, asinh),
            ("cosh acosh", cosh, acosh),
            ("tanh atanh", tanh, atanh),
        ];
        let parts = [0.3, -1.4, 1e-9, -1e-9, 2.5];
        for (name, f, inverse) in pairs {
            for z in parts.iter().flat_map(|x| parts.map(|y| c(*x, y))) {
                let back = f(inverse(z));
                let error = (back - z).norm() / z.norm();
                // The cosine is flat at 0, and so are the values near 1 of its inverse.
                let tolerance = if name.starts_with("cos") { 1e-6 } else { 1e-14 };
                assert!(error < tolerance, "{name} of {z} is {back}");
            }
        }
    }
}
