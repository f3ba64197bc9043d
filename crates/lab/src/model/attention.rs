//! Causal self-attention: every token mixes the values of the tokens up to itself.
//!
//! Vaswani et al. (2017), section 3.2: softmax(q kᵀ / √d) v in each head, over the tokens of one
//! sequence that are not later.

use crate::linalg::matmul;
use ndarray::{Array2, s};

/// How tokens, stored as rows of matrices, make up sequences and heads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heads {
    /// How many tokens a sequence has.
    pub length: usize,
    /// How many heads share the columns.
    pub heads: usize,
}

/// What the way back needs of the way forward.
pub(super) struct Pass {
    queries: Array2<f64>,
    keys: Array2<f64>,
    values: Array2<f64>,
    /// The weights of each sequence and head: length × length.
    weights: Vec<Array2<f64>>,
}

impl Heads {
    /// The rows and the columns of each sequence and head.
    fn blocks(self, like: &Array2<f64>) -> impl Iterator<Item = [std::ops::Range<usize>; 2]> {
        let width = like.ncols() / self.heads;
        let sequences = like.nrows() / self.length;
        (0..sequences).flat_map(move |sequence| {
            let rows = sequence * self.length..(sequence + 1) * self.length;
            (0..self.heads).map(move |head| [rows.clone(), head * width..(head + 1) * width])
        })
    }

    fn scale(self, like: &Array2<f64>) -> f64 {
        1.0 / ((like.ncols() / self.heads) as f64).sqrt()
    }

    /// Mixes the values: tokens × width, as the queries, keys and values are.
    pub(super) fn forward(
        self,
        queries: Array2<f64>,
        keys: Array2<f64>,
        values: Array2<f64>,
    ) -> (Array2<f64>, Pass) {
        let mut mixed = Array2::zeros(values.raw_dim());
        let mut weights = Vec::new();
        let scale = self.scale(&queries);
        for [rows, columns] in self.blocks(&queries) {
            let block = s![rows, columns];
            let mut scores = matmul(queries.slice(&block), keys.slice(&block).t());
            for (token, mut row) in scores.rows_mut().into_iter().enumerate() {
                softmax_of_first(
                    token + 1,
                    scale,
                    row.as_slice_mut().expect("rows are contiguous"),
                );
            }
            mixed.slice_mut(&block).assign(&matmul(scores.view(), values.slice(&block)));
            weights.push(scores);
        }
        (mixed, Pass { queries, keys, values, weights })
    }

    /// The gradients with respect to queries, keys and values.
    pub(super) fn backward(self, pass: &Pass, error: &Array2<f64>) -> [Array2<f64>; 3] {
        let Pass { queries, keys, values, weights } = pass;
        let [mut by_query, mut by_key, mut by_value] =
            [(); 3].map(|()| Array2::zeros(error.raw_dim()));
        let scale = self.scale(queries);
        for ([rows, columns], weights) in self.blocks(queries).zip(weights) {
            let block = s![rows, columns];
            let error = error.slice(&block);
            by_value.slice_mut(&block).assign(&matmul(weights.t(), error));
            let mut by_score = matmul(error, values.slice(&block).t());
            // Through the softmax: each row's weighted mean is taken off. Later tokens weigh nothing.
            for (mut row, weights) in by_score.rows_mut().into_iter().zip(weights.rows()) {
                let mean: f64 = row.iter().zip(weights).map(|(e, w)| e * w).sum();
                row.zip_mut_with(&weights, |e, w| *e = w * (*e - mean) * scale);
            }
            by_query.slice_mut(&block).assign(&matmul(by_score.view(), keys.slice(&block)));
            by_key.slice_mut(&block).assign(&matmul(by_score.t(), queries.slice(&block)));
        }
        [by_query, by_key, by_value]
    }
}

/// The softmax of the first `count` scores, times `scale`; the others become 0.
fn softmax_of_first(count: usize, scale: f64, scores: &mut [f64]) {
    let (seen, later) = scores.split_at_mut(count);
    let highest = seen.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    seen.iter_mut().for_each(|score| *score = libm::exp(scale * (*score - highest)));
    let total: f64 = seen.iter().sum();
    seen.iter_mut().for_each(|weight| *weight /= total);
    later.fill(0.0);
}

#[cfg(test)]
mod tests {
    use super::Heads;
    use ndarray::{Array2, s};

    #[test]
    fn a_token_sees_nothing_later_and_no_other_sequence() {
        let heads = Heads { length: 3, heads: 2 };
        let tokens =
            Array2::from_shape_fn((6, 4), |(i, j)| ((i * 7 + j * 5) % 11) as f64 / 3.0 - 1.0);
        let mix =
            |tokens: &Array2<f64>| heads.forward(tokens.clone(), tokens.clone(), tokens.clone()).0;
        let before = mix(&tokens);
        // The first token of a sequence sees itself alone.
        assert_eq!(before.row(0), tokens.row(0));
        let mut changed = tokens.clone();
        changed.row_mut(4).fill(9.0);
        let after = mix(&changed);
        assert_eq!(before.slice(s![..4, ..]), after.slice(s![..4, ..]));
        assert!((4..6).all(|row| before.row(row) != after.row(row)));
    }
}
