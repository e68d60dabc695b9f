// Keeps the states of the sources true while the page is looked at. Without it, the page is as true as when it was loaded.
"use strict";
const list = document.getElementById("sources");
const when = document.getElementById("when");
const say = list.dataset;
const EVERY = 4000;

const piece = (name, style, text) => {
  const made = document.createElement(name);
  made.className = style;
  made.textContent = text;
  return made;
};

function shown(source) {
  const item = document.createElement("li");
  const up = source.state === "UP";
  if (!up) item.className = "down";
  const head = document.createElement("strong");
  head.append(piece("span", "", source.label), piece("span", "state", up ? `● ${say.up}` : `▲ ${say.down}`));
  item.append(head);
  const about = [source.name, source.code, source.ms === undefined ? null : `${Math.round(source.ms)} ms`];
  item.append(piece("span", "about", about.filter(Boolean).join(" · ")));
  if (source.lookups) item.append(piece("span", "more", source.lookups.join(", ")));
  return item;
}

async function refresh() {
  try {
    const answer = await fetch("/status.json", { cache: "no-store", signal: AbortSignal.timeout(8000) });
    if (!answer.ok) throw new Error(answer.status);
    const { sources } = await answer.json();
    list.replaceChildren(...sources.map(shown));
    const up = document.getElementById("up");
    if (up) up.textContent = `${sources.filter((one) => one.state === "UP").length} / ${sources.length}`;
    when.textContent = `${say.asked} ${new Date().toLocaleTimeString(document.documentElement.lang)}`;
  } catch {
    when.textContent = say.lost;
  }
}

async function watch() {
  if (!document.hidden) await refresh();
  setTimeout(watch, EVERY);
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
setTimeout(watch, EVERY);
