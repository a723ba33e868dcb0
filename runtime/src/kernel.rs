//! Kernels: functions in Rust that compiled programs call, by XLA's FFI, on the CPU.
//!
//! A lowering writes such a call with [`Module::kernel`](raxla_ir::stablehlo::Module::kernel). XLA knows one target only,
//! [`KERNEL_TARGET`](raxla_ir::stablehlo::KERNEL_TARGET), which looks the kernel up by the attribute `name`; so kernels can be added
//! at any time. A call costs a fraction of a microsecond. Kernels run on XLA's threads, several at a time, and should not wait for
//! other programs of the same client.

use crate::error::{Error, Result};
use raxla_ir::{Element, Literal, ShapedArray, callback::panic_message};
use smallvec::SmallVec;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{LazyLock, RwLock},
};

/// A function that reads the inputs of a call and writes its outputs. What it returns as an error, and a panic, becomes the error of the
/// run that called it.
pub type Kernel = fn(&mut KernelCall) -> std::result::Result<(), String>;

/// What a kernel is called with: inputs, outputs to be written, and attributes.
pub struct KernelCall<'a> {
    pub(crate) inputs: SmallVec<[Input<'a>; 4]>,
    pub(crate) outputs: SmallVec<[Output<'a>; 4]>,
    pub(crate) attributes: SmallVec<[(&'a str, Value<'a>); 8]>,
}
/// An array that a kernel reads: row-major, each element in [`DType::size`](raxla_ir::DType::size) bytes.
pub struct Input<'a> {
    pub(crate) aval: ShapedArray,
    pub(crate) bytes: &'a [u8],
}
/// An array that a kernel writes, every element of it; what it holds before that is anything.
pub struct Output<'a> {
    aval: ShapedArray,
    bytes: &'a mut [u8],
}
/// The value of an attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// An integer.
    Int(i64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// Text.
    Text(&'a str),
    /// Integers.
    Ints(&'a [i64]),
}

impl<'a> Input<'a> {
    /// The type of the array.
    pub fn aval(&self) -> &ShapedArray {
        &self.aval
    }
    /// The elements' bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
    /// The elements; `None` if the dtype is not `T`'s.
    pub fn as_slice<T: Element>(&self) -> Option<&'a [T]> {
        match T::DTYPE == self.aval.dtype {
            true if self.bytes.is_empty() => Some(&[]), // Where nothing is, it need not be aligned.
            true => bytemuck::checked::try_cast_slice(self.bytes).ok(),
            false => None,
        }
    }
    /// A copy as a literal.
    pub fn to_literal(&self) -> Literal {
        Literal::build(self.aval.clone(), |bytes| bytes.copy_from_slice(self.bytes))
    }
}
impl<'a> Output<'a> {
    /// Takes memory of as many bytes as the aval needs.
    pub(crate) fn new(aval: ShapedArray, bytes: &'a mut [u8]) -> Output<'a> {
        if aval.dtype == raxla_ir::DType::Bool {
            bytes.fill(0); // Not every byte is a bool.
        }
        Output { aval, bytes }
    }
    /// The type of the array.
    pub fn aval(&self) -> &ShapedArray {
        &self.aval
    }
    /// The elements' bytes.
    pub fn bytes(&mut self) -> &mut [u8] {
        self.bytes
    }
    /// The elements; `None` if the dtype is not `T`'s.
    pub fn as_mut_slice<T: Element>(&mut self) -> Option<&mut [T]> {
        match T::DTYPE == self.aval.dtype {
            true if self.bytes.is_empty() => Some(&mut []),
            true => bytemuck::checked::try_cast_slice_mut(self.bytes).ok(),
            false => None,
        }
    }
    /// Writes a whole array.
    ///
    /// # Errors
    /// If it is of another type.
    pub fn write(&mut self, value: &Literal) -> std::result::Result<(), String> {
        let got = value.aval();
        if got.shape != self.aval.shape || got.dtype != self.aval.dtype {
            return Err(format!("must give {}, gave {got}", self.aval));
        }
        self.bytes.copy_from_slice(value.bytes());
        Ok(())
    }
}
impl<'a> KernelCall<'a> {
    /// All inputs.
    pub fn inputs(&self) -> &[Input<'a>] {
        &self.inputs
    }
    /// All outputs.
    pub fn outputs(&mut self) -> &mut [Output<'a>] {
        &mut self.outputs
    }
    /// The elements of an input.
    ///
    /// # Errors
    /// If there is no such input, or its dtype is not `T`'s.
    pub fn input<T: Element>(&self, position: usize) -> std::result::Result<&'a [T], String> {
        let input = self.inputs.get(position).ok_or_else(|| missing("input", position, self.inputs.len()))?;
        input.as_slice().ok_or_else(|| mistyped("input", position, T::DTYPE, &input.aval))
    }
    /// The elements of an output.
    ///
    /// # Errors
    /// If there is no such output, or its dtype is not `T`'s.
    pub fn output<T: Element>(&mut self, position: usize) -> std::result::Result<&mut [T], String> {
        let count = self.outputs.len();
        let output = self.outputs.get_mut(position).ok_or_else(|| missing("output", position, count))?;
        let error = mistyped("output", position, T::DTYPE, &output.aval);
        output.as_mut_slice().ok_or(error)
    }
    /// The attribute with a name.
    pub fn attribute(&self, name: &str) -> Option<Value<'a>> {
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }
}
macro_rules! attributes { ($($(#[$doc:meta])* $function:ident: $Variant:ident $T:ty;)*) => { impl<'a> KernelCall<'a> { $(
    $(#[$doc])*
    ///
    /// # Errors
    /// If there is no such attribute, or it is of another type.
    pub fn $function(&self, name: &str) -> std::result::Result<$T, String> {
        match self.attribute(name) {
            Some(Value::$Variant(value)) => Ok(value),
            other => Err(format!(concat!("attribute `{}` must be ", stringify!($Variant), ", got {:?}"), name, other)),
        }
    }
)* } } }
attributes! {
    /// An attribute that is an integer.
    int: Int i64;
    /// An attribute that is a number.
    float: Float f64;
    /// An attribute that is true or false.
    flag: Bool bool;
    /// An attribute that is text.
    text: Text &'a str;
    /// An attribute that is several integers.
    ints: Ints &'a [i64];
}
#[cold]
fn missing(what: &str, position: usize, count: usize) -> String {
    format!("there is no {what} {position}: there are {count}")
}
#[cold]
fn mistyped(what: &str, position: usize, wanted: raxla_ir::DType, got: &ShapedArray) -> String {
    format!("{what} {position} must be of {wanted}, got {got}")
}

/// All kernels by name.
static KERNELS: LazyLock<RwLock<HashMap<String, Kernel>>> =
    LazyLock::new(|| RwLock::new(crate::kernels::all().map(|(name, k)| (name.to_string(), *k)).collect()));

/// Makes a kernel known to all programs of this process; a later one of the same name takes its place.
///
/// ```
/// use raxla_ir::{DType, ShapedArray};
/// use raxla_runtime::{Array, Client, CompileOptions, kernel};
///
/// kernel::register("weighted_cumsum", |call| {
///     let (x, weight) = (call.input::<f32>(0)?, call.float("weight")? as f32);
///     let mut sum = 0.0;
///     for (y, x) in call.output::<f32>(0)?.iter_mut().zip(x) {
///         sum += weight * x;
///         *y = sum;
///     }
///     Ok(())
/// })?;
/// let module = r#"
///     func.func public @main(%x: tensor<3xf32>) -> tensor<3xf32> {
///       %y = stablehlo.custom_call @raxla_kernel(%x) {
///         api_version = 4 : i32, backend_config = {name = "weighted_cumsum", weight = 2.0 : f64}
///       } : (tensor<3xf32>) -> tensor<3xf32>
///       return %y : tensor<3xf32>
///     }"#;
/// let aval = ShapedArray::new(&[3], DType::F32);
/// let sums = Client::cpu(1)?.compile(module, &CompileOptions::default(), &[aval.clone()], &[aval])?;
/// let x = Array::from_literal(&vec![1.0f32, 2.0, 3.0].into(), &sums.devices()[0])?;
/// assert_eq!(sums.run(&[&x])?[0].to_vec::<f32>()?, [2.0, 6.0, 12.0]);
/// # Ok::<(), raxla_runtime::Error>(())
/// ```
///
/// # Errors
/// [`Error::Mismatch`] if the name is that of a kernel of raxla's own.
pub fn register(name: &str, kernel: Kernel) -> Result<()> {
    if crate::kernels::all().any(|(own, _)| *own == name) {
        return Err(Error::mismatch("kernel::register", "a name that raxla has no use for", format!("`{name}`")));
    }
    let mut kernels = KERNELS.write().unwrap_or_else(|poisoned| poisoned.into_inner());
    kernels.insert(name.to_owned(), kernel);
    Ok(())
}

/// Whether there is a kernel of this name.
pub(crate) fn is_known(name: &str) -> bool {
    find(name).is_some()
}
fn find(name: &str) -> Option<Kernel> {
    KERNELS.read().unwrap_or_else(|poisoned| poisoned.into_inner()).get(name).copied()
}

/// Calls the kernel that the attribute `name` names. A panic becomes an error.
pub(crate) fn run(call: &mut KernelCall) -> std::result::Result<(), String> {
    let name = call.text("name")?;
    let kernel = find(name).ok_or_else(|| unknown(name))?;
    let done = catch_unwind(AssertUnwindSafe(|| kernel(call)));
    let done = done.unwrap_or_else(|panic| Err(format!("panicked: {}", panic_message(&*panic))));
    done.map_err(|message| format!("{name}: {message}"))
}
/// The complaint about a name that no kernel has.
pub(crate) fn unknown(name: &str) -> String {
    format!("no kernel is registered as `{name}`; make it known with `kernel::register` before the program is compiled")
}
