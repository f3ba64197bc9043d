"use strict";

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

// After one visit the hosted book can be read without a connection. Opened as a file it needs none.
(() => {
  const worker = document.querySelector("meta[name=offline]")?.content;
  if (!worker || !location.protocol.startsWith("http") || !("serviceWorker" in navigator)) return;
  // Not before the page itself is there.
  window.addEventListener("load", () => {
    navigator.serviceWorker.register(worker).catch(() => undefined);
  });
})();
