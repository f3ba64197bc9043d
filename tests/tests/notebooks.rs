//! Notebooks are fresh, valid, and refused when they are not.

use mdbook_driver::MDBook;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use weave::layout::Layout;
use weave::page::Weave;
use weave::practice_notebook;
use weave::refresh::{check, fresh_notebook};
use whole::{copied_repository, layout, replace};

/// Names of the chapters whose notebooks are stale, by what the refusals say.
fn stale(layout: &Layout) -> Vec<String> {
    let chapters = layout.chapters().unwrap();
    let mut stale = Vec::new();
    for chapter in &chapters {
        if let Err(refusal) = fresh_notebook(layout, chapter) {
            let remedy = format!("cargo run --release -- weave {}", chapter.name);
            assert!(refusal.to_string().contains(&remedy), "{refusal}");
            stale.push(chapter.name.clone());
        }
    }
    stale
}

#[test]
fn the_committed_notebooks_are_up_to_date() {
    check(&layout(), &[]).unwrap();
}

#[test]
fn notebooks_are_valid_nbformat() {
    let chapters = layout().chapters().unwrap();
    let names = chapters
        .iter()
        .flat_map(|chapter| [chapter.notebook_name(), practice_notebook::name(chapter)]);
    for name in names {
        let path = layout().notebooks_folder().join(&name);
        let notebook: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!((&notebook["nbformat"], &notebook["nbformat_minor"]), (&4.into(), &5.into()));
        assert_eq!(notebook["metadata"]["kernelspec"]["name"], "rust");
        let mut ids = BTreeSet::new();
        for cell in notebook["cells"].as_array().unwrap() {
            let id = cell["id"].as_str().unwrap();
            let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            assert!((1..=64).contains(&id.len()) && id.chars().all(allowed), "{id}");
            assert!(ids.insert(id), "{id} twice in {name}");
        }
    }
}

#[test]
fn one_letter_in_a_cell_makes_that_chapter_stale_and_no_other() {
    let (_folder, copy) = copied_repository();
    assert!(stale(&copy).is_empty());
    let chapter = copy.chapters_folder().join("bias-correction.md");
    replace(&chapter, "let runs = 4000;", "let runs = 4001;");
    assert_eq!(stale(&copy), ["bias-correction"]);

    let mut book = MDBook::load(copy.root()).unwrap();
    book.with_preprocessor(Weave);
    // The copy has no tests folder, so the playground cannot be compiled there; the refusal must
    // come from the notebooks, which are looked at first.
    let refusal = format!("{:#}", book.build().unwrap_err());
    assert!(refusal.contains("05-bias-correction.ipynb is stale"), "{refusal}");
}

#[test]
fn a_number_in_a_crate_that_cells_use_makes_the_chapters_stale() {
    let (_folder, copy) = copied_repository();
    replace(&copy.crate_folder("descent").join("src/rules/adam.rs"), "beta2: 0.999", "beta2: 0.99");
    let all = copy.chapters().unwrap();
    assert_eq!(stale(&copy), all.iter().map(|chapter| chapter.name.clone()).collect::<Vec<_>>());
    let complaint = check(&copy, &[]).unwrap_err().to_string();
    assert!(complaint.contains("book/claims.json: the claims are not measured"), "{complaint}");
}

#[test]
fn a_crate_that_no_cell_uses_leaves_the_notebooks_fresh() {
    let (_folder, copy) = copied_repository();
    replace(&copy.crate_folder("cli").join("src/serve.rs"), "3000", "4000");
    assert!(stale(&copy).is_empty());
}

#[test]
fn a_problem_belongs_to_the_chapter_that_shows_it() {
    let (_folder, copy) = copied_repository();
    let problem = copy.problems_folder().join("bias-correction-derivation/problem.toml");
    replace(&problem, "One power too many", "One power over");
    assert_eq!(stale(&copy), ["bias-correction"]);
}

#[test]
fn changed_prose_leaves_outputs_fresh_but_the_check_notices() {
    let (_folder, copy) = copied_repository();
    replace(&copy.chapters_folder().join("bias-correction.md"), "Too large.", "Too big.");
    assert!(stale(&copy).is_empty());
    let complaint = check(&copy, &[]).unwrap_err().to_string();
    assert!(complaint.contains("05-bias-correction.ipynb: its prose"), "{complaint}");
}

#[test]
fn a_broken_notebook_file_is_named_with_its_remedy() {
    let (_folder, copy) = copied_repository();
    fs::write(copy.notebooks_folder().join("05-bias-correction.ipynb"), "{").unwrap();
    let complaint = check(&copy, &[]).unwrap_err().to_string();
    assert!(complaint.contains("05-bias-correction.ipynb"), "{complaint}");
    assert!(complaint.contains("weave bias-correction"), "{complaint}");
}

#[test]
fn a_changed_problem_leaves_its_practice_notebook_behind() {
    let (_folder, layout) = copied_repository();
    let statement = layout.problems_folder().join("rank-first-steps/statement.md");
    replace(&statement, "Six runs", "Half a dozen runs");
    let complaint = check(&layout, &[]).unwrap_err().to_string();
    assert!(complaint.contains("notebooks/practice-05-bias-correction.ipynb"), "{complaint}");
    assert_eq!(complaint.matches("notebooks/").count(), 1, "{complaint}");
}
