// Enhances typing in from a printed sheet (form[data-typed]): what will be saved is counted as one types, wrong entries are
// named at once, and Save needs no look before. The server reads the same grammar (trainings/typed_lines.py) and decides.

const form = document.querySelector("form[data-typed]");
const words = JSON.parse(form.dataset.words);
const lines = new Map(Object.entries(JSON.parse(form.dataset.lines)).map(([number, mark]) => [Number(number), mark]));
const blank = new Set(form.dataset.blank.split(" ").filter(Boolean).map(Number));
const text = form.elements.exceptions;
const count = form.querySelector("[data-typed-count]");
const wrongList = form.querySelector("[data-typed-wrong]");
const save = form.querySelector("[data-typed-save]");
const look = form.querySelector("[data-typed-look]");
const PIECE = /(?<first>[0-9]+)(?:\s*[-–—]\s*(?<last>[0-9]+))?[^\S\n]*(?<word>\p{L}+)?\.?|(?<rest>[^\s,;]+)|[\s,;]+/gu;

function markOf(word) {
  const key = word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");
  if ([...key].length === 1) return words[key] ?? "";
  const beginning = Object.keys(words).find((one) => [...one].length > 1 && key.startsWith(one));
  return beginning ? words[beginning] : "";
}

function walkIns() {
  const signed = [...form.querySelectorAll("[data-walk-in]")].filter((row) => row.querySelector("input[name$=family_name]").value.trim());
  return new Set(signed.map((row) => Number(row.dataset.walkIn)));
}

function read(signed) {
  const marks = new Map();
  const wrong = [];
  const say = (sentence, what) => wrong.push(form.dataset[sentence].replace("#", what));
  for (const { groups } of text.value.matchAll(PIECE)) {
    if (groups.rest) say("notUnderstood", groups.rest.slice(0, 40));
    if (!groups.first) continue;
    const first = Number(groups.first);
    const last = Number(groups.last ?? groups.first);
    const mark = markOf(groups.word ?? "");
    const strange = [...new Set([first, last])].filter((number) => !lines.has(number) && !blank.has(number));
    strange.forEach((number) => say("notHere", number));
    if (last < first) say("notUnderstood", `${first}-${last}`);
    if (!mark) say("noLetter", first);
    if (strange.length || !mark) continue;
    for (const number of [...lines.keys(), ...blank].filter((one) => first <= one && one <= last)) {
      if (blank.has(number) && !signed.has(number)) say("blankLine", number);
      if (marks.has(number) && marks.get(number) !== mark) say("twice", number);
      if (!marks.has(number)) marks.set(number, mark);
    }
  }
  return { marks, wrong };
}

function tell() {
  const signed = walkIns();
  const { marks, wrong } = read(signed);
  const sums = { present: 0, absent: 0, late: 0, excused: 0 };
  for (const [number, mark] of lines) sums[marks.get(number) || mark || "present"] += 1;
  const parts = Object.entries(sums).filter(([mark, n]) => n || mark === "present").map(([mark, n]) => `${n} ${form.dataset[mark]}`);
  if (signed.size) parts.push(`${signed.size} ${signed.size === 1 ? form.dataset.walkIn : form.dataset.walkIns}`);
  count.textContent = parts.join(", ");
  wrongList.replaceChildren(...wrong.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })));
}

form.addEventListener("input", tell);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(save);
});
look.hidden = true;
save.hidden = false;
tell();
