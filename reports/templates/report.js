"use strict";
// What every report does with a script: one view at a time, copy buttons, one control on paper.

const SVG = "http://www.w3.org/2000/svg";
const rooms = [];
// What draws targets that are no elements of the file: {view, wants(name), open(name, query, how)}.

/** An element. Strings among the children become text; null, false and "" are left out. */
function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) give(made, name, value);
  for (const child of children.flat(Infinity)) if (child !== null && child !== false && child !== "") made.append(child);
  return made;
}

function svg(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) give(made, name, value);
  made.append(...children);
  return made;
}

function give(element, name, value) {
  if (value === null || value === false || (name === "href" && !/^(#|https:\/\/)/.test(value))) return;
  element.setAttribute(name, value === true ? "" : String(value));
}

function byId(id) {
  return document.getElementById(id);
}

function counted(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** The hash, taken apart: `#explore?status=fail` is the name `explore` with a query. */
function target() {
  const [name, ...query] = location.hash.slice(1).split("?");
  return { name: decoded(name), query: new URLSearchParams(query.join("?")) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Shows what the hash names. `y`: how far down it was when it was left; `first`: the file was just opened. */
function route(how) {
  const { name, query } = target();
  const room = rooms.find((r) => r.wants(name));
  if (room) {
    show(room.view);
    room.open(name, query, how);
    return;
  }
  const place = name ? byId(name) : null;
  const view = place ? place.closest(".view") : document.querySelector(".view");
  if (!view) return;
  show(view);
  if (how.y !== null) scrollTo(0, how.y);
  else if (place && place !== view) reveal(place);
  else arrive(view, how.first);
}

function show(view) {
  for (const other of document.querySelectorAll(".view")) other.classList.toggle("current", other === view);
  for (const link of document.querySelectorAll("nav.views a")) {
    if (link.hash === `#${view.id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  addCopyButtons(view);
}

function arrive(view, first) {
  scrollTo(0, 0);
  const heading = view.querySelector("h2");
  if (!first && heading) focusOn(heading);
}

/** Opens what an element is folded into, and goes there. */
function reveal(place) {
  for (let at = place; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  focusOn(place.tagName === "DETAILS" ? place.querySelector("summary") : place);
  place.scrollIntoView();
}

function focusOn(element) {
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

/** Goes to a hash as a link would; `replace` keeps it out of the history. */
function go(hash, replace = false) {
  if (replace) {
    history.replaceState(history.state, "", hash);
    return;
  }
  remember();
  history.pushState(null, "", hash);
  route({ y: null, first: false });
}

function remember() {
  history.replaceState({ y: scrollY }, "");
}

const voice = el("p", { class: "out", role: "status" });

/** Says it to a screen reader. */
function say(text) {
  voice.textContent = text;
}

function copyButton(text, label = "Copy", title = null) {
  const button = el("button", { type: "button", class: "copy", title }, label);
  button.addEventListener("click", async () => {
    const done = await copied(typeof text === "function" ? text() : text);
    button.textContent = done ? "Copied" : "Not copied";
    say(done ? "Copied" : "The browser did not allow copying");
    setTimeout(() => (button.textContent = label), 2000);
  });
  return button;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

function copiedBySelection(text) {
  const field = el("textarea", { class: "out", readonly: true });
  const before = document.activeElement;
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus();
  return done;
}

function addCopyButtons(view) {
  for (const source of view.querySelectorAll("[data-copy]")) {
    source.removeAttribute("data-copy");
    source.after(copyButton(() => source.textContent));
  }
}

function printOne(article) {
  article.classList.add("only");
  document.body.classList.add("print-one");
  addEventListener("afterprint", () => printAll(article), { once: true });
  print();
}

function printAll(article) {
  article.classList.remove("only");
  document.body.classList.remove("print-one");
}

function clicked(event) {
  const button = event.target.closest("[data-print]");
  if (button) printOne(button.closest("article"));
  if (event.target.closest("a[href^='#']")) remember();
}

function start() {
  let left = null;
  document.body.append(voice);
  history.scrollRestoration = "manual";
  document.addEventListener("click", clicked, { capture: true });
  addEventListener("popstate", (event) => (left = event.state));
  addEventListener("hashchange", () => route({ y: left?.y ?? null, first: false }));
  route({ y: history.state?.y ?? null, first: true });
  document.documentElement.classList.add("ready");
}

document.addEventListener("DOMContentLoaded", start);
