// Enhances the attendance sheet (form[data-sheet]): each mark is saved as it is made and the page says so after the
// answer; arrow keys move, P, L, E, A mark, Delete clears. Without this file the Save button does the work.

const sheet = document.querySelector("form[data-sheet]");
const status = document.querySelector("[data-sheet-status]");
const words = sheet.dataset;
const queue = new Map(); // cell name -> the edit that waits, the latest wins
let sending = false;
let retry = 0;

const cellOf = (name) => sheet.querySelector(`[data-cell="${name}"]`);
const shownOf = (cell) => cell.querySelector("input[type=hidden]");
const states = ["is-saving", "is-saved", "is-waiting", "is-conflict", "is-error"];

function show(cell, state, text = "") {
  cell.classList.remove(...states);
  if (state) cell.classList.add(state);
  cell.querySelector(".mark-state").textContent = text;
}

function say(state, text) {
  status.className = `sheet-status ${state}`;
  status.textContent = text;
}

function choose(cell, value) {
  const radio = [...cell.querySelectorAll("input[type=radio]")].find((one) => one.value === value);
  if (radio) radio.checked = true;
}

function settle(cell, answer) {
  shownOf(cell).value = `${answer.value} ${answer.version}`;
  cell.classList.toggle("is-unmarked", !answer.value);
  const attended = sheet.querySelector(`[data-attended="${cell.dataset.cell.split("-")[0]}"] span`);
  if (attended && answer.attended !== null) attended.textContent = answer.attended;
}

async function send(name, edit) {
  const [enrolment, session] = name.split("-");
  const body = new URLSearchParams({ enrolment, session, value: edit.value, base: edit.base, key: edit.key });
  const headers = { "X-CSRFToken": sheet.elements.csrfmiddlewaretoken.value, "X-Requested-With": "fetch" };
  const response = await fetch(words.markUrl, { method: "POST", body, headers, redirect: "error" });
  if (response.status >= 500) throw new Error("server");
  return { status: response.status, answer: response.headers.get("content-type")?.includes("json") ? await response.json() : {} };
}

async function drain() {
  if (sending) return;
  sending = true;
  while (queue.size) {
    const [name, edit] = queue.entries().next().value;
    const cell = cellOf(name);
    try {
      const { status: code, answer } = await send(name, edit);
      retry = 0;
      if (code === 401) { say("is-error", words.out); setTimeout(drain, 5000); break; }
      const newest = queue.get(name) === edit;
      if (newest) queue.delete(name);
      if (code === 200) {
        settle(cell, answer);
        if (newest) show(cell, "is-saved"); else queue.get(name).base = answer.version;
        if (!queue.size) say("is-saved", `✓ ${words.saved} ${answer.at}`);
      } else if (answer.outcome) {
        settle(cell, answer);
        choose(cell, answer.value);
        show(cell, "is-conflict", answer.message);
        say("is-conflict", answer.message);
      } else {
        show(cell, "is-error", answer.error ?? "");
        say("is-error", answer.error ?? "");
      }
    } catch {
      retry = Math.min(retry + 1, 6);
      show(cell, "is-waiting");
      say("is-waiting", words.waiting);
      setTimeout(drain, 500 * 2 ** retry);
      break;
    }
  }
  sending = false;
}

sheet.addEventListener("change", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (!cell) return;
  const base = shownOf(cell).value.split(" ").pop();
  queue.set(cell.dataset.cell, { value: event.target.value, base, key: crypto.randomUUID() });
  show(cell, "is-saving");
  say("", words.saving);
  drain();
});

sheet.addEventListener("keydown", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const value = { p: "present", l: "late", e: "excused", a: "absent", delete: "", "-": "" }[event.key.toLowerCase()];
  const row = cell.parentElement;
  const column = [...row.querySelectorAll("[data-cell]")].indexOf(cell);
  const next = (toRow, toColumn) => toRow?.querySelectorAll("[data-cell]")[toColumn]?.querySelector(":checked")?.focus();
  if (value !== undefined) {
    event.preventDefault();
    choose(cell, value);
    cell.querySelector(":checked").dispatchEvent(new Event("change", { bubbles: true }));
    next(row.nextElementSibling ?? row, column);
  } else if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    const move = { ArrowUp: [row.previousElementSibling, column], ArrowDown: [row.nextElementSibling, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1] }[event.key];
    next(...move);
  }
});

addEventListener("online", drain);
addEventListener("beforeunload", (event) => { if (queue.size) event.preventDefault(); });
