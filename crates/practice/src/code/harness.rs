// What a problem's cases are recorded with. Compiled together with an answer, in a program of its
// own.

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

/// Runs cases and writes what they recorded to a file, or the message of the panic that ended them.
pub fn record(path: &str, run: fn(&mut Cases)) {
    use std::panic::{catch_unwind, set_hook};
    use std::sync::Mutex;
    static MESSAGE: Mutex<String> = Mutex::new(String::new());
    set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        let place = panic.location().map_or(String::new(), |place| format!(" (line {})", place.line()));
        let message = format!("{}{place}", text.unwrap_or_default());
        if let Ok(mut stored) = MESSAGE.lock() {
            *stored = message;
        }
    }));
    let ran = catch_unwind(|| {
        let mut cases = Cases::new();
        run(&mut cases);
        cases.lines()
    });
    let text = match ran {
        Ok(lines) => format!("{lines}done\n"),
        Err(_) => {
            let message = MESSAGE.lock().map(|message| message.clone()).unwrap_or_default();
            format!("panic\t{}\n", message.replace('\n', " "))
        }
    };
    let unfinished = format!("{path}.unfinished");
    if std::fs::write(&unfinished, text).is_ok() {
        let _ = std::fs::rename(unfinished, path);
    }
}
