/// One step of Adagrad on the rows that occur in a batch, in place.
pub fn adagrad_rows(
    learning_rate: f64,
    eps: f64,
    width: usize,
    theta: &mut [f64],
    s: &mut [f64],
    rows: &[usize],
    gradients: &[f64],
) {
    todo!()
}
