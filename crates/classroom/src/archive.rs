//! Zip files whose bytes rest on what is in them, and not on when they were written.

use anyhow::Result;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A zip file of these names and contents, in this order.
///
/// # Errors
/// If a name is there twice.
pub fn zipped<N: AsRef<str>, C: AsRef<[u8]>>(
    entries: impl IntoIterator<Item = (N, C)>,
) -> Result<Vec<u8>> {
    with_permissions(entries.into_iter().map(|(name, content)| (name, content, 0o644)))
}

/// The same, with what may be done with each file, as Unix writes it.
///
/// # Errors
/// If a name is there twice.
pub fn with_permissions<N: AsRef<str>, C: AsRef<[u8]>>(
    entries: impl IntoIterator<Item = (N, C, u32)>,
) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, content, permissions) in entries {
        zip.start_file(name.as_ref(), options.unix_permissions(permissions))?;
        zip.write_all(content.as_ref())?;
    }
    Ok(zip.finish()?.into_inner())
}
