//! A line that asks to put a training run right: it is executed again with the changed settings.

use crate::expression::Expression;
use crate::line::{Mistake, Question, WrongAnswer};
use crate::problem::{Fault, Problem};
use crate::report::{Graded, Verdict};
use crate::variant::Constants;
use figures::landmark::telemetry;
use lab::experiment::diagnosis::{Case, NAMES, Settings};
use lab::experiment::planted_faults::Run;
use serde::{Deserialize, Serialize};

/// Asks for settings with which a run recovers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagnosis {
    /// What is wrong with the run.
    pub case: Case,
    /// The seed of its initial weights and batches.
    #[serde(default)]
    pub seed: u64,
    /// The settings that may be changed.
    pub may_change: Vec<String>,
    /// A change with which it recovers.
    pub answer: String,
    /// Changes that do not help, each with its reply.
    #[serde(default, rename = "mistake")]
    pub mistakes: Vec<Mistake>,
}

impl Diagnosis {
    /// The run as it was.
    ///
    /// # Errors
    /// If the lab refuses its settings.
    pub fn run(&self) -> Result<Run, String> {
        self.case.run(&self.case.settings(), self.seed).map_err(|error| error.to_string())
    }

    /// The run's telemetry, as figures.
    ///
    /// # Errors
    /// If the lab refuses its settings.
    pub fn figures(&self) -> Result<Vec<figures::Figure>, String> {
        Ok(telemetry(&[("the run", &self.run()?)]))
    }

    /// The settings that may be changed, with the values they have and those they can take.
    pub fn settings(&self) -> Vec<(&str, String, &'static str)> {
        let settings = self.case.settings();
        let takes = |name: &str| {
            NAMES.iter().find(|(known, _)| *known == name).map_or("", |(_, takes)| *takes)
        };
        let names = self.may_change.iter().map(String::as_str);
        names.map(|name| (name, settings.get(name), takes(name))).collect()
    }

    /// The changes that an answer makes, in the order of their names.
    fn changes(&self, answer: &str) -> Result<Vec<(String, String)>, String> {
        let mut changes = Vec::new();
        for change in answer.split([',', ';', '\n']).filter(|part| !part.trim().is_empty()) {
            let Some((name, value)) = change.split_once(['=', ':']) else {
                return Err(format!("`{}` changes nothing; write name = value", change.trim()));
            };
            let name = name.trim().to_lowercase().replace([' ', '-'], "_");
            let value = match value.trim() {
                "true" | "yes" => "on",
                "false" | "no" => "off",
                value => value,
            };
            // A number may be typed as a calculation, such as 3/1000.
            let number = Expression::parse(value)
                .ok()
                .and_then(|typed| typed.evaluate(&Constants(&[])).ok());
            let value = number.map_or(value.to_owned(), |number| number.to_string());
            if changes.iter().any(|(known, _)| *known == name) {
                return Err(format!("`{name}` is there twice"));
            }
            if !self.may_change.contains(&name) {
                let may = self.may_change.join(", ");
                return Err(format!("`{name}` is not open to change here; these are: {may}"));
            }
            changes.push((name, value));
        }
        changes.sort();
        Ok(changes)
    }

    fn changed(&self, changes: &[(String, String)]) -> Result<Settings, String> {
        let mut settings = self.case.settings();
        for (name, value) in changes {
            let takes = NAMES.iter().find(|(known, _)| known == name).map(|(_, takes)| *takes);
            settings.set(name, value).map_err(|error| match takes {
                Some(takes) => format!("{name} = {value} is not possible; it takes {takes}"),
                None => error.to_string(),
            })?;
        }
        Ok(settings)
    }
}

impl Question for Diagnosis {
    fn how_to_answer(&self) -> String {
        let settings = self.settings();
        let listed: Vec<String> = settings
            .iter()
            .map(|(name, value, takes)| format!("{name} = {value} ({takes})"))
            .collect();
        format!(
            "Change one or more settings, such as `{} = …`; the run is then executed again. They are \
             now: {}.",
            self.may_change.first().map_or("", String::as_str),
            listed.join("; ")
        )
    }

    fn validate(&self, _problem: &Problem) -> Result<(), Fault> {
        for name in &self.may_change {
            if !NAMES.iter().any(|(known, _)| known == name) {
                let known = NAMES.map(|(name, _)| name).join(", ");
                return Err(Fault::at(
                    name,
                    format!("there is no setting `{name}`; known: {known}"),
                ));
            }
        }
        let answers = self.mistakes.iter().map(|mistake| mistake.answer.as_str());
        for answer in answers.chain([self.answer.as_str()]) {
            let changed = self.changes(answer).and_then(|changes| self.changed(&changes));
            changed.map_err(|error| Fault::at(answer, error))?;
        }
        Ok(())
    }

    fn grade(&self, answer: &str, _problem: &Problem) -> Graded {
        let read = self.changes(answer).and_then(|changes| Ok((self.changed(&changes)?, changes)));
        let (settings, changes) = match read {
            Ok(read) => read,
            Err(error) => {
                return Graded::new(Verdict::Unreadable, format!("I cannot run this: {error}."));
            }
        };
        if settings == self.case.settings() {
            let reply = "These are the settings the run had; change something.";
            return Graded::new(Verdict::Form, reply);
        }
        let run = match self.case.run(&settings, self.seed) {
            Ok(run) => run,
            Err(error) => {
                return Graded::new(Verdict::Unreadable, format!("The run was refused: {error}."));
            }
        };
        let figures = match self.run() {
            Ok(before) => telemetry(&[("as it was", &before), ("with your settings", &run)]),
            Err(_) => telemetry(&[("with your settings", &run)]),
        };
        let figures = figures.iter().map(figures::Figure::html).collect();
        let graded = match self.case.recovery(&settings, &run) {
            Ok(()) => Graded::right(&format!(
                "The run was executed again and recovered: its training loss ends at {}, its accuracy \
                 on the test images at {}.",
                figures::short(run.training_loss),
                figures::short(run.accuracy)
            )),
            Err(symptom) => {
                // A mistake is known by what it changes, if not by how much.
                let names = |changes: &[(String, String)]| -> Vec<String> {
                    changes.iter().map(|(name, _)| name.clone()).collect()
                };
                let known = self.mistakes.iter().find(|mistake| {
                    self.changes(&mistake.answer)
                        .is_ok_and(|known| names(&known) == names(&changes))
                });
                let still = format!("The run was executed again, and {symptom}.");
                match known {
                    Some(mistake) => {
                        Graded::new(Verdict::Mistake, format!("{} {still}", mistake.reply))
                    }
                    None => Graded::new(Verdict::Wrong, format!("Not yet. {still}")),
                }
            }
        };
        Graded { figures, ..graded }
    }

    fn model_answer(&self, _problem: &Problem) -> String {
        self.answer.clone()
    }

    fn wrong_answers(&self, _problem: &Problem) -> Vec<WrongAnswer> {
        self.mistakes.iter().map(WrongAnswer::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Diagnosis;
    use crate::line::{Mistake, Question};
    use crate::problem::Problem;
    use crate::report::Verdict;
    use lab::experiment::diagnosis::Case;

    #[test]
    fn the_run_is_executed_again_with_what_was_changed() {
        let diagnosis = Diagnosis {
            case: Case::FrozenLayer,
            seed: 0,
            may_change: vec!["frozen".into(), "learning_rate".into()],
            answer: "frozen = none".into(),
            mistakes: vec![Mistake {
                name: "more rate".into(),
                answer: "learning_rate = 0.01".into(),
                reply: "A layer without updates has none at any rate.".into(),
            }],
        };
        let grade = |answer: &str| diagnosis.grade(answer, &Problem::blank());
        let cured = grade("frozen = none");
        assert_eq!(cured.verdict, Verdict::Right);
        assert_eq!(cured.figures.len(), 5);
        let wrong = grade("learning_rate=0.004");
        assert_eq!(wrong.verdict, Verdict::Mistake);
        assert!(
            wrong.feedback.contains("at any rate") && wrong.feedback.contains("executed again")
        );
        assert!(grade("clip = 1").feedback.contains("not open to change"));
        assert!(grade("frozen = maybe").feedback.contains("none or weight1"));
        assert!(grade("unfreeze it").feedback.contains("name = value"));
        assert_eq!(grade("frozen = weight1").verdict, Verdict::Form);
    }
}
