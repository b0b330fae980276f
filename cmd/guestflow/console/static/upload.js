// Pages work without this. It takes a file that is dropped on the page, shows how far an upload is, and keeps a preview whose
// form was changed from being started as it was.
"use strict";

const form = document.getElementById("upload");
if (form) {
  const field = document.getElementById("file");
  const said = document.getElementById("picked");
  const bar = document.getElementById("progress");
  const button = form.querySelector("button");
  const says = (name, value) => document.getElementById("script-texts").dataset[name].replace("%s", () => value); // in the page's language
  const say = (text) => { said.textContent = text; };
  document.getElementById("droppable").hidden = false;

  const picked = () => {
    const file = field.files[0];
    const large = file && file.size > Number(form.dataset.most);
    field.setCustomValidity(large ? says("larger", form.dataset.limit) : "");
    say(large ? field.validationMessage : file ? says("chosen", file.name) : "");
  };
  field.addEventListener("change", picked);

  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
  }
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    const files = event.dataTransfer.files;
    if (files.length > 1) return say(says("one"));
    if (files.length) { field.files = files; picked(); }
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const send = new XMLHttpRequest();
    const stop = (text) => { say(text); bar.hidden = true; button.disabled = false; };
    send.open("POST", form.action);
    send.responseType = "document";
    send.upload.onprogress = (e) => {
      bar.value = e.loaded / e.total;
      say(e.loaded < e.total ? says("sent", Math.round(100 * bar.value)) : says("read"));
    };
    send.onload = () => {
      if (send.status < 400) return location.assign(send.responseURL);
      const main = send.response?.querySelector("main");
      stop(main ? `${main.querySelector("h1")?.textContent ?? ""}: ${main.querySelector("p")?.textContent ?? ""}` : says("refused"));
    };
    send.onerror = () => stop(says("broken"));
    bar.hidden = false;
    button.disabled = true;
    send.send(new FormData(form));
  });
}

// What a change of the settings changes on the page. The form itself stays, with what is being typed there.
const results = ["verdict", "effect", "email-now", "findings", "start"];

const settings = document.getElementById("settings");
if (settings) {
  const part = (id) => document.getElementById(id);
  let changes = 0;
  let others = 0; // of them, of what is not read again at once
  const changed = (field) => {
    changes++;
    if (field.id !== "template") others++;
    if (!part("start")) return;
    part("changed").hidden = part("reread").hidden = false;
    part("go").hidden = part("go").disabled = true;
  };
  settings.addEventListener("input", (event) => changed(event.target));

  // The email is chosen last, and changes no column: the file is read again at once, if nothing else was changed.
  const reread = async () => {
    const at = changes;
    const answer = await fetch(settings.action, { method: "POST", body: new URLSearchParams(new FormData(settings)) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (at !== changes) return; // changed once more, and not read
    if (!answer.ok || !page.getElementById("settings")) return settings.requestSubmit();
    for (const id of results) {
      const next = page.getElementById(id);
      if (part(id) && next) part(id).replaceWith(next);
      else if (part(id)) part(id).remove();
      else if (next) return location.reload();
    }
    localTimes(document);
    stack(document);
  };
  const chosen = (field) => {
    if (field.matches("select") && !others) reread().catch(() => settings.requestSubmit());
  };
  const template = part("template");
  template?.addEventListener("change", () => chosen(template));
  // It may have been chosen before this script was there, or by the browser for a page that it shows again.
  if (template?.matches("select")) {
    const shown = Math.max(0, [...template.options].findIndex((o) => o.defaultSelected));
    if (template.selectedIndex !== shown) {
      changed(template);
      chosen(template);
    }
  }
}
