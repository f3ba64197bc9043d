//! Rules that treat every coordinate alike.

use crate::sweep::sweep;
use crate::{HyperparameterError, Real, Rule, State, Tensors};
use ndarray::ArrayD;
use std::fmt::Debug;

/// A rule that updates each coordinate from its own gradient and its own memory alone.
///
/// It is written for one coordinate, as papers write it. Running it over whole tensors, on vector
/// units and on all cores, is the same for all such rules and happens in [`crate::sweep`].
pub trait Elementwise: Clone + Debug + Send + Sync {
    /// What is remembered about one coordinate, such as `[F; 2]` for Adam's m and v.
    type Memory<F: Real>: Memory<F>;

    /// The names of the remembered numbers, in order, as fields are named in the book.
    const MEMORY: &'static [&'static str];

    /// Refuses hyperparameters outside the range in which the rule is defined.
    ///
    /// # Errors
    /// Names the hyperparameter, its value and the range it must lie in.
    fn validate(&self) -> Result<(), HyperparameterError>;

    /// The memory before the first step: zero, unless the rule says otherwise.
    fn start<F: Real>(&self) -> Self::Memory<F> {
        Self::Memory::filled(F::zero())
    }

    /// What a coordinate's step was divided by at `step`, which left `memory` behind; see
    /// [`Rule::denominators`].
    fn denominator<F: Real>(&self, _step: u64, _memory: &Self::Memory<F>) -> Option<F> {
        None
    }

    /// What one step does to one coordinate: a function from θ, g and the memory to their new
    /// values.
    ///
    /// What is the same for all coordinates is computed once, outside the function.
    fn update<F: Real>(&self, step: u64, learning_rate: f64) -> impl Update<F, Self::Memory<F>>;
}

/// A function from a coordinate's θ, g and memory to its new θ and memory.
pub trait Update<F, M>: Fn(F, F, M) -> (F, M) + Copy + Send + Sync {}

impl<F, M, U: Fn(F, F, M) -> (F, M) + Copy + Send + Sync> Update<F, M> for U {}

/// A coordinate's memory: an array of a few numbers.
pub trait Memory<F: Real>: Copy + Send + Sync + AsRef<[F]> + AsMut<[F]> {
    /// All numbers set to `value`.
    fn filled(value: F) -> Self;

    /// Updates a tensor and its state, of one array for each remembered number.
    fn sweep(
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        state: &mut Tensors<F>,
        update: impl Update<F, Self>,
    );
}

impl<F: Real, const N: usize> Memory<F> for [F; N] {
    fn filled(value: F) -> Self {
        [value; N]
    }

    fn sweep(
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        state: &mut Tensors<F>,
        update: impl Update<F, Self>,
    ) {
        sweep(parameter, gradient, state.arrays_mut(), update);
    }
}

impl<F: Real, R: Elementwise> Rule<F> for R {
    type State = Tensors<F>;

    fn validate(&self) -> Result<(), HyperparameterError> {
        Elementwise::validate(self)
    }

    fn state(&self, parameter: &ArrayD<F>, _tensor: usize) -> Tensors<F> {
        let start = self.start::<F>();
        R::MEMORY.iter().zip(start.as_ref()).fold(Tensors::new(), |state, (name, &value)| {
            state.with(name, ArrayD::from_elem(parameter.shape(), value))
        })
    }

    fn denominators(&self, step: u64, state: &Tensors<F>) -> Option<ArrayD<F>> {
        let (_, first) = state.iter().next()?;
        let mut memories = vec![R::Memory::<F>::filled(F::zero()); first.len()];
        for (place, (_, array)) in state.iter().enumerate() {
            for (memory, &x) in memories.iter_mut().zip(array) {
                memory.as_mut()[place] = x;
            }
        }
        let of = |memory| self.denominator(step, memory);
        let denominators = memories.iter().map(of).collect::<Option<Vec<F>>>()?;
        ArrayD::from_shape_vec(first.raw_dim(), denominators).ok()
    }

    fn update(
        &self,
        step: u64,
        learning_rate: f64,
        parameter: &mut ArrayD<F>,
        gradient: &ArrayD<F>,
        state: &mut Tensors<F>,
    ) {
        self.updater(step, learning_rate)(parameter, gradient, state);
    }

    fn updater(
        &self,
        step: u64,
        learning_rate: f64,
    ) -> impl Fn(&mut ArrayD<F>, &ArrayD<F>, &mut Tensors<F>) + Sync {
        let update = Elementwise::update(self, step, learning_rate);
        move |parameter, gradient, state| {
            R::Memory::<F>::sweep(parameter, gradient, state, update);
        }
    }
}

impl<F: Real> State for Tensors<F> {
    fn bytes(&self) -> usize {
        self.iter().map(|(_, array)| array.len() * size_of::<F>()).sum()
    }
}
