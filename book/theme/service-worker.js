// Keeps the book readable without a connection. The list below is filled in when the book is built.
"use strict";

const FILES = /* the site's files */ {};
const STORE = "descent";
const STAMPS = "stamps.json";
const PATIENCE = 3000;

const address = (name) => new URL(name, self.registration.scope).href;

// Fetches what is new or has changed since the last edition, a few files at a time.
async function fill() {
  const store = await caches.open(STORE);
  const kept = await store.match(address(STAMPS));
  const stamps = kept ? await kept.json() : {};
  const wanted = Object.keys(FILES).filter((name) => stamps[name] !== FILES[name]);
  const fetchNext = async () => {
    for (let name = wanted.shift(); name !== undefined; name = wanted.shift()) {
      const answer = await fetch(address(name), { cache: "no-cache" });
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      await store.put(address(name), answer);
      stamps[name] = FILES[name];
    }
  };
  try {
    await Promise.all(Array.from({ length: 4 }, fetchNext));
  } finally {
    // What has come so far need not come again.
    await store.put(address(STAMPS), new Response(JSON.stringify(stamps)));
  }
  const current = new Set([...Object.keys(FILES), STAMPS].map(address));
  for (const request of await store.keys()) {
    if (!current.has(request.url)) await store.delete(request);
  }
}

async function answer(request) {
  const store = await caches.open(STORE);
  const url = new URL(request.url);
  url.hash = "";
  url.search = "";
  const name = url.href.endsWith("/") ? `${url.href}index.html` : url.href;
  const stored = () => store.match(name);
  const fromNetwork = fetch(request);
  fromNetwork.catch(() => undefined);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, "late"));
  try {
    const first = await Promise.race([fromNetwork, late]);
    return first === "late" ? await stored() ?? await fromNetwork : first;
  } catch (error) {
    const found = await stored();
    if (found) return found;
    throw error;
  }
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fill());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const own = event.request.url.startsWith(self.registration.scope);
  if (own && event.request.method === "GET") event.respondWith(answer(event.request));
});
