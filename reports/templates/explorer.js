"use strict";
// The engineer's view: the list of findings or resources with its filters. The hash holds them all.

const CHUNK = 100;
// Rows that are drawn at once.
const LAYERS = ["identity", "network", "data", "application"];
const OF_FINDINGS = ["status", "severity", "layer", "framework", "check", "practice", "control", "accepted"];
// Filters that a resource passes only by one of its findings.
const NAMES = ["by", "q", "account", "kind", ...OF_FINDINGS, "sort", "group"];
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const explorer = {
  view: null, estate: null, loading: null, state: null, drawn: null, found: [], left: null, list: "#explore",

  wants(name) {
    if (!this.view) return false;
    if (name === "explore" || /^[fr]-[0-9a-f]+$/.test(name)) return true;
    return /^(check|practice)-./.test(name) && !byId(name);
  },

  async open(name, query, how) {
    this.loading ??= load();
    await this.loading;
    if (!this.estate || target().name !== name) return;
    if (name.startsWith("f-")) openFinding(name.slice(2), how);
    else if (name.startsWith("r-")) openResource(name, how);
    else openList(stateOf(name, query), how);
  },
};

async function load() {
  const state = byId("explore-state");
  state.hidden = false;
  state.textContent = "Unpacking the findings";
  try {
    explorer.estate = await readIsland(byId("data"));
    state.textContent = "This browser cannot unpack the data of this view: it has no DecompressionStream, which Chromium has since version 80, Safari since 16.4 and Firefox since 113. The same findings stand under the controls they bear on, one row each in findings.csv, and with all they rest on in audit.json.";
  } catch (error) {
    state.textContent = `The data of this view could not be read (${error.name}): the file may be damaged. audit.json holds all of it.`;
  }
  if (!explorer.estate) return;
  state.hidden = true;
  prepare(explorer.estate);
}

function stateOf(name, query) {
  const state = Object.fromEntries(NAMES.map((n) => [n, query.get(n) ?? ""]));
  const named = /^(check|practice)-(.+)$/.exec(name);
  if (named) state[named[1]] = named[2];
  return state;
}

function hashOf(state) {
  const query = new URLSearchParams(NAMES.filter((n) => state[n]).map((n) => [n, state[n]])).toString();
  return query ? `#explore?${query.replaceAll("%2C", ",").replaceAll("%3A", ":")}` : "#explore";
}

/** Fills the filters with what this audit has. */
function prepare(estate) {
  const used = (pick) => new Set(estate.findings.map(pick));
  const kinds = used((f) => f.check.kind);
  for (const resource of estate.resources) kinds.add(resource.kind);
  const bearing = new Set(estate.practices.flatMap((p) => p.controls.map(([framework]) => framework)));
  options("account", estate.accounts.map((a) => [a.key, a.label]));
  options("layer", LAYERS.map((layer) => [layer, capital(layer)]));
  options("kind", [...kinds].map((k) => [k.id, k.title]).sort((a, b) => collator.compare(a[1], b[1])));
  options("framework", estate.frameworks.filter((_, at) => bearing.has(at)).map((f) => [f.id, f.title]));
  options("check", [...used((f) => f.check)].map((c) => [c.id, c.title]).sort((a, b) => collator.compare(a[1], b[1])));
  choices("status", estate.statuses.map((s) => ({ value: s.id, tag: statusTag(s) })));
  choices("severity", estate.severities.map((s) => ({ value: s, tag: severityTag(s) })));
  const accepted = estate.findings.filter((f) => f.more.exemption).length;
  explorer.found = estate.findings;
  byId("explore-accepted").hidden = !accepted;
  byId("explore-accepted").append(` (${accepted})`);
  const wide = matchMedia("(min-width: 861px)");
  wide.addEventListener("change", unfold);
  unfold();
  listen();

  function unfold() {
    if (wide.matches) byId("explore-fields").open = true;
  }
}

function options(name, rows) {
  field(name).append(...rows.map(([value, text]) => el("option", { value }, text)));
}

function choices(name, rows) {
  const box = document.querySelector(`[data-choice="${name}"]`);
  for (const { value, tag } of rows) {
    const button = el("button", { type: "button", value, "aria-pressed": "false" }, tag, el("span", { class: "n" }));
    button.addEventListener("click", () => change({ [name]: toggled(explorer.state[name], value) }));
    box.append(button);
  }
}

function toggled(list, value) {
  const chosen = new Set(list.split(",").filter(Boolean));
  if (!chosen.delete(value)) chosen.add(value);
  return [...chosen].join(",");
}

function field(name) {
  return byId("explore-list").querySelector(`[name="${name}"]`);
}

function listen() {
  const box = byId("explore-list");
  let typing = 0;
  box.addEventListener("change", (event) => {
    const { name, type, checked, value } = event.target;
    if (type !== "search") change({ [name]: type === "checkbox" && !checked ? "" : value });
  });
  byId("explore-q").addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => change({ q: event.target.value.trim() }, true), 120);
  });
  for (const button of box.querySelectorAll("[data-by]")) {
    button.addEventListener("click", () => change({ by: button.dataset.by === "resource" ? "resource" : "" }));
  }
  byId("explore-reset").addEventListener("click", () => change(Object.fromEntries(NAMES.map((n) => [n, ""]))));
}

/** Another filter: a new place in the history, but for each letter of a search. */
function change(patch, replace = false) {
  const state = { ...explorer.state, ...patch };
  const hash = hashOf(state);
  if (hash === location.hash) return;
  if (!replace) history.pushState(null, "", hash);
  else go(hash, true);
  drawList(state);
}

function openList(state, how) {
  const back = !byId("explore-one").hidden && explorer.left?.isConnected;
  byId("explore-one").hidden = true;
  byId("explore-list").hidden = false;
  if (explorer.drawn !== hashOf(state)) drawList(state);
  explorer.list = location.hash || "#explore";
  if (back) focusOn(explorer.left);
  if (how.y !== null) scrollTo(0, how.y);
  else if (back) explorer.left.scrollIntoView({ block: "center" });
  else arrive(explorer.view, how.first);
}

function drawList(state) {
  const { estate } = explorer;
  explorer.state = state;
  explorer.drawn = hashOf(state);
  explorer.list = location.hash || "#explore";
  const sifted = sift(estate, state);
  explorer.found = sifted.findings;
  showState(state, sifted);
  const rows = byId("explore-rows");
  rows.replaceChildren();
  const check = state.check && estate.checks.find((c) => c.id === state.check);
  if (check) rows.append(checkCard(estate, check));
  if (state.by === "resource") fill(rows, sifted.resources, resourceRow);
  else if (state.group) drawGroups(rows, sifted.findings, state.group);
  else fill(rows, sifted.findings, findingRow, { by: check ? "check" : "" });
  if (!sifted.shown) rows.append(el("p", { class: "x-none" }, "Nothing matches these filters."));
}

/** The controls as the state has them, with the numbers. */
function showState(state, sifted) {
  for (const name of ["q", "account", "layer", "kind", "framework", "check", "sort", "group"]) {
    const input = field(name);
    if (input.value.trim() !== state[name]) input.value = state[name];
  }
  field("accepted").checked = state.accepted === "hide";
  field("group").disabled = state.by === "resource";
  for (const button of document.querySelectorAll("[data-by]")) {
    button.setAttribute("aria-pressed", String((button.dataset.by === "resource") === (state.by === "resource")));
  }
  for (const name of ["status", "severity"]) {
    const chosen = state[name].split(",");
    for (const button of document.querySelectorAll(`[data-choice="${name}"] button`)) {
      button.setAttribute("aria-pressed", String(chosen.includes(button.value)));
      button.querySelector(".n").textContent = ` ${(sifted.numbers[name].get(button.value) ?? 0).toLocaleString("en")}`;
    }
  }
  const [one, many, all] = state.by === "resource"
    ? ["resource", "resources", explorer.estate.resources.length]
    : ["finding", "findings", explorer.estate.findings.length];
  byId("explore-count").textContent = sifted.shown === all ? counted(all, one, many)
    : `${sifted.shown.toLocaleString("en")} of ${counted(all, one, many)}`;
  byId("explore-chosen").replaceChildren(...["practice", "control"].filter((n) => state[n]).map((n) => chosenChip(n, state[n])));
  byId("explore-reset").hidden = explorer.drawn === "#explore";
}

function chosenChip(name, value) {
  const button = el("button", { type: "button", "aria-label": `Remove: ${name} ${value}` }, `${capital(name)} ${value.replace(":", " ")} \u2715`);
  button.addEventListener("click", () => change({ [name]: "" }));
  return button;
}

/** What passes, worst first or as asked; and how many would for each status and severity by itself. */
function sift(estate, state) {
  const resources = state.by === "resource";
  const tests = testsOf(estate, state, resources);
  const allowed = { status: new Set(state.status.split(",").filter(Boolean)), severity: new Set(state.severity.split(",").filter(Boolean)) };
  const passes = (name, value) => !allowed[name].size || allowed[name].has(value);
  const units = { status: new Map(), severity: new Map() };
  const add = (name, value, unit) => units[name].set(value, (units[name].get(value) ?? new Set()).add(unit));
  const findings = [];
  for (const finding of estate.findings) {
    if ((resources && !finding.resource) || !tests.every((test) => test(finding))) continue;
    const status = estate.statuses[finding.status].id;
    const severity = estate.severities[finding.severity];
    const unit = resources ? finding.resource : finding;
    if (passes("severity", severity)) add("status", status, unit);
    if (passes("status", status)) add("severity", severity, unit);
    if (passes("status", status) && passes("severity", severity)) findings.push(finding);
  }
  const numbers = Object.fromEntries(Object.entries(units).map(([name, map]) => [name, new Map([...map].map(([value, set]) => [value, set.size]))]));
  const found = resources ? sorted(resourcesOf(estate, state, findings), RESOURCE_KEYS[state.sort]) : [];
  const ordered = sorted(findings, FINDING_KEYS[state.sort]);
  return { numbers, resources: found, findings: ordered, shown: resources ? found.length : ordered.length };
}

function testsOf(estate, state, resources) {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const tests = [];
  const text = resources ? (f) => estate.wordsOfResource(f.resource) : (f) => estate.words(f);
  if (state.account) tests.push((f) => f.place.account.key === state.account);
  if (state.layer) tests.push((f) => f.check.practice.layer === state.layer);
  if (state.kind) tests.push((f) => (f.resource?.kind ?? f.check.kind).id === state.kind);
  if (state.framework) tests.push(among(practicesOf(estate, state.framework, null)));
  if (state.control) tests.push(among(practicesOf(estate, ...state.control.split(/:(.*)/s))));
  if (state.check) tests.push((f) => f.check.id === state.check);
  if (state.practice) tests.push((f) => f.check.practice.id === state.practice);
  if (state.accepted) tests.push((f) => !f.more.exemption);
  if (words.length) tests.push((f) => words.every((word) => text(f).includes(word)));
  return tests;
}

function among(practices) {
  return (finding) => practices.has(finding.check.practice);
}

function practicesOf(estate, framework, control) {
  const at = estate.frameworks.findIndex((f) => f.id === framework);
  const bears = ([place, number]) => place === at && (control === null || estate.frameworks[place].controls[number][0] === control);
  return new Set(estate.practices.filter((p) => p.controls.some(bears)));
}

/** Those of the findings; without a filter on findings, those that nothing was asked of as well. */
function resourcesOf(estate, state, findings) {
  const found = new Set(findings.map((f) => f.resource));
  if (OF_FINDINGS.some((name) => state[name])) return [...found];
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  for (const resource of estate.resources) {
    if (resource.findings.length) continue;
    if (state.account && resource.place.account.key !== state.account) continue;
    if (state.kind && resource.kind.id !== state.kind) continue;
    if (words.every((word) => estate.wordsOfResource(resource).includes(word))) found.add(resource);
  }
  return [...found];
}

const FINDING_KEYS = {
  severity: (f) => String(f.severity),
  resource: (f) => f.resource?.name ?? "",
  check: (f) => f.check.title,
  account: (f) => f.place.text,
};
const RESOURCE_KEYS = {
  severity: (r) => `${r.findings[0]?.status ?? 9} ${r.findings[0]?.severity ?? 9}`,
  resource: (r) => r.name,
  check: (r) => r.kind.title,
  account: (r) => r.place.text,
};

function sorted(rows, key) {
  if (!key) return rows;
  const keyed = rows.map((row) => [key(row), row]);
  return keyed.sort((a, b) => collator.compare(a[0], b[0])).map(([, row]) => row);
}

/** The first rows, and a button for the next. */
function fill(box, items, row, options = {}) {
  const list = el("ul", { class: "x-rows" });
  box.append(list);
  grow(list, items, row, options);
}

function grow(list, items, row, options) {
  const from = list.children.length;
  list.append(...items.slice(from, from + CHUNK).map((item) => row(item, options)));
  const left = items.length - list.children.length;
  if (!left) return;
  const button = el("button", { type: "button", class: "x-more" }, `Show ${Math.min(CHUNK, left)} more of ${left.toLocaleString("en")}`);
  button.addEventListener("click", () => {
    button.remove();
    grow(list, items, row, options);
    list.children[from + CHUNK].querySelector("a, summary").focus();
  });
  list.after(button);
}

function drawGroups(rows, findings, by) {
  const groups = new Map();
  for (const finding of findings) {
    const key = by === "check" ? finding.check : finding.resource;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(finding);
  }
  fill(rows, [...groups], groupRow, { by, open: groups.size <= 3 });
}

/** A group draws its rows when it is opened. */
function groupRow([key, findings], { by, open }) {
  const title = by === "check" ? key.title : (key?.name ?? "No resource: asked of an account");
  const note = by === "check" ? key.id : key ? `${key.kind.one}, ${key.place.text}` : "";
  const body = el("div", { class: "in" });
  const folded = el("details", { open },
    el("summary", null, el("span", { class: "t" }, title), " ", el("span", { class: "soft small" }, note), " ", tallyTags(findings)),
    body);
  const draw = () => body.firstChild || fill(body, findings, findingRow, { by });
  folded.addEventListener("toggle", () => folded.open && draw());
  if (open) draw();
  return el("li", { class: "x-group" }, folded);
}

function tallyTags(findings) {
  return el("span", { class: "tags" }, tally(findings).map(({ status, text }) => statusTag(status, text)));
}

/** How many there are of each status, worst first. */
function tally(findings) {
  const numbers = explorer.estate.statuses.map(() => 0);
  for (const finding of findings) numbers[finding.status] += 1;
  return explorer.estate.statuses.map((status, at) => ({ status, text: `${numbers[at].toLocaleString("en")} ${status.label}` })).filter((_, at) => numbers[at]);
}

function findingRow(finding, { by = "" } = {}) {
  const { estate } = explorer;
  const resource = finding.resource;
  const title = by === "check" ? (resource?.name ?? finding.place.text) : finding.check.title;
  const place = resource ? `${resource.kind.one}, ${finding.place.text}` : finding.place.text;
  const where = by === "resource" ? null
    : el("div", { class: "x-where" }, by === "check" || !resource ? null : el("b", null, resource.name), el("span", { class: "soft small" }, place));
  return el("li", { class: "x-row" },
    el("div", { class: "x-tags" }, statusTag(estate.statuses[finding.status]), severityTag(estate.severities[finding.severity])),
    el("div", { class: "x-what" }, link(`#f-${finding.print}`, title), el("p", { class: "small" }, finding.message),
      finding.more.exemption ? el("p", { class: "small" }, el("span", { class: "tag" }, "risk accepted")) : null),
    where);
}

function resourceRow(resource) {
  const [worst, ...rest] = tally(resource.findings);
  return el("li", { class: "x-row" },
    el("div", { class: "x-tags" }, worst ? statusTag(worst.status, worst.text) : el("span", { class: "tag" }, "nothing asked")),
    el("div", { class: "x-what" }, link(`#${resource.anchor}`, resource.name), el("p", { class: "small soft" }, `${resource.kind.one}, `, el("span", { class: "mono" }, resource.type))),
    el("div", { class: "x-where" }, el("span", { class: "small" }, resource.place.text), el("span", { class: "soft small" }, rest.map((n) => n.text).join(", "))));
}

/** A link of a row; the row is found again on the way back. */
function link(href, text) {
  const made = el("a", { href }, text);
  made.addEventListener("click", () => (explorer.left = made));
  return made;
}

function statusTag(status, text = status.label) {
  return el("span", { class: `tag s-${status.id}` }, text);
}

function severityTag(severity) {
  return el("span", { class: `tag v-${severity}` }, severity);
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

/** "/" goes to the search, Escape back to the list. */
function keyed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing) {
    event.preventDefault();
    focusSearch();
  } else if (event.key === "Escape" && !byId("explore-one").hidden && explorer.view.classList.contains("current")) {
    go(explorer.list);
  }
}

async function focusSearch() {
  if (!explorer.view.classList.contains("current") || byId("explore-list").hidden) go(explorer.list);
  await explorer.loading;
  byId("explore-q").focus();
}

explorer.view = byId("data") && byId("explore");
if (explorer.view) {
  rooms.push(explorer);
  document.addEventListener("keydown", keyed);
}
