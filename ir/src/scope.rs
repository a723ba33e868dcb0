//! Names for parts of programs, as profilers show them: `layer/attention`.
//!
//! A name belongs to the place that an equation comes from ([`Source`](crate::Source)), and like that it is no part of a program's
//! identity. So programs that differ in names alone share one executable, which has the names of the first; and what has no names
//! pays nothing for them. Names are relative to the program that the equation stands in: a body that is inlined gets the names around it.

use indexmap::IndexSet;
use std::{
    fmt,
    sync::{LazyLock, Mutex, PoisonError},
};

/// The names around an equation within its program; by default none.
///
/// A number that stands for the names. They are kept as long as the process lives: there are as many as the user's code has scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope(u32);

static NAMES: LazyLock<Mutex<IndexSet<String>>> = LazyLock::new(|| Mutex::new(IndexSet::from([String::new()])));

impl Scope {
    /// No name.
    pub const NONE: Scope = Scope(0);

    /// The scope of this name.
    pub fn new(name: &str) -> Scope {
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let index = names.get_index_of(name).unwrap_or_else(|| names.insert_full(name.to_owned()).0);
        Scope(index as u32)
    }
    /// Whether there is no name.
    pub fn is_none(self) -> bool {
        self == Scope::NONE
    }
    /// A scope within this one.
    ///
    /// ```
    /// use raxla_ir::scope::Scope;
    /// assert_eq!(Scope::new("model").then(Scope::new("layer")).to_string(), "model/layer");
    /// assert_eq!(Scope::NONE.then(Scope::new("layer")).to_string(), "layer");
    /// ```
    pub fn then(self, inner: Scope) -> Scope {
        match (self.is_none(), inner.is_none()) {
            (true, _) => inner,
            (_, true) => self,
            _ => Scope::new(&format!("{self}/{inner}")),
        }
    }
    /// The scope of what a transform makes of this one's equations.
    ///
    /// ```
    /// use raxla_ir::scope::Scope;
    /// assert_eq!(Scope::new("model/layer").under("jvp").to_string(), "jvp(model)/layer");
    /// ```
    pub fn under(self, transform: &str) -> Scope {
        if self.is_none() {
            return self;
        }
        let text = self.to_string();
        Scope::new(&match text.split_once('/') {
            Some((first, rest)) => format!("{transform}({first})/{rest}"),
            None => format!("{transform}({text})"),
        })
    }
}
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        f.write_str(names.get_index(self.0 as usize).map_or("", String::as_str))
    }
}
