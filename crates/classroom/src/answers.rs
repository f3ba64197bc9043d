//! The file that a student answers in: what is asked of each line, and room below it.
//!
//! ```text
//! ### momentum-window 1
//! > How many steps does the average reach back?
//! about ten
//! ```
//!
//! A heading names a problem and a line of it; what is quoted is the question; the rest, up to the next
//! heading, is the answer.

use crate::course::Set;
use practice::{Asks, Line, letter};
use std::collections::BTreeMap;
use std::fmt::Write;
use weave::plain_text::without_markup;

/// The file's name.
pub const FILE: &str = "answers.md";

/// The file before anything is answered. Code is answered in files of its own.
pub fn blank(sets: &[Set]) -> String {
    let mut text =
        "Type each answer below its question, before the next line that begins with ###. Leave \
                    those lines and the file's name as they are. The questions are set properly in \
                    sheet.html.\n"
            .to_owned();
    for Set { problem, .. } in sets {
        for (number, line) in (1..).zip(&problem.lines) {
            if matches!(line.asks, Asks::Code(_)) {
                continue;
            }
            let _ = write!(text, "\n### {} {number}\n", problem.id);
            for asked in asked(line).lines() {
                let _ = writeln!(text, "> {asked}");
            }
            text += "\n\n";
        }
    }
    text
}

fn asked(line: &Line) -> String {
    let mut asked = without_markup(&line.prompt).trim().to_owned();
    let options: Vec<&str> = match &line.asks {
        Asks::Choice(choice) => choice.options.iter().map(|option| option.text.as_str()).collect(),
        Asks::Order(order) => order.texts(),
        _ => Vec::new(),
    };
    for (place, option) in options.iter().enumerate() {
        let _ = write!(asked, "\n({}) {}", letter(place), without_markup(option).trim());
    }
    let how = match line.asks {
        Asks::Rubric(_) => "Answer in your own words.".to_owned(),
        _ => line.how_to_answer(),
    };
    format!("{asked}\n{how}")
}

/// What was answered, by problem and line. What is under no heading of these problems is passed over.
pub fn read(text: &str) -> BTreeMap<(String, usize), String> {
    let mut answers = BTreeMap::new();
    let mut place: Option<(String, usize)> = None;
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            let parts: Vec<&str> = heading.split_whitespace().collect();
            place = match parts.as_slice() {
                [problem, number] => {
                    number.parse().ok().map(|number| ((*problem).to_owned(), number))
                }
                _ => None,
            };
        } else if let Some(place) = place.as_ref().filter(|_| !line.starts_with('>')) {
            let answer: &mut String = answers.entry(place.clone()).or_default();
            *answer += line;
            answer.push('\n');
        }
    }
    answers.values_mut().for_each(|answer| *answer = answer.trim().to_owned());
    answers.retain(|_, answer| !answer.is_empty());
    answers
}

/// The file with these answers, one list for each problem, as a student would have typed them.
pub fn filled(sets: &[Set], answers: &[Vec<String>]) -> String {
    let mut text = blank(sets);
    for (Set { problem, .. }, answers) in sets.iter().zip(answers) {
        for (number, answer) in (1..).zip(answers) {
            let heading = format!("\n### {} {number}\n", problem.id);
            let Some((before, after)) = text.split_once(&heading) else { continue };
            let (question, rest) = after.split_once("\n\n").unwrap_or((after, ""));
            text = format!("{before}{heading}{question}\n{answer}\n{rest}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn answers_are_what_stands_below_their_questions() {
        let text = "intro\n### a 1\n> What?\n> (a) b\n\n 0.5 \n\n### a 2\n> x\n\n### b-c 1\ntwo\nlines\n\
                    ### nonsense\nlost\n### a x\nlost\n";
        let answers = read(text);
        let of = |problem: &str, line| answers.get(&(problem.to_owned(), line)).map(String::as_str);
        assert_eq!(of("a", 1), Some("0.5"));
        assert_eq!(of("a", 2), None);
        assert_eq!(of("b-c", 1), Some("two\nlines"));
        assert_eq!(answers.len(), 2);
    }
}
