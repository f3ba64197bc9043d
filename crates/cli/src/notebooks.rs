//! `descent notebooks`: Jupyter Lab with the Rust kernel, set up below `target/`.

use ::weave::kernel::program;
use ::weave::layout::Layout;
use ::weave::practice_notebook;
use ::weave::template::Template;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The kernel's version; notebooks are executed and tested with it.
const EVCXR_VERSION: &str = "0.22.0";

pub(crate) fn run(layout: &Layout, set_up_only: bool, kernel_only: bool) -> Result<ExitCode> {
    install_kernel(layout)?;
    Template::prepare(layout, &|note| println!("{note}"))?;
    if kernel_only {
        println!("The kernel is ready.");
        return Ok(ExitCode::SUCCESS);
    }
    let jupyter = layout.root().join("target/jupyter");
    let bin = install_jupyter(layout, &jupyter)?;
    write_kernelspec(&jupyter)?;
    let copies = copy_notebooks(layout)?;
    let jupyter_command = |task: &str| {
        let mut command = Command::new(bin.join("jupyter"));
        // Jupyter keeps its own files here too, and leaves the home folder alone.
        command
            .arg(task)
            .env("JUPYTER_PATH", jupyter.join("share/jupyter"))
            .env("JUPYTER_DATA_DIR", jupyter.join("data"))
            .env("JUPYTER_CONFIG_DIR", jupyter.join("config"))
            .env("JUPYTER_RUNTIME_DIR", jupyter.join("runtime"));
        command
    };
    run_to_end(
        jupyter_command("trust").args(&copies),
        "marking your copies as trusted, so that their figures are shown",
    )?;
    println!("Your copies of the notebooks are in scratch/; change them as you like.");
    if set_up_only {
        return Ok(ExitCode::SUCCESS);
    }
    run_to_end(jupyter_command("lab").arg(layout.root().join("scratch")), "Jupyter Lab")?;
    Ok(ExitCode::SUCCESS)
}

fn install_kernel(layout: &Layout) -> Result<()> {
    let kernels = layout.kernels_folder();
    if program(&kernels).is_ok() {
        return Ok(());
    }
    println!(
        "Installing the Rust kernel for Jupyter, evcxr_jupyter {EVCXR_VERSION}, from crates.io into \
         target/kernel. It compiles for six to fifteen minutes, once. (If you have prebuilt binaries \
         of evcxr_jupyter from its releases page, put them on your PATH instead.)"
    );
    run_to_end(
        Command::new("cargo")
            .args(["install", "evcxr_jupyter", "--version", EVCXR_VERSION, "--locked", "--root"])
            .arg(kernels.join("evcxr")),
        "installing evcxr_jupyter",
    )
}

/// Makes a Python environment with Jupyter Lab in it and returns where its programs are.
fn install_jupyter(layout: &Layout, jupyter: &Path) -> Result<PathBuf> {
    let environment = jupyter.join("environment");
    let bin = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let requirements = layout.notebooks_folder().join("requirements.txt");
    let wanted = fs::read_to_string(&requirements).context("notebooks/requirements.txt")?;
    let stamp = jupyter.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(bin);
    }
    println!("Installing Jupyter Lab into target/jupyter (a minute or two, once)");
    let python = if cfg!(windows) { "python" } else { "python3" };
    run_to_end(
        Command::new(python).args(["-m", "venv"]).arg(&environment),
        "making a Python environment; Python 3.10 or later with venv is needed for Jupyter",
    )?;
    run_to_end(
        Command::new(bin.join("python"))
            .args(["-m", "pip", "install", "--quiet", "--requirement"])
            .arg(&requirements),
        "installing Jupyter Lab",
    )?;
    fs::write(&stamp, wanted).context("target/jupyter/installed.txt")?;
    Ok(bin)
}

/// The kernel `descent`: this program, started as `descent kernel`.
fn write_kernelspec(jupyter: &Path) -> Result<()> {
    let this = std::env::current_exe().context("this program's own path")?;
    let folder = jupyter.join("share/jupyter/kernels/descent");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let specification = serde_json::json!({
        "argv": [this, "kernel", "{connection_file}"],
        "display_name": "Rust (Descent)",
        "language": "rust",
        "interrupt_mode": "message",
    });
    let path = folder.join("kernel.json");
    fs::write(&path, specification.to_string()).with_context(|| path.display().to_string())
}

/// Copies each notebook that has no copy yet, set to our kernel, and returns all copies.
fn copy_notebooks(layout: &Layout) -> Result<Vec<PathBuf>> {
    let scratch = layout.root().join("scratch");
    fs::create_dir_all(&scratch).context("scratch/")?;
    // The notebooks show pictures from beside them.
    let (figures, copied) = (layout.notebooks_folder().join("figures"), scratch.join("figures"));
    fs::create_dir_all(&copied).context("scratch/figures")?;
    for picture in fs::read_dir(&figures).context("notebooks/figures")? {
        let picture = picture.context("notebooks/figures")?;
        fs::copy(picture.path(), copied.join(picture.file_name())).context("scratch/figures")?;
    }
    let mut copies = Vec::new();
    let mut names = Vec::new();
    for chapter in layout.chapters()? {
        names.push(chapter.notebook_name());
        if practice_notebook::of_chapter(layout, &chapter)?.is_some() {
            names.push(practice_notebook::name(&chapter));
        }
    }
    for name in names {
        let copy = scratch.join(&name);
        if !copy.exists() {
            let original = layout.notebooks_folder().join(&name);
            let text = fs::read_to_string(&original).with_context(|| {
                format!("notebooks/{name}; `cargo run --release -- weave` makes what is missing")
            })?;
            let mut notebook: serde_json::Value =
                serde_json::from_str(&text).with_context(|| format!("notebooks/{name}"))?;
            notebook["metadata"]["kernelspec"] = serde_json::json!({
                "display_name": "Rust (Descent)", "language": "rust", "name": "descent",
            });
            fs::write(&copy, serde_json::to_string_pretty(&notebook)?)
                .with_context(|| format!("scratch/{name}"))?;
        }
        copies.push(copy);
    }
    Ok(copies)
}

fn run_to_end(command: &mut Command, what: &str) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{what}: starting {}", command.get_program().to_string_lossy()))?;
    if status.success() {
        Ok(())
    } else {
        bail!("{what} failed ({status}); see the messages above")
    }
}
