//! The same result on one thread and on many.

/// Applies `f` to every item, on all threads of the current rayon pool, and returns the results in
/// the items' order.
///
/// Each result depends on its item alone, so the number of threads cannot be seen in it.
#[cfg(not(target_family = "wasm"))]
pub fn map<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
    // Items are large pieces of work of unequal size, so they are handed out one by one.
    rayon::iter::IndexedParallelIterator::with_max_len(items.par_iter(), 1).map(f).collect()
}

/// Applies `f` to every item: there are no threads in a page.
#[cfg(target_family = "wasm")]
pub fn map<T, R>(items: &[T], f: impl Fn(&T) -> R) -> Vec<R> {
    items.iter().map(f).collect()
}

/// Runs `work` with this many threads for [`map`] and for the products and sums inside.
///
/// # Errors
/// If the threads could not be started.
#[cfg(not(target_family = "wasm"))]
pub fn with_threads<R: Send>(
    threads: usize,
    work: impl FnOnce() -> R + Send,
) -> Result<R, crate::LabError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| {
        crate::LabError::setting("threads", threads, format!("what this machine starts ({error})"))
    })?;
    Ok(pool.install(work))
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_come_in_the_order_of_the_items_on_any_number_of_threads() {
        let items: Vec<u64> = (0..1000).collect();
        for threads in [1, 2, 3] {
            let squares = super::with_threads(threads, || super::map(&items, |x| x * x)).unwrap();
            assert_eq!(squares, items.iter().map(|x| x * x).collect::<Vec<_>>());
        }
    }
}
