//! A line that asks to put steps in order.

use crate::line::{Question, WrongAnswer, letter, letters};
use crate::problem::{Fault, Problem};
use crate::report::{Graded, Verdict};
use lab::random::Stream;
use serde::{Deserialize, Serialize};

/// Asks for the order of some steps, among which can be some that do not belong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The steps, in a right order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// Steps that look as if they belonged.
    #[serde(default, rename = "stray")]
    pub strays: Vec<Stray>,
    /// In which order steps and strays, counted through, are shown.
    #[serde(default)]
    pub shown: Vec<usize>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What it says, in Markdown.
    pub text: String,
    /// Why it cannot come earlier: what to tell someone who puts it too early.
    #[serde(default)]
    pub why: String,
    /// Which steps must come before it, counted from 1; the one before it if nothing is said.
    pub after: Option<Vec<usize>>,
}

/// A step that does not belong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stray {
    /// What it says, in Markdown.
    pub text: String,
    /// Why it does not belong.
    pub reply: String,
}

impl Stray {
    fn sentence(&self) -> String {
        let mut reply = self.reply.chars();
        reply.next().into_iter().flat_map(char::to_uppercase).chain(reply).collect()
    }
}

impl Order {
    pub(crate) fn shuffle(&mut self, stream: &mut Stream) {
        let in_order: Vec<usize> = (0..self.steps.len()).collect();
        self.shown = stream.permutation(self.steps.len() + self.strays.len());
        if self.shown == in_order {
            self.shown.rotate_left(1);
        }
    }

    /// The texts, in the order in which they are shown.
    pub fn texts(&self) -> Vec<&str> {
        let text = |place: &usize| match self.steps.get(*place) {
            Some(step) => step.text.as_str(),
            None => self.strays[*place - self.steps.len()].text.as_str(),
        };
        self.shown.iter().map(text).collect()
    }

    /// The steps that must come before this one.
    fn before(&self, step: usize) -> Vec<usize> {
        match &self.steps[step].after {
            Some(after) => after.iter().map(|number| number - 1).collect(),
            None => step.checked_sub(1).into_iter().collect(),
        }
    }

    fn answer(&self, order: &[usize]) -> String {
        let shown = |step: &usize| self.shown.iter().position(|place| place == step).unwrap_or(0);
        order.iter().map(|step| letter(shown(step)).to_string()).collect::<Vec<_>>().join(" ")
    }
}

impl Question for Order {
    fn how_to_answer(&self) -> String {
        let stray = if self.strays.is_empty() { "" } else { "; leave out what does not belong" };
        format!("Type the letters in order, such as b a c{stray}.")
    }

    fn validate(&self, _problem: &Problem) -> Result<(), Fault> {
        if !(3..=10).contains(&self.steps.len()) {
            return Err(Fault::at("step", "an order has three to ten steps"));
        }
        for (number, step) in (1..).zip(&self.steps) {
            if step.after.iter().flatten().any(|before| *before == 0 || *before >= number) {
                let reason = format!("step {number}: `after` names steps before it, from 1");
                return Err(Fault::at(&step.text, reason));
            }
            if !self.before(number - 1).is_empty() && step.why.trim().is_empty() {
                let reason = format!("step {number} does not say why it cannot come earlier");
                return Err(Fault::at(&step.text, reason));
            }
        }
        Ok(())
    }

    fn grade(&self, answer: &str, _problem: &Problem) -> Graded {
        let chosen = match letters(answer, self.shown.len()) {
            Ok(chosen) => chosen,
            Err(error) => {
                return Graded::new(Verdict::Unreadable, format!("I cannot read this: {error}."));
            }
        };
        let order: Vec<usize> = chosen.iter().map(|place| self.shown[*place]).collect();
        for (position, step) in order.iter().enumerate() {
            let named = letter(chosen[position]);
            if order[..position].contains(step) {
                return Graded::new(Verdict::Unreadable, format!("`{named}` is there twice."));
            }
            if let Some(stray) = step.checked_sub(self.steps.len()) {
                let reply = format!("{named} does not belong. {}", self.strays[stray].sentence());
                return Graded::new(Verdict::Mistake, reply);
            }
            if self.before(*step).iter().any(|before| !order[..position].contains(before)) {
                let reply = format!("{named} comes too early: {}", self.steps[*step].why);
                return Graded::new(Verdict::Mistake, reply);
            }
        }
        match self.steps.len() - order.len() {
            0 => Graded::right(""),
            missing => {
                let reply = format!("Right as far as it goes; {missing} still to come.");
                Graded::new(Verdict::Form, reply)
            }
        }
    }

    fn model_answer(&self, _problem: &Problem) -> String {
        self.answer(&(0..self.steps.len()).collect::<Vec<_>>())
    }

    fn wrong_answers(&self, _problem: &Problem) -> Vec<WrongAnswer> {
        let early = (0..self.steps.len()).filter(|step| !self.before(*step).is_empty());
        let early = early.map(|step| WrongAnswer {
            name: format!("step {} first", step + 1),
            answer: self.answer(&[step]),
            reply: self.steps[step].why.clone(),
        });
        let strays = self.strays.iter().enumerate().map(|(place, stray)| WrongAnswer {
            name: stray.text.clone(),
            answer: self.answer(&[self.steps.len() + place]),
            reply: stray.sentence(),
        });
        early.chain(strays).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Order, Step, Stray};
    use crate::line::Question;
    use crate::problem::Problem;
    use crate::report::Verdict;

    fn order() -> Order {
        let step = |text: &str, after: Option<Vec<usize>>| Step {
            text: text.into(),
            why: format!("{text} rests on another"),
            after,
        };
        Order {
            steps: vec![
                step("one", None),
                step("two", None),
                step("aside", Some(vec![1])),
                step("end", Some(vec![2, 3])),
            ],
            strays: vec![Stray { text: "stray".into(), reply: "not needed".into() }],
            // a = end, b = two, c = stray, d = one, e = aside
            shown: vec![3, 1, 4, 0, 2],
        }
    }

    #[test]
    fn every_order_that_respects_what_rests_on_what_is_right() {
        let order = order();
        let grade = |answer: &str| order.grade(answer, &Problem::blank());
        for right in ["d b e a", "d, e, b, a", "DBEA", "d → b → e → a"] {
            assert_eq!(grade(right).verdict, Verdict::Right, "{right}");
        }
        assert!(grade("d a").feedback.contains("a comes too early: end rests"));
        assert!(grade("c").feedback.contains("does not belong. Not needed"));
        assert!(grade("d b").feedback.contains("2 still to come"));
        assert!(grade("d d").feedback.contains("twice"));
        assert!(grade("z").feedback.contains("a to e"));
        let model = order.model_answer(&Problem::blank());
        assert_eq!(model, "d b e a");
    }
}
