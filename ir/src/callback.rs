//! [`Callback`]: a function of the host that programs call while they run; and where programs print.

/// A type of functions that programs hold: known by a number, and in texts by name and number, `scale#3`, as long as they are alive.
macro_rules! known_by_number { ($(#[$doc:meta])* $Name:ident($what:literal): $Function:ty) => {
    $(#[$doc])*
    #[derive(Clone)]
    pub struct $Name(std::sync::Arc<known::Inner>);
    mod known {
        use super::*;
        use crate::text::{Param, Reader, Writer};
        use std::{
            cmp::Ordering,
            collections::HashMap,
            hash::{Hash, Hasher},
            sync::{Arc, LazyLock, PoisonError, RwLock, Weak, atomic::AtomicU64},
        };

        pub struct Inner {
            id: u64,
            name: String,
            function: Box<$Function>,
        }
        /// Those that are alive, by number: compiled programs and texts know them by that.
        static ALIVE: LazyLock<RwLock<HashMap<u64, Weak<Inner>>>> = LazyLock::new(RwLock::default);

        impl $Name {
            /// One of this name, of which all but letters, digits and underscores is dropped.
            pub(crate) fn of(name: &str, function: Box<$Function>) -> $Name {
                static NEXT: AtomicU64 = AtomicU64::new(1);
                let id = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let name: String = name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
                let name = if name.is_empty() { "f".to_owned() } else { name };
                let inner = Arc::new(Inner { id, name, function });
                ALIVE.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::downgrade(&inner));
                $Name(inner)
            }
            /// The one with a number, if it is alive.
            pub fn alive(id: u64) -> Option<$Name> {
                let found = ALIVE.read().unwrap_or_else(PoisonError::into_inner).get(&id).and_then(Weak::upgrade);
                found.map($Name)
            }
            /// The number, which no other of this process has or had.
            pub fn id(&self) -> u64 {
                self.0.id
            }
            /// The name, for people.
            pub fn name(&self) -> &str {
                &self.0.name
            }
            pub(super) fn function(&self) -> &$Function {
                &*self.0.function
            }
        }
        impl Drop for Inner {
            fn drop(&mut self) {
                ALIVE.write().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
            }
        }
        impl PartialEq for $Name {
            fn eq(&self, other: &$Name) -> bool {
                self.id() == other.id()
            }
        }
        impl Eq for $Name {}
        impl Hash for $Name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.id().hash(state);
            }
        }
        impl PartialOrd for $Name {
            fn partial_cmp(&self, other: &$Name) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $Name {
            fn cmp(&self, other: &$Name) -> Ordering {
                self.id().cmp(&other.id())
            }
        }
        impl std::fmt::Debug for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                write!(f, "{}#{}", self.name(), self.id())
            }
        }
        impl Param for $Name {
            fn write(&self, writer: &mut Writer) {
                writer.word(&format!("{self:?}"));
            }
            fn read(reader: &mut Reader) -> Result<$Name, String> {
                let name = reader.name(concat!("a ", $what))?;
                reader.expect("#")?;
                let id = u64::read(reader)?;
                let found = $Name::alive(id).filter(|found| found.name() == name);
                found.ok_or_else(|| {
                    format!(
                        concat!(
                            "the ",
                            $what,
                            " `{}#{}` is not alive in this process: a program that calls a function of the host \
                             reads back only while that function exists"
                        ),
                        name, id
                    )
                })
            }
        }
    }
} }
pub(crate) use known_by_number;

use crate::literal::Literal;
use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{PoisonError, RwLock},
};

known_by_number! {
    /// A function of the host that programs call while they run. Clones are the same function; two are equal if they are that.
    ///
    /// In a program's text it is a name and a number, `scale#3`, by which the text reads back as long as the function is alive in this
    /// process.
    Callback("callback"): dyn Fn(&[Literal]) -> Result<Vec<Literal>, String> + Send + Sync
}
thread_local! { static INSIDE: Cell<usize> = const { Cell::new(0) }; }

impl Callback {
    /// A callback of this name, of which all but letters, digits and underscores is dropped.
    ///
    /// ```
    /// use raxla_ir::{Literal, callback::Callback};
    /// let double = Callback::new("double", |x| Ok(vec![(2.0 * x[0].floats()[0]).into()]));
    /// assert_eq!(double.call(&[3.0.into()]), Ok(vec![6.0.into()]));
    /// assert_eq!(Callback::alive(double.id()), Some(double));
    /// ```
    pub fn new(
        name: &str,
        function: impl Fn(&[Literal]) -> Result<Vec<Literal>, String> + Send + Sync + 'static,
    ) -> Callback {
        Callback::of(name, Box::new(function))
    }
    /// Calls the function.
    ///
    /// # Errors
    /// That of the function; or what it panicked with.
    pub fn call(&self, arguments: &[Literal]) -> Result<Vec<Literal>, String> {
        struct Leave;
        impl Drop for Leave {
            fn drop(&mut self) {
                INSIDE.set(INSIDE.get() - 1);
            }
        }
        INSIDE.set(INSIDE.get() + 1);
        let _leave = Leave;
        let done = catch_unwind(AssertUnwindSafe(|| self.function()(arguments)));
        let done = done.unwrap_or_else(|panic| Err(format!("panicked: {}", panic_message(&*panic))));
        done.map_err(|message| format!("`{}`: {message}", self.name()))
    }
}
/// Whether this thread runs a callback, so that it must not wait for the program that called it.
pub fn inside() -> bool {
    INSIDE.get() > 0
}
/// What a panic says.
pub fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let traced = panic.downcast_ref::<crate::trace::TraceError>().map(ToString::to_string);
    text.map(str::to_owned).or(traced).unwrap_or_else(|| "(without a message)".to_owned())
}
/// Where programs print.
static PRINTER: RwLock<Option<Printer>> = RwLock::new(None);
type Printer = Box<dyn Fn(&str) + Send + Sync>;

/// Makes `debug_print` hand its lines to a function instead of writing them to standard output. The function may be called from several
/// threads at once.
pub fn set_printer(printer: impl Fn(&str) + Send + Sync + 'static) {
    *PRINTER.write().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(printer));
}
/// Prints a line: the format, with values in the places of `{}`, one after the other, and of `{0}`, by number.
///
/// # Errors
/// If the format does not fit the number of values.
pub fn print(format: &str, values: &[Literal]) -> Result<(), String> {
    let line = fill(format, values.len(), |i| values[i].to_string())?;
    match &*PRINTER.read().unwrap_or_else(PoisonError::into_inner) {
        Some(printer) => printer(&line),
        None => {
            use std::io::Write;
            // A closed pipe at the other end is nobody's error.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }
    Ok(())
}
/// The format with a text in each place; `{{` and `}}` are braces.
///
/// # Errors
/// If a place has no value, a value no place, or a brace no partner.
pub fn fill(format: &str, count: usize, text: impl Fn(usize) -> String) -> Result<String, String> {
    let (mut line, mut next, mut used) = (String::new(), 0, vec![false; count]);
    for piece in pieces(format)? {
        let place = match piece {
            Piece::Text(text) => {
                line.push_str(text);
                continue;
            }
            Piece::Place(place) => place,
        };
        let number = match place {
            "" => {
                next += 1;
                next - 1
            }
            number => number.parse().map_err(|_| {
                format!("`{{{place}}}` in {format:?}: a place is `{{}}`, a number, or the name of a value")
            })?,
        };
        if number >= count {
            return Err(format!("{format:?} has a place for value {number}, but there are {count} values"));
        }
        used[number] = true;
        line.push_str(&text(number));
    }
    match used.iter().position(|used| !used) {
        Some(unused) => Err(format!("{format:?} has no place for value {unused} of {count}")),
        None => Ok(line),
    }
}
/// The format with numbers in the place of names.
///
/// # Errors
/// If a brace has no partner.
pub fn numbered(format: &str, names: &[&str]) -> Result<String, String> {
    let pieces = pieces(format)?.into_iter().map(|piece| match piece {
        Piece::Text("{") => "{{".to_owned(),
        Piece::Text("}") => "}}".to_owned(),
        Piece::Text(text) => text.to_owned(),
        Piece::Place(place) => {
            let number = names.iter().position(|name| *name == place).filter(|_| !place.is_empty());
            format!("{{{}}}", number.map_or(place.to_owned(), |n| n.to_string()))
        }
    });
    Ok(pieces.collect())
}
/// A part of a format; a brace that stands for itself is a text of its own.
enum Piece<'a> {
    Text(&'a str),
    Place(&'a str),
}
fn pieces(format: &str) -> Result<Vec<Piece<'_>>, String> {
    let (mut pieces, mut rest) = (vec![], format);
    while let Some(at) = rest.find(['{', '}']) {
        pieces.push(Piece::Text(&rest[..at]));
        let (brace, after) = rest[at..].split_at(1);
        if let Some(after) = after.strip_prefix(brace) {
            pieces.push(Piece::Text(brace));
            rest = after;
            continue;
        }
        let Some((place, after)) = after.split_once('}').filter(|_| brace == "{") else {
            return Err(format!(
                "`{brace}` without a partner in {format:?}; write `{brace}{brace}` for the brace itself"
            ));
        };
        pieces.push(Piece::Place(place.trim()));
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled() {
        let words = |format: &str, n| fill(format, n, |i| ["a", "b"][i].to_string());
        assert_eq!(words("{} and {}", 2), Ok("a and b".into()));
        assert_eq!(words("{1}{0}{{}}", 2), Ok("ba{}".into()));
        assert_eq!(numbered("{b} {{a}} {a}{}", &["a", "b"]), Ok("{1} {{a}} {0}{}".into()));
        assert!(words("{}", 2).unwrap_err().contains("no place for value 1"));
        assert!(words("{} {}", 1).unwrap_err().contains("place for value 1"));
        assert!(words("{x}", 1).unwrap_err().contains("a place is"));
        assert!(words("{", 0).unwrap_err().contains("without a partner"));
    }
    #[test]
    fn panics_are_errors() {
        let f = Callback::new("f", |_| panic!("oh"));
        assert_eq!(f.call(&[]), Err("`f`: panicked: oh".into()));
    }
}
