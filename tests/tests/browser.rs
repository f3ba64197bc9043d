//! The built book in a real browser, opened from `file://`.
//!
//! Needs Chromium; the accessibility test also needs axe-core (`npm install axe-core` in
//! `target/npm`). Where one is missing the test says so and passes, unless `DESCENT_DEMAND` is set.

use headless_chrome::protocol::cdp::Page;
use headless_chrome::types::PrintToPdfOptions;
use serde_json::json;
use std::fs;
use whole::browser::{HEIGHT, SCHEMES, WIDTHS, Watched, browser};
use whole::{layout, page_names, skip};

/// Whether a page is a deck of slides, which have tests of their own.
fn is_deck(page: &str) -> bool {
    page.starts_with("slides-")
}

#[test]
fn every_page_is_quiet_and_fits_in_both_themes_at_both_widths() {
    let Some(browser) = browser() else { return };
    let shots = layout().root().join("target/screenshots");
    fs::create_dir_all(&shots).unwrap();
    // A light page is loaded in the wide window and a dark one in the narrow one.
    let [wide, narrow] = WIDTHS;
    for (scheme, widths) in SCHEMES.into_iter().zip([[wide, narrow], [narrow, wide]]) {
        let watched = Watched::new(&browser, widths[0], scheme);
        for page in page_names().iter().filter(|page| !is_deck(page)) {
            watched.resize((widths[0], HEIGHT));
            watched.open(page);
            for width in widths {
                watched.resize((width, HEIGHT));
                let place = format!("{page}, {scheme}, {width} px");
                let overflow = watched.value(
                    // Not `innerWidth`: on a phone that grows with what is too wide.
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
                );
                assert!(overflow.as_i64().unwrap() <= 0, "{place}: scrolls sideways by {overflow}");
                let dark = watched.value(
                    "getComputedStyle(document.documentElement).backgroundColor.match(/[\\d.]+/g)\
                     .slice(0, 3).reduce((sum, part) => sum + Number(part), 0) < 384",
                );
                assert_eq!(dark, json!(scheme == "dark"), "{place}");
                let shot = watched
                    .tab
                    .capture_screenshot(Page::CaptureScreenshotFormatOption::Png, None, None, true)
                    .unwrap();
                fs::write(shots.join(format!("{page}-{scheme}-{width}.png")), shot).unwrap();
                watched.assert_quiet(&place);
            }
        }
    }
}

#[test]
fn formulas_are_laid_out_with_the_mathematical_font() {
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, 1200, "light");
    watched.open("bias-correction");
    watched.wait_for(
        "document.fonts.ready.then(() => document.fonts.check('16px \"Latin Modern Math\"'))",
    );
    // A fraction is laid out as one: its numerator stands above its denominator.
    let stacked = watched.value(
        "[...document.querySelectorAll('math[display=block] mfrac')].every((fraction) => {
            const [top, bottom] = [...fraction.children].map((part) => part.getBoundingClientRect());
            return top.height > 0 && top.bottom <= bottom.top + 1;
        })",
    );
    assert_eq!(stacked, json!(true));
}

#[test]
fn figures_have_a_size_and_take_their_ink_from_the_theme() {
    let Some(browser) = browser() else { return };
    let ink = |scheme: &str| {
        let watched = Watched::new(&browser, 1200, scheme);
        watched.open("gradient-descent");
        let sizes = watched.value(
            "[...document.querySelectorAll('.descent-figure > svg')].map((figure) => {
                const { width, height } = figure.getBoundingClientRect();
                return Math.min(width, height);
            })",
        );
        let sizes = sizes.as_array().unwrap().clone();
        assert!(sizes.len() >= 3 && sizes.iter().all(|size| size.as_f64().unwrap() > 200.0));
        watched.value("getComputedStyle(document.querySelector('.descent-figure text')).fill")
    };
    assert_ne!(ink("light"), ink("dark"));
}

#[test]
fn the_page_grades_as_everywhere_else() {
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, 390, "dark");
    watched.open("bias-correction");
    let problem = practice::open("bias-correction-derivation").unwrap();
    let table: Vec<Vec<String>> = serde_json::from_str(include_str!("../answers.json")).unwrap();
    for answers in table {
        let expected = problem.check(&answers);
        let score = format!("{} of {} points", expected.points, expected.of);
        let seen = watched.value(&format!(
            "(async () => {{
                const section = document.querySelector('[data-problem]');
                const inputs = [...section.querySelectorAll('form input')];
                const answers = {};
                inputs.forEach((input, number) => {{ input.value = answers[number] ?? ''; }});
                const score = section.querySelector('.score');
                score.textContent = '';
                section.querySelector('form').requestSubmit();
                while (['', 'Checking…'].includes(score.textContent)) await new Promise((done) => setTimeout(done, 20));
                return [score.textContent,
                    [...section.querySelectorAll('.verdict')].map((verdict) => verdict.textContent)];
            }})()",
            json!(answers)
        ));
        assert_eq!(seen[0], json!(score), "{answers:?}");
        for (line, text) in expected.lines.iter().zip(seen[1].as_array().unwrap()) {
            assert!(text.as_str().unwrap().ends_with(&line.feedback), "{text} {line:?}");
        }
    }
    watched.assert_quiet("the problem");
}

/// Every kind of answer but code is given in place in every chapter, wrong and right, and what was done
/// is kept in the format of the command line. Runs are executed again in one chapter.
#[test]
fn the_problems_of_all_chapters_are_answered_in_the_page() {
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, 390, "light");
    let fill = "const fill = (section, answers) => section.querySelectorAll('.line').forEach((line, number) => {
        const answer = answers[number];
        const boxes = (wanted) => line.querySelectorAll('input').forEach((box) => {
            box.checked = wanted.includes(box.value);
        });
        if (line.dataset.kind === 'choice') boxes(answer.split(', '));
        else if (line.dataset.kind === 'rubric') boxes(answer.split(' '));
        else if (line.dataset.kind !== 'code') line.querySelector('input').value = answer;
    });";
    let mut solved = 0;
    let mut problems = practice::open_all().unwrap();
    problems.retain(|problem| match problem.kind() {
        practice::Kind::Code => false,
        practice::Kind::Diagnosis => problem.chapter == "bias-correction",
        _ => true,
    });
    problems.sort_by(|one, other| one.chapter.cmp(&other.chapter));
    let mut chapter = "";
    for problem in &problems {
        if problem.chapter != chapter {
            chapter = &problem.chapter;
            watched.open(&format!("practice-{chapter}"));
        }
        let [right, wrong] = problem.trials();
        for answers in [wrong, right] {
            let expected = problem.check(&answers);
            let seen = watched.value(&format!(
                "(async () => {{
                    {fill}
                    const section = document.getElementById('{}');
                    fill(section, {});
                    const score = section.querySelector('.score');
                    score.textContent = '';
                    section.querySelector('form').requestSubmit();
                    while (['', 'Checking…'].includes(score.textContent)) {{
                        await new Promise((done) => setTimeout(done, 20));
                    }}
                    return [score.textContent,
                        [...section.querySelectorAll('.verdict')].map((verdict) => verdict.textContent)];
                }})()",
                problem.id,
                json!(answers)
            ));
            let score = format!("{} of {} points", expected.points, expected.of);
            assert_eq!(seen[0], json!(score), "{}: {answers:?} {seen}", problem.id);
            for (line, text) in expected.lines.iter().zip(seen[1].as_array().unwrap()) {
                assert_eq!(text.as_str().unwrap(), line.marked(), "{}", problem.id);
            }
        }
        solved += 1;
    }
    assert!(solved >= 180, "{solved}");
    let log = watched.value("localStorage.getItem('descent-progress')");
    let log = progress::Log::parse(log.as_str().unwrap());
    assert_eq!(log.foreign(), 0);
    let standing = log.standing("first-step-without-corrections");
    assert_eq!(standing, progress::Standing::Solved);
    // Other numbers are another problem, whose first answer no longer fits.
    watched.open("practice-bias-correction");
    let other = watched.value(
        "(() => {
            const section = document.getElementById('first-step-without-corrections');
            const before = section.querySelector('p:not(.title):not(.about)').textContent;
            section.querySelector('.another').click();
            const next = document.getElementById('first-step-without-corrections');
            return before !== next.querySelector('p:not(.title):not(.about)').textContent;
        })()",
    );
    assert_eq!(other, json!(true));
    watched.open("review");
    watched.wait_for("document.querySelectorAll('.due a').length > 5");
    watched.open("interview");
    watched.value("(document.querySelector('[data-interview] form').requestSubmit(), true)");
    watched.wait_for("document.querySelectorAll('.questions a').length > 3");
    watched.assert_quiet("the practice pages");
}

#[test]
fn axe_finds_nothing_serious_in_the_main_content() {
    let Some(browser) = browser() else { return };
    let axe = layout().root().join("target/npm/node_modules/axe-core/axe.min.js");
    let Ok(axe) = fs::read_to_string(&axe) else {
        skip("axe-core is not installed in target/npm");
        return;
    };
    for scheme in SCHEMES {
        let watched = Watched::new(&browser, 1200, scheme);
        // Decks are made alike of pages that are looked at in both schemes.
        for page in page_names().iter().filter(|page| scheme == SCHEMES[0] || !is_deck(page)) {
            watched.open(page);
            watched.tab.evaluate(&axe, false).unwrap();
            let violations = watched.value(
                "axe.run('main').then((found) => found.violations
                    .filter((violation) => ['serious', 'critical'].includes(violation.impact))
                    .map((violation) => [violation.id, violation.nodes.map((node) => node.html.slice(0, 200))]))",
            );
            assert_eq!(violations, json!([]), "{page}, {scheme}");
        }
    }
}

#[test]
fn the_cheat_sheet_is_one_printed_page() {
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, 1200, "light");
    watched.open("cheat-sheet");
    let options =
        PrintToPdfOptions { prefer_css_page_size: Some(true), ..PrintToPdfOptions::default() };
    let printed = watched.tab.print_to_pdf(Some(options)).unwrap();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    let pages = regex::Regex::new(r"/Type\s*/Page\b").unwrap().find_iter(&printed).count();
    assert_eq!(pages, 1);
    watched.assert_quiet("the cheat sheet");
}

/// A drill is due until it is answered, and then comes back after three days.
#[test]
fn drills_are_due_until_they_are_answered() {
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, 390, "dark");
    watched.open("drills");
    let listed = practice::open_all().unwrap().iter().filter(|problem| problem.drill).count();
    watched.wait_for(&format!("document.querySelectorAll('.due li').length === {listed}"));
    let drill = practice::open("by-heart-lion").unwrap();
    let [answers, _] = drill.trials();
    watched.value(&format!(
        "(async () => {{
            const section = document.getElementById('by-heart-lion');
            const answers = {};
            section.querySelectorAll('form input').forEach((input, place) => {{ input.value = answers[place]; }});
            section.querySelector('form').requestSubmit();
            return true;
        }})()",
        json!(answers)
    ));
    watched
        .wait_for("document.querySelector('#by-heart-lion .score').textContent.includes(' of ')");
    watched.open("drills");
    watched.wait_for(&format!("document.querySelectorAll('.due li').length === {}", listed - 1));
    let text = watched.value("document.querySelector('.due p').textContent");
    assert!(text.as_str().unwrap().contains("in 3 days"), "{text}");
    watched.assert_quiet("the drills");
}
