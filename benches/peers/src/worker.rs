//! A worker process that times one Rust library, told what to do on its standard input.

mod burn;
mod candle;
mod descent;

use crate::agreement::Fingerprint;
use crate::case::Case;
use crate::contender::Contender;
use crate::data::CHECKED_STEPS;
use crate::protocol::{Reply, Request};
use crate::software;
use crate::triad::{InPlace, Pass, Triad};
use anyhow::{Context, Result, bail};
use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

/// A library's optimizer and the tensors it works on.
pub trait Peer {
    /// Sets every gradient to `scale` times what [`crate::data::gradient`] gives.
    fn set_gradients(&mut self, scale: f32) -> Result<()>;

    /// Takes steps and says how long they took.
    fn run(&mut self, steps: u64) -> Result<Duration>;

    /// All parameters, in order.
    fn parameters(&self) -> Result<Vec<f32>>;
}

/// Answers requests until standard input ends.
///
/// # Errors
/// If a request cannot be read or a reply not be written. What goes wrong in a library is
/// replied instead.
pub fn serve(contender: Contender) -> Result<()> {
    reply(&Reply::Started { versions: software::compiled_in(contender) })?;
    grow_heap();
    let mut subject = match contender {
        Contender::Triad => Subject::Limit(Box::new(Triad::new())),
        Contender::InPlace => Subject::Limit(Box::new(InPlace::new())),
        _ => Subject::Peer(None),
    };
    for line in io::stdin().lock().lines() {
        let request =
            serde_json::from_str(&line?).context("the worker got a request it cannot read")?;
        let answer = subject.answer(contender, request);
        reply(&answer.unwrap_or_else(|error| Reply::Failed { reason: format!("{error:#}") }))?;
    }
    Ok(())
}

/// Frees a large block of memory once, as every program does that has loaded a model or data.
///
/// Until that has happened, glibc gives even medium-sized blocks back to the kernel when they are
/// freed and asks for them anew, which made candle ten times slower at 10⁵ parameters. From then
/// on it keeps blocks of up to this size.
fn grow_heap() {
    drop(black_box(vec![1_u8; 31 << 20]));
}

fn reply(reply: &Reply) -> Result<()> {
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, reply)?;
    output.write_all(b"\n")?;
    Ok(output.flush()?)
}

/// What a worker times.
enum Subject {
    /// A library, once it has been given a case.
    Peer(Option<Box<dyn Peer>>),
    /// A loop that shows how fast memory is; it knows no cases.
    Limit(Box<dyn Pass>),
}

impl Subject {
    fn answer(&mut self, contender: Contender, request: Request) -> Result<Reply> {
        match (request, self) {
            (Request::Prepare(case), Self::Peer(peer)) => {
                // The case before is dropped first, so that there is memory for this one.
                *peer = None;
                let peer = peer.insert(make(contender, &case)?);
                for scale in CHECKED_STEPS {
                    peer.set_gradients(scale)?;
                    peer.run(1)?;
                }
                let parameters = peer.parameters()?;
                let fingerprint =
                    Fingerprint::of(parameters.iter().map(|&x| f64::from(x)), case.parameters)?;
                peer.set_gradients(1.0)?;
                Ok(Reply::Prepared { fingerprint })
            }
            (Request::Run { steps }, Self::Peer(Some(peer))) => {
                peer.run(1)?;
                Ok(Reply::Ran { seconds: peer.run(steps)?.as_secs_f64() })
            }
            (Request::Run { steps }, Self::Limit(pass)) => {
                pass.pass();
                let taken = timed(steps, || {
                    pass.pass();
                    Ok(())
                })?;
                Ok(Reply::Ran { seconds: taken.as_secs_f64() })
            }
            (Request::Prepare(_), Self::Limit(_)) => bail!("a memory limit takes no case"),
            (Request::Run { .. }, Self::Peer(None)) => bail!("no case was prepared"),
        }
    }
}

fn make(contender: Contender, case: &Case) -> Result<Box<dyn Peer>> {
    match contender {
        Contender::Descent => descent::checked(case),
        Contender::DescentUnchecked => descent::unchecked(case),
        Contender::Candle => candle::make(case),
        Contender::Burn => burn::make(case),
        other => bail!("{} is not a Rust library", other.name()),
    }
}

/// Takes steps and says how long they took.
fn timed(steps: u64, mut step: impl FnMut() -> Result<()>) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..steps {
        step()?;
    }
    Ok(start.elapsed())
}
