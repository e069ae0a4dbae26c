// Enhances every page of a signed-in member (div[data-waiting-marks]): marks that wait in this browser are sent, and a line says how
// many wait, reached the server, or were changed by somebody else first, with a link to their sheet. Without this file
// nothing waits: marks are saved with the sheet's own button.

import { sweep } from "./kept.js";
import "./leave.js";
import { drain, member, state } from "./outbox.js";
import { sheetOf } from "./send.js";
import { all, forget, isNotice, isWaiting, keepsAll } from "./store.js";

const place = document.querySelector("[data-waiting-marks]");
const words = place.dataset;
let reached = 0; // marks made before this page was opened that the server has now

const say = (text, numbers) => text.replace(/\{(\w+)\}/g, (_all, name) => numbers[name]);

const isOpen = (training) => location.pathname === sheetOf(training);

function line(kind, text, extra) {
  const row = document.createElement("div");
  row.className = `notice row apart ${kind}`;
  const sentence = document.createElement("p");
  sentence.textContent = text;
  row.append(sentence, ...(extra ? [extra] : []));
  return row;
}

function link(training) {
  const to = document.createElement("a");
  to.href = sheetOf(training);
  to.textContent = words.open;
  return to;
}

function understood(training) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.understood;
  button.addEventListener("click", async () => {
    await forget((mark) => mark.member === member && mark.training === training);
    document.dispatchEvent(new CustomEvent("mreza:marks", { detail: { kind: "understood", training } }));
  });
  return button;
}

function linesOf(training, marks) {
  const rows = [];
  const count = (outcome) => marks.filter((mark) => (mark.outcome ?? "waiting") === outcome).length;
  const isHere = isOpen(training);
  const n = count("waiting");
  // On its own sheet the sheet says what waits.
  if (n && !isHere && ["away", "out", "other"].includes(state)) rows.push(line("warn", say(words[state], { n, training }), link(training)));
  for (const outcome of ["conflict", "held", "refused"]) {
    if (count(outcome)) rows.push(line("warn", say(words[outcome], { n: count(outcome), training }), isHere || outcome === "refused" ? understood(training) : link(training)));
  }
  return rows;
}

async function show() {
  const marks = await all();
  const mine = marks.filter((mark) => mark.member === member && (isWaiting(mark) || isNotice(mark)));
  const rows = [...new Set(mine.map((mark) => mark.training))].flatMap((training) => linesOf(training, mine.filter((mark) => mark.training === training)));
  const others = marks.filter((mark) => mark.member !== member && isWaiting(mark)).length;
  if (others) rows.push(line("", say(words.others, { n: others })));
  if (!keepsAll() && mine.some(isWaiting)) rows.push(line("bad", words.unkept));
  if (reached && !mine.some(isWaiting) && !document.querySelector("[data-sheet]")) rows.push(line("good", say(words.reached, { n: reached })));
  place.replaceChildren(...rows);
  place.hidden = !rows.length;
}

// One after the other, and once more if something happened meanwhile.
let showing = null;
let again = false;
async function refresh() {
  again = true;
  if (showing) return;
  while (again) {
    again = false;
    showing = show();
    await showing;
  }
  showing = null;
}

const opened = Date.now();
document.addEventListener("mreza:marks", ({ detail }) => {
  if (detail.kind === "answered" && detail.outcome === "saved" && detail.mark.made < opened) reached += 1;
  refresh();
});

await sweep(member).catch(() => null);
if (member) {
  await forget();
  refresh();
  drain();
}
