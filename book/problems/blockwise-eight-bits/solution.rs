/// What the values are after they have been kept in blocks and read again.
pub fn there_and_back(values: &[f64], length: usize, levels: &[f64]) -> Vec<f64> {
    let mut read = Vec::new();
    for block in values.chunks(length) {
        let scale = block.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        for value in block {
            let shrunk = scale * nearest(levels, value / scale);
            read.push(if scale == 0.0 { 0.0 } else { shrunk });
        }
    }
    read
}

fn nearest(levels: &[f64], value: f64) -> f64 {
    let mut best = levels[0];
    for &level in levels {
        if (level - value).abs() < (best - value).abs() {
            best = level;
        }
    }
    best
}
