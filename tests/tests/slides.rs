//! The decks: made of what is in the chapters, complete, and fit for a window, a phone, keys and paper.
//!
//! Needs Chromium. Where it is missing a test says so and passes, unless `DESCENT_DEMAND` is set.

use headless_chrome::protocol::cdp::Emulation;
use headless_chrome::types::PrintToPdfOptions;
use scraper::{Html, Selector};
use serde_json::{Value, json};
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

/// The formulas that a chapter's paragraphs display, without those of its exercises and sources.
fn for_class(chapter: &Html) -> Vec<String> {
    let parts = Selector::parse("main > h2, main > p math[display=block]").unwrap();
    let mut section = String::new();
    let mut formulas = Vec::new();
    for part in chapter.select(&parts) {
        if part.value().name() == "h2" {
            part.attr("id").unwrap_or_default().clone_into(&mut section);
        } else if !["exercises", "sources"].contains(&section.as_str()) {
            formulas.push(part.html());
        }
    }
    formulas
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
        let figures = all(&deck, "figure").len();
        assert!(figures >= 3, "{name}: {figures} figures");
        let formulas = all(&deck, "math[display=block]");
        assert!(formulas == for_class(&chapter), "{name}: other formulas than the chapter's");
        let slides = all(&deck, "section.slide").len();
        assert!((12..=35).contains(&slides), "{name}: {slides} slides");
        let headings = Selector::parse(".slide > :is(h1, h2)").unwrap();
        let headings = deck.select(&headings).map(|heading| heading.text().collect::<String>());
        let headings: Vec<String> = headings.filter(|heading| !heading.trim().is_empty()).collect();
        assert_eq!(headings.len(), slides, "{name}: {headings:?}");
    }
}

/// The slides of which this is true of `s`, by number.
fn slides_where(watched: &Watched, holds: &str) -> Value {
    watched.value(&format!(
        "[...document.querySelectorAll('.slide')].filter(s => {holds}).map(s => s.id)"
    ))
}

#[test]
fn slides_fit_every_window() {
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, WIDTHS[0], "light");
    for name in chapters() {
        watched.open(&format!("slides-{name}"));
        for (size, wide) in
            [((1200, 900), true), ((1280, 720), true), ((1920, 1080), true), ((390, 900), false)]
        {
            watched.resize(size);
            let sideways = slides_where(&watched, "s.scrollWidth > s.clientWidth");
            assert_eq!(sideways, json!([]), "{name} at {size:?}");
            let high = slides_where(&watched, "s.offsetHeight > innerHeight + 2");
            assert!(!wide || high == json!([]), "{name} at {size:?}: {high}");
        }
    }
    watched.assert_quiet("the decks");
}

#[test]
fn slides_are_printed_whole_one_a_page_and_dark_on_white() {
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, WIDTHS[0], "dark");
    watched.resize((1280, 720));
    let print = |media: &str| {
        let dark = Emulation::MediaFeature {
            name: "prefers-color-scheme".to_owned(),
            value: "dark".to_owned(),
        };
        let features = Some(vec![dark]);
        let media = Some(media.to_owned());
        watched.tab.call_method(Emulation::SetEmulatedMedia { media, features }).unwrap();
    };
    for name in chapters() {
        watched.open(&format!("slides-{name}"));
        print("print");
        let cut = slides_where(
            &watched,
            "s.scrollHeight > s.clientHeight + 1 || s.scrollWidth > s.clientWidth",
        );
        assert_eq!(cut, json!([]), "{name}");
        let ground = watched.value("getComputedStyle(document.documentElement).backgroundColor");
        assert_eq!(ground, "rgb(255, 255, 255)", "{name}");
        print("");
        let options = PrintToPdfOptions { prefer_css_page_size: Some(true), ..Default::default() };
        let printed = watched.tab.print_to_pdf(Some(options)).unwrap();
        let pages = String::from_utf8_lossy(&printed).matches("/Type /Page\n").count();
        assert_eq!(json!(pages), watched.value("document.querySelectorAll('.slide').length"));
    }
}

#[test]
fn slides_follow_keys_buttons_and_fingers() {
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, WIDTHS[0], "light");
    let arrives = |watched: &Watched, wanted: &str| {
        watched.wait_for(&format!("location.hash === '#{wanted}'"));
        watched.wait_for(&format!(
            "Math.abs(document.getElementById('{wanted}').getBoundingClientRect().top) < 4"
        ));
    };
    watched.open("slides-momentum#2");
    for (key, wanted) in
        [("ArrowRight", "3"), ("ArrowRight", "4"), ("ArrowLeft", "3"), ("Home", "1")]
    {
        watched.tab.press_key(key).unwrap();
        arrives(&watched, wanted);
    }
    for (name, wanted) in [("Next", "2"), ("Next", "3"), ("Previous", "2")] {
        let button = format!("button[aria-label='{name} slide']");
        watched.tab.find_element(&button).unwrap().click().unwrap();
        arrives(&watched, wanted);
    }
    let phone = Watched::new(&browser, WIDTHS[1], "light");
    phone.open("slides-momentum#2");
    arrives(&phone, "2");
    phone.swipe(&[(300.0, 400.0), (200.0, 402.0), (100.0, 404.0)]);
    arrives(&phone, "3");
    phone.swipe(&[(100.0, 400.0), (200.0, 402.0), (300.0, 404.0)]);
    arrives(&phone, "2");
    // Up and down is scrolling, and not meant for the deck.
    phone.swipe(&[(200.0, 500.0), (220.0, 400.0), (280.0, 300.0)]);
    assert_eq!(phone.value("location.hash"), "#2");
}
