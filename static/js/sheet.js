// Enhances the attendance sheet (form[data-sheet]): each mark is kept in this browser, then sent, and the page says so after
// the answer; marks that wait from before are shown in their cells. Without this file the Save button does the work.

import { drain, make, member, state, waiting } from "./waiting/outbox.js";
import { all, isNotice, isWaiting } from "./waiting/store.js";

const sheet = document.querySelector("form[data-sheet]");
const status = document.querySelector("[data-sheet-status]");
const words = document.querySelector("[data-sheet-words]").dataset;
const { training } = sheet.dataset;
const pending = new Map(); // cell name -> the keys of its marks that wait
const done = new Set(); // keys that were answered
let unwritten = 0; // marks that are not in the browser's store yet

const cellOf = (mark) => sheet.querySelector(`[data-cell="${mark.enrolment}-${mark.session}"]`);
const shownOf = (cell) => cell.querySelector("input[type=hidden]");
const versionOf = (cell) => Number(shownOf(cell).value.split(" ").pop());
const isMine = (mark) => mark.member === member && mark.training === training;
const yours = (mark, outcome) => words[outcome].replace("{yours}", words[mark.value || "none"]);
const states = ["is-saving", "is-saved", "is-waiting", "is-conflict", "is-error"];

function show(cell, look, text = "") {
  cell.classList.remove(...states);
  if (look) cell.classList.add(look);
  cell.querySelector(".mark-state").textContent = text;
}

function say(look, text) {
  status.className = `sheet-status ${look}`;
  status.textContent = text;
}

function choose(cell, value) {
  const radio = [...cell.querySelectorAll("input[type=radio]")].find((one) => one.value === value);
  if (radio) radio.checked = true;
}

// Notes that a mark waits, or does no more; returns how many of its cell wait now.
function note({ enrolment, session, key }, waits) {
  const name = `${enrolment}-${session}`;
  const keys = pending.get(name) ?? new Set();
  if (!waits) done.add(key);
  if (done.has(key)) keys.delete(key); else keys.add(key);
  if (keys.size) pending.set(name, keys); else pending.delete(name);
  return keys.size;
}

// The mark as the server has it now; what is chosen stays while later marks of the cell wait.
function settle(cell, { value, version, attended }, isLast) {
  shownOf(cell).value = `${value} ${version}`;
  if (isLast) {
    choose(cell, value);
    cell.classList.toggle("is-unmarked", !value);
  }
  const sum = sheet.querySelector(`[data-attended="${cell.dataset.cell.split("-")[0]}"] span`);
  if (sum && Number.isInteger(attended)) sum.textContent = attended;
}

function answered({ mark, outcome, answer }) {
  const cell = cellOf(mark);
  const isLast = !note(mark, false);
  if (!cell) return;
  if ("version" in answer) settle(cell, answer, isLast);
  if (outcome === "saved") {
    if (isLast) show(cell, "is-saved");
    if (!pending.size) say("is-saved", `✓ ${words.saved} ${answer.at}`);
    return;
  }
  const text = outcome === "refused" && answer.error ? answer.error : yours(mark, outcome);
  const look = answer.outcome ? "is-conflict" : "is-error";
  if (isLast) show(cell, look, text);
  say(look, text);
}

function showState() {
  if (!["away", "out", "other"].includes(state) || !pending.size) return;
  for (const name of pending.keys()) {
    const cell = sheet.querySelector(`[data-cell="${name}"]`);
    if (cell) show(cell, "is-waiting", words.waits);
  }
  say("is-waiting", words[state]);
}

function added(mark) {
  const cell = cellOf(mark);
  if (!note(mark, true) || !cell) return;
  choose(cell, mark.value);
  show(cell, "is-saving");
}

document.addEventListener("mreza:marks", ({ detail }) => {
  if (detail.kind === "state") showState();
  else if (detail.kind === "understood") sheet.querySelectorAll(".is-conflict, .is-error").forEach((cell) => show(cell, ""));
  else if (isMine(detail.mark) && detail.kind === "answered") answered(detail);
  else if (isMine(detail.mark) && detail.elsewhere) added(detail.mark);
});

sheet.addEventListener("change", async (event) => {
  const cell = event.target.closest("[data-cell]");
  if (!cell || !member) return;
  const [enrolment, session] = cell.dataset.cell.split("-");
  const mark = { training, enrolment, session, value: event.target.value, key: crypto.randomUUID() };
  added(mark);
  say("", words.saving);
  unwritten += 1;
  await make(mark, () => versionOf(cell));
  unwritten -= 1;
});

// What else on this page writes marks, the Save button included, goes after those that wait: they were made before it.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post" || !form.closest("main") || !pending.size) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  await drain();
  if (!pending.size && form !== sheet) form.requestSubmit(event.submitter);
}, true);

addEventListener("beforeunload", (event) => { if (unwritten) event.preventDefault(); });

for (const mark of (await all()).filter(isMine)) {
  const cell = cellOf(mark);
  if (isWaiting(mark)) added(mark);
  else if (!cell) continue;
  else if (isNotice(mark)) show(cell, "is-conflict", yours(mark, mark.outcome));
  else if (mark.version > versionOf(cell)) settle(cell, mark, !pending.has(cell.dataset.cell));
}
drain();
