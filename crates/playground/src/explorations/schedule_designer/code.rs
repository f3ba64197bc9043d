//! A design as code: with this book's crate, with PyTorch, with Optax.
//!
//! `tests/vectors/check_schedules.py` runs what is written here for the two libraries and compares
//! the rates of every step.

use super::design::{Decay, Design, Main};
use std::collections::BTreeSet;

/// The design as a schedule of the crate `descent`.
pub(super) fn rust(design: &Design) -> String {
    let Design { peak, warmup, main_steps, every, cut, .. } = *design;
    let line = |kind: &str, from: f64, to: f64, steps: u64| {
        format!("{kind} {{ base_lr: {from:?}, min_lr: {to:?}, total_steps: {steps} }}")
    };
    let floor = design.floor * peak;
    let (kind, main) = match design.main {
        Main::Constant => ("", format!("{peak:?}")),
        Main::Cosine => ("Cosine", line("Cosine", peak, floor, main_steps)),
        Main::Linear => ("Linear", line("Linear", peak, floor, main_steps)),
        Main::Square => (
            "Polynomial",
            format!("Polynomial {{ base_lr: {peak:?}, total_steps: {main_steps}, power: 2.0 }}"),
        ),
        Main::InverseSqrt => (
            "InverseSqrt",
            format!("InverseSqrt {{ base_lr: {peak:?}, warmup_steps: {} }}", warmup.max(1)),
        ),
        Main::Step => (
            "StepDecay",
            format!("StepDecay {{ base_lr: {peak:?}, step_size: {every}, gamma: {cut:?} }}"),
        ),
        Main::Exponential => (
            "Exponential",
            format!("Exponential {{ base_lr: {peak:?}, gamma: {:?} }}", design.gamma()),
        ),
    };
    let mut names = BTreeSet::from([kind]);
    let mut lines = vec![format!("let main = {main};")];
    let mut schedule = "main".to_owned();
    if let Some(decay) = design.decay {
        let kind = if decay == Decay::Linear { "Linear" } else { "Cosine" };
        let from = design.decay_begins();
        let decay = line(kind, from, design.end * from, design.decay_steps);
        lines.push(format!("let decay = {decay};"));
        schedule = format!("Sequence::new({schedule}, {}, decay)", design.until_decay());
        names.extend([kind, "Sequence"]);
    }
    if warmup > 0 && !design.carries_warmup() {
        schedule = format!("Warmup::new({warmup}, {schedule})");
        names.insert("Warmup");
    }
    lines.push(format!("let schedule = {schedule};"));
    names.remove("");
    let names: Vec<&str> = names.into_iter().collect();
    let used = match names.as_slice() {
        [] => String::new(),
        [name] => format!("use descent::{name};\n\n"),
        names => format!("use descent::{{{}}};\n\n", names.join(", ")),
    };
    format!("{used}// Steps count from 1.\n{}\n", lines.join("\n"))
}

/// Half a cosine wave from 1 to 0, in Python.
fn half_wave(share: &str) -> String {
    format!("(1 + math.cos(math.pi * {share})) / 2")
}

/// What falls from 1 to 0 made to fall to this floor, in Python.
fn down_to(floor: f64, falling: &str) -> String {
    if floor == 0.0 {
        falling.to_owned()
    } else {
        format!("{floor:?} + (1 - {floor:?}) * {falling}")
    }
}

/// The design as a factor for PyTorch's `LambdaLR`.
pub(super) fn pytorch(design: &Design) -> String {
    let Design { warmup, main_steps, floor, cut, every, end, .. } = *design;
    let mut body = Vec::new();
    if warmup > 0 {
        body.push(format!("if step < {warmup}:\n        return (step + 1) / {warmup}"));
        body.push(format!("step -= {warmup}"));
    }
    let share = format!("min(step / {main_steps}, 1.0)");
    let main = match design.main {
        Main::Constant => "1.0".to_owned(),
        Main::Cosine => down_to(floor, &half_wave(&share)),
        Main::Linear => down_to(floor, &format!("(1 - {share})")),
        Main::Square => format!("(1 - {share}) ** 2"),
        Main::InverseSqrt => {
            format!("({} / (step + {})) ** 0.5", warmup.max(1), warmup + 1)
        }
        Main::Step => format!("{cut:?} ** (step // {every})"),
        Main::Exponential => format!("{cut:?} ** (step / {every})"),
    };
    match design.decay {
        None => body.push(format!("return {main}")),
        Some(decay) => {
            let from = design.decay_begins() / design.peak;
            body.push(format!("if step < {main_steps}:\n        return {main}"));
            let steps = design.decay_steps;
            body.push(format!("share = min((step - {main_steps}) / {steps}, 1.0)"));
            let falling = match decay {
                Decay::Linear => down_to(end, "(1 - share)"),
                Decay::Cosine => down_to(end, &half_wave("share")),
            };
            body.push(match from {
                1.0 => format!("return {falling}"),
                _ => format!("return {from:?} * ({falling})"),
            });
        }
    }
    let body = body.join("\n    ");
    let math = if body.contains("math.") { "import math\n\n" } else { "" };
    format!(
        "{math}import torch\nfrom torch.optim.lr_scheduler import LambdaLR\n\n\n\
         def factor(step):\n    \"\"\"What the peak is multiplied by; steps count from 0.\"\"\"\n    \
         {body}\n\n\n\
         optimizer = torch.optim.AdamW(model.parameters(), lr={:?})\n\
         scheduler = LambdaLR(optimizer, factor)\n\
         # In the loop: optimizer.step(), then scheduler.step().\n",
        design.peak
    )
}

/// The design as a schedule of Optax.
pub(super) fn optax(design: &Design) -> String {
    let Design { peak, warmup, main_steps, floor, cut, every, end, .. } = *design;
    let line = |from: f64, to: f64, steps: u64| {
        format!("optax.linear_schedule({from:?}, {to:?}, transition_steps={steps})")
    };
    let cosine = |from: f64, alpha: f64, steps: u64| {
        format!("optax.cosine_decay_schedule({from:?}, decay_steps={steps}, alpha={alpha:?})")
    };
    let cuts = |staircase: &str| {
        format!(
            "optax.exponential_decay({peak:?}, transition_steps={every}, decay_rate={cut:?}{staircase})"
        )
    };
    let (mut pieces, mut boundaries) = (Vec::new(), Vec::new());
    if warmup > 0 {
        // The first step has one step's worth, the last of the warmup has the peak.
        pieces.push(match warmup {
            1 => format!("optax.constant_schedule({peak:?})"),
            _ => line(peak / warmup as f64, peak, warmup - 1),
        });
        boundaries.push(warmup);
    }
    pieces.push(match design.main {
        Main::Constant => format!("optax.constant_schedule({peak:?})"),
        Main::Cosine => cosine(peak, floor, main_steps),
        Main::Linear => line(peak, floor * peak, main_steps),
        Main::Square => format!(
            "optax.polynomial_schedule({peak:?}, 0.0, power=2, transition_steps={main_steps})"
        ),
        Main::InverseSqrt => {
            format!(
                "lambda count: {peak:?} * ({} / (count + {})) ** 0.5",
                warmup.max(1),
                warmup + 1
            )
        }
        Main::Step => cuts(", staircase=True"),
        Main::Exponential => cuts(""),
    });
    if let Some(decay) = design.decay {
        let from = design.decay_begins();
        pieces.push(match decay {
            Decay::Linear => line(from, end * from, design.decay_steps),
            Decay::Cosine => cosine(from, end, design.decay_steps),
        });
        boundaries.push(warmup + main_steps);
    }
    let boundaries: Vec<String> = boundaries.iter().map(u64::to_string).collect();
    let schedule = match pieces.as_slice() {
        [only] => only.clone(),
        pieces => format!(
            "optax.join_schedules(\n    [\n        {},\n    ],\n    boundaries=[{}],\n)",
            pieces.join(",\n        "),
            boundaries.join(", ")
        ),
    };
    format!(
        "import optax\n\n# Steps count from 0.\nschedule = {schedule}\noptimizer = optax.adamw(schedule)\n"
    )
}

#[cfg(test)]
mod tests {
    use super::super::design::{Decay, Design, Main};
    use super::rust;
    use descent::Schedule;

    const DESIGN: Design = Design {
        peak: 0.5,
        warmup: 50,
        main: Main::Constant,
        main_steps: 350,
        floor: 0.1,
        cut: 0.5,
        every: 100,
        decay: Some(Decay::Linear),
        decay_steps: 100,
        end: 0.0,
    };

    /// The code between the braces is compiled here; it has to be the text that is shown, and its
    /// rates those of the design.
    macro_rules! shown_and_right {
        ($design:expr, { $($code:tt)* }) => {
            let design: Design = $design;
            let shown = rust(&design).replace("// Steps count from 1.", "") + "schedule";
            let bare = |text: &str| text.split_whitespace().collect::<String>().replace(",}", "}");
            assert_eq!(bare(&shown), bare(stringify!($($code)*)));
            let rates = Schedule::rates(&{ $($code)* }, 600);
            assert_eq!(rates, design.schedule().rates(600));
        };
    }

    #[test]
    #[allow(clippy::let_and_return, reason = "the last line is what is shown")]
    fn the_code_shown_is_code_that_compiles_and_has_the_rates() {
        shown_and_right!(DESIGN, {
            use descent::{Linear, Sequence, Warmup};

            let main = 0.5;
            let decay = Linear { base_lr: 0.5, min_lr: 0.0, total_steps: 100 };
            let schedule = Warmup::new(50, Sequence::new(main, 350, decay));
            schedule
        });
        shown_and_right!(Design { warmup: 0, decay: None, ..DESIGN }, {
            let main = 0.5;
            let schedule = main;
            schedule
        });
        shown_and_right!(Design { main: Main::Cosine, decay: None, ..DESIGN }, {
            use descent::{Cosine, Warmup};

            let main = Cosine { base_lr: 0.5, min_lr: 0.05, total_steps: 350 };
            let schedule = Warmup::new(50, main);
            schedule
        });
        shown_and_right!(Design { main: Main::Linear, warmup: 0, decay: None, ..DESIGN }, {
            use descent::Linear;

            let main = Linear { base_lr: 0.5, min_lr: 0.05, total_steps: 350 };
            let schedule = main;
            schedule
        });
        shown_and_right!(Design { main: Main::Square, warmup: 0, decay: None, ..DESIGN }, {
            use descent::Polynomial;

            let main = Polynomial { base_lr: 0.5, total_steps: 350, power: 2.0 };
            let schedule = main;
            schedule
        });
        shown_and_right!(
            Design { main: Main::InverseSqrt, decay: Some(Decay::Cosine), end: 0.5, ..DESIGN },
            {
                use descent::{Cosine, InverseSqrt, Sequence};

                let main = InverseSqrt { base_lr: 0.5, warmup_steps: 50 };
                let decay = Cosine {
                    base_lr: 0.17655613788661217,
                    min_lr: 0.08827806894330609,
                    total_steps: 100,
                };
                let schedule = Sequence::new(main, 400, decay);
                schedule
            }
        );
        shown_and_right!(Design { main: Main::Step, ..DESIGN }, {
            use descent::{Linear, Sequence, StepDecay, Warmup};

            let main = StepDecay { base_lr: 0.5, step_size: 100, gamma: 0.5 };
            let decay = Linear { base_lr: 0.0625, min_lr: 0.0, total_steps: 100 };
            let schedule = Warmup::new(50, Sequence::new(main, 350, decay));
            schedule
        });
        shown_and_right!(Design { main: Main::Exponential, warmup: 0, decay: None, ..DESIGN }, {
            use descent::Exponential;

            let main = Exponential { base_lr: 0.5, gamma: 0.9930924954370359 };
            let schedule = main;
            schedule
        });
    }
}
