// Keeps a sheet's page for the time without a connection, for the pages' modules; waiting/worker.js reads what is kept.
// Only where a member switched it on: the page with its names, whose it is, until when, and the files it needs. Wiped when
// a day is over, by hand, at sign-out, and when another member signs in.

const CACHE = "mreza-kept";
const OFFLINE = "/waiting/offline/";
export const HOURS = 24;
export const canKeep = "serviceWorker" in navigator && "caches" in window;

const metaOf = (path, answer) => ({
  path, by: answer.headers.get("X-Kept-By"), at: Number(answer.headers.get("X-Kept-At")), until: Number(answer.headers.get("X-Kept-Until")),
});

// Every kept sheet: path, by, at, until. Makes nothing where nothing is kept.
export async function keptSheets() {
  if (!canKeep || !(await caches.has(CACHE))) return [];
  const cache = await caches.open(CACHE);
  const found = await Promise.all((await cache.keys()).map(async (key) => metaOf(new URL(key.url).pathname, await cache.match(key))));
  return found.filter((sheet) => sheet.by);
}

// Forgets one kept sheet, or all. With the last one go the files and the worker.
export async function wipe(path) {
  if (!canKeep) return;
  if (path) await (await caches.open(CACHE)).delete(path);
  if ((await keptSheets()).length && path) return;
  await caches.delete(CACHE);
  const worker = await navigator.serviceWorker.getRegistration("/");
  await worker?.unregister();
}

// Wipes what is over, or another member's. Nobody signed in (member is "") wipes only what is over.
export async function sweep(member) {
  const now = Date.now();
  const over = (await keptSheets()).filter((sheet) => now >= sheet.until || now < sheet.at || (member && sheet.by !== member));
  for (const sheet of over) await wipe(sheet.path);
}

function filesOf(page) {
  const named = [...page.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((one) => one.href ?? one.src);
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  return new Set([...named, ...loaded].map((name) => new URL(name, location.origin)).filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/")).map(String));
}

async function keepFiles(cache, files) {
  for (const url of files) if (!(await cache.match(url))) await cache.add(url);
}

// Keeps the sheet at this path anew, until a moment, without what only the portal can do. Throws where the page is not that member's or cannot be kept whole.
export async function keep(path, member, until) {
  const answer = await fetch(`${path}?view=all`, { cache: "no-store", redirect: "error" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || page.querySelector("[data-waiting-marks]")?.dataset.member !== member) throw new Error("This is not the member's sheet.");
  const at = Date.now();
  const time = new Intl.DateTimeFormat(page.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(at);
  const banner = page.querySelector("[data-kept-copy]");
  banner.hidden = false;
  banner.textContent = banner.textContent.replace("{time}", time);
  for (const useless of page.querySelectorAll("[data-online-only]")) useless.remove();
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  for (const [name, value] of [["By", member], ["At", at], ["Until", until]]) headers.set(`X-Kept-${name}`, value);
  const cache = await caches.open(CACHE);
  await keepFiles(cache, filesOf(page));
  const elsewhere = await fetch(OFFLINE, { credentials: "omit" });
  if (!elsewhere.ok) throw new Error("The page for everything else cannot be kept.");
  await cache.put(OFFLINE, elsewhere);
  await cache.put(path, new Response(`<!doctype html>${page.documentElement.outerHTML}`, { headers }));
}

// Starts the worker that answers without a connection; returns when it is ready.
export async function startWorker(url) {
  await navigator.serviceWorker.register(url, { scope: "/" });
  await navigator.serviceWorker.ready;
}
