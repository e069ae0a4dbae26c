// Enhances the forms with data-passkey: asks the browser for a passkey, puts its answer into the hidden field and sends
// the form. "login" fetches what to ask for from the form's own address; "show" and "make" have it in #js_data.
// Needs the small webauthn-json script that comes with the sign-in package. Without it the forms stay and say so.

const { webauthnJSON } = window;

async function options(form) {
  if (form.dataset.passkey === "login") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok) throw new Error(`The portal answered ${answer.status}.`);
    return (await answer.json()).request_options;
  }
  const told = JSON.parse(document.getElementById("js_data").textContent);
  return form.dataset.passkey === "make" ? told.creation_options : told.request_options;
}

async function credential(form) {
  const asked = await options(form);
  if (form.dataset.passkey !== "make") return webauthnJSON.get(asked);
  const alone = form.elements.passwordless.checked;
  Object.assign(asked.publicKey.authenticatorSelection, {
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone && { userVerification: "required" }),
  });
  return webauthnJSON.create(asked);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const problem = form.querySelector("[data-passkey-error]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await credential(form));
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
}
