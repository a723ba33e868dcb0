//! [`Executable`]: a compiled program on its devices.

use crate::{
    array::Array,
    beside::{self, Beside},
    client::Client,
    compile_options::CompileOptions,
    device::Device,
    envelope,
    error::{Error, Result},
    ffi::{CompiledMemoryStats, RawBuffer, RawClient, RawEvent, RawExecutable},
    placement::Placement,
};
use raxla_ir::ShapedArray;
use smallvec::SmallVec;
use std::{fmt, sync::Arc};

/// The results of a run; no allocation up to four.
pub type Outputs = SmallVec<[Array; 4]>;

/// A compiled program on its devices. Clones are the same executable, and cheap.
///
/// ```
/// use raxla_ir::{DType, ShapedArray};
/// use raxla_runtime::{Array, Client, CompileOptions};
///
/// let module = "
///     func.func public @main(%x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<2xf32> {
///       %z = stablehlo.multiply %x, %y : tensor<2xf32>
///       return %z : tensor<2xf32>
///     }";
/// let aval = ShapedArray::new(&[2], DType::F32);
/// let ins = [aval.clone(), aval.clone()];
/// let product = Client::global()?.compile(module, &CompileOptions::default(), &ins, &[aval])?;
/// let (x, y) = (Array::from(vec![2.0f32, 3.0]), Array::from(vec![5.0f32, 7.0]));
/// assert_eq!(product.run(&[&x, &y])?[0].to_vec::<f32>()?, [10.0, 21.0]);
///
/// let error = product.run(&[&x, &Array::from(1i32)]).unwrap_err();
/// assert_eq!(error.to_string(), "run: argument 1: expected f32[2], got i32[]");
/// # Ok::<(), raxla_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct Executable(Arc<Inner>);

/// What tells when a run is over, on all its devices.
pub struct Completion(Vec<RawEvent>);
impl Completion {
    /// Waits until the run is over.
    ///
    /// # Errors
    /// [`Error::Xla`] with what went wrong in it.
    pub fn wait(&self) -> Result<()> {
        self.0.iter().try_for_each(RawEvent::wait)
    }
    /// Whether the run is over, well or not.
    pub fn is_over(&self) -> bool {
        self.0.iter().all(|event| event.is_ready().unwrap_or(true))
    }
}

struct Inner {
    raw: RawExecutable,
    ins: Vec<ShapedArray>,
    outs: Vec<ShapedArray>,
    in_placements: Vec<Placement>,
    out_placements: Vec<Placement>,
    /// The results' avals as the arrays share them.
    out_types: Vec<Arc<(ShapedArray, Placement)>>,
    /// Whether it calls functions by numbers that mean nothing to another process.
    calls_back: bool,
    /// Every position, if the program may overwrite any of its arguments; else empty.
    all: Vec<i64>,
    /// The program as callbacks run it.
    beside: Beside,
}

impl Executable {
    pub(crate) fn new(
        raw: RawExecutable,
        options: &CompileOptions,
        ins: &[ShapedArray],
        outs: &[ShapedArray],
        may_donate: bool,
        calls_back: bool,
    ) -> Result<Executable> {
        let devices = raw.devices().len();
        let in_placements = placements("input", &options.in_placements, ins, devices)?;
        let out_placements = placements("result", &options.out_placements, outs, devices)?;
        let (ins, outs) = (ins.to_vec(), outs.to_vec());
        let actual = raw.output_avals()?;
        let local = |(aval, placement): (&ShapedArray, &Placement)| placement.local(aval).strong();
        let expected: Vec<ShapedArray> = outs.iter().zip(&out_placements).map(local).collect();
        if actual != expected || raw.num_outputs() != actual.len() {
            return Err(Error::mismatch("compile: results", format!("{expected:?}"), format!("{actual:?}")));
        }
        let all = if may_donate { (0..ins.len() as i64).collect() } else { Vec::new() };
        let out_types =
            outs.iter().zip(&out_placements).map(|(aval, place)| Arc::new((aval.clone(), place.clone()))).collect();
        let beside = Beside::default();
        let inner = Inner { raw, ins, outs, in_placements, out_placements, out_types, calls_back, all, beside };
        Ok(Executable(Arc::new(inner)))
    }
    /// The same program in another client of the plugin, with as many devices. It keeps its arguments.
    pub(crate) fn in_client(&self, client: &Arc<RawClient>) -> Result<Executable> {
        let Inner { raw, ins, outs, in_placements, out_placements, out_types, calls_back, .. } = &*self.0;
        Ok(Executable(Arc::new(Inner {
            raw: client.deserialize(&raw.serialize()?)?,
            ins: ins.clone(),
            outs: outs.clone(),
            in_placements: in_placements.clone(),
            out_placements: out_placements.clone(),
            out_types: out_types.clone(),
            calls_back: *calls_back,
            all: (0..ins.len() as i64).collect(),
            beside: Beside::default(),
        })))
    }

    /// The types of the inputs, as whole arrays.
    pub fn ins(&self) -> &[ShapedArray] {
        &self.0.ins
    }
    /// The types of the results, as whole arrays.
    pub fn outs(&self) -> &[ShapedArray] {
        &self.0.outs
    }
    /// How the inputs lie on the devices.
    pub fn in_placements(&self) -> &[Placement] {
        &self.0.in_placements
    }
    /// How the results lie on the devices.
    pub fn out_placements(&self) -> &[Placement] {
        &self.0.out_placements
    }
    /// The devices that the program runs on.
    pub fn devices(&self) -> Vec<Device> {
        let raw = &self.0.raw;
        raw.devices().iter().map(|index| Device { client: raw.client().clone(), index: *index }).collect()
    }

    /// Runs the program. Returns at once: the results are computed meanwhile, and waiting for one tells whether that went well.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the arguments are not [`Executable::ins`] in number, types, devices and placements;
    /// [`Error::Donated`] if one was donated or deleted; [`Error::Xla`] if the program could not be started.
    pub fn run(&self, arguments: &[&Array]) -> Result<Outputs> {
        self.check(arguments)?;
        self.launch(arguments, &self.0.all, None)
    }
    /// [`Executable::run_donating`], which also tells when the run is over: what a program has besides results, such as effects, is
    /// done then. `donated` may be empty.
    ///
    /// # Errors
    /// As [`Executable::run_donating`].
    pub fn run_tracked(&self, arguments: &[&Array], donated: &[bool]) -> Result<(Outputs, Completion)> {
        let mut completion = Completion(Vec::new());
        let outputs = if donated.contains(&true) {
            self.donate(arguments, donated, Some(&mut completion.0))?
        } else {
            self.check(arguments)?;
            self.launch(arguments, &self.0.all, Some(&mut completion.0))?
        };
        Ok((outputs, completion))
    }

    /// Runs the program and gives away the data of some arguments: where `donated` says so, their memory is reused for results if
    /// the module allows it (by `tf.aliasing_output` or `jax.buffer_donor`), and freed otherwise. These arrays and all their clones
    /// are then unusable.
    ///
    /// # Errors
    /// As [`Executable::run`]; and [`Error::Mismatch`] if `donated` has not one entry for each argument, or if a donated array is
    /// also another argument. On an error before the start nothing is given away.
    pub fn run_donating(&self, arguments: &[&Array], donated: &[bool]) -> Result<Outputs> {
        self.donate(arguments, donated, None)
    }
    fn donate(
        &self,
        arguments: &[&Array],
        donated: &[bool],
        completion: Option<&mut Vec<RawEvent>>,
    ) -> Result<Outputs> {
        self.check(arguments)?;
        if donated.len() != arguments.len() {
            return Err(Error::mismatch("run: number of donation flags", arguments.len(), donated.len()));
        }
        let mut claimed: SmallVec<[&RawBuffer; 8]> = SmallVec::new();
        let mut kept: SmallVec<[i64; 16]> = SmallVec::new();
        let mut claims = || {
            for (position, array) in arguments.iter().enumerate() {
                // Memory whose address somebody holds stays as it is.
                if !donated[position] || array.buffers().iter().any(RawBuffer::is_lent) {
                    kept.push(position as i64);
                    continue;
                }
                for buffer in array.buffers() {
                    if !buffer.claim() {
                        return Err(self.not_given(position, arguments, donated));
                    }
                    claimed.push(buffer);
                }
            }
            let gone = |position: &&i64| arguments[**position as usize].is_donated();
            kept.iter()
                .find(gone)
                .map_or(Ok(()), |position| Err(self.not_given(*position as usize, arguments, donated)))
        };
        let kept_for_xla = |kept| if self.0.all.is_empty() { &[][..] } else { kept };
        let outputs = claims().and_then(|()| self.launch(arguments, kept_for_xla(&kept), completion));
        match &outputs {
            Ok(_) => claimed.iter().try_for_each(|buffer| buffer.release())?,
            Err(_) => claimed.iter().for_each(|buffer| buffer.unclaim()),
        }
        outputs
    }
    /// The error for an argument whose data are given away already: by this call, if it is there twice.
    #[cold]
    fn not_given(&self, position: usize, arguments: &[&Array], donated: &[bool]) -> Error {
        let array = arguments[position];
        match (0..arguments.len()).find(|i| *i != position && arguments[*i].is_same(array)) {
            Some(other) => {
                let (given, other) = if donated[position] { (position, other) } else { (other, position) };
                let what = format!("run: argument {given}, which is donated");
                Error::mismatch(what, "an array used once", format!("the same array as argument {other}"))
            }
            None => Error::Donated { what: argument(position), aval: array.aval().clone() },
        }
    }

    /// The least that a call can cost: PJRT's Execute, with arguments prepared beforehand, and the destruction of the results.
    #[doc(hidden)]
    pub fn raw_execute_for_bench<'a>(&'a self, arguments: &[&'a Array]) -> Result<impl FnMut() + 'a> {
        self.check(arguments)?;
        let buffers: Vec<&RawBuffer> = arguments.iter().flat_map(|array| array.buffers()).collect();
        Ok(self.0.raw.floor(buffers, &self.0.all))
    }

    /// Starts the program on arguments that were checked.
    #[inline]
    fn launch(&self, arguments: &[&Array], kept: &[i64], completion: Option<&mut Vec<RawEvent>>) -> Result<Outputs> {
        let Inner { raw, out_types, beside, .. } = &*self.0;
        if beside::is_needed(raw.client()) {
            return beside::run(self, beside, arguments);
        }
        let devices = raw.devices().len();
        let by_device = (0..devices).flat_map(|device| arguments.iter().map(move |array| &array.buffers()[device]));
        let _in_turn = (devices > 1).then(|| raw.client().launching());
        if devices == 1 {
            let mut outputs = Outputs::with_capacity(out_types.len());
            let mut types = out_types.iter();
            raw.execute(by_device, arguments.len(), kept, completion, |buffer| {
                if let Some(ty) = types.next() {
                    outputs.push(Array::from_buffer(ty.clone(), buffer));
                }
            })?;
            return Ok(outputs);
        }
        let mut columns: Vec<SmallVec<[RawBuffer; 1]>> = out_types.iter().map(|_| SmallVec::new()).collect();
        let mut column = (0..out_types.len()).cycle();
        raw.execute(by_device, arguments.len(), kept, completion, |buffer| {
            if let Some(i) = column.next() {
                columns[i].push(buffer);
            }
        })?;
        if let Some(event) = columns.last().and_then(|c| c.last()).map(RawBuffer::ready).transpose()?.flatten() {
            raw.client().launched(event);
        }
        Ok(out_types.iter().zip(columns).map(|(ty, buffers)| Array::from_buffers(ty.clone(), buffers)).collect())
    }

    /// Whether the arguments are what the program takes; XLA itself checks little more than sizes.
    #[inline]
    fn check(&self, arguments: &[&Array]) -> Result<()> {
        let Inner { raw, ins, in_placements, .. } = &*self.0;
        if arguments.len() != ins.len() {
            return Err(Error::mismatch("run: number of arguments", ins.len(), arguments.len()));
        }
        for (position, array) in arguments.iter().enumerate() {
            let (aval, buffers) = (array.aval(), array.buffers());
            let fits = aval.dtype == ins[position].dtype
                && aval.shape == ins[position].shape
                && buffers.len() == raw.devices().len()
                && *array.placement() == in_placements[position]
                && buffers.iter().zip(raw.devices()).all(|(buffer, device)| {
                    buffer.device() == *device && Arc::ptr_eq(buffer.client(), raw.client()) && !buffer.is_gone()
                });
            if !fits {
                return Err(self.misfit(position, array));
            }
        }
        Ok(())
    }

    /// The error for an argument that does not fit.
    #[cold]
    fn misfit(&self, position: usize, array: &Array) -> Error {
        let Inner { raw, ins, in_placements, .. } = &*self.0;
        let (what, wanted, got) = (argument(position), &ins[position], array.aval());
        if got.shape != wanted.shape || got.dtype != wanted.dtype {
            return Error::mismatch(what, wanted, got);
        }
        let (devices, theirs) = (self.devices(), array.devices());
        let same_client = array.buffers().iter().all(|buffer| Arc::ptr_eq(buffer.client(), raw.client()));
        if devices != theirs {
            let whose = if same_client { "" } else { " of another client" };
            return Error::mismatch(what, format!("{wanted} on {devices:?}"), format!("{got} on {theirs:?}{whose}"));
        }
        if *array.placement() != in_placements[position] {
            let expected = format!("{wanted} placed {:?}", in_placements[position]);
            return Error::mismatch(what, expected, format!("{got} placed {:?}", array.placement()));
        }
        Error::Donated { what, aval: got.clone() }
    }

    /// The executable as bytes, for [`Client::load_executable`](crate::Client::load_executable) with this same plugin on the same
    /// kind of machine.
    ///
    /// # Errors
    /// [`Error::Xla`] or [`Error::Unsupported`] if the plugin cannot; [`Error::Mismatch`] if the program calls functions of this process.
    pub fn serialize(&self) -> Result<Vec<u8>> {
        if self.0.calls_back {
            let got = "one that calls functions of this process";
            return Err(Error::mismatch("serialize", "a program without callbacks", got));
        }
        let client = Client::from_raw(self.0.raw.client().clone());
        Ok(envelope::seal(&self.0.raw.serialize()?, &envelope::contents(&client, self.ins(), self.outs())))
    }
    /// The bytes that the program needs on a device, where the plugin says so.
    pub fn memory_stats(&self) -> Option<CompiledMemoryStats> {
        self.0.raw.memory_stats().ok()
    }
    /// XLA's own estimate of the program's work by name, such as `flops` and `bytes accessed`, where the plugin has it (the default CPU
    /// plugin does not).
    pub fn cost_analysis(&self) -> Option<Vec<(String, f64)>> {
        self.0.raw.cost_analysis().ok()
    }
}

fn argument(position: usize) -> String {
    format!("run: argument {position}")
}

/// One placement for each array.
fn placements(what: &str, given: &[Placement], avals: &[ShapedArray], devices: usize) -> Result<Vec<Placement>> {
    if given.is_empty() {
        return Ok(vec![Placement::Whole; avals.len()]);
    }
    if given.len() != avals.len() {
        return Err(Error::mismatch(format!("compile: number of {what} placements"), avals.len(), given.len()));
    }
    for (position, (placement, aval)) in given.iter().zip(avals).enumerate() {
        if let Some(fault) = placement.fault(aval, devices) {
            return Err(Error::mismatch(format!("compile: placement of {what} {position}"), aval, fault));
        }
    }
    Ok(given.to_vec())
}

impl fmt::Debug for Executable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Executable({:?} -> {:?}, {:?})", self.ins(), self.outs(), self.devices())
    }
}
