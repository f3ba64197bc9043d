//! The explorations in a real browser: the same numbers as natively, moved by keys, mouse and fingers.
//!
//! Needs Chromium; see `whole::browser`.

use headless_chrome::Browser;
use headless_chrome::protocol::cdp::{Emulation, Input};
use playground::{Exploration, Kind, explorations};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use whole::browser::{WIDTHS, Watched, browser};
use whole::{built_book, page_names};

/// The page that an exploration is on.
fn page_of(id: &str) -> String {
    let mark = format!("data-explore=\"{id}\"");
    let on = |name: &String| {
        fs::read_to_string(built_book().join(format!("{name}.html"))).unwrap().contains(&mark)
    };
    page_names().into_iter().find(on).unwrap_or_else(|| panic!("no page has {id}"))
}

fn native(id: &str, settings: &Value) -> Value {
    let request = json!({"explore": {"id": id, "settings": settings}});
    serde_json::from_str(&playground::answer(&request.to_string(), &mut |_| ())).unwrap()
}

/// An exploration in a page.
struct Section {
    watched: Watched,
    id: &'static str,
}

impl Section {
    /// The exploration of this id at a setting, as its address writes it.
    fn open(browser: &Browser, id: &'static str, setting: &str, width: u32) -> Self {
        let watched = Watched::new(browser, width, "light");
        watched.open(&format!("{}#explore-{id}:{setting}", page_of(id)));
        let section = Self { watched, id };
        section.watched.wait_for(&format!("!{}.querySelector('form').hidden", section.element()));
        section.settle();
        section
    }

    fn element(&self) -> String {
        format!("document.getElementById('explore-{}')", self.id)
    }

    fn value(&self, of: &str) -> Value {
        self.watched.value(&format!("{}{of}", self.element()))
    }

    /// Waits until what is shown is what was asked for.
    fn settle(&self) {
        self.watched.wait_for(&format!(
            "new Promise((done) => setTimeout(done, 60)).then(() => {0}.dataset.asked !== undefined \
             && {0}.dataset.asked === {0}.dataset.shown)",
            self.element()
        ));
    }

    /// The settings that are shown.
    fn shown(&self) -> Map<String, Value> {
        let text = self.value(".dataset.shown");
        serde_json::from_str(text.as_str().unwrap()).unwrap()
    }

    /// Fails unless the page shows what the native code does for the settings that it shows.
    fn agrees(&self) -> Map<String, Value> {
        self.settle();
        let shown = self.shown();
        let native = native(self.id, &Value::Object(shown.clone()));
        assert_eq!(self.value(".querySelector('.summary').textContent"), native["summary"]);
        let parts: Vec<&str> =
            native["parts"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        let drawn = format!(
            "[...{}.querySelectorAll('.figures > div, .tables > div')].map((child, place) => {{
                const ours = child.cloneNode(true);
                ours.querySelectorAll('g.handle').forEach((handle) => handle.remove());
                const theirs = document.createElement('div');
                theirs.innerHTML = {}[place];
                return ours.innerHTML === theirs.innerHTML;
            }})",
            self.element(),
            json!(parts)
        );
        assert_eq!(self.watched.value(&drawn), json!(vec![true; parts.len()]), "{}", self.id);
        shown
    }
}

/// Settings that differ from the first ones: each control at another value, one control at a time.
fn neighbors(exploration: &Exploration) -> Vec<BTreeMap<&'static str, String>> {
    let other = |first: &str, kind: Kind| -> Option<String> {
        Some(match kind {
            Kind::Switch => if first == "on" { "off" } else { "on" }.to_owned(),
            Kind::Pick(options) => options.last()?.0.to_owned(),
            Kind::Choice(values) => {
                values.iter().map(|v| playground::plain(*v)).find(|v| v != first)?
            }
            Kind::Range(low, ..) => low.to_string(),
            Kind::Number(low, _) => playground::plain(low),
            Kind::Time(most, _) => (most / 2).to_string(),
            Kind::Text => return None,
        })
    };
    exploration
        .controls
        .iter()
        .filter_map(|control| {
            Some(BTreeMap::from([(control.name, other(control.first, control.kind)?)]))
        })
        .collect()
}

/// All that the browser computes is equal to what is computed natively, to the last bit: also what is
/// chaotic, since both take their functions from libm and their sums in one order.
#[test]
fn the_browser_computes_what_is_computed_natively() {
    let Some(browser) = browser() else { return };
    let watched = Watched::new(&browser, 1200, "light");
    for exploration in explorations() {
        let id = exploration.id;
        let module = page_of(id);
        watched.open(&module);
        watched.wait_for("window.descentPlayground !== undefined");
        let mut all = vec![BTreeMap::new()];
        // A network takes a second or more for each.
        all.extend(neighbors(exploration).into_iter().take(if exploration.long { 3 } else { 100 }));
        for settings in all {
            let request = json!({"explore": {"id": id, "settings": settings}});
            // Compared in the page, where numbers are read without an error in the last bit.
            let native = playground::answer(&request.to_string(), &mut |_| ());
            let same = watched.value(&format!(
                "(window.tested ??= window.descentPlayground.desk('{module}')).ask({request})
                    .then((seen) => JSON.stringify(seen) === JSON.stringify({native}))"
            ));
            assert_eq!(same, json!(true), "{id} {settings:?}");
        }
        watched.assert_quiet(id);
    }
}

#[test]
fn every_exploration_is_moved_by_keys_and_shows_what_the_lab_says() {
    let Some(browser) = browser() else { return };
    for exploration in explorations() {
        let id = exploration.id;
        let section = Section::open(&browser, id, "", 390);
        let first = section.agrees();
        let slides = |kind| matches!(kind, Kind::Choice(_) | Kind::Range(..) | Kind::Pick(_));
        let control = exploration.controls.iter().find(|c| slides(c.kind) && c.group.is_empty());
        let control = control.unwrap_or_else(|| panic!("{id} has nothing to move"));
        section.watched.focus(&format!("{id}-{}", control.name));
        section.watched.tab.press_key("ArrowRight").unwrap();
        if matches!(control.kind, Kind::Pick(_)) {
            section.watched.tab.press_key("ArrowDown").unwrap();
        }
        if exploration.long {
            let run = format!("({}.querySelector('.run').click(), true)", section.element());
            section.watched.value(&run);
        }
        section.watched.wait_for(&format!(
            "{}.dataset.shown !== {}",
            section.element(),
            json!(serde_json::to_string(&first).unwrap())
        ));
        let moved = section.agrees();
        assert_ne!(first[control.name], moved[control.name], "{id}");
        // The address follows, and leads back to the same setting.
        section.watched.wait_for("location.hash.includes('=')");
        let hash = section.watched.value("location.hash");
        let setting = hash.as_str().unwrap().split_once(':').unwrap().1.to_owned();
        let again = Section::open(&browser, id, &setting, 390);
        assert_eq!(again.agrees(), moved, "{id} at {setting}");
        again.watched.assert_quiet(id);
        section.watched.assert_quiet(id);
        section.watched.tab.close(false).unwrap();
        again.watched.tab.close(false).unwrap();
    }
}

/// The middle of an exploration's first handle on the screen.
fn handle(section: &Section) -> (f64, f64) {
    let place = section.watched.value(&format!(
        "(async () => {{
            {0}.querySelector('.handle .grip').scrollIntoView({{ block: 'center' }});
            await new Promise((settled) => setTimeout(settled, 300));
            const grip = {0}.querySelector('.handle .grip');
            const {{ x, y, width, height }} = grip.getBoundingClientRect();
            return [x + width / 2, y + height / 2];
        }})()",
        section.element()
    ));
    (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
}

fn mouse(section: &Section, kind: Input::DispatchMouseEventTypeOption, (x, y): (f64, f64)) {
    section
        .watched
        .tab
        .call_method(Input::DispatchMouseEvent {
            Type: kind,
            x,
            y,
            modifiers: None,
            timestamp: None,
            button: Some(Input::MouseButton::Left),
            buttons: Some(1),
            click_count: Some(1),
            force: None,
            tangential_pressure: None,
            tilt_x: None,
            tilt_y: None,
            twist: None,
            delta_x: None,
            delta_y: None,
            pointer_Type: None,
        })
        .unwrap();
}

#[test]
fn what_has_a_handle_is_dragged_by_mouse_and_by_touch() {
    use Input::DispatchMouseEventTypeOption as Mouse;
    let Some(browser) = browser() else { return };
    let with_handles = || explorations().iter().filter(|e| !e.handles.is_empty());
    assert!(with_handles().count() >= 3);
    for exploration in with_handles() {
        for width in WIDTHS {
            let section = Section::open(&browser, exploration.id, "", width);
            let first = section.agrees();
            let (x, y) = handle(&section);
            let target = |share: f64| (x + share * 24.0, y - share * 18.0);
            if width < 500 {
                let scrolled = section.watched.value("scrollY");
                section.watched.swipe(&[(x, y), target(0.3), target(0.6), target(1.0)]);
                assert_eq!(section.watched.value("scrollY"), scrolled, "the page stays");
            } else {
                mouse(&section, Mouse::MousePressed, (x, y));
                for share in [0.3, 0.6, 1.0] {
                    mouse(&section, Mouse::MouseMoved, target(share));
                }
                mouse(&section, Mouse::MouseReleased, target(1.0));
            }
            let moved = section.agrees();
            assert_ne!(first, moved, "{} at {width} px", exploration.id);
            // The handle is where the pointer let go of it, to a step of its slider.
            let (there, up) = handle(&section);
            let fixed = |c: playground::Coordinate| matches!(c, playground::Coordinate::At(_));
            let handle = exploration.handles[0];
            if !fixed(handle.x) {
                assert!((there - x - 24.0).abs() < 14.0, "{} {there} {x}", exploration.id);
            }
            assert!(up.is_finite());
            section.watched.assert_quiet(exploration.id);
            section.watched.tab.close(false).unwrap();
        }
    }
}

/// A finger that starts on a figure beside the ring scrolls the page; it chooses when it taps.
#[test]
fn a_swipe_over_a_figure_changes_nothing_and_a_tap_chooses() {
    let Some(browser) = browser() else { return };
    let section = Section::open(&browser, "phase", "", 390);
    let first = section.agrees();
    // Halfway between the ring and the lower left corner of the map.
    let (x, y) = handle(&section);
    let at = |up: f64| (x - 30.0, y + 60.0 - up);
    section.watched.swipe(&[at(0.0), at(20.0), at(60.0), at(120.0)]);
    assert_eq!(section.agrees(), first);
    let (x, y) = handle(&section);
    section.watched.swipe(&[(x - 30.0, y + 60.0)]);
    section.watched.wait_for(&format!(
        "{}.dataset.shown !== {}",
        section.element(),
        json!(serde_json::to_string(&first).unwrap())
    ));
    assert_ne!(section.agrees()["beta"], first["beta"]);
}

#[test]
fn time_is_played_stepped_and_rewound_and_jumps_where_motion_is_not_wanted() {
    let Some(browser) = browser() else { return };
    let section = Section::open(&browser, "race", "t=0", 1200);
    let press = |name: &str| {
        section
            .watched
            .value(&format!("({}.querySelector('.{name}').click(), true)", section.element()))
    };
    let time = || section.value(".querySelector('.time input').value");
    press("step");
    press("step");
    assert_eq!(section.agrees()["t"], "2");
    press("play");
    section
        .watched
        .wait_for(&format!("{}.querySelector('.time input').value > 20", section.element()));
    press("play");
    let paused = time();
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(time(), paused);
    assert_eq!(section.agrees()["t"], paused);
    press("rewind");
    assert_eq!(section.agrees()["t"], "0");
    section
        .watched
        .tab
        .call_method(Emulation::SetEmulatedMedia {
            media: None,
            features: Some(vec![Emulation::MediaFeature {
                name: "prefers-reduced-motion".to_owned(),
                value: "reduce".to_owned(),
            }]),
        })
        .unwrap();
    press("play");
    std::thread::sleep(std::time::Duration::from_millis(1000));
    press("play");
    let jumped: u32 = time().as_str().unwrap().parse().unwrap();
    // Ten jumps from the beginning to the end, one every 0.7 s.
    let most = section.value(".querySelector('.time input').max");
    let most: u32 = most.as_str().unwrap().parse().unwrap();
    assert!((1..=3).any(|jumps| jumped == jumps * most.div_ceil(10)), "{jumped} of {most}");
    section.watched.assert_quiet("the race");
}

/// A wrong input gets its message beside its field, and what was shown stays until it is mended.
#[test]
fn wrong_inputs_are_told_beside_their_field_and_freeze_nothing() {
    let Some(browser) = browser() else { return };
    for (id, control, wrong, told, right) in [
        ("memory", "parameters", vec!["", "NaN", "1e400", "-3", "many"], "takes a number", "13e9"),
        ("memory", "ranks", vec!["1.5", "0"], "", "8"),
        ("own-rule", "u", vec!["", "g +", "h", "1/0", "((((", "sqrt(-1)"], "", "g"),
    ] {
        let section = Section::open(&browser, id, "", 390);
        let type_in = |text: &str| {
            section.watched.value(&format!(
                "(() => {{
                    const field = document.getElementById('{id}-{control}');
                    field.value = {};
                    field.dispatchEvent(new Event('input', {{ bubbles: true }}));
                    return true;
                }})()",
                json!(text)
            ));
            section.settle();
            let error = format!("document.getElementById('{id}-{control}-error')");
            section.watched.value(&format!("{error}.hidden ? '' : {error}.textContent"))
        };
        for text in wrong {
            let message = type_in(text);
            let message = message.as_str().unwrap();
            assert!(
                message.len() > 10 && message.contains(told),
                "{id} {control} = {text}: {message}"
            );
            let invalid = format!(
                "document.getElementById('{id}-{control}').getAttribute('aria-invalid') === 'true'"
            );
            assert_eq!(section.watched.value(&invalid), json!(true));
        }
        assert_eq!(type_in(right), json!(""));
        section.agrees();
        section.watched.assert_quiet(id);
    }
    // So is what somebody has changed in an address.
    for (setting, told) in [("b=steep", "a number"), ("land=moon", "one of"), ("x=NaN", "a number")]
    {
        let section = Section::open(&browser, "race", setting, 390);
        let control = setting.split('=').next().unwrap();
        let message = format!("document.getElementById('race-{control}-error').textContent");
        let message = section.watched.value(&message);
        assert!(message.as_str().unwrap().contains(told), "{setting}: {message}");
    }
    let section = Section::open(&browser, "race", "speed=3", 390);
    let message = section.value(".querySelector('.problem-error').textContent");
    assert!(message.as_str().unwrap().contains("speed"), "{message}");
}

#[test]
fn a_long_run_can_be_stopped_and_run_again_while_the_page_answers() {
    let Some(browser) = browser() else { return };
    let section = Section::open(&browser, "edge", "", 1200);
    let element = section.element();
    let click = || {
        let run = section.watched.tab.find_element("#explore-edge .run").unwrap();
        run.click().unwrap();
    };
    let label = format!("{element}.querySelector('.run').textContent");
    section.watched.value(
        "(() => {
            const [steps, subject] = ['steps', 'subject'].map((name) => document.getElementById(`edge-${name}`));
            steps.value = steps.max;
            subject.value = 'digits';
            steps.dispatchEvent(new Event('input', { bubbles: true }));
            return true;
        })()",
    );
    let outdated = section.value(".classList.contains('outdated')");
    assert_eq!(outdated, json!(true), "what is seen belongs to other settings");
    click();
    assert_eq!(section.watched.value(&label), json!("Stop"));
    click();
    section.watched.wait_for(&format!("{label} === 'Run'"));
    let told = section.value(".querySelector('.problem-error').textContent");
    assert!(told.as_str().unwrap().contains("stopped"), "{told}");
    // A shorter one runs to its end.
    section.watched.value(
        "(() => {
            const steps = document.getElementById('edge-steps');
            steps.value = steps.min;
            steps.dispatchEvent(new Event('input', { bubbles: true }));
            return true;
        })()",
    );
    click();
    section.watched.wait_for(&format!("{label} === 'Run'"));
    section.agrees();
    section.watched.assert_quiet("the edge");
}

/// What was predicted is kept in the browser beside what was predicted before.
#[test]
fn a_prediction_is_recorded() {
    let Some(browser) = browser() else { return };
    let section = Section::open(&browser, "predict", "", 390);
    let reveal = "(() => {
        const box = document.getElementById('predict-reveal');
        box.checked = !box.checked;
        box.dispatchEvent(new Event('input', { bubbles: true }));
        return true;
    })()";
    for _ in 0..2 {
        section.watched.value(reveal);
        section.agrees();
        section.watched.value(reveal);
        section.agrees();
        section.watched.value(
            "(() => {
                const point = document.getElementById('predict-p1');
                point.value = Number(point.value) + 1;
                point.dispatchEvent(new Event('input', { bubbles: true }));
                return true;
            })()",
        );
        section.agrees();
    }
    section.watched.value(reveal);
    section.agrees();
    let kept = section.watched.value("JSON.parse(localStorage.getItem('descent-records-predict'))");
    assert_eq!(kept.as_array().unwrap().len(), 3);
    let told = section.value(".querySelector('.records').textContent");
    assert!(told.as_str().unwrap().contains("before"), "{told}");
}
