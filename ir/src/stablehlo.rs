//! StableHLO as text: the module that lowering writes into.
//!
//! Every operation is written in MLIR's generic form, `%2 = "stablehlo.add"(%0, %1) : (t, t) -> t`, so that one function prints all.

use crate::{
    aval::ShapedArray,
    dtype::{DType, Kind},
    literal::Literal,
    primitives::{Op, Primitive, mlir_array},
    program::{Program, Source},
    rewrite::walk,
    trace::{Tracer, trace, with_source},
};
use indexmap::IndexMap;
use std::{fmt::Write, sync::Arc};

/// An SSA value and its type.
#[derive(Clone, Debug)]
pub struct Value {
    name: String,
    /// The type.
    pub aval: ShapedArray,
    /// Of what it is a broadcast, and the operation's attributes.
    broadcast: Option<Arc<(Value, String)>>,
}

/// The kind of processor that a module is written for. Lowerings may choose by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Platform {
    /// The CPU, where kernels written in Rust can be called.
    #[default]
    Cpu,
    /// GPUs.
    Gpu,
    /// TPUs.
    Tpu,
}

/// A parameter of a kernel, which it gets with each call.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// An integer.
    Int(i64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// Text.
    Text(String),
    /// Integers.
    Ints(Vec<i64>),
}

/// The one target of custom calls that raxla gives to XLA; its attribute `name` says which kernel is meant.
pub const KERNEL_TARGET: &str = "raxla_kernel";

/// A StableHLO module being written.
pub struct Module {
    platform: Platform,
    /// The operations of the block that is being written.
    block: String,
    next: u32,
    functions: IndexMap<Program, (String, String)>,
    sources: IndexMap<Source, ()>,
    source: Source,
    /// Locations with names.
    named: IndexMap<String, ()>,
    /// What their names begin with in this function.
    root: String,
    /// The primitive that is being written.
    primitive: &'static str,
}

/// The text of a module whose public function `main` is the program.
///
/// ```
/// let program: raxla_ir::Program = "program(%0: f32[2]) {\n %1: f32[2] = sin %0\n return %1 }".parse().unwrap();
/// assert!(raxla_ir::stablehlo::lower(&program, "f").contains("\"stablehlo.sine\"(%arg0)"));
/// ```
pub fn lower(program: &Program, name: &str) -> String {
    lower_for(program, name, &[], Platform::Cpu)
}
/// [`lower`] for a platform, with inputs whose memory the outputs may take: those for which `donated` holds.
pub fn lower_for(program: &Program, name: &str, donated: &[bool], platform: Platform) -> String {
    let mut module = Module::new(platform);
    module.root = format!("jit({name})/");
    let main = module.function(program, "main", "public", donated);
    let mut text = format!("module @{} {{\n{main}", identifier(name));
    for (_, body) in module.functions.into_values() {
        text.push_str(&body);
    }
    text.push_str("}\n");
    for (i, source) in module.sources.into_keys().enumerate() {
        let _ = writeln!(text, "#loc{i} = loc({})", place(&source));
    }
    for (i, location) in module.named.into_keys().enumerate() {
        let _ = writeln!(text, "#named{i} = loc({location})");
    }
    text
}
fn place(source: &Source) -> String {
    format!("{:?}:{}:{}", source.file, source.line, source.column)
}
fn identifier(name: &str) -> String {
    let clean: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if clean.starts_with(|c: char| c.is_ascii_alphabetic()) { clean } else { format!("f_{clean}") }
}
fn comma<T>(items: impl IntoIterator<Item = T>, text: impl Fn(T) -> String) -> String {
    items.into_iter().map(text).collect::<Vec<_>>().join(", ")
}

impl Module {
    fn new(platform: Platform) -> Module {
        Module {
            platform,
            block: String::new(),
            next: 0,
            functions: IndexMap::new(),
            sources: IndexMap::new(),
            source: Source::UNKNOWN,
            named: IndexMap::new(),
            root: String::new(),
            primitive: "",
        }
    }
    fn function(&mut self, program: &Program, name: &str, visibility: &str, donated: &[bool]) -> String {
        let outer = (std::mem::take(&mut self.block), self.next, self.source);
        self.next = 0;
        let args: Vec<Value> = program
            .ins
            .iter()
            .enumerate()
            .map(|(i, v)| Value { name: format!("%arg{i}"), aval: program.aval(*v).clone(), broadcast: None })
            .collect();
        let outs = self.inline(program, &args);
        let types = comma(&outs, |v| v.aval.mlir());
        let _ = writeln!(self.block, "    \"func.return\"({}) : ({types}) -> ()", comma(&outs, |v| v.name.clone()));
        let donor = |i: usize| if donated.get(i) == Some(&true) { " {jax.buffer_donor = true}" } else { "" };
        let ins = comma(args.iter().enumerate(), |(i, v)| format!("{}: {}{}", v.name, v.aval.mlir(), donor(i)));
        let text = format!("  func.func {visibility} @{name}({ins}) -> ({types}) {{\n{}  }}\n", self.block);
        (self.block, self.next, self.source) = outer;
        text
    }
    /// Emits a program's equations in the current block.
    pub fn inline(&mut self, program: &Program, ins: &[Value]) -> Vec<Value> {
        let this = std::cell::RefCell::new(self);
        let done = walk(
            program,
            ins.iter().cloned(),
            |c| this.borrow_mut().constant(c),
            |eqn, ins: &[Value]| {
                let mut module = this.borrow_mut();
                let outer = (module.source, module.primitive);
                (module.source, module.primitive) = (eqn.source.inside(outer.0.scope), eqn.op.name());
                let outs: Vec<ShapedArray> = eqn.outs.iter().map(|v| program.aval(*v).clone()).collect();
                let values = module.lower_op(&eqn.op, ins, &outs);
                (module.source, module.primitive) = outer;
                Ok::<_, std::convert::Infallible>(values)
            },
        );
        let Ok(outs) = done;
        outs
    }
    /// Lowers an operation; where elements have fewer bits than it needs, for larger ones: integers of 8 bits, and single precision.
    fn lower_op(&mut self, op: &Op, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let least = op.least_bits();
        if least == 0 {
            return op.lower(self, ins, outs);
        }
        let wide = |aval: &ShapedArray| match aval.dtype {
            DType::I2 | DType::I4 => aval.with_dtype(DType::I8),
            DType::U2 | DType::U4 => aval.with_dtype(DType::U8),
            d if d.is_float() && d.bits() < least => aval.with_dtype(DType::F32),
            _ => aval.clone(),
        };
        let ins: Vec<Value> = ins.iter().map(|v| self.converted(v, &wide(&v.aval))).collect();
        let made = op.lower(self, &ins, &outs.iter().map(wide).collect::<Vec<_>>());
        made.iter().zip(outs).map(|(v, out)| self.converted(v, out)).collect()
    }
    /// Emits what a function of tracers records: for primitives that stand for a few others.
    pub fn emit(&mut self, ins: &[Value], f: impl FnOnce(&[Tracer]) -> Vec<Tracer>) -> Vec<Value> {
        let avals: Vec<ShapedArray> = ins.iter().map(|v| v.aval.clone()).collect();
        let traced = with_source(self.source, || trace(&avals, f));
        self.inline(&traced.program, ins)
    }
    /// Emits a call of a program as a private function, written once however often it is called.
    pub fn call(&mut self, name: &str, program: &Program, ins: &[Value]) -> Vec<Value> {
        let outs = program.out_avals();
        if !self.functions.contains_key(program) {
            let name = format!("{}_{}", identifier(name), self.functions.len());
            self.functions.insert(program.clone(), (name.clone(), String::new()));
            // It is called from several places, whose names are not its own.
            let outer = (std::mem::take(&mut self.root), std::mem::take(&mut self.source.scope));
            let body = self.function(program, &name, "private", &[]);
            (self.root, self.source.scope) = outer;
            self.functions.insert(program.clone(), (name, body));
        }
        let callee = format!("callee = @{}", self.functions[program].0);
        self.op("func.call", ins, &callee, &[], &outs)
    }
    /// Emits one operation. `attributes` and `regions` are MLIR text.
    pub fn op(
        &mut self,
        name: &str,
        ins: &[Value],
        attributes: &str,
        regions: &[String],
        outs: &[ShapedArray],
    ) -> Vec<Value> {
        let first = self.next;
        self.next += 1;
        let results: Vec<Value> = match outs {
            [aval] => vec![Value { name: format!("%{first}"), aval: aval.clone(), broadcast: None }],
            _ => {
                let name = |i| format!("%{first}#{i}");
                outs.iter()
                    .enumerate()
                    .map(|(i, a)| Value { name: name(i), aval: a.clone(), broadcast: None })
                    .collect()
            }
        };
        self.block.push_str("    ");
        match outs.len() {
            0 => {}
            1 => drop(write!(self.block, "%{first} = ")),
            n => drop(write!(self.block, "%{first}:{n} = ")),
        }
        let _ = write!(self.block, "\"{name}\"({})", comma(ins, |v| v.name.clone()));
        if !regions.is_empty() {
            let _ = write!(self.block, " ({})", regions.join(", "));
        }
        if !attributes.is_empty() {
            let _ = write!(self.block, " {{{attributes}}}");
        }
        let types = |avals: Vec<&ShapedArray>| comma(avals, |a| a.mlir());
        let _ = write!(
            self.block,
            " : ({}) -> ({})",
            types(ins.iter().map(|v| &v.aval).collect()),
            types(outs.iter().collect())
        );
        if !self.source.scope.is_none() {
            let name = quoted(&format!("{}{}/{}", self.root, self.source.scope, self.primitive));
            let location = if self.source.is_known() { format!("{name}({})", place(&self.source)) } else { name };
            let (index, _) = self.named.insert_full(location, ());
            let _ = write!(self.block, " loc(#named{index})");
        } else if self.source.is_known() {
            let (index, _) = self.sources.insert_full(self.source, ());
            let _ = write!(self.block, " loc(#loc{index})");
        }
        self.block.push('\n');
        results
    }
    /// Ends lowering with an error at the line of the equation that is being written.
    pub fn fail(&self, message: String) -> ! {
        crate::trace::fail_at(message, self.source)
    }
    /// The platform that the module is written for.
    pub fn platform(&self) -> Platform {
        self.platform
    }
    /// Emits a call of a kernel written in Rust, which `raxla_runtime::kernel` knows by this name, with parameters that it gets beside
    /// the operands. Only the CPU has such kernels. A call without side effects may be left out where nothing uses its results,
    /// and may be made once for several equal ones. Operands and results are row-major.
    ///
    /// ```
    /// # use raxla_ir::{DType, ShapedArray, stablehlo::{Attribute, Module}};
    /// # fn lower(module: &mut Module, x: raxla_ir::stablehlo::Value) -> Vec<raxla_ir::stablehlo::Value> {
    /// let out = x.aval.clone();
    /// module.kernel("power", &[x], &[("exponent", Attribute::Int(3))], false, &[out])
    /// # }
    /// ```
    pub fn kernel(
        &mut self,
        name: &str,
        ins: &[Value],
        parameters: &[(&str, Attribute)],
        side_effect: bool,
        outs: &[ShapedArray],
    ) -> Vec<Value> {
        let attributes = [format!("name = {}", quoted(name))].into_iter();
        let attributes = attributes.chain(parameters.iter().map(|(key, value)| format!("{key} = {}", value.mlir())));
        let attributes: Vec<String> = attributes.collect();
        let layout = |aval: &ShapedArray| {
            let axes: Vec<String> = (0..aval.rank()).rev().map(|axis| axis.to_string()).collect();
            format!("dense<[{}]> : tensor<{}xindex>", axes.join(", "), aval.rank())
        };
        let text = format!(
            "call_target_name = \"{KERNEL_TARGET}\", api_version = 4 : i32, has_side_effect = {side_effect}, \
             backend_config = {{{}}}, operand_layouts = [{}], result_layouts = [{}]",
            attributes.join(", "),
            comma(ins, |value| layout(&value.aval)),
            comma(outs, layout),
        );
        self.op("stablehlo.custom_call", ins, &text, &[], outs)
    }
    /// Emits a broadcast.
    pub fn broadcast(&mut self, value: &Value, dims: &[usize], out: &ShapedArray) -> Value {
        let attributes = format!("broadcast_dimensions = {}", mlir_array(dims));
        self.broadcast_by(value.clone(), attributes, out)
    }
    fn broadcast_by(&mut self, value: Value, attributes: String, out: &ShapedArray) -> Value {
        let made = self.op1("stablehlo.broadcast_in_dim", std::slice::from_ref(&value), &attributes, out);
        Value { broadcast: Some(Arc::new((value, attributes))), ..made }
    }
    /// A broadcast once more, for one use alone; other values are themselves. XLA divides by a broadcast that has more users by
    /// multiplying with the reciprocal, which is less precise, and then computes what it divides for each user again.
    pub fn apart(&mut self, value: &Value) -> Value {
        match value.broadcast.as_deref() {
            Some((from, attributes)) => self.broadcast_by(from.clone(), attributes.clone(), &value.aval),
            None => value.clone(),
        }
    }
    /// Emits an operation of one result.
    ///
    /// Of floats narrower than 16 bits CHLO's functions are computed in `f32`, since XLA has not all of them.
    pub fn op1(&mut self, name: &str, ins: &[Value], attributes: &str, out: &ShapedArray) -> Value {
        let narrow = |aval: &ShapedArray| aval.dtype.is_float() && aval.dtype.bits() < 16;
        if name.starts_with("chlo.") && name != "chlo.next_after" && ins.iter().all(|v| narrow(&v.aval)) && narrow(out)
        {
            let wide: Vec<Value> = ins.iter().map(|v| self.converted(v, &v.aval.with_dtype(DType::F32))).collect();
            let value = self.op1(name, &wide, attributes, &out.with_dtype(DType::F32));
            return self.converted(&value, out);
        }
        self.op(name, ins, attributes, &[], std::slice::from_ref(out)).remove(0)
    }
    /// A region for [`Module::op`]: one block with arguments of the given types that returns what `body` returns.
    pub fn region(&mut self, args: &[ShapedArray], body: impl FnOnce(&mut Module, &[Value]) -> Vec<Value>) -> String {
        let outer = std::mem::take(&mut self.block);
        let values: Vec<Value> = args
            .iter()
            .map(|aval| {
                self.next += 1;
                Value { name: format!("%a{}", self.next), aval: aval.clone(), broadcast: None }
            })
            .collect();
        let outs = body(self, &values);
        let inner = std::mem::replace(&mut self.block, outer);
        format!(
            "{{\n    ^bb0({}):\n{inner}    \"stablehlo.return\"({}) : ({}) -> ()\n    }}",
            comma(&values, |v| format!("{}: {}", v.name, v.aval.mlir())),
            comma(&outs, |v| v.name.clone()),
            comma(&outs, |v| v.aval.mlir()),
        )
    }
    /// Emits a constant.
    pub fn constant(&mut self, value: &Literal) -> Value {
        let attribute = format!("value = {} : {}", dense(value), value.aval().mlir());
        self.op1("stablehlo.constant", &[], &attribute, value.aval())
    }
    /// Emits a conversion to another dtype, if it is another.
    pub fn converted(&mut self, value: &Value, to: &ShapedArray) -> Value {
        if value.aval.dtype == to.dtype {
            value.clone()
        } else {
            self.op1("stablehlo.convert", std::slice::from_ref(value), "", to)
        }
    }
    /// Emits a constant of one repeated number.
    pub fn splat(&mut self, aval: &ShapedArray, value: f64) -> Value {
        let scalar = Literal::full(aval.with_shape(&[]), value);
        let attribute = format!("value = {} : {}", dense(&scalar), aval.mlir());
        self.op1("stablehlo.constant", &[], &attribute, aval)
    }
}

impl Attribute {
    /// MLIR's text.
    fn mlir(&self) -> String {
        match self {
            Attribute::Int(number) => format!("{number} : i64"),
            Attribute::Float(number) => format!("0x{:016X} : f64", number.to_bits()),
            Attribute::Bool(yes) => yes.to_string(),
            Attribute::Text(text) => quoted(text),
            Attribute::Ints(numbers) => mlir_array(numbers),
        }
    }
}
/// MLIR's string literal, in which every byte that is not plain is two hexadecimal digits.
fn quoted(text: &str) -> String {
    let inner = text.bytes().fold(String::new(), |mut inner, byte| {
        match byte {
            b'"' | b'\\' | 0..32 | 127.. => drop(write!(inner, "\\{byte:02X}")),
            plain => inner.push(plain as char),
        }
        inner
    });
    format!("\"{inner}\"")
}

/// MLIR's text for the elements of a constant, exact in every bit.
fn dense(value: &Literal) -> String {
    let (dtype, size, bytes) = (value.dtype(), value.dtype().size(), value.bytes());
    let hex = |bytes: &[u8]| {
        bytes.iter().rev().fold(String::from("0x"), |mut t, b| {
            let _ = write!(t, "{b:02X}");
            t
        })
    };
    let element = |i: usize| -> String {
        let bytes = &bytes[i * size..(i + 1) * size];
        match dtype.kind() {
            Kind::Float if dtype == DType::F4E2M1FN => format!("0x{:X}", bytes[0] & 0xf),
            Kind::Float => hex(bytes),
            Kind::Complex => format!("({}, {})", hex(&bytes[..size / 2]), hex(&bytes[size / 2..])),
            _ => String::new(),
        }
    };
    let n = value.size();
    if n == 0 {
        return "dense<>".into(); // `[]` would say one axis
    }
    let splat = bytes.chunks_exact(size).all(|c| c == &bytes[..size]);
    if dtype.is_inexact() {
        if splat {
            return format!("dense<{}>", element(0));
        }
        if dtype.bits() >= 8 {
            let blob = bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut t, b| {
                let _ = write!(t, "{b:02X}");
                t
            });
            return format!("dense<\"0x{blob}\">");
        }
        return format!("dense<{}>", nested(value.shape(), &mut (0..n).map(element)));
    }
    let text = |x: &i128| if dtype == DType::Bool { (*x != 0).to_string() } else { x.to_string() };
    let ints = value.ints();
    if splat {
        format!("dense<{}>", text(&ints[0]))
    } else {
        format!("dense<{}>", nested(value.shape(), &mut ints.iter().map(text)))
    }
}
fn nested(shape: &[usize], items: &mut dyn Iterator<Item = String>) -> String {
    match shape {
        [] => items.next().unwrap_or_default(),
        [n, rest @ ..] => format!("[{}]", (0..*n).map(|_| nested(rest, items)).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kernels get this; `runtime/tests/kernels.rs` reads the same text.
    #[test]
    fn a_divisor_that_is_a_broadcast_has_no_other_user() {
        let text = "program(%0: f32[3], %1: f32[]) {\n %2: f32[3] = broadcast[shape=[3], dims=[]] %1\n %3: f32[3] = div %0 %2\n \
                    %4: f32[3] = add %3 %2\n return %4 }";
        let module = lower(&text.parse().unwrap(), "f");
        assert_eq!(module.matches("broadcast_in_dim").count(), 2, "{module}");
        assert!(
            module.contains("\"stablehlo.divide\"(%arg0, %1)") && module.contains("\"stablehlo.add\"(%2, %0)"),
            "{module}"
        );
    }
    #[test]
    fn names_are_of_the_program_that_they_stand_in() {
        use crate::trace::{bind, named_scope};
        let x = || ShapedArray::new(&[], DType::F32);
        let body = trace(&[x()], |x| vec![named_scope("inner", || x[0].sin())]).program;
        let call = crate::primitives::Call { name: "g".into(), program: body };
        let twice =
            |x: &[Tracer]| vec![named_scope("a\"b", || bind(call.clone().into(), &bind(call.clone().into(), x))[0])];
        let text = lower(&trace(&[x()], twice).program, "f");
        // Of the two calls, and of the one function that they call.
        for (name, times) in [("\"jit(f)/a\\22b/call\"(", 2), ("\"inner/sin\"(", 1)] {
            assert_eq!(text.matches(name).count(), times, "{text}");
        }
        assert!(!lower(&trace(&[x()], |x| vec![x[0].sin()]).program, "f").contains("named"));
    }
    #[test]
    fn attributes_of_every_kind() {
        let mut module = Module::new(Platform::Cpu);
        let x = Value { name: "%x".into(), aval: ShapedArray::new(&[2, 3], DType::F32), broadcast: None };
        let parameters = [
            ("n", Attribute::Int(-7)),
            ("x", Attribute::Float(0.1)),
            ("yes", Attribute::Bool(true)),
            ("words", Attribute::Text("a \"b\"\\\n\u{e9}".into())),
            ("axes", Attribute::Ints(vec![1, 2, -3])),
            ("none", Attribute::Ints(vec![])),
        ];
        module.kernel("k", &[x], &parameters, true, &[ShapedArray::new(&[], DType::I32)]);
        let want = "    %0 = \"stablehlo.custom_call\"(%x) {call_target_name = \"raxla_kernel\", api_version = 4 : i32, \
            has_side_effect = true, backend_config = {name = \"k\", n = -7 : i64, x = 0x3FB999999999999A : f64, yes = true, \
            words = \"a \\22b\\22\\5C\\0A\\C3\\A9\", axes = array<i64: 1, 2, -3>, none = array<i64>}, \
            operand_layouts = [dense<[1, 0]> : tensor<2xindex>], result_layouts = [dense<[]> : tensor<0xindex>]} \
            : (tensor<2x3xf32>) -> (tensor<i32>)\n";
        assert_eq!(module.block, want);
    }
}
