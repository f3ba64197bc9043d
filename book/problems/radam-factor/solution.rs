/// RAdam's factor at step `t`, or `None` where the step is not rectified.
pub fn rectification(beta2: f64, t: i32) -> Option<f64> {
    let decayed = beta2.powi(t);
    let most = 2.0 / (1.0 - beta2) - 1.0;
    let rho = most - 2.0 * f64::from(t) * decayed / (1.0 - decayed);
    if rho <= 5.0 {
        return None;
    }
    let ratio = (rho - 4.0) * (rho - 2.0) * most / ((most - 4.0) * (most - 2.0) * rho);
    Some(ratio.sqrt())
}
