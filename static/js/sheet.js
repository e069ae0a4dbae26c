// Enhances the attendance sheet (form[data-sheet]): each mark is kept in this browser, then sent, and the page says so after
// the answer; marks that wait from before are shown in their cells. Without this file the Save button does the work.

import { cellNamed, cellOf, choose, note, pending, say, settle, sheet, show, versionOf, words, yours } from "./sheet_cells.js";
import { drain, make, member, state } from "./waiting/outbox.js";
import { all, isNotice, isWaiting } from "./waiting/store.js";

const { training } = sheet.dataset;
let unwritten = 0; // marks that are not in the browser's store yet
const isMine = (mark) => mark.member === member && mark.training === training;

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
    const cell = cellNamed(name);
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
