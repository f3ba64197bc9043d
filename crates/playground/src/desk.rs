//! The practice desk: what the page asks about problems, progress and interviews.

use practice::Problem;
use practice::interview::{Answered, Card, choose, outcome};
use progress::{Log, Plan};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What the page asks for.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Request {
    /// Grade answers to a problem, one a line.
    Check { problem: Box<Problem>, answers: Vec<String> },
    /// What comes back when, from a learner's progress; and how the learner stands to each problem.
    Review { log: String, plan: Plan },
    /// One text of progress from two, and how many lines were new.
    Merge { ours: String, theirs: String },
    /// A mix of problems for so many minutes.
    Interview { cards: Vec<Card>, minutes: u32, seed: u64 },
    /// How an interview went.
    Outcome { answered: Vec<Answered> },
}

/// Answers a request, or says why it cannot be answered.
pub(crate) fn answer(request: Request) -> Result<Value, &'static str> {
    match request {
        Request::Check { problem, answers } => Ok(json!(problem.check(&answers))),
        Request::Review { log, plan } => {
            let log = Log::parse(&log);
            let answered = log.reviews(Plan::Fsrs);
            let standing = |problem: &str| (problem.to_owned(), json!(log.standing(problem)));
            let mut standings: Map<String, Value> =
                answered.iter().map(|review| standing(&review.problem)).collect();
            standings.retain(|_, standing| !standing.is_null());
            Ok(json!({ "reviews": log.reviews(plan), "standings": standings }))
        }
        Request::Merge { ours, theirs } => {
            let (mut log, theirs) = (Log::parse(&ours), Log::parse(&theirs));
            match theirs.events().is_empty() {
                true => Err("not one line of the file can be read as progress"),
                false => {
                    let added = log.merge(&theirs);
                    Ok(json!({ "log": log.text(), "added": added }))
                }
            }
        }
        Request::Interview { cards, minutes, seed } => Ok(json!(choose(&cards, minutes, seed))),
        Request::Outcome { answered } => Ok(json!(outcome(&answered))),
    }
}

#[cfg(test)]
mod tests {
    use crate::answer;
    use serde_json::{Value, json};

    fn ask(request: &Value) -> Value {
        serde_json::from_str(&answer(&request.to_string(), &mut |_| ())).unwrap()
    }

    #[test]
    fn progress_is_read_merged_and_planned_as_on_the_command_line() {
        let line = progress::Event::answered(100, "adam-step", 0, 5, 5, 0).line();
        let torn = format!("{line}\n{{\"at\": 1");
        let review = ask(&json!({"review": {"log": torn, "plan": "classic"}}));
        assert_eq!(review["reviews"][0]["days"], 3);
        assert_eq!(review["standings"]["adam-step"], "solved");
        let merged = ask(&json!({"merge": {"ours": "", "theirs": torn}}));
        assert_eq!(merged["added"], 2);
        assert!(merged["log"].as_str().unwrap().contains("adam-step"));
        let refused = ask(&json!({"merge": {"ours": "", "theirs": "a picture"}}));
        assert!(refused["error"].as_str().unwrap().contains("progress"));
    }

    #[test]
    fn an_interview_is_chosen_and_summed_up_as_on_the_command_line() {
        let problems = practice::open_all().unwrap();
        let cards: Vec<practice::interview::Card> = problems.iter().map(Into::into).collect();
        let chosen = ask(&json!({"interview": {"cards": cards, "minutes": 30, "seed": 3}}));
        let here = practice::interview::choose(&cards, 30, 3);
        assert_eq!(chosen, json!(here));
        let answered = json!([{"card": here[0], "points": 1, "of": 2, "hints": 1, "seconds": 60}]);
        assert_eq!(ask(&json!({"outcome": {"answered": answered}}))["score"], 40);
    }

    #[test]
    fn answers_are_graded_as_they_are_elsewhere() {
        let problem = practice::open("bias-correction-derivation").unwrap();
        let answers = ["(1 - beta) * sum(i = 1..t, beta^(t - i) * g_i)", "mu", "", "1/0", "x"];
        let report = ask(&json!({"check": {"problem": problem, "answers": answers}}));
        assert_eq!(report, json!(problem.check(&answers)));
    }
}
