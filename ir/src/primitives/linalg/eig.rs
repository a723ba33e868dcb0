//! `eig[…] a`: eigenvalues and eigenvectors of square matrices of any kind.

use super::{matrix::*, *};

parameters! {
    /// The eigenvalues of square matrices, complex, and their left and right eigenvectors.
    ///
    /// Outputs: the eigenvalues w, `[…, n]`, in ascending order of their real, then their imaginary parts; the left eigenvectors in the columns
    /// of U, `uᴴ a = w uᴴ`, if wanted; and the right ones in the columns of V, `a v = w v`, if wanted.
    Eig {
        /// Whether there is U.
        compute_left_eigenvectors: bool,
        /// Whether there is V.
        compute_right_eigenvectors: bool,
    }
}
impl Primitive for Eig {
    described!("eig");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        let (batch, n) = squares(a)?;
        let dtype = a.dtype.complex().unwrap_or(a.dtype);
        let vectors = usize::from(self.compute_left_eigenvectors) + usize::from(self.compute_right_eigenvectors);
        let values = like(a, batch, &[n]).with_dtype(dtype);
        Ok(std::iter::once(values).chain(std::iter::repeat_n(a.with_dtype(dtype).strong(), vectors)).collect())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval()])?;
        Ok(each_matrix(ins, &[false], &outs, ins[0].shape().len() - 2, |a| {
            let real = !ins[0].dtype().is_complex();
            let (t, z) = a[0].is_finite().then(|| schur_form::schur(&a[0], real)).flatten()?;
            let (n, w) = (t.rows, schur_form::eigenvalues(&t));
            let mut order: Vec<usize> = (0..n).collect();
            order.sort_by(|i, j| {
                let (x, y) = (w[*i], w[*j]);
                (x.re + 0.0).total_cmp(&(y.re + 0.0)).then((x.im + 0.0).total_cmp(&(y.im + 0.0)))
            });
            let normal = |vectors: Matrix, order: &[usize]| {
                let mut v = vectors.select_columns(order);
                for j in 0..n {
                    let column = v.below(0, j);
                    v.scale_column(j, phase(&column) / norm(&column));
                }
                v
            };
            let mut values = vec![Matrix::column(order.iter().map(|i| w[*i]))];
            if self.compute_left_eigenvectors {
                // Turned about its other diagonal, Tᴴ is again a Schur form; its eigenvalues are conjugate, in reverse order.
                let turned = Matrix::from_fn(n, n, |i, j| t[(n - 1 - j, n - 1 - i)].conj());
                let back: Vec<usize> = (0..n).rev().collect();
                let vectors = z.select_columns(&back).times(&schur_form::eigenvectors(&turned));
                values.push(normal(vectors, &order.iter().map(|i| n - 1 - i).collect::<Vec<_>>()));
            }
            if self.compute_right_eigenvectors {
                values.push(normal(z.times(&schur_form::eigenvectors(&t)), &order));
            }
            Some(values)
        }))
    }
    /// First-order perturbation theory: with `P = V⁻¹ dA V`, `dw = diag(P)` and `dV = V (F ∘ P)` up to multiples of each vector, which its norm
    /// and phase decide; `F_ij = 1 / (w_j − w_i)`. Left eigenvectors are the right ones of `aᴴ`.
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let Some(t) = tangents[0] else { return vec![None; outs.len()] };
        let w = outs[0];
        let t = t.astype(w.dtype());
        let v = match self.compute_right_eigenvectors {
            true => outs[outs.len() - 1],
            false => {
                bind(Eig { compute_left_eigenvectors: false, compute_right_eigenvectors: true }.into(), &[ins[0]])[1]
            }
        };
        let p = product(solve(v, t), v);
        let mut all = vec![Some(diagonal(p))];
        if self.compute_left_eigenvectors {
            let u = outs[1];
            all.push(Some(vector_tangent(conjugate(w), u, product(solve(u, adjoint(t)), u))));
        }
        if self.compute_right_eigenvectors {
            all.push(Some(vector_tangent(w, v, p)));
        }
        all
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(self.clone(), axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        kernel(
            module,
            "eig",
            ins,
            &[
                ("compute_left_eigenvectors", self.compute_left_eigenvectors),
                ("compute_right_eigenvectors", self.compute_right_eigenvectors),
            ],
            outs,
        )
    }
}
/// The tangent of normalised eigenvectors.
fn vector_tangent(w: Tracer, v: Tracer, p: Tracer) -> Tracer {
    let n = dims(v).1;
    let dv = product(v, eigh::inverse_differences(w, n) * p);
    match gauge(v, dv, false) {
        Some(c) => dv + v * along_rows(c, n),
        None => dv,
    }
}
impl Registered for Eig {
    read_by_name!("eig");
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        for (compute_left_eigenvectors, compute_right_eigenvectors) in [(true, true), (false, true), (true, false)] {
            let op = Eig { compute_left_eigenvectors, compute_right_eigenvectors };
            let of = |shape: &[usize], dtype| Sample::new(op.clone(), &[sample(shape, dtype, 7)]);
            samples.push(of(&[3, 3], DType::F64));
            samples.push(of(&[2, 2], DType::C128));
        }
        let op = Eig { compute_left_eigenvectors: false, compute_right_eigenvectors: false };
        samples.extend(DTYPES.iter().map(|d| Sample::new(op.clone(), &[sample(&[3, 3], *d, 1)])));
        let both = Eig { compute_left_eigenvectors: true, compute_right_eigenvectors: true };
        samples.push(Sample::new(both.clone(), &[sample(&[2, 2, 2], DType::F64, 9)]));
        samples.push(Sample::new(both.clone(), &[sample(&[2, 2], DType::C64, 9)]));
        // Two conjugate eigenvalues.
        let rotation = Literal::new(&[2, 2], &[0.5f32, -2.0, 1.0, 0.75]);
        samples.push(Sample::new(both.clone(), &[rotation]));
        samples.push(Sample::new(both.clone(), &[Literal::new::<f32>(&[0, 0], &[])]));
        samples.push(Sample::new(both, &[Literal::new(&[2, 2], &[1.0f64, f64::INFINITY, 0.0, 1.0])]));
        samples
    }
}
impl Tracer {
    /// The eigenvalues and right eigenvectors `(w, v)` of a stack `[…, n, n]`, both complex: `a v = v diag(w)`. Eigenvalues ascend by their real, then
    /// their imaginary parts; vectors have norm 1, and the first element that is near the greatest is positive. Of floats and complex
    /// numbers of 32 or 64 bits. [`Eig`] gives left eigenvectors too.
    ///
    /// The derivative of the vectors exists where eigenvalues differ.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// use num_complex::Complex64;
    /// let a = Literal::new(&[2, 2], &[0.0f64, -4.0, 1.0, 0.0]);
    /// let program = trace(&[a.aval().clone()], |x| vec![x[0].eig().0]).program;
    /// let w = Literal::from(vec![Complex64::new(0.0, -2.0), Complex64::new(0.0, 2.0)]);
    /// assert_eq!(eval(&program, &[a]).unwrap(), [w]);
    /// ```
    #[track_caller]
    pub fn eig(self) -> (Tracer, Tracer) {
        let outs = bind(Eig { compute_left_eigenvectors: false, compute_right_eigenvectors: true }.into(), &[self]);
        (outs[0], outs[1])
    }
    /// The eigenvalues of a stack `[…, n, n]`, complex, ascending by their real, then their imaginary parts.
    #[track_caller]
    pub fn eigenvalues(self) -> Tracer {
        bind1(Eig { compute_left_eigenvectors: false, compute_right_eigenvectors: false }, &[self])
    }
}
