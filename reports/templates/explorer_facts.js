"use strict";
// What a finding rests on, and what it bears on: facts with the provider's own fields, calls, controls, the check.

function factTable(facts, kind) {
  if (!facts.length) return el("p", { class: "soft" }, "No fact of a resource.");
  return el("table", { class: "x-facts" },
    el("thead", null, el("tr", null, ["Fact", "Value", "The provider's own fields"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", null, facts.map((fact) => factRow(fact, kind))));
}

function factRow(fact, kind) {
  const meaning = kind.meanings[fact.name];
  return el("tr", null,
    el("th", { scope: "row" }, spaced(fact.name), meaning ? el("span", { class: "small soft" }, meaning) : null),
    el("td", { class: "x-held" }, factContent(fact)),
    el("td", { class: "x-native small mono" }, fact.native < 0 ? "" : native(explorer.estate.value(fact.native))));
}

function factContent({ holds, content }) {
  if (holds === VALUE) return shown(explorer.estate.value(content));
  if (holds === REFERENCES) return el("ul", { class: "lean" }, content.map((to) => el("li", null, reference(to))));
  const { text, permissions } = explorer.estate.unknown(content);
  return el("span", { class: "unknown" }, `? unknown, ${text}`, permissions.map((p) => [" ", el("code", null, p)]));
}

function reference(to) {
  if (to === null) return "none";
  if (typeof to === "string") return to;
  if (to < 0) return el("span", null, el("span", { class: "mono" }, explorer.estate.outside(to).id), el("span", { class: "soft" }, ", not read in this audit"));
  const resource = explorer.estate.resources[to];
  return el("a", { href: `#${resource.anchor}` }, resource.name);
}

function shown({ value, cut }) {
  if (cut) return cutText(value, cut);
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === "") return "empty";
  if (Array.isArray(value) && value.every((v) => typeof v !== "object")) return value.length ? value.join(", ") : "none";
  if (typeof value !== "object") return String(value);
  if (!Object.keys(value).length) return "none";
  return el("pre", { class: "x-value", tabindex: 0 }, JSON.stringify(value, null, 1));
}

function native({ value, cut }) {
  if (cut) return cutText(value, cut);
  const text = (v) => (typeof v === "string" ? v : JSON.stringify(v));
  return el("ul", { class: "lean" }, Object.entries(value).map(([name, v]) => el("li", null, el("span", { class: "soft" }, `${name} = `), text(v))));
}

function cutText(text, length) {
  return [el("pre", { class: "x-value", tabindex: 0 }, `${text}\u2026`), el("span", { class: "small soft" }, `The first ${text.length.toLocaleString("en")} of ${length.toLocaleString("en")} characters; all of it in audit.json.`)];
}

/** Everything that was read of a resource. */
function factsBox(resource) {
  const facts = explorer.estate.facts(resource.facts);
  if (!facts.length) return null;
  const body = el("div", { class: "in" });
  const unknown = facts.filter((f) => f.holds > REFERENCES).length;
  const box = el("details", null, el("summary", null, el("span", { class: "t" }, `All ${counted(facts.length, "fact")} that were asked of it`), unknown ? ` ${unknown} unknown` : ""), body);
  box.addEventListener("toggle", () => box.open && (body.firstChild || body.append(factTable(facts, resource.kind))));
  return box;
}

/** The calls by operation and answer, each with its number in the call log. */
function callList(asked) {
  const ranges = explorer.estate.ranges(asked);
  if (!ranges.length) return el("p", { class: "soft" }, "No call of this run.");
  const groups = new Map();
  for (const [first, last] of ranges) {
    for (let number = first; number <= last; number += 1) {
      const call = explorer.estate.call(number);
      const key = `${call.operation}\n${call.answer}\n${call.synthetic}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(call);
    }
  }
  return el("ul", { class: "lean x-calls" }, [...groups.values()].map(callLine));
}

function callLine(calls) {
  const [{ operation, answer, synthetic }] = calls;
  const places = [...new Set(calls.map((call) => call.place.location))].join(", ");
  const numbers = calls.slice(0, 20).map((call, n) => [n ? ", " : "", callNumber(call.number)]);
  return el("li", null, el("span", { class: "mono" }, operation), " ", el("span", { class: "soft" }, `${places}, answered ${answer}`),
    synthetic ? [" ", el("span", { class: "tag" }, "synthetic")] : null, ` ${calls.length > 1 ? "calls" : "call"} `, numbers,
    calls.length > 20 ? `, and ${calls.length - 20} more up to ${calls.at(-1).number}` : "");
}

function callNumber(number) {
  return inFile(`call-${number}`, String(number));
}

/** The practice, and the controls it is evidence for. */
function bearing({ practice }) {
  const of = (at) => practice.controls.filter(([place]) => place === at);
  const lines = explorer.estate.frameworks.map((framework, at) => [framework, of(at)]).filter(([, controls]) => controls.length);
  const critical = practice.critical ? ", critical: one failure is enough" : "";
  return el("div", null,
    el("p", null, el("a", { href: `#explore?practice=${practice.id}` }, `${practice.id} ${practice.title}`), `, ${practice.level}, ${practice.layer} layer${critical}`),
    lines.map(([framework, controls]) => el("p", { class: "small" }, el("span", { class: "soft" }, `${framework.title}: `), controls.map((c, n) => [n ? ", " : "", controlLink(framework, c)]))));
}

function controlLink(framework, [, number, strength]) {
  const [id, label, anchor] = framework.controls[number];
  const name = byId(anchor) ? el("a", { href: `#${anchor}`, title: label }, id) : el("span", { title: label }, id);
  return strength === "direct" ? name : [name, el("span", { class: "soft" }, ` (${strength})`)];
}

/** Above the findings of one check: what it asks, and how each cloud answers. */
function checkCard(estate, check) {
  const clouds = new Map(estate.accounts.map((a) => [a.provider, a.cloud]));
  return el("section", { class: "x-check", "aria-label": "The check" },
    el("h3", null, check.title, " ", severityTag(estate.severities[check.severity])),
    el("p", null, check.why),
    el("details", { class: "plain" }, el("summary", null, "How each cloud is judged and repaired, and what it bears on"), el("div", { class: "in" },
      [...clouds].map(([provider, cloud]) => coverageLine(cloud, check.providers[provider])),
      bearing(check),
      el("p", { class: "small soft" }, "Check ", el("span", { class: "mono" }, check.id), `, asked of ${check.kind.title.toLowerCase()}, digest `, el("span", { class: "mono" }, check.digest)))));
}

function coverageLine(cloud, coverage) {
  const { coverage: how, text, limits, url, same_as: same } = coverage;
  return el("p", { class: "small" }, el("b", null, `${cloud}${COVERAGE_NAMES[how]}: `), text, limits ? ` Limits: ${limits}` : "", " ",
    same?.length ? `Same as ${same.join(", ")}. ` : "", outside(url, "Source"));
}

const COVERAGE_NAMES = { supported: "", inherited: ", guaranteed by the provider", no_counterpart: ", does not apply", not_built: ", not assessed" };
