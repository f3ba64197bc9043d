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

impl Rubric {
    /// The places of the points that an answer such as `1 3`, `2-4` or `all` marks, from 0.
    ///
    /// # Errors
    /// If it marks something else; says what can be marked.
    pub fn marks(&self, answer: &str) -> Result<Vec<usize>, String> {
        let known = self.points.len();
        let mut made = Vec::new();
        let mut marked = false;
        for part in answer.split([' ', ',', ';', '.', '\t']).filter(|part| !part.is_empty()) {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            match (part, from.parse::<usize>(), to.parse::<usize>()) {
                ("and", ..) => continue,
                ("all", ..) => made.extend(0..known),
                (_, Ok(from), Ok(to)) if from <= to && to <= known => {
                    made.extend((from.max(1)..=to).map(|point| point - 1));
                }
                _ => {
                    return Err(format!(
                        "`{part}` is not the number of a point from 1 to {known}; 0 if you made none."
                    ));
                }
            }
            marked = true;
        }
        made.sort_unstable();
        made.dedup();
        match marked {
            true => Ok(made),
            false => {
                Err("Type the numbers of the points you made, such as 1 3 4; 0 if none.".to_owned())
            }
        }
    }
}

impl Sink {
    /// Whether a text says the phrase, in a clause that does not deny it.
    pub(crate) fn is_said_in(&self, text: &str) -> bool {
        let phrase = words(&self.phrase).join(" ");
        // A point within a number ends no sentence.
        let clauses = text.split(". ").flat_map(|part| part.split(['!', '?', ';', ':']));
        let clauses = clauses.flat_map(|clause| clause.split(" but ")).map(words);
        let mut clauses = clauses.map(|clause| clause.join(" "));
        clauses.any(|clause| match clause.split_once(&phrase) {
            Some((before, after)) => {
                let before =
                    AFFIRMING.iter().fold(before.to_owned(), |text, word| text.replace(word, " "));
                let denies = |text: &str, words: &[&str]| {
                    text.split(' ').any(|word| words.contains(&word) || word.ends_with("n't"))
                };
                !denies(&before, &DENIALS)
                    && !denies(&after.split(' ').take(6).collect::<Vec<_>>().join(" "), &VERDICTS)
            }
            None => false,
        })
    }
}

/// A text's words, without what typesetting adds.
fn words(text: &str) -> Vec<String> {
    let plain = text.to_lowercase().replace('’', "'");
    let kept = |c: char| c.is_alphanumeric() || "'-^=+/().%√²ληβεθ".contains(c);
    let plain: String = plain.chars().map(|c| if kept(c) { c } else { ' ' }).collect();
    plain.split_whitespace().map(|word| word.trim_end_matches('.').to_owned()).collect()
}

/// Words before a phrase with which somebody reports it in order to deny it.
const DENIALS: [&str; 16] = [
    "not",
    "never",
    "nobody",
    "no",
    "cannot",
    "wrong",
    "false",
    "untrue",
    "incorrect",
    "myth",
    "folklore",
    "misconception",
    "mistake",
    "disagree",
    "doubt",
    "denied",
];

/// What looks like a denial and is none.
const AFFIRMING: [&str; 4] = ["no doubt", "not only", "not doubt", "not hesitate"];

/// Words behind a phrase that take it back.
const VERDICTS: [&str; 7] =
    ["wrong", "false", "untrue", "incorrect", "myth", "folklore", "misconception"];

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
        let made = match self.marks(marks) {
            Ok(made) => made,
            Err(reply) => return Graded::new(Verdict::Unreadable, reply),
        };
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
        assert_eq!(grade("I made 1 2 3").verdict, Verdict::Unreadable);
        for said in [
            "It is a misconception that it is always better.",
            "One cannot say that this is always better",
            "That it is *always* better is wrong.",
        ] {
            assert_eq!(grade(&format!("all | {said}")).verdict, Verdict::Right, "{said}");
        }
        for said in [
            "No doubt it is always better.",
            "It is always\nbetter, no matter what.",
            "It is not only cheaper, it is always better.",
            "I would not hesitate: it is always better.",
        ] {
            assert_eq!(grade(&format!("1 2 3 | {said}")).verdict, Verdict::Mistake, "{said}");
        }
        assert_eq!(grade("1 7").verdict, Verdict::Unreadable);
    }
}
