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
        let numbers = marks.split([' ', ',', ';']).filter(|part| !part.trim().is_empty());
        let mut made = Vec::new();
        for number in numbers {
            match number.trim().parse::<usize>() {
                Ok(0) => {}
                Ok(point) if point <= self.points.len() => made.push(point - 1),
                _ => {
                    let known = self.points.len();
                    let reply =
                        format!("`{number}` is not the number of a point from 1 to {known}.");
                    return Graded::new(Verdict::Unreadable, reply);
                }
            }
        }
        made.sort_unstable();
        made.dedup();
        let said = said.to_lowercase();
        let sunk: Vec<String> = self
            .sinks
            .iter()
            .filter(|sink| said.contains(&sink.phrase.to_lowercase()))
            .map(|sink| format!("“{}” sinks it: {}", sink.phrase, sink.why))
            .collect();
        if !sunk.is_empty() {
            return Graded::new(Verdict::Mistake, format!("No hire. {}", sunk.join(" ")));
        }
        let missing = |needed: bool| {
            let missing = self.points.iter().enumerate();
            let missing =
                missing.filter(|(place, point)| point.needed == needed && !made.contains(place));
            missing.map(|(_, point)| point.text.as_str()).collect::<Vec<_>>().join(" ")
        };
        match self.grade_of(&made) {
            Grade::StrongHire => Graded::right("Right: a strong hire, by your own marks."),
            Grade::LeanHire => Graded {
                share: 0.6,
                ..Graded::new(
                    Verdict::Partly,
                    format!("A lean hire, by your own marks. To be stronger: {}", missing(false)),
                )
            },
            Grade::NoHire => Graded::new(
                Verdict::Wrong,
                format!("No hire yet. What an interviewer waits for: {}", missing(true)),
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
        let incomplete = needed.map(|(left_out, point)| WrongAnswer {
            name: format!("without point {left_out}"),
            answer: (0..=self.points.len())
                .filter(|number| *number != left_out)
                .map(|number| number.to_string())
                .collect::<Vec<_>>()
                .join(" "),
            reply: point.text.clone(),
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
        assert!(grade("1 3").feedback.contains("two"));
        assert_eq!(grade("2 3").verdict, Verdict::Wrong);
        assert!(grade("0").feedback.contains("one"));
        assert_eq!(grade("1 2 3 | Adam is Always Better.").verdict, Verdict::Mistake);
        assert_eq!(grade("1 7").verdict, Verdict::Unreadable);
    }
}
