//! Claims of the chapter *Choosing and operating*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, own_runs};
use crate::LabError;
use crate::data::Digits;
use crate::experiment::width::{Parametrization, best_rates};
use crate::model::Mlp;
use crate::statistics::geometric;
use crate::sweep::{Contender, compare};
use crate::train::Trainer;
use descent::{Adam, Momentum, Rule};

pub(super) const CHAPTER: Chapter = Chapter { title: "Choosing and operating", claims: CLAIMS };

const CLAIMS: &[Claim] = &[
    Claim {
        id: "rate-and-width",
        folklore: "3·10⁻⁴ is Adam's best learning rate, whatever the size of the model.",
        verdict: Verdict::False,
        statement: "The best rate falls with the width, in our perceptron with an exponent near −0.75, in \
                    published models from 6·10⁻⁴ at 125 million parameters to 6·10⁻⁵ at 175 billion.",
        source: "Yang et al. (2022), section 1; Brown et al. (2020), table 2.1",
        seconds: 4.0,
        measure: |run| rate_and_width(Parametrization::Standard, run),
        broken: Broken {
            by: "μP",
            measure: || rate_and_width(Parametrization::MaximalUpdate, Run::QUICK),
        },
    },
    Claim {
        id: "mup-transfers",
        folklore: "Learning rates cannot be transferred from a small model to a large one.",
        verdict: Verdict::False,
        statement: "Under μP they can: over a fourfold range of widths and more, the best rate of \
                    our perceptron hardly moves, where under the standard parametrization it falls \
                    almost in proportion to the width.",
        source: "Yang et al. (2022), sections 2 and 4",
        seconds: 4.0,
        measure: |run| mup_transfers(Parametrization::MaximalUpdate, run),
        broken: Broken {
            by: "the standard parametrization",
            measure: || mup_transfers(Parametrization::Standard, Run::QUICK),
        },
    },
    Claim {
        id: "compare-tuned",
        folklore: "To compare two optimizers, run both with their defaults.",
        verdict: Verdict::False,
        statement: "That compares defaults. At 0.001 for both, Adam ends with a fraction of momentum SGD's \
                    loss; with each at its best rate the order can turn, and seeds differ by as much as the two do.",
        source: "Choi et al. (2019), section 2; Schmidt, Schneider and Hennig (2021)",
        seconds: 3.0,
        measure: |run| compare_tuned(1e-3, run),
        broken: Broken { by: "momentum SGD at 0.1", measure: || compare_tuned(0.1, Run::QUICK) },
    },
];

fn exponent(parametrization: Parametrization, run: Run) -> Result<f64, LabError> {
    let widths: &[usize] = run.pick(&[32, 128], &[32, 64, 128, 256]);
    let rates = geometric(1.0 / 512.0, 0.125, run.pick(9, 13));
    Ok(best_rates(parametrization, widths, &rates, &run.seeds(3, 4))?.exponent())
}

fn rate_and_width(parametrization: Parametrization, run: Run) -> Measurement {
    let because = "between widths of 32 and 128, in the full size 256";
    Ok(vec![own_runs("exponent", exponent(parametrization, run)?, -0.7, 0.35, because)])
}

fn mup_transfers(parametrization: Parametrization, run: Run) -> Measurement {
    let because = "between widths of 32 and 128, in the full size 256";
    Ok(vec![own_runs("exponent", exponent(parametrization, run)?, 0.33, 0.45, because)])
}

fn compare_tuned(default_rate: f64, run: Run) -> Measurement {
    let (digits, model) = (Digits::load(), Mlp::relu(&[64, 64, 10]));
    let ratio = |momentum_rates: Vec<f64>, adam_rates: Vec<f64>| -> Result<f64, LabError> {
        let contenders = [
            Contender::new("momentum", momentum_rates, |rate, seed| {
                loss(&model, &digits, Momentum::accumulated(0.9), rate, seed)
            }),
            Contender::new("Adam", adam_rates, |rate, seed| {
                loss(&model, &digits, Adam::default(), rate, seed)
            }),
        ];
        let mut seeds = run.seeds(9, 24);
        let judged = seeds.split_off(4);
        let table = compare(&contenders, &seeds, &judged, |_, _| ())?;
        Ok(libm::log10(table[0].median() / table[1].median()))
    };
    let because = "powers of ten of momentum's training loss over Adam's, medians over seeds that rates \
                   were not chosen on";
    let tuned = ratio(geometric(0.05, 5.0, 9), geometric(2e-3, 0.2, 9))?;
    Ok(vec![
        own_runs("at-the-same-rate", ratio(vec![default_rate], vec![1e-3])?, 0.68, 0.15, because),
        own_runs("tuned", tuned, -0.1, 0.5, because),
    ])
}

/// The training loss after 200 steps.
fn loss(
    model: &Mlp,
    digits: &Digits,
    rule: impl Rule<f64>,
    rate: f64,
    seed: u64,
) -> Result<f64, LabError> {
    let mut trainer = Trainer::new(model, rule, rate, &digits.training, 64, seed)?;
    trainer.run(200, |_| ())?;
    Ok(trainer.loss(&digits.training))
}
