// The page's explorations and problems. All that is computed is computed by the playground, the
// book's own Rust code compiled to WebAssembly; this file only carries text to it and back.
"use strict";

(() => {
  const explorations = document.querySelectorAll("[data-explore]");
  const problems = document.querySelectorAll("[data-problem]");
  if (explorations.length + problems.length === 0 || typeof WebAssembly === "undefined") return;

  let started;

  // The module, packed as a plain script so that it loads from file:// too.
  function playground(script) {
    started ??= new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = (typeof path_to_root === "string" ? path_to_root : "") + script;
      element.onload = () => resolve(window.descentPlayground);
      element.onerror = () => reject(new Error(`${script} could not be loaded`));
      document.head.append(element);
    }).then(async (encoded) => {
      const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
      const module = await WebAssembly.compile(bytes);
      // Libraries declare imports for a DOM that this module never touches.
      const imports = {};
      for (const { module: from, name } of WebAssembly.Module.imports(module)) {
        imports[from] ??= {};
        imports[from][name] = () => { throw new Error(`the playground called ${name}`); };
      }
      return (await WebAssembly.instantiate(module, imports)).exports;
    });
    return started;
  }

  async function ask(script, request) {
    const { memory, reserve, respond, release } = await playground(script);
    const bytes = new TextEncoder().encode(JSON.stringify(request));
    const address = reserve(bytes.length);
    new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
    const framed = respond(address, bytes.length);
    const length = new DataView(memory.buffer).getUint32(framed, true);
    const text = new TextDecoder().decode(new Uint8Array(memory.buffer, framed + 4, length));
    release(framed, length);
    return JSON.parse(text);
  }

  function explore(section) {
    const form = section.querySelector("form");
    const sliders = form.querySelectorAll("input[type=range]");
    const choice = (slider) => slider.dataset.choices.split(" ")[slider.value];
    let waiting = false;

    async function update() {
      waiting = false;
      const settings = {};
      for (const slider of sliders) {
        settings[slider.name] = Number(choice(slider));
        slider.setAttribute("aria-valuetext", choice(slider));
        form.querySelector(`output[for="${slider.id}"]`).value = choice(slider);
      }
      for (const box of form.querySelectorAll("input[type=checkbox]")) {
        settings[box.name] = box.checked ? 1 : 0;
      }
      const request = { explore: { id: section.dataset.explore, settings } };
      const failure = section.querySelector(".problem-error");
      try {
        const view = await ask(section.dataset.script, request);
        if (view.error) throw new Error(view.error);
        section.querySelector(".figures").innerHTML = view.figures.join("");
        section.querySelector(".summary").textContent = view.summary;
        failure.hidden = true;
      } catch (error) {
        failure.textContent = `This setting cannot be shown: ${error.message}.`;
        failure.hidden = false;
      }
    }

    // At most one update a frame, however fast the slider moves.
    const soon = () => {
      if (!waiting) requestAnimationFrame(update);
      waiting = true;
    };
    form.addEventListener("input", soon);
    form.addEventListener("reset", () => setTimeout(soon));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
  }

  function practice(section) {
    const problem = JSON.parse(section.querySelector("script[type='application/json']").textContent);
    const form = section.querySelector("form");
    const inputs = [...form.querySelectorAll("input")];
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const score = form.querySelector(".score");
      try {
        const answers = inputs.map((input) => input.value);
        const report = await ask(section.dataset.script, { check: { problem, answers } });
        if (report.error) throw new Error(report.error);
        report.lines.forEach((line, number) => {
          const verdict = document.getElementById(`${inputs[number].id}-verdict`);
          verdict.dataset.verdict = line.verdict;
          verdict.textContent = `${line.verdict === "right" ? "✓" : "✗"} ${line.feedback}`;
        });
        score.textContent = `${report.points} of ${report.of} points`;
      } catch (error) {
        score.textContent = `The answers could not be checked: ${error.message}.`;
      }
    });
  }

  explorations.forEach(explore);
  problems.forEach(practice);
  // Loaded ahead, so that the first move of a slider does not wait.
  const first = explorations[0] ?? problems[0];
  playground(first.dataset.script).catch((error) => console.error(error));
})();

// Code that is wider than the page scrolls in itself; the keyboard has to be able to reach it.
(() => {
  const reach = () => {
    for (const code of document.querySelectorAll("main pre > code")) {
      if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
      else code.removeAttribute("tabindex");
    }
  };
  window.addEventListener("load", reach);
  window.addEventListener("resize", reach);
})();
