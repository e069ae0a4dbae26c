// Enhances every POST form: a second click while the first is on its way sends nothing, and the button says that it is
// busy. Free again after some seconds (a download leaves the page where it is) and when one comes back to the page.
// Without this file the actions themselves refuse or repeat harmlessly what was sent twice.

const FREE_AGAIN_AFTER = 4000;
const sent = new Map(); // form -> the button that sent it

function free(form) {
  sent.get(form)?.removeAttribute("aria-busy");
  sent.delete(form);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  // Forms whose own script sends them in the background are not ours.
  if (form.method !== "post" || event.defaultPrevented || form.matches("[data-sheet], [data-passkey]")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.set(form, event.submitter);
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(free, FREE_AGAIN_AFTER, form);
});

window.addEventListener("pageshow", () => {
  for (const form of [...sent.keys()]) free(form);
});
