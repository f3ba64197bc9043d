//! What makes a notebook's kernel a better host.

/// Makes a panic in a cell visible: its message is printed as a line of output that begins with
/// `cell panicked`.
///
/// The kernel itself reports a panic as ordinary text on stderr, which can arrive late or not at
/// all. Every notebook's first cell calls this.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let message = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        println!("cell panicked: {message}");
    }));
}
