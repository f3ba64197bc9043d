//! A line of a problem as a question that stands by itself, which is how other tools keep them.

use practice::{Asks, Line, Problem};
use std::collections::HashSet;

/// A line of a problem, with all that is needed to answer it.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The problem, in one of its variants.
    pub problem: &'a Problem,
    /// The line of it.
    pub line: &'a Line,
    /// Which line it is, from 1.
    pub number: usize,
}

/// A question bank in the form of another tool, and what that form cannot say.
#[derive(Clone, Debug, PartialEq)]
pub struct Export<T> {
    /// The bank.
    pub content: T,
    /// How many questions it holds.
    pub questions: usize,
    /// What it does not hold.
    pub left_out: Vec<LeftOut>,
}

/// A question that is not in a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The question's name.
    pub question: String,
    /// Why it is not there, in half a sentence.
    pub why: String,
}

/// Every line of these problems, by chapter, problem, variant and place. A variant that reads like
/// one before it, as those do that only have their options in another order, comes once.
pub fn questions(problems: &[Problem]) -> Vec<Question<'_>> {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| (&problem.chapter, &problem.id, problem.seed));
    let lines = sorted.iter().flat_map(|problem| {
        let numbered = (1..).zip(&problem.lines);
        numbered.map(|(number, line)| Question { problem, line, number })
    });
    let mut seen = HashSet::new();
    lines.filter(|question| seen.insert((&question.problem.id, question.content()))).collect()
}

impl<'a> Question<'a> {
    /// A name that no other question has: the problem's id, then the line's number if it has several,
    /// then the variant if it is not the first.
    pub fn name(&self) -> String {
        let line = match self.problem.lines.len() {
            1 => String::new(),
            _ => format!(".{}", self.number),
        };
        let variant = match self.problem.seed {
            0 => String::new(),
            seed => format!(".v{seed}"),
        };
        format!("{}{line}{variant}", self.problem.id)
    }

    /// What it is called in a list: the problem's title and its name.
    pub fn title(&self) -> String {
        format!("{} ({})", self.problem.title, self.name())
    }

    /// The chapter's name in words.
    pub fn chapter(&self) -> String {
        let words = self.problem.chapter.replace('-', " ");
        let mut letters = words.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
    }

    /// What is given and asked, in Markdown. What earlier lines asked is told as well, because later
    /// ones refer to it.
    pub fn text(&self) -> String {
        let mut parts = vec![self.problem.statement.trim().to_owned()];
        let earlier = &self.problem.lines[..self.number - 1];
        if !earlier.is_empty() {
            let prompts: Vec<String> = (1..)
                .zip(earlier)
                .map(|(number, line)| {
                    format!("> {number}. {}", line.prompt.trim().replace('\n', "\n>    "))
                })
                .collect();
            parts.push(format!("> Asked before this:\n>\n{}", prompts.join("\n")));
        }
        parts.push(self.line.prompt.trim().to_owned());
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n")
    }

    /// The same with how a number is written, for tools that take no calculation.
    pub fn text_with_form(&self) -> String {
        let Asks::Number(_) = self.line.asks else { return self.text() };
        let how = self.line.how_to_answer();
        let form = how.split(';').next().unwrap_or(&how);
        format!("{}\n\n*{form}.*", self.text())
    }

    /// This question among those that are left out.
    pub fn left_out(&self, why: &str) -> LeftOut {
        LeftOut { question: self.name(), why: why.to_owned() }
    }

    /// Why this question cannot be graded by a tool that is not ours, if it cannot.
    pub fn beyond_other_tools(&self) -> Option<&'static str> {
        if self.problem.diagnosis().is_some() {
            return Some("its run has to be looked at and executed again");
        }
        match self.line.asks {
            Asks::Formula(_) => Some("only our checker knows when two formulas mean the same"),
            Asks::Code(_) => Some("its code has to be compiled and run"),
            _ => None,
        }
    }

    /// What tells it from another variant, whatever the order of its options.
    fn content(&self) -> String {
        let mut options: Vec<String> = match &self.line.asks {
            Asks::Choice(choice) => choice.options.iter().map(|o| o.text.clone()).collect(),
            Asks::Order(order) => order.texts().into_iter().map(str::to_owned).collect(),
            Asks::Number(_) => vec![self.line.model_answer(self.problem)],
            _ => Vec::new(),
        };
        options.sort();
        format!("{} {} {}", self.number, self.text(), options.join("\n"))
    }
}

/// Whether steps can stand in one order only, so that each has a place that is right.
pub fn has_one_order(order: &practice::Order) -> bool {
    let rests = |(number, step): (usize, &practice::Step)| match &step.after {
        Some(after) => after.contains(&number),
        None => true,
    };
    order.steps.iter().enumerate().skip(1).all(rests)
}

/// What is told with the result of an open question: the points of a good answer.
pub fn rubric_text(problem: &Problem, rubric: &practice::Rubric) -> String {
    let mut text = String::new();
    if !problem.say_first.trim().is_empty() {
        text += &format!("**Say first.** {}\n\n", problem.say_first.trim());
    }
    text += &format!(
        "**Points of a good answer** (all that are needed, and {} in all for a strong one):\n\n",
        rubric.strong
    );
    for point in &rubric.points {
        let needed = if point.needed { " **(needed)**" } else { "" };
        text += &format!("- {}{needed}\n", point.text.trim().replace('\n', "\n  "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{has_one_order, questions};
    use practice::{Asks, Problem};
    use std::collections::HashSet;

    #[test]
    fn names_of_the_whole_bank_differ_in_all_variants() {
        let bank = practice::bank();
        let ids = practice::ids().unwrap();
        let variants = ids.iter().flat_map(|id| [0, 1].map(|seed| (id, seed)));
        let problems: Vec<_> =
            variants.map(|(id, seed)| Problem::load_variant(&bank, id, seed).unwrap()).collect();
        let questions = questions(&problems);
        let names: HashSet<String> = questions.iter().map(|question| question.name()).collect();
        let titles: HashSet<String> = questions.iter().map(|question| question.title()).collect();
        assert_eq!(names.len(), questions.len());
        assert_eq!(titles.len(), questions.len());
        let lines: usize = problems.iter().map(|problem| problem.lines.len()).sum();
        let first = problems.iter().filter(|problem| problem.seed == 0);
        let first: usize = first.map(|problem| problem.lines.len()).sum();
        assert!((first + 1..lines).contains(&questions.len()), "{} of {lines}", questions.len());
    }

    #[test]
    fn a_later_line_tells_what_was_asked_before() {
        let problem = practice::open("equal-pace").unwrap();
        let problems = [problem];
        let questions = questions(&problems);
        let text = questions[1].text();
        assert!(text.contains(&problems[0].lines[0].prompt), "{text}");
        assert!(text.ends_with(problems[0].lines[1].prompt.trim()), "{text}");
        assert!(!questions[0].text().contains("Asked before"));
    }

    #[test]
    fn steps_in_one_order_are_those_whose_swapped_neighbors_are_wrong() {
        let mut kinds = HashSet::new();
        for problem in practice::open_all().unwrap() {
            for (place, line) in problem.lines.iter().enumerate() {
                let Asks::Order(order) = &line.asks else { continue };
                let model = line.model_answer(&problem);
                let letters: Vec<&str> = model.split(' ').collect();
                let swapped_is_right = (1..letters.len()).any(|at| {
                    let mut swapped = letters.clone();
                    swapped.swap(at - 1, at);
                    let report = problem.lines[place].check(&swapped.join(" "), &problem);
                    report.points == report.of
                });
                assert_eq!(has_one_order(order), !swapped_is_right, "{}", problem.id);
                kinds.insert(swapped_is_right);
            }
        }
        assert_eq!(kinds.len(), 2, "the bank has both kinds");
    }
}
