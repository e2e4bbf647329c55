// Comfort only: every page works without this file. Text is written with textContent, never as markup.
const announce = (words) => {
  const place = document.getElementById("announce");
  if (place) place.textContent = words;
};

// Clocks. The server's time at loading corrects a wrong clock on this machine.
const skew = document.body.dataset.now ? Date.parse(document.body.dataset.now) - Date.now() : 0;
const HOUR = 3600000;
const DAY = 24 * HOUR;

const fill = (pattern, numbers) => pattern.replace(/\{(\w+)\}/g, (whole, name) => numbers[name] ?? whole);

function spanWords(clock, span) {
  const numbers = {};
  const show = (value) => new Intl.NumberFormat(document.documentElement.lang).format(value);
  if (span >= DAY) {
    numbers.d = show(Math.floor(span / DAY));
    numbers.h = show(Math.floor((span % DAY) / HOUR));
    return fill(clock.dataset.dh, numbers);
  }
  numbers.h = show(Math.floor(span / HOUR));
  numbers.m = show(Math.floor((span % HOUR) / 60000));
  return fill(span >= HOUR ? clock.dataset.hm : clock.dataset.m, numbers);
}

function stateOf(clock, left) {
  if (left < 0) return "late";
  if (left < 1000 * clock.dataset.urgent) return "urgent";
  return left <= 1000 * clock.dataset.soon ? "soon" : "ok";
}

const drawn = new Map();

// The ring was drawn for what was left at loading; it shrinks in proportion, so the start of the clock is not needed.
function shrinkRing(clock, left) {
  const arcs = [...clock.querySelectorAll(".ring-arc, .ring-wedge")];
  if (!drawn.has(clock)) drawn.set(clock, { left, shares: arcs.map((arc) => parseFloat(arc.getAttribute("stroke-dasharray"))) });
  const first = drawn.get(clock);
  if (first.left <= 0 || left <= 0) return;
  arcs.forEach((arc, at) => arc.setAttribute("stroke-dasharray", `${(first.shares[at] * left) / first.left} 100`));
}

let settled = false;

function refreshClock(clock) {
  const left = Date.parse(clock.dataset.due) - (Date.now() + skew);
  const state = stateOf(clock, left);
  const span = spanWords(clock, Math.abs(left));
  const words = fill(left < 0 ? clock.dataset.late : clock.dataset.left, { span });
  clock.querySelector(".clock-words").textContent = words;
  shrinkRing(clock, left);
  if (clock.dataset.state === state) return;
  clock.dataset.state = state;
  if (settled) announce(`${words} ${clock.querySelector(".clock-due")?.textContent ?? ""}`);
}

const clocks = [...document.querySelectorAll(".clock[data-due]")];
if (clocks.length) {
  const refresh = () => document.hidden || clocks.forEach(refreshClock);
  refresh();
  settled = true;
  setInterval(refresh, 15000);
  document.addEventListener("visibilitychange", refresh);
}

// Keys only press what is on the page: data-key="t", or two in a row: data-key="g q".
let before = "";
const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, dialog, [contenteditable]");

function step(by) {
  const rows = [...document.querySelectorAll("[data-row] a.title, a[data-row]")];
  const next = rows[Math.min(Math.max(rows.indexOf(document.activeElement) + by, 0), rows.length - 1)];
  next?.focus();
  return Boolean(next);
}

function press(keys) {
  if (keys === "j" || keys === "k") return step(keys === "j" ? 1 : -1);
  if (keys === "x") {
    const box = document.activeElement.closest("[data-row]")?.querySelector("input[type=checkbox]");
    box?.click();
    return Boolean(box);
  }
  const target = [...document.querySelectorAll("[data-key]")].find((item) => item.dataset.key === keys && item.checkVisibility());
  if (!target) return false;
  target.matches("input, textarea, select") ? target.focus() : target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
    event.target.form?.requestSubmit();
    return;
  }
  const free = document.body.dataset.keys !== "off" && !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing;
  if (!free || event.repeat || event.key.length > 1 || typing(event.target)) return;
  const pair = `${before} ${event.key}`.trim();
  before = event.key === "g" ? "g" : "";
  if (press(pair)) event.preventDefault();
});

// Buttons that only make sense with this file are hidden until it runs.
for (const button of document.querySelectorAll("[data-copy], [data-print]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (button.dataset.copy === undefined) return window.print();
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent.trim().replace(/\s+/g, " "));
      button.textContent = button.dataset.done;
      announce(button.dataset.done);
    } catch {
      source.select ? source.select() : getSelection().selectAllChildren(source);
    }
  });
}

// The private code may come behind the # of a link, which no server ever sees. It leaves the address bar at once.
const field = document.querySelector("input[data-from-fragment]");
if (field && /^#[\d\s%-]{20,60}$/.test(location.hash)) {
  field.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname + location.search);
}

// Back from single sign-on: the page that was come back to sends itself on.
document.querySelector("form[data-send]")?.requestSubmit();
