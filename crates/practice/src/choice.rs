//! A line that asks to choose.

use crate::line::{Question, WrongAnswer, letter, letters};
use crate::problem::{Fault, Problem};
use crate::report::{Graded, Verdict};
use lab::random::Stream;
use serde::{Deserialize, Serialize};

/// Asks for the options that are right: exactly one, or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Whether any number of options can be right.
    #[serde(default)]
    pub several: bool,
    /// What there is to choose from.
    #[serde(rename = "option")]
    pub options: Vec<ChoiceOption>,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    /// What it says, in Markdown.
    pub text: String,
    /// Whether it is right.
    #[serde(default)]
    pub right: bool,
    /// Why it is right, or why it is not.
    pub reply: String,
}

impl Choice {
    pub(crate) fn shuffle(&mut self, stream: &mut Stream) {
        let order = stream.permutation(self.options.len());
        self.options = order.into_iter().map(|place| self.options[place].clone()).collect();
    }

    fn right(&self) -> impl Iterator<Item = usize> {
        (0..self.options.len()).filter(|place| self.options[*place].right)
    }
}

impl Question for Choice {
    fn how_to_answer(&self) -> String {
        match self.several {
            true => "Type the letters of all that are right, such as a, c.".to_owned(),
            false => "Type the letter of the one that is right.".to_owned(),
        }
    }

    fn validate(&self, _problem: &Problem) -> Result<(), Fault> {
        let right = self.right().count();
        if !(2..=8).contains(&self.options.len()) {
            return Err(Fault::at("option", "a choice has two to eight options"));
        }
        if right == 0 || (!self.several && right > 1) {
            let reason = "mark exactly one option as `right = true`, or say `several = true`";
            return Err(Fault::at("option", reason));
        }
        match self.options.iter().find(|option| option.reply.trim().is_empty()) {
            Some(option) => Err(Fault::at(&option.text, "this option has no reply")),
            None => Ok(()),
        }
    }

    fn grade(&self, answer: &str, _problem: &Problem) -> Graded {
        let mut chosen = match letters(answer, self.options.len()) {
            Ok(chosen) => chosen,
            Err(error) => {
                return Graded::new(Verdict::Unreadable, format!("I cannot read this: {error}."));
            }
        };
        chosen.sort_unstable();
        chosen.dedup();
        if !self.several && chosen.len() > 1 {
            return Graded::new(Verdict::Unreadable, "Only one is right; choose one.");
        }
        let wrong: Vec<String> = chosen
            .iter()
            .filter(|place| !self.options[**place].right)
            .map(|place| match self.several {
                true => format!("{}: {}", letter(*place), self.options[*place].reply),
                false => self.options[*place].reply.clone(),
            })
            .collect();
        if !wrong.is_empty() {
            return Graded::new(Verdict::Mistake, wrong.join("\n"));
        }
        let missing = self.right().count() - chosen.len();
        if missing > 0 {
            let some = if missing == 1 { "one more is" } else { "more are" };
            return Graded::new(
                Verdict::Wrong,
                format!("What you chose is right, but {some} right as well."),
            );
        }
        let why: Vec<&str> =
            chosen.iter().map(|place| self.options[*place].reply.as_str()).collect();
        Graded::right(&why.join(" "))
    }

    fn model_answer(&self, _problem: &Problem) -> String {
        self.right().map(letter).map(String::from).collect::<Vec<_>>().join(", ")
    }

    fn wrong_answers(&self, _problem: &Problem) -> Vec<WrongAnswer> {
        let wrong = (0..self.options.len()).filter(|place| !self.options[*place].right);
        wrong
            .map(|place| WrongAnswer {
                name: self.options[place].text.clone(),
                answer: letter(place).to_string(),
                reply: self.options[place].reply.clone(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, ChoiceOption};
    use crate::line::Question;
    use crate::problem::Problem;
    use crate::report::Verdict;

    fn choice(right: &[bool]) -> Choice {
        let option = |(text, right): (&str, &bool)| ChoiceOption {
            text: text.into(),
            right: *right,
            reply: format!("about {text}"),
        };
        let options = ["x", "y", "z"].into_iter().zip(right).map(option).collect();
        Choice { several: right.iter().filter(|right| **right).count() > 1, options }
    }

    #[test]
    fn one_of_several_options() {
        let choice = choice(&[false, true, false]);
        let grade = |answer: &str| choice.grade(answer, &Problem::blank());
        assert_eq!(grade("b").verdict, Verdict::Right);
        assert_eq!(grade(" B) ").verdict, Verdict::Right);
        assert_eq!(grade("a").feedback, "about x");
        assert_eq!(grade("a, b").verdict, Verdict::Unreadable);
        assert!(grade("d").feedback.contains("a to c"));
    }

    #[test]
    fn all_that_are_right_and_nothing_else() {
        let choice = choice(&[true, false, true]);
        let grade = |answer: &str| choice.grade(answer, &Problem::blank());
        assert_eq!(grade("a, c").verdict, Verdict::Right);
        assert_eq!(grade("ca").verdict, Verdict::Right);
        assert!(grade("a").feedback.contains("one more"));
        assert!(grade("a b c").feedback.contains("b: about y"));
    }
}
