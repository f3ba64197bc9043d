// Moves from slide to slide: by keys (arrows, space, page keys, Home and End; f for the whole screen), by two
// buttons, and by a swipe to the side.
(() => {
  const slides = [...document.querySelectorAll(".slide")];
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const here = () => {
    const middle = innerHeight / 2;
    const seen = slides.findIndex((slide) => slide.getBoundingClientRect().bottom > middle);
    return seen < 0 ? slides.length - 1 : seen;
  };
  const go = (place) => {
    const slide = slides[Math.min(Math.max(place, 0), slides.length - 1)];
    slide.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
    history.replaceState(null, "", `#${slide.id}`);
    return slide;
  };
  // A slide that is taller than the window is read to its end first.
  const ends = (by) => {
    const box = slides[here()].getBoundingClientRect();
    return by > 0 ? box.bottom <= innerHeight + 2 : box.top >= -2;
  };
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("a, pre, table, math")) return;
    if (event.key === " " && event.target.closest("button")) return;
    const by = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": event.shiftKey ? -1 : 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 }[event.key];
    let shown;
    if (by && (ends(by) || event.key === "ArrowRight" || event.key === "ArrowLeft")) shown = go(here() + by);
    else if (event.key === "Home") shown = go(0);
    else if (event.key === "End") shown = go(slides.length - 1);
    else if (event.key === "f" && document.fullscreenElement) document.exitFullscreen();
    else if (event.key === "f") document.documentElement.requestFullscreen();
    else return;
    shown?.focus({ preventScroll: true });
    event.preventDefault();
  });
  const buttons = document.createElement("nav");
  buttons.className = "move-on";
  buttons.ariaLabel = "Slides";
  for (const [by, sign, name] of [[-1, "\u2190", "Previous slide"], [1, "\u2192", "Next slide"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.ariaLabel = button.title = name;
    button.addEventListener("click", () => go(here() + by));
    buttons.append(button);
  }
  document.body.append(buttons);
  // A finger that moves what scrolls sideways by itself is not meant for the deck.
  let from;
  addEventListener("touchstart", (event) => {
    const [touch, another] = event.touches;
    const scrolls = event.target.closest("pre > code, table, math[display=block]");
    from = !another && !(scrolls && scrolls.scrollWidth > scrolls.clientWidth) && touch;
  }, { passive: true });
  addEventListener("touchend", (event) => {
    const [touch] = event.changedTouches;
    const [right, down] = from ? [touch.clientX - from.clientX, touch.clientY - from.clientY] : [0, 0];
    if (Math.abs(right) > 50 && Math.abs(right) > 2 * Math.abs(down)) go(here() + (right < 0 ? 1 : -1));
  }, { passive: true });
})();
