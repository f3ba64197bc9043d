// The page's explorations. What they show is computed by the playground; this file carries settings
// to it from sliders, fields, the address and places in figures, and draws what comes back.
"use strict";

(() => {
  if (window.descentExploring || !window.descentPlayground) return;
  window.descentExploring = true;
  // Quick explorations share a worker. One that takes long has its own, which can be stopped alone.
  const desks = new Map();
  const deskOf = (module, alone) => {
    const name = `${module} ${alone}`;
    if (!desks.has(name)) desks.set(name, window.descentPlayground.desk(module));
    return desks.get(name);
  };
  const explorations = new Map();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  // The address: #explore-ID:name=value&name=value, for several with a semicolon between them.
  // What stands there is what differs from the first settings.
  const spoken = (text) => encodeURIComponent(text).replaceAll("%5E", "^").replaceAll("%2F", "/");
  const heard = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const written = (id, changed) =>
    `explore-${id}:${changed.map(([name, value]) => `${name}=${spoken(value)}`).join("&")}`;
  function addressed() {
    return location.hash.slice(1).split(";").flatMap((part) => {
      const found = /^explore-([^:]+):(.*)$/.exec(part);
      if (!found) return [];
      const pairs = found[2].split("&").filter(Boolean).map((pair) => {
        const [name, ...value] = pair.split("=");
        return [heard(name), heard(value.join("="))];
      });
      return [{ id: found[1], settings: Object.fromEntries(pairs) }];
    });
  }
  // Browsers limit how often the address may change.
  let writing;
  let address = location.hash;
  function writeAddress(first) {
    clearTimeout(writing);
    writing = setTimeout(() => {
      const parts = [first, ...[...explorations.keys()].filter((id) => id !== first)]
        .map((id) => [id, explorations.get(id).changed()])
        .filter(([id, changed]) => changed.length > 0 || id === first)
        .map(([id, changed]) => written(id, changed));
      address = `#${parts.join(";")}`;
      history.replaceState(null, "", address);
    }, 250);
  }

  // A number to so many digits as a reader wants to see in an address.
  const rounded = (value) => String(Number(Number(value).toPrecision(3)));

  function explore(section) {
    const id = section.dataset.explore;
    const long = section.dataset.long !== undefined;
    const desk = deskOf(section.dataset.module, long ? id : "");
    const handles = JSON.parse(section.dataset.handles);
    const form = section.querySelector("form");
    const figures = section.querySelector(".figures");
    const tables = section.querySelector(".tables");
    const summary = section.querySelector(".summary");
    const status = section.querySelector("[role=status]");
    const failure = section.querySelector(".problem-error");
    const here = section.querySelector(".here");
    const run = form.querySelector(".run");
    const controls = new Map([...form.elements].filter((element) => element.name)
      .map((element) => [element.name, element]));
    const times = [...form.querySelectorAll(".time")];

    const choices = (control) => control.dataset.choices?.split(" ");
    function read(control) {
      if (control.type === "checkbox") return control.checked ? "on" : "off";
      return choices(control)?.[control.value] ?? control.value;
    }
    // Whether a control can stand at what an address says.
    function fits(control, text) {
      if (control.type === "checkbox") return text === "on" || text === "off";
      if (control.dataset.choices) {
        return text.trim() !== "" && choices(control).some((value) => Number(value) === Number(text));
      }
      if (control.type === "select-one") return [...control.options].some(({ value }) => value === text);
      if (control.type !== "range") return true;
      const number = /^-?[\d.]+(e[-+]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;
      // Time may be said before the run is as long.
      const most = Number(control.dataset.most ?? control.max);
      return number >= Number(control.min) && number <= most;
    }
    function write(control, text) {
      if (control.type === "checkbox") {
        control.checked = text === "on";
      } else if (control.dataset.choices) {
        // A value between two that are offered, as a drag gives it, becomes the nearer one.
        const values = choices(control);
        const distance = (value) => Math.abs(Number(value) - Number(text));
        control.value = values.reduce((best, value, place) =>
          distance(value) < distance(values[best]) ? place : best, 0);
      } else {
        control.value = text;
      }
    }
    // What an address says and no control can stand at; the playground will say what is wrong with it.
    let misfits = {};
    const settings = () =>
      ({ ...Object.fromEntries([...controls].map(([name, control]) => [name, read(control)])), ...misfits });
    const changed = () => [...controls].map(([name, control]) => [name, read(control)])
      .filter(([name, value]) => value !== controls.get(name).dataset.first);
    const valueOf = (coordinate) =>
      coordinate.at ?? Number(read(controls.get(coordinate.of)));

    // What stands beside the controls follows them at once, before anything is computed.
    function follow() {
      for (const control of controls.values()) {
        // Time ends where the run does.
        const until = control.dataset.until && controls.get(control.dataset.until);
        if (until) control.max = Math.min(control.dataset.most, Number(read(until)));
        const output = form.querySelector(`output[for="${control.id}"]`);
        if (output) output.value = read(control);
        if (control.type === "range") control.setAttribute("aria-valuetext", read(control));
      }
      here.href = `#${written(id, changed())}`;
    }

    function complain(control, message) {
      for (const [name, element] of controls) {
        const place = document.getElementById(`${element.id}-error`);
        const concerned = name === control;
        if (place) {
          place.textContent = concerned ? message : "";
          place.hidden = !concerned;
        }
        if (concerned) element.setAttribute("aria-invalid", "true");
        else element.removeAttribute("aria-invalid");
        if (concerned) element.closest("details")?.setAttribute("open", "");
      }
      const beside = controls.has(control) && document.getElementById(`${controls.get(control).id}-error`);
      failure.textContent = beside || message === "" ? "" : `This cannot be shown: ${message.replace(/\.$/, "")}.`;
      failure.hidden = failure.textContent === "";
      section.classList.toggle("refused", message !== "");
    }

    // Where a figure's plot lies in it, and its axes.
    function plotOf(part) {
      const plot = figures.children[part]?.querySelector("svg.plot");
      if (!plot) return null;
      const box = ["x", "y", "width", "height"].map((name) => Number(plot.getAttribute(name)));
      const axis = (text) => {
        const [low, high, kind] = text.split(" ");
        const scale = kind === "log" ? Math.log : (value) => value;
        const back = kind === "log" ? Math.exp : (value) => value;
        const [from, to] = [scale(Number(low)), scale(Number(high))];
        return {
          share: (value) => (scale(value) - from) / (to - from),
          value: (share) => back(from + Math.min(1, Math.max(0, share)) * (to - from)),
          part: (share) => Math.abs(to - from) * share,
        };
      };
      return { plot, svg: plot.ownerSVGElement, box, x: axis(plot.dataset.x), y: axis(plot.dataset.y) };
    }
    // The place of a handle in the units of its figure.
    function placeOf(handle) {
      const found = plotOf(handle.part);
      if (!found) return null;
      const [left, top, width, height] = found.box;
      return {
        ...found,
        at: [
          left + Math.min(1, Math.max(0, found.x.share(valueOf(handle.x)))) * width,
          top + (1 - Math.min(1, Math.max(0, found.y.share(valueOf(handle.y))))) * height,
        ],
      };
    }
    function drawHandles() {
      for (const old of figures.querySelectorAll("g.handle")) old.remove();
      for (const handle of handles) {
        const place = placeOf(handle);
        // What has no width yet is drawn when it gets one.
        if (!place || place.svg.clientWidth === 0) continue;
        const scale = place.svg.viewBox.baseVal.width / place.svg.clientWidth;
        const make = (name, attributes) => {
          const element = document.createElementNS("http://www.w3.org/2000/svg", name);
          for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
          return element;
        };
        const group = make("g", { class: "handle", "aria-hidden": "true" });
        const [cx, cy] = place.at;
        group.append(
          make("circle", { class: "reach", cx, cy, r: 22 * scale }),
          make("circle", { class: "grip", cx, cy, r: 8 * scale, "stroke-width": 3 * scale }),
        );
        place.svg.append(group);
      }
    }

    // Figures stand above the controls; tables and code below.
    const places = () => [...figures.children, ...tables.children];
    let shown = [];
    let speaking;
    function draw(view) {
      const pictures = view.parts.filter((part) => part.startsWith("<figure")).length;
      for (const [holder, count] of [[figures, pictures], [tables, view.parts.length - pictures]]) {
        if (holder.children.length !== count) shown = [];
        while (holder.children.length < count) holder.append(document.createElement("div"));
        while (holder.children.length > count) holder.lastElementChild.remove();
      }
      places().forEach((place, number) => {
        const part = view.parts[number];
        if (shown[number] === part) return;
        // A fold-out stays as the reader left it.
        const open = place.querySelector("details")?.open;
        place.innerHTML = part;
        if (open) place.querySelector("details").open = true;
      });
      shown = view.parts;
      summary.textContent = view.summary;
      drawHandles();
      // Said once the reader rests, not at every pixel of a drag.
      clearTimeout(speaking);
      speaking = setTimeout(() => { status.textContent = view.summary; }, 700);
    }

    const RECORDS = `descent-records-${id}`;
    const records = () => {
      try {
        return JSON.parse(localStorage.getItem(RECORDS) ?? "[]");
      } catch {
        return [];
      }
    };
    let recorded = "";
    function keepRecord(number, now) {
      const kept = records();
      const fresh = number !== null && recorded !== now;
      if (fresh) {
        recorded = now;
        try {
          localStorage.setItem(RECORDS, JSON.stringify([...kept, number].slice(-50)));
        } catch {
          // Where the browser keeps nothing there is nothing earlier to compare with.
        }
      }
      if (number === null || kept.length === 0) return;
      const earlier = kept.slice(fresh ? 0 : -51).map(rounded);
      section.querySelector(".records").textContent =
        `In this browser before: ${earlier.slice(-10).join(", ")}.`;
    }

    let busy = false;
    let again = false;
    // What is looked at under the cursor; the settings stay as they are.
    let glance = {};
    async function update() {
      follow();
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      if (run) run.textContent = "Stop";
      const now = { ...settings(), ...glance };
      section.dataset.asked = JSON.stringify(now);
      const begun = performance.now();
      try {
        const view = await desk.ask({ explore: { id, settings: now } }, (part) => {
          // Half a run is not what any setting leads to.
          section.dataset.shown = "";
          draw(part);
        });
        if (view.error !== undefined) {
          complain(view.control, view.error);
        } else {
          complain(null, "");
          draw(view);
          // How long a move takes, for the browser's own tools and for the tests.
          performance.clearMeasures(`explore ${id}`);
          performance.measure(`explore ${id}`, { start: begun });
          keepRecord(view.record, section.dataset.asked);
        }
        if (view.error === undefined || !long) section.dataset.shown = section.dataset.asked;
      } catch (error) {
        complain(null, error.message);
      } finally {
        busy = false;
        if (run) run.textContent = "Run";
        mark();
        if (again) {
          again = false;
          soon();
        }
      }
    }
    // What takes long is run when asked; until then what is seen belongs to the earlier settings.
    function mark() {
      const current = JSON.stringify(settings()) === section.dataset.shown;
      section.classList.toggle("outdated", long && !current);
    }
    // At most one update a frame, however fast the slider moves.
    let waiting = false;
    function soon() {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        update();
      });
    }
    function moved() {
      misfits = {};
      glance = {};
      follow();
      writeAddress(id);
      if (!long) return soon();
      complain(null, "");
      mark();
    }
    run?.addEventListener("click", () => {
      if (!busy) return update();
      again = false;
      desk.stop();
    });

    // Time: played frame by frame, or in ten jumps where motion is not wanted.
    for (const time of times) {
      const control = time.querySelector("input");
      const play = time.querySelector(".play");
      let playing;
      const pause = () => {
        clearTimeout(playing);
        playing = undefined;
        play.textContent = "Play";
      };
      const to = (value) => {
        control.value = value;
        moved();
      };
      const most = () => Number(control.max);
      const beat = () => {
        const stride = still.matches ? Math.ceil(most() / 10) : Math.max(1, Math.round(most() / 300));
        const next = Math.min(most(), Number(control.value) + stride);
        to(next);
        if (next === most()) return pause();
        playing = setTimeout(beat, still.matches ? 700 : 24);
      };
      play.addEventListener("click", () => {
        if (playing !== undefined) return pause();
        if (Number(control.value) === most()) to(0);
        play.textContent = "Pause";
        playing = setTimeout(beat, 0);
      });
      time.querySelector(".step").addEventListener("click", () => {
        pause();
        to(Math.min(most(), Number(control.value) + 1));
      });
      time.querySelector(".rewind").addEventListener("click", () => {
        pause();
        to(0);
      });
      form.addEventListener("reset", pause);
      control.addEventListener("pointerdown", pause);
      control.addEventListener("keydown", pause);
    }

    // Places in figures.
    const partOf = (event) => [...figures.children].findIndex((child) => child.contains(event.target));
    function place(event, part) {
      const found = plotOf(part);
      if (!found) return null;
      const point = new DOMPoint(event.clientX, event.clientY)
        .matrixTransform(found.svg.getScreenCTM().inverse());
      const [left, top, width, height] = found.box;
      const [across, up] = [(point.x - left) / width, 1 - (point.y - top) / height];
      const inside = across >= -0.02 && across <= 1.02 && up >= -0.02 && up <= 1.02;
      return { ...found, point, inside, values: [found.x.value(across), found.y.value(up)] };
    }
    const fitted = (control, value) => {
      if (control.type !== "range") return rounded(value);
      if (control.dataset.choices) return String(value);
      return String(Math.min(Number(control.max), Math.max(Number(control.min), value)));
    };
    function move(handle, [x, y]) {
      for (const [coordinate, value] of [[handle.x, x], [handle.y, y]]) {
        const control = coordinate.of && controls.get(coordinate.of);
        if (control) write(control, fitted(control, value));
      }
      moved();
    }
    // The nearest handle of a figure, and how many pixels of the screen it is away. Handles that only
    // move up and down are chosen by their place along the axis: so a curve can be drawn in one go.
    function nearest(found, part) {
      const scale = found.svg.viewBox.baseVal.width / found.svg.clientWidth || 1;
      let best;
      for (const handle of handles.filter((handle) => handle.part === part)) {
        const { at } = placeOf(handle);
        const upright = handle.x.at !== undefined;
        const [across, down] = [(at[0] - found.point.x) / scale, (at[1] - found.point.y) / scale];
        const distance = Math.hypot(across, down);
        const away = upright ? Math.abs(across) : distance;
        if (!best || away < best.away) best = { handle, away, distance, upright };
      }
      return best;
    }
    async function picked(found, part) {
      const near = [found.x.part(0.05), found.y.part(0.05)];
      const [x, y] = found.values;
      const request = { pick: { id, settings: settings(), place: { part, x, y, near } } };
      const changes = await desk.ask(request).catch(() => ({}));
      return changes.error === undefined ? changes : {};
    }
    async function choose(found, part) {
      const close = nearest(found, part);
      if (section.dataset.picks === undefined) return close && move(close.handle, found.values);
      const changes = await picked(found, part);
      if (Object.keys(changes).length === 0) return;
      for (const [name, value] of Object.entries(changes)) write(controls.get(name), value);
      moved();
    }
    let grabbed;
    const grab = (event, part, handle, upright) => {
      grabbed = { part, handle, upright };
      figures.setPointerCapture(event.pointerId);
      event.preventDefault();
    };
    figures.addEventListener("pointerdown", (event) => {
      const part = partOf(event);
      const found = part >= 0 && event.button === 0 && place(event, part);
      if (!found || !found.inside) return;
      const close = nearest(found, part);
      // A finger beside the ring may be about to scroll the page: it chooses when it taps.
      if (event.pointerType === "touch") {
        if (close && event.target.closest(".handle")) grab(event, part, close.handle, close.upright);
        return;
      }
      const free = section.dataset.picks === undefined;
      if (close && (close.upright || close.distance < 32 || free)) {
        grab(event, part, close.handle, close.upright);
        move(close.handle, found.values);
      } else {
        choose(found, part);
      }
    });
    figures.addEventListener("click", (event) => {
      if (event.pointerType !== "touch") return;
      const part = partOf(event);
      const found = part >= 0 && place(event, part);
      if (found?.inside) choose(found, part);
    });
    let hovering = false;
    figures.addEventListener("pointermove", async (event) => {
      if (grabbed) {
        const found = place(event, grabbed.part);
        if (!found) return;
        const handle = grabbed.upright ? nearest(found, grabbed.part).handle : grabbed.handle;
        move(handle, found.values);
        return;
      }
      const part = partOf(event);
      const hovers = section.dataset.picks === "hover" && event.pointerType === "mouse";
      if (!hovers || hovering || part < 0 || event.buttons !== 0) return;
      const found = place(event, part);
      if (!found || !found.inside) return;
      hovering = true;
      const changes = await picked(found, part);
      hovering = false;
      if (JSON.stringify(changes) === JSON.stringify(glance)) return;
      glance = changes;
      soon();
    });
    figures.addEventListener("pointerleave", () => {
      if (Object.keys(glance).length === 0) return;
      glance = {};
      soon();
    });
    // Browsers do not heed touch-action within a drawing: a finger on a ring would scroll as well.
    figures.addEventListener("touchstart", (event) => {
      if (event.cancelable && event.target.closest(".handle")) event.preventDefault();
    }, { passive: false });
    const letGo = () => { grabbed = undefined; };
    figures.addEventListener("pointerup", letGo);
    figures.addEventListener("pointercancel", letGo);

    tables.addEventListener("click", async (event) => {
      const button = event.target.closest("button.copy");
      if (!button) return;
      const code = button.parentElement.querySelector("pre");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        // Where the clipboard is closed to pages, what is selected can be copied by hand.
        getSelection().selectAllChildren(code);
        button.textContent = "Selected: copy it";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });

    form.addEventListener("input", (event) => {
      // Another run is another riddle: what solved the last one is taken back.
      const { resets } = event.target.dataset;
      for (const [name, control] of controls) {
        const taken = resets === name || (resets === "*" && control !== event.target);
        if (taken) write(control, control.dataset.first);
      }
      moved();
    });
    form.addEventListener("reset", () => setTimeout(moved));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (run && !busy) update();
    });
    new ResizeObserver(drawHandles).observe(section);
    form.hidden = false;
    here.hidden = false;
    follow();
    drawHandles();
    // The page has been built with the first settings.
    section.dataset.shown = JSON.stringify(settings());

    explorations.set(id, {
      changed,
      // Shows the settings of an address. What it cannot show it says.
      restore(given) {
        misfits = {};
        for (const [name, text] of Object.entries(given)) {
          if (!controls.has(name) || !fits(controls.get(name), text)) misfits[name] = text;
        }
        for (const [name, control] of controls) {
          if (control.dataset.most) control.max = control.dataset.most;
          const text = name in misfits ? control.dataset.first : given[name] ?? control.dataset.first;
          write(control, text);
          if (name in given) control.closest("details")?.setAttribute("open", "");
        }
        follow();
        if (long) update();
        else soon();
      },
    });
    // Loaded ahead, so that the first move does not wait. What trains networks is twice as large, and
    // is loaded when it is run.
    (long ? Promise.resolve() : desk.load())
      .then(() => performance.mark("explorations ready"))
      .catch((error) => complain(null, error.message));
  }

  function restore() {
    // What is still to be written belongs to where the reader was.
    clearTimeout(writing);
    const parts = addressed();
    for (const { id, settings } of parts) explorations.get(id)?.restore(settings);
    if (parts.length > 0) document.getElementById(`explore-${parts[0].id}`)?.scrollIntoView();
    // Back before the first move, everything stands as at first.
    const left = parts.length === 0 && location.hash === "" && address !== "";
    address = location.hash;
    if (!left) return;
    for (const exploration of explorations.values()) {
      if (exploration.changed().length > 0) exploration.restore({});
    }
  }

  const start = () => {
    for (const section of document.querySelectorAll("[data-explore]")) {
      if (!explorations.has(section.dataset.explore)) explore(section);
    }
    restore();
    window.addEventListener("hashchange", restore);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
