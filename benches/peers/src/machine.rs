//! What the harness runs on, as Linux tells.

use crate::cores;
use crate::report::{Cache, Machine};
use crate::statistics::rounded;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// This computer.
///
/// # Errors
/// If it does not run Linux.
pub fn describe() -> Result<Machine> {
    let processors = read("/proc/cpuinfo")?;
    let processor = |field: &str| {
        let line =
            processors.lines().find(|line| line.split(':').next().map(str::trim) == Some(field));
        line.and_then(|line| line.split_once(':')).map_or("unknown", |(_, value)| value.trim())
    };
    let memory = read("/proc/meminfo")?;
    let kibibytes: f64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|value| value.trim().trim_end_matches("kB").trim().parse().ok())
        .context("/proc/meminfo does not say how much memory there is")?;
    let pages = read("/sys/kernel/mm/transparent_hugepage/enabled").unwrap_or_default();
    Ok(Machine {
        processor: format!(
            "{} (family {}, model {})",
            processor("model name"),
            processor("cpu family"),
            processor("model")
        ),
        cores: cores::physical()?,
        hardware_threads: cores::logical()?,
        caches: caches()?,
        memory_gibibytes: rounded(kibibytes / 1_048_576.0),
        kernel: read("/proc/sys/kernel/osrelease")?,
        // The mode in force stands in brackets.
        transparent_huge_pages: pages
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once(']'))
            .map_or("unknown", |(mode, _)| mode)
            .to_owned(),
    })
}

fn caches() -> Result<Vec<Cache>> {
    let mut caches = Vec::new();
    for index in 0.. {
        let folder = format!("/sys/devices/system/cpu/cpu0/cache/index{index}");
        if !Path::new(&folder).exists() {
            break;
        }
        let field = |name: &str| read(&format!("{folder}/{name}"));
        caches.push(Cache {
            level: field("level")?.parse()?,
            kind: field("type")?,
            kibibytes: field("size")?.trim_end_matches('K').parse()?,
        });
    }
    Ok(caches)
}

fn read(path: &str) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?;
    Ok(text.trim().to_owned())
}
