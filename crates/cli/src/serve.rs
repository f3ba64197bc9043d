//! `descent serve`: the book in the browser, rebuilt whenever it changes.

use ::weave::layout::Layout;
use ::weave::site;
use anyhow::{Context, Result, bail};
use axum::Router;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

const FIRST_PORT: u16 = 3000;
const PORTS: u16 = 20;
/// How often to look for changes.
const INTERVAL: Duration = Duration::from_millis(500);

pub(crate) fn run(layout: &Layout, address: Option<SocketAddr>) -> Result<ExitCode> {
    println!("Building the book …");
    let folder = site::build(layout, None)?;
    let listener = listen(address)?;
    println!("The book is at http://{}/ (Ctrl-C ends this)", listener.local_addr()?);

    let watched = layout.clone();
    std::thread::spawn(move || rebuild_on_change(&watched));

    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // A reload must show what was just built.
        let fresh = SetResponseHeaderLayer::overriding(
            axum::http::header::CACHE_CONTROL,
            axum::http::HeaderValue::from_static("no-cache"),
        );
        let pages = Router::new().fallback_service(ServeDir::new(folder)).layer(fresh);
        axum::serve(tokio::net::TcpListener::from_std(listener)?, pages)
            .with_graceful_shutdown(async {
                let _ = tokio::signal::ctrl_c().await;
            })
            .await
            .context("serving the book")
    })?;
    Ok(ExitCode::SUCCESS)
}

fn listen(address: Option<SocketAddr>) -> Result<TcpListener> {
    if let Some(address) = address {
        return TcpListener::bind(address)
            .with_context(|| format!("{address} cannot be listened on; choose another --address"));
    }
    for port in FIRST_PORT..FIRST_PORT + PORTS {
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return Ok(listener);
        }
    }
    bail!(
        "the ports {FIRST_PORT} to {} are all taken; name another with --address",
        FIRST_PORT + PORTS - 1
    )
}

/// Builds the book again whenever a file it is made from has changed, for as long as the program
/// runs. Looking at a few hundred files twice a second costs nothing, and works on every file
/// system.
fn rebuild_on_change(layout: &Layout) {
    let mut built_from = snapshot(layout);
    loop {
        std::thread::sleep(INTERVAL);
        let now = snapshot(layout);
        if now == built_from {
            continue;
        }
        built_from = now;
        match site::build(layout, None) {
            Ok(_) => println!("Built again; reload the page."),
            Err(error) => eprintln!("error: {error:#}\nThe pages served are those built before."),
        }
    }
}

/// When each file the book is made from was last changed.
fn snapshot(layout: &Layout) -> BTreeMap<PathBuf, SystemTime> {
    fn add(path: PathBuf, found: &mut BTreeMap<PathBuf, SystemTime>) {
        let Ok(metadata) = path.metadata() else { return };
        if metadata.is_dir() {
            for entry in std::fs::read_dir(&path).into_iter().flatten().flatten() {
                add(entry.path(), found);
            }
        } else if let Ok(changed) = metadata.modified() {
            found.insert(path, changed);
        }
    }
    let mut found = BTreeMap::new();
    for place in ["book", "notebooks", "crates", "book.toml", "Cargo.lock"] {
        add(layout.root().join(place), &mut found);
    }
    // The build itself writes there.
    let generated = layout.chapters_folder().join("generated");
    found.retain(|path, _| !path.starts_with(&generated));
    found
}
