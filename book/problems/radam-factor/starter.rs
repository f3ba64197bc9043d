/// RAdam's factor at step `t`, or `None` where the step is not rectified.
pub fn rectification(beta2: f64, t: i32) -> Option<f64> {
    todo!()
}
