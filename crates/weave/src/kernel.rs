//! A real evcxr kernel, spoken to over the Jupyter protocol.

use crate::notebook::{Output, lines};
use anyhow::{Context, Result, anyhow, bail};
use jupyter_protocol::connection_info::Transport;
use jupyter_protocol::{
    ConnectionInfo, ExecuteRequest, ExecutionState, JupyterMessage, JupyterMessageContent,
    KernelInfoRequest, media::Media, messaging::Stdio,
};
use jupyter_zmq_client::{ClientIoPubConnection, ClientShellConnection};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// What a panic in a cell prints first, thanks to `figures::report_panics`.
const PANIC: &str = "cell panicked: ";
/// How long a kernel may take to start; it loads the standard library's sources.
const START_LIMIT: Duration = Duration::from_secs(40);
/// How often a kernel that does not answer is started.
const ATTEMPTS: u32 = 3;
/// How long text on stderr may come after a cell has ended.
const STRAGGLERS: Duration = Duration::from_millis(30);

/// The program `evcxr_jupyter`.
///
/// # Errors
/// If it is neither in our own folder below `target/`, nor on the PATH, nor where cargo puts what
/// it installs; says how to get it.
pub fn program(kernels_folder: &Path) -> Result<PathBuf> {
    let name = format!("evcxr_jupyter{}", std::env::consts::EXE_SUFFIX);
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = std::env::home_dir().map(|home| home.join(".cargo"));
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut candidates = vec![kernels_folder.join("evcxr/bin").join(&name)];
    candidates.extend(std::env::split_paths(&on_path).map(|folder| folder.join(&name)));
    candidates
        .extend([cargo_home, home].into_iter().flatten().map(|at| at.join("bin").join(&name)));
    candidates.into_iter().find(|path| path.is_file()).ok_or_else(|| {
        anyhow!(
            "the notebook kernel evcxr_jupyter is not installed; run \
             `cargo run --release -- notebooks --set-up` (it compiles for several minutes, once)"
        )
    })
}

/// A running kernel. Dropping it kills it.
pub struct Kernel {
    process: Child,
    shell: ClientShellConnection,
    iopub: ClientIoPubConnection,
    connection_file: tempfile::NamedTempFile,
}

/// What came of running a cell.
#[derive(Clone, Debug, Default)]
pub struct Execution {
    /// What it put out, in nbformat's terms.
    pub outputs: Vec<Output>,
    /// Why it failed, if it did: a compile error, a panic, text on stderr, or the time limit.
    pub failure: Option<String>,
}

impl Kernel {
    /// Starts a kernel with what `command` gives, to which the path of a connection file is added,
    /// and waits until it answers.
    ///
    /// Free ports are found before the kernel takes them, so another program may be faster; then
    /// the kernel is started again on others.
    ///
    /// # Errors
    /// If it cannot be started or, time and again, does not answer.
    pub async fn start(command: impl Fn() -> Command) -> Result<Self> {
        for _ in 0..ATTEMPTS {
            if let Some(kernel) = Self::attempt(command()).await? {
                return Ok(kernel);
            }
        }
        bail!("the kernel was started {ATTEMPTS} times and never answered within {START_LIMIT:?}")
    }

    /// Starts the kernel once; `None` if it ends or does not answer.
    async fn attempt(mut command: Command) -> Result<Option<Self>> {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let (ports, listeners) = jupyter_zmq_client::peek_ports_with_listeners(address, 5)
            .await
            .context("finding free ports for the kernel")?;
        let connection = ConnectionInfo {
            transport: Transport::TCP,
            ip: address.to_string(),
            stdin_port: ports[0],
            control_port: ports[1],
            hb_port: ports[2],
            shell_port: ports[3],
            iopub_port: ports[4],
            signature_scheme: "hmac-sha256".to_owned(),
            key: uuid::Uuid::new_v4().to_string(),
            kernel_name: Some("rust".to_owned()),
        };
        let connection_file =
            tempfile::NamedTempFile::new().context("writing the connection file")?;
        serde_json::to_writer(&connection_file, &connection)
            .context("writing the connection file")?;

        command.arg(connection_file.path());
        command.stdin(std::process::Stdio::null());
        command.stdout(std::process::Stdio::null());
        command.stderr(std::process::Stdio::null());
        // The kernel runs cells in a process of its own; a group lets both be ended together.
        #[cfg(unix)]
        command.process_group(0);
        let mut process = command.kill_on_drop(true).spawn().context("starting the kernel")?;
        drop(listeners);

        let connected = async {
            loop {
                if process.try_wait().context("waiting for the kernel")?.is_some() {
                    return Ok(None);
                }
                match connect(&connection).await {
                    Ok(sockets) => return anyhow::Ok(Some(sockets)),
                    // Until the kernel listens, its ports refuse or reset connections.
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                }
            }
        };
        let Ok(connected) = timeout(START_LIMIT, connected).await else { return Ok(None) };
        Ok(connected?.map(|(shell, iopub)| Self { process, shell, iopub, connection_file }))
    }

    /// Runs a cell and waits until the kernel is idle again, or the limit has passed.
    ///
    /// # Errors
    /// If the connection to the kernel breaks. A cell that fails is no error here: see
    /// [`Execution::failure`].
    pub async fn execute(&mut self, code: &str, limit: Duration) -> Result<Execution> {
        let request: JupyterMessage = ExecuteRequest::new(code.to_owned()).into();
        let id = request.header.msg_id.clone();
        self.shell.send(request).await.context("sending the cell to the kernel")?;
        let mut collected = Collected::default();
        match timeout(limit, self.collect(&id, &mut collected)).await {
            Ok(result) => result?,
            Err(_) => {
                collected.failure = Some(format!("it ran past its limit of {} s", limit.as_secs()));
                return Ok(collected.into_execution());
            }
        }
        let _ = timeout(STRAGGLERS, async {
            while let Ok(message) = self.iopub.read().await {
                collected.add(message.content);
            }
        })
        .await;
        // The reply follows the idle status; it holds nothing that the outputs do not.
        timeout(START_LIMIT, self.shell.read())
            .await
            .map_err(|_| anyhow!("the kernel did not reply"))?
            .context("reading the kernel's reply")?;
        Ok(collected.into_execution())
    }

    async fn collect(&mut self, id: &str, collected: &mut Collected) -> Result<()> {
        loop {
            let message = self.iopub.read().await.context("reading from the kernel")?;
            let ours = message.parent_header.as_ref().is_some_and(|parent| parent.msg_id == id);
            match message.content {
                JupyterMessageContent::Status(status)
                    if ours && status.execution_state == ExecutionState::Idle =>
                {
                    return Ok(());
                }
                content => collected.add(content),
            }
        }
    }

    /// Ends the kernel and everything it started.
    ///
    /// # Errors
    /// If its processes cannot be ended.
    pub async fn shut_down(mut self) -> Result<()> {
        #[cfg(unix)]
        if let Some(id) = self.process.id() {
            let group = format!("-{id}");
            Command::new("kill").args(["-KILL", "--", &group]).status().await.context("kill")?;
        }
        self.process.kill().await.context("ending the kernel")?;
        self.connection_file.close().context("removing the connection file")
    }
}

/// Connects to a kernel and waits for its first answer.
async fn connect(
    connection: &ConnectionInfo,
) -> Result<(ClientShellConnection, ClientIoPubConnection), jupyter_zmq_client::RuntimeError> {
    let session = uuid::Uuid::new_v4().to_string();
    let iopub =
        jupyter_zmq_client::create_client_iopub_connection(connection, "", &session).await?;
    let identity = jupyter_zmq_client::peer_identity_for_session(&session)?;
    let mut shell = jupyter_zmq_client::create_client_shell_connection_with_identity(
        connection, &session, identity,
    )
    .await?;
    shell.send(KernelInfoRequest {}.into()).await?;
    shell.read().await?;
    Ok((shell, iopub))
}

/// Outputs on their way from the kernel.
#[derive(Default)]
struct Collected {
    stdout: String,
    stderr: String,
    results: Vec<Output>,
    failure: Option<String>,
}

impl Collected {
    fn add(&mut self, content: JupyterMessageContent) {
        match content {
            JupyterMessageContent::StreamContent(stream) => match stream.name {
                Stdio::Stdout => self.stdout += &stream.text,
                Stdio::Stderr => self.stderr += &stream.text,
            },
            JupyterMessageContent::ExecuteResult(result) => self.add_result(&result.data),
            JupyterMessageContent::DisplayData(display) => self.add_result(&display.data),
            JupyterMessageContent::ErrorOutput(error) => {
                let message = without_colors(&error.evalue);
                let trace = without_colors(&error.traceback.join("\n"));
                let full =
                    if trace.contains(&message) { trace } else { format!("{message}\n{trace}") };
                self.failure.get_or_insert_default().push_str(full.trim());
            }
            _ => {}
        }
    }

    fn add_result(&mut self, data: &Media) {
        let Ok(serde_json::Value::Object(media)) = serde_json::to_value(data) else {
            return;
        };
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        let data = media
            .into_iter()
            .map(|(media_type, value)| (media_type, lines(text(value).trim_end())))
            .collect();
        self.results.push(Output::ExecuteResult {
            data,
            execution_count: None,
            metadata: Default::default(),
        });
    }

    fn into_execution(mut self) -> Execution {
        if self.failure.is_none() {
            self.failure = self.hidden_failure();
        }
        let mut outputs = Vec::new();
        if !self.stdout.is_empty() {
            outputs.push(Output::Stream { name: "stdout".to_owned(), text: lines(&self.stdout) });
        }
        outputs.extend(self.results);
        Execution { outputs, failure: self.failure }
    }

    /// What the kernel reports as success and is none: a panic, or an error as a cell's value.
    fn hidden_failure(&self) -> Option<String> {
        if let Some(panic) = self.stdout.lines().find(|line| line.starts_with(PANIC)) {
            return Some(panic.to_owned());
        }
        let mut values = self.results.iter().filter_map(|output| output.media("text/plain"));
        let says = |value: String| match value {
            error if error.starts_with("Err(") => Some(format!("its value is an error: {error}")),
            figure if figure.contains(figures::Figure::NOT_SHOWN) => Some(figure),
            _ => None,
        };
        if let Some(failure) = values.find_map(says) {
            return Some(failure);
        }
        let stderr = without_colors(self.stderr.trim());
        (!stderr.is_empty()).then(|| format!("it wrote to stderr: {stderr}"))
    }
}

/// A text without terminal escape sequences.
fn without_colors(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain += before;
        rest = after.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &after[end + 1..]);
    }
    plain + rest
}

/// Runs a future to its end on this thread.
///
/// # Errors
/// If the runtime cannot be started, and those of the future.
pub fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("starting the asynchronous runtime")?.block_on(future)
}

/// Refuses code whose execution failed.
///
/// # Errors
/// The failure, after `what` was attempted.
pub fn succeed(execution: Execution, what: &str) -> Result<Vec<Output>> {
    match execution.failure {
        None => Ok(execution.outputs),
        Some(failure) => bail!("{what} failed: {failure}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Collected, without_colors};
    use crate::notebook::Output;

    #[test]
    fn escape_sequences_are_removed() {
        assert_eq!(without_colors("\u{1b}[31mred\u{1b}[0m plain"), "red plain");
    }

    #[test]
    fn what_the_kernel_calls_success_is_looked_at() {
        let failure = |stdout: &str, stderr: &str, value: Option<&str>| {
            let results = value.into_iter().map(|value| Output::ExecuteResult {
                data: [("text/plain".to_owned(), vec![value.to_owned()])].into(),
                execution_count: None,
                metadata: Default::default(),
            });
            let collected = Collected {
                stdout: stdout.to_owned(),
                stderr: stderr.to_owned(),
                results: results.collect(),
                failure: None,
            };
            collected.into_execution().failure
        };
        assert_eq!(failure("fine\n", "", Some("Ok(1)")), None);
        assert!(failure("a\ncell panicked: boom\n", "", None).unwrap().contains("boom"));
        assert!(failure("", "", Some("Err(\"no\")")).unwrap().contains("an error"));
        let figure = figures::Curves::new("A line", "").figure();
        assert!(
            failure("", "", Some(&format!("{figure:?}")))
                .unwrap()
                .contains("\"A line\", not shown")
        );
        assert!(failure("", "oops", None).unwrap().contains("oops"));
    }
}
