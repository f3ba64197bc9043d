//! What the book's AdamW should reach beside the others.

use crate::case::Rule;
use crate::contender::Contender;
use crate::report::{Aim, Measurement, Timing};

/// Never slower than PyTorch's fastest.
pub const AS_FAST_AS_FUSED: f64 = 1.0;

/// Five times as fast as PyTorch as it comes.
pub const OVER_DEFAULT: f64 = 5.0;

/// Within 10 % of the triad, where memory is the limit.
const OF_TRIAD: f64 = 0.9;

/// Every aim in every case that was timed.
pub fn judge(measurements: &[Measurement]) -> Vec<Aim> {
    let mut aims = Vec::new();
    for measurement in measurements.iter().filter(|m| m.rule == Rule::AdamW) {
        let Some(timing) = &measurement.timing else { continue };
        let aim = |aim: &str, contender: Contender, reached, required| Aim {
            aim: aim.to_owned(),
            contender: contender.name().to_owned(),
            parameters: measurement.parameters,
            tensors: measurement.tensors,
            threads: measurement.threads,
            reached,
            required,
            met: reached >= required,
        };
        let times = match Contender::named(&measurement.contender) {
            Some(Contender::TorchFused) => ("times as fast as torch-fused", AS_FAST_AS_FUSED),
            Some(Contender::TorchDefault) => ("times as fast as torch-default", OVER_DEFAULT),
            Some(ours @ (Contender::Descent | Contender::DescentUnchecked)) => {
                for traffic in &timing.traffic {
                    let name = format!("of the triad's bandwidth, counting {}", traffic.counted);
                    aims.push(aim(&name, ours, traffic.fraction_of_triad, OF_TRIAD));
                }
                continue;
            }
            _ => continue,
        };
        for ours in [Contender::Descent, Contender::DescentUnchecked] {
            if let Some(reached) = relative_to(timing, ours) {
                aims.push(aim(times.0, ours, reached, times.1));
            }
        }
    }
    aims
}

fn relative_to(timing: &Timing, ours: Contender) -> Option<f64> {
    match ours {
        Contender::Descent => timing.relative_to_descent,
        _ => timing.relative_to_descent_unchecked,
    }
}
