//! When a problem comes back.

use crate::log::{Event, Log};
use fsrs::{DEFAULT_PARAMETERS, FSRS, MemoryState};
use serde::{Deserialize, Serialize};

const DAY: u64 = 86_400;

/// On which days after the first a problem comes back by the classic plan.
pub const CLASSIC_DAYS: [u64; 5] = [0, 3, 7, 14, 21];

/// How reviews are planned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// By the model of memory of the `fsrs` crate, for nine answers of ten remembered.
    #[default]
    Fsrs,
    /// On days 0, 3, 7, 14 and 21; a wrong answer begins anew.
    Classic,
}

/// A problem that comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Review {
    /// The problem's id.
    pub problem: String,
    /// When it is due, in seconds since 1970: from the first hour of a day on.
    pub at: u64,
    /// After how many days it comes back, counted from its last answer.
    pub days: u64,
}

impl Log {
    /// When each answered problem comes back, soonest first. What the plan is done with is left out.
    pub fn reviews(&self, plan: Plan) -> Vec<Review> {
        let next = |answers: &[&Event]| match plan {
            Plan::Fsrs => by_memory(answers),
            Plan::Classic => by_days(answers),
        };
        let mut reviews: Vec<Review> = self
            .answered()
            .into_iter()
            .filter_map(|(problem, answers)| {
                let answers = first_of_each_day(&answers);
                let last = answers.last()?.at;
                let days = next(&answers)?;
                Some(Review {
                    problem: problem.to_owned(),
                    at: (last / DAY).saturating_add(days).saturating_mul(DAY),
                    days,
                })
            })
            .collect();
        reviews.sort_by(|a, b| (a.at, &a.problem).cmp(&(b.at, &b.problem)));
        reviews
    }

    /// The reviews that are due at a time.
    pub fn due(&self, plan: Plan, now: u64) -> Vec<Review> {
        self.reviews(plan).into_iter().filter(|review| review.at <= now).collect()
    }
}

/// Memory is tested by a day's first answer; those that follow it are practice.
fn first_of_each_day<'a>(answers: &[&'a Event]) -> Vec<&'a Event> {
    let mut kept: Vec<&Event> = Vec::new();
    for answer in answers {
        if kept.last().is_none_or(|last| answer.at / DAY > last.at / DAY) {
            kept.push(answer);
        }
    }
    kept
}

/// Days until the next review. A right answer without help counts as good, with hints as hard,
/// any other as forgotten.
fn by_memory(answers: &[&Event]) -> Option<u64> {
    const REMEMBERED: f32 = 0.9;
    let model = FSRS::new(&DEFAULT_PARAMETERS).ok()?;
    let mut memory: Option<MemoryState> = None;
    let mut last: Option<u64> = None;
    let mut days = 1;
    for answer in answers {
        let elapsed = last.map_or(0, |last| (answer.at / DAY - last / DAY) as u32);
        let states = model.next_states(memory, REMEMBERED, elapsed).ok()?;
        let state = match (answer.points == answer.of, answer.hints) {
            (true, 0) => states.good,
            (true, _) => states.hard,
            (false, _) => states.again,
        };
        memory = Some(state.memory);
        days = state.interval.round().max(1.0) as u64;
        last = Some(answer.at);
    }
    Some(days)
}

fn by_days(answers: &[&Event]) -> Option<u64> {
    let remembered = answers.iter().rev().take_while(|answer| answer.points == answer.of).count();
    match remembered {
        0 => Some(1),
        done => {
            let (before, after) = (CLASSIC_DAYS.get(done - 1)?, CLASSIC_DAYS.get(done)?);
            Some(after - before)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, Plan};
    use crate::log::{Event, Log};

    fn log(answers: &[(u64, bool, u32)]) -> Log {
        let mut log = Log::default();
        for (day, right, hints) in answers {
            log.add(Event::answered(day * DAY + 100, "one", 0, u32::from(*right), 1, *hints));
        }
        log
    }

    fn days(answers: &[(u64, bool, u32)], plan: Plan) -> Option<u64> {
        log(answers).reviews(plan).first().map(|review| review.days)
    }

    #[test]
    fn the_classic_days_are_kept_and_a_wrong_answer_begins_anew() {
        let right = |days: &[u64]| days.iter().map(|day| (*day, true, 0)).collect::<Vec<_>>();
        assert_eq!(days(&right(&[0]), Plan::Classic), Some(3));
        assert_eq!(days(&right(&[0, 3]), Plan::Classic), Some(4));
        assert_eq!(days(&right(&[0, 3, 7]), Plan::Classic), Some(7));
        assert_eq!(days(&right(&[0, 3, 7, 14]), Plan::Classic), Some(7));
        assert_eq!(days(&right(&[0, 3, 7, 14, 21]), Plan::Classic), None);
        assert_eq!(days(&[(0, true, 0), (3, false, 0)], Plan::Classic), Some(1));
    }

    #[test]
    fn memory_that_holds_is_asked_less_often() {
        let first = days(&[(0, true, 0)], Plan::Fsrs).unwrap();
        let second = days(&[(0, true, 0), (first, true, 0)], Plan::Fsrs).unwrap();
        assert!(second > 2 * first, "{first}, {second}");
        let hard = days(&[(0, true, 0), (first, true, 2)], Plan::Fsrs).unwrap();
        let again = days(&[(0, true, 0), (first, false, 0)], Plan::Fsrs).unwrap();
        assert!(again < hard && hard < second, "{again}, {hard}, {second}");
    }

    #[test]
    fn only_a_days_first_answer_tells_of_memory() {
        let twice = days(&[(0, false, 0), (0, true, 0)], Plan::Fsrs);
        assert_eq!(twice, days(&[(0, false, 0)], Plan::Fsrs));
        let log = log(&[(0, true, 0)]);
        assert!(log.due(Plan::Classic, 2 * DAY).is_empty());
        assert_eq!(log.due(Plan::Classic, 4 * DAY).len(), 1);
    }
}
