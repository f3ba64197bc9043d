//! For the tests of explorations: settings by name, and all the corners of the sliders.

use crate::control::{Kind, plain};
use crate::exploration::{Exploration, ExplorationError};
use crate::view::View;
use std::collections::BTreeMap;

/// The view with these settings and first values for the others.
pub(crate) fn with(
    exploration: &Exploration,
    settings: &[(&str, &str)],
) -> Result<View, ExplorationError> {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    exploration.run(&settings.collect(), &mut |_| ())
}

/// Runs every combination of the ends of sliders and of all else that can be chosen. Each is shown
/// without a number that cannot be drawn, or refused beside a control.
pub(crate) fn run_every_corner(exploration: &Exploration) {
    let mut corners = vec![BTreeMap::new()];
    for control in exploration.controls {
        let ends: Vec<String> = match control.kind {
            Kind::Choice(values) => vec![plain(values[0]), plain(values[values.len() - 1])],
            Kind::Range(low, high, _) | Kind::Number(low, high) => vec![plain(low), plain(high)],
            Kind::Switch => vec!["off".to_owned(), "on".to_owned()],
            Kind::Pick(options) => options.iter().map(|(name, _)| (*name).to_owned()).collect(),
            Kind::Time(most, _) => vec!["0".to_owned(), most.to_string()],
            Kind::Text => vec![control.first.to_owned()],
        };
        let extended = |corner: &BTreeMap<String, String>| -> Vec<_> {
            let at = |end: &String| {
                let mut corner = corner.clone();
                corner.insert(control.name.to_owned(), end.clone());
                corner
            };
            ends.iter().map(at).collect()
        };
        corners = corners.iter().flat_map(extended).collect();
    }
    for corner in corners {
        match exploration.run(&corner, &mut |_| ()) {
            Ok(view) => {
                let parts = view.parts.concat();
                assert!(parts.contains("<svg"), "{corner:?}");
                assert!(!view.summary.is_empty(), "{corner:?}");
                for wrong in ["NaN", "inf", "not a number"] {
                    assert!(!parts.contains(wrong), "{wrong} at {corner:?}");
                    assert!(!view.summary.contains(wrong), "{corner:?}: {}", view.summary);
                }
            }
            Err(refused) => assert!(refused.control().is_some(), "{corner:?}: {refused}"),
        }
    }
}
