// The worker that answers without a connection, served as /waiting/worker.js. It is there only where a member let this
// browser keep a sheet (waiting/kept.js): then the kept sheet is shown when the portal cannot be reached, and an honest page
// for everything else. It keeps nothing itself; what is over is wiped when it would be read, all of it at sign-out.

const CACHE = "mreza-kept";
const OFFLINE = "/waiting/offline/";
const SIGN_OUT = "/account/logout/";
const PATIENCE = 8000; // for a sheet that is kept; other pages wait as long as the browser does
const UNREACHED = [502, 503, 504];

const meta = (answer, name) => Number(answer.headers.get(`X-Kept-${name}`));
const isOver = (answer) => Date.now() >= meta(answer, "Until") || Date.now() < meta(answer, "At");

async function wipe() {
  await caches.delete(CACHE);
  await self.registration.unregister();
}

// Wipes every sheet whose day is over, and the rest with the last of them.
async function sweep() {
  if (!(await caches.has(CACHE))) return;
  const cache = await caches.open(CACHE);
  const sheets = (await Promise.all((await cache.keys()).map(async (key) => [key, await cache.match(key)]))).filter(([, answer]) => answer?.headers.has("X-Kept-By"));
  for (const [key, answer] of sheets) if (isOver(answer)) await cache.delete(key);
  if (sheets.every(([, answer]) => isOver(answer))) await wipe();
}

async function kept(path) {
  return (await caches.has(CACHE)) ? (await caches.open(CACHE)).match(path, { ignoreVary: true }) : undefined;
}

function within(answer, milliseconds) {
  return Promise.race([answer, new Promise((_done, fail) => setTimeout(fail, milliseconds, new Error("No answer.")))]);
}

async function page(request) {
  const path = new URL(request.url).pathname;
  const isGet = request.method === "GET";
  const elsewhere = await kept(OFFLINE);
  await sweep();
  const sheet = isGet && path !== OFFLINE ? await kept(path) : undefined;
  let answer;
  try {
    answer = await (sheet ? within(fetch(request), PATIENCE) : fetch(request));
  } catch { /* the portal cannot be reached */ }
  if (answer && path === SIGN_OUT && !isGet && (answer.ok || answer.type === "opaqueredirect")) await wipe();
  if (answer && !UNREACHED.includes(answer.status)) return answer;
  if (sheet) return sheet;
  if (answer) return answer; // the portal itself says that its database is away
  return elsewhere ? new Response(elsewhere.body, { status: 503, headers: elsewhere.headers }) : Response.error();
}

// A file is named by what is in it: one that is kept is right, and does not wait for a connection that hangs.
const file = async (request) => (await kept(request)) ?? fetch(request);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(file(request));
});
