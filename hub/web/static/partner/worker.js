// Serves the partners' page and all it needs without a network. VERSION and ASSETS are put in front by the hub.
const SHELL = "/partenaire/";
const PATIENCE_MS = 4_000;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  const keep = async () => {
    const cache = await caches.open(VERSION);
    await cache.addAll(ASSETS.map((asset) => new Request(asset, { cache: "reload" }))); // as VERSION names them
    await keepShell(cache, await fetch(SHELL));
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const forget = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("partner-") && name !== VERSION);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

// Only the shell of somebody who is signed in, never the question for a PIN.
async function keepShell(cache, page) {
  if (page.ok && !page.redirected && page.headers.get("X-Partner-Page")) await cache.put(SHELL, page.clone());
}

async function shell(request) {
  const cache = await caches.open(VERSION);
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE_MS, new Error("late")));
  try {
    const page = await Promise.race([fetch(request), late]);
    await keepShell(cache, page);
    return page;
  } catch (error) {
    const kept = await cache.match(SHELL);
    if (kept) return kept;
    throw error;
  }
}

// What only some telephones need is kept once one has asked for it.
async function vendored(request) {
  const cache = await caches.open(VERSION), kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === SHELL) event.respondWith(shell(event.request));
  else if (pathname.startsWith("/look/vendor/zxing")) event.respondWith(vendored(event.request));
  else if (ASSETS.includes(pathname))
    event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => kept ?? fetch(event.request)));
});
