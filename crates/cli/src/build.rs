//! `descent build` and `descent publish`: the book as static pages, and to take along.

use ::weave::layout::Layout;
use ::weave::{edition, site};
use anyhow::Result;
use std::process::ExitCode;

pub(crate) fn run(layout: &Layout) -> Result<ExitCode> {
    let folder = site::build(layout, None)?;
    println!("The book is in {}; open {}", folder.display(), folder.join("index.html").display());
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn publish(layout: &Layout) -> Result<ExitCode> {
    println!("Building the book …");
    let folder = site::build(layout, None)?;
    println!("Printing it …");
    let pdf = edition::pdf(&folder)?;
    println!("Packing it …");
    let zip = edition::zip(&folder)?;
    edition::offer(&folder, &[zip.clone(), pdf.clone()])?;
    println!(
        "The site is in {}; it offers {} and {}. Serve the folder as it is: each page states its own \
         security policy, and a service worker keeps it readable offline.",
        folder.display(),
        zip.display(),
        pdf.display()
    );
    Ok(ExitCode::SUCCESS)
}
