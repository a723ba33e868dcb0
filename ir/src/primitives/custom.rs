//! `custom[primitive] x …`: a primitive of the user's own.

use super::*;
use crate::stablehlo::Attribute;
use std::{
    cmp::Ordering,
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

/// A kernel with its parameters: see [`Module::kernel`].
pub type KernelOf = (String, Vec<(String, Attribute)>);

/// What raxla needs to know about a primitive of the user's own. Rules that are not given are refused where they are needed, with a message
/// that says which one it is.
pub trait CustomPrimitive: Send + Sync + 'static {
    /// The name, which no other primitive of the process has: two primitives of one name are the same.
    fn name(&self) -> &str;
    /// The output types, or why the operands do not fit.
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Vec<ShapedArray>, String>;
    /// The value, on the host: what the interpreter computes, and what the optimiser puts in the place of operands that are constants.
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String>;
    /// The kernel in Rust that computes it on the CPU, if there is one: `raxla_runtime::kernel::register` makes it known.
    fn kernel(&self, _ins: &[&ShapedArray]) -> Option<KernelOf> {
        None
    }
    /// The same by other operations, if that can be said: for platforms without its kernel.
    fn compose(&self, _ins: &[Tracer]) -> Option<Vec<Tracer>> {
        None
    }
    /// The output tangents; `None` among tangents is zero. Must be linear in the tangents; reverse mode follows by transposition.
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Option<Vec<Option<Tracer>>> {
        None
    }
    /// The cotangents of the operands in which it is linear (the unknown ones), for primitives that stand in tangents.
    fn transpose(&self, _cts: &[Option<Tracer>], _ins: &[Linear]) -> Option<Vec<Option<Tracer>>> {
        None
    }
    /// The primitive over a batch, whose axis is in front of the operands that are batched. [`Batched::apply`] serves where it works on
    /// more axes as on any others, [`scan::one_by_one`] always.
    fn batch(&self, _this: &Custom, _axis: &BatchAxis, _ins: &[Batched]) -> Option<Vec<Batched>> {
        None
    }
}

/// A primitive of the user's own, registered. Clones are the same primitive.
#[derive(Clone)]
pub struct Custom(Arc<dyn CustomPrimitive>);

static REGISTERED: LazyLock<RwLock<HashMap<String, Custom>>> = LazyLock::new(RwLock::default);

impl Custom {
    /// Registers a primitive, for as long as the process lives.
    ///
    /// # Errors
    /// If the name is taken.
    pub fn register(primitive: impl CustomPrimitive) -> Result<Custom, String> {
        let name = primitive.name().to_owned();
        let custom = Custom(Arc::new(primitive));
        let mut registered = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
        if registered.contains_key(&name) {
            return Err(format!(
                "a primitive `{name}` is registered already; keep the first one, or choose another name"
            ));
        }
        registered.insert(name, custom.clone());
        Ok(custom)
    }
    /// The primitive with a name, if it is registered.
    pub fn named(name: &str) -> Option<Custom> {
        REGISTERED.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
    /// Applies it, in the current trace.
    ///
    /// # Panics
    /// Inside the trace, if the operands do not fit.
    #[track_caller]
    pub fn call(&self, ins: &[Tracer]) -> Vec<Tracer> {
        bind(self.clone().into(), ins).to_vec()
    }
    fn named_error(&self, error: String) -> String {
        format!("`{}`: {error}", self.0.name())
    }
}
impl PartialEq for Custom {
    fn eq(&self, other: &Custom) -> bool {
        self.0.name() == other.0.name()
    }
}
impl Eq for Custom {}
impl Hash for Custom {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.name().hash(state);
    }
}
impl PartialOrd for Custom {
    fn partial_cmp(&self, other: &Custom) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Custom {
    fn cmp(&self, other: &Custom) -> Ordering {
        self.0.name().cmp(other.0.name())
    }
}
impl Primitive for Custom {
    fn name(&self) -> &'static str {
        "custom"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        self.0.infer(ins).map(Avals::from).map_err(|e| self.named_error(e))
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.0.eval(ins).map_err(|e| self.named_error(e))?;
        let avals: Vec<&ShapedArray> = ins.iter().map(|x| x.aval()).collect();
        super::callback::check_results(&self.infer(&avals)?, &outs).map_err(|e| self.named_error(e))?;
        Ok(outs)
    }
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        self.0.tangent(ins, outs, tangents).unwrap_or_else(|| {
            let name = self.0.name();
            fail(format!(
                "custom: `{name}` has no derivative; give it one with `CustomPrimitive::tangent`, or custom_jvp"
            ))
        })
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        self.0.transpose(cts, ins).unwrap_or_else(|| {
            let name = self.0.name();
            fail(format!("custom: `{name}` stands in a derivative, but cannot be transposed: reverse mode needs `CustomPrimitive::transpose`"))
        })
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        self.0.batch(self, axis, ins).unwrap_or_else(|| {
            fail(format!(
                "custom: `{}` cannot be mapped by vmap: it needs `CustomPrimitive::batch` (`scan::one_by_one` is always right, \
                 `Batched::apply` fast where more axes change nothing)",
                self.0.name()
            ))
        })
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let avals: Vec<&ShapedArray> = ins.iter().map(|v| &v.aval).collect();
        let kernel = self.0.kernel(&avals).filter(|_| module.platform() == crate::Platform::Cpu);
        if let Some((name, parameters)) = kernel {
            let parameters: Vec<(&str, Attribute)> = parameters.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
            return module.kernel(&name, ins, &parameters, false, outs);
        }
        module.emit(ins, |ins| {
            self.0.compose(ins).unwrap_or_else(|| {
                fail(format!(
                    "custom: `{}` cannot be compiled for this platform: it needs `CustomPrimitive::kernel`, on the CPU, or \
                     `CustomPrimitive::compose`",
                    self.0.name()
                ))
            })
        })
    }
    fn print(&self, writer: &mut Writer) {
        writer.parameter("name", &self.0.name().to_owned());
    }
}

/// The primitive of the samples: x², with all rules.
struct Square;
impl CustomPrimitive for Square {
    fn name(&self) -> &str {
        "raxla.square"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Vec<ShapedArray>, String> {
        let x = one(ins)?;
        if x.dtype == DType::F64 { Ok(vec![x.strong()]) } else { Err(format!("takes f64, got {x}")) }
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        Ok(vec![Literal::from_floats(ins[0].aval().strong(), ins[0].floats().iter().map(|x| x * x))])
    }
    fn compose(&self, ins: &[Tracer]) -> Option<Vec<Tracer>> {
        Some(vec![ins[0] * ins[0]])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Vec<Option<Tracer>>> {
        Some(vec![tangents[0].map(|t| t * ins[0] * 2.0)])
    }
    fn batch(&self, this: &Custom, axis: &BatchAxis, ins: &[Batched]) -> Option<Vec<Batched>> {
        Some(Batched::apply(this.clone(), axis, ins))
    }
}
impl Registered for Custom {
    fn read(name: &str, reader: &mut Reader) -> Option<Result<Custom, String>> {
        let mut read = || {
            let name: String = reader.parameter("name")?;
            reader.end_of_parameters()?;
            Custom::named(&name)
                .ok_or_else(|| format!("no primitive `{name}` is registered; `Custom::register` does that"))
        };
        (name == "custom").then(&mut read)
    }
    fn samples() -> Vec<Sample> {
        static SQUARE: LazyLock<Option<Custom>> = LazyLock::new(|| Custom::register(Square).ok());
        let ins = [Literal::from(vec![0.5, -3.0]), Literal::scalar(1.5), Literal::new::<f64>(&[0, 2], &[])];
        SQUARE.iter().flat_map(|square| ins.iter().map(|x| Sample::new(square.clone(), &[x.clone()]))).collect()
    }
}
