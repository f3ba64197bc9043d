//! A small decoder-only transformer that predicts each next token of a text.

use super::attention::{self, Heads};
use super::normalization::{self, Normalization};
use super::{Activation, Model, cross_entropy, in_order, matrix, normal_matrix};
use crate::data::Windows;
use crate::linalg::matmul;
use crate::random::Stream;
use descent::Tensors;
use ndarray::{Array1, Array2};

/// Where the norms of a transformer stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormPlace {
    /// Before attention and before the perceptron, and once at the end: h + f(norm(h)), as almost
    /// every large model of today has it.
    Before,
    /// After each is added: norm(h + f(h)), as Vaswani et al. (2017) have it.
    After,
}

/// Embeddings of tokens and places, then layers of causal self-attention and a two-layer ReLU
/// perceptron, then a score for each token of the vocabulary.
///
/// There are no biases; norms have a gain each and no shift. Weights start as normal draws of variance
/// 1 / inputs, the perceptron's first with twice that; token embeddings with variance 1, place
/// embeddings with a quarter.
#[derive(Clone, Debug, PartialEq)]
pub struct Transformer {
    vocabulary: usize,
    length: usize,
    layers: usize,
    width: usize,
    heads: usize,
    norms: NormPlace,
}

const NORM: Normalization = Normalization::Layer;
const ACTIVATION: Activation = Activation::Relu;

/// What the way back needs of the way forward.
struct Pass {
    tokens: Vec<usize>,
    layers: Vec<LayerPass>,
    last_norm: Option<normalization::Pass>,
    /// What the scores were computed from.
    last: Array2<f64>,
}

struct LayerPass {
    attention: attention::Pass,
    /// What attention and the perceptron were given, and what attention mixed.
    attention_input: Array2<f64>,
    mixed: Array2<f64>,
    perceptron_input: Array2<f64>,
    hidden: Array2<f64>,
    norms: [normalization::Pass; 2],
}

impl Transformer {
    /// A transformer for sequences of up to `length` tokens: two layers of width 32 with two heads
    /// and norms before each part, until told otherwise.
    pub fn new(vocabulary: usize, length: usize) -> Self {
        Self { vocabulary, length, layers: 2, width: 32, heads: 2, norms: NormPlace::Before }
    }

    /// This transformer with that many layers.
    #[must_use]
    pub fn layers(self, layers: usize) -> Self {
        Self { layers, ..self }
    }

    /// This transformer with that many numbers for each token, which its heads share.
    ///
    /// # Panics
    /// If the heads cannot share the width evenly.
    #[must_use]
    pub fn width(self, width: usize) -> Self {
        assert!(width.is_multiple_of(self.heads), "{} heads cannot share {width}", self.heads);
        Self { width, ..self }
    }

    /// This transformer with its norms there.
    #[must_use]
    pub fn norms(self, norms: NormPlace) -> Self {
        Self { norms, ..self }
    }

    fn heads_over(&self, windows: &Windows) -> Heads {
        Heads { length: windows.length(), heads: self.heads }
    }

    /// The scores of each window's tokens, one row each.
    fn forward(&self, parameters: &Tensors<f64>, windows: &Windows) -> (Array2<f64>, Pass) {
        let heads = self.heads_over(windows);
        assert!(heads.length <= self.length, "a window is longer than the transformer's sequences");
        let tokens = windows.inputs();
        let (token_rows, place_rows) = (matrix(parameters, "token"), matrix(parameters, "place"));
        let mut stream = Array2::from_shape_fn((tokens.len(), self.width), |(row, column)| {
            token_rows[[tokens[row], column]] + place_rows[[row % heads.length, column]]
        });
        let mut layers = Vec::new();
        for layer in 1..=self.layers {
            let (next, pass) = self.layer(parameters, layer, heads, stream);
            layers.push(pass);
            stream = next;
        }
        let (last, last_norm) = match self.norms {
            NormPlace::After => (stream, None),
            NormPlace::Before => {
                let (last, pass) = NORM.forward(parameters, "", &stream);
                (last, Some(pass))
            }
        };
        let scores = matmul(last.view(), matrix(parameters, "scores"));
        (scores, Pass { tokens, layers, last_norm, last })
    }

    fn layer(
        &self,
        parameters: &Tensors<f64>,
        layer: usize,
        heads: Heads,
        stream: Array2<f64>,
    ) -> (Array2<f64>, LayerPass) {
        let weight = |name: &str| matrix(parameters, &format!("{name}{layer}"));
        let norm =
            |part: &str, x: &Array2<f64>| NORM.forward(parameters, &format!("-{part}{layer}"), x);
        let attend = |input: &Array2<f64>| {
            let [queries, keys, values] =
                ["query", "key", "value"].map(|name| matmul(input.view(), weight(name)));
            let (mixed, pass) = heads.forward(queries, keys, values);
            (matmul(mixed.view(), weight("mix")), mixed, pass)
        };
        let perceive = |input: &Array2<f64>| {
            let mut hidden = matmul(input.view(), weight("up"));
            ACTIVATION.apply(&mut hidden);
            (matmul(hidden.view(), weight("down")), hidden)
        };
        match self.norms {
            NormPlace::Before => {
                let (attention_input, first) = norm("attention", &stream);
                let (update, mixed, attention) = attend(&attention_input);
                let stream = stream + update;
                let (perceptron_input, second) = norm("perceptron", &stream);
                let (update, hidden) = perceive(&perceptron_input);
                let norms = [first, second];
                let pass = LayerPass {
                    attention,
                    attention_input,
                    mixed,
                    perceptron_input,
                    hidden,
                    norms,
                };
                (stream + update, pass)
            }
            NormPlace::After => {
                let (update, mixed, attention) = attend(&stream);
                let (perceptron_input, first) = norm("attention", &(&stream + &update));
                let (update, hidden) = perceive(&perceptron_input);
                let (next, second) = norm("perceptron", &(&perceptron_input + &update));
                let norms = [first, second];
                let pass = LayerPass {
                    attention,
                    attention_input: stream,
                    mixed,
                    perceptron_input,
                    hidden,
                    norms,
                };
                (next, pass)
            }
        }
    }

    fn backward(
        &self,
        parameters: &Tensors<f64>,
        heads: Heads,
        pass: Pass,
        error: &Array2<f64>,
    ) -> Tensors<f64> {
        let mut found =
            Tensors::new().with("scores", matmul(pass.last.t(), error.view()).into_dyn());
        let mut stream = matmul(error.view(), matrix(parameters, "scores").t());
        if let Some(norm) = &pass.last_norm {
            (stream, found) = NORM.backward(parameters, "", norm, stream, found);
        }
        for layer in (1..=self.layers).rev() {
            let kept = &pass.layers[layer - 1];
            (stream, found) = self.layer_backward(parameters, layer, heads, kept, stream, found);
        }
        let mut by_token = Array2::zeros((self.vocabulary, self.width));
        let mut by_place = Array2::zeros((self.length, self.width));
        for (row, (error, &token)) in stream.rows().into_iter().zip(&pass.tokens).enumerate() {
            let mut token_row = by_token.row_mut(token);
            token_row += &error;
            let mut place_row = by_place.row_mut(row % heads.length);
            place_row += &error;
        }
        let found = found.with("token", by_token.into_dyn()).with("place", by_place.into_dyn());
        in_order(parameters, found)
    }

    fn layer_backward(
        &self,
        parameters: &Tensors<f64>,
        layer: usize,
        heads: Heads,
        pass: &LayerPass,
        error: Array2<f64>,
        found: Tensors<f64>,
    ) -> (Array2<f64>, Tensors<f64>) {
        let weight = |name: &str| matrix(parameters, &format!("{name}{layer}"));
        let norm_backward = |part: usize, error, found| {
            let name = format!("-{}{layer}", ["attention", "perceptron"][part]);
            NORM.backward(parameters, &name, &pass.norms[part], error, found)
        };
        let gradient =
            |found: Tensors<f64>, name: &str, input: &Array2<f64>, error: &Array2<f64>| {
                let product = matmul(input.t(), error.view());
                found.with(&format!("{name}{layer}"), product.into_dyn())
            };
        let perceptron_backward = |error: &Array2<f64>, found| {
            let found = gradient(found, "down", &pass.hidden, error);
            let mut hidden = matmul(error.view(), weight("down").t());
            ACTIVATION.backward(&pass.hidden, &mut hidden);
            let found = gradient(found, "up", &pass.perceptron_input, &hidden);
            (matmul(hidden.view(), weight("up").t()), found)
        };
        let attention_backward = |error: &Array2<f64>, found| {
            let mut found = gradient(found, "mix", &pass.mixed, error);
            let mixed = matmul(error.view(), weight("mix").t());
            let mut input = Array2::zeros(error.raw_dim());
            let parts = heads.backward(&pass.attention, &mixed);
            for (name, part) in ["query", "key", "value"].into_iter().zip(parts) {
                found = gradient(found, name, &pass.attention_input, &part);
                input += &matmul(part.view(), weight(name).t());
            }
            (input, found)
        };
        match self.norms {
            NormPlace::Before => {
                let (input, found) = perceptron_backward(&error, found);
                let (input, found) = norm_backward(1, input, found);
                let stream = error + input;
                let (input, found) = attention_backward(&stream, found);
                let (input, found) = norm_backward(0, input, found);
                (stream + input, found)
            }
            NormPlace::After => {
                let (error, found) = norm_backward(1, error, found);
                let (input, found) = perceptron_backward(&error, found);
                let (error, found) = norm_backward(0, error + input, found);
                let (input, found) = attention_backward(&error, found);
                (error + input, found)
            }
        }
    }
}

impl Model for Transformer {
    type Data = Windows;

    fn initial(&self, stream: &mut Stream) -> Tensors<f64> {
        let width = self.width;
        let mut draw = |rows, columns, variance: f64| {
            normal_matrix((rows, columns), variance.sqrt(), stream).into_dyn()
        };
        let per_input = 1.0 / width as f64;
        let gain = || Array1::ones(width).into_dyn();
        let mut parameters = Tensors::new()
            .with("token", draw(self.vocabulary, width, 1.0))
            .with("place", draw(self.length, width, 0.25));
        for layer in 1..=self.layers {
            for name in ["query", "key", "value", "mix"] {
                parameters =
                    parameters.with(&format!("{name}{layer}"), draw(width, width, per_input));
            }
            parameters = parameters
                .with(&format!("gain-attention{layer}"), gain())
                .with(&format!("up{layer}"), draw(width, 4 * width, 2.0 * per_input))
                .with(&format!("down{layer}"), draw(4 * width, width, per_input / 4.0))
                .with(&format!("gain-perceptron{layer}"), gain());
        }
        if self.norms == NormPlace::Before {
            parameters = parameters.with("gain", gain());
        }
        parameters.with("scores", draw(width, self.vocabulary, per_input))
    }

    fn loss_and_gradient(
        &self,
        parameters: &Tensors<f64>,
        windows: &Windows,
    ) -> (f64, Tensors<f64>) {
        let (scores, pass) = self.forward(parameters, windows);
        let (loss, error) = cross_entropy(scores, &windows.targets());
        (loss, self.backward(parameters, self.heads_over(windows), pass, &error))
    }

    fn loss(&self, parameters: &Tensors<f64>, windows: &Windows) -> f64 {
        cross_entropy(self.forward(parameters, windows).0, &windows.targets()).0
    }
}
