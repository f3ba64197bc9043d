println!("`@PROBLEM@` (points: @POINTS@) is graded by the text that is handed in.");
// BEGIN HIDDEN TESTS
{
    use std::io::Write;
    let answers = [@ANSWERS@];
    let mut json = String::new();
    for answer in &answers {
        json.push(if json.is_empty() { '[' } else { ',' });
        json.push('"');
        for c in answer.chars() {
            match c {
                '"' | '\\' => json.extend(['\\', c]),
                c if c < ' ' => json += &format!("\\u{:04x}", u32::from(c)),
                c => json.push(c),
            }
        }
        json.push('"');
    }
    json.push(']');
    let set = |name| std::env::var(name).expect("the settings of nbgrader name the grader");
    let mut grader = std::process::Command::new(set("DESCENT_PROGRAM"))
        .args(["course", "score", &set("DESCENT_COURSE"), "@ASSIGNMENT@"])
        .arg(format!("--student={}", set("DESCENT_STUDENT")))
        .args(["--problem=@PROBLEM@", "--variant=@VARIANT@"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the grader starts");
    grader.stdin.take().expect("a pipe").write_all(json.as_bytes()).expect("a grader that listens");
    let said = grader.wait_with_output().expect("a grader that ends");
    assert!(said.status.success(), "the grader failed");
    let said = String::from_utf8(said.stdout).expect("text");
    let (feedback, points) = said.trim_end().rsplit_once('\n').unwrap_or(("", said.trim_end()));
    for line in feedback.lines() {
        // Indented and without the kernel's own marks, so that no line passes for one of its messages.
        println!("  {}", line.replace("EVCXR_", "EVCXR "));
    }
    points.parse::<f64>().expect("points")
}
// END HIDDEN TESTS
