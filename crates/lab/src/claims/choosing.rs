//! Claims of the chapter *Choosing and operating*.

use super::{Broken, Chapter, Claim, Measurement, Run, Verdict, own_runs};
use crate::LabError;
use crate::data::Digits;
use crate::experiment::width::{Parametrization, best_rates};
use crate::model::Mlp;
use crate::statistics::geometric;
use crate::sweep::{best, grid};
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
                    loss; with each at its best rate they are within a factor of three.",
        source: "Choi et al. (2019), section 2; Schmidt, Schneider and Hennig (2021)",
        seconds: 2.0,
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

/// Powers of ten of the training loss after 200 steps, averaged over seeds, at the best of some rates.
fn loss(rule: impl Rule<f64>, rates: &[f64], run: Run) -> Result<f64, LabError> {
    let digits = Digits::load();
    let model = Mlp::relu(&[64, 64, 10]);
    let of = |rate: &f64, seed| -> Result<f64, LabError> {
        let mut trainer = Trainer::new(&model, rule.clone(), *rate, &digits.training, 64, seed)?;
        trainer.run(200, |_| ())?;
        Ok(libm::log10(trainer.loss(&digits.training)))
    };
    let trials = grid(rates, &run.seeds(2, 6), of, |_, _| ())?;
    Ok(best(&trials).map_or(f64::NAN, |(_, loss)| loss))
}

fn compare_tuned(default_rate: f64, run: Run) -> Measurement {
    let momentum = Momentum::accumulated(0.9);
    let adam = Adam::default();
    let count = run.pick(6, 12);
    let by_default = loss(momentum, &[default_rate], run)? - loss(adam, &[1e-3], run)?;
    let tuned = loss(momentum, &geometric(0.05, 1.0, count), run)?
        - loss(adam, &geometric(5e-3, 0.1, count), run)?;
    let because = "powers of ten of momentum's training loss over Adam's, the mean over two seeds";
    Ok(vec![
        own_runs("at-the-same-rate", by_default, 0.68, 0.15, because),
        own_runs("tuned", tuned, -0.1, 0.5, because),
    ])
}
