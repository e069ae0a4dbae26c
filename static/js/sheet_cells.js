// The cells of the attendance sheet, for sheet.js: finds them, shows a mark and its state in them, and knows which of their marks
// still wait.

export const sheet = document.querySelector("form[data-sheet]");
export const words = document.querySelector("[data-sheet-words]").dataset;
const status = document.querySelector("[data-sheet-status]");
const states = ["is-saving", "is-saved", "is-waiting", "is-conflict", "is-error"];
export const pending = new Map(); // cell name -> the keys of its marks that wait
const done = new Set(); // keys that were answered

export const cellNamed = (name) => sheet.querySelector(`[data-cell="${name}"]`);
export const cellOf = (mark) => cellNamed(`${mark.enrolment}-${mark.session}`);
export const versionOf = (cell) => Number(shownOf(cell).value.split(" ").pop());
const shownOf = (cell) => cell.querySelector("input[type=hidden]");

// What the person chose, in words, where it did not come to stand.
export const yours = (mark, outcome) => words[outcome].replace("{yours}", words[mark.value || "none"]);

export function show(cell, look, text = "") {
  cell.classList.remove(...states);
  if (look) cell.classList.add(look);
  cell.querySelector(".mark-state").textContent = text;
}

export function say(look, text) {
  status.className = `sheet-status ${look}`;
  status.textContent = text;
}

// Ticks the value of a cell; returns its radio button.
export function choose(cell, value) {
  const radio = [...cell.querySelectorAll("input[type=radio]")].find((one) => one.value === value);
  if (radio) radio.checked = true;
  return radio;
}

// Notes that a mark waits, or does no more; returns how many of its cell wait now.
export function note({ enrolment, session, key }, waits) {
  const name = `${enrolment}-${session}`;
  const keys = pending.get(name) ?? new Set();
  if (!waits) done.add(key);
  if (done.has(key)) keys.delete(key); else keys.add(key);
  if (keys.size) pending.set(name, keys); else pending.delete(name);
  return keys.size;
}

// The mark as the server has it now; what is chosen stays while later marks of the cell wait.
export function settle(cell, { value, version, attended }, isLast) {
  shownOf(cell).value = `${value} ${version}`;
  if (isLast) {
    choose(cell, value);
    cell.classList.toggle("is-unmarked", !value);
  }
  const sum = sheet.querySelector(`[data-attended="${cell.dataset.cell.split("-")[0]}"] span`);
  if (sum && Number.isInteger(attended)) sum.textContent = attended;
}
