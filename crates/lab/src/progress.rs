//! How far a long computation is, on the terminal.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Shows how many of how many `things` are done, for [`sweep::grid`](crate::sweep::grid),
/// [`sweep::compare`](crate::sweep::compare) and the like, which call it from any thread.
///
/// A bar appears on stderr once a second has passed, so that what is quick stays quiet, and goes when
/// all is done. Where stderr is no terminal, nothing is shown.
///
/// ```
/// use lab::{progress, sweep};
///
/// let square = |x: &f64, _seed| Ok(x * x);
/// let trials = sweep::grid(&[1.0, 2.0], &[0], square, progress::bar("runs"))?;
/// assert_eq!(trials[1].score, 4.0);
/// # Ok::<(), lab::LabError>(())
/// ```
pub fn bar(things: &str) -> impl Fn(usize, usize) + Sync + use<> {
    const PATIENCE: Duration = Duration::from_secs(1);
    const BETWEEN: Duration = Duration::from_millis(100);
    let things = things.to_owned();
    let began = Instant::now();
    let shown = Mutex::new(None::<Instant>);
    let terminal = std::io::stderr().is_terminal();
    move |done, of| {
        let Ok(mut shown) = shown.lock() else { return };
        let (finished, now) = (done >= of, Instant::now());
        let due = match *shown {
            None => now - began > PATIENCE,
            Some(last) => finished || now - last > BETWEEN,
        };
        if !terminal || !due {
            return;
        }
        *shown = Some(now);
        // A progress bar that cannot be written is nothing to stop for.
        let _ = write!(std::io::stderr(), "\r{}", line(&things, done, of, now - began));
    }
}

/// The bar's text; when all is done, blanks over it.
fn line(things: &str, done: usize, of: usize, since: Duration) -> String {
    const WIDTH: usize = 30;
    let filled = WIDTH * done / of.max(1);
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(WIDTH - filled));
    let text = format!("{bar} {done} of {of} {things} ({} s)", since.as_secs());
    if done < of { text } else { format!("{}\r", " ".repeat(text.chars().count())) }
}

#[cfg(test)]
mod tests {
    use super::line;
    use std::time::Duration;

    #[test]
    fn the_bar_fills_and_goes() {
        let at = |done| line("runs", done, 10, Duration::from_secs(7));
        assert_eq!(at(5), format!("{}{} 5 of 10 runs (7 s)", "█".repeat(15), "░".repeat(15)));
        assert!(at(10).trim().is_empty());
    }
}
