//! The page that lists every claim: what people say, what is true, what was measured, and where.

use crate::chapter::Chapter;
use crate::claim_text;
use crate::ledger::{Entry, Ledger};
use crate::source_page;
use anyhow::Result;
use figures::short;
use lab::claims::{CHAPTERS, Claim, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The page's file, without its ending.
pub const PAGE: &str = "claims";

/// The anchor in a page at which a claim's number is first quoted.
pub fn place(id: &str) -> String {
    format!("claim-{id}")
}

/// The ledger as Markdown.
///
/// # Errors
/// If a claim was not measured.
pub fn markup(ledger: &Ledger, pages: &[Chapter]) -> Result<String> {
    let places = places(pages);
    let count = |verdict| lab::claims::ledger().filter(|claim| claim.verdict == verdict).count();
    let mut page = format!(
        "\nOf {} sayings {} are true, {} are true only under a condition that people leave out, {} \
         are misleading and {} are false.\n",
        lab::claims::ledger().count(),
        count(Verdict::True),
        count(Verdict::TrueWhen),
        count(Verdict::Misleading),
        count(Verdict::False),
    );
    for chapter in CHAPTERS {
        let _ = write!(page, "\n## {}\n", chapter.title);
        for claim in chapter.claims {
            let where_quoted = places.get(claim.id).map_or(&[] as &[_], Vec::as_slice);
            page += &entry(claim, ledger.entries(claim.id)?, where_quoted);
        }
    }
    Ok(page)
}

/// For each claim the pages that quote it, in the order of the book, by name and title.
fn places(pages: &[Chapter]) -> BTreeMap<&str, Vec<(&str, String)>> {
    let mut places: BTreeMap<&str, Vec<(&str, String)>> = BTreeMap::new();
    for page in pages {
        let title = page.title();
        for id in page.prose().flat_map(claim_text::references) {
            let found = places.entry(id).or_default();
            if !found.iter().any(|(name, _)| *name == page.name) {
                found.push((&page.name, title.clone()));
            }
        }
    }
    places
}

fn entry(claim: &Claim, entries: &[Entry], places: &[(&str, String)]) -> String {
    let Claim { id, folklore, verdict, statement, source, .. } = claim;
    let mut text = format!(
        "\n### {folklore} {{#{id}}}\n\n**{}**\n\n{statement}\n\n\
         | quantity | measured | must be | by |\n| --- | --- | --- | --- |\n",
        capitalized(verdict.label()),
    );
    for entry in entries {
        let Entry { name, quotable, basis, because, .. } = entry;
        let _ = writeln!(
            text,
            "| {} | {} | {} | {basis}: {} |",
            name.replace('-', " "),
            short(*quotable),
            entry.must_be(),
            because.replace('|', "\\|"),
        );
    }
    let quoted: Vec<String> =
        places.iter().map(|(name, title)| format!("[{title}]({name}.md#{})", place(id))).collect();
    let quoted = if quoted.is_empty() { "nowhere yet".to_owned() } else { quoted.join(", ") };
    let _ = write!(
        text,
        "\nSource: {source}. Quoted in: {quoted}. [The code that measures it]({}).\n",
        source_page::claim_link(id)
    );
    text
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
