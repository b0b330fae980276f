// Pages work without this. It shows times as the reader's clock has them, and follows the stream of a page that lives.
"use strict";

const own = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

function localTimes(within) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!isNaN(at)) {
      time.textContent = own.format(at);
      time.title = at.toString();
    }
  }
}

// show puts a new picture in place, part by part. A part that somebody is using is left until he is done with it.
function show(live, html) {
  const next = document.createElement("div");
  next.innerHTML = html;
  localTimes(next);
  const parts = [...next.children];
  const same = parts.length === live.children.length && parts.every((part, i) => part.id && part.id === live.children[i].id);
  if (!same) {
    if (!live.contains(document.activeElement)) live.replaceChildren(...parts);
    return;
  }
  parts.forEach((part, i) => {
    const old = live.children[i];
    if (old.outerHTML !== part.outerHTML && !old.contains(document.activeElement) && !old.querySelector("details[open]")) old.replaceWith(part);
  });
}

// follow asks for the page itself as a stream. A page nobody looks at asks for nothing.
function follow(live) {
  let source;
  const go = () => {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else if (!source) {
      source = new EventSource(location.href);
      source.onmessage = (event) => show(live, event.data);
      source.onopen = () => document.body.classList.remove("cut-off");
      source.onerror = () => {
        document.body.classList.add("cut-off");
        if (source.readyState === EventSource.CLOSED) { // the browser gives up on an answer that is no stream
          source = undefined;
          setTimeout(go, 5000);
        }
      };
    }
  };
  document.addEventListener("visibilitychange", go);
  go();
}

localTimes(document);
const live = document.getElementById("live");
if (live && document.querySelector("main[data-live]")) follow(live);
