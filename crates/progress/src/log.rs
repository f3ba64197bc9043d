//! The lines of a learner's progress.

use serde::{Deserialize, Serialize};
#[cfg(feature = "review")]
use std::collections::BTreeMap;
use std::collections::HashSet;

/// Something that a learner did.
///
/// Fields that a later version adds are passed over by an earlier one, and fields that an earlier one
/// did not write have their defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, in seconds since 1970.
    pub at: u64,
    /// What.
    pub did: Deed,
    /// With which problem, by its id.
    pub problem: String,
    /// In which variant.
    #[serde(default)]
    pub seed: u64,
    /// The points given.
    #[serde(default)]
    pub points: u32,
    /// The points there were.
    #[serde(default)]
    pub of: u32,
    /// How many hints were taken before this answer.
    #[serde(default)]
    pub hints: u32,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// An answer was graded.
    Answered,
    /// A hint was taken.
    Hint,
    /// The solution was asked for, and perhaps shown.
    AskedForSolution,
}

impl Event {
    /// An answer that was graded.
    pub fn answered(at: u64, problem: &str, seed: u64, points: u32, of: u32, hints: u32) -> Self {
        Self { at, did: Deed::Answered, problem: problem.to_owned(), seed, points, of, hints }
    }

    /// A hint or a solution that was asked for.
    pub fn help(at: u64, problem: &str, did: Deed) -> Self {
        Self { at, did, problem: problem.to_owned(), seed: 0, points: 0, of: 0, hints: 0 }
    }

    /// Whether the problem's name is one that can be shown.
    fn is_sound(&self) -> bool {
        self.problem.len() <= 200 && !self.problem.chars().any(char::is_control)
    }

    /// The event as a line of text.
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// How a learner stands to a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Never answered.
    Untried,
    /// Answered, never with all points.
    Tried,
    /// Answered with all points once.
    Solved,
}

/// All that a learner did, in order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    events: Vec<Event>,
    /// Lines that are not understood, perhaps of a later version. They are kept.
    foreign: Vec<String>,
}

impl Log {
    /// Reads lines; what cannot be read is kept as it is.
    pub fn parse(text: &str) -> Self {
        let mut log = Self::default();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(event) if Event::is_sound(&event) => log.events.push(event),
                _ => log.foreign.push(line.to_owned()),
            }
        }
        log.events.sort_by_key(|event| event.at);
        log
    }

    /// The log as lines of text.
    pub fn text(&self) -> String {
        let lines = self.events.iter().map(Event::line).chain(self.foreign.iter().cloned());
        lines.map(|line| line + "\n").collect()
    }

    /// Adds an event.
    pub fn add(&mut self, event: Event) {
        self.events.push(event);
        self.events.sort_by_key(|event| event.at);
    }

    /// Adds what another log has and this has not; says how many lines that were.
    pub fn merge(&mut self, other: &Self) -> usize {
        let mut known: HashSet<String> = self.text().lines().map(str::to_owned).collect();
        let new: Vec<Event> =
            other.events.iter().filter(|event| known.insert(event.line())).cloned().collect();
        let foreign: Vec<String> =
            other.foreign.iter().filter(|line| known.insert((*line).clone())).cloned().collect();
        let count = new.len() + foreign.len();
        self.events.extend(new);
        self.events.sort_by_key(|event| event.at);
        self.foreign.extend(foreign);
        count
    }

    /// The events, in order of time.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// How many lines are not understood.
    pub fn foreign(&self) -> usize {
        self.foreign.len()
    }

    /// How the learner stands to a problem.
    pub fn standing(&self, problem: &str) -> Standing {
        let mut answers = self.answers(problem).peekable();
        if answers.peek().is_none() {
            return Standing::Untried;
        }
        match answers.any(|event| event.of > 0 && event.points == event.of) {
            true => Standing::Solved,
            false => Standing::Tried,
        }
    }

    /// How many hints were taken since the problem was last answered.
    pub fn hints_since_answer(&self, problem: &str) -> u32 {
        let of_problem = self.events.iter().rev().filter(|event| event.problem == problem);
        let since = of_problem.take_while(|event| event.did != Deed::Answered);
        since.filter(|event| event.did == Deed::Hint).count() as u32
    }

    /// Whether the solution has been asked for before.
    pub fn asked_for_solution(&self, problem: &str) -> bool {
        let asked = |event: &Event| event.problem == problem && event.did == Deed::AskedForSolution;
        self.events.iter().any(asked)
    }

    /// The answers to a problem that were graded.
    fn answers<'a>(&'a self, problem: &'a str) -> impl Iterator<Item = &'a Event> {
        let answered =
            move |event: &&Event| event.problem == problem && event.did == Deed::Answered;
        self.events.iter().filter(answered)
    }

    /// The last answer to a problem.
    pub fn last_answer(&self, problem: &str) -> Option<&Event> {
        let answered = |event: &&Event| event.problem == problem && event.did == Deed::Answered;
        self.events.iter().rfind(answered)
    }

    /// Every problem that was answered, with its graded answers.
    #[cfg(feature = "review")]
    pub(crate) fn answered(&self) -> BTreeMap<&str, Vec<&Event>> {
        let mut problems: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
        for event in self.events.iter().filter(|event| event.did == Deed::Answered) {
            problems.entry(&event.problem).or_default().push(event);
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::{Deed, Event, Log, Standing};

    #[test]
    fn a_torn_line_costs_nothing_but_itself_and_foreign_lines_survive() {
        let whole = Event::answered(5, "one", 0, 2, 2, 0).line();
        let later = r#"{"at": 9, "did": "dreamt", "problem": "one"}"#;
        let text = format!("{whole}\n{later}\n{}", &whole[..20]);
        let log = Log::parse(&text);
        assert_eq!((log.events().len(), log.foreign()), (1, 2));
        assert_eq!(log.standing("one"), Standing::Solved);
        assert!(log.text().contains("dreamt"));
        assert_eq!(Log::parse(&log.text()), log);
    }

    #[test]
    fn an_older_line_lacks_fields_and_a_newer_has_more() {
        let log = Log::parse(
            "{\"at\":1,\"did\":\"answered\",\"problem\":\"a\",\"points\":1,\"of\":2}\n\
             {\"at\":2,\"did\":\"hint\",\"problem\":\"a\",\"mood\":\"good\"}\n",
        );
        assert_eq!(log.standing("a"), Standing::Tried);
        assert_eq!(log.hints_since_answer("a"), 1);
        assert_eq!(log.standing("b"), Standing::Untried);
    }

    #[test]
    fn logs_of_two_machines_become_one_and_nothing_is_counted_twice() {
        let event = |at| Event::answered(at, "one", 0, 0, 2, 0);
        let (mut here, mut there) = (Log::default(), Log::default());
        [1, 3].into_iter().for_each(|at| here.add(event(at)));
        [2, 3].into_iter().for_each(|at| there.add(event(at)));
        assert_eq!(here.merge(&there), 1);
        assert_eq!(here.merge(&there), 0);
        let times: Vec<u64> = here.events().iter().map(|event| event.at).collect();
        assert_eq!(times, [1, 2, 3]);
        there.add(Event::help(4, "one", Deed::AskedForSolution));
        assert!(there.asked_for_solution("one") && !here.asked_for_solution("one"));
    }
}
