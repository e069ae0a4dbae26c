// Sends the signed-in member's waiting marks, for the pages' modules: in order, one at a time, by one tab of the browser at
// once. What happens is told to every tab as an event "mreza:marks" of the document: a mark was added, a mark was answered,
// or the state changed (idle, sending, away, out, other).

import { add, all, isWaiting, settle } from "./store.js";
import { send } from "./send.js";

const SOONEST = 500;
const LATEST = 30_000;
const STILL_WAITS = ["away", "out", "other"];
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("mreza-marks") : null;
export const member = document.querySelector("[data-waiting-marks]")?.dataset.member ?? "";
export let state = "idle";
let failures = 0;
let timer = null;
let asked = null; // the round that has not begun yet
let turn = Promise.resolve();

const dispatch = (detail) => document.dispatchEvent(new CustomEvent("mreza:marks", { detail }));

function tell(detail) {
  dispatch(detail);
  tabs?.postMessage(detail);
}

if (tabs) tabs.onmessage = (event) => { if (event.data.mark.member === member) dispatch({ ...event.data, elsewhere: true }); };

function become(next) {
  state = next;
  dispatch({ kind: "state", state });
}

export const waiting = async () => (await all()).filter((mark) => isWaiting(mark) && mark.member === member);

async function sendAll() {
  for (let sent = 0; ; sent += 1) {
    const [mark] = await waiting();
    if (!mark) return become("idle");
    if (!sent && state === "idle") become("sending");
    const { outcome, answer } = await send(mark);
    if (STILL_WAITS.includes(outcome)) {
      failures += 1;
      // Not while somebody else is signed in: asking again and again would keep their sign-in from ending.
      if (outcome !== "other") timer = setTimeout(drain, Math.min(SOONEST * 2 ** failures, LATEST));
      return become(outcome);
    }
    failures = 0;
    await settle(mark, outcome, answer.version);
    tell({ kind: "answered", mark, outcome, answer });
  }
}

// One tab at a time holds the lock. Without locks two tabs may send the same mark; its key makes that harmless.
function inTurn(work) {
  if (navigator.locks) return navigator.locks.request("mreza-marks", work);
  turn = turn.then(work);
  return turn;
}

// Sends what waits; returns when nothing waits or the server cannot be reached.
export function drain() {
  if (!member) return Promise.resolve();
  clearTimeout(timer);
  asked ??= inTurn(async () => {
    asked = null;
    try {
      await sendAll();
    } catch {
      timer = setTimeout(drain, LATEST); // the store failed; what it holds is sent again, with the same keys
    }
  });
  return asked;
}

// Keeps a mark; returns when it is on the disk, and sends it after that. `shown` gives the version the page then shows.
export async function make({ training, enrolment, session, value, key }, shown) {
  const mark = { member, training, enrolment, session, value, key, made: Date.now() };
  await add(mark, shown);
  tell({ kind: "added", mark });
  drain();
}

addEventListener("online", () => { failures = 0; drain(); });
addEventListener("pageshow", drain);
document.addEventListener("visibilitychange", () => { if (!document.hidden) drain(); });
