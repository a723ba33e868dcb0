//! `householder_product a taus`: the first columns of a product of reflections.

use super::{householder, matrix::*, *};

/// The first `n` columns of `H₀ H₁ … H_{k−1}`, where `Hᵢ = I − τᵢ v vᴴ`, and `v` is column `i` of `a` (`m × n`) below its diagonal, with 1 on it
/// and 0 above: the Q of a QR decomposition as `geqrf` and `hessenberg` leave it. LAPACK's `orgqr` and `ungqr`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HouseholderProduct;

impl Primitive for HouseholderProduct {
    fn name(&self) -> &'static str {
        "householder_product"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 2)?;
        let (batch, m, n) = matrices(ins[0])?;
        if m < n {
            return Err(format!("takes matrices of at least as many rows as columns, got {}", ins[0]));
        }
        let fits = matches!(&ins[1].shape[..], [others @ .., k] if others == batch && *k <= n);
        if !fits || ins[0].dtype != ins[1].dtype {
            return Err(format!("takes at most {n} factors for each matrix of {}, got {}", ins[0], ins[1]));
        }
        Ok(smallvec![ins[0].strong()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval(), ins[1].aval()])?;
        Ok(each_matrix(ins, &[false, true], &outs, ins[0].shape().len() - 2, |m| {
            Some(vec![householder::product(&m[0], &m[1].items, m[0].columns)])
        }))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if module.platform() == Platform::Cpu {
            return kernel(module, "householder_product", ins, &[], outs);
        }
        let attributes = "call_target_name = \"ProductOfElementaryHouseholderReflectors\"";
        vec![module.op1("stablehlo.custom_call", ins, attributes, &outs[0])]
    }
}
impl Registered for HouseholderProduct {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<HouseholderProduct, String>> {
        (name == "householder_product").then_some(Ok(HouseholderProduct))
    }
    fn samples() -> Vec<Sample> {
        let of = |a: &[usize], taus: &[usize], dtype| {
            Sample::new(HouseholderProduct, &[sample(a, dtype, 3), sample(taus, dtype, 8)])
        };
        let mut samples: Vec<Sample> = DTYPES.iter().map(|d| of(&[4, 3], &[2], *d)).collect();
        samples.push(of(&[2, 3, 2], &[2, 2], DType::F64));
        samples.push(of(&[2, 2], &[0], DType::F32));
        samples.push(of(&[3, 0], &[0], DType::F32));
        samples
    }
}
impl Tracer {
    /// The first `n` columns of the product of the reflections that stand below the diagonal of this stack `[…, m, n]`, with the factors
    /// `taus`, `[…, k]` with `k ≤ n ≤ m`, as `jax.lax.linalg.householder_product`. It has no derivative.
    #[track_caller]
    pub fn householder_product(self, taus: Tracer) -> Tracer {
        bind1(HouseholderProduct, &[self, taus])
    }
}
