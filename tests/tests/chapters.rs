//! Every chapter has the parts that a reader counts on, and every claim its place in the text.

use mdbook_driver::MDBook;
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use std::fs;
use weave::chapter::{Chapter, Directive};
use weave::claim_text;
use whole::{built_book, layout};

#[test]
fn every_chapter_has_its_parts_in_order() {
    let parts = [
        "\n> *\"",
        "*Predict, then run.*",
        "\n## What people get wrong",
        "\n## The thirty-second answer",
        "\n## Exercises",
        "\n## Summary",
        "\n## Sources",
    ];
    let mut missing = Vec::new();
    for chapter in layout().chapters().unwrap() {
        let text = chapter.prose().collect::<Vec<_>>().join("\n");
        let places: Vec<Option<usize>> = parts.iter().map(|part| text.find(part)).collect();
        for (part, place) in parts.iter().zip(&places) {
            if place.is_none() {
                missing.push(format!("{}: no `{}`", chapter.name, part.trim()));
            }
        }
        if !places.is_sorted() {
            missing.push(format!("{}: its parts are in another order", chapter.name));
        }
        if text.matches("*Predict, then run.*").count() < 2 {
            missing.push(format!("{}: predicts less than twice", chapter.name));
        }
        if !text.contains("*Why") {
            missing.push(format!("{}: the thirty-second answer does not say why", chapter.name));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn each_optimizer_is_shown_as_a_difference_from_another_down_to_gradient_descent() {
    let chapters = layout().chapters().unwrap();
    let steps: BTreeSet<(&str, &str)> = chapters
        .iter()
        .flat_map(Chapter::directives)
        .filter_map(|directive| match directive {
            Directive::Difference { from, to, .. } => Some((rule(from), rule(to))),
            _ => None,
        })
        .collect();
    for walk in [
        &["sgd", "momentum", "nesterov"][..],
        &["sgd", "adagrad", "rmsprop", "adam", "adamw", "lamb"],
        &["adam", "amsgrad"],
        &["sgd", "sign_sgd", "signum", "lion"],
    ] {
        for pair in walk.windows(2) {
            assert!(steps.contains(&(pair[0], pair[1])), "{} to {} is not shown", pair[0], pair[1]);
        }
    }
}

fn rule(file: &str) -> &str {
    file.rsplit('/').next().unwrap().trim_end_matches(".rs")
}

#[test]
fn every_claim_is_quoted_in_a_chapter() {
    let book = MDBook::load(layout().root()).unwrap().book;
    let pages = layout().pages_of(&book).unwrap();
    let quoted: BTreeSet<&str> =
        pages.iter().flat_map(Chapter::prose).flat_map(claim_text::references).collect();
    let silent: Vec<&str> =
        lab::claims::ledger().map(|claim| claim.id).filter(|id| !quoted.contains(id)).collect();
    assert!(silent.is_empty(), "quoted nowhere: {silent:?}");
}

#[test]
fn the_ledger_shows_every_claim_with_its_numbers_and_its_places() {
    let page = fs::read_to_string(built_book().join("claims.html")).unwrap();
    let page = Html::parse_document(&page);
    let heading = Selector::parse("main h3").unwrap();
    let shown: BTreeSet<&str> =
        page.select(&heading).filter_map(|heading| heading.value().attr("id")).collect();
    let claims: Vec<&str> = lab::claims::ledger().map(|claim| claim.id).collect();
    assert!(claims.len() >= 60);
    for id in &claims {
        assert!(shown.contains(id), "{id} is not on the page");
    }
    let links = |prefix: &str| {
        let selector = Selector::parse(&format!("main a[href*='{prefix}']")).unwrap();
        page.select(&selector).count()
    };
    assert!(links(".html#claim-") >= claims.len());
    assert_eq!(links("source-of-claims.html#source-"), claims.len());
    let rows = Selector::parse("main tbody tr").unwrap();
    assert!(page.select(&rows).count() > 2 * claims.len());
}

#[test]
fn reading_and_running_times_are_shown() {
    let selector = Selector::parse("p.times").unwrap();
    for chapter in layout().chapters().unwrap() {
        let page = fs::read_to_string(built_book().join(format!("{}.html", chapter.name))).unwrap();
        let text: String = Html::parse_document(&page)
            .select(&selector)
            .flat_map(|element| element.text().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        assert!(text.contains("minutes to read") && text.contains("seconds to run"), "{text}");
    }
}
