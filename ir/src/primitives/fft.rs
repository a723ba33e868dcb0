//! `fft[kind, lengths] x`: the discrete Fourier transform over the last axes.

use super::*;
use crate::{
    aval::Dims,
    literal::{for_each_index, strides},
    rewrite::jvp::zeros,
    trace::constant,
};
use num_complex::Complex64;
use std::f64::consts::TAU;

/// Which transform, and between what: the kinds of `jax.lax.fft`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FftKind {
    /// `X[k] = Σ x[n] exp(-2πi kn / N)` of complex numbers.
    Fft,
    /// `x[n] = 1/N Σ X[k] exp(2πi kn / N)` of complex numbers, the inverse of [`FftKind::Fft`].
    Ifft,
    /// [`FftKind::Fft`] of real numbers, of which the last axis keeps the first `N / 2 + 1` coefficients: the others are their conjugates.
    Rfft,
    /// The inverse of [`FftKind::Rfft`], to real numbers. It ignores the imaginary parts of coefficients that are their own conjugates.
    Irfft,
}
impl FftKind {
    const ALL: [FftKind; 4] = [FftKind::Fft, FftKind::Ifft, FftKind::Rfft, FftKind::Irfft];
    fn name(self) -> &'static str {
        match self {
            FftKind::Fft => "fft",
            FftKind::Ifft => "ifft",
            FftKind::Rfft => "rfft",
            FftKind::Irfft => "irfft",
        }
    }
}
impl Param for FftKind {
    fn write(&self, w: &mut Writer) {
        w.word(self.name());
    }
    fn read(r: &mut Reader) -> Result<FftKind, String> {
        let word = r.name("a kind of transform")?;
        FftKind::ALL.into_iter().find(|k| k.name() == word).ok_or_else(|| format!("unknown kind of transform `{word}`"))
    }
}

parameters! {
    /// The discrete Fourier transform over the last one, two or three axes, of the given lengths.
    ///
    /// The lengths are those of the axes in space: with `irfft` of a last length `n`, the last axis of the operand has `n / 2 + 1`
    /// coefficients. (XLA reads stray memory, or aborts, where lengths and axes differ, so `infer` demands that they agree.)
    Fft {
        /// Which transform.
        kind: FftKind,
        /// The sizes of the last axes, in space.
        lengths: Shape,
    }
}
/// How many coefficients of a real array of `n` elements are not conjugates of others.
fn half(n: usize) -> usize {
    if n == 0 { 0 } else { n / 2 + 1 }
}
/// The transform along one axis, by its definition. The sign is that of the exponent; nothing is divided.
fn transformed(x: &[Complex64], shape: &[usize], axis: usize, sign: f64) -> Vec<Complex64> {
    let (n, step) = (shape[axis], strides(shape)[axis]);
    let wave: Vec<Complex64> = (0..n).map(|k| Complex64::cis(sign * TAU * k as f64 / n as f64)).collect();
    let element = |i: usize| -> Complex64 {
        let (k, first) = (i / step % n, i - i / step % n * step);
        (0..n).map(|m| x[first + m * step] * wave[k * m % n]).sum()
    };
    (0..x.len()).map(element).collect()
}
/// The numbers whose last axis has another size: for each place, `at` of the last index and of the place's first number.
fn resized<T>(shape: &[usize], n: usize, mut at: impl FnMut(usize, &[usize]) -> T) -> Vec<T> {
    let mut wide = Shape::from_slice(shape);
    if let Some(last) = wide.last_mut() {
        *last = n;
    }
    let mut all = vec![];
    for_each_index(&wide, |index| all.push(at(index[index.len() - 1], index)));
    all
}
impl Fft {
    fn over(&self, kind: FftKind, x: Tracer) -> Tracer {
        bind1(Fft { kind, lengths: self.lengths.clone() }, &[x])
    }
    /// The coefficients times one number where they are their own conjugates, and another where they stand for two.
    fn weighted(&self, ct: Tracer, alone: f64, paired: f64) -> Tracer {
        let n = self.lengths[self.lengths.len() - 1];
        let weight = |k: usize| if k == 0 || 2 * k == n { alone } else { paired };
        let aval = ShapedArray::new(&[half(n)], ct.dtype());
        let weights = constant(Literal::from_floats(aval, (0..half(n)).map(weight)));
        ct * weights.broadcast(&ct.shape(), &[ct.rank() - 1])
    }
}
impl Primitive for Fft {
    described!("fft");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        let rank = self.lengths.len();
        if !(1..=3).contains(&rank) || rank > a.rank() {
            return Err(format!("goes over the last 1 to 3 axes, got {} lengths for {a}", rank));
        }
        let dtype = match (self.kind, a.dtype) {
            (FftKind::Fft | FftKind::Ifft, DType::C64 | DType::C128) => a.dtype,
            (FftKind::Rfft, DType::F32) => DType::C64,
            (FftKind::Rfft, DType::F64) => DType::C128,
            (FftKind::Irfft, DType::C64 | DType::C128) => a.dtype.real(),
            (FftKind::Rfft, _) => return Err(format!("rfft takes f32 or f64, got {a}")),
            (kind, _) => return Err(format!("{} takes c64 or c128, got {a}", kind.name())),
        };
        let (mut shape, front) = (a.shape.clone(), a.rank() - rank);
        let mut wanted = self.lengths.clone();
        if self.kind == FftKind::Irfft {
            wanted[rank - 1] = half(wanted[rank - 1]);
        }
        if shape[front..] != wanted[..] {
            return Err(format!(
                "{} of lengths {} takes an array with the last axes {}, got {a}",
                self.kind.name(),
                Dims(&self.lengths),
                Dims(&wanted)
            ));
        }
        match self.kind {
            FftKind::Rfft => shape[front + rank - 1] = half(self.lengths[rank - 1]),
            FftKind::Irfft => shape[front + rank - 1] = self.lengths[rank - 1],
            _ => {}
        }
        Ok(smallvec![ShapedArray { shape, dtype, weak: a.weak }])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, out) = (ins[0], self.infer(&[ins[0].aval()])?.remove(0));
        let shape = if self.kind == FftKind::Irfft { &out.shape[..] } else { x.shape() };
        if shape.contains(&0) {
            return Ok(vec![Literal::zeros(out)]);
        }
        let (rank, n) = (shape.len(), shape[shape.len() - 1]);
        let axes = rank - self.lengths.len()..rank - 1;
        let sign = if matches!(self.kind, FftKind::Fft | FftKind::Rfft) { -1.0 } else { 1.0 };
        let along =
            |x: Vec<Complex64>, shape: &[usize]| axes.clone().fold(x, |x, axis| transformed(&x, shape, axis, sign));
        let items = along(x.complexes(), x.shape());
        let place = |shape: &[usize], index: &[usize], last: usize| -> usize {
            let by = strides(shape);
            index[..rank - 1].iter().zip(&by).map(|(i, s)| i * s).sum::<usize>() + last
        };
        let items = match self.kind {
            FftKind::Irfft => resized(shape, n, |k, index| match k {
                k if k == 0 || 2 * k == n => items[place(x.shape(), index, k)].re.into(),
                k if 2 * k < n => items[place(x.shape(), index, k)],
                k => items[place(x.shape(), index, n - k)].conj(),
            }),
            _ => items,
        };
        let mut items = transformed(&items, shape, rank - 1, sign);
        if self.kind == FftKind::Rfft {
            items = resized(shape, half(n), |k, index| items[place(shape, index, k)]);
        }
        let scale = if sign > 0.0 { self.lengths.iter().product::<usize>() as f64 } else { 1.0 };
        Ok(vec![Literal::from_complexes(out, items.into_iter().map(|z| z / scale))])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![tangents[0].map(|t| self.over(self.kind, t))]
    }
    /// The matrices of `fft` and `ifft` are symmetric. Those of the real transforms are each other's, without the conjugates that stand for
    /// nothing in the sum over half of the coefficients: with `w` the number of coefficients that each stands for (1 or 2) and `N` the
    /// product of the lengths, `rfftᵀ c = N irfft(c̄ / w)` and `irfftᵀ c`, conjugated, `= w rfft(c) / N`.
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let n = self.lengths.iter().product::<usize>() as f64;
        let back = |ct: Tracer| match self.kind {
            FftKind::Fft | FftKind::Ifft => self.over(self.kind, ct),
            _ if ct.size() == 0 => zeros(&ins[0].aval()),
            FftKind::Rfft => self.over(FftKind::Irfft, self.weighted(ct.conj(), n, n / 2.0)),
            FftKind::Irfft => self.weighted(self.over(FftKind::Rfft, ct), 1.0 / n, 2.0 / n).conj(),
        };
        vec![cts[0].map(back)]
    }
    fn batch(&self, _axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        vec![Batched::new(self.over(self.kind, ins[0].value))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if outs[0].size() == 0 {
            return vec![module.splat(&outs[0], 0.0)];
        }
        let kind = self.kind.name().to_uppercase();
        let attributes = format!("fft_type = #stablehlo<fft_type {kind}>, fft_length = {}", mlir_array(&self.lengths));
        vec![module.op1("stablehlo.fft", ins, &attributes, &outs[0])]
    }
}
impl Registered for Fft {
    read_by_name!("fft");
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        let mut add = |kind, shape: &[usize], over: usize, single: bool| {
            let lengths = Shape::from_slice(&shape[shape.len() - over..]);
            let mut shape = Shape::from_slice(shape);
            if kind == FftKind::Irfft {
                let last = shape.len() - 1;
                shape[last] = half(shape[last]);
            }
            let dtype = match (kind, single) {
                (FftKind::Rfft, true) => DType::F32,
                (FftKind::Rfft, false) => DType::F64,
                (_, true) => DType::C64,
                (_, false) => DType::C128,
            };
            let aval = ShapedArray::new(&shape, dtype);
            let number = |i: usize| Complex64::new((i * 7 % 11) as f64 / 4.0 - 1.2, (i * 5 % 7) as f64 / 2.0 - 1.4);
            let items: Vec<Complex64> = (0..aval.size()).map(number).collect();
            samples.push(Sample::new(Fft { kind, lengths }, &[Literal::from_complexes(aval, items)]));
        };
        for kind in FftKind::ALL {
            for n in [1, 2, 5, 6] {
                add(kind, &[n], 1, false);
            }
            add(kind, &[2, 4], 1, true);
            add(kind, &[3, 4], 2, false);
            add(kind, &[2, 2, 3], 2, true);
            add(kind, &[2, 3, 2, 3], 3, false);
            add(kind, &[0, 4], 1, true);
            add(kind, &[3, 0], 2, false);
        }
        samples
    }
}
impl Tracer {
    /// The discrete Fourier transform over the last axes, as many as there are lengths (one to three), as `jax.lax.fft`.
    ///
    /// The lengths are those of the axes in space, and must agree with the array: `[…, n, m]` for all kinds but `irfft`, which takes
    /// `[…, n, m / 2 + 1]` for the lengths `[n, m]`. `fft` and `ifft` take and give complex numbers, `rfft` takes `f32` or `f64` and gives
    /// `[…, n, m / 2 + 1]` complex ones, `irfft` takes those and gives real ones. Inverses divide by the product of the lengths.
    ///
    /// # Panics
    /// Inside the trace, if the array has another dtype, or the lengths are others than its axes'.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, primitives::fft::FftKind, trace::trace};
    /// let x = Literal::from(vec![1.0f32, 2.0, 4.0, 3.0]);
    /// let program = trace(&[x.aval().clone()], |a| vec![a[0].fft(FftKind::Rfft, &[4]).abs()]).program;
    /// let spectrum = eval(&program, &[x]).unwrap();
    /// assert_eq!(spectrum[0].to_vec::<f32>().unwrap()[0], 10.0);
    /// ```
    #[track_caller]
    pub fn fft(self, kind: FftKind, lengths: &[usize]) -> Tracer {
        bind1(Fft { kind, lengths: lengths.into() }, &[self])
    }
}
