"use strict";
// The island of the report: what the explorer shows, compressed in the file. view/explorer.py writes it.

// What a fact holds; anything else is why it is not known.
const VALUE = 0;
const REFERENCES = 1;
// Statuses come worst first.
const FAIL = 0;
const NOT_ASSESSED = 1;

/** Unpacks the island. Null where the browser cannot. */
async function readIsland(element) {
  if (typeof DecompressionStream === "undefined") return null;
  const letters = atob(element.textContent);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Estate(JSON.parse(await new Response(stream).text()));
}

/** Resources, findings and what they point to, by name. */
class Estate {
  constructor(data) {
    this.data = data;
    this.statuses = data.statuses.map((id) => ({ id, label: data.labels[id] }));
    this.severities = data.severities;
    this.frameworks = data.frameworks;
    this.accounts = data.accounts.map(([provider, cloud, id, label]) => ({ key: `${provider}:${id}`, provider, cloud, id, label }));
    this.places = data.places.map(([account, location]) => this.#place(this.accounts[account], location));
    this.kinds = data.kinds.map(([id, title, one, meanings]) => ({ id, title, one, meanings }));
    this.practices = data.practices;
    this.checks = data.checks.map((check) => ({ ...check, kind: this.kinds[check.kind], practice: this.practices[check.practice] }));
    this.resources = data.resources.map((row, at) => this.#resource(row, at));
    this.findings = data.findings.map((row, at) => this.#finding(row, at));
    this.repairs = new Map(data.repairs.map(([check, account, number]) => [`${data.checks[check].id} ${account}`, number]));
    this.prices = new Map(data.prices.map(([id, text, url]) => [id, { text, url }]));
    this.calls = new Map(data.calls.map(([number, ...call]) => [number, call]));
    this.byPrint = new Map(this.findings.map((f) => [f.print, f]));
    this.byAnchor = new Map(this.resources.map((r) => [r.anchor, r]));
    this.#join();
  }

  #place(account, location) {
    return { account, location, text: `${account.label}, ${location}` };
  }

  #resource([id, name, kind, type, place, anchor, drawing, facts], at) {
    return {
      at, id, name, anchor, drawing, facts,
      kind: this.kinds[kind], type: this.data.types[type], place: this.places[place],
      findings: [], uses: [], users: [],
    };
  }

  #finding([print, check, status, severity, place, resource, message, cites, asked, more = {}], order) {
    return {
      order, print, status, severity, message, cites, asked, more,
      check: this.checks[check], place: this.places[place], resource: resource < 0 ? null : this.resources[resource],
      words: null,
    };
  }

  /** Who has which findings, and who uses whom. Findings come worst first, so a resource's first one is its worst. */
  #join() {
    for (const finding of this.findings) finding.resource?.findings.push(finding);
    for (const resource of this.resources) {
      for (const fact of this.facts(resource.facts)) {
        if (fact.holds === REFERENCES) this.#relate(resource, fact);
      }
    }
    for (const [from, to, by] of this.data.joins) this.#relate(this.resources[from], { name: by, content: [to] });
  }

  #relate(resource, fact) {
    for (const to of fact.content) {
      if (typeof to !== "number") continue;
      const other = to < 0 ? null : this.resources[to];
      resource.uses.push({ fact: fact.name, other, outside: to < 0 ? this.outside(to) : null });
      other?.users.push({ fact: fact.name, other: resource, outside: null });
    }
  }

  outside(position) {
    const [kind, cloud, account, id] = this.data.outside[-1 - position];
    return { kind, cloud, account, id };
  }

  /** Facts stand one behind the other: name, what it holds, that, the provider's fields, the calls. */
  facts(flat) {
    const found = [];
    for (let at = 0; at < flat.length; at += 5) {
      const [name, holds, content, native, asked] = flat.slice(at, at + 5);
      found.push({ name: this.data.names[name], holds, content, native, asked });
    }
    return found;
  }

  /** The facts a finding rests on: its own where they differ from those of its resource. */
  factsOf(finding) {
    const own = new Map(this.facts(finding.more.facts ?? []).map((f) => [f.name, f]));
    const held = new Map(this.facts(finding.resource?.facts ?? []).map((f) => [f.name, f]));
    const names = this.data.cites[finding.cites].map((name) => this.data.names[name]);
    return names.map((name) => own.get(name) ?? held.get(name));
  }

  /** A value, and how long it is where only its beginning is here. */
  value(position) {
    return { value: this.data.values[position], cut: this.data.cut[position] ?? 0 };
  }

  unknown(position) {
    const [label, detail, permissions, settled] = this.data.unknowns[position];
    return { text: detail && label !== detail ? `${label} (${detail})` : label, permissions, settled };
  }

  /** First and last number of each run of calls. */
  ranges(position) {
    const flat = this.data.asked[position];
    return Array.from({ length: flat.length / 2 }, (_, n) => [flat[2 * n], flat[2 * n + 1]]);
  }

  call(number) {
    const [operation, answer, place, synthetic] = this.calls.get(number);
    return { number, operation: this.data.names[operation], answer: this.data.names[answer], place: this.places[place], synthetic };
  }

  /** The number of its repair in the order of the first page. */
  repair(finding) {
    return this.repairs.get(`${finding.check.id} ${this.accounts.indexOf(finding.place.account)}`) ?? null;
  }

  coverage(finding) {
    return finding.check.providers[finding.place.account.provider] ?? null;
  }

  /** What the search looks at. */
  words(finding) {
    finding.words ??= [
      finding.resource?.name, finding.resource?.id, finding.check.id, finding.check.title, finding.message, finding.check.kind.one,
      finding.place.text, finding.place.account.id, finding.print,
    ].join("\n").toLowerCase();
    return finding.words;
  }

  wordsOfResource(resource) {
    return [resource.name, resource.id, resource.type, resource.kind.title, resource.kind.one, resource.place.text, resource.place.account.id].join("\n").toLowerCase();
  }

  /** Its worst finding's status, or null where nothing was judged. */
  worst(resource) {
    return resource.findings[0]?.status ?? null;
  }
}
