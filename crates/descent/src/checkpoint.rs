//! Checkpoints: all that a run needs to go on as if it had not stopped.
//!
//! A file begins with a line of text that names the format and its version. The length and a
//! checksum of the rest follow, so that a file that was cut short or damaged is known for what it
//! is, then a description of what is inside, and then the contents. The description is compared
//! before the contents are read.

use crate::tensors::check_shapes;
use crate::{Mismatch, Optimizer, Real, Rule, SetupError, Tensors, rule};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use thiserror::Error;

/// Parameters, optimizer, and whatever else a run must not lose.
///
/// The optimizer brings its rule with all hyperparameters, its groups with their schedules, its step
/// count and its state. `extra` is for what lies outside of it: an average of the weights, the state
/// of a random generator, the place in the data. Several of them make a tuple.
///
/// ```
/// use descent::{Adam, Checkpoint, ExponentialAverage, Optimizer, Tensors};
/// use ndarray::array;
///
/// let mut parameters = Tensors::new().with("theta", array![1.0, -2.0].into_dyn());
/// let mut optimizer = Optimizer::new(Adam::default(), 0.1, &parameters)?;
/// let gradients = parameters.clone();
/// optimizer.step(&mut parameters, &gradients)?;
/// let average = ExponentialAverage::new(0.99, &parameters)?;
///
/// let path = std::env::temp_dir().join("descent-example.checkpoint");
/// Checkpoint { parameters: parameters.clone(), optimizer, extra: average }.save(&path)?;
/// let resumed = Checkpoint::<Adam, f64, ExponentialAverage<f64>>::load(&path, &parameters)?;
/// assert_eq!(resumed.optimizer.steps_taken(), 1);
/// assert_eq!(resumed.parameters, parameters);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(
    serialize = "R: Serialize, R::State: Serialize, E: Serialize",
    deserialize = "R: Deserialize<'de>, R::State: Deserialize<'de>, E: Deserialize<'de>"
))]
pub struct Checkpoint<R: Rule<F>, F: Real, E = ()> {
    /// The model's parameters.
    pub parameters: Tensors<F>,
    /// The optimizer, with its state.
    pub optimizer: Optimizer<R, F>,
    /// What else the run needs.
    pub extra: E,
}

const MAGIC: &[u8] = b"descent checkpoint, version ";

/// The version this program writes, and the only one it reads.
const VERSION: u32 = 1;

/// What a file says about its contents.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Description {
    optimizer: String,
    number: String,
    extra: String,
    tensors: Vec<(String, Vec<usize>)>,
}

/// Why a checkpoint could not be written or read.
///
/// The checksum finds damage, not forgery: load checkpoints that you or those you trust have saved.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The file system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is something else.
    #[error("{} is not a checkpoint of this program", path.display())]
    NotACheckpoint {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by another version.
    #[error(
        "{} has version {found} of the format, and this program reads version {VERSION}; resume it \
         with the program that wrote it",
        path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: String,
    },
    /// The file ends too early.
    #[error(
        "{} is truncated: {found} of {expected} bytes are there; use an earlier checkpoint",
        path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// How many bytes its contents have.
        found: usize,
        /// How many they should have.
        expected: u64,
    },
    /// The contents are not what was written.
    #[error("{} is corrupted: {what}; use an earlier checkpoint", path.display())]
    Corrupted {
        /// The file.
        path: PathBuf,
        /// How that shows.
        what: String,
    },
    /// The file belongs to another kind of run.
    #[error("{} holds {what} `{found}`, but this run has `{expected}`", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// `the optimizer`, `numbers of type` or `as extra`.
        what: &'static str,
        /// What is in the file.
        found: String,
        /// What was asked for.
        expected: String,
    },
    /// The file holds the parameters of another model.
    #[error("{}: the checkpoint {mismatch} by this run's model", path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// How they differ.
        mismatch: Mismatch,
    },
    /// The file's hyperparameters are outside their ranges.
    #[error("{}: {source}", path.display())]
    Hyperparameters {
        /// The file.
        path: PathBuf,
        /// Which, and why.
        source: SetupError,
    },
}

impl<R, F, E> Checkpoint<R, F, E>
where
    F: Real,
    R: Rule<F, State: Serialize + DeserializeOwned> + Serialize + DeserializeOwned,
    E: Serialize + DeserializeOwned,
{
    /// Writes the checkpoint to a file.
    ///
    /// The file is written beside its place, brought to the disk, and then put there in one move:
    /// whatever interrupts this, the file that was there before is either whole or replaced.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn save(&self, path: &Path) -> Result<(), CheckpointError> {
        let io =
            |action| move |source| CheckpointError::Io { action, path: path.to_owned(), source };
        let description = description::<R, F, E>(self.optimizer.tensors());
        let body = postcard::to_allocvec(&(description, self))
            .map_err(io::Error::other)
            .map_err(io("encode"))?;
        replace(path, |file| {
            file.write_all(MAGIC)?;
            writeln!(file, "{VERSION}")?;
            file.write_all(&(body.len() as u64).to_le_bytes())?;
            file.write_all(&crc32fast::hash(&body).to_le_bytes())?;
            file.write_all(&body)
        })
        .map_err(io("write"))
    }

    /// Reads a checkpoint of a model with the names and shapes of `parameters`.
    ///
    /// # Errors
    /// If the file cannot be read, is not a checkpoint, is truncated or corrupted, has another
    /// version, or holds another optimizer, number type, `extra` or model.
    pub fn load(path: &Path, parameters: &Tensors<F>) -> Result<Self, CheckpointError> {
        let owned = || path.to_owned();
        let file = fs::read(path).map_err(|source| CheckpointError::Io {
            action: "read",
            path: owned(),
            source,
        })?;
        let corrupted = |what: String| CheckpointError::Corrupted { path: owned(), what };
        let decoding = |error: postcard::Error| corrupted(format!("{error}"));

        let not_ours = || CheckpointError::NotACheckpoint { path: owned() };
        let rest = file.strip_prefix(MAGIC).ok_or_else(not_ours)?;
        let line = rest.iter().position(|&byte| byte == b'\n').ok_or_else(not_ours)?;
        let version = String::from_utf8_lossy(&rest[..line]).into_owned();
        if version != VERSION.to_string() {
            return Err(CheckpointError::Version { path: owned(), found: version });
        }
        let rest = &rest[line + 1..];
        let truncated =
            |found, expected| CheckpointError::Truncated { path: owned(), found, expected };
        let (length, rest) =
            rest.split_first_chunk::<8>().ok_or_else(|| truncated(rest.len(), 12))?;
        let (checksum, body) =
            rest.split_first_chunk::<4>().ok_or_else(|| truncated(8 + rest.len(), 12))?;
        let expected = u64::from_le_bytes(*length);
        match (body.len() as u64).cmp(&expected) {
            std::cmp::Ordering::Less => return Err(truncated(body.len(), expected)),
            std::cmp::Ordering::Greater => {
                let more = body.len() as u64 - expected;
                return Err(corrupted(format!("{more} bytes follow its end")));
            }
            std::cmp::Ordering::Equal => {}
        }
        if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
            return Err(corrupted("its checksum does not fit its contents".to_owned()));
        }

        let (found, contents) = postcard::take_from_bytes::<Description>(body).map_err(decoding)?;
        let expected = description::<R, F, E>(parameters.shapes());
        for (what, found, expected) in [
            ("the optimizer", &found.optimizer, &expected.optimizer),
            ("numbers of type", &found.number, &expected.number),
            ("as extra", &found.extra, &expected.extra),
        ] {
            if found != expected {
                let (found, expected) = (found.clone(), expected.clone());
                return Err(CheckpointError::Other { path: owned(), what, found, expected });
            }
        }
        let model = |mismatch| CheckpointError::Model { path: owned(), mismatch };
        let described = found.tensors.iter().map(|(name, shape)| (name.as_str(), &shape[..]));
        check_shapes(described, parameters.shapes()).map_err(model)?;
        let checkpoint: Self = postcard::from_bytes(contents).map_err(decoding)?;
        checkpoint.parameters.check(parameters.shapes()).map_err(model)?;
        check_shapes(checkpoint.optimizer.tensors(), parameters.shapes()).map_err(model)?;
        checkpoint
            .optimizer
            .validate()
            .map_err(|source| CheckpointError::Hyperparameters { path: owned(), source })?;
        Ok(checkpoint)
    }
}

fn description<'a, R, F: Real, E>(
    tensors: impl Iterator<Item = (&'a str, &'a [usize])>,
) -> Description {
    Description {
        optimizer: rule::name::<R>(),
        number: F::NAME.to_owned(),
        extra: rule::name::<E>(),
        tensors: tensors.map(|(name, shape)| (name.to_owned(), shape.to_vec())).collect(),
    }
}

/// Puts what `write` writes in the place of the file, or leaves the file as it is.
fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    // A name of its own for each save, whatever other threads and processes save there.
    static SAVES: AtomicU64 = AtomicU64::new(0);
    let save = SAVES.fetch_add(1, Ordering::Relaxed);
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".partial-{}-{save}", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = File::create(&beside)
        .and_then(|mut file| write(&mut file).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What was being written is of no use; what was there before is untouched.
        let _ = fs::remove_file(&beside);
        return written;
    }
    // The move itself reaches the disk with its folder, where folders can be opened.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Checkpoint, CheckpointError, replace};
    use crate::{Adam, AdamW, Optimizer, Tensors};
    use ndarray::array;
    use std::io::{self, Write};
    use std::path::PathBuf;

    fn place(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("descent-{}-{name}", std::process::id()))
    }

    fn checkpoint() -> Checkpoint<Adam, f64> {
        let mut parameters = Tensors::new().with("w", array![1.0, -2.0].into_dyn());
        let mut optimizer = Optimizer::new(Adam::default(), 0.1, &parameters).unwrap();
        let gradients = parameters.clone();
        optimizer.step(&mut parameters, &gradients).unwrap();
        Checkpoint { parameters, optimizer, extra: () }
    }

    #[test]
    fn a_file_cut_at_any_byte_or_changed_in_any_byte_is_refused_with_its_name() {
        let path = place("damaged");
        let checkpoint = checkpoint();
        checkpoint.save(&path).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let load = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            Checkpoint::<Adam, f64>::load(&path, &checkpoint.parameters)
        };
        assert!(load(&whole).is_ok());
        let header = super::MAGIC.len() + 2;
        for length in 0..whole.len() {
            let refusal = load(&whole[..length]).unwrap_err();
            let truncated = matches!(refusal, CheckpointError::Truncated { .. });
            assert_eq!(truncated, length >= header, "{length}: {refusal}");
            assert!(refusal.to_string().contains("damaged"));
        }
        for place in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[place] ^= 0x10;
            let refusal = load(&damaged).unwrap_err();
            if place >= header + 8 {
                assert!(matches!(refusal, CheckpointError::Corrupted { .. }), "{place}: {refusal}");
            }
        }
        assert!(
            load(&[&whole[..], b"x"].concat()).unwrap_err().to_string().contains("1 bytes follow")
        );
        let newer = [super::MAGIC, b"2\n", &whole[header..]].concat();
        let refusal = load(&newer).unwrap_err().to_string();
        assert!(refusal.contains("has version 2 of the format"), "{refusal}");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_checkpoint_of_another_run_is_refused_with_the_difference() {
        let path = place("other");
        let checkpoint = checkpoint();
        checkpoint.save(&path).unwrap();
        let parameters = &checkpoint.parameters;
        let shown = path.display();
        let refusal = Checkpoint::<AdamW, f64>::load(&path, parameters).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            format!("{shown} holds the optimizer `Adam`, but this run has `AdamW`")
        );
        let refusal = Checkpoint::<Adam, f64, u64>::load(&path, parameters).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            format!("{shown} holds as extra `()`, but this run has `u64`")
        );
        let single = Tensors::new().with("w", array![1.0_f32, -2.0].into_dyn());
        let refusal = Checkpoint::<Adam, f32>::load(&path, &single).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            format!("{shown} holds numbers of type `f64`, but this run has `f32`")
        );
        let wider = Tensors::new().with("w", array![1.0, 2.0, 3.0].into_dyn());
        let refusal = Checkpoint::<Adam, f64>::load(&path, &wider).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            format!(
                "{shown}: the checkpoint has `w` in shape [2] where [3] was expected by this run's \
                 model"
            )
        );
        std::fs::write(&path, "{}").unwrap();
        let refusal = Checkpoint::<Adam, f64>::load(&path, parameters).unwrap_err();
        assert!(matches!(refusal, CheckpointError::NotACheckpoint { .. }));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn an_interrupted_save_leaves_the_previous_file() {
        let path = place("interrupted");
        let checkpoint = checkpoint();
        checkpoint.save(&path).unwrap();
        let before = std::fs::read(&path).unwrap();
        let full_disk = replace(&path, |file| {
            file.write_all(b"half of it")?;
            Err(io::Error::other("no space left on device"))
        });
        assert_eq!(full_disk.unwrap_err().to_string(), "no space left on device");
        assert_eq!(std::fs::read(&path).unwrap(), before);
        // Several threads may save to one place: one of their files is there at the end, whole.
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..20).for_each(|_| checkpoint.save(&path).unwrap()));
            }
        });
        assert_eq!(std::fs::read(&path).unwrap(), before);

        let nowhere = place("missing").join("run.checkpoint");
        let refusal = checkpoint.save(&nowhere).unwrap_err().to_string();
        assert!(
            refusal.starts_with("cannot write ") && refusal.contains("run.checkpoint"),
            "{refusal}"
        );
        std::fs::remove_file(path).unwrap();
    }
}
