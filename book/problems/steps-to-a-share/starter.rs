/// After how many steps the error along every direction is at most `share` of what it was.
pub fn steps_to_reach(curvatures: &[f64], learning_rate: f64, share: f64) -> Option<u32> {
    todo!()
}
