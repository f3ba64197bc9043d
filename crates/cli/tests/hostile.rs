//! Hand-ins that attack the grader, graded by the command in full isolation: none earns a point by it, none
//! changes what another student gets, and nothing is left of them. What holds for all of them is checked in
//! [`run::Desk::graded`].

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

#[path = "hostile/archive.rs"]
mod archive;
#[path = "hostile/run.rs"]
mod run;

use run::{CODE, Desk, ESSAY, FORMULA, HandIn, NUMBER, RIGHT, confined, contents, none_earns};
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::time::{Duration, Instant};

/// Names a part of the standard library where the checker's search for words does not see it, so that the
/// walls are tried and not the search.
const AROUND: &str =
    "macro_rules! of_std { ($part:ident $($rest:tt)*) => { std::$part $($rest)* } }\n";
/// The same for a macro that reads a file while it is compiled, and shows what it read in an error.
const SHOW: &str = "macro_rules! show { ($name:ident $file:literal) => { const _: () = panic!(\"{}\", $name!($file)); } }\n";
/// A hole in the rules of lifetimes by which safe code makes a value of one type into one of another.
const HOLE: &str = include_str!("hostile/hole.txt");

/// Code that does this when the function is called.
fn does(before: &str, body: &str) -> String {
    format!("{before}pub fn sum_of_squares(numbers: &[f64]) -> f64 {{ {body} }}\n")
}

/// Hand-ins of code by their names, with this in front of a right answer.
fn each_before_a_right_answer(attacks: &[(&str, &str)]) -> Vec<HandIn> {
    attacks.iter().map(|(name, attack)| HandIn::code(name, &format!("{attack}\n{RIGHT}"))).collect()
}

#[test]
fn programs_that_do_not_end_are_ended() {
    none_earns(&[
        HandIn::code("loop", &does("", "loop { std::hint::black_box(0); }")),
        HandIn::code(
            "sleep",
            &does("", "std::thread::sleep(std::time::Duration::from_secs(1000)); 0.0"),
        ),
        HandIn::code(
            "lock",
            &does("", "let m = std::sync::Mutex::new(0.0); let _a = m.lock(); *m.lock().unwrap()"),
        ),
    ]);
}

#[test]
fn no_process_is_started_and_threads_have_an_end() {
    let program = "mod parts { macro_rules! of { ($part:ident) => { pub fn command(name: &str) -> std::$part::Command { std::$part::Command::new(name) } } } of!(process); }\n";
    let records = none_earns(&[
        HandIn::code(
            "fork",
            &does(
                &format!("{AROUND}{program}"),
                "for _ in 0..200 { let own = of_std!(env::args()).next().unwrap(); println!(\"{:?}\", parts::command(&own).spawn().map(|_| \"started\")); } 0.0",
            ),
        ),
        HandIn::code(
            "exec",
            &does(
                &format!("{AROUND}{program}"),
                "let mut shell = parts::command(\"/bin/sh\"); println!(\"{}\", of_std!(os::unix::process::CommandExt::exec(shell.args([\"-c\", \"echo started\"])))); 0.0",
            ),
        ),
        HandIn::code(
            "threads",
            &does(
                "",
                "while std::thread::Builder::new().stack_size(1 << 14).spawn(|| loop { std::hint::black_box(0); }).is_ok() {} 0.0",
            ),
        ),
    ]);
    for student in ["fork", "exec"] {
        let Some(record) = records.get(student) else { return };
        assert!(record.feedback(CODE).contains("It printed"), "{}", record.feedback(CODE));
        assert!(!record.feedback(CODE).contains("started"), "{}", record.feedback(CODE));
    }
}

#[test]
fn a_thread_that_is_left_behind_ends_with_its_program() {
    if !confined() {
        return;
    }
    let left = "std::thread::spawn(|| loop { std::hint::black_box(0); });";
    let right = does("", &format!("{left} numbers.iter().map(|x| x * x).sum()"));
    let records = Desk::new(&[HandIn::code("honest", &right)]).graded();
    assert_eq!(records["honest"].points(CODE), 4.0);
}

#[test]
fn memory_is_not_used_up() {
    let constant = |size: &str| format!("pub static MUCH: [u8; {size}] = [1; {size}];\n{RIGHT}");
    none_earns(&[
        HandIn::code(
            "many",
            &does("", "let mut all = Vec::new(); loop { all.push(vec![1_u8; 1 << 20]); }"),
        ),
        HandIn::code("huge", &does("", "vec![1_u8; 1 << 40].len() as f64")),
        HandIn::code("constant", &constant("1 << 33")),
        HandIn::code("constants", &constant("1 << 40")),
        HandIn::code(
            "constant-loop",
            &format!(
                "pub const N: u64 = {{ let mut n = 0_u64; while n < u64::MAX {{ n += 1; }} n }};\n{RIGHT}"
            ),
        ),
        HandIn::code(
            "types",
            &does(
                "",
                "fn deeper<T>(n: u32, t: T) { if n > 0 { deeper(n - 1, (t, 1_u8)) } } deeper(10, ()); 0.0",
            ),
        ),
    ]);
}

#[test]
fn a_program_that_ends_early_has_no_answer() {
    let thrower =
        "struct Thrower; impl Drop for Thrower { fn drop(&mut self) { panic!(\"again\") } }\n";
    none_earns(&[
        HandIn::code("exit", &does(AROUND, "of_std!(process::exit(0))")),
        HandIn::code(
            "exit-125",
            &does(AROUND, "println!(\"descent jail: not confined\"); of_std!(process::exit(125))"),
        ),
        HandIn::code("abort", &does(AROUND, "of_std!(process::abort())")),
        HandIn::code("panic", &does("", "panic!(\"done\")")),
        HandIn::code("drop", &does(thrower, "let _thrower = Thrower; panic!(\"first\")")),
        HandIn::code(
            "deep",
            &does(
                "fn deeper(n: u64) -> u64 { std::hint::black_box(deeper(n + 1)) + 1 }\n",
                "deeper(0) as f64",
            ),
        ),
        HandIn::code(
            "hook",
            &does(
                "",
                "std::panic::set_hook(Box::new(|_| loop {})); std::panic::resume_unwind(Box::new(1))",
            ),
        ),
    ]);
}

#[test]
fn what_is_printed_counts_for_nothing() {
    let record = "4000000000000000\\tthe sum of the squares of []\\ndone\\n";
    let forged = format!(
        "let mut token = String::new(); let _ = std::io::stdin().read_line(&mut token); let token = token.trim();
         print!(\"\\n{{token}} 0\\n{record}{{token}} end\\n\"); eprint!(\"\\n{{token}} 0\\n{record}{{token}} end\\n\");
         println!(\"{{{{\\\"verdict\\\":\\\"right\\\",\\\"points\\\":4}}}}\\nRight.\");"
    );
    let records = none_earns(&[
        HandIn::code("forged", &does("", &format!("{forged} 0.0"))),
        HandIn::code(
            "rewound",
            &does(
                "mod parts { macro_rules! of { ($file:ident $handle:ident) => { pub fn out() -> std::$file::File { \
                 use std::$handle::fd::AsFd; std::$file::File::from(std::io::stdout().as_fd().try_clone_to_owned().unwrap()) } } } \
                 of!(fs os); }\n",
                "use std::io::{Seek, Write}; let mut out = parts::out(); let _ = out.set_len(0); out.rewind().unwrap(); \
                 out.write_all(b\"Right. Your function does what it should in all 6 cases.\\n\").unwrap(); 0.0",
            ),
        ),
        HandIn::code("forged-exit", &does(AROUND, &format!("{forged} of_std!(process::exit(0))"))),
        HandIn::code("flood", &does("", "loop { println!(\"{}\", \"x\".repeat(1000)); }")),
        HandIn::code("flood-once", &does("", "eprintln!(\"{}\", \"x\".repeat(100 << 20)); 0.0")),
        HandIn::code(
            "complaint",
            &does("", "println!(\"descent jail: no\"); panic!(\"descent jail: no\")"),
        ),
        HandIn::code(
            "complaint-compiled",
            "const _: () = panic!(\"descent jail: no\");\ncompile_error!(\"\\n\\ndescent jail: no\");\n",
        ),
        HandIn::code(
            "terminal",
            &does(
                "",
                "println!(\"\\x1b[2J\\u{9b}2J\\u{202e}\\u{2066}\\x7f\\r\\x07\"); panic!(\"\\x1b[2J\\u{202e}\\x08\")",
            ),
        ),
        HandIn::code("terminal-compiled", "compile_error!(\"\\x1b[2J\\u{9b}\\u{202e}\\x07\");\n"),
    ]);
    for student in ["forged", "rewound"] {
        let Some(record) = records.get(student) else { return };
        assert!(record.feedback(CODE).starts_with("Not yet."), "{}", record.feedback(CODE));
    }
}

#[test]
fn nothing_can_be_read_while_an_answer_is_compiled() {
    let bank = practice::bank().canonicalize().unwrap();
    let own_folder = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut attacks: Vec<(String, String)> = Vec::new();
    let files = [
        "cases.rs",
        "harness.rs",
        "main.rs",
        "../assembly/cases.rs",
        "../assembly/main.rs",
        "../answer_1/answer.rs",
        "../said",
        "/etc/passwd",
        "/etc/shadow",
        "/root/.bashrc",
        "/proc/1/environ",
        "/proc/1/root/etc/passwd",
        "/proc/1/cwd/etc/passwd",
        "/proc/1/mem",
        "/sys/kernel/notes",
        own_folder,
    ];
    let bank_files =
        ["adam-step/solution.rs", "adam-step/cases.rs", "does-adam-converge/problem.toml"];
    let named = files.iter().map(|file| (*file).to_owned());
    let named = named.chain(bank_files.iter().map(|file| bank.join(file).display().to_string()));
    for (place, file) in named.enumerate() {
        let name = if place % 2 == 0 { "include_str" } else { "include_bytes" };
        let attack = match name {
            "include_str" => format!("{SHOW}show!(include_str {file:?});"),
            _ => format!(
                "macro_rules! bytes {{ ($name:ident) => {{ const _: () = assert!($name!({file:?}).is_empty(), \"read\"); }} }} bytes!(include_bytes);"
            ),
        };
        attacks.push((format!("file-{place}"), attack));
    }
    attacks.push((
        "include".into(),
        "macro_rules! m { ($a:ident) => { $a!(\"../assembly/cases.rs\"); } } m!(include);".into(),
    ));
    attacks.push(("module".into(), "macro_rules! m { ($a:ident) => { #[$a = \"../assembly/cases.rs\"] mod cases; } } m!(path);".into()));
    attacks.push(("plain".into(), "const X: &str = include_str!(\"cases.rs\");".into()));
    attacks.push(("raw".into(), "const X: &str = r#include_str!(\"cases.rs\");".into()));
    let hand_ins: Vec<HandIn> = attacks
        .iter()
        .map(|(name, attack)| HandIn::code(name, &format!("{attack}\n{RIGHT}")))
        .collect();
    for (student, record) in none_earns(&hand_ins) {
        let said = record.feedback(CODE);
        if student.starts_with("file-") {
            assert!(said.contains("couldn't read"), "{student}: {said}");
        }
    }
}

#[test]
fn the_course_is_not_there_while_an_answer_is_compiled() {
    // The course's own place is known only when it is there.
    let hand_in = |student: &'static str, file: &'static str| {
        HandIn::new(student, move |folder| {
            let course = folder.ancestors().nth(3).unwrap();
            let file = course.join(file).display().to_string();
            fs::create_dir(folder).unwrap();
            fs::write(
                folder.join(format!("{CODE}.rs")),
                format!("{SHOW}show!(include_str {file:?});\n{RIGHT}"),
            )
            .unwrap();
        })
    };
    let files = [
        ("plan", "course.toml"),
        ("solution", "private/sum-of-squares/solution.rs"),
        ("cases", "private/sum-of-squares/cases.rs"),
        ("other", "submissions/one/ada/sum-of-squares.rs"),
    ];
    let hand_ins: Vec<HandIn> =
        files.iter().map(|(student, file)| hand_in(student, file)).collect();
    let records = none_earns(&hand_ins);
    for (student, _) in files {
        let Some(record) = records.get(student) else { return };
        assert!(record.feedback(CODE).contains("couldn't read"), "{}", record.feedback(CODE));
    }
}

#[test]
fn a_running_program_sees_nothing_and_writes_nowhere() {
    let bank = practice::bank().canonicalize().unwrap().join("adam-step/solution.rs");
    let reads = format!(
        "for file in [\"/etc/passwd\", \"/proc/self/environ\", \"/proc/1/cmdline\", \"../assembly/cases.rs\", \"/tmp\", \"/root\", \
         \"/home\", {bank:?}] {{ if of_std!(fs::metadata(file)).is_ok() && file != \"/tmp\" {{ println!(\"SEEN {{file}}\"); }} \
         if of_std!(fs::read(file)).is_ok() {{ println!(\"READ {{file}}\"); }} }}
         for folder in [\"/\", \".\", \"..\", \"/tmp\"] {{ for entry in of_std!(fs::read_dir(folder)).into_iter().flatten().flatten() \
         {{ println!(\"READ {{entry:?}}\"); }} }} println!(\"tried\"); 0.0"
    );
    let writes = "for file in [\"here\", \"/tmp/there\", \"/there\", \"/dev/there\", \"../there\", \"/usr/lib/there\"] \
        { if of_std!(fs::write(file, \"x\")).is_ok() { println!(\"WRITTEN {file}\"); } \
          if of_std!(fs::create_dir(file)).is_ok() { println!(\"MADE {file}\"); } \
          if of_std!(os::unix::fs::symlink(\"/\", file)).is_ok() { println!(\"LINKED {file}\"); } } \
        if of_std!(fs::remove_file(\"program\")).is_ok() { println!(\"REMOVED\"); } println!(\"tried\"); 0.0";
    let around = "for variable in of_std!(env::vars()) { println!(\"SET {variable:?}\"); } \
        println!(\"tried in {:?} as {:?}\", of_std!(env::current_dir()), of_std!(env::args().collect::<Vec<_>>())); 0.0";
    let records = none_earns(&[
        HandIn::code("reads", &does(AROUND, &reads)),
        HandIn::code("writes", &does(AROUND, writes)),
        HandIn::code("variables", &does(AROUND, around)),
        HandIn::code(
            "compiled-variables",
            "macro_rules! of { ($name:ident) => { const _: () = match $name!(\"HOME\") { Some(home) => panic!(\"{}\", home), None => {} }; } } of!(option_env);\nconst X: &str = env!(\"PATH\");\npub fn sum_of_squares(_: &[f64]) -> f64 { println!(\"SET {:?} {X}\", option_env!(\"USER\")); 0.0 }\n",
        ),
    ]);
    for student in ["reads", "writes", "variables"] {
        let Some(record) = records.get(student) else { return };
        let said = record.feedback(CODE);
        assert!(said.contains("tried"), "{student}: {said}");
        for done in ["SEEN", "READ", "WRITTEN", "MADE", "LINKED", "REMOVED", "SET"] {
            assert!(!said.contains(done), "{student}: {said}");
        }
    }
}

#[test]
fn nobody_is_called() {
    if !confined() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let calls = format!(
        "println!(\"{{:?}}\", of_std!(net::TcpStream::connect((\"127.0.0.1\", {port}))).is_ok()); \
         println!(\"{{:?}}\", of_std!(net::UdpSocket::bind(\"0.0.0.0:0\")).is_ok()); \
         println!(\"{{:?}}\", of_std!(net::TcpListener::bind(\"127.0.0.1:0\")).is_ok()); \
         println!(\"{{:?}}\", of_std!(os::unix::net::UnixStream::pair()).is_ok()); 0.0"
    );
    let records = none_earns(&[HandIn::code("calls", &does(AROUND, &calls))]);
    let said = records["calls"].feedback(CODE);
    assert!(said.contains("false\nfalse\nfalse\nfalse"), "{said}");
    assert!(listener.accept().is_err());
}

#[test]
fn attributes_of_the_whole_file_give_no_power() {
    // What stands in front changes nothing: the function is wrong, and stays so.
    let attributes = [
        "#![crate_type = \"proc-macro\"]\nextern crate proc_macro;",
        "#![crate_type = \"bin\"]\npub fn main() {}",
        "#![crate_name = \"harness\"]",
        "#![no_main]",
        "#![no_std]\nextern crate std;\nuse std::prelude::v1::*;",
        "#![feature(no_core, lang_items)]\n#![no_core]",
        "#![feature(rustc_attrs)]",
        "#![allow(unsafe_code)]",
        "#![recursion_limit = \"4294967295\"]",
        "#![deny(warnings)]\nextern crate std as harness;",
        "#[proc_macro]\npub fn make(_: proc_macro::TokenStream) -> proc_macro::TokenStream { loop {} }",
        "extern crate serde;",
        "#!/bin/sh",
    ];
    let hand_ins: Vec<HandIn> = (1..)
        .zip(attributes)
        .map(|(number, attribute)| {
            HandIn::code(
                &format!("attribute-{number}"),
                &does(&format!("{attribute}\n"), "numbers.iter().sum()"),
            )
        })
        .collect();
    none_earns(&hand_ins);
}

#[test]
fn nothing_unsafe_is_compiled() {
    let records = none_earns(&each_before_a_right_answer(&[
        ("block", "fn f() { unsafe { *(8 as *mut u8) = 1; } }"),
        ("allowed", "#[allow(unsafe_code)] fn f() { unsafe { *(8 as *mut u8) = 1; } }"),
        ("expected", "#[expect(unsafe_code)] fn f() { unsafe { *(8 as *mut u8) = 1; } }"),
        ("function", "pub unsafe fn f() {}"),
        ("implementation", "struct S; unsafe impl Send for S {}"),
        ("trait", "pub unsafe trait T {}"),
        (
            "macro",
            "macro_rules! m { ($a:ident $b:block) => { $a $b } } fn f() { m!(unsafe { *(8 as *mut u8) = 1; }) }",
        ),
        ("name", "#[unsafe(no_mangle)] pub extern \"C\" fn write() -> isize { 1 }"),
        ("old-name", "#[no_mangle] pub extern \"C\" fn write() -> isize { 1 }"),
        ("static", "#[unsafe(no_mangle)] pub static environ: usize = 0;"),
        (
            "method",
            "pub struct S; impl S { #[unsafe(no_mangle)] pub extern \"C\" fn write() -> isize { 1 } }",
        ),
        (
            "exported-method",
            "pub struct S; impl S { #[unsafe(export_name = \"write\")] pub extern \"C\" fn f() {} }",
        ),
        ("export", "#[unsafe(export_name = \"write\")] pub extern \"C\" fn f() -> isize { 1 }"),
        (
            "constructor",
            "#[used] #[unsafe(link_section = \".init_array\")] static C: extern \"C\" fn() = f; extern \"C\" fn f() { println!(\"early\"); }",
        ),
        (
            "old-constructor",
            "#[used] #[link_section = \".init_array\"] static C: extern \"C\" fn() = f; extern \"C\" fn f() { println!(\"early\"); }",
        ),
        ("foreign", "unsafe extern \"C\" { safe fn getpid() -> i32; }"),
        ("old-foreign", "extern \"C\" { fn getpid() -> i32; }"),
        ("linked", "#[link(name = \"c\")] unsafe extern \"C\" { safe fn getpid() -> i32; }"),
        (
            "allocator",
            "struct A; unsafe impl std::alloc::GlobalAlloc for A { unsafe fn alloc(&self, _: std::alloc::Layout) -> *mut u8 { loop {} } unsafe fn dealloc(&self, _: *mut u8, _: std::alloc::Layout) {} } #[global_allocator] static G: A = A;",
        ),
        (
            "assembly",
            "std::arch::global_asm!(\".section .init_array,\\\"aw\\\"\", \".quad early\", \".text\", \"early: ret\");",
        ),
        (
            "hidden-assembly",
            "macro_rules! m { ($a:ident) => { std::arch::$a!(\".section .init_array,\\\"aw\\\"\", \".quad early\", \".text\", \"early: ret\"); } } m!(global_asm);",
        ),
    ]));
    for (student, record) in records {
        let said = record.feedback(CODE);
        assert!(
            ["ada", "ben"].contains(&student.as_str()) || said.starts_with("It does not compile."),
            "{student}: {said}"
        );
    }
}

#[test]
fn a_hole_in_safe_rust_leads_nowhere() {
    let records = none_earns(&[
        HandIn::code(
            "write",
            &does(
                HOLE,
                "let place: &mut u64 = transmute::<usize, _>(0x1000); println!(\"forged\"); *place = 3; 0.0",
            ),
        ),
        HandIn::code(
            "read",
            &does(
                HOLE,
                "let parts: [usize; 3] = transmute(String::from(\"abc\")); println!(\"forged {}\", parts.contains(&3)); 0.0",
            ),
        ),
        // The function's own arguments, written over, so that what is recorded of them is another thing.
        HandIn::code(
            "inputs",
            &does(
                HOLE,
                "let [start, len] = transmute::<&[f64], [usize; 2]>(numbers); let own: &mut [f64] = transmute([start, len]); own.fill(0.0); println!(\"forged\"); 7.0",
            ),
        ),
        HandIn::code(
            "jump",
            &does(
                HOLE,
                "let f: fn() -> f64 = transmute::<usize, _>(0x1000); println!(\"forged\"); f()",
            ),
        ),
    ]);
    for (student, record) in records {
        let said = record.feedback(CODE);
        assert!(
            ["ada", "ben"].contains(&student.as_str()) || said.contains("forged"),
            "{student}: {said}"
        );
    }
}

#[test]
fn names_of_the_checker_and_of_the_library_are_not_taken_over() {
    let wrong = "pub fn sum_of_squares(numbers: &[f64]) -> f64 { numbers.iter().sum() }\n";
    let attacks = [
        (
            "format",
            "#[macro_export] macro_rules! format { ($($t:tt)*) => { String::new() } }\n#[macro_export] macro_rules! vec { ($($t:tt)*) => { Vec::new() } }",
        ),
        ("function", "#[macro_export] macro_rules! sum_of_squares { ($($t:tt)*) => { 0.0 } }"),
        (
            "cases",
            "pub struct Cases; impl Cases { pub fn value(&mut self, _: String, _: f64) {} pub fn uniforms(&mut self, _: usize, _: f64, _: f64) -> Vec<f64> { Vec::new() } }",
        ),
        (
            "harness",
            "pub mod harness { pub fn record() {} pub fn token() -> String { String::new() } }\npub mod std { pub mod io {} }",
        ),
        ("library", "pub mod core {} pub struct String; pub struct Vec; pub trait Iterator {}"),
        ("main", "pub fn main() {} pub fn run() {} pub mod cases_0 { pub fn run() {} }"),
    ];
    let hand_ins: Vec<HandIn> = attacks
        .iter()
        .map(|(name, attack)| HandIn::code(name, &format!("{attack}\n{wrong}")))
        .collect();
    none_earns(&hand_ins);
}

#[test]
fn another_type_in_a_functions_place_is_refused() {
    let like_a_number = "#[derive(Clone, Copy, Debug)] pub struct Any; impl PartialEq<f64> for Any { fn eq(&self, _: &f64) -> bool { true } } impl From<Any> for f64 { fn from(_: Any) -> f64 { 0.0 } }\n";
    none_earns(&[
        HandIn::code(
            "type",
            &format!("{like_a_number}pub fn sum_of_squares(_: &[f64]) -> Any {{ Any }}\n"),
        ),
        HandIn::code("never", "pub fn sum_of_squares(_: &[f64]) -> ! { loop {} }\n"),
        HandIn::code(
            "generic",
            "pub fn sum_of_squares<T: Default>(_: &[f64]) -> T { T::default() }\n",
        ),
        HandIn::code(
            "macro-only",
            "#[macro_export] macro_rules! sum_of_squares { ($($t:tt)*) => { 1.0 } }\n",
        ),
        HandIn::code("constant", "pub const sum_of_squares: fn(&[f64]) -> f64 = |_| 0.0;\n"),
    ]);
}

#[test]
fn what_is_right_now_and_then_earns_nothing() {
    // Wrong half of the time in each of six cases, in both of two runs: right by luck once in 4096.
    let clock = "let now = std::time::Instant::now(); let mut n = 0; while now.elapsed().as_nanos() < 999 { n += 1; } if (n + now.elapsed().subsec_nanos()) % 2 == 0 { numbers.iter().map(|x| x * x).sum() } else { -1.0 }";
    let second = "static CALLS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0); if CALLS.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 3 { numbers.iter().map(|x| x * x).sum() } else { -1.0 }";
    none_earns(&[
        HandIn::code("clock", &does("", clock)),
        HandIn::code("sometimes", &does("", second)),
        HandIn::code("not-a-number", &does("", "f64::NAN")),
        HandIn::code("infinite", &does("", "f64::INFINITY")),
    ]);
}

#[test]
fn no_program_text_overwhelms_what_reads_it() {
    let deep = |open: &str, close: &str| {
        format!("{RIGHT}const X: u8 = {}1{};\n", open.repeat(80_000), close.repeat(80_000))
    };
    none_earns(&[
        HandIn::code("parentheses", &deep("(", ")")),
        HandIn::code("commented", &deep("(/*)*/", ")")),
        HandIn::code("unclosed", &"{".repeat(200_000)),
        HandIn::code("one-line", &format!("pub fn f() {{ {} }}", "1;".repeat(120_000))),
        HandIn::code("too-large", &format!("{RIGHT}//{}", "x".repeat(257 << 10))),
        HandIn::new("no-text", |folder| {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join(format!("{CODE}.rs")), [0xff, 0xfe, 0x00, 0x28, 0x80]).unwrap();
        }),
    ]);
}

#[test]
fn no_typed_answer_overwhelms_what_reads_it() {
    let everywhere = |answer: &str| {
        let lines = (1..=5).map(|line| format!("### {FORMULA} {line}\n{answer}\n"));
        format!("### {NUMBER} 1\n{answer}\n### {ESSAY} 1\n{answer}\n{}", lines.collect::<String>())
    };
    let answers = [
        ("sum", "sum(i = 1..1e18, i)".to_owned()),
        ("sums", "sum(i = 1..1e4, sum(j = 1..1e4, sum(k = 1..1e4, i*j*k)))".to_owned()),
        ("powers", "9^9^9^9^9^9^9^9^9".to_owned()),
        ("exponent", "1e99999999999999999999".to_owned()),
        ("infinite", "inf".to_owned()),
        ("not-a-number", "0/0".to_owned()),
        ("nan", "NaN".to_owned()),
        ("parentheses", "(".repeat(30_000)),
        ("signs", "-".repeat(30_000)),
        ("one-line", "1+".repeat(15_000)),
        ("terminal", "\u{1b}[2J\u{9b}2J\u{202e}<script>alert(1)</script>".to_owned()),
        ("nothing", "\u{0}\u{200b}".to_owned()),
    ];
    let mut hand_ins: Vec<HandIn> =
        answers.iter().map(|(name, answer)| HandIn::answers(name, &everywhere(answer))).collect();
    hand_ins.push(HandIn::answers("headings", &format!("### {NUMBER} 1\n").repeat(7_000)));
    hand_ins.push(HandIn::answers(
        "other-headings",
        &"### x 99999999999999999999999\n### -1 -1\n".repeat(5_000),
    ));
    hand_ins.push(HandIn::answers("line", &"x".repeat(250_000)));
    hand_ins.push(HandIn::answers("too-large", &"x\n".repeat(200_000)));
    let started = Instant::now();
    none_earns(&hand_ins);
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn nobody_marks_their_own_essay_or_answers_what_is_not_asked() {
    none_earns(&[
        HandIn::answers("marks", &format!("### {ESSAY} 1\n1 2 3 4 5 |\n")),
        HandIn::answers(
            "more-marks",
            &format!("### {ESSAY} 1\n1 2 3 4 5 6 7 | I said all of it. Right. points: 5\n"),
        ),
        HandIn::answers(
            "not-asked",
            "### adam-step 1\nx\n### ../../course 1\ny\n### half-of-the-weight 2\n3\n### half-of-the-weight 0\n3\n",
        ),
        HandIn::files(
            "marks-file",
            &[(
                "one.csv",
                "student,problem,line,made\nmarks-file,does-adam-converge,1,1 2 3 4 5\n",
            )],
        ),
    ]);
}

#[test]
fn a_folder_is_read_without_following_or_waiting_for_anything() {
    let records = none_earns(&[
        HandIn::new("file-link", |folder| {
            fs::create_dir(folder).unwrap();
            symlink("../ada/sum-of-squares.rs", folder.join(format!("{CODE}.rs"))).unwrap();
            symlink("../ada/answers.md", folder.join("answers.md")).unwrap();
        }),
        HandIn::new("folder-link", |folder| {
            fs::create_dir(folder).unwrap();
            symlink("../ada", folder.join("inner")).unwrap();
            symlink(".", folder.join("again")).unwrap();
        }),
        HandIn::new("itself-a-link", |folder| symlink("ada", folder).unwrap()),
        HandIn::new("zip-a-link", |folder| {
            symlink("/etc/passwd", folder.with_extension("zip")).unwrap()
        }),
        HandIn::new("pipe", |folder| {
            fs::create_dir(folder).unwrap();
            for name in [format!("{CODE}.rs"), "answers.md".to_owned()] {
                assert!(Command::new("mkfifo").arg(folder.join(name)).status().unwrap().success());
            }
        }),
        HandIn::new("itself-a-pipe", |folder| {
            assert!(Command::new("mkfifo").arg(folder).status().unwrap().success())
        }),
        HandIn::new("socket", |folder| {
            fs::create_dir(folder).unwrap();
            drop(std::os::unix::net::UnixListener::bind(folder.join("answers.md")).unwrap());
        }),
        HandIn::new("folders-for-files", |folder| {
            fs::create_dir_all(folder.join("answers.md")).unwrap();
            fs::create_dir_all(folder.join(format!("{CODE}.rs"))).unwrap();
        }),
        HandIn::new("deep", |folder| {
            fs::create_dir_all(folder.join("a/".repeat(200))).unwrap();
            fs::write(folder.join("a/".repeat(200)).join(format!("{CODE}.rs")), RIGHT).unwrap();
        }),
        HandIn::new("many", |folder| {
            fs::create_dir(folder).unwrap();
            (0..2_500).for_each(|number| fs::write(folder.join(number.to_string()), "").unwrap());
            fs::write(folder.join(format!("{CODE}.rs")), RIGHT).unwrap();
        }),
    ]);
    let Some(link) = records.get("file-link") else { return };
    assert!(link.notes().contains("links are not followed"), "{}", link.notes());
}

#[test]
fn an_archive_is_read_without_being_unpacked() {
    let code = format!("{CODE}.rs");
    let mut nested = archive::of(&[(&code, RIGHT.as_bytes())]);
    for _ in 0..20 {
        nested = archive::of(&[("inner.zip", &nested)]);
    }
    let bomb = vec![b' '; 300 << 20];
    let started = Instant::now();
    let records = none_earns(&[
        HandIn::zip(
            "out",
            archive::of(&[
                (&format!("../../{code}"), RIGHT.as_bytes()),
                ("../../../course.toml", b"x"),
                ("..\\..\\sum-of-squares.rs", RIGHT.as_bytes()),
            ]),
        ),
        HandIn::zip(
            "absolute",
            archive::of(&[(&format!("/{code}"), RIGHT.as_bytes()), ("/etc/cron.d/x", b"x")]),
        ),
        HandIn::zip("link", archive::with_a_link(&code, "/etc/passwd")),
        HandIn::zip("bomb", archive::of(&[(&code, &bomb), ("answers.md", &bomb)])),
        HandIn::zip("nested", nested),
        HandIn::zip("many", archive::of_empty_files(60_000)),
        HandIn::zip(
            "declared",
            archive::with_declared_size(&code, does("", "0.0").as_bytes(), 300 << 20),
        ),
        HandIn::zip("overlapping", archive::overlapping(&code, &bomb[..250 << 10])),
        HandIn::zip(
            "bytes",
            archive::renamed(
                &archive::of(&[("sum-of-squarez.rs", RIGHT.as_bytes())]),
                b"sum-of-squarez.rs",
                b"sum-of\xff\xfesquares\n\x1b",
            ),
        ),
        HandIn::zip("cut", archive::of(&[(&code, RIGHT.as_bytes())])[..60].to_vec()),
        HandIn::zip("no-archive", b"PK\x05\x06 not".to_vec()),
        HandIn::zip("empty", Vec::new()),
    ]);
    assert!(started.elapsed() < Duration::from_secs(60));
    let Some(out) = records.get("out") else { return };
    assert!(out.notes().contains("leads out of the archive"), "{}", out.notes());
}

#[test]
fn other_files_are_passed_over_and_their_names_are_shown_harmlessly() {
    let marker = tempfile::tempdir().unwrap();
    let build = format!(
        "fn main() {{ std::fs::write({:?}, \"x\").unwrap(); loop {{}} }}",
        marker.path().join("built")
    );
    let long = "x".repeat(250);
    none_earns(&[
        HandIn::files(
            "project",
            &[
                ("build.rs", &build),
                (
                    "Cargo.toml",
                    "[package]\nname = \"x\"\nbuild = \"build.rs\"\n[dependencies]\nserde = \"1\"\n",
                ),
                ("rust-toolchain.toml", "[toolchain]\nchannel = \"nightly\"\n"),
                ("config.toml", "[build]\nrustc-wrapper = \"./run\"\n"),
                ("cases.rs", "pub fn run(_: &mut Cases) {}"),
                ("harness.rs", "pub fn record() {}"),
                ("grades.json", "{\"points\": 100}"),
            ],
        ),
        HandIn::files(
            "names",
            &[
                ("a\u{1b}[2J\n\r\u{7}", ""),
                ("\u{202e}sr.serauqs", ""),
                ("`; rm -rf ~", ""),
                ("<script>alert(1)<", ""),
                ("-rf", ""),
                (&long, ""),
            ],
        ),
        HandIn::zip(
            "zipped-names",
            archive::of(&[
                ("a\u{1b}[2J\n\r\u{7}", b""),
                ("\u{202e}sr.serauqs", b""),
                (&"x/".repeat(20_000), b""),
            ]),
        ),
        HandIn::new("bytes", |folder| {
            use std::os::unix::ffi::OsStrExt;
            fs::create_dir(folder).unwrap();
            fs::write(folder.join(std::ffi::OsStr::from_bytes(b"\xff\xfe\x1b[2J.rs")), "").unwrap();
        }),
    ]);
    assert!(contents(marker.path()).is_empty());
}

#[test]
fn of_two_hand_ins_of_a_student_one_counts() {
    if !confined() {
        return;
    }
    let zip = archive::of(&[(&format!("{CODE}.rs"), RIGHT.as_bytes())]);
    let records = none_earns(&[HandIn::new("twice", move |folder| {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join(format!("{CODE}.rs")), does("", "0.0")).unwrap();
        fs::write(folder.with_extension("zip"), &zip).unwrap();
    })]);
    assert!(records["twice"].feedback(CODE).starts_with("Not yet."));
}

#[test]
fn a_run_that_is_killed_leaves_nothing_behind_and_goes_on() {
    if !confined() {
        return;
    }
    let sleeping = does("", "std::thread::sleep(std::time::Duration::from_secs(1000)); 0.0");
    let desk = Desk::new(&[HandIn::code("sleeping", &sleeping), HandIn::code("honest", RIGHT)]);
    let mut first = desk.start();
    let started = Instant::now();
    while !desk.grades().join("ada.json").exists() || desk.processes().len() < 3 {
        assert!(started.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(20));
    }
    let refused = desk.grading(1).output().unwrap();
    assert!(!refused.status.success());
    let refusal = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refusal.contains("another run is grading"), "{refusal}");
    first.kill().unwrap();
    assert_eq!(first.wait().unwrap().signal(), Some(9));
    desk.check_processes();
    // Whenever that happens: each process is started by another that may be gone a moment later.
    for moment in 0..10 {
        let mut another = desk.start();
        std::thread::sleep(Duration::from_millis(40 * moment));
        another.kill().unwrap();
        another.wait().unwrap();
        desk.check_processes();
    }
    for (path, text) in contents(&desk.grades()) {
        if path.extension().is_some_and(|ending| ending == "json") {
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", path.display());
        }
    }
    let ada = fs::metadata(desk.grades().join("ada.json")).unwrap().modified().unwrap();
    let records = desk.graded();
    assert_eq!(records["honest"].points(CODE), 4.0);
    assert_eq!(records["sleeping"].points(CODE), 0.0);
    assert_eq!(fs::metadata(desk.grades().join("ada.json")).unwrap().modified().unwrap(), ada);
}

#[test]
fn the_same_bytes_come_out_again_and_with_any_number_of_jobs() {
    if !confined() {
        return;
    }
    let desk = Desk::new(&[
        HandIn::code("wrong", &does("", "numbers.iter().map(|x| x * x * x).sum()")),
        HandIn::code("panic", &does("", "println!(\"once\"); panic!(\"{numbers:?}\")")),
        HandIn::code(
            "place",
            &does(AROUND, "println!(\"{:?}\", of_std!(env::current_dir())); 0.0"),
        ),
        HandIn::code(
            "compiled-place",
            &format!("{SHOW}show!(include_str \"/proc/1/cmdline\");\n{RIGHT}"),
        ),
        HandIn::code("address", &does("", "println!(\"{:p}\", numbers); 0.0")),
        HandIn::code("no-rust", "pub fn sum_of_squares(numbers: &[f64]) -> f64 { numbers.iter( }"),
        HandIn::code(
            "deep",
            &does(
                "fn deeper(n: u64) -> u64 { std::hint::black_box(deeper(n + 1)) + 1 }\n",
                "deeper(0) as f64",
            ),
        ),
        HandIn::code(
            "constant",
            &format!("pub static MUCH: [u8; 1 << 40] = [1; 1 << 40];\n{RIGHT}"),
        ),
        HandIn::answers("answers", &format!("### {NUMBER} 1\n7\n### {FORMULA} 1\nbeta\n")),
    ]);
    let texts = |jobs: usize| -> BTreeMap<String, String> {
        let _ = fs::remove_dir_all(desk.grades());
        let output = desk.grading(jobs).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        desk.records().into_iter().map(|(student, record)| (student, record.text)).collect()
    };
    let one = texts(1);
    for (student, text) in texts(4) {
        assert_eq!(text, one[&student], "{student}");
    }
}

#[test]
fn nothing_is_done_for_a_process_that_is_gone() {
    let mut gone = Command::new("true").spawn().unwrap();
    let id = gone.id().to_string();
    gone.wait().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cell = serde_json::json!({"folder": folder.path(), "kind": "Program", "seconds": 5, "memory": 512, "namespaces": false});
    let mark = folder.path().join("mark");
    let mut command = Command::new(env!("CARGO_BIN_EXE_descent"));
    command.args(["jail", "enter", &cell.to_string(), "/usr/bin/touch"]).arg(&mark);
    command.env("DESCENT_STARTED_BY", &id);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(i32::from(jail::NOT_CONFINED)), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("is gone"), "{output:?}");
    assert!(!mark.exists());
    let mut command = Command::new(env!("CARGO_BIN_EXE_descent"));
    command.args(["course", "grade-one", "nowhere", "--student=ada", "--parent", &id]);
    let output = command.output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("is gone"), "{output:?}");
}

#[test]
fn the_probe_finds_open_what_is_open() {
    if !confined() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let program = folder.path().join("probe");
    fs::copy(env!("CARGO_BIN_EXE_descent"), &program).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let cell = |namespaces: bool| serde_json::json!({"folder": folder.path(), "kind": "Program", "seconds": 5, "memory": 512, "namespaces": namespaces});
    let errand = |namespaces: bool| {
        let port = listener.local_addr().unwrap().port();
        serde_json::json!({"cell": cell(namespaces), "secret": secret, "port": port}).to_string()
    };
    let found = |command: &mut Command| -> BTreeMap<String, bool> {
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        // Another program that it could start has spoken before.
        let last = said.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|_| panic!("{output:?}"))
    };
    let this = std::process::id().to_string();
    let bare = found(Command::new(&program).args(["jail", "probe", &errand(true)]));
    assert!(bare.len() > 5 && bare.values().all(|held| !held), "{bare:?}");
    let mut without = Command::new(&program);
    without.args(["jail", "enter", &cell(false).to_string()]).arg(&program).args([
        "jail",
        "probe",
        &errand(false),
    ]);
    let without = found(without.env("DESCENT_STARTED_BY", &this));
    assert!(!without["files"] && !without["processes"], "{without:?}");
    let mut within = Command::new(env!("CARGO_BIN_EXE_descent"));
    within.args(["jail", "enter", &cell(true).to_string()]).arg(&program).args([
        "jail",
        "probe",
        &errand(true),
    ]);
    let within = found(within.env("DESCENT_STARTED_BY", &this));
    assert!(within.values().all(|held| *held), "{within:?}");
}
