//! `descent serve`: the book in the browser, rebuilt whenever it changes.

use crate::build::build;
use ::weave::layout::Layout;
use anyhow::{Context, Result, bail};
use axum::Router;
use notify_debouncer_mini::new_debouncer;
use notify_debouncer_mini::notify::RecursiveMode;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

const FIRST_PORT: u16 = 3000;
const PORTS: u16 = 20;
/// How long files must be quiet before the book is built again.
const QUIET: Duration = Duration::from_millis(300);

pub(crate) fn run(layout: &Layout, address: Option<SocketAddr>) -> Result<ExitCode> {
    println!("Building the book …");
    let folder = build(layout)?;
    let listener = listen(address)?;
    println!("The book is at http://{}/ (Ctrl-C ends this)", listener.local_addr()?);

    let watched = layout.clone();
    std::thread::spawn(move || {
        if let Err(error) = rebuild_on_change(&watched) {
            eprintln!("changes are not watched: {error:#}");
        }
    });

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

fn rebuild_on_change(layout: &Layout) -> Result<()> {
    let (sender, changes) = mpsc::channel();
    let mut debouncer = new_debouncer(QUIET, sender)?;
    for place in ["book/src", "book/theme", "book/problems", "notebooks", "crates", "book.toml"] {
        debouncer.watcher().watch(&layout.root().join(place), RecursiveMode::Recursive)?;
    }
    let generated = layout.chapters_folder().join("generated");
    for events in changes {
        let events = events?;
        if events.iter().all(|event| event.path.starts_with(&generated)) {
            continue;
        }
        match build(layout) {
            Ok(_) => println!("Built again; reload the page."),
            Err(error) => eprintln!("error: {error:#}\nThe pages served are those built before."),
        }
    }
    Ok(())
}
