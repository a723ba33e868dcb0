//! How arrays print: as NumPy prints them.

use crate::literal::Literal;

/// A short form on one line, for messages.
pub fn summary(literal: &Literal) -> String {
    format!("{:?}", literal.floats())
}
