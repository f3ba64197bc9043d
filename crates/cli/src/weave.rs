//! `descent weave`: notebooks brought up to date.

use ::weave::layout::Layout;
use ::weave::refresh::{self, Progress};
use anyhow::Result;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

pub(crate) fn run(
    layout: &Layout,
    check: bool,
    run: bool,
    chapters: &[String],
) -> Result<ExitCode> {
    let display = Display::default();
    let report = |progress: Progress| display.show(progress);
    match (check, run) {
        (true, true) => refresh::check_by_running(layout, chapters, &report)?,
        (true, false) => refresh::check(layout, chapters)?,
        (false, _) => refresh::refresh(layout, chapters, &report)?,
    }
    if check {
        println!("The notebooks are up to date.");
    }
    Ok(ExitCode::SUCCESS)
}

/// What is written before the bar of the claims.
const CLAIMS: &str = "claims";

/// One bar for each chapter that runs; plain lines where there is no terminal.
#[derive(Default)]
pub(crate) struct Display {
    bars: MultiProgress,
    running: Mutex<BTreeMap<String, ProgressBar>>,
}

impl Display {
    pub(crate) fn show(&self, progress: Progress) {
        let mut running = self.running.lock().expect("no thread panics while it holds this lock");
        match progress {
            Progress::Note(note) => self.say(note),
            Progress::Claims(done, all) => {
                let bar = running.entry(CLAIMS.to_owned()).or_insert_with(|| {
                    self.bar(CLAIMS, all, "{prefix}: {bar:20} {pos} of {len} ({elapsed})")
                });
                bar.set_position(done as u64);
                if done == all {
                    self.finish(&mut running, CLAIMS, "measured");
                }
            }
            Progress::Cell(chapter, place, count, id) => {
                let style = "{prefix}: {bar:20} cell {pos} of {len}, {msg} ({elapsed})";
                let bar = running
                    .entry(chapter.to_owned())
                    .or_insert_with(|| self.bar(chapter, count, style));
                bar.set_position(place as u64);
                bar.set_message(id.to_owned());
            }
            Progress::Ran(chapter) => self.finish(&mut running, chapter, "run"),
            Progress::Rewritten(chapter) => {
                self.finish(&mut running, chapter, "prose brought up to date");
            }
            Progress::Unchanged(chapter) => self.finish(&mut running, chapter, "unchanged"),
        }
    }

    fn bar(&self, chapter: &str, count: usize, style: &str) -> ProgressBar {
        let style = ProgressStyle::with_template(style);
        let bar = self.bars.add(ProgressBar::new(count as u64));
        bar.set_prefix(chapter.to_owned());
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }

    fn finish(&self, running: &mut BTreeMap<String, ProgressBar>, chapter: &str, outcome: &str) {
        if let Some(bar) = running.remove(chapter) {
            bar.finish_and_clear();
        }
        self.say(&format!("{chapter}: {outcome}"));
    }

    fn say(&self, line: &str) {
        self.bars.suspend(|| println!("{line}"));
    }
}
