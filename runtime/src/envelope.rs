//! What a serialized executable travels in, so that only what XLA can load reaches it: a damaged one, or one of another build, may
//! crash it or compute garbage.

use crate::{
    client::Client,
    error::{Error, Result},
};
use raxla_ir::ShapedArray;
use sha2::{Digest, Sha256};

const MAGIC: &[u8] = b"raxla executable 1\n";

/// What an executable depends on, in words.
pub(crate) fn contents(client: &Client, ins: &[ShapedArray], outs: &[ShapedArray]) -> String {
    let strong = |avals: &[ShapedArray]| avals.iter().map(ShapedArray::strong).collect::<Vec<_>>();
    format!("{} {:?} {:?}", client.fingerprint(), strong(ins), strong(outs))
}
/// Puts a payload into an envelope.
pub(crate) fn seal(payload: &[u8], contents: &str) -> Vec<u8> {
    [MAGIC, seals(contents, payload).as_bytes(), payload].concat()
}
/// Takes the payload out of an envelope, if it is whole and has these contents.
pub(crate) fn open<'a>(envelope: &'a [u8], contents: &str) -> Result<&'a [u8]> {
    let damaged = || Error::refused("these bytes are no serialized executable, or damaged");
    let rest = envelope.strip_prefix(MAGIC).ok_or_else(damaged)?;
    let (found, payload) = rest.split_at_checked(128).ok_or_else(damaged)?;
    let expected = seals(contents, payload);
    if found[64..] != expected.as_bytes()[64..] {
        return Err(damaged());
    }
    if found[..64] != expected.as_bytes()[..64] {
        return Err(Error::refused(
            "this executable was made by another plugin, on another kind of machine or with other inputs and results; compile anew",
        ));
    }
    Ok(payload)
}
fn seals(contents: &str, payload: &[u8]) -> String {
    digest(contents.as_bytes()) + &digest(payload)
}
/// SHA-256 in hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
