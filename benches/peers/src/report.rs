//! The data file: what was measured, on what, and what follows from it.
//!
//! The book's performance page reads it, so a change of a field is a change of
//! [`Report::SCHEMA`].

use crate::case::Rule;
use crate::statistics::Spread;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The whole file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// [`Report::SCHEMA`].
    pub schema: u32,
    /// When the run began, in UTC, as RFC 3339 has it.
    pub started: String,
    /// How long the run took.
    pub minutes: f64,
    /// What it ran on.
    pub machine: Machine,
    /// The versions of everything that was timed or compiled it, by name.
    pub software: BTreeMap<String, String>,
    /// How it was measured.
    pub settings: Settings,
    /// What a reader must know of a contender's times, by contender.
    pub remarks: BTreeMap<String, Vec<String>>,
    /// Who is not timed on which rule.
    pub absent: Vec<Absent>,
    /// How fast memory is.
    pub limits: Vec<Limit>,
    /// One entry for each rule, size, layout, number of threads and contender.
    pub measurements: Vec<Measurement>,
    /// What the book's optimizers aim at, and whether they reach it.
    pub aims: Vec<Aim>,
}

/// A computer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name, with family and model where the name says little.
    pub processor: String,
    /// How many cores it has.
    pub cores: usize,
    /// How many threads it runs at a time.
    pub hardware_threads: usize,
    /// The caches that the first core sees.
    pub caches: Vec<Cache>,
    /// Main memory, in GiB.
    pub memory_gibibytes: f64,
    /// The Linux kernel's version.
    pub kernel: String,
    /// Whether the kernel gives out large pages, as it names the mode.
    pub transparent_huge_pages: String,
}

/// A cache.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cache {
    /// 1, 2 or 3.
    pub level: u32,
    /// `Data`, `Instruction` or `Unified`.
    pub kind: String,
    /// Its size, in KiB.
    pub kibibytes: u64,
}

/// How it was measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// The type of all numbers.
    pub number_type: String,
    /// How often each contender had its turn in each case.
    pub rounds: usize,
    /// How long a turn was meant to last; a step that takes longer makes it longer.
    pub turn_milliseconds: f64,
    /// Above this relative difference from the formulas a contender disagrees.
    pub tolerance: f64,
    /// The cores for each number of threads.
    pub cores: BTreeMap<usize, Vec<usize>>,
    /// The settings of each rule.
    pub hyperparameters: BTreeMap<String, crate::case::Hyperparameters>,
    /// The bytes that one step cannot avoid moving for each parameter, by rule.
    pub bytes_per_parameter: BTreeMap<String, u64>,
}

/// A contender that does not have a rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Absent {
    /// Who.
    pub contender: String,
    /// Which rule.
    pub rule: Rule,
    /// Why.
    pub reason: String,
}

/// How fast a loop goes over arrays that no cache holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Limit {
    /// `triad` or `in-place`.
    pub name: String,
    /// The loop.
    pub formula: String,
    /// On how many threads, each on a core of its own.
    pub threads: usize,
    /// 10⁹ bytes a second, counting two numbers read and one written for each place; not counted
    /// is that `triad` makes the processor read what it overwrites.
    pub gigabytes_per_second: Spread,
    /// The same, with what is not counted above.
    pub gigabytes_per_second_with_write_allocate: Spread,
}

/// How a contender did in a case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measurement {
    /// The rule.
    pub rule: Rule,
    /// How many parameters there are in all tensors together.
    pub parameters: usize,
    /// In how many tensors of one size.
    pub tensors: usize,
    /// On how many threads, each on a core of its own.
    pub threads: usize,
    /// Who.
    pub contender: String,
    /// The largest difference from the formulas after three steps, relative to the size of the
    /// parameters.
    pub relative_difference: f64,
    /// The times; missing where the contender disagrees with the formulas.
    pub timing: Option<Timing>,
}

/// A contender's times in a case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Timing {
    /// How many steps were timed in a turn.
    pub steps_per_turn: u64,
    /// Nanoseconds a step takes for each parameter.
    pub nanoseconds_per_parameter: Spread,
    /// How many times as long as `descent` the contender takes: the median over the rounds.
    /// Missing where `descent` has no times.
    pub relative_to_descent: Option<f64>,
    /// The same relative to `descent-unchecked`, which like the others does not scan gradients.
    pub relative_to_descent_unchecked: Option<f64>,
    /// How fast memory moves, where the tensors are too large for the caches. For `descent` a
    /// second entry counts its scan of the gradients.
    pub traffic: Vec<Traffic>,
}

/// How fast a step moves memory.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Traffic {
    /// `update`, or `update and scan of gradients`.
    pub counted: String,
    /// The bytes that are counted for each parameter.
    pub bytes_per_parameter: u64,
    /// 10⁹ bytes a second: the median over the rounds.
    pub gigabytes_per_second: f64,
    /// As a fraction of the triad's in the same round: the median over the rounds.
    pub fraction_of_triad: f64,
    /// As a fraction of the in-place loop's in the same round: the median over the rounds.
    pub fraction_of_in_place: f64,
}

/// Something the book's AdamW should reach in a case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Aim {
    /// What is asked for.
    pub aim: String,
    /// `descent` or `descent-unchecked`.
    pub contender: String,
    /// How many parameters there are in all tensors together.
    pub parameters: usize,
    /// In how many tensors of one size.
    pub tensors: usize,
    /// On how many threads.
    pub threads: usize,
    /// What was reached.
    pub reached: f64,
    /// What should have been.
    pub required: f64,
    /// Whether it was.
    pub met: bool,
}

impl Report {
    /// The version of the fields.
    pub const SCHEMA: u32 = 1;

    /// The file's text: JSON, with a line for each entry of a list, so that two runs can be
    /// compared line by line.
    ///
    /// # Errors
    /// If a number is one that JSON does not have.
    pub fn text(&self) -> Result<String> {
        let Value::Object(fields) = serde_json::to_value(self)? else {
            unreachable!("a struct with fields is an object");
        };
        let mut parts = Vec::new();
        for (name, value) in fields {
            let text = match value {
                Value::Array(entries) if !entries.is_empty() => {
                    let lines: Vec<String> =
                        entries.iter().map(|entry| format!("    {entry}")).collect();
                    format!("[\n{}\n  ]", lines.join(",\n"))
                }
                value => serde_json::to_string_pretty(&value)?.replace('\n', "\n  "),
            };
            parts.push(format!("  \"{name}\": {text}"));
        }
        Ok(format!("{{\n{}\n}}\n", parts.join(",\n")))
    }
}
