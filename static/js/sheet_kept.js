// Enhances the attendance sheet's switch (section[data-keep]): lets this browser keep the sheet for a day, to be opened without
// a connection, and forget it again. A sheet that is kept is kept anew each time it is opened; on its kept copy the sessions
// are chosen here. Without this file nothing is kept and the switch stays hidden.

import { canKeep, HOURS, keep, keptSheets, startWorker, wipe } from "./waiting/kept.js";
import { member } from "./waiting/outbox.js";

const place = document.querySelector("[data-keep]");
const words = place.dataset;
const copy = document.querySelector("[data-kept-copy]");
const path = location.pathname;
const moment = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const part = (name) => place.querySelector(`[data-keep-${name}]`);

async function show(problem = "") {
  const kept = (await keptSheets()).find((sheet) => sheet.path === path);
  part("off").hidden = Boolean(kept);
  part("on").hidden = !kept;
  part("problem").hidden = !problem;
  part("problem").textContent = problem;
  if (kept) part("until").textContent = words.until.replace("{until}", moment.format(kept.until));
  place.hidden = false;
  return kept;
}

// The record first: what is not written down is not kept.
async function switchOn() {
  const headers = { "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value, "X-Requested-With": "fetch" };
  const answer = await fetch(words.keepUrl, { method: "POST", headers, redirect: "error" });
  if (!answer.ok) throw new Error(`The portal answered ${answer.status}.`);
  await startWorker(words.workerUrl);
  await keep(path, member, Date.now() + HOURS * 60 * 60 * 1000);
  await navigator.storage?.persist?.();
}

function bind(name, work) {
  const button = part(name).querySelector("button");
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    const problem = await work().then(() => "", () => words.failed);
    if (problem) await wipe(path).catch(() => null);
    await show(problem);
    button.removeAttribute("aria-busy");
  });
}

// A phone shows one session; without the server the address says which.
function chooseSession() {
  const wanted = new URLSearchParams(location.search).get("session");
  if (!wanted || !document.querySelector(`[data-cell$="-${wanted}"]`)) return;
  for (const cell of document.querySelectorAll("[data-cell]")) cell.classList.toggle("is-other", !cell.dataset.cell.endsWith(`-${wanted}`));
  for (const link of document.querySelectorAll(".session-picker a")) {
    link.toggleAttribute("aria-current", false);
    if (new URL(link.href).searchParams.get("session") === wanted) link.setAttribute("aria-current", "true");
  }
}

if (canKeep && member) {
  bind("off", switchOn);
  bind("on", () => wipe(path));
  const kept = await show();
  if (!copy.hidden) chooseSession();
  else if (kept) await keep(path, member, kept.until).catch(() => null);
}
