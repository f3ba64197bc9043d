/// The value rounded to bf16 at random; `draw` is uniform over 0 to 65535.
pub fn to_bf16(value: f32, draw: u16) -> f32 {
    let bits = value.to_bits();
    let nearer_to_zero = bits & 0xffff_0000;
    let distance = bits & 0xffff;
    let away = u32::from(draw) < distance;
    f32::from_bits(if away { nearer_to_zero + 0x1_0000 } else { nearer_to_zero })
}
