//! Kernels that need not compile the crates: each starts on a copy of a folder in which that has
//! been done once.
//!
//! Two kernels must not share a folder, so each gets its own copy and removes it when it ends.

use crate::freshness;
use crate::kernel::{Kernel, block_on, program, succeed};
use crate::layout::Layout;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Cells are compiled quickly, what they call is compiled well.
const CARGO_CONFIG: &str = "\
[profile.dev.package.\"*\"]
opt-level = 3
debug-assertions = false
overflow-checks = false
";

/// Nearly everything the chapters need has been downloaded when this workspace was compiled, and the
/// rest is when the template is; not asking the registry again saves seconds at every start.
/// `:offline 0` in a notebook undoes it.
const EVCXR_CONFIG: &str = "\
[evcxr]
opt_level = \"0\"
offline_mode = true
";

/// How cargo complains of a crate that was not downloaded. The kernel resolves dependencies of all
/// platforms, of which compiling the workspace has downloaded those of this one.
const OFFLINE: &str = "--offline was specified";

/// A folder of compiled crates, ready to be copied.
#[derive(Clone, Debug)]
pub struct Template {
    kernels: PathBuf,
    program: PathBuf,
}

impl Template {
    /// The template for the chapters as they are now, compiled if need be; `say` is told before
    /// the long part begins.
    ///
    /// # Errors
    /// If the kernel is not installed, or the first chapter's first cell fails.
    pub fn prepare(layout: &Layout, say: &dyn Fn(&str)) -> Result<Self> {
        let kernels = layout.kernels_folder();
        let template = Self { program: program(&kernels)?, kernels };
        let chapters = layout.chapters()?;
        let Some(chapter) = chapters.first() else { bail!("no chapter has executable cells") };
        let Some(setup) = chapter.cells().first().copied().cloned() else {
            bail!("{} has no cells", chapter.name)
        };
        let key = format!(
            "{}\n{}\n{CARGO_CONFIG}{EVCXR_CONFIG}",
            template.program.display(),
            freshness::key_of_setup(layout, &setup)?
        );
        // Two kernels that start at once must not compile in one folder: the second waits, and finds it done.
        fs::create_dir_all(&template.kernels)
            .with_context(|| template.kernels.display().to_string())?;
        let path = template.kernels.join("template.lock");
        let lock = fs::File::create(&path).with_context(|| path.display().to_string())?;
        lock.lock().with_context(|| path.display().to_string())?;
        let stamp = template.kernels.join("template.key");
        if fs::read_to_string(&stamp).is_ok_and(|stored| stored == key) {
            return Ok(template);
        }

        say("Compiling the crates for the notebooks (half a minute or so, once for each change)");
        let folder = template.folder();
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        write(&template.kernels.join(".cargo/config.toml"), CARGO_CONFIG)?;
        write(&template.kernels.join("config/evcxr.toml"), EVCXR_CONFIG)?;
        let lock = layout.root().join("Cargo.lock");
        write(&folder.join("Cargo.lock"), &fs::read_to_string(&lock).context("Cargo.lock")?)?;
        let execution = block_on(async {
            let directory = layout.notebooks_folder();
            let mut kernel = Kernel::start(|| template.command(&folder, &directory)).await?;
            let mut execution = kernel.execute(&setup.code, setup.limit).await?;
            if execution.failure.as_ref().is_some_and(|failure| failure.contains(OFFLINE)) {
                say("Downloading what is missing");
                // The kernel passes the setting on to cargo when it next compiles something.
                for code in [":offline 0", "true"] {
                    kernel.execute(code, setup.limit).await?;
                }
                execution = kernel.execute(&setup.code, setup.limit).await?;
            }
            kernel.shut_down().await?;
            anyhow::Ok(execution)
        })?;
        succeed(execution, &format!("{}: cell `{}`", chapter.place(setup.line), setup.id))?;
        write(&stamp, &key)?;
        Ok(template)
    }

    /// A fresh copy of the template, for one kernel.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub fn workplace(&self) -> Result<Workplace> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let runs = self.kernels.join("run");
        remove_abandoned(&runs);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = runs.join(format!("{}-{number}", std::process::id()));
        copy(&self.folder(), &folder)?;
        Ok(Workplace { template: self.clone(), folder })
    }

    fn folder(&self) -> PathBuf {
        self.kernels.join("template")
    }

    /// A kernel that compiles in `folder` and runs in `directory`; lacks its connection file.
    fn command(&self, folder: &Path, directory: &Path) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .current_dir(directory)
            .env("EVCXR_TMPDIR", folder)
            .env("EVCXR_CONFIG_DIR", self.kernels.join("config"))
            .arg("--control_file");
        command
    }
}

/// A copy of the template. Dropping it removes it.
#[derive(Debug)]
pub struct Workplace {
    template: Template,
    folder: PathBuf,
}

impl Workplace {
    /// The command that starts a kernel here, running in `directory`; the path of a connection
    /// file must be added to it.
    pub fn command(&self, directory: &Path) -> tokio::process::Command {
        self.template.command(&self.folder, directory)
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        // What cannot be removed now is removed as abandoned later.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    fs::write(path, text).with_context(|| path.display().to_string())
}

/// Copies a folder, times of modification included: cargo compares them to see what is compiled.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry.with_context(|| from.display().to_string())?;
        let target = to.join(entry.file_name());
        let metadata = entry.metadata().with_context(|| entry.path().display().to_string())?;
        if metadata.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).with_context(|| entry.path().display().to_string())?;
            let modified = metadata.modified().context("a file's time of modification")?;
            let file = fs::File::options().write(true).open(&target);
            file.and_then(|file| file.set_modified(modified))
                .with_context(|| target.display().to_string())?;
        }
    }
    Ok(())
}

/// Removes the copies of processes that are no more, where the system tells which those are.
fn remove_abandoned(runs: &Path) {
    if !Path::new("/proc/self").exists() {
        return;
    }
    for entry in fs::read_dir(runs).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.split('-').next().unwrap_or_default().to_owned();
        if !Path::new("/proc").join(process).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
