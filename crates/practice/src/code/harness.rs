// What a problem's cases are recorded with. Compiled together with an answer, in a program of its
// own.

/// What was recorded last.
static LAST: std::sync::Mutex<String> = std::sync::Mutex::new(String::new());

/// Records what a function does, and draws inputs for it.
pub struct Cases {
    lines: String,
    state: u64,
}

impl Cases {
    pub fn new() -> Self {
        Self { lines: String::new(), state: 0x9e37_79b9_7f4a_7c15 }
    }

    /// Records a number; `what` says in words what it is, for a learner whose number differs.
    pub fn value(&mut self, what: impl AsRef<str>, value: f64) {
        let what = what.as_ref().replace(['\n', '\t'], " ");
        if let Ok(mut last) = LAST.lock() {
            last.clone_from(&what);
        }
        self.lines += &format!("{:016x}\t{what}\n", value.to_bits());
    }

    /// Records several numbers.
    pub fn values(&mut self, what: impl AsRef<str>, values: &[f64]) {
        self.value(format!("how many numbers, {}", what.as_ref()), values.len() as f64);
        for (place, value) in values.iter().enumerate() {
            self.value(format!("{}, coordinate {place}", what.as_ref()), *value);
        }
    }

    /// A number between `low` and `high`: the same sequence in every run.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        low + (high - low) * ((self.state >> 11) as f64 / (1_u64 << 53) as f64)
    }

    /// Several numbers between `low` and `high`.
    pub fn uniforms(&mut self, count: usize, low: f64, high: f64) -> Vec<f64> {
        (0..count).map(|_| self.uniform(low, high)).collect()
    }

    fn lines(self) -> String {
        self.lines
    }
}

/// The secret that marks what is recorded: read before an answer runs, so that none can forge a record.
pub fn token() -> String {
    let mut token = String::new();
    let _ = std::io::stdin().read_line(&mut token);
    token.trim().to_owned()
}

/// Runs the cases of one implementation and prints what they recorded, or the message of the panic that
/// ended them, between marks with the token.
pub fn record(token: &str, number: usize, run: fn(&mut Cases)) {
    use std::io::Write;
    use std::panic::set_hook;
    use std::sync::Mutex;
    static MESSAGE: Mutex<String> = Mutex::new(String::new());
    set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        // A line of the library's own would mean nothing to a learner.
        let place = panic.location().filter(|place| place.file().ends_with("answer.rs"));
        let place = place.map_or(String::new(), |place| format!(" (line {})", place.line()));
        let message = format!("{}{place}", text.unwrap_or_default());
        if let Ok(mut stored) = MESSAGE.lock() {
            *stored = message;
        }
    }));
    // In a thread, since the system's help is needed to see that the first one's stack overflows.
    let ran = std::thread::Builder::new().stack_size(8 << 20).spawn(move || {
        let mut cases = Cases::new();
        run(&mut cases);
        cases.lines()
    });
    let text = match ran.map(|thread| thread.join()) {
        Ok(Ok(lines)) => format!("{lines}done\n"),
        // Not the answer's fault.
        Err(_) => "machine\n".to_owned(),
        Ok(Err(_)) => {
            let message = MESSAGE.lock().map(|message| message.clone()).unwrap_or_default();
            let last = LAST.lock().map(|last| last.clone()).unwrap_or_default();
            format!("panic\t{}\t{last}\n", message.replace(['\n', '\t'], " "))
        }
    };
    let mut out = std::io::stdout().lock();
    let _ = write!(out, "\n{token} {number}\n{text}{token} end\n").and_then(|()| out.flush());
}
