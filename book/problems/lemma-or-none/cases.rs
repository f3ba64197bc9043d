fn record(cases: &mut Cases, what: &str, rows: &[Vec<f64>], labels: &[f64]) {
    let found = lemma(rows, labels);
    cases.value(
        format!("whether there are weights (1 or 0), {what}"),
        f64::from(u8::from(found.is_some())),
    );
    cases.values(format!("the weights, {what}"), &found.unwrap_or_default());
}

/// Wilson's examples: the label, `common` ones, one own feature if positive and `own` if negative.
fn wilson(labels: &[f64], common: usize, own: usize) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    let width = 1 + common + labels.iter().map(|&y| if y > 0.0 { 1 } else { own }).sum::<usize>();
    let mut next = 1 + common;
    for &y in labels {
        let mut row = vec![0.0; width];
        row[0] = y;
        row[1..=common].fill(1.0);
        let count = if y > 0.0 { 1 } else { own };
        row[next..next + count].fill(1.0);
        next += count;
        rows.push(row);
    }
    rows
}

pub fn run(cases: &mut Cases) {
    let mixed = [1.0, -1.0, 1.0, 1.0, -1.0];
    let negative_first = [-1.0, 1.0, 1.0];
    record(
        cases,
        "Wilson's construction with 3 positive and 2 negative examples",
        &wilson(&mixed, 2, 5),
        &mixed,
    );
    record(
        cases,
        "the same with a negative example first",
        &wilson(&negative_first, 2, 5),
        &negative_first,
    );
    record(cases, "with four own features for a negative example", &wilson(&mixed, 2, 4), &mixed);
    let balanced = [1.0, -1.0, 1.0, -1.0];
    record(
        cases,
        "with as many negative examples as positive ones",
        &wilson(&balanced, 2, 5),
        &balanced,
    );
    record(cases, "balanced, with one own feature for each", &wilson(&balanced, 2, 1), &balanced);
    let one = [cases.uniform(0.5, 2.0), cases.uniform(-2.0, -0.5), 0.0];
    record(cases, "a single example with a feature that is zero", &[one.to_vec()], &[-1.0]);
    let (a, b) = (cases.uniform(1.0, 2.0), cases.uniform(3.0, 4.0));
    let diagonal = [vec![a, 0.0], vec![0.0, b]];
    record(
        cases,
        "two examples with labels in proportion to their features",
        &diagonal,
        &[3.0 * a, -3.0 * b],
    );
    record(
        cases,
        "two examples with labels 1 and -1 and different features",
        &diagonal,
        &[1.0, -1.0],
    );
    record(
        cases,
        "two equal examples with opposite labels",
        &[vec![a, b], vec![a, b]],
        &[1.0, -1.0],
    );
    let turned = [vec![a], vec![a], vec![-a]];
    record(
        cases,
        "three positive examples, the feature of the last one negated",
        &turned,
        &[1.0, 1.0, 1.0],
    );
    let zero = [vec![0.0, 0.0], vec![0.0, 0.0]];
    record(cases, "examples that are zero", &zero, &[1.0, -1.0]);
}
