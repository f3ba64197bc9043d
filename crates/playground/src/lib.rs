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

// A module with a few explorations leaves what only others use unused.
#![cfg_attr(not(feature = "practice"), allow(dead_code))]

mod control;
#[cfg(feature = "practice")]
mod desk;
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

use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// What the page asks for.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Request {
    /// Run an exploration with these settings; absent ones take their first value.
    Explore { id: String, settings: BTreeMap<String, String> },
    /// Which settings a place in an exploration's figure stands for.
    Pick { id: String, settings: BTreeMap<String, String>, place: Place },
    /// What has to do with problems.
    #[cfg(feature = "practice")]
    #[serde(untagged)]
    Desk(desk::Request),
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
        #[cfg(feature = "practice")]
        Ok(Request::Desk(request)) => {
            desk::answer(request).map_err(|error| json!({ "error": error }))
        }
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
}
