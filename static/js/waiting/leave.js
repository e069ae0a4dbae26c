// Enhances the sign-out forms (form[data-sign-out]): what waits in this browser is sent first; what cannot be sent is said,
// with the choice to stay. A sheet kept on this device is wiped. Without this file signing out just signs out.

import { wipe } from "./kept.js";
import { drain, waiting } from "./outbox.js";

const PATIENCE = 4000;
const dialog = document.querySelector("[data-leaving]");
const cleared = new WeakSet(); // forms that may go

const atMost = (milliseconds, work) => Promise.race([work, new Promise((done) => setTimeout(done, milliseconds))]);

async function leave(form, button) {
  await atMost(PATIENCE, wipe().catch(() => null));
  cleared.add(form);
  form.requestSubmit(button);
}

async function ask(form, button) {
  let left = (await waiting()).length;
  if (left) await atMost(PATIENCE, drain());
  left = (await waiting()).length;
  if (!left || !dialog) return leave(form, button);
  const sentence = dialog.querySelector("[data-leaving-count]");
  sentence.textContent = dialog.dataset.count.replace("{n}", left);
  dialog.returnValue = "";
  dialog.addEventListener("close", () => { if (dialog.returnValue === "leave") leave(form, button); }, { once: true });
  return dialog.showModal();
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-sign-out]") || cleared.has(form)) return;
  event.preventDefault();
  const button = event.submitter;
  if (button?.hasAttribute("aria-busy")) return;
  button?.setAttribute("aria-busy", "true");
  await ask(form, button);
  button?.removeAttribute("aria-busy");
}, true);
