//! GIFT, the text form of Moodle's question bank.
//!
//! Each question is one line, in HTML, so that nothing depends on where lines break. What GIFT says
//! less exactly than our checker: of several right options a part earns a part of the points (and any
//! wrong one takes them all); a number has to be typed plainly in the unit that the question names,
//! not as a calculation or in another unit. Margins are our checker's.

use crate::export::html::{self, Formulas};
use crate::export::question::{self, Export, LeftOut, Question, has_one_order, rubric_text};
use crate::export::tolerance;
use practice::{Asks, Choice, Order, Problem};

/// What stands beside a step that has no place.
const STRAY: &str = "does not belong";

/// The lines of these problems as a GIFT file, a category for each chapter.
pub fn bank(problems: &[Problem]) -> Export<String> {
    let mut bank = Export { content: String::new(), questions: 0, left_out: Vec::new() };
    let mut category = String::new();
    for question in question::questions(problems) {
        match answers(&question) {
            Ok(answers) => {
                if question.chapter() != category {
                    category = question.chapter();
                    bank.content += &format!("$CATEGORY: Descent/{category}\n\n");
                }
                let text = html(&question.text_with_form());
                let title = escaped(&question.title());
                bank.content += &format!("::{title}::[html]{text}{{{answers}}}\n\n");
                bank.questions += 1;
            }
            Err(left_out) => bank.left_out.push(left_out),
        }
    }
    bank
}

/// What stands between the braces of a question.
fn answers(question: &Question) -> Result<String, LeftOut> {
    if let Some(why) = question.beyond_other_tools() {
        return Err(question.left_out(why));
    }
    match &question.line.asks {
        Asks::Number(number) => {
            let accepted = tolerance::accepted(question, number)
                .ok_or_else(|| question.left_out("its number has no finite value"))?;
            // f64's own text has no power of ten, which not every reader of GIFT knows.
            let mut answers = format!("#={}:{}", accepted.value, accepted.margin);
            for (wrong, reply) in tolerance::mistakes(question) {
                let reply = reply_html(&reply);
                answers += &format!(" =%0%{}:{}#{reply}", wrong.value, wrong.margin);
            }
            Ok(answers)
        }
        Asks::Choice(choice) => Ok(options(choice)),
        Asks::Order(order) if has_one_order(order) => Ok(places(order)),
        Asks::Order(_) => {
            Err(question.left_out("several orders are right, and a matching takes only one"))
        }
        Asks::Rubric(rubric) => Ok(format!("####{}", html(&rubric_text(question.problem, rubric)))),
        _ => Err(question.left_out("GIFT has no such question")),
    }
}

fn options(choice: &Choice) -> String {
    let right = choice.options.iter().filter(|option| option.right).count();
    let option = |option: &practice::ChoiceOption| {
        let mark = match (choice.several, option.right) {
            (false, true) => "=".to_owned(),
            (false, false) => "~".to_owned(),
            (true, true) => format!("~%{}%", share(right)),
            (true, false) => "~%-100%".to_owned(),
        };
        let text = escaped(&html::inline(&option.text, Formulas::MathJax));
        format!("{mark}{text}#{}", reply_html(&option.reply))
    };
    choice.options.iter().map(option).collect::<Vec<_>>().join(" ")
}

/// Percent of the points for one of so many right options, to the five decimals that Moodle knows.
pub fn share(of: usize) -> f64 {
    (1e7 / of as f64).round() / 1e5
}

fn places(order: &Order) -> String {
    let pair = |place: &usize| match order.steps.get(*place) {
        Some(step) => (&step.text, (place + 1).to_string()),
        None => (&order.strays[place - order.steps.len()].text, STRAY.to_owned()),
    };
    let pairs = order.shown.iter().map(pair);
    pairs
        .map(|(text, place)| {
            format!("={} -> {place}", escaped(&html::inline(text, Formulas::MathJax)))
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn html(markdown: &str) -> String {
    escaped(&html::from_markdown(markdown, Formulas::MathJax))
}

fn reply_html(reply: &str) -> String {
    escaped(&html::from_reply(reply, Formulas::MathJax))
}

/// Text in which nothing means anything to GIFT, on one line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '~' | '=' | '#' | '{' | '}' | ':' | '\\' => escaped.extend(['\\', c]),
            '\n' => escaped += "\\n",
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{bank, escaped, share};

    #[test]
    fn what_means_something_to_gift_is_escaped() {
        assert_eq!(escaped("{a = b}: #1 ~ \\nabla\n"), "\\{a \\= b\\}\\: \\#1 \\~ \\\\nabla\\n");
    }

    #[test]
    fn shares_are_those_that_moodle_knows() {
        assert_eq!([1, 2, 3, 6].map(share), [100.0, 50.0, 33.33333, 16.66667]);
    }

    #[test]
    fn a_number_says_its_margin_and_replies_to_known_mistakes() {
        let problem = practice::open("dead-layer-under-lamb").unwrap();
        let gift = bank(std::slice::from_ref(&problem));
        assert_eq!(gift.questions, problem.lines.len());
        assert!(gift.content.starts_with("$CATEGORY: Descent/"), "{}", gift.content);
        assert!(gift.content.contains("{#="), "{}", gift.content);
        let mistakes = problem.lines.iter().flat_map(|line| line.wrong_answers(&problem)).count();
        assert_eq!(gift.content.matches("=%0%").count(), mistakes);
    }

    #[test]
    fn what_cannot_be_graded_is_left_out_and_says_why() {
        let code = practice::open("adam-step").unwrap();
        let gift = bank(&[code]);
        assert_eq!((gift.questions, gift.content.as_str()), (0, ""));
        assert_eq!(gift.left_out[0].question, "adam-step");
        assert!(gift.left_out[0].why.contains("compiled"));
    }
}
