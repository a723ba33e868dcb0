//! Policies: which values of a [`Remat`] are kept for its derivative, and which are computed anew.

use super::*;

/// Which values are kept. The names, and what they keep, are those of `jax.checkpoint_policies`.
///
/// A policy is asked about the equations that the derivative in reverse mode needs for its values: those of the function, and those
/// that its tangents need besides, such as the cosine for a sine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Policy {
    /// None.
    #[default]
    NothingSaveable,
    /// All.
    EverythingSaveable,
    /// Products: `dot_general` and `conv_general_dilated`.
    DotsSaveable,
    /// `dot_general` without batch axes: products with weights, not those within a batch.
    DotsWithNoBatchDimsSaveable,
    /// Values of these names.
    SaveOnlyTheseNames(Vec<String>),
    /// Values of other names than these.
    SaveAnyNamesButThese(Vec<String>),
    /// All values, named or not, except those of these names.
    SaveAnythingExceptTheseNames(Vec<String>),
    /// Values that any of these keeps.
    Either(Vec<Policy>),
}
impl Policy {
    /// Whether the outputs of a primitive are kept, given the names that they get elsewhere: what must not be kept under its name must
    /// not be kept without it either.
    pub fn saves(&self, op: &Op, names_given: &[&str]) -> bool {
        let name = Policy::name_of(op);
        let among = |names: &[String], n: &str| names.iter().any(|m| m == n);
        match self {
            Policy::NothingSaveable => false,
            Policy::EverythingSaveable => true,
            Policy::DotsSaveable => matches!(op, Op::DotGeneral(_) | Op::ConvGeneralDilated(_)),
            Policy::DotsWithNoBatchDimsSaveable => matches!(op, Op::DotGeneral(dot) if dot.lhs_batch.is_empty()),
            Policy::SaveOnlyTheseNames(names) => name.is_some_and(|n| among(names, n)),
            Policy::SaveAnyNamesButThese(names) => name.is_some_and(|n| !among(names, n)),
            Policy::SaveAnythingExceptTheseNames(names) => !name.iter().chain(names_given).any(|n| among(names, n)),
            Policy::Either(policies) => policies.iter().any(|p| p.saves(op, names_given)),
        }
    }
    /// The name that a primitive gives its operand, if it is there to give one.
    pub fn name_of(op: &Op) -> Option<&str> {
        match op {
            Op::Name(n) => Some(&n.name),
            _ => None,
        }
    }
}
impl Param for Policy {
    fn write(&self, w: &mut Writer) {
        match self {
            Policy::NothingSaveable => w.word("nothing_saveable"),
            Policy::EverythingSaveable => w.word("everything_saveable"),
            Policy::DotsSaveable => w.word("dots_saveable"),
            Policy::DotsWithNoBatchDimsSaveable => w.word("dots_with_no_batch_dims_saveable"),
            Policy::SaveOnlyTheseNames(names) => {
                w.word("save_only_these_names");
                names.write(w);
            }
            Policy::SaveAnyNamesButThese(names) => {
                w.word("save_any_names_but_these");
                names.write(w);
            }
            Policy::SaveAnythingExceptTheseNames(names) => {
                w.word("save_anything_except_these_names");
                names.write(w);
            }
            Policy::Either(policies) => {
                w.word("either");
                policies.write(w);
            }
        }
    }
    fn read(r: &mut Reader) -> Result<Policy, String> {
        Ok(match r.name("a policy")? {
            "nothing_saveable" => Policy::NothingSaveable,
            "everything_saveable" => Policy::EverythingSaveable,
            "dots_saveable" => Policy::DotsSaveable,
            "dots_with_no_batch_dims_saveable" => Policy::DotsWithNoBatchDimsSaveable,
            "save_only_these_names" => Policy::SaveOnlyTheseNames(Param::read(r)?),
            "save_any_names_but_these" => Policy::SaveAnyNamesButThese(Param::read(r)?),
            "save_anything_except_these_names" => Policy::SaveAnythingExceptTheseNames(Param::read(r)?),
            "either" => Policy::Either(Param::read(r)?),
            other => return Err(format!("unknown policy `{other}`")),
        })
    }
}
