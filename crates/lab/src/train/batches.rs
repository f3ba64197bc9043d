//! Which examples form which batch.

use crate::random::{Purpose, Stream};
use serde::{Deserialize, Serialize};

/// Visits examples in a fresh random order every epoch. A batch that an epoch's end would cut short
/// is filled from the next one.
///
/// It is plain data, so that a checkpoint can hold the place in the order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Batches {
    seed: u64,
    examples: usize,
    /// How many orders have been drawn.
    epochs: u64,
    waiting: Vec<usize>,
    /// Where the next order is drawn from; after a resumption it is wound forward to the place.
    #[serde(skip)]
    stream: Option<Stream>,
    /// Whether every epoch has the order of the first one.
    same_order: bool,
}

impl Batches {
    pub(super) fn new(seed: u64, examples: usize) -> Self {
        Self { seed, examples, epochs: 0, waiting: Vec::new(), stream: None, same_order: false }
    }

    pub(super) fn in_the_same_order(self) -> Self {
        Self { same_order: true, ..self }
    }

    /// The examples of the next batch.
    pub(super) fn next(&mut self, size: usize) -> Vec<usize> {
        while self.waiting.len() < size {
            let order = self.order();
            self.waiting.extend(order);
        }
        self.waiting.drain(..size).collect()
    }

    /// The order of the epoch that begins.
    fn order(&mut self) -> Vec<usize> {
        let (examples, passed) = (self.examples, self.epochs);
        self.epochs += 1;
        let at_the_start = || Stream::new(self.seed, Purpose::Batches);
        if self.same_order {
            return at_the_start().permutation(examples);
        }
        let stream = self.stream.get_or_insert_with(|| {
            let mut stream = at_the_start();
            (0..passed).for_each(|_| drop(stream.permutation(examples)));
            stream
        });
        stream.permutation(examples)
    }
}

#[cfg(test)]
mod tests {
    use super::Batches;

    #[test]
    fn every_epoch_visits_every_example_once_in_another_order() {
        let mut batches = Batches::new(3, 10);
        let mut epoch = |size| (0..10 / size).flat_map(|_| batches.next(size)).collect::<Vec<_>>();
        let (first, second) = (epoch(5), epoch(2));
        assert_ne!(first, second);
        for mut order in [first, second] {
            order.sort_unstable();
            assert_eq!(order, (0..10).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_copy_from_a_file_goes_on_where_the_original_was() {
        let mut batches = Batches::new(3, 10);
        batches.next(27);
        let text = serde_json::to_string(&batches).unwrap();
        let mut copy: Batches = serde_json::from_str(&text).unwrap();
        assert_eq!(copy.next(40), batches.next(40));
    }

    #[test]
    fn a_batch_may_span_epochs_and_the_same_order_repeats() {
        let mut batches = Batches::new(3, 4).in_the_same_order();
        let first = batches.next(6);
        assert_eq!(first[..2], first[4..]);
    }
}
