//! The performance page's numbers: the benchmark's data file as tables and figures.

use anyhow::{Context, Result, bail};
use figures::{Curves, short};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Where the harness writes its results, relative to the repository's root.
const FILE: &str = "benches/peers/results.json";
/// The version of the file's fields that this page reads.
const SCHEMA: u32 = 1;
/// Who is drawn, in the order of the legend. The tables have everyone.
const DRAWN: [&str; 6] = ["descent", "torch-fused", "torch-default", "optax", "candle", "burn"];
/// The rule whose tables are open and which is drawn; the others are folded.
const FIRST: &str = "adamw";

#[derive(Deserialize)]
struct Report {
    schema: u32,
    started: String,
    machine: Machine,
    software: BTreeMap<String, String>,
    remarks: BTreeMap<String, Vec<String>>,
    absent: Vec<Absent>,
    limits: Vec<Limit>,
    measurements: Vec<Measurement>,
    aims: Vec<Aim>,
}

#[derive(Deserialize)]
struct Machine {
    processor: String,
    cores: usize,
    memory_gibibytes: f64,
    kernel: String,
}

#[derive(Deserialize)]
struct Absent {
    contender: String,
    rule: String,
    reason: String,
}

#[derive(Deserialize)]
struct Limit {
    name: String,
    formula: String,
    threads: usize,
    gigabytes_per_second: Spread,
}

#[derive(Deserialize)]
struct Measurement {
    rule: String,
    parameters: usize,
    tensors: usize,
    threads: usize,
    contender: String,
    timing: Option<Timing>,
}

#[derive(Deserialize)]
struct Timing {
    nanoseconds_per_parameter: Spread,
    relative_to_descent: Option<f64>,
}

#[derive(Deserialize)]
struct Spread {
    median: f64,
}

#[derive(Deserialize)]
struct Aim {
    aim: String,
    contender: String,
    parameters: usize,
    tensors: usize,
    threads: usize,
    reached: f64,
    required: f64,
    met: bool,
}

/// Tables and figures of the last complete run.
///
/// # Errors
/// If the data file is missing, or is not one that this page can read.
pub fn markup(root: &Path) -> Result<String> {
    let text = std::fs::read_to_string(root.join(FILE)).with_context(|| FILE.to_owned())?;
    let report: Report = serde_json::from_str(&text).with_context(|| FILE.to_owned())?;
    if report.schema != SCHEMA {
        bail!("{FILE} has schema {}, and this page reads {SCHEMA}", report.schema);
    }
    let mut page = report.machine_markup();
    for (tensors, caption) in [
        (
            1,
            "Lower is faster. On the left it counts what a call costs, on the right how fast memory \
             is.",
        ),
        (
            1000,
            "The same numbers of parameters, cut into a thousand tensors: what counts on the left is \
                the cost of each tensor.",
        ),
    ] {
        page += &report.figure(tensors, caption);
    }
    page += &report.tables(FIRST);
    page += &report.limits_markup();
    page += &report.aims_markup();
    for rule in unique(report.measurements.iter().map(|m| m.rule.as_str())) {
        if rule == FIRST {
            continue;
        }
        let tables = report.tables(rule);
        let _ = write!(page, "<details>\n<summary>{rule}</summary>\n\n{tables}\n</details>\n\n");
    }
    Ok(page + &report.notes_markup())
}

impl Report {
    fn machine_markup(&self) -> String {
        let Machine { processor, cores, memory_gibibytes, kernel } = &self.machine;
        let software: Vec<String> =
            self.software.iter().map(|(name, version)| format!("{name} {version}")).collect();
        format!(
            "Measured on {} on {processor}, {cores} cores, {} GiB, Linux {kernel}, with {}.\n\n",
            self.started.split('T').next().unwrap_or(&self.started),
            short(memory_gibibytes.round()),
            software.join(", ")
        )
    }

    fn times(&self, rule: &str, threads: usize, contender: &str) -> Vec<&Measurement> {
        let fits =
            |m: &&Measurement| m.rule == rule && m.threads == threads && m.contender == contender;
        self.measurements.iter().filter(fits).collect()
    }

    fn figure(&self, tensors: usize, caption: &str) -> String {
        let (title, description) = match tensors {
            1 => (
                "AdamW, one tensor, one thread",
                "Nanoseconds a step takes for each parameter, by the number of parameters.",
            ),
            _ => (
                "AdamW, a thousand tensors, one thread",
                "Nanoseconds a step takes for each parameter, by the number of parameters in all.",
            ),
        };
        let chart =
            Curves::new(title, description).axes("parameters", "ns a parameter").log_x().log_y();
        let figure = DRAWN.iter().fold(chart, |chart, contender| {
            let (x, y): (Vec<f64>, Vec<f64>) = self
                .times(FIRST, 1, contender)
                .iter()
                .filter(|m| m.tensors == tensors)
                .filter_map(|m| {
                    let timing = m.timing.as_ref()?;
                    Some((m.parameters as f64, timing.nanoseconds_per_parameter.median))
                })
                .unzip();
            chart.marked_curve(contender, &x, &y)
        });
        format!("{}\n\n", figure.figure().caption(caption).html())
    }

    fn tables(&self, rule: &str) -> String {
        [1, 2].iter().map(|&threads| self.table(rule, threads)).collect()
    }

    /// A row for each contender, a column for each case: its time, and how many times ours it is.
    fn table(&self, rule: &str, threads: usize) -> String {
        let ours = self.times(rule, threads, "descent");
        let mut table =
            format!("\n{rule}, {}: nanoseconds a parameter (times `descent`)\n\n| |", on(threads));
        for case in &ours {
            let _ = write!(table, " {} in {} |", power_of_ten(case.parameters), case.tensors);
        }
        table += "\n| --- |";
        table += &" ---: |".repeat(ours.len());
        table.push('\n');
        let of_rule = self.measurements.iter().filter(|m| m.rule == rule);
        for contender in unique(of_rule.map(|m| m.contender.as_str())) {
            let _ = write!(table, "| {contender} |");
            let times = self.times(rule, threads, contender);
            for case in &ours {
                let same = |m: &&&Measurement| {
                    (m.parameters, m.tensors) == (case.parameters, case.tensors)
                };
                let cell = match times.iter().find(same).map(|m| &m.timing) {
                    None => "not timed".to_owned(),
                    Some(None) => "disagrees".to_owned(),
                    Some(Some(timing)) => {
                        let time = short(timing.nanoseconds_per_parameter.median);
                        match timing.relative_to_descent {
                            Some(ratio) if contender != "descent" => {
                                format!("{time} ({})", short(ratio))
                            }
                            _ => time,
                        }
                    }
                };
                let _ = write!(table, " {cell} |");
            }
            table.push('\n');
        }
        table + "\n"
    }

    fn limits_markup(&self) -> String {
        let mut list = "\nWhat memory allows, over arrays that no cache holds:\n\n".to_owned();
        for Limit { name, formula, threads, gigabytes_per_second } in &self.limits {
            let speed = short(gigabytes_per_second.median);
            let threads = on(*threads);
            let _ = writeln!(list, "- {name} (`{formula}`), {threads}: {speed} GB/s");
        }
        list + "\n"
    }

    fn aims_markup(&self) -> String {
        let met = self.aims.iter().filter(|aim| aim.met).count();
        let mut table = format!(
            "\nOf the {} comparisons that we set out to win, {met} are won. These are lost:\n\n\
             | who | case | aim | reached | required |\n| --- | --- | --- | ---: | ---: |\n",
            self.aims.len()
        );
        for aim in self.aims.iter().filter(|aim| !aim.met) {
            let Aim { aim, contender, parameters, tensors, threads, reached, required, .. } = aim;
            let size = power_of_ten(*parameters);
            let (reached, required) = (short(*reached), short(*required));
            let _ = writeln!(
                table,
                "| {contender} | {size} in {tensors}, {} | {aim} | {reached} | {required} |",
                on(*threads)
            );
        }
        table + "\n"
    }

    fn notes_markup(&self) -> String {
        let mut notes = "What a reader must know of the others:\n\n".to_owned();
        for (contender, remarks) in &self.remarks {
            let _ = writeln!(notes, "- {contender}: {}", remarks.join("; "));
        }
        for Absent { contender, rule, reason } in &self.absent {
            let _ = writeln!(notes, "- {contender} is not timed on {rule}: {reason}");
        }
        notes
    }
}

/// Each name once, in the order in which they come first.
fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

fn on(threads: usize) -> String {
    if threads == 1 { "one thread".to_owned() } else { format!("{threads} threads") }
}

fn power_of_ten(count: usize) -> String {
    let digits = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];
    let power = count.checked_ilog10().unwrap_or(0);
    match digits.get(power as usize) {
        Some(digit) if count == 10_usize.pow(power) => format!("10{digit}"),
        _ => count.to_string(),
    }
}
