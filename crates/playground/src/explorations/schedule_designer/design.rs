//! A schedule in three pieces: warmup, main part, final decay.

use descent::{
    AnySchedule, Cosine, Exponential, InverseSqrt, Linear, Polynomial, Schedule, Sequence,
    StepDecay, Warmup,
};

/// The shape of the main part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Main {
    Constant,
    Cosine,
    Linear,
    /// A polynomial of the second degree, down to zero.
    Square,
    /// 1/√step, which carries its own warmup.
    InverseSqrt,
    Step,
    Exponential,
}

/// The shape of the final decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Decay {
    Linear,
    Cosine,
}

/// A schedule in the making. Lengths are in steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Design {
    /// The rate after warmup.
    pub(super) peak: f64,
    /// How many steps the warmup has; 0 is none.
    pub(super) warmup: u64,
    pub(super) main: Main,
    /// How many steps the main part has: at least 1.
    pub(super) main_steps: u64,
    /// Where a cosine or a line ends that is the main part, as a share of the peak.
    pub(super) floor: f64,
    /// What cuts multiply the rate by.
    pub(super) cut: f64,
    /// How many steps a cut takes, or passes between two: at least 1.
    pub(super) every: u64,
    pub(super) decay: Option<Decay>,
    /// How many steps the final decay has: at least 1 if there is one.
    pub(super) decay_steps: u64,
    /// Where the final decay ends, as a share of where it begins.
    pub(super) end: f64,
}

impl Design {
    /// How many steps there are in all.
    pub(super) fn steps(&self) -> u64 {
        self.warmup + self.main_steps + self.decay.map_or(0, |_| self.decay_steps)
    }

    /// This design over about so many steps, with another peak.
    pub(super) fn stretched(&self, steps: u64, peak: f64) -> Self {
        let factor = steps as f64 / self.steps() as f64;
        let of = |length: u64| libm::round(length as f64 * factor) as u64;
        let warmup = of(self.warmup);
        let decay_steps = self.decay.map_or(0, |_| of(self.decay_steps).max(1));
        let main_steps = steps.saturating_sub(warmup + decay_steps).max(1);
        Self { peak, warmup, main_steps, decay_steps, every: of(self.every).max(1), ..*self }
    }

    /// γ of an exponential: a cut in so many steps, evenly.
    pub(super) fn gamma(&self) -> f64 {
        libm::pow(self.cut, 1.0 / self.every as f64)
    }

    /// Whether the main part begins with the warmup, so that none is put before it.
    pub(super) fn carries_warmup(&self) -> bool {
        self.main == Main::InverseSqrt
    }

    /// How many steps lie between the start of the main schedule and the final decay.
    pub(super) fn until_decay(&self) -> u64 {
        self.main_steps + if self.carries_warmup() { self.warmup } else { 0 }
    }

    /// The main part as if it had no end.
    pub(super) fn main_schedule(&self) -> AnySchedule {
        let (base_lr, min_lr, total_steps) = (self.peak, self.floor * self.peak, self.main_steps);
        match self.main {
            Main::Constant => base_lr.into(),
            Main::Cosine => Cosine { base_lr, min_lr, total_steps }.into(),
            Main::Linear => Linear { base_lr, min_lr, total_steps }.into(),
            Main::Square => Polynomial { base_lr, total_steps, power: 2.0 }.into(),
            Main::InverseSqrt => InverseSqrt { base_lr, warmup_steps: self.warmup.max(1) }.into(),
            Main::Step => StepDecay { base_lr, step_size: self.every, gamma: self.cut }.into(),
            Main::Exponential => Exponential { base_lr, gamma: self.gamma() }.into(),
        }
    }

    /// The rate with which the final decay begins: what the main part would have had next.
    pub(super) fn decay_begins(&self) -> f64 {
        self.main_schedule().learning_rate(self.until_decay() + 1)
    }

    /// The schedule of all three.
    pub(super) fn schedule(&self) -> AnySchedule {
        let main = self.main_schedule();
        let (base_lr, total_steps) = (self.decay_begins(), self.decay_steps);
        let min_lr = self.end * base_lr;
        let schedule: AnySchedule = match self.decay {
            None => main,
            Some(Decay::Linear) => {
                let decay = Linear { base_lr, min_lr, total_steps };
                Sequence::new(main, self.until_decay(), decay).into()
            }
            Some(Decay::Cosine) => {
                let decay = Cosine { base_lr, min_lr, total_steps };
                Sequence::new(main, self.until_decay(), decay).into()
            }
        };
        if self.warmup == 0 || self.carries_warmup() {
            schedule
        } else {
            Warmup::new(self.warmup, schedule).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Decay, Design, Main};
    use descent::Schedule;

    #[test]
    fn the_pieces_join() {
        for main in [
            Main::Constant,
            Main::Cosine,
            Main::Linear,
            Main::Square,
            Main::InverseSqrt,
            Main::Step,
            Main::Exponential,
        ] {
            let design = Design {
                peak: 0.3,
                warmup: 10,
                main,
                main_steps: 70,
                floor: 0.1,
                cut: 0.5,
                every: 30,
                decay: Some(Decay::Linear),
                decay_steps: 20,
                end: 0.0,
            };
            let rates = design.schedule().rates(101);
            assert_eq!(design.steps(), 100);
            assert!((rates[9] - 0.3).abs() < 1e-15, "{main:?}");
            assert!((rates[0] - 0.03).abs() < 1e-15, "{main:?}");
            assert!((rates[80] - design.decay_begins()).abs() < 1e-15, "{main:?}");
            assert!((rates[99] - design.decay_begins() / 20.0).abs() < 1e-15, "{main:?}");
            assert_eq!(rates[100], 0.0);
            design.schedule().validate().unwrap();
            assert_eq!(design.stretched(100, 0.3), design);
            assert_eq!(design.stretched(1000, 0.3).steps(), 1000);
        }
    }
}
