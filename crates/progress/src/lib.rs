//! What a learner has done, and what is due for review.
//!
//! Progress is a text of lines, one event a line, in JSON. Lines are only ever added, so that an
//! interruption can cost the last line at most; two files are brought together by putting one behind
//! the other. The command line keeps the text in a file, the page in the browser; both read what the
//! other wrote.
//!
//! ```
//! use progress::{Event, Log, Standing};
//!
//! let mut log = Log::default();
//! log.add(Event::answered(1_790_000_000, "adam-step", 0, 5, 5, 0));
//! assert_eq!(log.standing("adam-step"), Standing::Solved);
//! ```

mod log;
#[cfg(feature = "review")]
mod review;
#[cfg(not(target_arch = "wasm32"))]
mod store;

pub use log::{Deed, Event, Log, Standing};
#[cfg(feature = "review")]
pub use review::{CLASSIC_DAYS, Plan, Review};
#[cfg(not(target_arch = "wasm32"))]
pub use store::{ELSEWHERE, Store, now};
