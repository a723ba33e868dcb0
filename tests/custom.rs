//! Primitives of the user's own: rules that are missing say so, and identity is the name.

use raxla::{
    Array, DType, Literal, ShapedArray, Tracer,
    custom::{BatchAxis, Batched, Custom, CustomPrimitive, KernelOf, one_by_one, register_kernel},
    grad,
    ir::{Program, trace::catch, trace::trace},
    jit, vmap,
};
use std::sync::LazyLock;

/// The sum of an `f32[n]`: on the CPU by a kernel that multiplies by a parameter, so that one sees who computed it.
struct Total {
    name: &'static str,
    kernel: bool,
    composed: bool,
}
impl CustomPrimitive for Total {
    fn name(&self) -> &str {
        self.name
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Vec<ShapedArray>, String> {
        match ins {
            [x] if x.rank() == 1 && x.dtype == DType::F32 => Ok(vec![x.with_shape(&[])]),
            _ => Err(format!("takes one f32 vector, got {ins:?}")),
        }
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        Ok(vec![(ins[0].floats().iter().sum::<f64>() as f32).into()])
    }
    fn kernel(&self, _ins: &[&ShapedArray]) -> Option<KernelOf> {
        self.kernel.then(|| ("tests.total".into(), vec![("scale".into(), raxla::custom::Attribute::Float(10.0))]))
    }
    fn compose(&self, ins: &[Tracer]) -> Option<Vec<Tracer>> {
        self.composed.then(|| vec![ins[0].sum()])
    }
    fn batch(&self, this: &Custom, axis: &BatchAxis, ins: &[Batched]) -> Option<Vec<Batched>> {
        self.composed.then(|| one_by_one(this.clone().into(), axis, ins))
    }
}
static KERNEL: LazyLock<Custom> = LazyLock::new(|| {
    register_kernel("tests.total", |call| {
        let sum: f32 = call.input::<f32>(0)?.iter().sum();
        let scale = call.float("scale")? as f32;
        call.output::<f32>(0)?[0] = scale * sum;
        Ok(())
    })
    .unwrap();
    Custom::register(Total { name: "total by kernel", kernel: true, composed: false }).unwrap()
});
static COMPOSED: LazyLock<Custom> =
    LazyLock::new(|| Custom::register(Total { name: "total", kernel: false, composed: true }).unwrap());
static BARE: LazyLock<Custom> =
    LazyLock::new(|| Custom::register(Total { name: "bare", kernel: false, composed: false }).unwrap());

fn refusal(f: impl FnOnce(Tracer) -> Tracer) -> String {
    let Err(error) = catch(|| trace(&[ShapedArray::new(&[2, 3], DType::F32)], |a| vec![f(a[0])])) else {
        panic!("was not refused")
    };
    error.message
}

#[test]
fn kernels_and_compositions_compute() {
    let x = || Array::from(vec![1.0f32, 2.0, 4.0]);
    assert_eq!(jit(|x: Tracer| KERNEL.call(&[x])[0])(x()).to_vec::<f32>().unwrap(), [70.0]);
    assert_eq!(jit(|x: Tracer| COMPOSED.call(&[x])[0])(x()).to_vec::<f32>().unwrap(), [7.0]);
    let rows = Array::new(&[2, 3], &[1.0f32, 2.0, 4.0, 0.0, 1.0, 0.0]);
    assert_eq!(jit(vmap(|x: Tracer| COMPOSED.call(&[x])[0], 0))(rows).to_vec::<f32>().unwrap(), [7.0, 1.0]);
}
#[test]
fn missing_rules_say_what_to_do() {
    let bare = |x: Tracer| BARE.call(&[x])[0];
    let why = refusal(bare);
    assert_eq!(why, "custom: `bare`: takes one f32 vector, got [f32[2,3]]");
    let why = refusal(|x| grad(|x: Tracer| bare(x.ravel()))(x));
    assert!(why.contains("`bare` has no derivative") && why.contains("CustomPrimitive::tangent"), "{why}");
    let why = refusal(|x| vmap(bare, 0)(x));
    assert!(why.contains("`bare` cannot be mapped by vmap") && why.contains("CustomPrimitive::batch"), "{why}");
    let error = jit(bare).try_call((Array::from(vec![1.0f32]),)).unwrap_err().to_string();
    assert!(error.contains("`bare` cannot be compiled") && error.contains("CustomPrimitive::compose"), "{error}");
}
#[test]
fn the_name_is_the_identity() {
    let program = trace(&[ShapedArray::new(&[3], DType::F32)], |a| COMPOSED.call(a)).program;
    let text = program.to_string();
    assert!(text.contains("custom[name=\"total\"] %0"), "{text}");
    assert_eq!(text.parse::<Program>().as_ref(), Ok(&program));
    let unknown = text.replace("total", "nobody").parse::<Program>().unwrap_err();
    assert!(unknown.contains("no primitive `nobody` is registered"), "{unknown}");
    let again = Custom::register(Total { name: "total", kernel: false, composed: false });
    assert!(again.is_err_and(|e| e.contains("is registered already")));
}
