"use strict";
// One resource: what it is joined to, its findings, what was read of it.

const DRAWN = 6;
// Boxes of one column of the drawing; the list below it has all.

function openResource(anchor, how) {
  const resource = explorer.estate.byAnchor.get(anchor);
  const page = resource ? resourcePage(resource, null) : nothing("resource");
  openPage(page, how, page.querySelector("h3"));
}

function openFinding(print, how) {
  const finding = explorer.estate.byPrint.get(print);
  const page = finding ? resourcePage(finding.resource, finding) : nothing("finding");
  openPage(page, how, page.querySelector(".x-finding[open] > summary") ?? page.querySelector("h3"));
}

function nothing(what) {
  return el("div", null, backLink(), el("h3", null, `This audit has no such ${what}`),
    el("p", null, "The link may come from another run: what was repaired, renamed or deleted since is not in this one."));
}

function openPage(page, how, focused) {
  const box = byId("explore-one");
  byId("explore-list").hidden = true;
  box.replaceChildren(page);
  box.hidden = false;
  focusOn(focused);
  if (how.y !== null) scrollTo(0, how.y);
  else if (focused.tagName === "SUMMARY") focused.scrollIntoView();
  else scrollTo(0, 0);
}

function backLink() {
  return el("a", { href: explorer.list }, "\u2190 Back to the list");
}

function resourcePage(resource, opened) {
  const findings = resource ? resource.findings : [opened];
  return el("div", { class: "x-page" },
    el("div", { class: "x-bar" }, backLink(), opened ? neighbors(opened) : null),
    resource ? resourceHead(resource) : el("h3", null, opened.check.title),
    resource ? relations(resource) : null,
    el("h4", null, counted(findings.length, "finding")),
    findings.map((f) => findingBox(f, f === opened)),
    resource ? factsBox(resource) : null);
}

/** The findings before and after this one in the list that is filtered now. */
function neighbors(finding) {
  const { found } = explorer;
  const at = found.indexOf(finding);
  if (at < 0) return null;
  const step = (to, text) => (found[to] ? el("a", { href: `#f-${found[to].print}` }, text) : null);
  return el("span", { class: "x-steps" }, step(at - 1, "\u2039 Previous"),
    el("span", { class: "soft" }, `${(at + 1).toLocaleString("en")} of ${found.length.toLocaleString("en")} in the list`), step(at + 1, "Next \u203a"));
}

function resourceHead(resource) {
  return el("header", { class: "x-head" },
    el("h3", null, resource.name),
    el("p", null, `${resource.kind.one}, `, el("span", { class: "mono" }, resource.type), `. ${resource.place.text}. `, tallyTags(resource.findings)),
    el("p", { class: "x-id" }, el("span", { class: "mono" }, resource.id), " ", copyButton(resource.id, "Copy id"), " ", copyLink(`#${resource.anchor}`)),
    resource.drawing && byId(resource.drawing) ? el("p", null, el("a", { href: `#${resource.drawing}` }, "Who can reach it")) : null);
}

function copyLink(hash) {
  return copyButton(() => location.href.replace(/#.*/s, "") + hash, "Copy link", "Opens this place in this file");
}

/** What it uses, what uses it, and what the used use, as boxes that lead there. */
function relations(resource) {
  const users = joined(resource.users);
  const uses = joined(resource.uses);
  if (!users.length && !uses.length) return el("p", { class: "soft" }, "No relation to another resource was read.");
  const near = new Set([resource, ...users, ...uses].map((r) => r.other ?? r));
  const beyond = uses.slice(0, DRAWN).flatMap((via) => joined(via.other?.uses ?? []).filter((far) => far.other && !near.has(far.other)).map((far) => ({ ...far, via })));
  const further = beyond.filter((far, at) => beyond.findIndex((other) => other.other === far.other) === at);
  const boxes = new Map();
  const map = el("div", { class: "x-map" }, column("Used by", users, boxes), middle(resource, boxes), column("Uses", uses, boxes), column("which uses", further, boxes));
  const arrows = [...users.map((row) => [row, resource]), ...uses.map((row) => [resource, row]), ...further.map((row) => [row.via, row])];
  joinBoxes(map, arrows.map((ends) => ends.map((end) => boxes.get(end))).filter((ends) => ends.every(Boolean)));
  return el("section", { class: "x-relations", "aria-label": "Relations" }, map, relationList(users, uses));
}

/** One entry per resource, with every fact that names it; worst first. */
function joined(relations) {
  const found = new Map();
  for (const { fact, other, outside } of relations) {
    const key = other ?? `${outside.kind} ${outside.account} ${outside.id}`;
    if (!found.has(key)) found.set(key, { other, outside, facts: [] });
    if (!found.get(key).facts.includes(spaced(fact))) found.get(key).facts.push(spaced(fact));
  }
  const rank = ({ other }) => (other ? (explorer.estate.worst(other) ?? 8) * 1000 - worstNumber(other) : 9000);
  return [...found.values()].sort((a, b) => rank(a) - rank(b) || collator.compare(nameOf(a), nameOf(b)));
}

function nameOf({ other, outside }) {
  return other ? other.name : lastPart(outside.id);
}

function lastPart(id) {
  return id.replace(/\/+$/, "").split(/[/:]/).pop() || id;
}

function spaced(name) {
  return name.replaceAll("_", " ");
}

function column(title, rows, boxes) {
  if (!rows.length) return null;
  const hidden = rows.length - DRAWN;
  return el("div", { class: "x-column" }, el("p", { class: "small soft" }, title),
    el("ul", null, rows.slice(0, DRAWN).map((row) => el("li", null, relationBox(row, boxes)))),
    hidden > 0 ? el("p", { class: "small soft" }, `and ${hidden.toLocaleString("en")} more${rows[0].via ? "" : ", in the list below"}`) : null);
}

function relationBox(row, boxes) {
  const { other, outside: far } = row;
  const made = other ? el("a", { href: `#${other.anchor}`, class: "x-box" }, roleLine(other.kind.one, row.facts), el("b", null, other.name), " ", worstTag(other))
    : el("div", { class: "x-box outside", title: far.id }, roleLine(far.kind, row.facts), el("b", null, nameOf(row)), " ", el("span", { class: "small soft" }, "not read in this audit"));
  boxes.set(row, made);
  return made;
}

function middle(resource, boxes) {
  const made = el("div", { class: "x-box x-self" }, roleLine(resource.kind.one, []), el("b", null, resource.name), " ", worstTag(resource));
  boxes.set(resource, made);
  return el("div", { class: "x-column x-middle" }, made);
}

function roleLine(kind, facts) {
  const telling = facts.filter((fact) => fact.replace(/s$/, "") !== kind.toLowerCase());
  return el("span", { class: "x-role" }, kind, telling.length ? `: ${telling.join(", ")}` : "");
}

function worstTag(resource) {
  const worst = explorer.estate.worst(resource);
  if (worst === null) return null;
  const status = explorer.estate.statuses[worst];
  return statusTag(status, worst <= NOT_ASSESSED ? `${worstNumber(resource)} ${status.label}` : status.label);
}

function worstNumber(resource) {
  return resource.findings.filter((f) => f.status === explorer.estate.worst(resource)).length;
}

/** The lines of the drawing follow its boxes, whatever size they take. */
function joinBoxes(map, arrows) {
  const lines = svg("svg", { class: "x-lines", "aria-hidden": "true" });
  map.append(lines);
  new ResizeObserver(() => {
    const frame = map.getBoundingClientRect();
    lines.replaceChildren(...arrows.map(([from, to]) => arrow(from.getBoundingClientRect(), to.getBoundingClientRect(), frame)));
  }).observe(map);
}

function arrow(from, to, frame) {
  const [x1, x2] = [from.right - frame.left, to.left - frame.left - 1];
  const [y1, y2] = [from, to].map((box) => (box.top + box.bottom) / 2 - frame.top);
  const half = (x1 + x2) / 2;
  return svg("path", { d: `M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}m-6-4l6 4l-6 4` });
}

function relationList(users, uses) {
  const line = (row, text) => el("li", null, text, " ", el("b", null, row.facts.join(", ")), ": ",
    row.other ? el("a", { href: `#${row.other.anchor}` }, row.other.name) : el("span", { class: "mono" }, row.outside.id),
    ` (${row.other ? row.other.kind.one : `${row.outside.kind}, not read in this audit`}) `, row.other ? worstTag(row.other) : null);
  return el("details", { class: "plain small" }, el("summary", null, `All ${counted(users.length + uses.length, "relation")} as a list`),
    el("div", { class: "in" }, el("ul", null, uses.map((row) => line(row, "uses as")), users.map((row) => line(row, "is used as")))));
}

function findingBox(finding, open) {
  const { estate } = explorer;
  const body = el("div", { class: "in" });
  const box = el("details", { class: "x-finding", open },
    el("summary", null, el("span", { class: "x-tags" }, statusTag(estate.statuses[finding.status]), severityTag(estate.severities[finding.severity])),
      el("span", { class: "x-what" }, el("span", { class: "t" }, finding.check.title), el("span", { class: "small soft" }, finding.message))),
    body);
  const draw = () => body.firstChild || body.append(...findingBody(finding));
  box.addEventListener("toggle", () => box.open && draw());
  if (open) draw();
  return box;
}

function findingBody(finding) {
  const { check, more } = finding;
  return [
    el("p", { class: "x-message" }, finding.message),
    more.exemption ? el("div", { class: "notice warn" }, el("p", null, acceptance(more.exemption))) : null,
    more.unknown === undefined ? null : unknownBox(explorer.estate.unknown(more.unknown), finding.message),
    part("Why it matters", el("p", null, check.why)),
    remedy(finding),
    finding.status <= NOT_ASSESSED ? costs(explorer.estate.coverage(finding)) : null,
    part("What was read", factTable(explorer.estate.factsOf(finding), finding.resource?.kind ?? check.kind)),
    part("Calls behind it", callList(finding.asked)),
    part("Bears on", bearing(check)),
    el("p", { class: "x-foot small soft" }, copyLink(`#f-${finding.print}`), " Finding ", el("span", { class: "mono" }, finding.print),
      ", check ", el("a", { href: `#explore?check=${check.id}` }, el("span", { class: "mono" }, check.id)), check.bundled ? "" : " (not bundled with the tool)"),
  ].filter(Boolean);
}

function part(title, ...content) {
  return el("div", { class: "x-part" }, el("h5", null, title), el("div", null, ...content));
}

function acceptance({ owner, approver, reason, expires }) {
  return `Risk accepted by ${owner}${approver ? `, approved by ${approver},` : ""} until ${expires}: ${reason.replace(/\.$/, "")}. It stays a failure.`;
}

function unknownBox({ text, permissions, settled }, message) {
  return part("Why it is open", text === message ? null : el("p", null, `${capital(text)}.`),
    permissions.length ? el("p", null, "Permission to grant: ", permissions.map((p) => el("code", { class: "x-grant" }, p))) : null,
    el("p", null, settled));
}

const COVERAGE = { supported: "How to repair it", inherited: "What the provider guarantees", no_counterpart: "Why it does not apply", not_built: "Why it is not assessed" };

function remedy(finding) {
  const coverage = explorer.estate.coverage(finding);
  const said = coverage?.coverage === "not_built" && finding.more.unknown !== undefined;
  if (!coverage || said || (coverage.coverage === "supported" && finding.status > NOT_ASSESSED)) return null;
  const repair = finding.status === FAIL ? explorer.estate.repair(finding) : null;
  const { command } = finding.more;
  return part(COVERAGE[coverage.coverage],
    el("p", null, coverage.text, " ", coverage.limits ? `Limits: ${coverage.limits} ` : "", outside(coverage.url, "Provider documentation")),
    command ? el("div", { class: "x-command" }, el("pre", null, command), copyButton(command)) : null,
    command && /\b[A-Z][A-Z_]{2,}\b/.test(command) ? el("p", { class: "small soft" }, "Words in CAPITALS are yours to fill in; read a command before you run it.") : null,
    repair ? el("p", { class: "small soft" }, inFile(`fix-${repair}`, `Number ${repair} of what to fix first`)) : null);
}

function costs(coverage) {
  const prices = (coverage?.charges ?? []).map((id) => explorer.estate.prices.get(id)).filter(Boolean);
  return prices.length ? part("What that costs", prices.map(({ text, url }) => el("p", null, `${text}. `, outside(url, "Prices")))) : null;
}

/** A link where the file has the place, else its text. */
function inFile(id, text) {
  return byId(id) ? el("a", { href: `#${id}` }, text) : text;
}

function outside(url, text) {
  return url ? el("a", { href: url, rel: "noopener noreferrer" }, text) : "";
}

