//! What a reader's first visit to a chapter loads, and how long a move takes.
//!
//! The weight is held to its budget. Times depend on the machine: they are measured and written down
//! beside it, in `target/measurements/pages.json`.

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use whole::browser::{Watched, browser};
use whole::{built_book, layout};

/// Bytes that a chapter's page may take with everything it needs, compressed as servers do. What trains
/// networks comes on top, when the reader runs it: it is noted, and held to the same.
const BUDGET: usize = 350_000;

/// The size of a file as it travels: fonts and the packed modules are compressed already and hardly
/// change.
fn compressed(path: &str) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&fs::read(path).unwrap()).unwrap();
    encoder.finish().unwrap().len()
}

#[test]
fn a_first_visit_to_a_chapter_stays_within_its_budget() {
    let Some(browser) = browser() else { return };
    let mut pages = Map::new();
    for chapter in layout().chapters().unwrap() {
        // Each page in a browser that has seen none.
        let watched = Watched::new(&browser, 1200, "light");
        watched.open(&chapter.name);
        let explores = watched.value("document.querySelector('[data-explore]') !== null");
        if explores == json!(true) {
            watched.wait_for("performance.getEntriesByName('explorations ready').length > 0");
        }
        watched.value("document.fonts.ready.then(() => true)");
        let files: BTreeSet<String> = watched
            .requests()
            .iter()
            .filter_map(|url| url.strip_prefix("file://"))
            .map(|path| path.split(['#', '?']).next().unwrap().to_owned())
            .collect();
        let sizes: Map<String, Value> = files
            .iter()
            .map(|path| {
                let name = path.rsplit('/').next().unwrap().to_owned();
                (name, json!(compressed(path)))
            })
            .collect();
        let total: u64 = sizes.values().map(|size| size.as_u64().unwrap()).sum();
        let ready = watched.value(
            "Math.round(performance.getEntriesByName('explorations ready')[0]?.startTime ?? 0)",
        );
        let module = built_book().join(format!("generated/module-{}.js", chapter.name));
        let when_run = match module.is_file() && !files.iter().any(|f| f.contains("/module-")) {
            true => compressed(module.to_str().unwrap()),
            false => 0,
        };
        assert!(when_run <= BUDGET, "{}: {when_run} bytes when run", chapter.name);
        pages.insert(
            chapter.name.clone(),
            json!({"bytes": total, "bytes more when a network is trained": when_run, "milliseconds until it can be moved": ready, "files": sizes}),
        );
        assert!(total as usize <= BUDGET, "{}: {total} bytes: {sizes:?}", chapter.name);
        assert!(files.len() > 5, "{files:?}");
        watched.tab.close(false).unwrap();
    }
    note("pages", json!({"budget": BUDGET, "pages": pages}));
}

/// Four optimizers over five hundred steps are dragged along for a hundred moves.
#[test]
fn the_time_of_a_move_is_measured() {
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, 1200, "light");
    watched.open("gradient-descent#explore-race:steps=500&t=500");
    watched.wait_for("performance.getEntriesByName('explore race').length > 0");
    let times = watched.value(
        "(async () => {
            const section = document.getElementById('explore-race');
            const slider = document.getElementById('race-x');
            const next = () => new Promise((done) => {
                new PerformanceObserver((list, observer) => {
                    const entry = list.getEntriesByName('explore race')[0];
                    if (!entry) return;
                    observer.disconnect();
                    done(entry.duration);
                }).observe({ type: 'measure' });
            });
            const times = [];
            for (let move = 0; move < 100; move += 1) {
                const measured = next();
                const share = (1 + Math.sin(move / 7)) / 2;
                slider.value = Number(slider.min) + share * (slider.max - slider.min);
                slider.dispatchEvent(new Event('input', { bubbles: true }));
                times.push(await measured);
            }
            return times;
        })()",
    );
    let mut times: Vec<f64> =
        times.as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).collect();
    times.sort_by(f64::total_cmp);
    assert_eq!(times.len(), 100);
    let (median, slowest) = (times[50], times[99]);
    note("moves", json!({"median milliseconds": median, "slowest milliseconds": slowest}));
}

/// Writes a measurement beside the others.
fn note(name: &str, measured: Value) {
    let folder = layout().root().join("target/measurements");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.json")), format!("{measured:#}\n")).unwrap();
}
