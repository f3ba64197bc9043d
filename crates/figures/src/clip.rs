//! Curves cut off where they leave the plot.

use crate::axis::Axis;

/// The stretches of a curve that lie inside the axes, each ending on the border where the curve
/// crosses it. Points that are not finite interrupt the curve; so do values that are not positive
/// on a logarithmic axis.
pub(crate) fn visible(points: &[(f64, f64)], (x, y): (Axis, Axis)) -> Vec<Vec<(f64, f64)>> {
    let place = |point: &(f64, f64)| (x.position(point.0), y.position(point.1));
    let shown = |point: &(f64, f64)| x.shows(point.0) && y.shows(point.1);
    let value = |(u, v): (f64, f64)| (x.at(u), y.at(v));
    let mut stretches: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut end = None;
    for pair in points.windows(2) {
        if !(shown(&pair[0]) && shown(&pair[1])) {
            end = None;
            continue;
        }
        let (from, to) = (place(&pair[0]), place(&pair[1]));
        let Some((enter, leave)) = inside(from, to) else {
            end = None;
            continue;
        };
        let along = |s: f64| (from.0 + s * (to.0 - from.0), from.1 + s * (to.1 - from.1));
        let start = if enter == 0.0 { pair[0] } else { value(along(enter)) };
        let stop = if leave == 1.0 { pair[1] } else { value(along(leave)) };
        match stretches.last_mut().filter(|_| end == Some(start)) {
            Some(stretch) => stretch.push(stop),
            None => stretches.push(vec![start, stop]),
        }
        end = Some(stop);
    }
    stretches
}

/// The part of a segment, from 0 at its start to 1 at its end, inside the unit square
/// (Liang and Barsky 1984).
fn inside(from: (f64, f64), to: (f64, f64)) -> Option<(f64, f64)> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (start, change) in [(from.0, to.0 - from.0), (from.1, to.1 - from.1)] {
        if change == 0.0 {
            if !(0.0..=1.0).contains(&start) {
                return None;
            }
            continue;
        }
        let (a, b) = (-start / change, (1.0 - start) / change);
        enter = enter.max(a.min(b));
        leave = leave.min(a.max(b));
    }
    (enter <= leave).then_some((enter, leave))
}

#[cfg(test)]
mod tests {
    use super::visible;
    use crate::axis::Axis;

    #[test]
    fn a_curve_is_cut_at_the_border_and_continues_where_it_returns() {
        let axes = (Axis::spanning(0.0, 4.0, false), Axis::spanning(0.0, 1.0, false));
        let points = [(0.0, 0.5), (1.0, 0.5), (2.0, 1.5), (3.0, 0.5), (4.0, f64::NAN)];
        let stretches = visible(&points, axes);
        assert_eq!(
            stretches,
            [vec![(0.0, 0.5), (1.0, 0.5), (1.5, 1.0)], vec![(2.5, 1.0), (3.0, 0.5)]]
        );
    }
}
