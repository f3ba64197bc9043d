//! The book to take along: all of its pages in one zip file, and as a PDF.

use crate::site::files;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The zip file's name, which is also the name of the folder in it.
const NAME: &str = "descent-book";
/// What Chromium is called where it is installed.
const BROWSERS: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Packs the pages of a built site into one file beside `index.html`.
///
/// # Errors
/// If a file cannot be read or written.
pub fn zip(site: &Path) -> Result<PathBuf> {
    let path = site.join(format!("{NAME}.zip"));
    let _ = fs::remove_file(&path);
    let pages = files(site)?;
    let file = File::create(&path).with_context(|| path.display().to_string())?;
    let mut archive = ZipWriter::new(BufWriter::new(file));
    // The same pages make the same file.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for page in pages {
        if page.extension().is_some_and(|ending| ending == "pdf") || page.starts_with(NAME) {
            continue;
        }
        let name = format!("{NAME}/{}", page.display());
        archive.start_file(name, options)?;
        let mut source =
            File::open(site.join(&page)).with_context(|| page.display().to_string())?;
        io::copy(&mut source, &mut archive)?;
    }
    archive.finish()?;
    Ok(path)
}

/// Prints the whole book into one PDF beside `index.html`.
///
/// # Errors
/// If there is no Chromium, or it does not print.
pub fn pdf(site: &Path) -> Result<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    let find = |name: &&str| folders.iter().map(|f| f.join(name)).find(|path| path.is_file());
    let Some(browser) = BROWSERS.iter().find_map(find) else {
        bail!(
            "printing the PDF takes Chromium or Chrome on the PATH (Debian: apt-get install chromium)"
        );
    };
    let profile = tempfile::tempdir().context("a folder for the browser")?;
    let path = site.join(format!("{NAME}.pdf"));
    let printed = Command::new(&browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"])
        .args(["--disable-background-networking", "--disable-component-update"])
        .args(["--no-pdf-header-footer", "--generate-pdf-document-outline"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--print-to-pdf={}", path.display()))
        .arg(format!("file://{}", site.join("print.html").display()))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .with_context(|| browser.display().to_string())?;
    if !printed.status.success() || !path.is_file() {
        bail!("{} did not print: {}", browser.display(), String::from_utf8_lossy(&printed.stderr));
    }
    Ok(path)
}

/// Shows the reader where the files to take along are: fills the page's element of class `downloads`.
///
/// # Errors
/// If a page cannot be read or written.
pub fn offer(site: &Path, offered: &[PathBuf]) -> Result<()> {
    let link = |path: &PathBuf| -> Result<String> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let megabytes = fs::metadata(path)?.len() as f64 / 1e6;
        let kind = path.extension().unwrap_or_default().to_string_lossy().to_uppercase();
        Ok(format!("<a href=\"{name}\" download>{kind}</a> ({megabytes:.1} MB)"))
    };
    let links = offered.iter().map(link).collect::<Result<Vec<_>>>()?;
    let filled = format!(
        "<p class=\"downloads\">Take it with you: the whole book as {}. Unpack the first and open \
         <code>index.html</code>: everything works without a server.</p>",
        links.join(" and as ")
    );
    for page in ["index.html", "welcome.html"] {
        let path = site.join(page);
        let html = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        fs::write(&path, html.replacen(PLACE, &filled, 1))?;
    }
    Ok(())
}

/// Where the offer stands in the welcome page; empty in a book that was not published.
const PLACE: &str = "<p class=\"downloads\"></p>";
