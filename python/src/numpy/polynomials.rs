//! Polynomials, whose coefficients are vectors, that of the highest power first.

use crate::{
    array::ArrayLike,
    numpy::samples::given,
    table::{Out, functions},
};
use raxla::numpy as np;

functions! { register;
    /// A polynomial at places; the coefficient of the highest power comes first.
    fn polyval(p: ArrayLike, x: ArrayLike, unroll: usize) [p, x, *, unroll = 16] |py| {
        let _ = unroll;
        np::polyval(p.arg(py), x.arg(py))
    };
    /// The sum of polynomials.
    fn polyadd(a1: ArrayLike, a2: ArrayLike) [a1, a2] |py| np::polyadd(a1.arg(py), a2.arg(py));
    /// The difference of polynomials.
    fn polysub(a1: ArrayLike, a2: ArrayLike) [a1, a2] |py| np::polysub(a1.arg(py), a2.arg(py));
    /// The product of polynomials.
    fn _polymul(a1: ArrayLike, a2: ArrayLike) [a1, a2] |py| np::polymul(a1.arg(py), a2.arg(py));
    /// The quotient and the rest of polynomials.
    fn _polydiv(u: ArrayLike, v: ArrayLike) [u, v] |py| np::polydiv(u.arg(py), v.arg(py));
    /// The derivative of a polynomial, so many times over.
    fn polyder(p: ArrayLike, m: usize) [p, m = 1] |py| np::polyder(p.arg(py), m);
    /// The integral of a polynomial, so many times over.
    fn polyint(p: ArrayLike, m: usize, k: Option<ArrayLike>) [p, m = 1, k = None] |py| np::polyint(p.arg(py), m, given(py, k).unwrap_or(np::Arg::Int(0)));
    /// The polynomial with these roots.
    fn _poly(roots: ArrayLike) [roots] |py| np::poly(roots.arg(py));
    /// The roots of a polynomial.
    fn _roots(p: ArrayLike) [p] |py| np::roots(p.arg(py));
    /// The polynomial of a degree nearest to points.
    fn _polyfit(x: ArrayLike, y: ArrayLike, deg: usize, rcond: Option<f64>, w: Option<ArrayLike>, what: &str) [x, y, deg, rcond, w, what] |py| {
        let how = np::Polyfit { rcond, weights: w.map(|w| w.tracer(py)) };
        let (x, y) = (x.arg(py), y.arg(py));
        match what {
            "full" => {
                let (c, residuals, rank, values, rcond) = np::polyfit_full(x, y, deg, how);
                Out::Tuple(vec![c, residuals, rank, values, rcond])
            }
            "cov" | "unscaled" => Out::from(np::polyfit_covariance(x, y, deg, how, what == "unscaled")),
            _ => Out::One(np::polyfit(x, y, deg, how)),
        }
    };
}
