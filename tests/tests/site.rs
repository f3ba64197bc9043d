//! The site as a host serves it: readable offline after one visit, closed to what is not its own, and
//! offered as a zip file and a PDF.
//!
//! Needs Chromium; see `whole::browser`.

use serde_json::json;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use weave::edition;
use whole::browser::{LOCALHOST, Watched, browser};
use whole::{built_book, page_names};

/// A server of a folder's files, of the plainest kind.
struct Server {
    port: u16,
    open: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = Arc::new(AtomicBool::new(true));
        let (still, folder) = (Arc::clone(&open), folder.to_owned());
        let thread = std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if !still.load(Ordering::SeqCst) {
                    return;
                }
                let folder = folder.clone();
                std::thread::spawn(move || answer(stream, &folder));
            }
        });
        Self { port, open, thread }
    }

    fn page(&self, name: &str) -> String {
        format!("{LOCALHOST}{}/{name}.html", self.port)
    }

    /// Closes the port; nobody answers there afterwards.
    fn stop(self) {
        self.open.store(false, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        self.thread.join().unwrap();
    }
}

fn answer(mut stream: TcpStream, folder: &Path) {
    let mut request = [0_u8; 8192];
    let length = stream.read(&mut request).unwrap_or(0);
    let line = String::from_utf8_lossy(&request[..length]).into_owned();
    let path = line.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/").to_owned();
    let file = folder.join(path.trim_start_matches('/'));
    let kind = match file.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let (status, body) = match fs::read(&file) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
    let _ = stream.shutdown(Shutdown::Write);
}

/// After one visit to one page, with the server gone, another chapter opens, computes and grades.
#[test]
fn the_hosted_book_works_offline_after_one_visit() {
    let Some(browser) = browser() else { return };
    let server = Server::start(built_book());
    let watched = Watched::new(&browser, 1200, "light");
    watched.visit(&server.page("welcome"));
    // All of the book is fetched while the first page is read.
    watched.value("navigator.serviceWorker.ready.then(() => true)");
    let [other, graded] = ["momentum", "practice-adam"].map(|name| server.page(name));
    server.stop();

    watched.visit(&format!("{other}#explore-phase:beta=0.5"));
    let summary = "document.querySelector('#explore-phase .summary').textContent";
    let settings = json!({"beta": "0.5"});
    let request = json!({"explore": {"id": "phase", "settings": settings}}).to_string();
    let native: serde_json::Value =
        serde_json::from_str(&playground::answer(&request, &mut |_| ())).unwrap();
    watched.wait_for(&format!("{summary} === {}", native["summary"]));

    watched.visit(&graded);
    let form = "document.querySelector('[data-problem] form')";
    watched.value(&format!("({form}.requestSubmit(), true)"));
    watched.wait_for(&format!("{form}.querySelector('.score').textContent.includes(' of ')"));
    watched.assert_quiet("offline");
}

#[test]
fn every_page_states_a_policy_that_lets_in_no_other_script_and_sends_nothing_out() {
    for name in page_names() {
        let page = fs::read_to_string(built_book().join(format!("{name}.html"))).unwrap();
        let start = page.find("http-equiv=\"Content-Security-Policy\"").unwrap();
        assert!(start < page.find("<script").unwrap(), "{name}: the policy comes first");
        let policy = page[start..].split('>').next().unwrap();
        let scripts = policy.split("script-src").nth(1).unwrap();
        assert!(policy.contains("default-src 'none'") && !scripts.contains("'unsafe-inline'"));
    }
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, 1200, "light");
    watched.open("gradient-descent");
    let stopped = watched.value(
        "(async () => {
            const violations = [];
            document.addEventListener('securitypolicyviolation', (event) => {
                violations.push(event.effectiveDirective);
            });
            const script = document.createElement('script');
            script.textContent = 'window.foreign = true';
            document.head.append(script);
            const image = new Image();
            image.src = 'https://example.org/pixel.png';
            const sent = await fetch('https://example.org/').then(() => true, () => false);
            await new Promise((done) => setTimeout(done, 300));
            return [window.foreign === true, sent, violations.sort()];
        })()",
    );
    assert_eq!(stopped, json!([false, false, ["connect-src", "img-src", "script-src-elem"]]));
}

/// Both are made from a copy of the site, as `descent publish` makes them.
#[test]
fn the_book_is_offered_as_a_zip_file_and_as_a_pdf() {
    let Some(browser) = browser() else { return };
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    copy(built_book(), &site);
    let pdf = edition::pdf(&site).unwrap();
    let printed = String::from_utf8_lossy(&fs::read(&pdf).unwrap()).into_owned();
    let pages = regex::Regex::new(r"/Type\s*/Page\b").unwrap().find_iter(&printed).count();
    assert!(pages > 200, "{pages} pages");

    let zip = edition::zip(&site).unwrap();
    let again = fs::read(&zip).unwrap();
    edition::zip(&site).unwrap();
    assert!(fs::read(&zip).unwrap() == again, "the same pages make the same file");
    let mut archive = zip::ZipArchive::new(File::open(&zip).unwrap()).unwrap();
    let unpacked = folder.path().join("unpacked");
    archive.extract(&unpacked).unwrap();
    for name in page_names() {
        assert!(unpacked.join(format!("descent-book/{name}.html")).is_file(), "{name}");
    }
    let watched = Watched::new(&browser, 1200, "light");
    let page = unpacked.join("descent-book/bias-correction.html");
    watched.visit(&format!("file://{}#explore-bias-correction:beta2=0.9", page.display()));
    watched.wait_for(
        "document.getElementById('explore-bias-correction').dataset.shown?.includes('\"0.9\"')",
    );
    watched.assert_quiet("the unpacked book");

    edition::offer(&site, &[zip, pdf]).unwrap();
    for page in ["index.html", "welcome.html"] {
        let welcome = fs::read_to_string(site.join(page)).unwrap();
        assert!(welcome.contains("descent-book.zip") && welcome.contains("descent-book.pdf"));
    }
}

fn copy(from: &Path, to: &PathBuf) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
}
