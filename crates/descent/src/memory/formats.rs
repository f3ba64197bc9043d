//! What a number takes in each precision, and what each optimizer keeps.
//!
//! Where a state is not a whole number of moments, it is that of Shazeer and Stern (2018) for
//! Adafactor, without a first moment; of Gupta, Koren and Singer (2018) for Shampoo, with its
//! inverse roots kept; of Vyas et al. (2025) for SOAP; of Dettmers et al. (2022) for
//! 8 bits, in the blocks of 256 that bitsandbytes uses.

use Storage::{Bf16, Column, ColumnSquare, EightBit, Full, Row, RowSquare};
use thiserror::Error;

/// The number formats of a run, in bytes a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    /// As users write it.
    pub name: &'static str,
    /// The weights that the forward and backward passes use.
    pub weight: f64,
    /// The gradients.
    pub gradient: f64,
    /// The copy of the weights that the optimizer updates; zero where it updates the weights.
    pub master: f64,
    /// A number of the optimizer's state, unless its [`Storage`] fixes the format.
    pub moment: f64,
}

/// Every precision that is accounted for. Pure `bf16` keeps its moments as narrow as its weights,
/// as PyTorch does.
pub const PRECISIONS: &[Precision] = &[
    Precision { name: "fp32", weight: 4.0, gradient: 4.0, master: 0.0, moment: 4.0 },
    Precision { name: "mixed-bf16", weight: 2.0, gradient: 2.0, master: 4.0, moment: 4.0 },
    Precision { name: "mixed-fp16", weight: 2.0, gradient: 2.0, master: 4.0, moment: 4.0 },
    Precision { name: "bf16", weight: 2.0, gradient: 2.0, master: 0.0, moment: 2.0 },
];

/// How a moment is stored, for a weight matrix of n rows and m columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Storage {
    /// A number for each weight, in the format of [`Precision::moment`].
    Full,
    /// A bf16 number for each weight.
    Bf16,
    /// A byte for each weight, and the largest magnitude of each block of 256 in fp32.
    EightBit,
    /// A number for each row.
    Row,
    /// A number for each column.
    Column,
    /// An n × n matrix, in fp32 whatever the precision: its decomposition needs the digits.
    RowSquare,
    /// An m × m matrix, in fp32 likewise.
    ColumnSquare,
}

/// An optimizer, as far as its memory goes: what it keeps between steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Method {
    /// As users write it.
    pub name: &'static str,
    /// Its moments: what each is called, and how it is stored.
    pub moments: Moments,
    /// Whether it takes weights as matrices. It is then accounted for as if every weight lay in one,
    /// though in practice vectors, and often embeddings, are left to another optimizer.
    pub takes_matrices: bool,
}

type Moments = &'static [(&'static str, Storage)];

const fn elementwise(name: &'static str, moments: Moments) -> Method {
    Method { name, moments, takes_matrices: false }
}

const fn matrixwise(name: &'static str, moments: Moments) -> Method {
    Method { name, moments, takes_matrices: true }
}

const VELOCITY: (&str, Storage) = ("velocity", Full);
const M: (&str, Storage) = ("first moment m", Full);
const V: (&str, Storage) = ("second moment v", Full);
const MEAN: (&str, Storage) = ("mean gradient", Full);
const L: (&str, Storage) = ("row statistics L", RowSquare);
const R: (&str, Storage) = ("column statistics R", ColumnSquare);
const ROOTS: [(&str, Storage); 2] =
    [("inverse root of L", RowSquare), ("inverse root of R", ColumnSquare)];
const BASES: [(&str, Storage); 2] =
    [("eigenvectors of L", RowSquare), ("eigenvectors of R", ColumnSquare)];

/// Every optimizer that is accounted for.
pub const METHODS: &[Method] = &[
    elementwise("sgd", &[]),
    elementwise("momentum", &[VELOCITY]),
    elementwise("nesterov", &[VELOCITY]),
    elementwise("adagrad", &[("sum of squares", Full)]),
    elementwise("rmsprop", &[V]),
    elementwise("rmsprop-momentum", &[V, VELOCITY]),
    elementwise("rmsprop-centered", &[V, MEAN]),
    elementwise("rmsprop-centered-momentum", &[V, MEAN, VELOCITY]),
    elementwise("adadelta", &[V, ("squared updates", Full)]),
    elementwise("adam", &[M, V]),
    elementwise("adamw", &[M, V]),
    elementwise("adamw-bf16", &[(M.0, Bf16), (V.0, Bf16)]),
    elementwise("adamw-8bit", &[(M.0, EightBit), (V.0, EightBit)]),
    elementwise("amsgrad", &[M, V, ("largest v", Full)]),
    elementwise("nadam", &[M, V]),
    elementwise("radam", &[M, V]),
    // The weights are the point y at which gradients are taken; x follows from y and z.
    elementwise("schedule-free-adamw", &[("iterate z", Full), V]),
    matrixwise("adafactor", &[("row means of squares", Row), ("column means of squares", Column)]),
    elementwise("lars", &[VELOCITY]),
    elementwise("lamb", &[M, V]),
    elementwise("signsgd", &[]),
    elementwise("signum", &[M]),
    elementwise("lion", &[M]),
    matrixwise("muon", &[VELOCITY]),
    matrixwise("shampoo", &[L, R, ROOTS[0], ROOTS[1]]),
    matrixwise("soap", &[L, R, BASES[0], BASES[1], M, V]),
];

/// A name that is in no table.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("no {kind} `{name}`; choose one of {known}")]
pub struct UnknownName {
    kind: &'static str,
    name: String,
    known: String,
}

impl Precision {
    /// The precision of this name.
    pub fn named(name: &str) -> Result<Self, UnknownName> {
        find("precision", PRECISIONS, |precision| precision.name, name)
    }
}

impl Method {
    /// The optimizer of this name.
    pub fn named(name: &str) -> Result<Self, UnknownName> {
        find("optimizer", METHODS, |optimizer| optimizer.name, name)
    }
}

fn find<T: Copy>(
    kind: &'static str,
    table: &[T],
    name_of: fn(&T) -> &'static str,
    name: &str,
) -> Result<T, UnknownName> {
    table.iter().find(|entry| name_of(entry) == name).copied().ok_or_else(|| {
        let known = table.iter().map(name_of).collect::<Vec<_>>().join(", ");
        UnknownName { kind, name: name.to_owned(), known }
    })
}
