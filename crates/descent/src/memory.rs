//! Where the bytes go: the weights, the gradients and the optimizer's state of a training run.
//!
//! ```text
//! bytes a parameter = weights + gradients + master copy + moments
//! AdamW, mixed precision   2 + 2 + 4 + (4 + 4) = 16
//! ```
//!
//! Rajbhandari, Rasley, Ruwase and He (2020), "ZeRO: Memory Optimizations Toward Training Trillion
//! Parameter Models", section 3.1, counts 2 + 2 + K bytes with K = 12 for Adam; section 5 divides
//! them over N ranks. Stage 1 divides the optimizer's state, to which the master copy belongs,
//! stage 2 also the gradients, stage 3 also the weights; what is not divided, every rank holds.
//!
//! Bytes are products and quotients in double precision. Shards are taken to be equal; a real rank
//! may hold a few elements more. Single numbers, such as step counts, are left out, and so are
//! activations and buffers.

mod formats;

pub use formats::{METHODS, Method, PRECISIONS, Precision, Storage, UnknownName};
use std::num::{NonZeroU32, NonZeroU64};

/// How much of the training state ZeRO divides over the ranks.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum ZeroStage {
    /// Stage 0, plain data parallelism: nothing.
    Zero,
    /// Stage 1: the optimizer's state.
    One,
    /// Stage 2: also the gradients.
    Two,
    /// Stage 3: also the weights.
    Three,
}

impl ZeroStage {
    /// The stages; each one's number is its place.
    pub const ALL: [Self; 4] = [Self::Zero, Self::One, Self::Two, Self::Three];
}

/// A training run, as far as its memory goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// How many parameters the model has.
    pub parameters: NonZeroU64,
    /// Its number formats.
    pub precision: Precision,
    /// Its optimizer.
    pub optimizer: Method,
    /// What is divided over the ranks.
    pub zero: ZeroStage,
    /// How many ranks, that is data-parallel processes, there are.
    pub ranks: NonZeroU32,
    /// Rows and columns of the matrices in which the weights lie, for an optimizer that
    /// [takes matrices](Method::takes_matrices).
    pub matrix: [NonZeroU32; 2],
}

/// One thing that takes memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// What it is.
    pub name: &'static str,
    /// The first stage that divides it over the ranks.
    pub divided_from: ZeroStage,
    /// Bytes for each parameter of the model.
    pub per_parameter: f64,
    /// Bytes of one whole copy.
    pub whole: f64,
    /// Bytes on each rank.
    pub per_rank: f64,
}

impl Plan {
    /// The weights, the gradients, the master copy if there is one, and each moment.
    pub fn shares(&self) -> Vec<Share> {
        let Precision { weight, gradient, master, .. } = self.precision;
        let mut shares = vec![
            self.share("weights", ZeroStage::Three, weight),
            self.share("gradients", ZeroStage::Two, gradient),
        ];
        if master > 0.0 {
            shares.push(self.share("master copy", ZeroStage::One, master));
        }
        shares.extend(
            self.optimizer.moments.iter().map(|&(name, storage)| {
                self.share(name, ZeroStage::One, self.moment_bytes(storage))
            }),
        );
        shares
    }

    /// The fewest ranks on which each rank's share is at most `capacity` bytes; `None` if what the
    /// stage does not divide is too much by itself, or if more ranks were needed than can be counted.
    pub fn fewest_ranks(&self, capacity: f64) -> Option<NonZeroU32> {
        let fits = |ranks: u32| {
            let on = |ranks| sum(&Self { ranks, ..*self }.shares())[2];
            NonZeroU32::new(ranks).is_some_and(|ranks| on(ranks) <= capacity)
        };
        let (mut low, mut high) = (1, u32::MAX);
        if !fits(high) {
            return None;
        }
        // A rank's share only falls with the number of ranks, so halving finds the fewest.
        while low < high {
            let middle = low.midpoint(high);
            if fits(middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        NonZeroU32::new(low)
    }

    fn share(&self, name: &'static str, divided_from: ZeroStage, per_parameter: f64) -> Share {
        let whole = per_parameter * self.parameters.get() as f64;
        let over = if self.zero >= divided_from { self.ranks.get() } else { 1 };
        Share { name, divided_from, per_parameter, whole, per_rank: whole / f64::from(over) }
    }

    fn moment_bytes(&self, storage: Storage) -> f64 {
        let [rows, columns] = self.matrix.map(|side| f64::from(side.get()));
        match storage {
            Storage::Full => self.precision.moment,
            Storage::Bf16 => 2.0,
            Storage::EightBit => 1.0 + 4.0 / 256.0,
            Storage::Row => self.precision.moment / columns,
            Storage::Column => self.precision.moment / rows,
            Storage::RowSquare => 4.0 * rows / columns,
            Storage::ColumnSquare => 4.0 * columns / rows,
        }
    }
}

/// The sum of some shares: bytes a parameter, bytes of one whole copy, and bytes on each rank.
pub fn sum<'a>(shares: impl IntoIterator<Item = &'a Share>) -> [f64; 3] {
    shares.into_iter().fold([0.0; 3], |[per_parameter, whole, per_rank], share| {
        [per_parameter + share.per_parameter, whole + share.whole, per_rank + share.per_rank]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::*;
    use half::bf16;
    use ndarray::{ArrayD, IxDyn};
    use std::collections::BTreeSet;

    fn plan(parameters: u64, optimizer: &str, zero: ZeroStage, ranks: u32) -> Plan {
        Plan {
            parameters: NonZeroU64::new(parameters).unwrap(),
            precision: Precision::named("mixed-bf16").unwrap(),
            optimizer: Method::named(optimizer).unwrap(),
            zero,
            ranks: NonZeroU32::new(ranks).unwrap(),
            matrix: [NonZeroU32::new(4096).unwrap(), NonZeroU32::new(1024).unwrap()],
        }
    }

    /// Decimal gigabytes on each rank, of everything and of what stage 1 divides.
    fn gigabytes(plan: Plan) -> [f64; 2] {
        let shares = plan.shares();
        let state = shares.iter().filter(|share| share.divided_from == ZeroStage::One);
        [sum(&shares)[2] / 1e9, sum(state)[2] / 1e9]
    }

    #[test]
    fn thirteen_and_seventy_billion_parameters_take_what_the_accounting_by_hand_says() {
        assert_eq!(gigabytes(plan(70_000_000_000, "adamw", ZeroStage::Zero, 1)), [1120.0, 840.0]);
        let per_rank = ZeroStage::ALL.map(|zero| gigabytes(plan(13_000_000_000, "adamw", zero, 8)));
        assert_eq!(per_rank, [[208.0, 156.0], [71.5, 19.5], [48.75, 19.5], [26.0, 19.5]]);
    }

    /// Figure 1 of the ZeRO paper: 7.5 billion parameters on 64 ranks, in GB to one decimal.
    #[test]
    fn the_stages_agree_with_the_zero_paper() {
        let per_rank = ZeroStage::ALL.map(|zero| {
            let [everything, _] = gigabytes(plan(7_500_000_000, "adam", zero, 64));
            format!("{everything:.1}")
        });
        assert_eq!(per_rank, ["120.0", "31.4", "16.6", "1.9"]);
    }

    /// 13 billion on cards of 80 GB: 52 + 156/N, 26 + 182/N and 208/N gigabytes.
    #[test]
    fn the_fewest_ranks_are_the_first_that_fit() {
        let fewest = ZeroStage::ALL.map(|zero| {
            let ranks = plan(13_000_000_000, "adamw", zero, 1).fewest_ranks(80e9);
            ranks.map(NonZeroU32::get)
        });
        assert_eq!(fewest, [None, Some(6), Some(4), Some(3)]);
        assert_eq!(plan(1, "adamw", ZeroStage::Zero, 5).fewest_ranks(16.0), NonZeroU32::new(1));
    }

    /// Bytes a parameter by hand; for 4096 × 1024 matrices where shapes matter.
    #[test]
    fn each_optimizer_costs_its_moments() {
        for (precision, optimizer, expected) in [
            ("mixed-bf16", "sgd", 8.0),
            ("mixed-bf16", "momentum", 12.0),
            ("mixed-bf16", "lion", 12.0),
            ("mixed-fp16", "muon", 12.0),
            ("mixed-bf16", "adamw", 16.0),
            ("mixed-bf16", "amsgrad", 20.0),
            ("mixed-bf16", "adamw-bf16", 12.0),
            ("mixed-bf16", "adamw-8bit", 10.0 + 8.0 / 256.0),
            ("mixed-bf16", "adafactor", 8.0 + 4.0 * 5120.0 / (4096.0 * 1024.0)),
            ("mixed-bf16", "shampoo", 8.0 + 2.0 * (16.0 + 1.0)),
            ("mixed-bf16", "soap", 8.0 + 2.0 * (16.0 + 1.0) + 8.0),
            ("fp32", "adamw", 16.0),
            ("bf16", "adamw", 8.0),
        ] {
            let precision = Precision::named(precision).unwrap();
            let shares = Plan { precision, ..plan(1, optimizer, ZeroStage::Zero, 1) }.shares();
            assert_eq!(sum(&shares)[0], expected, "{optimizer} {precision:?}");
        }
    }

    /// The table says what the rules of this crate keep, for a matrix in fp32; a rule's single
    /// numbers are left out of the table.
    #[test]
    fn the_table_agrees_with_the_rules() {
        let weight = ArrayD::<f32>::zeros(IxDyn(&[96, 64]));
        let mut named = BTreeSet::new();
        macro_rules! agrees {
            ($($name:literal: $rule:expr),+ $(,)?) => {$(
                let in_fp32 = Plan {
                    parameters: NonZeroU64::new(weight.len() as u64).unwrap(),
                    precision: Precision::named("fp32").unwrap(),
                    matrix: [NonZeroU32::new(96).unwrap(), NonZeroU32::new(64).unwrap()],
                    ..plan(1, $name, ZeroStage::Zero, 1)
                };
                let state = in_fp32.shares().into_iter().filter(|s| s.divided_from == ZeroStage::One);
                let expected: f64 = state.map(|share| share.whole).sum();
                let bytes = Rule::<f32>::state(&$rule, &weight, 0).bytes() as f64;
                assert!((bytes - expected).abs() <= 16.0, "{}: {bytes} but {expected}", $name);
                named.insert($name);
            )+};
        }
        let rmsprop = RmsProp::default();
        let with_momentum = RmsProp { momentum: 0.9, ..rmsprop };
        agrees! {
            "sgd": Sgd,
            "momentum": Momentum::accumulated(0.9),
            "nesterov": Nesterov { beta: 0.9 },
            "adagrad": Adagrad::default(),
            "rmsprop": rmsprop,
            "rmsprop-momentum": with_momentum,
            "rmsprop-centered": RmsProp { centered: true, ..rmsprop },
            "rmsprop-centered-momentum": RmsProp { centered: true, ..with_momentum },
            "adadelta": Adadelta::default(),
            "adam": Adam::default(),
            "adamw": AdamW::default(),
            "adamw-bf16": LowPrecision::<_, bf16>::new(AdamW::default(), Rounding::Nearest),
            "adamw-8bit": EightBitAdam::default(),
            "amsgrad": AmsGrad::default(),
            "nadam": NAdam::default(),
            "radam": RAdam::default(),
            "schedule-free-adamw": ScheduleFreeAdamW::default(),
            "adafactor": Adafactor::default(),
            "lars": Lars::default(),
            "lamb": Lamb::default(),
            "signsgd": SignSgd,
            "signum": Signum::default(),
            "lion": Lion::default(),
            "muon": Muon::default(),
            "shampoo": Shampoo::default(),
            "soap": Soap::default(),
        }
        assert!(METHODS.iter().all(|method| named.contains(method.name)));
    }

    #[test]
    fn unknown_names_are_answered_with_the_known_ones() {
        let refusal = Method::named("AdamX").unwrap_err().to_string();
        assert!(refusal.starts_with("no optimizer `AdamX`; choose one of sgd, "), "{refusal}");
        let refusal = Precision::named("fp8").unwrap_err().to_string();
        assert_eq!(refusal, "no precision `fp8`; choose one of fp32, mixed-bf16, mixed-fp16, bf16");
    }
}
