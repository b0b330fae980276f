// Pages work without this. It shows times in the reader's zone, follows the stream of a page that lives, and
// tries again what was away.
"use strict";

// The server writes all moments in UTC; forms are those that it writes them in, in the page's language as the reader's country has it.
const ofPage = document.documentElement.lang;
const locale = navigator.languages.find((l) => l.split("-")[0] === ofPage) ?? ofPage;
const written = (how) => new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...how });
const date = { day: "numeric", month: "short" };
const forms = { second: written({ second: "2-digit" }), hour: written({}), day: written(date), full: written({ ...date, second: "2-digit" }) };

function localTimes(within) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!isNaN(at)) {
      time.textContent = forms.full.format(at);
      time.title = at.toString();
    }
  }
  for (const text of within.querySelectorAll("[data-at]")) { // of a chart; what it says besides comes after a comma
    const at = new Date(text.dataset.at);
    if (!isNaN(at)) text.textContent = text.textContent.replace(/^[^,]*/, () => forms[text.dataset.form].format(at).replace(",", ""));
  }
}

// stack makes cards of tables on a phone: each cell says of what it is. Those that have labels of their own do so already.
function stack(within) {
  for (const table of within.querySelectorAll("table:not(.stack, .cards)")) {
    const names = [...table.querySelectorAll("thead tr:last-child > *")].map((head) => head.textContent);
    if (!names.length) continue;
    table.classList.add("stack");
    for (const row of table.tBodies[0]?.rows ?? []) {
      [...row.cells].forEach((cell, i) => {
        if (!cell.children.length && !cell.textContent.trim()) cell.replaceChildren(); // which is not shown then
        if (cell.tagName === "TD" && names[i]) cell.dataset.of = names[i];
      });
    }
  }
}

// show puts a new picture in place, part by part. A part that somebody is using is left until he is done with it. It gives what
// says that this was the last one, if anything does.
function show(live, html) {
  const next = document.createElement("div");
  next.innerHTML = html;
  localTimes(next);
  stack(next);
  for (const id of ["accounts", "signin"]) { // outside of the live part
    const part = next.querySelector(`:scope > #${id}`);
    if (!part) continue;
    part.remove();
    const old = document.getElementById(id);
    if (old) renew(old, part);
  }
  const end = next.querySelector("[data-over]");
  const parts = [...next.children];
  const same = parts.length === live.children.length && parts.every((part, i) => part.id && part.id === live.children[i].id);
  if (!same) {
    if (!live.contains(document.activeElement)) live.replaceChildren(...parts);
    return end;
  }
  parts.forEach((part, i) => renew(live.children[i], part));
  return end;
}

function renew(old, part) {
  if (old.outerHTML !== part.outerHTML && !old.contains(document.activeElement) && !old.open && !old.querySelector("details[open]")) old.replaceWith(part);
}

// follow asks for the page itself as a stream. A page nobody looks at asks for nothing, unless something is being read for it,
// which would be given up; that comes to its end.
function follow(live) {
  let source;
  let over = false;
  const go = () => {
    if (over) return;
    if (document.hidden && !live.querySelector("[data-reading]")) {
      source?.close();
      source = undefined;
    } else if (!source) {
      source = new EventSource(location.href);
      source.onmessage = (event) => {
        const end = show(live, event.data);
        if (!end) return;
        over = true;
        source.close();
        if (end.dataset.over === "reload") location.reload();
      };
      source.onopen = () => document.body.classList.remove("cut-off");
      source.onerror = () => {
        document.body.classList.add("cut-off");
        if (source.readyState === EventSource.CLOSED) { // the browser gives up on an answer that is no stream
          source = undefined;
          setTimeout(go, 5000);
          loginAgain();
        }
      };
    }
  };
  document.addEventListener("visibilitychange", go);
  go();
}

// loginAgain loads a page anew whose session is over, unless somebody is at work in it: the way leads by the login and back.
async function loginAgain() {
  try {
    const { status } = await fetch(location.href, { method: "HEAD", cache: "no-store" });
    if (status === 401 && !document.querySelector("main :focus")) location.reload();
  } catch { // nobody answers at all
  }
}

// retry loads a page anew once it is there. Until then it is asked for in the background: what says why it is away stays.
function retry(notice) {
  notice.textContent = notice.dataset.again;
  const look = async () => {
    try {
      if (document.hidden || (await fetch(location.href, { cache: "no-store" })).status === 503) return;
      clearInterval(timer);
      location.reload();
    } catch { // nobody answers at all
    }
  };
  const timer = setInterval(look, 3000);
}

localTimes(document);
stack(document);
document.querySelector("header nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
const zone = document.getElementById("zone");
if (zone) zone.textContent = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const live = document.getElementById("live");
if (live && document.querySelector("main[data-live]")) follow(live);
const again = document.querySelector("[data-again]");
if (again) retry(again);
