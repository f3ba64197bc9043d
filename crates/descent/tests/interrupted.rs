//! A process that is killed while it saves leaves a checkpoint that can be loaded.

#![allow(clippy::unwrap_used, reason = "a test reports a failure by panicking")]

use descent::{Adam, Checkpoint, Optimizer, Tensors};
use ndarray::{ArrayD, IxDyn};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const PLACE: &str = "DESCENT_TEST_SAVES_TO";

fn checkpoint() -> Checkpoint<Adam, f64> {
    let parameters = Tensors::new().with("w", ArrayD::from_elem(IxDyn(&[300, 200]), 0.5));
    let optimizer = Optimizer::new(Adam::default(), 0.1, &parameters).unwrap();
    Checkpoint { parameters, optimizer, extra: () }
}

/// The process that is killed: it saves over and over.
#[test]
#[ignore = "started by the other test, which kills it"]
fn save_forever() {
    let Some(place) = std::env::var_os(PLACE) else {
        return;
    };
    let checkpoint = checkpoint();
    loop {
        checkpoint.save(Path::new(&place)).unwrap();
    }
}

#[test]
fn a_process_killed_while_it_saves_leaves_a_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("run.checkpoint");
    let checkpoint = checkpoint();
    checkpoint.save(&place).unwrap();
    for round in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "save_forever", "--ignored"])
            .env(PLACE, &place)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(20 + 7 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let loaded = Checkpoint::<Adam, f64>::load(&place, &checkpoint.parameters).unwrap();
        assert_eq!(loaded.parameters, checkpoint.parameters);
    }
}
