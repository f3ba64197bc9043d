/// Bytes for one parameter.
pub struct Bytes {
    pub weight: u64,
    pub gradient: u64,
    pub master: u64,
    pub moments: u64,
}

/// Bytes on the rank that holds the most.
pub fn bytes_per_rank(parameters: u64, bytes: &Bytes, stage: u8, ranks: u64) -> u64 {
    let shard = parameters.div_ceil(ranks);
    let held = |from: u8| if stage >= from { shard } else { parameters };
    held(3) * bytes.weight + held(2) * bytes.gradient + held(1) * (bytes.master + bytes.moments)
}
