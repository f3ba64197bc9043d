//! Zip files as no honest program writes them.

use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// An archive of these files.
pub fn of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An archive of so many files with nothing in them.
pub fn of_empty_files(count: usize) -> Vec<u8> {
    let names: Vec<String> = (0..count).map(|number| number.to_string()).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    of(&files)
}

/// An archive of a link.
pub fn with_a_link(name: &str, target: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink(name, target, SimpleFileOptions::default()).unwrap();
    writer.finish().unwrap().into_inner()
}

/// An archive that has these bytes under other bytes for their name, as long as it.
pub fn renamed(archive: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut archive = archive.to_vec();
    let mut found = 0;
    for place in 0..archive.len() - from.len() {
        if archive[place..].starts_with(from) {
            archive[place..place + to.len()].copy_from_slice(to);
            found += 1;
        }
    }
    assert_eq!(found, 2, "a name stands before the file and in the list at the end");
    archive
}

/// An archive that says a file is so large.
pub fn with_declared_size(name: &str, bytes: &[u8], size: u32) -> Vec<u8> {
    let mut archive = of(&[(name, bytes)]);
    let (first, listed) = (0, listed(&archive)[0]);
    archive[first + 22..first + 26].copy_from_slice(&size.to_le_bytes());
    archive[listed + 24..listed + 28].copy_from_slice(&size.to_le_bytes());
    archive
}

/// An archive whose list names one large file a hundred times.
pub fn overlapping(name: &str, bytes: &[u8]) -> Vec<u8> {
    let names: Vec<String> = (0..100).map(|number| format!("{number:02}/{name}")).collect();
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .enumerate()
        .map(|(at, name)| (name.as_str(), if at == 0 { bytes } else { b"" }))
        .collect();
    let mut archive = of(&files);
    let listed = listed(&archive);
    let sizes = archive[listed[0] + 16..listed[0] + 28].to_vec();
    for entry in &listed[1..] {
        archive[entry + 16..entry + 28].copy_from_slice(&sizes);
        archive[entry + 42..entry + 46].copy_from_slice(&[0; 4]);
    }
    archive
}

/// Where the entries of the list at the end begin.
fn listed(archive: &[u8]) -> Vec<usize> {
    (0..archive.len()).filter(|place| archive[*place..].starts_with(b"PK\x01\x02")).collect()
}
