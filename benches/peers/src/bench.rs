//! A run: every case, with all contenders taking turns in it.

use crate::agreement::{self, TOLERANCE};
use crate::case::{Case, Rule, cases};
use crate::contender::Contender;
use crate::process::Worker;
use crate::report::{Absent, Limit, Measurement, Report, Settings, Timing, Traffic};
use crate::statistics::{Spread, median_ratio, rounded};
use crate::{aims, cores, machine, software, triad};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// From this many parameters on, tensors are too large for the caches, and memory is the limit.
const LARGE: usize = 10_000_000;

/// How long we wait between turns if there are several threads: those of the contender before
/// spin for a while before they sleep, on a core that the next contender needs.
const SETTLE: Duration = Duration::from_millis(10);

/// What to time, and how.
pub struct Plan {
    /// The optimizers.
    pub rules: Vec<Rule>,
    /// Numbers of parameters.
    pub parameters: Vec<usize>,
    /// Numbers of tensors.
    pub tensors: Vec<usize>,
    /// Numbers of threads.
    pub threads: Vec<usize>,
    /// How often each contender has its turn in each case.
    pub rounds: usize,
    /// How long a turn should last.
    pub turn: Duration,
    /// The Python interpreter.
    pub python: String,
}

impl Plan {
    /// Does it all, and says on standard error how far it is.
    ///
    /// # Errors
    /// If a worker cannot be started or fails.
    pub fn run(&self) -> Result<Report> {
        let (started, clock) = (now()?, Instant::now());
        let mut report = Report {
            schema: Report::SCHEMA,
            started,
            minutes: 0.0,
            machine: machine::describe()?,
            software: software::built_with()?,
            settings: self.settings()?,
            remarks: remarks(),
            absent: self.absent(),
            limits: Vec::new(),
            measurements: Vec::new(),
            aims: Vec::new(),
        };
        for (&threads, cores) in &report.settings.cores {
            eprintln!("{threads} thread(s): starting the workers on core(s) {cores:?} …");
            let mut crew = Crew::start(cores, &self.python)?;
            for worker in crew.libraries.iter_mut().chain(&mut crew.limits) {
                report.software.extend(worker.started()?);
            }
            let cases = cases(&self.rules, &self.parameters, &self.tensors);
            for (number, case) in (1..).zip(&cases) {
                let case_clock = Instant::now();
                report.measurements.extend(self.time(case, &mut crew)?);
                eprintln!(
                    "{threads} thread(s), case {number} of {}: {}, {} parameters in {} tensor(s), {:.1} s",
                    cases.len(),
                    case.rule.name(),
                    case.parameters,
                    case.tensors,
                    case_clock.elapsed().as_secs_f64()
                );
            }
            report.limits.extend(crew.limits());
        }
        report.aims = aims::judge(&report.measurements);
        report.minutes = rounded(clock.elapsed().as_secs_f64() / 60.0);
        Ok(report)
    }

    /// Times a case: first who agrees with the formulas, then how many steps fill a turn, then
    /// the rounds.
    fn time(&self, case: &Case, crew: &mut Crew) -> Result<Vec<Measurement>> {
        let threads = crew.threads;
        let present = |worker: &&mut Worker| worker.contender().absence(case.rule).is_none();
        let mut workers: Vec<&mut Worker> = crew.libraries.iter_mut().filter(present).collect();
        for worker in &mut workers {
            worker.prepare(case)?;
        }
        let expected = agreement::expected(case)?;
        let mut measurements = Vec::new();
        let mut turns = Vec::new();
        for worker in workers {
            let relative_difference = worker.prepared()?.difference(&expected, case.parameters)?;
            measurements.push(Measurement {
                rule: case.rule,
                parameters: case.parameters,
                tensors: case.tensors,
                threads,
                contender: worker.contender().name().to_owned(),
                relative_difference: rounded(relative_difference),
                timing: None,
            });
            if relative_difference <= TOLERANCE {
                turns.push(Turns::new(worker));
            }
        }
        if case.parameters >= LARGE {
            turns.extend(crew.limits.iter_mut().map(Turns::new));
        }

        for turns in &mut turns {
            turns.calibrate(self.turn)?;
        }
        for _ in 0..self.rounds {
            for turns in &mut turns {
                if threads > 1 {
                    thread::sleep(SETTLE);
                }
                turns.take()?;
            }
        }
        let turns: Vec<Taken> = turns.into_iter().map(Turns::taken).collect();

        for measurement in &mut measurements {
            let own = turns.iter().find(|turns| turns.contender.name() == measurement.contender);
            measurement.timing = own.map(|own| timing(case, own, &turns));
        }
        for taken in turns {
            if Contender::LIMITS.contains(&taken.contender) {
                let passes = taken.seconds_per_step;
                crew.passes.entry(taken.contender.name()).or_default().extend(passes);
            }
        }
        Ok(measurements)
    }

    fn settings(&self) -> Result<Settings> {
        let mut chosen = BTreeMap::new();
        for &threads in &self.threads {
            chosen.insert(threads, cores::choose(threads)?);
        }
        let named = |rule: &Rule| rule.name().to_owned();
        Ok(Settings {
            number_type: "f32".to_owned(),
            rounds: self.rounds,
            turn_milliseconds: self.turn.as_secs_f64() * 1e3,
            tolerance: TOLERANCE,
            cores: chosen,
            hyperparameters: self.rules.iter().map(|r| (named(r), r.hyperparameters())).collect(),
            bytes_per_parameter: self
                .rules
                .iter()
                .map(|r| (named(r), r.bytes_per_parameter()))
                .collect(),
        })
    }

    fn absent(&self) -> Vec<Absent> {
        let mut absent = Vec::new();
        for contender in Contender::LIBRARIES {
            for &rule in &self.rules {
                if let Some(reason) = contender.absence(rule) {
                    let (contender, reason) = (contender.name().to_owned(), reason.to_owned());
                    absent.push(Absent { contender, rule, reason });
                }
            }
        }
        absent
    }
}

/// All workers of one number of threads.
struct Crew {
    threads: usize,
    libraries: Vec<Worker>,
    limits: Vec<Worker>,
    /// How long each pass of a limit took, in all cases.
    passes: BTreeMap<&'static str, Vec<f64>>,
}

impl Crew {
    fn start(cores: &[usize], python: &str) -> Result<Self> {
        let start = |contender: &Contender| Worker::start(*contender, cores, python);
        Ok(Self {
            threads: cores.len(),
            libraries: Contender::LIBRARIES.iter().map(start).collect::<Result<_>>()?,
            limits: Contender::LIMITS.iter().map(start).collect::<Result<_>>()?,
            passes: BTreeMap::new(),
        })
    }

    fn limits(&self) -> Vec<Limit> {
        let mut limits = Vec::new();
        for (contender, formula, moved) in [
            (Contender::Triad, "a ← b + s c", 4.0 / 3.0),
            // What is overwritten has been read, and counted, before.
            (Contender::InPlace, "a ← s a + b", 1.0),
        ] {
            let Some(passes) = self.passes.get(contender.name()) else { continue };
            let speed = |factor: f64| {
                let bytes = triad::BYTES_PER_PASS as f64 * factor;
                Spread::of(&passes.iter().map(|s| bytes / s / 1e9).collect::<Vec<_>>())
            };
            limits.push(Limit {
                name: contender.name().to_owned(),
                formula: formula.to_owned(),
                threads: self.threads,
                gigabytes_per_second: speed(1.0),
                gigabytes_per_second_with_write_allocate: speed(moved),
            });
        }
        limits
    }
}

/// A contender's turns in a case.
struct Turns<'a> {
    worker: &'a mut Worker,
    steps: u64,
    seconds_per_step: Vec<f64>,
}

/// The turns, once they are taken.
struct Taken {
    contender: Contender,
    steps: u64,
    seconds_per_step: Vec<f64>,
}

impl<'a> Turns<'a> {
    fn new(worker: &'a mut Worker) -> Self {
        Self { worker, steps: 1, seconds_per_step: Vec::new() }
    }

    /// Finds how many steps fill a turn.
    fn calibrate(&mut self, turn: Duration) -> Result<()> {
        loop {
            let seconds = self.worker.run(self.steps)?;
            let factor = turn.as_secs_f64() / seconds;
            if factor < 2.0 {
                self.steps = ((self.steps as f64 * factor).round() as u64).max(1);
                return Ok(());
            }
            // A single short step says little about a hundred thousand: by and by.
            self.steps = (self.steps as f64 * factor.min(100.0)).round() as u64;
        }
    }

    fn take(&mut self) -> Result<()> {
        let seconds = self.worker.run(self.steps)?;
        self.seconds_per_step.push(seconds / self.steps as f64);
        Ok(())
    }

    fn taken(self) -> Taken {
        let (contender, steps) = (self.worker.contender(), self.steps);
        Taken { contender, steps, seconds_per_step: self.seconds_per_step }
    }
}

/// What is reported of a contender's turns in a case.
fn timing(case: &Case, own: &Taken, all: &[Taken]) -> Timing {
    let of = |contender: Contender| all.iter().find(|turns| turns.contender == contender);
    let relative = |contender| {
        of(contender).map(|other| median_ratio(&own.seconds_per_step, &other.seconds_per_step))
    };
    let per_parameter = |seconds: &f64| seconds * 1e9 / case.parameters as f64;
    let nanoseconds: Vec<f64> = own.seconds_per_step.iter().map(per_parameter).collect();
    let mut traffic = Vec::new();
    if let (Some(triad), Some(in_place)) = (of(Contender::Triad), of(Contender::InPlace)) {
        let update = case.rule.bytes_per_parameter();
        let mut counts = vec![("update", update)];
        if own.contender == Contender::Descent {
            counts.push(("update and scan of gradients", update + 4));
        }
        for (counted, bytes_per_parameter) in counts {
            let bytes = bytes_per_parameter as f64 * case.parameters as f64;
            // Speed over speed: the limit's time stands above, the step's below.
            let fraction = |limit: &Taken| {
                let of_times = median_ratio(&limit.seconds_per_step, &own.seconds_per_step);
                rounded(of_times * bytes / triad::BYTES_PER_PASS as f64)
            };
            traffic.push(Traffic {
                counted: counted.to_owned(),
                bytes_per_parameter,
                gigabytes_per_second: rounded(
                    bytes / 1e9 / Spread::of(&own.seconds_per_step).median,
                ),
                fraction_of_triad: fraction(triad),
                fraction_of_in_place: fraction(in_place),
            });
        }
    }
    Timing {
        steps_per_turn: own.steps,
        nanoseconds_per_parameter: Spread::of(&nanoseconds),
        relative_to_descent: relative(Contender::Descent),
        relative_to_descent_unchecked: relative(Contender::DescentUnchecked),
        traffic,
    }
}

fn remarks() -> BTreeMap<String, Vec<String>> {
    let remarks = |contender: Contender| {
        let texts = contender.remarks().iter().map(|&text| text.to_owned());
        (contender.name().to_owned(), texts.collect())
    };
    Contender::LIBRARIES.into_iter().filter(|c| !c.remarks().is_empty()).map(remarks).collect()
}

fn now() -> Result<String> {
    let output = Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]).output();
    let output = output.context("`date`, which tells when the run began, does not start")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
