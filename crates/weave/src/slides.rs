//! A deck of slides for each chapter, made of the chapter's built page: its question, what one can do
//! afterwards, its formulas each with the sentence that leads to it, its figures, its listings, and what people
//! get wrong. Nothing is written twice, so a deck cannot say what the chapter does not.

use crate::chapter::Chapter;
use crate::layout::Layout;
use crate::math::markdown_to_inline_html;
use crate::teaching::{self, Goal};
use anyhow::{Context, Result, anyhow};
use scraper::{ElementRef, Html, Selector};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const STYLE: &str = include_str!("../../../book/theme/slides.css");
const SCRIPT: &str = include_str!("../../../book/theme/slides.js");

/// What fits on a slide.
const MOST_FORMULAS: usize = 3;
const MOST_POINTS: usize = 6;
const MOST_LINES: usize = 21;
const MOST_ROWS: usize = 9;
/// How many characters of words: of a slide of points or formulas, and of a table.
const MOST_WORDS: usize = 620;
const MOST_IN_A_TABLE: usize = 900;
/// With fewer characters what leads to a formula says too little, and the sentence before it is taken, too.
const FEWEST_WORDS: usize = 45;
/// Sections that are for reading at home.
const AT_HOME: [&str; 2] = ["exercises", "sources"];

/// The file of a chapter's deck.
pub fn file(chapter: &str) -> String {
    format!("slides-{chapter}.html")
}

/// Writes the decks of all chapters with cells beside their pages, and returns where they are.
///
/// # Errors
/// If a chapter's page or the goals cannot be read, or the page is not what mdBook makes of a chapter.
pub fn write(site: &Path, layout: &Layout, chapters: &[Chapter]) -> Result<Vec<PathBuf>> {
    let goals = teaching::goals_of(layout)?;
    let mut written = Vec::new();
    for chapter in chapters.iter().filter(|chapter| !chapter.cells().is_empty()) {
        let page = site.join(&chapter.path).with_extension("html");
        let html = fs::read_to_string(&page).with_context(|| page.display().to_string())?;
        let own = goals.iter().find(|of| of.name == chapter.name);
        let own = own.map_or(&[][..], |of| &of.goals);
        let deck = deck(&html, &chapter.name, own).with_context(|| page.display().to_string())?;
        let path = site.join(file(&chapter.name));
        fs::write(&path, deck).with_context(|| path.display().to_string())?;
        written.push(path);
    }
    Ok(written)
}

/// The deck of a chapter whose page and goals these are.
fn deck(page: &str, chapter: &str, goals: &[Goal]) -> Result<String> {
    let page = Html::parse_document(page);
    let main = select("main");
    let main = page.select(&main).next().ok_or_else(|| anyhow!("a page without <main>"))?;
    let mut deck = Deck { chapter: chapter.to_owned(), ..Deck::default() };
    let mut before: Option<ElementRef> = None;
    for element in main.children().filter_map(ElementRef::wrap) {
        deck.add(element, before);
        before = Some(element);
    }
    deck.end_formulas();
    let title = deck.title.clone();
    if !goals.is_empty() {
        let can = goals.iter().map(|goal| markdown_to_inline_html(&goal.can));
        let can = can.collect::<Result<Vec<String>>>()?;
        let can: Vec<&str> = can.iter().map(String::as_str).collect();
        let after = slide("After this you can", "points", &list_of(&can));
        deck.slides.insert(1.min(deck.slides.len()), after);
    }
    deck.slides.push(slide(
        "Now you",
        "points",
        &format!(
            "<ul>\n<li>The problems of this chapter: <a href=\"practice-{chapter}.html\">practice</a>.</li>\n\
             <li>What moved here, moved by you: <a href=\"{chapter}.html\">the chapter</a>.</li>\n</ul>"
        ),
    ));
    let style = select("link[rel=stylesheet][href*=descent]");
    let style = page.select(&style).next().and_then(|link| link.attr("href"));
    let style = style.ok_or_else(|| anyhow!("a page without the book's style"))?;
    let script = select("script[src*=descent]");
    let script = page.select(&script).next().and_then(|script| script.attr("src"));
    let script = script.ok_or_else(|| anyhow!("a page without the book's script"))?;
    let count = deck.slides.len();
    let mut slides = String::new();
    for (number, slide) in (1..).zip(&deck.slides) {
        let _ = write!(
            slides,
            "<section class=\"slide\" id=\"{number}\" aria-label=\"Slide {number} of {count}\" tabindex=\"-1\">\n\
             {slide}\n<p class=\"number\"><a href=\"#{number}\">{number} / {count}</a></p>\n</section>\n"
        );
    }
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{title}: slides</title>\n<link \
         rel=\"stylesheet\" href=\"{style}\">\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main \
         class=\"content\">\n{slides}</main>\n<script \
         src=\"{script}\"></script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    ))
}

/// Slides as they are collected from a page.
#[derive(Default)]
struct Deck {
    /// The chapter's name.
    chapter: String,
    title: String,
    /// The heading of the section that the page is in, before the first one its title, and its anchor.
    heading: String,
    anchor: String,
    /// The formulas of a slide that is not full, each with what leads to it, and their words.
    formulas: Vec<String>,
    words: usize,
    slides: Vec<String>,
}

impl Deck {
    fn add(&mut self, element: ElementRef, before: Option<ElementRef>) {
        match element.value().name() {
            "h1" => {
                self.title = text(element);
                self.heading.clone_from(&self.title);
            }
            "h2" => {
                self.end_formulas();
                element.attr("id").unwrap_or_default().clone_into(&mut self.anchor);
                self.heading = without_link(element);
            }
            _ if AT_HOME.contains(&self.anchor.as_str()) => {}
            "blockquote" if self.slides.is_empty() => self.slides.push(format!(
                "<h1>{}</h1>\n<div class=\"body said\"><blockquote>{}</blockquote></div>",
                self.title,
                element.inner_html()
            )),
            "p" if self.anchor == "the-thirty-second-answer" => self.said(element),
            "p" => self.paragraph(element, before),
            "ul" | "ol" if ["what-people-get-wrong", "summary"].contains(&self.anchor.as_str()) => {
                self.points(element);
            }
            _ => self.shown(element),
        }
    }

    /// A slide with the heading of its section, of this kind.
    fn push(&mut self, kind: &str, html: &str) {
        self.end_formulas();
        self.slides.push(slide(&self.heading, kind, html));
    }

    fn end_formulas(&mut self) {
        if !self.formulas.is_empty() {
            let html = std::mem::take(&mut self.formulas).concat();
            self.words = 0;
            self.slides.push(slide(&self.heading, "formulas", &html));
        }
    }

    /// A paragraph's displayed formulas, each with the sentence that leads to it.
    fn paragraph(&mut self, element: ElementRef, before: Option<ElementRef>) {
        let formulas = select("math[display=block]");
        let whole = element.inner_html();
        let mut rest = whole.as_str();
        for (place, formula) in element.select(&formulas).enumerate() {
            let formula = formula.html();
            let (led, after) = rest.split_once(&formula).unwrap_or(("", rest));
            rest = after;
            let said = match before.filter(|before| place == 0 && before.value().name() == "p") {
                Some(before) => format!("{} {led}", behind_formulas(&before.inner_html())),
                None => led.to_owned(),
            };
            let led = last_sentences(&said);
            let words = plain(&led).len();
            if self.formulas.len() == MOST_FORMULAS || self.words + words > MOST_WORDS / 2 {
                self.end_formulas();
            }
            self.words += words;
            let led = if led.is_empty() { led } else { format!("<p>{led}</p>\n") };
            self.formulas.push(format!("<div class=\"step\">{led}{formula}</div>\n"));
        }
    }

    /// A question that is asked in an interview, and what to say.
    fn said(&mut self, element: ElementRef) {
        if plain(&element.inner_html()).len() <= MOST_WORDS {
            self.push("said", &format!("<blockquote><p>{}</p></blockquote>", element.inner_html()));
        }
    }

    /// A list's points by their first sentences.
    fn points(&mut self, list: ElementRef) {
        let items = select("li");
        let points: Vec<String> =
            list.select(&items).map(|item| opening(&item.inner_html())).collect();
        // As many slides as it takes, and the points shared out over them.
        let words: usize = points.iter().map(|point| plain(point).len()).sum();
        let slides = points.len().div_ceil(MOST_POINTS).max(words.div_ceil(MOST_WORDS)).max(1);
        let points: Vec<&str> = points.iter().map(String::as_str).collect();
        for slide in points.chunks(points.len().div_ceil(slides).max(1)) {
            self.push("points", &list_of(slide));
        }
    }

    /// Figures, tables and listings.
    fn shown(&mut self, element: ElementRef) {
        let (figures, code) = (select("figure"), select("pre code"));
        let class = element.attr("class").unwrap_or_default();
        if element.value().name() == "table" || class == "table-wrapper" {
            let rows = select("tr");
            let (html, words) = (element.html(), text(element).len());
            if element.select(&rows).count() <= MOST_ROWS && words <= MOST_IN_A_TABLE {
                self.push("table", &html);
            }
        } else if class == "listing" {
            let html = element.inner_html();
            let lines = element.select(&code).next().map_or(0, |code| text(code).lines().count());
            if (1..=MOST_LINES).contains(&lines) {
                self.push("code", &html);
            }
        } else if class == "exploration" {
            // Its first figure stands for it.
            let figure = element.select(&figures).next().map(|figure| figure.html());
            let id = element.attr("id").unwrap_or_default();
            if let Some(figure) = figure {
                let page = format!(
                    "<p class=\"move\"><a href=\"{}.html#{id}\">Move it in the chapter</a></p>",
                    self.chapter
                );
                self.push("shown", &format!("{figure}\n{page}"));
            }
        } else if class != "problem" {
            let figures: Vec<String> =
                element.select(&figures).map(|figure| figure.html()).collect();
            figures.iter().for_each(|figure| self.push("shown", figure));
        }
    }
}

fn slide(heading: &str, kind: &str, html: &str) -> String {
    format!("<h2>{heading}</h2>\n<div class=\"body {kind}\">{html}</div>")
}

fn list_of(points: &[&str]) -> String {
    let items: String = points.iter().map(|point| format!("<li>{point}</li>\n")).collect();
    format!("<ul>\n{items}</ul>")
}

fn select(selector: &str) -> Selector {
    Selector::parse(selector).expect("a valid selector")
}

fn text(element: ElementRef) -> String {
    element.text().collect::<String>().trim().to_owned()
}

/// A heading's content without the link to itself that mdBook puts around it.
fn without_link(heading: ElementRef) -> String {
    let link = select("a.header");
    heading.select(&link).next().map_or_else(|| heading.inner_html(), |link| link.inner_html())
}

/// HTML without its tags.
fn plain(html: &str) -> String {
    Html::parse_fragment(html).root_element().text().collect()
}

/// Where sentences end in HTML: outside of its elements, behind a mark and before a blank.
fn ends(html: &str) -> Vec<usize> {
    let (mut ends, mut depth, mut in_tag, mut closes) = (Vec::new(), 0_i32, false, false);
    let bytes = html.as_bytes();
    for (place, byte) in html.bytes().enumerate() {
        match byte {
            b'<' => {
                in_tag = true;
                closes = bytes.get(place + 1) == Some(&b'/');
            }
            b'>' if in_tag => {
                in_tag = false;
                let void = bytes.get(place.wrapping_sub(1)) == Some(&b'/');
                depth += if closes { -1 } else { i32::from(!void) };
            }
            b'.' | b'?' | b'!'
                if !in_tag
                    && depth == 0
                    && bytes.get(place + 1).is_some_and(u8::is_ascii_whitespace) =>
            {
                ends.push(place + 1);
            }
            _ => {}
        }
    }
    ends
}

/// What stands behind the last displayed formula.
fn behind_formulas(html: &str) -> &str {
    let last =
        html.rsplit_once("display=\"block\"").and_then(|(_, rest)| rest.split_once("</math>"));
    last.map_or(html, |(_, behind)| behind)
}

/// The last sentence, or more of them where that says too little.
fn last_sentences(html: &str) -> String {
    let html = html.trim();
    let starts = ends(html).into_iter().rev().filter(|end| *end < html.len()).chain([0]);
    let mut taken = starts.map(|from| html[from..].trim());
    let enough = |said: &str| plain(said).len() >= FEWEST_WORDS;
    taken.find(|said| enough(said)).unwrap_or(html).to_owned()
}

/// The first sentence; or two, where the first is a saying that is judged in a word.
fn opening(html: &str) -> String {
    let html = html.trim();
    let inner =
        html.strip_prefix("<p>").map_or(html, |inner| inner.split("</p>").next().unwrap_or(inner));
    let ends = ends(inner);
    // “False.” alone says little.
    let judged = inner.strip_prefix("<em>").and_then(|saying| saying.split_once("</em>"));
    let short = judged.is_some_and(|(_, judged)| judged.find('.').is_some_and(|end| end < 12));
    let end = ends.get(usize::from(short)).or(ends.first());
    inner[..end.copied().unwrap_or(inner.len())].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Goal, behind_formulas, deck, last_sentences, opening};

    const PAGE: &str = "<html><head><link rel=\"stylesheet\" href=\"theme/descent-1.css\"><script src=\"theme/descent-1.js\"></script></head><body><main>\
        <h1 id=\"m\"><a class=\"header\" href=\"#m\">Momentum</a></h1><blockquote><p>Why?</p></blockquote>\
        <h2 id=\"a\"><a class=\"header\" href=\"#a\">A ball</a></h2>\
        <p>Much is said here. What a ball does is to add up all pushes. So <em>v. </em>follows:</p><p><math display=\"block\"><mi>v</mi></math></p>\
        <div class=\"cell\"><figure>F</figure></div>\
        <h2 id=\"what-people-get-wrong\">Wrong</h2><ul><li><em>“All.”</em> False: none. More of it.</li></ul>\
        <h2 id=\"sources\">Sources</h2><ul><li>Nobody.</li></ul></main></body></html>";

    #[test]
    fn a_deck_is_the_page_in_short() {
        let can = "derive the border of *stable* rates.".to_owned();
        let goals = [Goal { id: "border".to_owned(), can, problems: Vec::new() }];
        let deck = deck(PAGE, "momentum", &goals).unwrap();
        let mut slides: Vec<&str> = deck.split("<section").skip(1).collect();
        assert_eq!(slides.len(), 6, "{deck}");
        let goals = slides.remove(1);
        assert!(goals.contains("<li>derive the border of <em>stable</em> rates.</li>"), "{goals}");
        assert!(slides[0].contains("<h1>Momentum</h1>") && slides[0].contains("Why?"));
        let led = "What a ball does is to add up all pushes. So <em>v. </em>follows:";
        assert!(slides[1].contains(led) && !slides[1].contains("Much"), "{}", slides[1]);
        assert!(slides[1].contains("<mi>v</mi>") && slides[1].contains("<h2>A ball</h2>"));
        assert!(slides[2].contains("<figure>F</figure>"));
        assert!(slides[3].contains("False: none.") && !slides[3].contains("More"));
        assert!(!deck.contains("Nobody"));
        assert!(super::deck("<p>no page</p>", "x", &[]).is_err());
    }

    #[test]
    fn sentences_end_outside_of_elements() {
        let two = "Two <b>three. four</b> five, six, seven, eight, nine and ten.";
        assert_eq!(last_sentences(&format!("One. {two}")), two);
        assert_eq!(last_sentences(&format!("One. {two} So")), format!("{two} So"));
        assert_eq!(last_sentences("At 0.9 it is so:"), "At 0.9 it is so:");
        let formula = "<math display=\"block\"><mi>v</mi></math>";
        assert_eq!(
            behind_formulas(&format!("Before {formula} between {formula} behind")),
            " behind"
        );
        assert_eq!(behind_formulas("None."), "None.");
        assert_eq!(opening("First <i>a. b</i>. Second."), "First <i>a. b</i>.");
    }
}
