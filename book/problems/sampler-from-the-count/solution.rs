/// The order in which an epoch visits the examples.
pub fn order(seed: u64, epoch: usize, examples: usize) -> Vec<usize> {
    let mut state = (seed << 32) + 2 * epoch as u64 + 1;
    let mut order: Vec<usize> = (0..examples).collect();
    for last in (1..examples).rev() {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let other = ((z ^ (z >> 31)) % (last as u64 + 1)) as usize;
        order.swap(last, other);
    }
    order
}

/// The examples of a step, whatever was or was not called before.
pub fn batch(seed: u64, step: usize, batch_size: usize, examples: usize) -> Vec<usize> {
    let order_of = |epoch| order(seed, epoch, examples);
    let seen = (step - 1) * batch_size;
    let mut epoch = seen / examples;
    let mut place = seen % examples;
    let mut current = order_of(epoch);
    let mut batch = Vec::with_capacity(batch_size);
    while batch.len() < batch_size {
        if place == examples {
            epoch += 1;
            place = 0;
            current = order_of(epoch);
        }
        batch.push(current[place]);
        place += 1;
    }
    batch
}
