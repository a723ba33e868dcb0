//! The pipeline on one screen: from a traced program to an executable.

use crate::{
    cache::{Key, get_or_make},
    dump::{Dump, log_compile},
    effects::{Effects, began, wait_for_turn},
    error::{Error, Result},
};
use raxla_ir::{
    Literal, Platform, Primitive, Program,
    rewrite::{hoist, order::threaded},
    stablehlo,
    trace::{TraceError, catch},
};
use raxla_runtime::{Array, CompileOptions, Device, Executable, OptionValue, Outputs};
use raxla_transforms::optimize;
use smallvec::SmallVec;
use std::{sync::Arc, time::Instant};

/// A program and what became of it.
pub struct Stages {
    /// The program after the optimiser.
    pub optimized: Program,
    /// The compiled program.
    pub executable: Executable,
    effects: Effects,
    /// Which inputs give their memory away.
    donated: Vec<bool>,
    /// Constants too large for the program's text, passed as trailing inputs.
    constants: Vec<Array>,
}

/// Constants of more bytes than this are passed as inputs: XLA would fold them for minutes, and the text would hold them twice over.
const LARGEST_CONSTANT: usize = 1 << 16;

/// Optimises and lowers a program: the optimised program, large constants, and the text of the module.
pub fn lower(
    program: &Program,
    name: &str,
    donated: &[bool],
    platform: Platform,
) -> Result<(Program, Vec<Literal>, String)> {
    let optimized = optimize(program);
    if let Some((reason, at)) = unlowerable(&optimized) {
        return Err(TraceError { message: reason, at }.into());
    }
    let ordered = catch(|| threaded(&optimized))?;
    let (program, large) = hoist(&ordered, &|value| value.bytes().len() > LARGEST_CONSTANT);
    let text = stablehlo::lower_for(&program, name, donated, platform);
    Ok((optimized, large, text))
}
fn unlowerable(program: &Program) -> Option<(String, raxla_ir::Source)> {
    program.eqns.iter().find_map(|e| match e.op.body() {
        Some(body) => unlowerable(body),
        None => e.op.unlowerable().map(|reason| (reason, e.source)),
    })
}

/// Flags of XLA's by name, for one module.
pub type Flags = Vec<(String, OptionValue)>;

/// The executable of a program on a device, compiled if it has not been with these flags of XLA's.
pub fn compile(
    program: &Program,
    name: &str,
    donated: &[bool],
    device: &Device,
    flags: &[(String, OptionValue)],
) -> Result<Arc<Stages>> {
    let text = if flags.is_empty() { String::new() } else { format!("{flags:?}") };
    let key = Key { program: program.clone(), donated: donated.to_vec(), device: device.clone(), flags: text };
    get_or_make(key, |_| {
        let (dump, start) = (Dump::begin(name), Instant::now());
        dump.stage("1_traced.txt", || program.to_string());
        let (optimized, constants, text) = lower(program, name, donated, device.client().target())?;
        dump.stage("2_optimized.txt", || optimized.to_string());
        dump.stage("3_stablehlo.mlir", || text.clone());
        let mut ins = program.in_avals();
        ins.extend(constants.iter().map(|c| c.aval().clone()));
        let mut options = CompileOptions::on_device(device.id());
        options.xla_flags.extend_from_slice(flags);
        let executable = device.client().compile(&text, &options, &ins, &program.out_avals())?;
        let constants =
            constants.iter().map(|c| Array::from_literal(c, device)).collect::<raxla_runtime::Result<_>>()?;
        log_compile(name, &program.in_avals(), optimized.eqns.len(), start.elapsed());
        let effects = match (optimized.effectful(), optimized.ordered()) {
            (false, _) => Effects::None,
            (true, false) => Effects::Free,
            (true, true) => Effects::Ordered,
        };
        Ok::<_, Error>(Stages { optimized, executable, effects, donated: donated.to_vec(), constants })
    })
}

impl Stages {
    /// Runs the executable. Inputs that are to give their memory away do so if nothing else holds them.
    pub fn run(self: &Arc<Self>, ins: &[Array]) -> raxla_runtime::Result<Outputs> {
        let ins: SmallVec<[&Array; 16]> = ins.iter().collect();
        self.run_giving(&ins, |a| a.is_unique() && !a.is_donated())
    }
    /// Runs the executable. Inputs that are to give their memory away do so, whoever holds them; these arrays are gone then.
    pub fn run_donating(self: &Arc<Self>, ins: &[&Array]) -> raxla_runtime::Result<Outputs> {
        self.run_giving(ins, |_| true)
    }
    fn run_giving(self: &Arc<Self>, ins: &[&Array], given: impl Fn(&Array) -> bool) -> raxla_runtime::Result<Outputs> {
        if self.constants.is_empty() {
            return self.launch(ins, given);
        }
        let all: SmallVec<[&Array; 16]> = ins.iter().copied().chain(&self.constants).collect();
        self.launch(&all, given)
    }
    fn launch(
        self: &Arc<Self>,
        arguments: &[&Array],
        given: impl Fn(&Array) -> bool,
    ) -> raxla_runtime::Result<Outputs> {
        let mut donated: SmallVec<[bool; 16]> = SmallVec::new();
        if self.donated.contains(&true) {
            arguments
                .iter()
                .enumerate()
                .for_each(|(i, a)| donated.push(self.donated.get(i) == Some(&true) && given(a)));
        }
        if self.effects != Effects::None {
            wait_for_turn(self.effects);
            let (outputs, completion) = self.executable.run_tracked(arguments, &donated)?;
            began(completion, self.effects, self);
            return Ok(outputs);
        }
        if donated.is_empty() {
            return self.executable.run(arguments);
        }
        self.executable.run_donating(arguments, &donated)
    }
}
