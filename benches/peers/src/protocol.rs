//! What the harness and its workers say to each other: one JSON value a line.

use crate::agreement::Fingerprint;
use crate::case::Case;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// From the harness to a worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Drop the case before, make this one and take the checked steps.
    Prepare(Case),
    /// Take one step that is not timed, which brings the case back into the caches, then time
    /// this many.
    Run {
        /// How many steps to time.
        steps: u64,
    },
}

/// From a worker to the harness.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Said once, when the worker has started.
    Started {
        /// What the worker runs on, by name.
        versions: BTreeMap<String, String>,
    },
    /// The case is ready to run.
    Prepared {
        /// The parameters after the checked steps.
        fingerprint: Fingerprint,
    },
    /// The steps were taken.
    Ran {
        /// How long the timed steps took together.
        seconds: f64,
    },
    /// The request could not be fulfilled.
    Failed {
        /// Why.
        reason: String,
    },
}
