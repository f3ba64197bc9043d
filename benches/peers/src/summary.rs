//! The report as tables to read in a terminal.

use crate::aims;
use crate::case::Rule;
use crate::contender::Contender;
use crate::report::{Measurement, Report, Timing};
use std::fmt::Write;

/// The tables.
pub fn tables(report: &Report) -> String {
    let mut text = String::new();
    for &threads in report.settings.cores.keys() {
        for rule in report.settings.hyperparameters.keys() {
            let of_table = |m: &&Measurement| m.threads == threads && m.rule.name() == rule;
            let rows: Vec<&Measurement> = report.measurements.iter().filter(of_table).collect();
            table(&mut text, &format!("{rule}, {threads} thread(s)"), &rows);
        }
    }
    text += "Median nanoseconds per parameter and step, and how many times as long as descent.\n";
    text += "* descent is slower; for AdamW also: less than 5 times as fast as torch-default.\n\n";
    limits(&mut text, report);
    unmet(&mut text, report);
    text
}

fn table(text: &mut String, title: &str, rows: &[&Measurement]) {
    let _ = write!(text, "{title}\n{:>10} {:>7}", "parameters", "tensors");
    for contender in Contender::LIBRARIES {
        let _ = write!(text, " {:>17}", contender.name());
    }
    text.push('\n');
    for first in rows.iter().filter(|m| m.contender == Contender::Descent.name()) {
        let _ = write!(text, "{:>10} {:>7}", first.parameters, first.tensors);
        for contender in Contender::LIBRARIES {
            let same = |m: &&&Measurement| {
                (m.parameters, m.tensors) == (first.parameters, first.tensors)
                    && m.contender == contender.name()
            };
            let cell = match rows.iter().find(same) {
                None => "absent".to_owned(),
                Some(Measurement { timing: None, .. }) => "disagrees".to_owned(),
                Some(Measurement { timing: Some(timing), .. }) => {
                    cell(first.rule, contender, timing)
                }
            };
            let _ = write!(text, " {cell:>17}");
        }
        text.push('\n');
    }
    text.push('\n');
}

fn cell(rule: Rule, contender: Contender, timing: &Timing) -> String {
    let nanoseconds = timing.nanoseconds_per_parameter.median;
    let Some(relative) = timing.relative_to_descent else { return format!("{nanoseconds}") };
    let enough = match contender {
        Contender::Descent | Contender::DescentUnchecked => return format!("{nanoseconds}       "),
        Contender::TorchDefault if rule == Rule::AdamW => aims::OVER_DEFAULT,
        _ => aims::AS_FAST_AS_FUSED,
    };
    let mark = if relative < enough { '*' } else { ' ' };
    format!("{nanoseconds} {relative:>5.2}x{mark}")
}

fn limits(text: &mut String, report: &Report) {
    for limit in &report.limits {
        let _ = writeln!(
            text,
            "{} ({}), {} thread(s): {} GB/s ({} with write-allocate)",
            limit.name,
            limit.formula,
            limit.threads,
            limit.gigabytes_per_second.median,
            limit.gigabytes_per_second_with_write_allocate.median
        );
    }
    let _ = writeln!(text, "\nMemory traffic of descent in the largest cases:");
    let ours = |m: &&Measurement| m.contender.starts_with(Contender::Descent.name());
    for m in report.measurements.iter().filter(ours) {
        for traffic in m.timing.iter().flat_map(|timing| &timing.traffic) {
            let _ = writeln!(
                text,
                "{:>9} {:>9} in {:>4} tensor(s), {} thread(s), {:<18} {:>6} GB/s, {:>4.0} % of the \
                 triad, {:>4.0} % of in-place, counting {}",
                m.rule.name(),
                m.parameters,
                m.tensors,
                m.threads,
                m.contender,
                traffic.gigabytes_per_second,
                100.0 * traffic.fraction_of_triad,
                100.0 * traffic.fraction_of_in_place,
                traffic.counted
            );
        }
    }
}

fn unmet(text: &mut String, report: &Report) {
    let (met, all) = (report.aims.iter().filter(|aim| aim.met).count(), report.aims.len());
    let _ = writeln!(text, "\n{met} of {all} aims are met; these are not:");
    for aim in report.aims.iter().filter(|aim| !aim.met) {
        let _ = writeln!(
            text,
            "{:>9} parameters in {:>4} tensor(s), {} thread(s): {} reaches {} {} instead of {}",
            aim.parameters,
            aim.tensors,
            aim.threads,
            aim.contender,
            aim.reached,
            aim.aim,
            aim.required
        );
    }
}
