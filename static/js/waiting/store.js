// Keeps the marks that wait for the server, for the modules beside it: on the disk before a mark is sent. Of each it holds
// a word that stands for the member, the training's reference, the numbers of enrolment and session, value, version, key
// and when it was made; no name. An answered mark stays for a minute so that other tabs know its version, a conflict until
// it was looked at. Where the browser keeps nothing, marks stay in this tab's memory alone, and `keepsAll` says so.

const MOST = 2000; // waiting marks in one browser
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const OPENS_WITHIN = 4000;
let opened = null;
let unkept = []; // what the browser refused to keep, later than everything it keeps

export const isWaiting = (mark) => !mark.outcome;
export const isNotice = (mark) => ["conflict", "held", "refused"].includes(mark.outcome);
export const keepsAll = () => !unkept.some(isWaiting);
const isSaved = (mark) => mark.outcome === "saved";
const ofCell = (mark) => (one) => ["member", "training", "enrolment", "session"].every((name) => one[name] === mark[name]);

function open() {
  opened ??= new Promise((done, fail) => {
    setTimeout(fail, OPENS_WITHIN, new Error("The browser does not open its store."));
    const asked = indexedDB.open("mreza", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("marks", { keyPath: "order", autoIncrement: true });
    asked.onerror = () => fail(asked.error);
    asked.onsuccess = () => {
      asked.result.onclose = () => (opened = null);
      asked.result.onversionchange = () => { asked.result.close(); opened = null; };
      done(asked.result);
    };
  }).catch((error) => { opened = null; throw error; });
  return opened;
}

function carryOut(marks, { put = [], remove = [] }) {
  const gone = new Set([...put, ...remove].filter((mark) => mark.unkept).map((mark) => mark.order));
  unkept = [...unkept.filter((mark) => !gone.has(mark.order)), ...put.filter((mark) => mark.unkept)];
  for (const mark of remove) if (!mark.unkept) marks.delete(mark.order);
  for (const mark of put) if (!mark.unkept) marks.put(mark);
}

// In one transaction: `work` is given every mark and says which to put and which to remove. On the disk when it returns.
async function change(work) {
  let database = null;
  try { database = await open(); } catch { return carryOut(null, work(unkept)); }
  return new Promise((done, fail) => {
    const task = database.transaction("marks", "readwrite", { durability: "strict" });
    const marks = task.objectStore("marks");
    task.oncomplete = () => done();
    task.onabort = () => fail(task.error);
    marks.getAll().onsuccess = (event) => {
      try {
        carryOut(marks, work([...event.target.result, ...unkept]));
        task.commit?.();
      } catch {
        task.abort();
      }
    };
  });
}

// Every mark in the order in which they were made.
export async function all() {
  try {
    const database = await open();
    return await new Promise((done, fail) => {
      const asked = database.transaction("marks").objectStore("marks").getAll();
      [asked.onsuccess, asked.onerror] = [() => done([...asked.result, ...unkept]), () => fail(asked.error)];
    });
  } catch {
    return unkept;
  }
}

// Takes a mark in. Its version is that of the mark made before it in the same cell while that one waits, else the one
// that is shown, or that an answer to oneself told since.
export async function add(mark, shown) {
  const made = (marks) => {
    const cell = marks.filter(ofCell(mark));
    const before = cell.filter(isWaiting).at(-1);
    const known = Math.max(shown(), ...cell.filter(isSaved).map((one) => one.version));
    return { put: [{ ...mark, base: before ? before.base : known }], remove: cell.filter(isNotice) };
  };
  const inMemory = (marks) => {
    const { put: [one], remove } = made(marks);
    return { put: [{ ...one, unkept: true, order: 2 ** 52 + Date.now() + unkept.length }], remove };
  };
  if (!keepsAll() || !(await open().catch(() => null))) return change(inMemory);
  return change((marks) => {
    if (marks.filter(isWaiting).length >= MOST) throw new Error("Too many marks wait.");
    return made(marks);
  }).catch(async () => carryOut(null, { put: inMemory(await all()).put }));
}

// Answers stay for a minute, or for a day where a sheet is kept, which shows older marks.
async function staleness() {
  const longest = (await self.caches?.has("mreza-kept").catch(() => false)) ? DAY : MINUTE;
  return (mark) => isSaved(mark) && Date.now() - mark.answered > longest;
}

// Notes what the server answered. Marks made after it in the same cell go on from the version it has now.
export async function settle(mark, outcome, version) {
  const isStale = await staleness();
  return change((marks) => {
    const stale = marks.filter(isStale);
    const current = marks.find((one) => one.key === mark.key && isWaiting(one));
    if (!current) return { remove: stale };
    const cell = marks.filter(ofCell(mark));
    const later = cell.filter((one) => isWaiting(one) && one.order > current.order && one.base === current.base);
    const put = [{ ...current, outcome, version, answered: Date.now() }];
    if (outcome === "saved") put.push(...later.map((one) => ({ ...one, base: version })));
    return { put, remove: [...new Set([...stale, ...cell.filter((one) => !isWaiting(one))])] };
  });
}

// Lets go of what was looked at, and of answers that are old.
export async function forget(wasLookedAt = () => false) {
  const isStale = await staleness();
  const goes = (mark) => isStale(mark) || (isNotice(mark) && wasLookedAt(mark));
  if ((await all()).some(goes)) await change((marks) => ({ remove: marks.filter(goes) }));
}
