// Enhances the editor of a post: a preview beside the text, a moment after the last key. Without this file the button
// "Preview" shows the same below the text.

const WAIT = 400;

for (const editor of document.querySelectorAll("[data-editor]")) {
  const text = editor.querySelector("textarea");
  const place = editor.querySelector("#preview");
  const form = text.form;
  let timer;
  let asked = 0;

  async function look() {
    const mine = ++asked;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("body", text.value);
    let answer;
    try {
      answer = await fetch(editor.dataset.previewUrl, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    } catch {
      return; // the connection is away: the last preview stays
    }
    if (mine !== asked || !answer.ok) return;
    place.innerHTML = await answer.text(); // cleaned by the server, as on the page of the post
  }

  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  form.querySelector("[data-look]").hidden = true;
  editor.classList.add("is-live");
  if (text.value) look();
}
