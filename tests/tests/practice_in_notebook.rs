//! Problems answered in a notebook kernel: graded as everywhere, and nothing that an answer does
//! harms the kernel.
//!
//! Needs evcxr_jupyter. Where it is missing the test says so and passes, unless
//! `DESCENT_DEMAND` is set.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;
use weave::kernel::{Kernel, block_on, program};
use weave::template::Template;
use whole::{layout, skip};

const LIMIT: Duration = Duration::from_secs(120);

/// What these cells put out, all in one kernel after the set-up cell of the first chapter.
fn run(cells: &[String]) -> Option<Vec<String>> {
    let layout = layout();
    if program(&layout.kernels_folder()).is_err() {
        skip("evcxr_jupyter is not installed");
        return None;
    }
    let template = Template::prepare(&layout, &|note| println!("{note}")).unwrap();
    let workplace = template.workplace().unwrap();
    let setup = layout.chapters().unwrap()[0].cells()[0].code.clone();
    let outputs = block_on(async {
        let folder = layout.notebooks_folder();
        let mut kernel = Kernel::start(|| workplace.command(&folder)).await?;
        kernel.execute(&setup, LIMIT).await?;
        let mut outputs = Vec::new();
        for cell in cells {
            let execution = kernel.execute(cell, LIMIT).await?;
            outputs.push(format!("{:?} {:?}", execution.failure, execution.outputs));
        }
        kernel.shut_down().await?;
        anyhow::Ok(outputs)
    });
    Some(outputs.unwrap())
}

fn graded(body: &str) -> String {
    let starter = std::fs::read_to_string(layout().problems_folder().join("adam-step/starter.rs"));
    let code = starter.unwrap().replace("todo!()", body);
    format!("practice::graded!(\"adam-step\" {{\n{code}\n}})")
}

#[test]
fn an_answer_in_a_cell_is_graded_and_cannot_harm_the_kernel() {
    let solution = layout().problems_folder().join("adam-step/solution.rs");
    let solution = std::fs::read_to_string(solution).unwrap();
    let cells = [
        format!("practice::graded!(\"adam-step\" {{\n// as typed\n{solution}\n}})"),
        graded("todo!()"),
        graded("std::process::exit(0)"),
        graded("loop { std::hint::black_box(0); }"),
        graded("panic!(\"boom\")"),
        graded("theta[0] = \"text\";"),
        "practice::open(\"first-step-without-corrections\").unwrap().check(&[\"sqrt(10)\"])"
            .to_owned(),
        "1 + 1".to_owned(),
    ];
    let Some(outputs) = run(&cells) else { return };
    for (output, wanted) in outputs.iter().zip([
        "5 of 5 points",
        "todo!()",
        "without an answer",
        "stopped after",
        "It panicked: boom",
        "does not compile",
        "3 of 3 points",
        "2",
    ]) {
        assert!(output.contains(wanted), "{wanted}: {output}");
    }
    assert!(outputs.iter().all(|output| output.starts_with("None")), "{outputs:?}");
}
