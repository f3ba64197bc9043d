//! A real browser, opened on the built book.
//!
//! Needs Chromium. Where it is missing a test says so and passes, unless `DESCENT_DEMAND` is set.

use crate::{built_book, skip};
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Input, Network};
use headless_chrome::{Browser, LaunchOptions, Tab};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The widths at which pages are looked at: a laptop's and a phone's.
pub const WIDTHS: [u32; 2] = [1200, 390];
/// How high a window is where nothing else is said.
pub const HEIGHT: u32 = 900;
/// Where a test that serves the book itself does so.
pub const LOCALHOST: &str = "http://127.0.0.1:";
/// The color schemes that a reader may prefer.
pub const SCHEMES: [&str; 2] = ["light", "dark"];

/// Chromium, if it is installed.
pub fn browser() -> Option<Browser> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let folders: Vec<PathBuf> =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    let find =
        |name: &str| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    let Some(path) = names.iter().find_map(|name| find(name)) else {
        skip("Chromium is not installed");
        return None;
    };
    let quiet = [
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];
    let options = LaunchOptions {
        path: Some(path),
        sandbox: false,
        args: quiet.iter().map(OsStr::new).collect(),
        // While the book is built, or printed, nothing is asked of it.
        idle_browser_timeout: Duration::from_secs(600),
        ..LaunchOptions::default()
    };
    Some(Browser::new(options).expect("Chromium starts"))
}

/// A tab and what its pages complain about or ask the network for.
pub struct Watched {
    /// The tab.
    pub tab: Arc<Tab>,
    complaints: Arc<Mutex<Vec<String>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Watched {
    /// A tab of this width for a reader who prefers this color scheme.
    pub fn new(browser: &Browser, width: u32, scheme: &str) -> Self {
        let tab = browser.new_tab().expect("the browser answers");
        let complaints = Arc::new(Mutex::new(Vec::new()));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (sink, seen) = (Arc::clone(&complaints), Arc::clone(&requests));
        tab.enable_log().expect("the browser answers");
        tab.enable_runtime().expect("the browser answers");
        tab.call_method(Network::Enable {
            max_total_buffer_size: None,
            max_resource_buffer_size: None,
            max_post_data_size: None,
            report_direct_socket_traffic: None,
            enable_durable_messages: None,
        })
        .expect("the browser answers");
        tab.add_event_listener(Arc::new(move |event: &Event| {
            let complaint = match event {
                Event::LogEntryAdded(entry) => Some(entry.params.entry.text.clone()),
                Event::RuntimeExceptionThrown(thrown) => {
                    Some(format!("{:?}", thrown.params.exception_details))
                }
                Event::RuntimeConsoleAPICalled(call) => Some(format!("{:?}", call.params.args)),
                Event::NetworkRequestWillBeSent(sent) => {
                    let url = &sent.params.request.url;
                    seen.lock().expect("no listener panics").push(url.clone());
                    let local = ["file:", "data:", "blob:", "about:", LOCALHOST];
                    let elsewhere = !local.iter().any(|place| url.starts_with(place));
                    elsewhere.then(|| format!("a request to {url}"))
                }
                _ => None,
            };
            sink.lock().expect("the browser answers").extend(complaint);
        }))
        .expect("the browser answers");
        tab.call_method(Emulation::SetEmulatedMedia {
            media: None,
            features: Some(vec![Emulation::MediaFeature {
                name: "prefers-color-scheme".to_owned(),
                value: scheme.to_owned(),
            }]),
        })
        .expect("the browser answers");
        let watched = Self { tab, complaints, requests };
        watched.resize((width, HEIGHT));
        watched
    }

    /// Gives the window another width and height; below 500 pixels it is a phone's.
    pub fn resize(&self, (width, height): (u32, u32)) {
        let metrics = Emulation::SetDeviceMetricsOverride {
            width,
            height,
            device_scale_factor: 1.0,
            mobile: width < 500,
            scale: None,
            screen_width: None,
            screen_height: None,
            position_x: None,
            position_y: None,
            dont_set_visible_size: None,
            screen_orientation: None,
            viewport: None,
            display_feature: None,
            device_posture: None,
        };
        self.tab.call_method(metrics).expect("the browser answers");
    }

    /// Opens a page of the book from its file, at a fragment if the name has one.
    pub fn open(&self, page: &str) {
        let (name, fragment) = page.split_once('#').unwrap_or((page, ""));
        let path = built_book().join(format!("{name}.html"));
        // A browser that is at the page already would only move within it.
        self.visit("about:blank");
        self.visit(&format!("file://{}#{fragment}", path.display()));
    }

    /// Opens an address.
    pub fn visit(&self, address: &str) {
        self.tab.navigate_to(address).expect("the browser answers");
        self.tab.wait_until_navigated().expect("the browser answers");
    }

    /// The value of an expression, which may be a promise.
    pub fn value(&self, expression: &str) -> Value {
        let json = format!("(async () => JSON.stringify(await ({expression})))()");
        let result = self.tab.evaluate(&json, true).expect("the browser answers");
        let text = result.value.unwrap_or_else(|| panic!("no value: {expression}"));
        serde_json::from_str(text.as_str().unwrap_or("null")).expect("the browser answers")
    }

    /// Gives an element the focus.
    pub fn focus(&self, id: &str) {
        let focused = self.value(&format!(
            "(document.getElementById('{id}').focus(), document.activeElement.id)"
        ));
        assert_eq!(focused, json!(id));
    }

    /// Waits until an expression is true.
    pub fn wait_for(&self, expression: &str) {
        for _ in 0..200 {
            if self.value(expression) == json!(true) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("never became true: {expression}");
    }

    /// Puts a finger down at the first of these points, moves it over the others and lifts it.
    pub fn swipe(&self, path: &[(f64, f64)]) {
        use Input::DispatchTouchEventTypeOption::{TouchEnd, TouchMove, TouchStart};
        let enabled =
            Emulation::SetTouchEmulationEnabled { enabled: true, max_touch_points: Some(1) };
        self.tab.call_method(enabled).expect("the browser answers");
        let touch = |kind, at: Option<&(f64, f64)>| {
            let point = |&(x, y): &(f64, f64)| Input::TouchPoint {
                x,
                y,
                radius_x: None,
                radius_y: None,
                rotation_angle: None,
                force: None,
                tangential_pressure: None,
                tilt_x: None,
                tilt_y: None,
                twist: None,
                id: Some(1.0),
            };
            let touch_points = at.map(point).into_iter().collect();
            let event = Input::DispatchTouchEvent {
                Type: kind,
                touch_points,
                modifiers: None,
                timestamp: None,
            };
            self.tab.call_method(event).expect("the browser answers");
        };
        for (place, at) in path.iter().enumerate() {
            touch(if place == 0 { TouchStart } else { TouchMove }, Some(at));
        }
        touch(TouchEnd, None);
    }

    /// What has been asked for so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no listener panics").clone()
    }

    /// Fails if a page complained or asked the network for something.
    pub fn assert_quiet(&self, place: &str) {
        let complaints = self.complaints.lock().expect("the browser answers");
        assert!(complaints.is_empty(), "{place}: {complaints:?}");
    }
}
