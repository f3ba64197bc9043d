//! What instructors are given: goals that are measured, plans that fit, and a sheet for every open question.

use headless_chrome::types::PrintToPdfOptions;
use practice::Kind;
use scraper::{Html, Selector};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use weave::teaching::{Sources, goals_of, plans};
use whole::browser::{Watched, browser};
use whole::{built_book, layout};

#[test]
fn every_chapter_has_goals_and_every_problem_measures_one() {
    let sources = Sources::load(&layout()).unwrap();
    let goals = goals_of(&layout()).unwrap();
    let listed: Vec<&str> = goals.iter().map(|chapter| chapter.name.as_str()).collect();
    let chapters: Vec<&str> = sources.chapters().iter().map(|c| c.name.as_str()).collect();
    assert_eq!(
        listed, chapters,
        "goals.toml lists other chapters than the book, or in another order"
    );
    let mut faults = Vec::new();
    let mut measuring = BTreeSet::new();
    for chapter in &goals {
        let name = &chapter.name;
        if !(3..=6).contains(&chapter.goals.len()) {
            faults.push(format!("{name} has {} goals instead of 3 to 6", chapter.goals.len()));
        }
        let ids: BTreeSet<&str> = chapter.goals.iter().map(|goal| goal.id.as_str()).collect();
        if ids.len() < chapter.goals.len() {
            faults.push(format!("{name} has two goals of one id"));
        }
        for id in chapter.goals.iter().flat_map(|goal| &goal.problems) {
            match sources.problems().get(id) {
                None => faults.push(format!("{name}: there is no problem `{id}`")),
                Some(problem) if problem.chapter != *name => {
                    faults.push(format!("{name}: `{id}` is a problem of {}", problem.chapter));
                }
                Some(_) => {
                    measuring.insert(id.clone());
                }
            }
        }
    }
    let missing = sources.problems().keys().filter(|id| !measuring.contains(*id));
    faults.extend(missing.map(|id| format!("`{id}` measures no goal")));
    assert!(faults.is_empty(), "book/goals.toml:\n{}", faults.join("\n"));
}

/// One kind alone may do where the sections that a goal's problems rest on have problems of no other.
#[test]
fn every_goal_is_measured_by_problems_of_different_kinds() {
    let sources = Sources::load(&layout()).unwrap();
    let problems = sources.problems();
    let mut faults = Vec::new();
    for chapter in goals_of(&layout()).unwrap() {
        for goal in &chapter.goals {
            let measured: Vec<_> = goal.problems.iter().map(|id| &problems[id]).collect();
            let kinds: BTreeSet<Kind> = measured.iter().map(|problem| problem.kind()).collect();
            let could = problems.values().filter(|problem| {
                measured
                    .iter()
                    .any(|m| (&m.chapter, &m.section) == (&problem.chapter, &problem.section))
            });
            let others: BTreeSet<Kind> = could.map(|problem| problem.kind()).collect();
            let distinct: BTreeSet<&String> = goal.problems.iter().collect();
            if distinct.len() < 2
                || distinct.len() < goal.problems.len()
                || kinds.len() < others.len().min(2)
            {
                faults.push(format!("{} {}: {:?}", chapter.name, goal.id, goal.problems));
            }
        }
    }
    assert!(faults.is_empty(), "measured by one problem or one kind:\n{}", faults.join("\n"));
}

#[test]
fn every_session_of_a_plan_fits_its_length() {
    let sources = Sources::load(&layout()).unwrap();
    let mut faults = Vec::new();
    let mut lengths = BTreeMap::new();
    for plan in plans(&layout()).unwrap() {
        lengths.insert(plan.id.clone(), (plan.parts.len(), plan.session, plan.homework));
        let mut given = BTreeSet::new();
        for part in &plan.parts {
            let minutes = sources.minutes(&plan, part).unwrap();
            // A session that leaves more than a tenth of its time unplanned is no plan.
            if minutes.session > plan.session || minutes.session * 10 < plan.session * 9 {
                faults.push(format!("{}: {} of {}", part.title, minutes.session, plan.session));
            }
            if minutes.homework > plan.homework {
                faults.push(format!(
                    "{}: {} of {} at home",
                    part.title, minutes.homework, plan.homework
                ));
            }
            for id in part.class.iter().chain(&part.homework) {
                if !given.insert(id) {
                    faults.push(format!("{}: `{id}` is given twice in {}", part.title, plan.id));
                }
                let problem = &sources.problems()[id];
                let section = format!("{}#{}", problem.chapter, problem.section);
                if !part.read.contains(&problem.chapter) && !part.read.contains(&section) {
                    faults.push(format!(
                        "{}: `{id}` rests on {section}, which is not read",
                        part.title
                    ));
                }
                if part.skip.contains(&section) {
                    faults.push(format!(
                        "{}: `{id}` rests on {section}, which is left out",
                        part.title
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "book/plans.toml:\n{}", faults.join("\n"));
    let expected =
        [("ten-weeks".to_owned(), (10, 90, 240)), ("two-days".to_owned(), (2, 360, 240))];
    assert_eq!(lengths, BTreeMap::from(expected));
}

#[test]
fn ten_weeks_read_every_chapter() {
    let plans = plans(&layout()).unwrap();
    let plan = plans.iter().find(|plan| plan.id == "ten-weeks").unwrap();
    let read: BTreeSet<String> = plan.parts.iter().flat_map(|part| part.read.clone()).collect();
    let chapters: BTreeSet<String> =
        layout().chapters().unwrap().into_iter().map(|chapter| chapter.name).collect();
    assert_eq!(read, chapters);
}

fn page(name: &str) -> Html {
    Html::parse_document(&fs::read_to_string(built_book().join(name)).unwrap())
}

#[test]
fn every_open_question_has_a_sheet_and_every_known_mistake_is_listed() {
    let essays: BTreeSet<String> = practice::open_all()
        .unwrap()
        .into_iter()
        .filter(|problem| problem.kind() == Kind::Essay)
        .map(|problem| format!("sheet-{}", problem.id))
        .collect();
    let rubrics = page("rubrics.html");
    let heading = Selector::parse(".rubric-sheet h2").unwrap();
    let sheets: BTreeSet<String> =
        rubrics.select(&heading).filter_map(|h| h.value().attr("id")).map(str::to_owned).collect();
    assert_eq!(sheets, essays);

    let mistakes = page("teaching-mistakes.html").root_element().text().collect::<String>();
    for problem in practice::open_all().unwrap() {
        for line in &problem.lines {
            let practice::Asks::Code(code) = &line.asks else { continue };
            for mutant in &code.mutants {
                assert!(mistakes.contains(&mutant.name), "{}: {}", problem.id, mutant.name);
            }
        }
    }
}

#[test]
fn rubric_sheets_print_one_to_a_page() {
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, 1200, "light");
    watched.open("rubrics");
    let sheets =
        watched.value("document.querySelectorAll('.rubric-sheet').length").as_u64().unwrap();
    let printed = watched.tab.print_to_pdf(Some(PrintToPdfOptions::default())).unwrap();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    let pages = regex::Regex::new(r"/Type\s*/Page\b").unwrap().find_iter(&printed).count();
    assert_eq!(pages as u64, sheets);
    watched.assert_quiet("the rubric sheets");
}
