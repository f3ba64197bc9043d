//! Every committed vector agrees with our rules and schedules, and there are enough of them.

#![allow(clippy::unwrap_used, reason = "a test reports a failure by panicking")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(folder);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn every_committed_vector_agrees() {
    let mut failures = Vec::new();
    for file in [files("optimizers"), files("schedules")].concat() {
        match vectors::replay(&file) {
            Ok(None) => {}
            Ok(Some(disagreement)) => failures.push(format!("{}: {disagreement}", file.display())),
            Err(unreadable) => failures.push(unreadable.to_string()),
        }
    }
    assert!(failures.is_empty(), "{} disagree:\n{}", failures.len(), failures.join("\n"));
}

/// What the vectors promise: every row of the tables, both number types, several settings, enough
/// steps, tolerances as tight as stated.
#[test]
fn the_committed_vectors_cover_the_tables() {
    let optimizers = "sgd momentum nesterov adagrad adadelta rmsprop adam amsgrad adamw nadam radam \
                      adafactor lamb lars lion sign_sgd muon schedule_free_adamw";
    let mut settings: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for file in files("optimizers") {
        let case = read(&file);
        let [optimizer, dtype] = ["optimizer", "dtype"].map(|key| case[key].as_str().unwrap());
        let key = (optimizer.to_owned(), dtype.to_owned());
        settings.entry(key).or_default().insert(case["hyperparameters"].to_string());
        assert!(case["gradients"].as_array().unwrap().len() >= 20, "{}", file.display());
        let limit = if dtype == "f64" { 1e-11 } else { 2e-5 };
        let tolerance = case["tolerance"]["relative"].as_f64().unwrap();
        assert!(tolerance <= limit, "{}", file.display());
        let gradients = case["gradients"].to_string();
        assert!(gradients.contains("0.0"), "{}: no zero gradient", file.display());
    }
    for optimizer in optimizers.split_whitespace() {
        for dtype in ["f32", "f64"] {
            let settings = settings.get(&(optimizer.to_owned(), dtype.to_owned()));
            let count = settings.map_or(0, BTreeSet::len);
            // signSGD has no setting but the rate.
            assert!(count >= if optimizer == "sign_sgd" { 2 } else { 3 }, "{optimizer} {dtype}");
        }
    }
    let schedules = "step exponential polynomial linear cosine cosine_restarts cyclic one_cycle \
                     warmup_cosine inverse_sqrt wsd";
    let cases: Vec<Value> = files("schedules").iter().map(|file| read(file)).collect();
    for schedule in schedules.split_whitespace() {
        let count = cases.iter().filter(|case| case["schedule"] == schedule).count();
        assert!(count >= 2, "{schedule}: {count} cases");
    }
}

/// The comparison itself: a value that is off by more than allowed is found where it is.
#[test]
fn a_wrong_value_is_found_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = files("optimizers")
        .into_iter()
        .find(|file| file.to_string_lossy().contains("adamw") && read(file)["dtype"] == "f64")
        .unwrap();
    let mut case = read(&file);
    let name = case["parameters"][1]["name"].as_str().unwrap().to_owned();
    let value = case["trajectory"][6][1][2].as_f64().unwrap();
    case["trajectory"][6][1][2] = (value + 1e-9).into();
    let wrong = folder.path().join("wrong.json");
    fs::write(&wrong, case.to_string()).unwrap();
    let disagreement = vectors::replay(&wrong).unwrap().unwrap();
    let text = disagreement.to_string();
    assert!(text.starts_with(&format!("step 7, parameter `{name}`, index [")), "{text}");
    // And what another program wrote is held to the case in the same way.
    let disagreement = vectors::compare(&wrong, &file).unwrap().unwrap();
    assert!(disagreement.to_string().starts_with("step 7, parameter"), "{disagreement}");
    assert_eq!(vectors::compare(&file, &file).unwrap(), None);
    fs::write(&wrong, case["trajectory"].as_array().unwrap()[..5].len().to_string()).unwrap();
    assert!(vectors::compare(&wrong, &file).is_err());
    let short = Value::from(case["trajectory"].as_array().unwrap()[..5].to_vec());
    fs::write(&wrong, short.to_string()).unwrap();
    let disagreement = vectors::compare(&wrong, &file).unwrap().unwrap();
    assert!(disagreement.to_string().contains("there are 5 steps of"), "{disagreement}");
}

/// Every mistake in a file is refused with the place.
#[test]
fn files_that_are_not_cases_are_refused_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("case.json");
    let good = serde_json::json!({
        "format": "optimizer-vectors/1", "source": {"library": "torch", "version": "0"},
        "optimizer": "adam", "hyperparameters": {"lr": 0.1}, "dtype": "f64",
        "parameters": [{"name": "w", "shape": [2], "values": [1.0, 2.0]}],
        "gradients": [[[0.0, 0.0]]], "trajectory": [[[1.0, 2.0]]],
        "tolerance": {"relative": 1e-11}
    });
    fs::write(&file, good.to_string()).unwrap();
    assert_eq!(vectors::replay(&file).unwrap(), None);
    let wrong = |pointer: &str, value: Value| {
        let mut case = good.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match case.pointer_mut(parent).unwrap() {
            Value::Array(array) => array[key.parse::<usize>().unwrap()] = value,
            object => object[key] = value,
        }
        fs::write(&file, case.to_string()).unwrap();
        vectors::replay(&file).unwrap_err().to_string()
    };
    for (pointer, value, expected) in [
        ("/format", "optimizer-vectors/2".into(), "unknown format `optimizer-vectors/2`"),
        ("/optimizer", "adamx".into(), "unknown optimizer `adamx`; known: sgd"),
        ("/dtype", "bf16".into(), "unknown dtype `bf16`"),
        ("/extra", 1.into(), "unknown field `extra`"),
        ("/hyperparameters/beta3", 0.9.into(), "unknown hyperparameter `beta3` of adam"),
        ("/hyperparameters/beta1", "0.9".into(), "`hyperparameters.beta1` is \"0.9\""),
        ("/hyperparameters/beta1", 1.into(), "Adam: beta1 = 1 is outside its range"),
        ("/parameters/0/shape", serde_json::json!([3]), "`parameters[0].values` has 2 values"),
        (
            "/gradients/0/0",
            serde_json::json!([1.0]),
            "`gradients[0][0]` has 1 values where parameter",
        ),
        ("/gradients/0", serde_json::json!([]), "`gradients[0]` has 0 tensors"),
        ("/trajectory", serde_json::json!([]), "`gradients` has 1 steps and `trajectory` 0"),
        ("/tolerance/relative", (-1).into(), "`tolerance.relative` is -1"),
        ("/source", serde_json::json!({"library": "mine"}), "is absent, and mine has no default"),
    ] {
        let refusal = wrong(pointer, value);
        assert!(refusal.contains(expected), "{pointer}: {refusal}");
        assert!(refusal.contains("case.json"), "{refusal}");
    }
    fs::write(&file, &good.to_string()[..80]).unwrap();
    let refusal = vectors::replay(&file).unwrap_err().to_string();
    assert!(refusal.contains("line 1 column 80"), "{refusal}");
}
