//! `name[name] x`: the operand itself, under a name by which a [`Policy`] can refer to it.

use super::*;

parameters! {
    /// The operand. Its tangent has no name.
    Name {
        /// The name.
        name: String,
    }
}
impl Primitive for Name {
    described!("name");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        Ok(smallvec![one(ins)?.clone()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        Ok(vec![ins[0].clone()])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        tangents.to_vec()
    }
    fn transpose(&self, cts: &[Option<Tracer>], _ins: &[Linear]) -> Vec<Option<Tracer>> {
        cts.to_vec()
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(self.clone(), axis, ins)
    }
    fn lower(&self, _module: &mut Module, ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        ins.to_vec()
    }
}
impl Registered for Name {
    read_by_name!("name");
    fn samples() -> Vec<Sample> {
        let named = |x: Literal| Sample::new(Name { name: "a \"name\"".into() }, &[x]);
        let complex = Literal::from_complexes(
            ShapedArray::new(&[2], DType::C64),
            [1.0, -0.5].map(|x| num_complex::Complex64::new(x, 2.0)),
        );
        vec![
            named(0.5f32.into()),
            named(Literal::new::<f64>(&[2, 0], &[])),
            named(Literal::new(&[2, 2], &[0.5, -1.0, 2.0, 0.25])),
            named(complex),
            named(vec![1i32, -2].into()),
            named(vec![true, false].into()),
        ]
    }
}

/// The value under a name.
#[track_caller]
pub fn checkpoint_name(x: Tracer, name: &str) -> Tracer {
    bind1(Name { name: name.into() }, &[x])
}
