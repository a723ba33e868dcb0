//! [`Program`]: the IR. First order, explicitly typed, in A-normal form.

use crate::{
    aval::ShapedArray,
    literal::Literal,
    primitives::{Op, Primitive},
    scope::Scope,
    stack::deeper,
};
use smallvec::SmallVec;
use std::{
    cmp::Ordering,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    ops::Deref,
    panic::Location,
    sync::{Arc, OnceLock},
};

/// A value in a program, by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Var(pub u32);
impl Var {
    /// The number, as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
impl fmt::Display for Var {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}
impl fmt::Debug for Var {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A place in somebody's source code: what an equation came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// The file, as the compiler names it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// The names that the user gave this part of the program.
    pub scope: Scope,
}
impl Source {
    /// No place known, as in a program read from text.
    pub const UNKNOWN: Source = Source { file: "", line: 0, column: 0, scope: Scope::NONE };
    /// Whether the place is known.
    pub fn is_known(&self) -> bool {
        !self.file.is_empty()
    }
    /// The place of an equation of this place that comes to stand among those of the other: a program's that is inlined.
    pub fn inside(self, around: Scope) -> Source {
        Source { scope: around.then(self.scope), ..self }
    }
    /// The place of what a transform makes of an equation of this place.
    pub fn under(self, transform: &str) -> Source {
        Source { scope: self.scope.under(transform), ..self }
    }
}
impl From<&'static Location<'static>> for Source {
    fn from(at: &'static Location<'static>) -> Source {
        Source { file: at.file(), line: at.line(), column: at.column(), scope: Scope::NONE }
    }
}
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if !self.is_known() {
            return f.write_str("(unknown source)");
        }
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One equation: `outs = op(ins)`.
#[derive(Clone)]
pub struct Eqn {
    /// The primitive and its parameters.
    pub op: Op,
    /// The operands.
    pub ins: SmallVec<[Var; 4]>,
    /// The results, each defined here and nowhere else.
    pub outs: SmallVec<[Var; 2]>,
    /// Where the user wrote it. No part of the program's identity.
    pub source: Source,
}

/// What a program is made of; read it through [`Program`].
#[derive(Clone, Default)]
pub struct ProgramData {
    /// The inputs.
    pub ins: Vec<Var>,
    /// The constants, with their values.
    pub consts: Vec<(Var, Literal)>,
    /// The equations; each uses only what stands before it.
    pub eqns: Vec<Eqn>,
    /// The outputs.
    pub outs: Vec<Var>,
    /// The type of every variable, by number.
    pub avals: Vec<ShapedArray>,
}

/// A pure function of arrays: inputs, constants, equations, outputs.
///
/// Immutable and cheap to clone. Variables are numbered in order of definition (inputs, constants, equations), so programs of equal
/// structure are equal, and [`Hash`] (computed once) makes them keys of caches. Source locations take no part in equality.
///
/// It prints as text that [`str::parse`] reads back:
///
/// ```
/// use raxla_ir::Program;
/// let text = "program(%0: f32[3]) {\n  %1: f32[3] = sin %0\n  %2: f32[3] = mul %1 %0\n  return %2\n}";
/// let program: Program = text.parse().unwrap();
/// assert_eq!(program.to_string(), text);
/// ```
#[derive(Clone)]
pub struct Program(Arc<Inner>);

struct Inner {
    data: ProgramData,
    hash: OnceLock<u64>,
}

impl Program {
    /// The program of the given parts, with variables renumbered in order of definition.
    ///
    /// Constants that nothing uses are dropped.
    pub fn new(mut data: ProgramData) -> Program {
        data.renumber();
        Program(Arc::new(Inner { data, hash: OnceLock::new() }))
    }
    /// The types of the inputs.
    pub fn in_avals(&self) -> Vec<ShapedArray> {
        self.ins.iter().map(|v| self.aval(*v).clone()).collect()
    }
    /// The types of the outputs.
    pub fn out_avals(&self) -> Vec<ShapedArray> {
        self.outs.iter().map(|v| self.aval(*v).clone()).collect()
    }
    /// Whether any equation has an effect besides its outputs.
    pub fn effectful(&self) -> bool {
        self.eqns.iter().any(|e| e.op.effectful())
    }
    /// Whether any equation has effects that must happen in the program's order.
    pub fn ordered(&self) -> bool {
        self.eqns.iter().any(|e| e.op.ordered())
    }
    /// Whether all effects, if there are any, only show values.
    pub fn only_shows(&self) -> bool {
        self.eqns.iter().all(|e| !e.op.effectful() || e.op.only_shows())
    }
    /// A copy of the parts, to change and make a new program of.
    pub fn to_data(&self) -> ProgramData {
        self.0.data.clone()
    }
    /// The structural hash, computed once.
    pub fn structural_hash(&self) -> u64 {
        let d = &self.0.data;
        let hash = || {
            let mut state = DefaultHasher::new();
            (&d.ins, &d.consts, &d.outs, &d.avals, d.eqns.len()).hash(&mut state);
            for e in &d.eqns {
                (&e.op, &e.ins, &e.outs).hash(&mut state);
            }
            state.finish()
        };
        *self.0.hash.get_or_init(|| deeper(hash))
    }
}
impl ProgramData {
    /// The type of a variable.
    pub fn aval(&self, v: Var) -> &ShapedArray {
        &self.avals[v.index()]
    }
    /// A new variable of the given type.
    pub fn fresh(&mut self, aval: ShapedArray) -> Var {
        self.avals.push(aval);
        Var(self.avals.len() as u32 - 1)
    }
    /// For each variable, whether an equation or output uses it.
    pub fn used(&self) -> Vec<bool> {
        let mut used = vec![false; self.avals.len()];
        for v in self.eqns.iter().flat_map(|e| &e.ins).chain(&self.outs) {
            used[v.index()] = true;
        }
        used
    }
    fn renumber(&mut self) {
        let used = self.used();
        self.consts.retain(|(v, _)| used[v.index()]);
        let order = self
            .ins
            .iter()
            .copied()
            .chain(self.consts.iter().map(|c| c.0))
            .chain(self.eqns.iter().flat_map(|e| e.outs.iter().copied()));
        if order.clone().enumerate().all(|(i, v)| i == v.index()) && order.clone().count() == self.avals.len() {
            return;
        }
        let mut new = vec![Var(u32::MAX); self.avals.len()];
        let mut avals = Vec::with_capacity(self.avals.len());
        for v in order {
            new[v.index()] = Var(avals.len() as u32);
            avals.push(std::mem::replace(&mut self.avals[v.index()], ShapedArray::new(&[], crate::DType::Bool)));
        }
        let rename = |v: &mut Var| *v = new[v.index()];
        self.avals = avals;
        self.ins.iter_mut().for_each(rename);
        self.outs.iter_mut().for_each(rename);
        self.consts.iter_mut().for_each(|c| rename(&mut c.0));
        for e in &mut self.eqns {
            e.ins.iter_mut().for_each(rename);
            e.outs.iter_mut().for_each(rename);
        }
    }
}
impl Drop for Inner {
    fn drop(&mut self) {
        let eqns = std::mem::take(&mut self.data.eqns);
        deeper(|| drop(eqns));
    }
}
impl Deref for Program {
    type Target = ProgramData;
    fn deref(&self) -> &ProgramData {
        &self.0.data
    }
}
impl PartialEq for Program {
    fn eq(&self, other: &Program) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.structural_hash() == other.structural_hash() && self.compare(other) == Ordering::Equal)
    }
}
impl Eq for Program {}
impl Hash for Program {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.structural_hash().hash(state);
    }
}
impl Program {
    fn compare(&self, other: &Program) -> Ordering {
        let (a, b) = (&self.0.data, &other.0.data);
        (&a.ins, &a.consts, &a.outs, &a.avals).cmp(&(&b.ins, &b.consts, &b.outs, &b.avals)).then_with(|| {
            fn key(e: &Eqn) -> (&Op, &[Var], &[Var]) {
                (&e.op, &e.ins, &e.outs)
            }
            deeper(|| a.eqns.iter().map(key).cmp(b.eqns.iter().map(key)))
        })
    }
}
impl PartialOrd for Program {
    fn partial_cmp(&self, other: &Program) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Program {
    fn cmp(&self, other: &Program) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.compare(other) }
    }
}
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&crate::text::print(self))
    }
}
impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{self}")
    }
}
impl std::str::FromStr for Program {
    type Err = String;
    fn from_str(text: &str) -> Result<Program, String> {
        crate::text::parse(text)
    }
}
