//! `cargo xtask plugin`: finds or fetches a PJRT plugin, with the code that the library itself uses.

use raxla_runtime::plugin::{Platform, find};

/// Prints the path of the plugin for a platform.
pub fn run(platform: &str) -> Result<(), String> {
    let path = Platform::named(platform).and_then(find).map_err(|error| error.to_string())?;
    println!("{}", path.display());
    Ok(())
}
