//! The browser face of the lab and the practice.
//!
//! One door: [`answer`] takes a request as JSON and gives a response as JSON. The page calls it
//! through WebAssembly, the book's build calls it natively for the first state of every
//! exploration, and the tests compare the two.
//!
//! ```
//! let request = r#"{"explore": {"id": "bias-correction", "settings": {"beta1": "0.5"}}}"#;
//! assert!(playground::answer(request, &mut |_| ()).contains("<svg"));
//! ```

mod control;
mod exploration;
mod explorations;
mod view;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use control::{Control, Kind, Setting, Settings, plain};
pub use exploration::{
    Changes, Coordinate, Exploration, ExplorationError, Handle, Place, addressed, exploration,
    explorations,
};
pub use view::View;

use practice::Problem;
use practice::interview::{Answered, Card, choose, outcome};
use progress::{Log, Plan};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What the page asks for.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Request {
    /// Run an exploration with these settings; absent ones take their first value.
    Explore { id: String, settings: BTreeMap<String, String> },
    /// Which settings a place in an exploration's figure stands for.
    Pick { id: String, settings: BTreeMap<String, String>, place: Place },
    /// Grade answers to a problem, one a line.
    Check { problem: Box<Problem>, answers: Vec<String> },
    /// What comes back when, from a learner's progress; and how the learner stands to each problem.
    Review { log: String, plan: Plan },
    /// One text of progress from two, and how many lines were new.
    Merge { ours: String, theirs: String },
    /// A mix of problems for so many minutes.
    Interview { cards: Vec<Card>, minutes: u32, seed: u64 },
    /// How an interview went.
    Outcome { answered: Vec<Answered> },
}

/// Answers a request; a request that cannot be answered gets `{"error": "…"}`, with the control
/// that the message belongs to, if it belongs to one. What there is before the answer, of an
/// exploration that takes long, is passed to `draw`.
pub fn answer(request: &str, draw: &mut dyn FnMut(&str)) -> String {
    let refused =
        |error: ExplorationError| json!({ "error": error.to_string(), "control": error.control() });
    let answered = match serde_json::from_str(request) {
        Ok(Request::Explore { id, settings }) => exploration(&id)
            .and_then(|exploration| {
                exploration.run(&settings, &mut |view| draw(&json!(view).to_string()))
            })
            .map(|view| json!(view))
            .map_err(refused),
        Ok(Request::Pick { id, settings, place }) => exploration(&id)
            .and_then(|exploration| exploration.pick(&settings, &place))
            .map(|changes| json!(changes))
            .map_err(refused),
        Ok(Request::Check { problem, answers }) => Ok(json!(problem.check(&answers))),
        Ok(Request::Review { log, plan }) => {
            let log = Log::parse(&log);
            let answered = log.reviews(Plan::Fsrs);
            let standing = |problem: &str| (problem.to_owned(), json!(log.standing(problem)));
            let mut standings: Map<String, Value> =
                answered.iter().map(|review| standing(&review.problem)).collect();
            standings.retain(|_, standing| !standing.is_null());
            Ok(json!({ "reviews": log.reviews(plan), "standings": standings }))
        }
        Ok(Request::Merge { ours, theirs }) => {
            let (mut log, theirs) = (Log::parse(&ours), Log::parse(&theirs));
            match theirs.events().is_empty() {
                true => Err(json!({ "error": "not one line of the file can be read as progress" })),
                false => {
                    let added = log.merge(&theirs);
                    Ok(json!({ "log": log.text(), "added": added }))
                }
            }
        }
        Ok(Request::Interview { cards, minutes, seed }) => Ok(json!(choose(&cards, minutes, seed))),
        Ok(Request::Outcome { answered }) => Ok(json!(outcome(&answered))),
        Err(error) => Err(json!({ "error": format!("the request is malformed: {error}") })),
    };
    answered.unwrap_or_else(|error| error).to_string()
}

#[cfg(test)]
mod tests {
    use super::{answer, explorations};
    use serde_json::{Value, json};

    fn ask(request: &Value) -> Value {
        serde_json::from_str(&answer(&request.to_string(), &mut |_| ())).unwrap()
    }

    #[test]
    fn every_exploration_runs_with_its_first_settings() {
        for exploration in explorations() {
            let view = ask(&json!({"explore": {"id": exploration.id, "settings": {}}}));
            assert!(view["parts"][0].as_str().unwrap().contains("<svg"), "{view}");
            assert!(!view["summary"].as_str().unwrap().is_empty());
        }
    }

    #[test]
    fn bad_requests_are_told_what_is_wrong() {
        let error = |request: &str| answer(request, &mut |_| ());
        assert!(error("{").contains("malformed"));
        assert!(
            error(r#"{"explore": {"id": "x", "settings": {}}}"#).contains("no exploration `x`")
        );
        for settings in [json!({"beta1": "1"}), json!({"beta1": "high"}), json!({"speed": "1"})] {
            let name = settings.as_object().unwrap().keys().next().unwrap().clone();
            let view = ask(&json!({"explore": {"id": "bias-correction", "settings": settings}}));
            let told =
                view["control"] == json!(name) || view["error"].as_str().unwrap().contains(&name);
            assert!(told, "{view}");
        }
    }

    #[test]
    fn progress_is_read_merged_and_planned_as_on_the_command_line() {
        let line = progress::Event::answered(100, "adam-step", 0, 5, 5, 0).line();
        let torn = format!("{line}\n{{\"at\": 1");
        let review = ask(&json!({"review": {"log": torn, "plan": "classic"}}));
        assert_eq!(review["reviews"][0]["days"], 3);
        assert_eq!(review["standings"]["adam-step"], "solved");
        let merged = ask(&json!({"merge": {"ours": "", "theirs": torn}}));
        assert_eq!(merged["added"], 2);
        assert!(merged["log"].as_str().unwrap().contains("adam-step"));
        let refused = ask(&json!({"merge": {"ours": "", "theirs": "a picture"}}));
        assert!(refused["error"].as_str().unwrap().contains("progress"));
    }

    #[test]
    fn an_interview_is_chosen_and_summed_up_as_on_the_command_line() {
        let problems = practice::open_all().unwrap();
        let cards: Vec<practice::interview::Card> = problems.iter().map(Into::into).collect();
        let chosen = ask(&json!({"interview": {"cards": cards, "minutes": 30, "seed": 3}}));
        let here = practice::interview::choose(&cards, 30, 3);
        assert_eq!(chosen, json!(here));
        let answered = json!([{"card": here[0], "points": 1, "of": 2, "hints": 1, "seconds": 60}]);
        assert_eq!(ask(&json!({"outcome": {"answered": answered}}))["score"], 40);
    }

    #[test]
    fn answers_are_graded_as_they_are_elsewhere() {
        let problem = practice::open("bias-correction-derivation").unwrap();
        let answers = ["(1 - beta) * sum(i = 1..t, beta^(t - i) * g_i)", "mu", "", "1/0", "x"];
        let report = ask(&json!({"check": {"problem": problem, "answers": answers}}));
        assert_eq!(report, json!(problem.check(&answers)));
    }
}
