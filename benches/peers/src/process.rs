//! A worker process, as the harness sees it.

use crate::agreement::Fingerprint;
use crate::case::Case;
use crate::contender::Contender;
use crate::cores;
use crate::protocol::{Reply, Request};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const VENV: &str = "\
The Python libraries need an environment of their own; from the root of the repository:

    python3 -m venv benches/peers/target/venv
    benches/peers/target/venv/bin/pip install -r benches/peers/requirements.txt

then pass `--python benches/peers/target/venv/bin/python`.";

/// A running worker.
pub struct Worker {
    contender: Contender,
    process: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Worker {
    /// Starts a contender's worker on these cores, with as many threads. It is not waited for.
    ///
    /// # Errors
    /// If a program is missing.
    pub fn start(contender: Contender, cores: &[usize], python: &str) -> Result<Self> {
        let threads = cores.len().to_string();
        // Libraries size their pools by the cores they may run on, when they are loaded: the
        // process must be confined before it starts, which taskset does.
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", &cores::list(cores)]);
        if contender.is_python() {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/worker.py");
            command.arg(python).arg(script).arg(contender.name());
        } else {
            let program = env::current_exe().context("this program does not know its own path")?;
            command.arg(program).arg("worker").arg(contender.name());
        }
        // JAX has no such variable; it counts the cores.
        for library in ["CANDLE", "MKL", "OMP", "RAYON"] {
            command.env(format!("{library}_NUM_THREADS"), &threads);
        }
        command.env("JAX_PLATFORMS", "cpu");
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context(
            "`taskset`, which pins workers to cores, does not start; it is part of util-linux",
        )?;
        let requests = process.stdin.take().context("the worker has no standard input")?;
        let replies = process.stdout.take().context("the worker has no standard output")?;
        Ok(Self { contender, process, requests, replies: BufReader::new(replies) })
    }

    /// Who this is.
    pub fn contender(&self) -> Contender {
        self.contender
    }

    /// Waits until the worker has started, and hears what it runs on.
    ///
    /// # Errors
    /// If it does not start; for a Python worker with what to install.
    pub fn started(&mut self) -> Result<BTreeMap<String, String>> {
        match self.receive() {
            Ok(Reply::Started { versions }) => Ok(versions),
            Ok(other) => bail!(self.surprise(&other)),
            Err(error) if self.contender.is_python() => bail!("{error:#}\n\n{VENV}"),
            Err(error) => Err(error),
        }
    }

    /// Asks for a case; [`Self::prepared`] waits for it.
    ///
    /// # Errors
    /// If the worker has ended.
    pub fn prepare(&mut self, case: &Case) -> Result<()> {
        self.send(&Request::Prepare(*case))
    }

    /// Waits until the case is ready, and gets the parameters after the checked steps.
    ///
    /// # Errors
    /// If the worker cannot make it.
    pub fn prepared(&mut self) -> Result<Fingerprint> {
        match self.receive()? {
            Reply::Prepared { fingerprint } => Ok(fingerprint),
            other => bail!(self.surprise(&other)),
        }
    }

    /// Times steps, in seconds.
    ///
    /// # Errors
    /// If one of them fails.
    pub fn run(&mut self, steps: u64) -> Result<f64> {
        self.send(&Request::Run { steps })?;
        match self.receive()? {
            Reply::Ran { seconds } => Ok(seconds),
            other => bail!(self.surprise(&other)),
        }
    }

    fn send(&mut self, request: &Request) -> Result<()> {
        let mut line = serde_json::to_string(request)?;
        line.push('\n');
        self.requests
            .write_all(line.as_bytes())
            .with_context(|| format!("the worker for {} has ended", self.contender.name()))
    }

    fn receive(&mut self) -> Result<Reply> {
        let name = self.contender.name();
        let mut line = String::new();
        if self.replies.read_line(&mut line)? == 0 {
            let status = self.process.wait()?;
            bail!("the worker for {name} ended ({status}); what it said stands above");
        }
        match serde_json::from_str(&line) {
            Ok(Reply::Failed { reason }) => bail!("the worker for {name} failed: {reason}"),
            Ok(reply) => Ok(reply),
            Err(error) => bail!("the worker for {name} said {line:?}, which is no reply: {error}"),
        }
    }

    fn surprise(&self, reply: &Reply) -> String {
        format!("the worker for {} replied {reply:?} out of turn", self.contender.name())
    }
}

/// Ends the worker and waits until its memory is free for others.
impl Drop for Worker {
    fn drop(&mut self) {
        // Nothing is to be done about a process that has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
