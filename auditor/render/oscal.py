"""``oscal.json``: what an audit says about controls, as OSCAL assessment results.

One ``result``, because an audit is one assessment at one time: a program that follows results over time gets one more
with each run, and a resource or an observation is there once, whatever number of controls rest on it (a result for
each framework would repeat nearly all of them). The frameworks are apart in ``reviewed-controls``, in the ids of the
controls and in a property of each finding. An observation is a check in an account, with its answer for each resource.
A finding is a control. Only a control without exceptions in the tested population is ``satisfied``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.controls import Outcome
from auditor.model.maturity import Strength
from auditor.model.scope import Provider
from auditor.render.interchange import Json, https_links, json_pieces, kept, span, uuid_of
from auditor.render.oscal_observations import Group, Observations, group_calls
from auditor.render.oscal_text import control_token, line, markup, prop, props
from auditor.render.view.common import Index, answered, count_text, provider_label, read_counts

VERSION = "1.2.1"
"""Of OSCAL."""

_JUDGMENT = "Whether the control is met is its assessor's judgment."
_STATES = {
    Outcome.EXCEPTIONS_FOUND: ("not-satisfied", "fail", "Exceptions were found in the tested population."),
    Outcome.NO_EXCEPTIONS: (
        "satisfied",
        "pass",
        f"No exceptions in the tested population, as it was configured at the time of the calls. {_JUDGMENT}",
    ),
    Outcome.NOT_ASSESSED: ("not-satisfied", "other", "Not assessed: the calls of this run do not settle it."),
    Outcome.MANUAL: ("not-satisfied", "other", "Manual: not assessed by calls; a person must show it."),
}
_SELECTIONS = {
    Outcome.EXCEPTIONS_FOUND: "Tested: exceptions found.",
    Outcome.NO_EXCEPTIONS: "Tested: no exceptions in the tested population.",
    Outcome.NOT_ASSESSED: "Not assessed by this run.",
    Outcome.MANUAL: "Manual: listed so that the framework is complete; a person must show them.",
}
_COUNTS = ("pass", "fail", "not_assessed", "not_applicable", "inherited")
_TOKENS = (
    "A control id is the framework, a dash and the framework's own id: a group in brackets at its end is written as an "
    "underscore and its content, any other character that a token does not take as two underscores and its code point "
    "in six hexadecimal digits. NIST's frameworks have the ids of their OSCAL catalogs. The id as the framework writes "
    "it is the property control-id of each finding."
)


def pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """``oscal.json`` in pieces."""
    tool, audit = document["tool"], document["id"]
    plan = uuid_of(audit, "no-assessment-plan")
    index = Index(document)
    groups = group_calls(index, {call for finding in document["findings"] for call in finding["calls"]})
    calls = {group: uuid_of(audit, "calls", *group) for group in groups}
    results = {
        "uuid": uuid_of(audit, "assessment-results"),
        "metadata": {
            "title": line(f"Assessment results of {tool['name']}"),
            "last-modified": document["finished_at"],
            "version": audit,
            "oscal-version": VERSION,
            "props": props(
                audit=audit,
                tool_version=tool["version"],
                maturity_model=tool["maturity_model"],
                checks_digest=tool["checks_digest"],
            ),
            "remarks": "Made from the audit of the same id, which has the facts, calls and parameters in full.",
        },
        "import-ap": {
            "href": f"#{plan}",
            "remarks": "There is no assessment plan document. What was asked is in the results and in the audit.",
        },
        "results": [_result(index, calls)],
        "back-matter": {"resources": [_no_plan(plan), *_frameworks(document), *_recorded(groups, calls)]},
    }
    yield from json_pieces({"assessment-results": results}, 5)
    yield "\n"


def _result(index: Index, calls: Mapping[Group, str]) -> Json:
    document, audit = index.document, index.document["id"]
    frameworks = document["frameworks"]
    observed = Observations(index, calls)
    times = span(document["calls"])
    accounts = count_text(len(document["scopes"]), "account")
    return kept(
        {
            "uuid": uuid_of(audit, "result"),
            "title": line(f"Audit of {accounts}"),
            "description": markup(f"What an audit of {accounts} says about each control of each framework."),
            "start": document["as_of"] if times is None else times[0].isoformat(),
            "end": None if times is None else times[1].isoformat(),
            "props": [*_flags(document), *observed.not_counted()],
            "local-definitions": kept(
                {"inventory-items": observed.inventory(), "assessment-assets": observed.assessment_assets()}
            ),
            "reviewed-controls": {
                "description": "Every control of every framework, by what was done about it.",
                "control-selections": [selection for f in frameworks for selection in _selections(audit, f)],
                "remarks": _TOKENS,
            },
            "attestations": observed.attestations(),
            "observations": observed.observations(),
            "risks": observed.risks(),
            "findings": [_finding(index, f, control, observed) for f in frameworks for control in f["controls"]],
        }
    )


def _flags(document: Mapping[str, Any]) -> list[Json]:
    """What a reader of any result must know about the run."""
    found = props(as_of=document["as_of"])
    found += [prop(flag, "true") for flag in ("synthetic", "replayed", "interrupted") if document[flag]]
    for failure in document["failures"]:
        remarks = f"Could not be read at all: {failure['message']} {failure['hint']}"
        found.append(prop("cloud-not-read", failure["provider"], remarks=remarks))
    found += [prop("defect", "true", remarks=defect) for defect in document["defects"]]
    for selection, values in sorted(document["selection"].items()):
        found.append(prop("selection", selection, remarks=f"Only part was asked: {', '.join(values)}"))
    return found


def _outside(document: Mapping[str, Any], control: Json) -> str:
    """What the answer does not cover, said where the answer is: findings are read one by one."""
    clouds = list(dict.fromkeys(provider_label(failure["provider"]) for failure in document["failures"]))
    found = f" Could not be read in this run: {', '.join(clouds)}." if clouds else ""
    found += " The run was interrupted." if document["interrupted"] else ""
    untested = ", ".join(control["untested_practices"])
    return found + (f" Practices that bear on it and that nothing in this run tests: {untested}." if untested else "")


def _selections(audit: str, framework: Json) -> list[Json]:
    """All controls of a framework, apart by what was done about them, each once."""
    found = []
    for outcome, description in _SELECTIONS.items():
        controls = [c["id"] for c in framework["controls"] if c["outcome"] == outcome]
        if controls:
            chosen = [{"control-id": control_token(framework["id"], control)} for control in controls]
            found.append(
                {
                    "description": markup(f"{framework['title']} ({framework['edition']}). {description}"),
                    "props": props(framework=framework["id"], edition=framework["edition"], outcome=outcome.value),
                    "links": [{"href": f"#{uuid_of(audit, 'framework', framework['id'])}", "rel": "reference"}],
                    "include-controls": chosen,
                }
            )
    return found


def _finding(index: Index, framework: Json, control: Json, observed: Observations) -> Json:
    outcome = Outcome(control["outcome"])
    state, reason, remarks = _STATES[outcome]
    remarks += _outside(index.document, control)
    telling = [e for e in control["evidence"] if e["strength"] != Strength.CONTEXTUAL]
    counts = _counted({name: sum(e[name] for e in telling) for name in _COUNTS}) or "none"
    attach = f" A person must attach: {control['attach']}" if control["attach"] else ""
    return kept(
        {
            "uuid": uuid_of(index.document["id"], "finding", framework["id"], control["id"]),
            "title": line(f"{control['id']} {control['label']}"),
            "description": markup(f"{outcome.label.capitalize()}. Direct and supporting evidence: {counts}."),
            "props": [
                *props(
                    framework=framework["id"],
                    control_id=control["id"],
                    outcome=outcome.value,
                    evidence_class=control["evidence_class"],
                    designation=control["designation"],
                ),
                *(_practice(evidence) for evidence in control["evidence"]),
                *(prop("untested-practice", practice) for practice in control["untested_practices"]),
                *observed.attested(framework["id"], control),
            ],
            "target": {
                "type": "objective-id",
                "target-id": control_token(framework["id"], control["id"]),
                "title": line(control["label"]),
                "status": {"state": state, "reason": reason, "remarks": remarks},
            },
            "related-observations": [
                {"observation-uuid": uuid, "remarks": f"{evidence['practice']}, {evidence['strength']} evidence"}
                for evidence in control["evidence"]
                for check in evidence["checks"]
                for uuid in observed.of_check(check)
            ],
            "related-risks": [
                {"risk-uuid": uuid}
                for uuid in dict.fromkeys(
                    uuid for evidence in telling for check in evidence["checks"] for uuid in observed.risks_of(check)
                )
            ],
            "remarks": markup(f"{remarks}{attach}"),
        }
    )


def _practice(evidence: Json) -> Json:
    remarks = f"{evidence['reason']} ({_counted(evidence)})"
    return prop("practice", evidence["practice"], class_=evidence["strength"], remarks=remarks)


def _counted(tally: Mapping[str, Any]) -> str:
    return ", ".join(f"{number:,} {label}" for _, label, number in read_counts(tally).parts)


def _no_plan(uuid: str) -> Json:
    return {
        "uuid": uuid,
        "title": "No assessment plan",
        "description": "OSCAL wants a plan to be named. None was written in OSCAL; this resource stands in its place.",
    }


def _frameworks(document: Mapping[str, Any]) -> list[Json]:
    return [
        kept(
            {
                "uuid": uuid_of(document["id"], "framework", framework["id"]),
                "title": line(framework["title"]),
                "description": markup(f"Edition: {framework['edition']}. Ids are the framework's; labels are ours."),
                "props": props(framework=framework["id"]),
                "rlinks": [{"href": link} for link in https_links(framework["url"])],
                "remarks": markup(framework["note"]),
            }
        )
        for framework in document["frameworks"]
    ]


def _recorded(groups: Mapping[Group, list[Json]], uuids: Mapping[Group, str]) -> Iterator[Json]:
    """The calls that findings rest on."""
    for group, found in groups.items():
        provider, account, service, operation = group
        where = f"{provider_label(provider)} {Provider(provider).account_noun} {account}"
        yield {
            "uuid": uuids[group],
            "title": line(f"{service}:{operation}, {where}"),
            "description": markup(f"{count_text(len(found), 'recorded call')} of {service}:{operation} to {where}."),
            "props": [prop("call", call["id"], remarks=_call(call)) for call in found],
        }


def _call(call: Json) -> str:
    parts = [f"number {call['number']}", call["started_at"], f"answered {answered(call)}"]
    parts += [f"request id {call['request_id']}"] if call["request_id"] else []
    parts += [f"SHA-256 of the redacted body {call['digest']}"] if call["digest"] else []
    parts += ["answered by a fixture, not by the provider"] if call["synthetic"] else []
    return ", ".join(parts)
