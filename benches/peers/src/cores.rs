//! Which cores workers run on.

use anyhow::{Context, Result, ensure};
use std::fs;

/// As many cores as there are `threads`, the last ones that this process may use: the first has
/// the most interrupts to serve.
///
/// # Errors
/// If there are not enough.
pub fn choose(threads: usize) -> Result<Vec<usize>> {
    let available = one_a_core(&allowed()?);
    ensure!(
        threads <= available.len(),
        "{threads} threads were asked for, but there are {} cores to run them on",
        available.len()
    );
    Ok(available[available.len() - threads..].to_vec())
}

/// The cores as taskset takes them.
pub fn list(cores: &[usize]) -> String {
    cores.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
}

/// How many cores there are, whatever this process may use.
pub fn physical() -> Result<usize> {
    Ok(one_a_core(&parse(&fs::read_to_string("/sys/devices/system/cpu/online")?)?).len())
}

/// How many threads the processor runs at a time.
pub fn logical() -> Result<usize> {
    Ok(parse(&fs::read_to_string("/sys/devices/system/cpu/online")?)?.len())
}

fn allowed() -> Result<Vec<usize>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    parse(list.context("/proc/self/status does not say which cores are allowed")?)
}

/// Without those that share a core with an earlier one: two threads on one core are not two cores.
fn one_a_core(logical: &[usize]) -> Vec<usize> {
    let mut seen = Vec::new();
    let mut chosen = Vec::new();
    for &cpu in logical {
        let path = format!("/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
        let siblings = fs::read_to_string(path).unwrap_or_else(|_| cpu.to_string());
        if !seen.contains(&siblings) {
            seen.push(siblings);
            chosen.push(cpu);
        }
    }
    chosen
}

/// Numbers from a list such as `0-3,8`.
fn parse(list: &str) -> Result<Vec<usize>> {
    let mut cores = Vec::new();
    for part in list.trim().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let range = first.parse::<usize>().and_then(|a| last.parse().map(|b| a..=b));
        cores.extend(range.with_context(|| format!("`{list}` is not a list of cores"))?);
    }
    Ok(cores)
}
