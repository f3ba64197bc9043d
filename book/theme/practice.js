// The page's problems, drills, review and interview. Answers are graded by the playground; this file
// only carries text to it and back.
"use strict";

(() => {
  if (window.descentPractice || !window.descentPlayground) return;
  window.descentPractice = true;
  const problems = document.querySelectorAll("[data-problem]");
  const review = document.querySelector("[data-review]");
  const drills = document.querySelector("[data-drills]");
  const interview = document.querySelector("[data-interview]");
  const desk = window.descentPlayground.desk("practice");
  const ask = (request) => desk.ask(request);

  // Progress: lines of text in the format of the command line, kept in the browser.
  const KEY = "descent-progress";
  const seconds = () => Math.floor(Date.now() / 1000);
  // Where the browser keeps nothing (a private window, a full store), the page remembers while it is open.
  const remembered = new Map();
  const recall = (key) => {
    try {
      return remembered.get(key) ?? localStorage.getItem(key);
    } catch {
      return remembered.get(key) ?? null;
    }
  };
  const keep = (key, text) => {
    try {
      localStorage.setItem(key, text);
      remembered.delete(key);
      return true;
    } catch {
      remembered.set(key, text);
      return false;
    }
  };
  const NOT_KEPT = " (Your browser keeps nothing for this page; export your progress before you close it.)";
  const progress = () => recall(KEY) ?? "";
  const record = (event) => keep(KEY, `${progress()}${JSON.stringify({ at: seconds(), ...event })}\n`);

  async function showStandings() {
    const log = progress();
    if (log === "" || problems.length === 0) return;
    const { standings } = await ask({ review: { log, plan: "fsrs" } });
    const marks = { solved: "✓ solved", tried: "◐ tried" };
    for (const section of document.querySelectorAll("[data-problem]")) {
      section.querySelector(".standing").textContent = marks[standings[section.dataset.problem]] ?? "";
    }
    for (const place of document.querySelectorAll("[data-of]")) {
      place.textContent = marks[standings[place.dataset.of]] ?? "";
    }
  }

  // What is answered in a line, as the checker reads it.
  function answerOf(line) {
    const checked = () => [...line.querySelectorAll("input:checked")].map((input) => input.value);
    switch (line.dataset.kind) {
      case "choice": return checked().join(", ");
      case "rubric": {
        const said = line.querySelector("textarea").value.trim();
        const marked = checked();
        return said === "" && marked.length === 0 ? "" : `${marked.join(" ") || "0"} | ${said}`;
      }
      case "code": return "";
      default: return line.querySelector("input").value;
    }
  }

  function practice(section) {
    const problem = JSON.parse(section.querySelector("script[type='application/json']").textContent);
    const form = section.querySelector("form");
    const lines = [...form.querySelectorAll(".line")];
    const about = { problem: problem.id, seed: problem.seed };
    let hints = 0;
    for (const hint of section.querySelectorAll(".hint")) {
      hint.addEventListener("toggle", () => {
        hints += 1;
        record({ did: "hint", ...about });
      }, { once: true });
    }
    section.querySelector(".solution").addEventListener("toggle", () => {
      record({ did: "asked-for-solution", ...about });
    }, { once: true });
    for (const step of form.querySelectorAll(".step")) {
      step.addEventListener("click", () => {
        const input = step.closest(".line").querySelector("input");
        input.value = `${input.value} ${step.dataset.letter}`.trim();
      });
    }
    const another = form.querySelector(".another");
    if (another) {
      another.hidden = false;
      another.addEventListener("click", () => {
        const templates = section.nextElementSibling.querySelectorAll("template");
        const now = (Number(section.dataset.variant ?? 0) + 1) % (templates.length + 1);
        const next = now === 0 ? section.original ?? section : templates[now - 1].content
          .firstElementChild.cloneNode(true);
        next.original = section.original ?? section;
        next.dataset.variant = now;
        section.replaceWith(next);
        if (now !== 0) practice(next);
        next.querySelector(".another").focus({ preventScroll: true });
        next.scrollIntoView();
      });
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const score = form.querySelector(".score");
      const button = form.querySelector("button[type=submit]");
      // A diagnosis executes a run again, which takes seconds and can be stopped.
      if (button.dataset.check) return desk.stop();
      button.dataset.check = button.textContent;
      button.textContent = "Stop";
      let kept = true;
      const answers = lines.map(answerOf);
      score.textContent = "Checking…";
      try {
        const report = await ask({ check: { problem, answers } });
        if (report.error) throw new Error(report.error);
        report.lines.forEach((line, number) => {
          const mark = { right: "✓", partly: "◐" }[line.verdict] ?? "✗";
          const verdict = lines[number].querySelector(".verdict");
          verdict.dataset.verdict = line.verdict;
          verdict.textContent = lines[number].dataset.kind === "code" ? "" : `${mark} ${line.feedback}`;
          lines[number].querySelector(".rerun").innerHTML = (line.figures ?? []).join("");
          // Options can be tried one after the other; each wrong one counts as a hint.
          const wrong = !["right", "missing"].includes(line.verdict);
          if (wrong && lines[number].dataset.kind === "choice") record({ did: "hint", ...about });
          if (wrong && lines[number].dataset.kind === "choice") hints += 1;
        });
        if (report.lines.some((line) => line.verdict !== "missing")) {
          kept = record({ did: "answered", ...about, points: report.points, of: report.of, hints });
          hints = 0;
        }
        score.textContent = `${report.points} of ${report.of} points${kept ? "" : NOT_KEPT}`;
        await showStandings();
        if (drills) drilling(drills);
      } catch (error) {
        score.textContent = `The answers could not be checked: ${error.message}.`;
      } finally {
        button.textContent = button.dataset.check;
        delete button.dataset.check;
      }
    });
  }

  // A link to a problem in the page of its chapter.
  const link = (card) => {
    const element = document.createElement("a");
    element.href = `practice-${card.chapter}.html#${card.id}`;
    element.textContent = card.title.replaceAll("$", "");
    return element;
  };
  const listed = (cards, note) => {
    const list = document.createElement("ol");
    for (const card of cards) {
      const item = document.createElement("li");
      item.append(link(card), ` ${note(card)}`);
      list.append(item);
    }
    return list;
  };
  const cardsOf = (section) =>
    JSON.parse(section.querySelector("script[type='application/json']").textContent);
  const failing = (section, work) => {
    const failure = section.querySelector(".problem-error");
    failure.hidden = true;
    return work().catch((error) => {
      failure.textContent = `This did not work: ${error.message.replace(/\.$/, "")}.`;
      failure.hidden = false;
    });
  };

  // What of these cards is due, and what comes next: pairs of a card and the days until then.
  function sorted(reviews, cards) {
    const known = reviews.filter((review) => cards.has(review.problem));
    const now = seconds();
    const card = (review) => cards.get(review.problem);
    const today = known.filter((review) => review.at <= now).map(card);
    const later = known.filter((review) => review.at > now).slice(0, 10)
      .map((review) => [card(review), Math.ceil((review.at - now) / 86400)]);
    return { known, today, later };
  }
  const inDays = (later) => {
    const days = new Map(later.map(([card, days]) => [card.id, days]));
    return (card) => days.get(card.id) === 1 ? "tomorrow" : `in ${days.get(card.id)} days`;
  };

  // Day 0 is the day a drill is first answered.
  function drilling(section) {
    const cards = new Map(cardsOf(section).map((card) => [card.id, card]));
    const due = section.querySelector(".due");
    failing(section, async () => {
      const request = { review: { log: progress(), plan: "classic" } };
      const { reviews, standings } = await ask(request);
      const { today, later } = sorted(reviews, cards);
      const fresh = [...cards.values()].filter((card) => !(card.id in standings));
      const heading = document.createElement("p");
      const next = later.length > 0 ? ` The next comes ${inDays(later)(later[0][0])}.` : "";
      heading.textContent = today.length + fresh.length === 0
        ? `No drill is due today.${next}`
        : `${today.length} due again today, ${fresh.length} never answered.${next}`;
      const here = listed([...today, ...fresh], (card) => `(${card.minutes} min)`);
      // What can be answered on this page is; what is said aloud has its own.
      for (const link of here.querySelectorAll("a")) {
        const id = link.href.split("#")[1];
        if (document.getElementById(id)) link.href = `#${id}`;
      }
      due.replaceChildren(heading, here);
    });
  }

  function reviewing(section) {
    const cards = new Map(cardsOf(section).map((card) => [card.id, card]));
    const classic = section.querySelector("[name=classic]");
    const due = section.querySelector(".due");
    const show = () => failing(section, async () => {
      const plan = classic.checked ? "classic" : "fsrs";
      const { reviews } = await ask({ review: { log: progress(), plan } });
      const { known, today, later } = sorted(reviews, cards);
      const heading = document.createElement("p");
      heading.textContent = known.length === 0
        ? "Nothing has been answered in this browser yet, so nothing comes back."
        : `${today.length} due today.`;
      due.replaceChildren(
        heading,
        listed(today, () => ""),
        listed(later.map(([card]) => card), inDays(later)),
      );
    });
    classic.addEventListener("change", show);
    section.querySelector(".export").addEventListener("click", () => {
      const file = new Blob([progress()], { type: "application/jsonl" });
      const element = document.createElement("a");
      element.href = URL.createObjectURL(file);
      element.download = "progress.jsonl";
      element.click();
    });
    section.querySelector("input[type=file]").addEventListener("change", (event) => {
      failing(section, async () => {
        const theirs = await event.target.files[0].text();
        const merged = await ask({ merge: { ours: progress(), theirs } });
        if (merged.error) throw new Error(merged.error);
        const kept = keep(KEY, merged.log);
        await show();
        due.firstElementChild.textContent += ` ${merged.added} lines of the file were new.${kept ? "" : NOT_KEPT}`;
      });
    });
    show();
  }

  function interviewing(section) {
    const STATE = "descent-interview";
    const cards = cardsOf(section).filter((card) => card.kind !== "code");
    const place = section.querySelector(".questions");
    const form = section.querySelector("form");

    // What was answered since the interview began; each question's time ends with its answer.
    const answered = (state) => {
      const events = progress().split("\n").filter(Boolean).map((line) => {
        try { return JSON.parse(line); } catch { return {}; }
      }).filter((event) => event.at >= state.began && event.at <= state.began + 60 * state.minutes);
      let last = state.began;
      return state.chosen.flatMap((card) => {
        const answers = events.filter((event) => event.problem === card.id && event.did === "answered");
        if (answers.length === 0) return [];
        const { at, points, of } = answers.at(-1);
        const hints = events.filter((event) => event.problem === card.id && event.did === "hint").length;
        const taken = Math.max(0, at - last);
        last = at;
        return [{ card, points, of, hints, seconds: taken }];
      });
    };

    const show = (state) => failing(section, async () => {
      const done = answered(state);
      const left = Math.ceil((state.began + 60 * state.minutes - seconds()) / 60);
      const clock = document.createElement("p");
      clock.textContent = left > 0
        ? `${left} of ${state.minutes} minutes left; a hint costs a tenth of a question's points. Answer a question on its page, then come back.`
        : "Time is up.";
      const note = (card) => {
        const answer = done.find((answer) => answer.card.id === card.id);
        return `(${card.minutes} min) ${answer ? `${answer.points} of ${answer.of} points` : ""}`;
      };
      const parts = [clock, listed(state.chosen, note)];
      if (left <= 0 || done.length === state.chosen.length) {
        // What was not answered counts as well: with no points.
        const all = state.chosen.map((card) => done.find((answer) => answer.card.id === card.id)
          ?? { card, points: 0, of: 1, hints: 0, seconds: 0 });
        const result = await ask({ outcome: { answered: all } });
        const score = document.createElement("p");
        score.textContent = `${result.score} of 100. ` +
          result.topics.map(([topic, share]) => `${topic}: ${share} %`).join("; ");
        parts.push(score);
        for (const [chapter, part, title] of result.reread) {
          const line = document.createElement("p");
          const element = document.createElement("a");
          element.href = `${chapter}.html#${part}`;
          element.textContent = `${chapter}, ${part}`;
          line.append("Read again: ", element, ` (${title.replaceAll("$", "")})`);
          parts.push(line);
        }
      }
      place.replaceChildren(...parts);
    });

    // What cannot be read is no interview.
    const stored = () => {
      try {
        return JSON.parse(recall(STATE) ?? "null");
      } catch {
        return null;
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      failing(section, async () => {
        const minutes = Number(form.elements.minutes.value);
        const seed = Number(form.elements.seed.value);
        const chosen = await ask({ interview: { cards, minutes, seed } });
        if (chosen.error) throw new Error(chosen.error);
        const state = { began: seconds(), minutes, chosen };
        keep(STATE, JSON.stringify(state));
        await show(state);
      });
    });
    if (stored()) show(stored());
    else place.textContent = "";
    // The clock goes on while the page is open, and the end is told.
    setInterval(() => stored() && show(stored()), 30000);
  }

  problems.forEach(practice);
  if (review) reviewing(review);
  if (drills) drilling(drills);
  if (interview) interviewing(interview);
  showStandings().catch((error) => console.error(error));
})();
