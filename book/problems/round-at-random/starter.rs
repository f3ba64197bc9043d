/// The value rounded to bf16 at random; `draw` is uniform over 0 to 65535.
pub fn to_bf16(value: f32, draw: u16) -> f32 {
    todo!()
}
