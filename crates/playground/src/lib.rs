//! The browser face of the lab and the practice.
//!
//! One door: [`answer`] takes a request as JSON and gives a response as JSON. The page calls it
//! through WebAssembly, the book's build calls it natively for the first state of every
//! exploration, and the tests compare the two.
//!
//! ```
//! let request = r#"{"explore": {"id": "bias-correction", "settings": {"beta1": 0.5}}}"#;
//! assert!(playground::answer(request).contains("<svg"));
//! ```

mod bias_correction;
mod exploration;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use exploration::{
    Control, Exploration, ExplorationError, Kind, View, exploration, explorations,
};

use practice::Problem;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What the page asks for.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Request {
    /// Run an exploration with these settings; absent ones take their first value.
    Explore { id: String, settings: Map<String, Value> },
    /// Grade answers to a problem, one a line.
    Check { problem: Box<Problem>, answers: Vec<String> },
}

/// Answers a request; a request that cannot be answered gets `{"error": "…"}`.
pub fn answer(request: &str) -> String {
    let answered = match serde_json::from_str(request) {
        Ok(Request::Explore { id, settings }) => exploration(&id)
            .and_then(|exploration| exploration.run(&settings))
            .map(|view| json!(view))
            .map_err(|error| error.to_string()),
        Ok(Request::Check { problem, answers }) => Ok(json!(problem.check(&answers))),
        Err(error) => Err(format!("the request is malformed: {error}")),
    };
    answered.unwrap_or_else(|error| json!({ "error": error })).to_string()
}

#[cfg(test)]
mod tests {
    use super::{answer, explorations};
    use serde_json::{Value, json};

    fn ask(request: &Value) -> Value {
        serde_json::from_str(&answer(&request.to_string())).unwrap()
    }

    #[test]
    fn every_exploration_runs_with_its_first_settings() {
        for exploration in explorations() {
            let view = ask(&json!({"explore": {"id": exploration.id, "settings": {}}}));
            assert!(view["figures"][0].as_str().unwrap().contains("<svg"), "{view}");
            assert!(!view["summary"].as_str().unwrap().is_empty());
        }
    }

    #[test]
    fn bad_requests_are_told_what_is_wrong() {
        let error = |request: &str| answer(request);
        assert!(error("{").contains("malformed"));
        assert!(
            error(r#"{"explore": {"id": "x", "settings": {}}}"#).contains("no exploration `x`")
        );
        for settings in [json!({"beta1": 1.0}), json!({"beta1": "high"}), json!({"speed": 1.0})] {
            let name = settings.as_object().unwrap().keys().next().unwrap().clone();
            let view = ask(&json!({"explore": {"id": "bias-correction", "settings": settings}}));
            assert!(view["error"].as_str().unwrap().contains(&name), "{view}");
        }
    }

    #[test]
    fn answers_are_graded_as_they_are_elsewhere() {
        let problem = practice::open("bias-correction-derivation").unwrap();
        let answers = ["(1 - beta) * sum(i = 1..t, beta^(t - i) * g_i)", "mu", "", "1/0", "x"];
        let report = ask(&json!({"check": {"problem": problem, "answers": answers}}));
        assert_eq!(report, json!(problem.check(&answers)));
    }
}
