// Enhances the page that adds files to a post: files may be dropped, each gets its title and language before it is sent,
// they go one after another with a bar each, and a refused one says why while the others go on. Without this file the
// form sends them all at once.

const form = document.querySelector("[data-uploads]");
const input = form.querySelector("input[type=file]");
const list = form.querySelector("[data-list]");
const row = form.querySelector("[data-row]");
const chosen = new Map(); // row -> File

function languageOf(name, select) {
  const ending = /[-_ .(]([a-zа-шђјљњћџ]{2,3})\)?\.[a-z0-9]+$/i.exec(name)?.[1].toLowerCase();
  const codes = [...select.options].map((option) => option.value);
  const own = { мк: "mk", мкд: "mk", ср: "sr", срп: "sr" }[ending] ?? ending;
  return codes.includes(own) ? own : form.elements.language.value;
}

function add(files) {
  for (const file of files) {
    const item = row.content.firstElementChild.cloneNode(true);
    item.querySelector("[data-file]").textContent = file.name;
    item.querySelector("[data-title]").value = file.name.replace(/\.[^.]*$/, "").slice(0, 160);
    const select = item.querySelector("[data-language]");
    select.value = languageOf(file.name, select);
    item.querySelector("[data-off]").addEventListener("click", () => {
      chosen.delete(item);
      item.remove();
    });
    list.append(item);
    chosen.set(item, file);
  }
  input.value = "";
}

function send(item, file, first) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.append("uploads", file);
  body.append("title", item.querySelector("[data-title]").value);
  body.append("language", item.querySelector("[data-language]").value);
  body.append("licence", form.elements.licence.value);
  const of = first ?? form.elements.translation_of?.value;
  if (of) body.append("translation_of", of);
  const bar = item.querySelector("progress");
  const said = item.querySelector("[data-said]");
  bar.hidden = false;
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of the way up
    request.open("POST", form.action || location.href);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.responseType = "json";
    request.upload.onprogress = (event) => { bar.value = event.lengthComputable ? (100 * event.loaded) / event.total : 50; };
    request.onload = () => {
      bar.hidden = true;
      const answer = request.response ?? {};
      item.classList.toggle("is-refused", request.status !== 200);
      item.querySelector("[data-off]").hidden = request.status === 200;
      said.textContent = request.status === 200 ? "✓" : answer.refused ?? form.dataset.lost ?? `${request.status}`;
      resolve(request.status === 200 ? answer.material : null);
    };
    request.onerror = () => {
      bar.hidden = true;
      said.textContent = form.dataset.lost ?? "…";
      resolve(null);
    };
    request.send(body);
  });
}

async function sendAll(event) {
  if (!chosen.size && !list.children.length) return; // the form says that nothing is chosen
  event.preventDefault();
  const button = event.submitter;
  button.disabled = true;
  let first = null;
  let refused = 0;
  for (const [item, file] of [...chosen]) {
    const made = await send(item, file, form.elements.is_one.checked ? first : null);
    if (made === null) {
      refused += 1;
      continue;
    }
    first ??= made;
    chosen.delete(item); // a second press sends only what was refused
  }
  button.disabled = false;
  if (!refused) location.assign(form.dataset.done);
}

form.querySelector("[data-plain]").hidden = true;
form.querySelector("[data-drop-words]").hidden = false;
input.addEventListener("change", () => add(input.files));
form.addEventListener("submit", sendAll);
const drop = form.querySelector("[data-drop]");
for (const name of ["dragover", "drop", "dragleave"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("is-over", name === "dragover");
    if (name === "drop") add(event.dataTransfer.files);
  });
}
