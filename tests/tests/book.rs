//! The built book: links, anchors, figures, formulas, and nothing from elsewhere.

use scraper::{Html, Selector};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use whole::built_book;

fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}

/// Every page, by its path below the book's root.
fn pages() -> BTreeMap<PathBuf, Html> {
    fn collect(folder: &Path, root: &Path, pages: &mut BTreeMap<PathBuf, Html>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, root, pages);
            } else if path.extension().is_some_and(|ending| ending == "html") {
                let html = Html::parse_document(&fs::read_to_string(&path).unwrap());
                pages.insert(path.strip_prefix(root).unwrap().to_owned(), html);
            }
        }
    }
    let mut pages = BTreeMap::new();
    collect(built_book(), built_book(), &mut pages);
    pages
}

fn attributes<'a>(page: &'a Html, query: &str, name: &'a str) -> Vec<String> {
    let selector = selector(query);
    page.select(&selector).filter_map(|e| e.value().attr(name)).map(str::to_owned).collect()
}

#[test]
fn every_link_and_anchor_inside_the_book_leads_somewhere() {
    let pages = pages();
    let anchors: BTreeMap<&PathBuf, BTreeSet<String>> = pages
        .iter()
        .map(|(path, page)| (path, attributes(page, "[id]", "id").into_iter().collect()))
        .collect();
    let mut broken = Vec::new();
    let mut followed = 0;
    for (path, page) in &pages {
        // The 404 page's links are relative to wherever it is shown.
        if path == Path::new("404.html") {
            continue;
        }
        for link in attributes(page, "a[href]", "href") {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            followed += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            // What follows the colon is a setting, which the build has checked.
            let anchor = anchor.split_once(':').map_or(anchor, |(place, _)| place);
            let target = if file.is_empty() { path.clone() } else { PathBuf::from(file) };
            let known = anchors.get(&target);
            let page = known.is_some_and(|known| anchor.is_empty() || known.contains(anchor));
            let file = anchor.is_empty() && built_book().join(&target).is_file();
            if !page && !file {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
    assert!(followed > 50, "only {followed} links were found; is the book there?");
}

#[test]
fn nothing_is_fetched_from_elsewhere() {
    let mut foreign = Vec::new();
    for (path, page) in pages() {
        for (query, name) in [
            ("script[src]", "src"),
            ("link[href]", "href"),
            ("img[src]", "src"),
            ("iframe[src]", "src"),
            ("source[src]", "src"),
        ] {
            for source in attributes(&page, query, name) {
                if source.contains("//") {
                    foreign.push(format!("{}: {source}", path.display()));
                }
            }
        }
    }
    assert!(foreign.is_empty(), "{}", foreign.join("\n"));
}

#[test]
fn every_chapter_has_three_figures_that_can_be_read_without_seeing_them() {
    for chapter in whole::layout().chapters().unwrap() {
        let page = &pages()[&PathBuf::from(format!("{}.html", chapter.name))];
        let figures = selector("figure.descent-figure > svg");
        let count = page.select(&figures).count();
        assert!(count >= 3, "{} has {count} figures", chapter.name);
        for figure in page.select(&figures) {
            let text = |query: &str| -> String {
                figure.select(&selector(query)).flat_map(|e| e.text()).collect()
            };
            assert!(!text("title").is_empty());
            assert!(text("desc").len() > 40, "{}: {}", chapter.name, text("title"));
            let size = figure.html().len();
            assert!(size < 60_000, "{}: `{}` has {size} bytes", chapter.name, text("title"));
        }
    }
}

#[test]
fn formulas_and_directives_are_all_rendered() {
    for (path, page) in pages() {
        let prose = page
            .select(&selector("main p, main li, main td"))
            .map(|element| element.text().collect::<String>())
            .collect::<Vec<_>>()
            .join("\n");
        for left_over in ["{{", "}}", "$$", "\\frac", "ANCHOR"] {
            assert!(!prose.contains(left_over), "{}: `{left_over}` is left over", path.display());
        }
    }
    let chapter = &pages()[Path::new("bias-correction.html")];
    assert!(chapter.select(&selector("math")).count() > 50);
}

#[test]
fn the_adam_listing_is_the_source() {
    let page = &pages()[Path::new("bias-correction.html")];
    let listings: Vec<String> =
        page.select(&selector(".listing code.language-rust")).map(|e| e.text().collect()).collect();
    let source =
        fs::read_to_string(whole::layout().root().join("crates/descent/src/rules/adam.rs"))
            .unwrap();
    let line = listings
        .iter()
        .find(|listing| listing.contains("m_hat ="))
        .unwrap()
        .lines()
        .find(|line| line.contains("m_hat ="))
        .unwrap()
        .trim();
    assert!(source.contains(line));
}

/// What `mdbook build` does: it starts the preprocessor as the command that book.toml names.
#[test]
fn plain_mdbook_builds_the_same_page() {
    // The command compiles the release build, which takes minutes where there is none yet.
    if std::env::var_os("DESCENT_DEMAND").is_none() {
        eprintln!("skipped: DESCENT_DEMAND is not set");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut book = mdbook_driver::MDBook::load(whole::layout().root()).unwrap();
    book.config.build.build_dir = folder.path().to_owned();
    book.build().unwrap();
    // Ours has two elements more, which belong to the site: the policy and the service worker.
    let of_the_site = regex::Regex::new(r"\n *<meta (http-equiv|name=.offline)[^>]*>").unwrap();
    let page = |root: &Path| {
        let page = fs::read_to_string(root.join("bias-correction.html")).unwrap();
        of_the_site.replace_all(&page, "").into_owned()
    };
    assert!(page(folder.path()) == page(built_book()), "the pages differ");
}

/// What is moved by scripts is a figure with its numbers where there are none.
#[test]
fn explorations_have_a_first_state_without_scripts() {
    let pages = pages();
    let mut found = BTreeSet::new();
    for page in pages.values() {
        for section in page.select(&selector("[data-explore]")) {
            found.insert(section.value().attr("data-explore").unwrap().to_owned());
            let figures = section.select(&selector(".figures svg desc")).count();
            let summary: String =
                section.select(&selector(".summary")).flat_map(|s| s.text()).collect();
            assert!(figures > 0 && summary.len() > 60, "{summary}");
            let form = section.select(&selector("form")).next().unwrap();
            assert!(form.value().attr("hidden").is_some(), "controls wait for scripts");
        }
    }
    let all: BTreeSet<String> =
        playground::explorations().iter().map(|e| e.id.to_owned()).collect();
    assert_eq!(found, all, "each exploration is in a chapter");
}

/// The mathematical font has the characters in this list and no others; see `make_math_font.py`.
#[test]
fn the_mathematical_font_has_every_character_of_the_formulas() {
    let known: BTreeSet<char> =
        include_str!("../../book/theme/fonts/math-characters.txt").chars().collect();
    let mut missing = BTreeSet::new();
    for page in pages().values() {
        for formula in page.select(&selector("math")) {
            // What the browser slants by itself comes along with its upright letter.
            let text = formula.text().flat_map(str::chars);
            missing.extend(text.filter(|c| !c.is_whitespace() && !known.contains(c)));
        }
    }
    assert!(missing.is_empty(), "add {missing:?} to math-characters.txt and make the font again");
}
