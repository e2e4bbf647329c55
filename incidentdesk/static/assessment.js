// What the choices on the page would lead to, before they are saved. The desk works it out and finds the words; they are only shown here.
const forms = [...document.querySelectorAll("form[data-live]")];
let asked = 0;
let pause;

// What somebody writes about it is not asked about, and stays here until it is saved.
function chosen() {
  const fields = new URLSearchParams();
  for (const form of forms) {
    for (const [name, value] of new FormData(form)) {
      if (form.elements[name].tagName !== "TEXTAREA") fields.append(name, value);
    }
  }
  return fields;
}

// Beside a choice stands its example, or the name of the choice itself.
function placeOf(id) {
  const found = document.getElementById(id);
  const option = found?.closest("label");
  return option ? option.querySelector("small") ?? option.querySelector("span") : found;
}

function show(words, beside = {}) {
  for (const form of forms) {
    const line = form.querySelector(".live");
    line.hidden = false;
    line.textContent = words;
  }
  for (const [id, text] of Object.entries(beside)) {
    const place = placeOf(id);
    if (place) place.textContent = text;
  }
  document.getElementById("announce").textContent = words;
}

// Only the answer to the newest question is shown.
async function ask() {
  const mine = ++asked;
  const { live, failed } = forms[0].dataset;
  const said = await fetch(live, { method: "POST", body: chosen(), redirect: "error" })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
    .catch(() => ({ words: failed }));
  if (mine === asked) show(said.words, said.beside);
}

for (const form of forms) {
  form.addEventListener("input", (event) => {
    const unsaved = document.getElementById("unsaved");
    if (unsaved) unsaved.hidden = false;
    if (event.target.tagName === "TEXTAREA") return;
    clearTimeout(pause);
    pause = setTimeout(ask, 250);
  });
}
