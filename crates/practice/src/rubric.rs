//! A line that asks for a spoken answer, which the learner marks against a rubric.

use crate::line::{Question, WrongAnswer};
use crate::problem::{Fault, Problem};
use crate::report::{Graded, Verdict};
use serde::{Deserialize, Serialize};

/// Asks for an answer in one's own words. The learner compares it with the points below and says
/// which it made; phrases that sink a candidate are looked for in the text, if there is one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    /// How many of the points, those that are needed among them, make a strong hire.
    pub strong: usize,
    /// The points that a good answer makes.
    #[serde(rename = "point")]
    pub points: Vec<Point>,
    /// What sinks a candidate.
    #[serde(default, rename = "sink")]
    pub sinks: Vec<Sink>,
}

/// A point of a good answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// What is said.
    pub text: String,
    /// Whether an answer without it is no answer.
    #[serde(default)]
    pub needed: bool,
}

/// A phrase that sinks a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sink {
    /// The phrase.
    pub phrase: String,
    /// Why it does.
    pub why: String,
}

/// What an interviewer would write down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// All that is needed, and most of the rest.
    StrongHire,
    /// All that is needed.
    LeanHire,
    /// Something that is needed is missing.
    NoHire,
}

impl Rubric {
    /// The grade of an answer that makes these points, counted from 0.
    pub fn grade_of(&self, made: &[usize]) -> Grade {
        let needed = (0..self.points.len()).filter(|point| self.points[*point].needed);
        let complete = needed.into_iter().all(|point| made.contains(&point));
        match complete {
            false => Grade::NoHire,
            true if made.len() >= self.strong => Grade::StrongHire,
            true => Grade::LeanHire,
        }
    }
}

impl Sink {
    /// Whether a text says the phrase, in a sentence that does not deny it.
    pub(crate) fn is_said_in(&self, text: &str) -> bool {
        let even = |text: &str| {
            text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        };
        let (text, phrase) = (even(&text.to_lowercase()), even(&self.phrase.to_lowercase()));
        // A point within a number ends no sentence.
        let sentences = text.split(". ").flat_map(|part| part.split(['!', '?', ';', '\n']));
        sentences.into_iter().any(|sentence| {
            // What the phrase itself denies is no denial of it.
            let around = sentence.replace(&phrase, " ");
            let denied = around
                .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
                .any(|word| {
                    DENIALS.contains(&word) || word.ends_with("n't") || word.ends_with("n’t")
                });
            sentence.contains(&phrase) && !denied
        })
    }
}

/// Words of a sentence that reports a claim in order to deny it.
const DENIALS: [&str; 9] =
    ["not", "never", "no", "nobody", "wrong", "false", "myth", "folklore", "untrue"];

impl Question for Rubric {
    fn how_to_answer(&self) -> String {
        "Answer aloud or in writing first. Then compare with the points and type the numbers of \
         those you made, such as 1 3 4; 0 if none."
            .to_owned()
    }

    fn validate(&self, _problem: &Problem) -> Result<(), Fault> {
        let needed = self.points.iter().filter(|point| point.needed).count();
        if needed == 0 || needed > self.strong || self.strong > self.points.len() {
            let reason = format!(
                "strong = {}: a rubric has at least one point that is `needed`, and asks for a strong \
                 answer as many points as are needed or more, of the {} there are",
                self.strong,
                self.points.len()
            );
            return Err(Fault::at("strong", reason));
        }
        match self.sinks.iter().find(|sink| sink.phrase.trim().len() < 4) {
            Some(sink) => Err(Fault::at(&sink.phrase, "a phrase of three characters is no phrase")),
            None => Ok(()),
        }
    }

    fn grade(&self, answer: &str, _problem: &Problem) -> Graded {
        // The marks stand before a bar, what was said behind it.
        let (marks, said) = answer.split_once('|').unwrap_or((answer, ""));
        let numbers = marks.split(|c: char| !(c.is_ascii_digit() || c == '-'));
        let mut made = Vec::new();
        let mut marked = false;
        for part in numbers.filter(|part| !part.is_empty()) {
            // 2-4 are three marks.
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            match (from.parse::<usize>(), to.parse::<usize>()) {
                (Ok(from), Ok(to)) if from <= to && to <= self.points.len() => {
                    made.extend((from.max(1)..=to).map(|point| point - 1));
                }
                _ => {
                    let known = self.points.len();
                    let reply = format!("`{part}` is not the number of a point from 1 to {known}.");
                    return Graded::new(Verdict::Unreadable, reply);
                }
            }
            marked = true;
        }
        if !marked {
            let reply = "Type the numbers of the points you made, such as 1 3 4; 0 if none.";
            return Graded::new(Verdict::Unreadable, reply);
        }
        made.sort_unstable();
        made.dedup();
        let sunk: Vec<String> = self
            .sinks
            .iter()
            .filter(|sink| sink.is_said_in(said))
            .map(|sink| format!("“{}” sinks it: {}", sink.phrase, sink.why))
            .collect();
        if !sunk.is_empty() {
            return Graded::new(Verdict::Mistake, format!("No hire. {}", sunk.join(" ")));
        }
        // The points stand above the answer, with their formulas typeset; here their numbers do.
        let missing = |needed: bool| {
            let places = (0..self.points.len())
                .filter(|place| self.points[*place].needed == needed && !made.contains(place));
            let numbers: Vec<String> = places.map(|place| (place + 1).to_string()).collect();
            let points = if numbers.len() == 1 { "point" } else { "points" };
            format!("{points} {}.", numbers.join(", "))
        };
        match self.grade_of(&made) {
            Grade::StrongHire => Graded::right("Right: a strong hire, by your own marks."),
            Grade::LeanHire => Graded {
                share: 0.6,
                ..Graded::new(
                    Verdict::Partly,
                    format!("A lean hire, by your own marks. Stronger with {}", missing(false)),
                )
            },
            Grade::NoHire => Graded::new(
                Verdict::Wrong,
                format!(
                    "No hire yet, by your own marks. An interviewer waits for {}",
                    missing(true)
                ),
            ),
        }
    }

    fn model_answer(&self, _problem: &Problem) -> String {
        let all = (1..=self.points.len()).map(|number| number.to_string());
        all.collect::<Vec<_>>().join(" ")
    }

    fn wrong_answers(&self, _problem: &Problem) -> Vec<WrongAnswer> {
        let all = self.model_answer(&Problem::blank());
        let sunk = self.sinks.iter().map(|sink| WrongAnswer {
            name: sink.phrase.clone(),
            answer: format!("{all} | Well, {}, I think.", sink.phrase),
            reply: sink.why.clone(),
        });
        let needed = (1..).zip(&self.points).filter(|(_, point)| point.needed);
        let incomplete = needed.map(|(left_out, _)| WrongAnswer {
            name: format!("without point {left_out}"),
            answer: (0..=self.points.len())
                .filter(|number| *number != left_out)
                .map(|number| number.to_string())
                .collect::<Vec<_>>()
                .join(" "),
            reply: format!("waits for point {left_out}."),
        });
        sunk.chain(incomplete).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Point, Rubric, Sink};
    use crate::line::Question;
    use crate::problem::Problem;
    use crate::report::Verdict;

    #[test]
    fn three_grades_and_a_phrase_that_sinks() {
        let point = |text: &str, needed| Point { text: text.into(), needed };
        let rubric = Rubric {
            strong: 3,
            points: vec![point("one", true), point("two", false), point("three", false)],
            sinks: vec![Sink { phrase: "always better".into(), why: "nothing is".into() }],
        };
        let grade = |answer: &str| rubric.grade(answer, &Problem::blank());
        assert_eq!(grade("1 2 3").verdict, Verdict::Right);
        assert_eq!((grade("1, 3").verdict, grade("1, 3").share), (Verdict::Partly, 0.6));
        assert!(grade("1 3").feedback.ends_with("with point 2."));
        assert_eq!(grade("2 3").verdict, Verdict::Wrong);
        assert!(grade("0").feedback.ends_with("waits for point 1."));
        assert_eq!(grade("1 2 3 | Adam is Always Better.").verdict, Verdict::Mistake);
        assert_eq!(grade("1 2 3 | Nobody may say it is always better.").verdict, Verdict::Right);
        assert_eq!(grade("1-3").verdict, Verdict::Right);
        assert_eq!(grade("all").verdict, Verdict::Unreadable);
        assert_eq!(grade("1 7").verdict, Verdict::Unreadable);
    }
}
