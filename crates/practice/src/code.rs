//! A line that asks for a function in Rust.
//!
//! What is compared is behavior, never text. The problem's `cases.rs` calls the function with many
//! inputs and records numbers; the answer must give the numbers that the solution gives. The wrong
//! implementations that people write, the mutants, are the solution with a piece replaced; an answer
//! that behaves like one of them is told so.

#[cfg(not(target_arch = "wasm32"))]
mod behavior;
#[cfg(not(target_arch = "wasm32"))]
mod cases;
#[cfg(not(target_arch = "wasm32"))]
mod forbidden;
#[cfg(not(target_arch = "wasm32"))]
mod names;
#[cfg(not(target_arch = "wasm32"))]
mod sandbox;
#[cfg(not(target_arch = "wasm32"))]
mod workshop;

#[cfg(not(target_arch = "wasm32"))]
pub use sandbox::{Task, confine};

use crate::line::{Question, WrongAnswer};
use crate::problem::{Fault, Problem};
use crate::report::{Graded, Verdict};
use serde::{Deserialize, Serialize};

/// Asks for a function; its folder holds `starter.rs`, `solution.rs` and `cases.rs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// How far numbers may be off, relative to the larger of them and 1; 10⁻⁹ if nothing is said.
    pub tolerance: Option<f64>,
    /// Wrong implementations that people write.
    #[serde(rename = "mutant")]
    pub mutants: Vec<Mutant>,
    /// What the learner starts from.
    #[serde(default)]
    pub starter: String,
    /// An implementation that is right.
    #[serde(default, skip_serializing)]
    pub solution: String,
    /// `pub fn run(cases: &mut Cases)`, which calls the function and records what it does.
    #[serde(default, skip_serializing)]
    pub cases: String,
}

/// A wrong implementation: the solution with a piece replaced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// What the mistake is called.
    pub name: String,
    /// A piece of the solution that occurs once.
    pub replace: String,
    /// What stands there instead.
    pub with: String,
    /// What to tell someone whose function behaves so.
    pub reply: String,
}

/// What is left of the file in which nothing has been done yet.
#[cfg(not(target_arch = "wasm32"))]
const UNDONE: &str = "not yet implemented";

impl Code {
    fn mutated(&self, mutant: &Mutant) -> String {
        self.solution.replacen(&mutant.replace, &mutant.with, 1)
    }

    /// What the starter's functions are called with and give back.
    #[cfg(not(target_arch = "wasm32"))]
    fn signature(&self) -> String {
        let functions = self.starter.split("pub fn ").skip(1);
        let heads = functions.filter_map(|function| function.split('{').next());
        heads.map(|head| format!("    pub fn {}\n", head.trim())).collect()
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn graded(&self, answer: &str) -> Graded {
        use behavior::difference;
        use workshop::Failure;

        let mutants = self.mutants.iter().map(|mutant| self.mutated(mutant));
        let references: Vec<String> =
            std::iter::once(self.solution.clone()).chain(mutants).collect();
        let names = names::public(&self.starter);
        let references = match cases::of_references(&references, &names, &self.cases) {
            Ok(references) => references,
            Err(error) => {
                let reply = format!("The problem itself does not run; please report it.\n{error}");
                return Graded::new(Verdict::Unreadable, reply);
            }
        };
        if let Some(reply) = forbidden::refusal(answer) {
            return Graded::new(Verdict::Unreadable, reply);
        }
        let tolerance = self.tolerance.unwrap_or(1e-9);
        let (ours, printed) = match cases::of_answer(answer, &names, &self.cases, tolerance) {
            Ok(behavior) => behavior,
            Err(Failure::Panic { message, .. })
                if message.split(" (line").next().is_some_and(|said| said == UNDONE) =>
            {
                return Graded::new(
                    Verdict::Missing,
                    "Nothing here yet: `todo!()` is still in it.",
                );
            }
            Err(Failure::Signature(_)) => {
                let reply = format!(
                    "It does not compile: the function's name, arguments and result must stay as they were \
                     given.\n{}",
                    self.signature()
                );
                return Graded::new(Verdict::Unreadable, reply);
            }
            Err(failure) => return Graded::new(Verdict::Unreadable, failure.to_string()),
        };
        // The solution comes first, as it was put in.
        let (solution, mutants) = (&references[0], &references[1..]);
        let Some(difference) = difference(&ours, solution, tolerance) else {
            let cases = solution.0.len();
            return Graded::right(&format!(
                "Your function does what it should in all {cases} cases."
            ));
        };
        // An answer that behaves like a mutant is known by its name.
        let known = self.mutants.iter().zip(mutants);
        let mut known =
            known.filter(|(_, mutant)| behavior::difference(&ours, mutant, tolerance).is_none());
        match known.next() {
            Some((mutant, _)) => {
                Graded::new(Verdict::Mistake, format!("{}\n{difference}{printed}", mutant.reply))
            }
            None => Graded::new(Verdict::Wrong, format!("Not yet. {difference}{printed}")),
        }
    }

    #[cfg(target_arch = "wasm32")]
    fn graded(&self, _answer: &str) -> Graded {
        Graded::new(
            Verdict::Unreadable,
            "Code is compiled on your own machine: by the command line or in the notebook.",
        )
    }
}

impl Question for Code {
    fn how_to_answer(&self) -> String {
        "Fill in the function in a file of your own, or in a cell of the notebook.".to_owned()
    }

    fn validate(&self, _problem: &Problem) -> Result<(), Fault> {
        for mutant in &self.mutants {
            let Mutant { name, replace, with, reply } = mutant;
            // In the page the solution is left out, and nothing is compiled there.
            let found = self.solution.matches(replace.as_str()).count();
            if !self.solution.is_empty() && (replace.is_empty() || found != 1) {
                let reason = format!(
                    "mutant `{name}`: what it replaces occurs {found} times in solution.rs; give a \
                     piece that occurs once"
                );
                return Err(Fault::at(name, reason));
            }
            if replace == with || reply.trim().is_empty() {
                let reason = format!("mutant `{name}` changes nothing, or has no reply");
                return Err(Fault::at(name, reason));
            }
        }
        if self.mutants.is_empty() {
            return Err(Fault::at("code", "a code problem has at least one mutant"));
        }
        Ok(())
    }

    fn grade(&self, answer: &str, _problem: &Problem) -> Graded {
        self.graded(answer)
    }

    fn model_answer(&self, _problem: &Problem) -> String {
        self.solution.clone()
    }

    fn wrong_answers(&self, _problem: &Problem) -> Vec<WrongAnswer> {
        let wrong = |mutant: &Mutant| WrongAnswer {
            name: mutant.name.clone(),
            answer: self.mutated(mutant),
            reply: mutant.reply.clone(),
        };
        self.mutants.iter().map(wrong).collect()
    }
}
