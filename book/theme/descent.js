"use strict";

// Code, tables and formulas that are wider than the page scroll in themselves; the keyboard has to reach them.
(() => {
  const reach = () => {
    for (const wide of document.querySelectorAll("main pre > code, main table, main math[display=block]")) {
      if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
      else wide.removeAttribute("tabindex");
    }
  };
  window.addEventListener("load", reach);
  window.addEventListener("resize", reach);
})();

// After one visit the hosted book can be read without a connection. Opened as a file it needs none.
(() => {
  const worker = document.querySelector("meta[name=offline]")?.content;
  if (!worker || !location.protocol.startsWith("http") || !("serviceWorker" in navigator)) return;
  // Not before the page itself is there.
  window.addEventListener("load", () => {
    navigator.serviceWorker.register(worker).catch(() => undefined);
  });
})();
