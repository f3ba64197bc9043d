//! The decks: made of what is in the chapters, complete, and fit for a window, a phone, keys and paper.
//!
//! Needs Chromium. Where it is missing a test says so and passes, unless `DESCENT_DEMAND` is set.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use headless_chrome::types::PrintToPdfOptions;
use scraper::{Html, Selector};
use serde_json::json;
use std::fs;
use whole::browser::{WIDTHS, Watched, browser};
use whole::{built_book, layout};

fn chapters() -> Vec<String> {
    layout().chapters().unwrap().into_iter().map(|chapter| chapter.name).collect()
}

fn page(name: &str) -> Html {
    let path = built_book().join(format!("{name}.html"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    Html::parse_document(&text)
}

fn all(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).map(|element| element.html()).collect()
}

#[test]
fn every_chapter_has_a_deck_of_what_is_in_it() {
    for name in chapters() {
        let (chapter, deck) = (page(&name), page(&format!("slides-{name}")));
        assert!(
            !all(&chapter, &format!("p.times a[href='slides-{name}.html']")).is_empty(),
            "{name}"
        );
        for selector in ["math[display=block]", "figure", ".listing pre code"] {
            let (there, here) = (all(&chapter, &format!("main {selector}")), all(&deck, selector));
            assert!(here.iter().all(|element| there.contains(element)), "{name}: {selector}");
        }
        let counted = |selector: &str| (all(&deck, selector).len(), all(&chapter, selector).len());
        let ((formulas, of), (figures, drawn)) =
            (counted("math[display=block]"), counted("figure"));
        assert!(figures >= 3 && figures <= drawn, "{name}: {figures} of {drawn} figures");
        assert!(formulas * 2 >= of.min(4), "{name}: {formulas} of {of} formulas");
        let slides = all(&deck, "section.slide").len();
        assert!((12..=35).contains(&slides), "{name}: {slides} slides");
    }
}

#[test]
fn slides_fit_the_window_and_follow_keys_and_paper() {
    let Some(browser) = browser() else { return };
    for width in WIDTHS {
        let watched = Watched::new(&browser, width, "light");
        for name in chapters() {
            watched.open(&format!("slides-{name}"));
            let wide = watched.value(
                "[...document.querySelectorAll('.slide')].filter(s => s.scrollWidth > innerWidth).map(s => s.id)",
            );
            assert_eq!(wide, json!([]), "{name} at {width} px");
            if width > 1000 {
                let high = watched.value(
                    "[...document.querySelectorAll('.slide')].filter(s => s.offsetHeight > innerHeight + 2).map(s => s.id)",
                );
                assert_eq!(high, json!([]), "{name} at {width} px");
            }
        }
        watched.assert_quiet("the decks");
    }
    let watched = Watched::new(&browser, WIDTHS[0], "light");
    watched.open("slides-momentum#2");
    for (key, wanted) in
        [("ArrowRight", "#3"), ("ArrowRight", "#4"), ("ArrowLeft", "#3"), ("Home", "#1")]
    {
        watched.tab.press_key(key).unwrap();
        watched.wait_for(&format!("location.hash === '{wanted}'"));
        let place = wanted.trim_start_matches('#');
        watched.wait_for(&format!(
            "Math.abs(document.getElementById('{place}').getBoundingClientRect().top) < 4"
        ));
    }
    let slides = watched.value("document.querySelectorAll('.slide').length").as_u64().unwrap();
    let options = PrintToPdfOptions { prefer_css_page_size: Some(true), ..Default::default() };
    let printed = watched.tab.print_to_pdf(Some(options)).unwrap();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    let pages = printed.matches("/Type /Page\n").count() as u64;
    assert_eq!(pages, slides);
}
