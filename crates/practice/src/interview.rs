//! A timed mix of problems, as an interview is.

use crate::problem::{Kind, Problem};
use crate::variant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What has to be known of a problem to choose it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Its chapter, which is its topic.
    pub chapter: String,
    /// The section it rests on.
    pub section: String,
    /// Its kind.
    pub kind: Kind,
    /// From 1 to 5.
    pub difficulty: u8,
    /// How long it takes.
    pub minutes: u16,
    /// Whether it is one of the drills.
    pub drill: bool,
}

impl From<&Problem> for Card {
    fn from(problem: &Problem) -> Self {
        Self {
            id: problem.id.clone(),
            title: problem.title.clone(),
            chapter: problem.chapter.clone(),
            section: problem.section.clone(),
            kind: problem.kind(),
            difficulty: problem.difficulty,
            minutes: problem.minutes,
            drill: problem.drill,
        }
    }
}

/// Chooses problems that fill so many minutes: first an easy one, then a mix in which topics and kinds
/// repeat as little as they can, the open questions among them. The seed decides between equals.
pub fn choose(cards: &[Card], minutes: u32, seed: u64) -> Vec<&Card> {
    let order = variant::draw(seed, 1).permutation(cards.len());
    let mut waiting: Vec<&Card> = order.into_iter().map(|place| &cards[place]).collect();
    let mut chosen: Vec<&Card> = Vec::new();
    let mut left = minutes;
    loop {
        let first = chosen.is_empty();
        // One question in three is open, as in an interview.
        let essays = chosen.iter().filter(|card| card.kind == Kind::Essay).count();
        let open = !first && 3 * essays <= chosen.len();
        let strain = |card: &Card| {
            let same =
                |same: &dyn Fn(&Card) -> bool| chosen.iter().filter(|card| same(card)).count();
            let topic = same(&|other| other.chapter == card.chapter);
            let kind = same(&|other| other.kind == card.kind);
            let hard = usize::from(first && card.difficulty > 2);
            let closed = usize::from(open && card.kind != Kind::Essay);
            let too_open = usize::from(!open && card.kind == Kind::Essay);
            (hard, topic, closed + too_open, kind)
        };
        let fits = |card: &&Card| u32::from(card.minutes) <= left;
        let next = waiting.iter().enumerate().filter(|(_, card)| fits(card));
        let Some((place, _)) = next.min_by_key(|(place, card)| (strain(card), *place)) else {
            return chosen;
        };
        let card = waiting.remove(place);
        left -= u32::from(card.minutes);
        chosen.push(card);
    }
}

/// What a hint costs: this share of the problem's points.
pub const HINT_COSTS: f64 = 0.1;

/// A problem as it was answered in an interview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The problem.
    pub card: Card,
    /// The points given.
    pub points: u32,
    /// The points there were.
    pub of: u32,
    /// How many hints were taken.
    pub hints: u32,
    /// How long it took, in seconds.
    pub seconds: u64,
}

impl Answered {
    /// The share of the points that is left after hints.
    pub fn share(&self) -> f64 {
        let share = f64::from(self.points) / f64::from(self.of.max(1));
        (share - HINT_COSTS * f64::from(self.hints)).max(0.0)
    }
}

/// How an interview went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// From 0 to 100.
    pub score: u32,
    /// Each topic, with its share from 0 to 100, worst first.
    pub topics: Vec<(String, u32)>,
    /// What to read again: chapter and section of what went badly, with the title of the problem.
    pub reread: Vec<(String, String, String)>,
    /// What took more than its time: its title, with the minutes it took and was meant to take.
    pub slow: Vec<(String, u64, u16)>,
}

/// Below this share a problem went badly.
const BADLY: f64 = 0.7;

/// Sums up an interview.
pub fn outcome(answered: &[Answered]) -> Outcome {
    let percent = |shares: &[f64]| {
        let mean = shares.iter().sum::<f64>() / shares.len().max(1) as f64;
        (100.0 * mean).round() as u32
    };
    let mut topics: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for answer in answered {
        topics.entry(&answer.card.chapter).or_default().push(answer.share());
    }
    let mut topics: Vec<(String, u32)> =
        topics.into_iter().map(|(topic, shares)| (topic.to_owned(), percent(&shares))).collect();
    topics.sort_by_key(|(_, share)| *share);
    let badly = answered.iter().filter(|answer| answer.share() < BADLY);
    let slow =
        answered.iter().filter(|answer| answer.seconds > 90 * u64::from(answer.card.minutes));
    Outcome {
        score: percent(&answered.iter().map(Answered::share).collect::<Vec<_>>()),
        topics,
        reread: badly
            .map(|answer| &answer.card)
            .map(|card| (card.chapter.clone(), card.section.clone(), card.title.clone()))
            .collect(),
        slow: slow
            .map(|answer| (answer.card.title.clone(), answer.seconds / 60, answer.card.minutes))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Answered, Card, choose, outcome};
    use crate::problem::Kind;
    use std::collections::BTreeSet;

    fn cards() -> Vec<Card> {
        let kinds = [Kind::Number, Kind::Choice, Kind::Essay, Kind::Expression];
        let card = |number: usize| Card {
            id: format!("p{number}"),
            title: format!("Problem {number}"),
            chapter: format!("chapter-{}", number % 7),
            section: "here".into(),
            kind: kinds[number % 4],
            difficulty: (number % 5) as u8 + 1,
            minutes: (number % 6) as u16 + 3,
            drill: false,
        };
        (0..60).map(card).collect()
    }

    #[test]
    fn a_mix_fills_its_time_begins_easily_and_repeats_with_its_seed() {
        let cards = cards();
        for seed in 0..20 {
            let chosen = choose(&cards, 45, seed);
            let minutes: u16 = chosen.iter().map(|card| card.minutes).sum();
            assert!((43..=45).contains(&minutes), "{minutes}");
            assert!(chosen[0].difficulty <= 2);
            let topics: BTreeSet<&str> = chosen.iter().map(|card| card.chapter.as_str()).collect();
            assert!(topics.len() >= 6.min(chosen.len()), "{topics:?}");
            let open = chosen.iter().filter(|card| card.kind == Kind::Essay).count();
            assert!(open >= 1 && 2 * open <= chosen.len() + 1, "{open} of {}", chosen.len());
            assert_eq!(chosen, choose(&cards, 45, seed));
        }
        assert_ne!(choose(&cards, 45, 1), choose(&cards, 45, 2));
        assert!(choose(&cards, 2, 0).is_empty());
    }

    #[test]
    fn hints_cost_and_what_went_badly_is_to_be_read_again() {
        let cards = cards();
        let answer = |place: usize, points, hints, seconds| Answered {
            card: cards[place].clone(),
            points,
            of: 4,
            hints,
            seconds,
        };
        let result = outcome(&[answer(0, 4, 0, 60), answer(1, 4, 2, 60), answer(2, 2, 0, 4000)]);
        assert_eq!(result.score, 77);
        assert_eq!(result.topics[0], ("chapter-2".to_owned(), 50));
        assert_eq!(result.reread.len(), 1);
        assert_eq!(result.slow[0].0, "Problem 2");
        assert_eq!(answer(0, 1, 9, 0).share(), 0.0);
    }
}
