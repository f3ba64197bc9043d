// Moves from slide to slide: arrow keys, space, page keys, Home and End; f for the whole screen.
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
    slide.focus({ preventScroll: true });
    history.replaceState(null, "", `#${slide.id}`);
  };
  // A slide that is taller than the window is read to its end first.
  const ends = (by) => {
    const box = slides[here()].getBoundingClientRect();
    return by > 0 ? box.bottom <= innerHeight + 2 : box.top >= -2;
  };
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("a, pre, table")) return;
    const by = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": event.shiftKey ? -1 : 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 }[event.key];
    if (by && (ends(by) || event.key === "ArrowRight" || event.key === "ArrowLeft")) go(here() + by);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(slides.length - 1);
    else if (event.key === "f" && document.fullscreenElement) document.exitFullscreen();
    else if (event.key === "f") document.documentElement.requestFullscreen();
    else return;
    event.preventDefault();
  });
})();
