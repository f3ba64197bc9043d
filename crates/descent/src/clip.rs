//! Clipping: bounds on a gradient before it reaches the rule.
//!
//! ```
//! use descent::{Tensors, clip};
//! use ndarray::array;
//!
//! let mut gradients = Tensors::new().with("w", array![3.0_f64, 4.0].into_dyn());
//! assert_eq!(clip::by_global_norm(&mut gradients, 1.0)?, 5.0);
//! assert!((gradients.norm() - 1.0).abs() < 1e-15);
//! # Ok::<(), descent::HyperparameterError>(())
//! ```
//!
//! Pascanu, Mikolov and Bengio (2013, section 3.2) clip by the global norm. A gradient that is
//! not finite has no direction to keep: the norms leave it as it is, for the
//! [`Optimizer`](crate::Optimizer) to refuse or skip. PyTorch's `clip_grad_norm_` divides by the norm
//! plus 10⁻⁶ and so always shortens a little more; here, as in Optax, the norm after clipping is the
//! limit.

use crate::{HyperparameterError, Real, Tensors, reduce};
use ndarray::ArrayD;

/// Moves every coordinate into [−limit, limit]; returns how many were outside. NaN stays NaN.
///
/// # Errors
/// If the limit is not a finite number above 0.
pub fn by_value<F: Real>(
    gradients: &mut Tensors<F>,
    limit: f64,
) -> Result<usize, HyperparameterError> {
    HyperparameterError::check_positive("clip::by_value", "limit", limit)?;
    let limit = F::of(limit);
    let mut clipped = 0;
    for (_, gradient) in gradients.iter_mut() {
        for g in gradient.iter_mut().filter(|g| g.abs() > limit) {
            *g = limit * g.sign();
            clipped += 1;
        }
    }
    Ok(clipped)
}

/// Shortens each tensor whose norm is above the limit to that norm; returns the largest norm that
/// was met, or a norm that is not finite if there is one.
///
/// # Errors
/// If the limit is not a finite number above 0.
pub fn by_norm<F: Real>(
    gradients: &mut Tensors<F>,
    limit: f64,
) -> Result<f64, HyperparameterError> {
    HyperparameterError::check_positive("clip::by_norm", "limit", limit)?;
    let mut largest = 0.0_f64;
    for (_, gradient) in gradients.iter_mut() {
        let norm = norm(std::iter::once(&*gradient));
        shorten(gradient, norm, limit);
        largest = if !largest.is_finite() || norm <= largest { largest } else { norm };
    }
    Ok(largest)
}

/// Shortens all tensors together, by one factor, if their common norm is above the limit; returns
/// the norm that was met.
///
/// # Errors
/// If the limit is not a finite number above 0.
pub fn by_global_norm<F: Real>(
    gradients: &mut Tensors<F>,
    limit: f64,
) -> Result<f64, HyperparameterError> {
    HyperparameterError::check_positive("clip::by_global_norm", "limit", limit)?;
    let norm = norm(gradients.iter().map(|(_, gradient)| gradient));
    for (_, gradient) in gradients.iter_mut() {
        shorten(gradient, norm, limit);
    }
    Ok(norm)
}

/// The norm over all tensors together, in double precision. Where its square overflows, which
/// exploding gradients bring about while they are still finite, it is taken relative to the largest
/// coordinate.
fn norm<'a, F: Real>(tensors: impl Iterator<Item = &'a ArrayD<F>> + Clone) -> f64 {
    let square = |scale: f64| -> f64 {
        let relative = move |[x]: [F; 1]| (x.as_f64() / scale) * (x.as_f64() / scale);
        tensors.clone().map(|tensor| reduce::sum([tensor], relative)).sum()
    };
    let plain = square(1.0);
    if plain.is_finite() {
        return plain.sqrt();
    }
    let coordinates = tensors.clone().flat_map(|tensor| tensor.iter());
    let largest = coordinates.fold(0.0_f64, |most, x| {
        if x.is_nan() || most.is_nan() { f64::NAN } else { most.max(x.as_f64().abs()) }
    });
    if largest.is_finite() { (largest * square(largest).sqrt()).min(f64::MAX) } else { largest }
}

fn shorten<F: Real>(gradient: &mut ArrayD<F>, norm: f64, limit: f64) {
    if norm > limit && norm.is_finite() {
        let factor = limit / norm;
        gradient.mapv_inplace(|g| F::of(g.as_f64() * factor));
    }
}

#[cfg(test)]
mod tests {
    use super::{by_global_norm, by_norm, by_value};
    use crate::Tensors;
    use ndarray::array;

    fn gradients() -> Tensors<f64> {
        Tensors::new()
            .with("a", array![3.0, -4.0].into_dyn())
            .with("b", array![0.0, 12.0].into_dyn())
    }

    #[test]
    fn each_way_of_clipping_keeps_what_it_promises() {
        let mut clipped = gradients();
        assert_eq!(by_value(&mut clipped, 3.5).unwrap(), 2);
        assert_eq!(clipped.scalars().collect::<Vec<_>>(), [3.0, -3.5, 0.0, 3.5]);

        let mut clipped = gradients();
        assert_eq!(by_norm(&mut clipped, 10.0).unwrap(), 12.0);
        assert_eq!(clipped.scalars().collect::<Vec<_>>(), [3.0, -4.0, 0.0, 10.0]);

        let mut clipped = gradients();
        assert_eq!(by_global_norm(&mut clipped, 6.5).unwrap(), 13.0);
        assert_eq!(clipped.scalars().collect::<Vec<_>>(), [1.5, -2.0, 0.0, 6.0]);
        assert_eq!(by_global_norm(&mut clipped, 6.5).unwrap(), 6.5);
    }

    #[test]
    fn gradients_that_explode_are_clipped_while_they_are_finite() {
        let mut single = Tensors::new().with("w", array![3e38_f32, -3e38].into_dyn());
        let norm = by_global_norm(&mut single, 1.0).unwrap();
        assert!((norm / 3e38 - 2_f64.sqrt()).abs() < 1e-6, "{norm}");
        assert!((single.norm() - 1.0).abs() < 1e-6);
        let mut double = Tensors::new().with("w", array![3e200_f64, 4e200].into_dyn());
        assert!((by_norm(&mut double, 5.0).unwrap() / 5e200 - 1.0).abs() < 1e-12);
        assert!((double.norm() - 5.0).abs() < 1e-12);
    }

    #[test]
    fn gradients_that_are_not_finite_are_reported_and_left() {
        let first = Tensors::new().with("c", array![f64::NAN].into_dyn());
        let mut first = first.with("a", array![3.0].into_dyn());
        assert!(by_norm(&mut first, 100.0).unwrap().is_nan());
        let mut broken = gradients().with("c", array![f64::NAN].into_dyn());
        assert!(by_global_norm(&mut broken, 1.0).unwrap().is_nan());
        assert!(by_norm(&mut broken, 100.0).unwrap().is_nan());
        assert_eq!(broken.scalars().next(), Some(3.0));
        let refusal = by_global_norm(&mut broken, 0.0).unwrap_err().to_string();
        assert!(refusal.starts_with("clip::by_global_norm: limit = 0"), "{refusal}");
    }
}
