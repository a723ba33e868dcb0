//! [`jit`]: a function of tracers made a function of arrays.

use crate::{
    cache::CAPACITY,
    dump::logs_compiles,
    error::{Error, Result},
    pipeline::{self, Flags, Stages},
};
use raxla_ir::{
    Primitive, Program, ShapedArray, Source, Tracer,
    dtype::x64,
    function::{Args, Function, Staged, Tuple, stage},
    primitives::Call,
    pytree::{self, Pytree, flatten, paths, unflatten},
    trace::{TraceError, bind_at, catch, fail_at},
};
use raxla_runtime::{Array, Client, Device, OptionValue, plugin};
use std::{cell::RefCell, ops::Deref, panic::Location, rc::Rc, sync::Arc};

/// The program of a function at given types, and the structure of what it returns.
struct Signature<A: Args, R: Pytree<Leaf = Tracer>> {
    /// Whether the defaults had 64 bits.
    x64: bool,
    tree: A::Tree,
    avals: Vec<ShapedArray>,
    program: Program,
    out_tree: R::Tree,
}
/// What runs for arguments of one structure, types and device.
struct Entry<A: Args, R: Pytree<Leaf = Tracer>> {
    x64: bool,
    tree: A::Tree,
    device: Device,
    out_tree: R::Tree,
    stages: Arc<Stages>,
}
impl<A: Args, R: Pytree<Leaf = Tracer>> Entry<A, R> {
    fn fits(&self, tree: &A::Tree, leaves: &[Array]) -> bool {
        let ins = self.stages.executable.ins();
        let alike = |(a, want): (&Array, &ShapedArray)| a.aval().dtype == want.dtype && a.aval().shape == want.shape;
        self.x64 == x64()
            && *tree == self.tree
            && leaves.iter().zip(ins).all(alike)
            && leaves.first().is_none_or(|a| a.is_on(&self.device))
    }
}
struct Inner<'f, A: Args, R: Pytree<Leaf = Tracer>> {
    name: String,
    at: Source,
    f: Box<dyn Function<A, Out = R> + 'f>,
    donated: RefCell<Vec<usize>>,
    flags: RefCell<Flags>,
    signatures: RefCell<Vec<Rc<Signature<A, R>>>>,
    /// The one used last stands last.
    entries: RefCell<Vec<Rc<Entry<A, R>>>>,
}

/// A compiled function: `f`, with arrays in place of tracers. Made by [`jit`].
///
/// Call it like `f`; or give it to a transform or another `jit`, where it acts as the function of tracers that it came from and becomes
/// one `call` equation.
pub struct Jit<'f, A: Args, R: Pytree<Leaf = Tracer>>
where
    A::With<Array>: Tuple<R::With<Array>>,
{
    inner: Rc<Inner<'f, A, R>>,
    call: Box<<A::With<Array> as Tuple<R::With<Array>>>::Fn<'f>>,
}

/// Compiles `f`, a pure function of one to eight pytrees of tracers, into a function of the same pytrees of arrays.
///
/// The first call with arguments of new shapes, dtypes or tree structures traces and compiles; later calls run at once, and
/// return before the results exist. A call panics if the program is wrong or cannot be compiled or run; [`Jit::try_call`]
/// returns an error instead.
///
/// ```
/// use raxla_ir::Tracer;
/// use raxla_jit::jit;
/// use raxla_runtime::Array;
/// use raxla_transforms::grad;
///
/// let df = jit(grad(|x: Tracer| (x.sin() * x).sum()));
/// let x = Array::from(vec![0.0f32, 1.0]);
/// let want = 1f32.sin() + 1f32.cos();
/// assert!((df(x).to_vec::<f32>().unwrap()[1] - want).abs() < 1e-6);
/// ```
#[track_caller]
pub fn jit<'f, A, F>(f: F) -> Jit<'f, A, F::Out>
where
    A: Args,
    F: Function<A> + 'f,
    F::Out: Pytree<Leaf = Tracer>,
    A::With<Array>: Tuple<<F::Out as Pytree>::With<Array>>,
{
    let full = std::any::type_name::<F>();
    let simple = full.rsplit("::").find(|part| !part.starts_with("{{")).unwrap_or(full);
    let name = if full.contains('<') { "jitted" } else { simple };
    let inner = Rc::new(Inner {
        name: name.to_string(),
        at: Location::caller().into(),
        f: Box::new(f),
        donated: RefCell::default(),
        flags: RefCell::default(),
        signatures: RefCell::default(),
        entries: RefCell::default(),
    });
    let callee = inner.clone();
    let call = <A::With<Array> as Tuple<_>>::spread(move |args: A::With<Array>| {
        callee.call(args).unwrap_or_else(|e| match e {
            Error::Trace(e) => fail_at(e.message, e.at),
            Error::Runtime(e) => fail_at(e.to_string(), callee.at),
        })
    });
    Jit { inner, call }
}

impl<A: Args, R: Pytree<Leaf = Tracer>> Inner<'_, A, R> {
    fn signature(&self, tree: &A::Tree, avals: &[ShapedArray]) -> (Rc<Signature<A, R>>, Vec<Tracer>) {
        let known =
            self.signatures.borrow().iter().find(|s| s.x64 == x64() && s.tree == *tree && s.avals == avals).cloned();
        if let Some(signature) = known {
            return (signature, vec![]);
        }
        let Staged { program, captured, tree: out_tree } = stage::<A, R>(&*self.f, tree, avals, None);
        let signature = Rc::new(Signature { x64: x64(), tree: tree.clone(), avals: avals.to_vec(), program, out_tree });
        // What captures tracers, or names a mapped axis, belongs to the trace around it.
        let closed = captured.is_empty() && raxla_ir::trace::axis_names().is_empty();
        if closed {
            keep(&self.signatures, signature.clone());
        }
        (signature, captured)
    }
    /// The program at these types, on its own.
    fn program(&self, tree: &A::Tree, avals: &[ShapedArray]) -> Result<Rc<Signature<A, R>>> {
        let (signature, captured) = self.signature(tree, avals);
        if captured.is_empty() {
            return Ok(signature);
        }
        let message = format!(
            "jit: `{}` captured a tracer of a trace around it, so it cannot run on arrays; pass the value as an argument",
            self.name
        );
        Err(TraceError { message, at: self.at }.into())
    }
    fn donated(&self, tree: &A::Tree) -> Vec<bool> {
        let donated = self.donated.borrow();
        if donated.is_empty() {
            return vec![];
        }
        let counts = A::counts(tree);
        counts.iter().enumerate().flat_map(|(i, n)| std::iter::repeat_n(donated.contains(&i), *n)).collect()
    }
    /// Why there is no executable for these arguments, if there is one for others: what differs from those used last.
    fn why_again(&self, tree: &A::Tree, leaves: &[Array], device: &Device) -> Option<String> {
        let entries = self.entries.borrow();
        let last = entries.last()?;
        if *tree != last.tree {
            return Some(format!("the structure of the arguments was {:?}, is {tree:?}", last.tree));
        }
        let pairs = leaves.iter().map(Array::aval).zip(last.stages.executable.ins()).zip(paths::<A>(tree));
        let changed = pairs.filter(|((is, was), _)| is.shape != was.shape || is.dtype != was.dtype);
        let mut changes: Vec<String> =
            changed.map(|((is, was), path)| format!("argument{path} was {was}, is {is}")).collect();
        if *device != last.device {
            changes.push(format!("the arguments were on {}, are on {device}", last.device));
        }
        Some(changes.join("; "))
    }
    #[cold]
    fn compile(&self, tree: &A::Tree, leaves: &[Array]) -> Result<Rc<Entry<A, R>>> {
        let avals: Vec<ShapedArray> = leaves.iter().map(|a| a.aval().clone()).collect();
        let device = match leaves.first() {
            Some(a) => a.device(),
            None => Client::global()?.devices()[0].clone(),
        };
        if let Some((i, other)) = leaves.iter().enumerate().find(|(_, a)| a.device() != device) {
            let path = &paths::<A>(tree)[i];
            let message = format!(
                "jit: all arguments must be on one device, got {device} (argument{}) and {} (argument{path}); move one with `copy_to`",
                paths::<A>(tree)[0],
                other.device()
            );
            return Err(TraceError { message, at: self.at }.into());
        }
        if logs_compiles()
            && let Some(why) = self.why_again(tree, leaves, &device)
        {
            eprintln!("raxla: {} ({}) compiles again: {why}", self.name, self.at);
        }
        let signature = self.program(tree, &avals)?;
        let flags = self.flags.borrow();
        let stages = pipeline::compile(&signature.program, &self.name, &self.donated(tree), &device, &flags)?;
        Ok(Rc::new(Entry {
            x64: signature.x64,
            tree: tree.clone(),
            device,
            out_tree: signature.out_tree.clone(),
            stages,
        }))
    }
    fn call(&self, args: A::With<Array>) -> Result<R::With<Array>> {
        let (leaves, tree) = flatten(args);
        if let Some(last) = self.entries.borrow().last().filter(|e| e.fits(&tree, &leaves)) {
            return Ok(unflatten(&last.out_tree, last.stages.run(&leaves)?));
        }
        let entry = self.other_entry(&tree, &leaves)?;
        Ok(unflatten(&entry.out_tree, entry.stages.run(&leaves)?))
    }
    fn other_entry(&self, tree: &A::Tree, leaves: &[Array]) -> Result<Rc<Entry<A, R>>> {
        let place = self.entries.borrow().iter().position(|e| e.fits(tree, leaves));
        let entry = match place {
            Some(i) => self.entries.borrow_mut().remove(i),
            None => self.compile(tree, leaves)?,
        };
        keep(&self.entries, entry.clone());
        Ok(entry)
    }
}
/// Adds to what a function remembers, and lets go of the first where that is too much.
fn keep<T>(all: &RefCell<Vec<Rc<T>>>, one: Rc<T>) {
    let mut all = all.borrow_mut();
    if all.len() >= CAPACITY {
        all.remove(0);
    }
    all.push(one);
}

impl<'f, A: Args, R: Pytree<Leaf = Tracer>> Jit<'f, A, R>
where
    A::With<Array>: Tuple<R::With<Array>>,
{
    /// Lets outputs take over the memory of these arguments, by number.
    ///
    /// An argument is given away when it is *moved* into the call and nothing else holds it; an array of which there is another clone
    /// is left alone. So no array that can still be seen is ever invalid.
    ///
    /// ```
    /// use raxla_ir::Tracer;
    /// use raxla_jit::jit;
    /// use raxla_runtime::Array;
    /// let step = jit(|x: Tracer| x + 1.0).donate(&[0]);
    /// let mut x = Array::from(vec![0.0f32; 4]);
    /// for _ in 0..3 {
    ///     x = step(x);
    /// }
    /// assert_eq!(x.to_vec::<f32>().unwrap(), [3.0; 4]);
    /// ```
    #[track_caller]
    pub fn donate(self, arguments: &[usize]) -> Self {
        *self.inner.donated.borrow_mut() = arguments.to_vec();
        self.inner.entries.borrow_mut().clear();
        self
    }
    /// Compiles with these flags of XLA's, by name, beside those of the process. An unknown name, or a value that is not of the
    /// flag's type, is an error of the first call. They hold for a module, so a function with flags cannot be called in another trace.
    ///
    /// ```
    /// use raxla_ir::Tracer;
    /// use raxla_jit::jit;
    /// use raxla_runtime::Array;
    /// let x = Array::from(vec![1.0f32, 2.0]);
    /// let f = jit(|x: Tracer| x.exp().sum()).compiler_options(&[("xla_cpu_enable_fast_math", true.into())]);
    /// assert!((f(x.clone()).to_vec::<f32>().unwrap()[0] - 10.107).abs() < 1e-3);
    /// let f = jit(|x: Tracer| x.exp().sum()).compiler_options(&[("xla_no_such_flag", 1.into())]);
    /// assert!(f.try_call((x,)).unwrap_err().to_string().contains("xla_no_such_flag"));
    /// ```
    pub fn compiler_options(self, options: &[(&str, OptionValue)]) -> Self {
        self.inner.flags.borrow_mut().extend(options.iter().map(|(name, value)| (name.to_string(), value.clone())));
        self.inner.entries.borrow_mut().clear();
        self
    }
    /// Calls the function; what goes wrong is returned. Errors of the program are of the kind [`Error::Trace`].
    ///
    /// ```
    /// use raxla_ir::Tracer;
    /// use raxla_jit::jit;
    /// use raxla_runtime::Array;
    /// let f = jit(|x: Tracer, y: Tracer| x + y);
    /// let error = f.try_call((Array::from(vec![1.0f32, 2.0]), Array::from(vec![1.0f32; 3]))).unwrap_err();
    /// assert!(error.to_string().starts_with("add: operands must have one shape"));
    /// ```
    pub fn try_call(&self, args: A::With<Array>) -> Result<R::With<Array>> {
        catch(|| self.inner.call(args))?
    }
    /// The program at the types of these arguments, as traced.
    pub fn program(&self, args: A::With<Array>) -> Result<Program> {
        let (leaves, tree) = flatten(args);
        let avals: Vec<ShapedArray> = leaves.iter().map(|a| a.aval().clone()).collect();
        catch(|| self.inner.program(&tree, &avals))?.map(|s| s.program.clone())
    }
    /// The stages before compiling, at the types of these arguments.
    pub fn lower(&self, args: A::With<Array>) -> Result<Lowered<A, R>> {
        self.lower_types(pytree::map::<A::With<Array>, ShapedArray>(args, |a: Array| a.aval().clone()))
    }
    /// The stages before compiling, at these types, for the platform that `RAXLA_PLATFORM` chooses.
    ///
    /// ```
    /// use raxla_ir::{DType, ShapedArray, Tracer};
    /// use raxla_jit::jit;
    /// let f = jit(|x: Tracer| x.sin() + 1.0);
    /// let lowered = f.lower_types((ShapedArray::new(&[3], DType::F32),)).unwrap();
    /// assert!(lowered.as_text().contains("stablehlo.sine"));
    /// ```
    pub fn lower_types<T: Pytree<Leaf = ShapedArray, Tree = A::Tree>>(&self, types: T) -> Result<Lowered<A, R>> {
        let (avals, tree) = flatten(types);
        let signature = catch(|| self.inner.program(&tree, &avals))??;
        let donated = self.inner.donated(&tree);
        let platform = plugin::Platform::chosen()?.target();
        let (optimized, _, text) = pipeline::lower(&signature.program, &self.inner.name, &donated, platform)?;
        let flags = self.inner.flags.borrow().clone();
        Ok(Lowered { name: self.inner.name.clone(), signature, donated, flags, optimized, text })
    }
}
impl<A: Args, R: Pytree<Leaf = Tracer>> Function<A> for Jit<'_, A, R>
where
    A::With<Array>: Tuple<R::With<Array>>,
{
    type Out = R;
    fn apply(&self, args: A) -> R {
        if !self.inner.flags.borrow().is_empty() {
            let message = format!(
                "jit: compiler options hold for a module, so `{}` cannot be called in another trace",
                self.inner.name
            );
            fail_at(message, self.inner.at)
        }
        let (mut leaves, tree) = flatten(args);
        let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
        let (signature, captured) = self.inner.signature(&tree, &avals);
        leaves.extend(captured);
        let call = Call { name: self.inner.name.clone(), program: signature.program.clone() };
        unflatten(&signature.out_tree, bind_at(call.into(), &leaves, self.inner.at))
    }
}
impl<'f, A: Args, R: Pytree<Leaf = Tracer>> Deref for Jit<'f, A, R>
where
    A::With<Array>: Tuple<R::With<Array>>,
{
    type Target = <A::With<Array> as Tuple<R::With<Array>>>::Fn<'f>;
    fn deref(&self) -> &Self::Target {
        &self.call
    }
}

/// A function at given types, ready to compile: what [`Jit::lower`] shows.
pub struct Lowered<A: Args, R: Pytree<Leaf = Tracer>> {
    name: String,
    signature: Rc<Signature<A, R>>,
    donated: Vec<bool>,
    flags: Flags,
    optimized: Program,
    text: String,
}
impl<A: Args, R: Pytree<Leaf = Tracer>> Lowered<A, R> {
    /// The program as traced.
    pub fn program(&self) -> &Program {
        &self.signature.program
    }
    /// The program after the optimiser.
    pub fn optimized(&self) -> &Program {
        &self.optimized
    }
    /// The StableHLO.
    pub fn as_text(&self) -> &str {
        &self.text
    }
    /// The number of operations in all programs, those in calls included.
    pub fn equations(&self) -> usize {
        fn count(p: &Program) -> usize {
            p.eqns.iter().map(|e| 1 + e.op.subprograms().into_iter().map(count).sum::<usize>()).sum()
        }
        count(self.program())
    }
    /// Adds flags of XLA's to those of the function: see [`Jit::compiler_options`].
    ///
    /// ```
    /// use raxla_ir::{DType, ShapedArray, Tracer};
    /// use raxla_jit::jit;
    /// let lowered = jit(|x: Tracer| x.sin()).lower_types((ShapedArray::new(&[3], DType::F32),)).unwrap();
    /// assert!(lowered.compiler_options(&[("xla_backend_optimization_level", 1.into())]).compile().is_ok());
    /// ```
    pub fn compiler_options(mut self, options: &[(&str, OptionValue)]) -> Self {
        self.flags.extend(options.iter().map(|(name, value)| (name.to_string(), value.clone())));
        self
    }
    /// Compiles for the first device of the process-wide client.
    pub fn compile(&self) -> Result<Compiled<A, R>> {
        self.compile_for(&Client::global()?.devices()[0])
    }
    /// Compiles for a device.
    pub fn compile_for(&self, device: &Device) -> Result<Compiled<A, R>> {
        let stages = pipeline::compile(&self.signature.program, &self.name, &self.donated, device, &self.flags)?;
        Ok(Compiled { signature: self.signature.clone(), stages })
    }
}

/// A function compiled at given types.
pub struct Compiled<A: Args, R: Pytree<Leaf = Tracer>> {
    signature: Rc<Signature<A, R>>,
    stages: Arc<Stages>,
}
impl<A: Args, R: Pytree<Leaf = Tracer>> Compiled<A, R> {
    /// Runs the function.
    ///
    /// # Errors
    /// If the arguments are not of the types and structure that it was compiled for.
    pub fn call(&self, args: A::With<Array>) -> Result<R::With<Array>> {
        let (leaves, tree) = flatten(args);
        if tree != self.signature.tree {
            let message =
                format!("compiled: the arguments must have the structure {:?}, got {tree:?}", self.signature.tree);
            return Err(TraceError { message, at: Source::UNKNOWN }.into());
        }
        Ok(unflatten(&self.signature.out_tree, self.stages.run(&leaves)?))
    }
    /// The executable: to serialize it, or ask how much memory it needs.
    pub fn executable(&self) -> &raxla_runtime::Executable {
        &self.stages.executable
    }
}
