"""What the checks found, as OSCAL: observations, the inventory they are about, risks, attestations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.model.scope import Provider
from auditor.render.interchange import NAMESPACE, Json, accepted, https_links, kept, span, uuid_of
from auditor.render.oscal_text import line, markup, prop, props
from auditor.render.view.common import Index, counts_of, outcome, provider_label, ranges

Asked = tuple[str, str, str]
"""A check, a provider and an account."""
Group = tuple[str, str, str, str]
"""Calls by provider, account, service and operation."""
_MESSAGES = 20
"""Failures that the description of a risk quotes."""


class Observations:
    """An observation is a check in an account: per finding there would be thousands that nobody reads, per check alone
    it would not say in which account. The resources are its subjects, each with its answer."""

    def __init__(self, index: Index, calls: Mapping[Group, str]) -> None:
        self._index, self._calls, self._document = index, calls, index.document
        self._found: dict[Asked, list[Json]] = {}
        for finding in self._document["findings"]:
            scope = finding["scope"]
            self._found.setdefault((finding["check"], scope["provider"], scope["account"]), []).append(finding)
        self._by_check: dict[str, list[Asked]] = {}
        for asked in self._found:
            self._by_check.setdefault(asked[0], []).append(asked)
        self._items: dict[tuple[str, ...], str] = {}

    def _uuid(self, *subject: str) -> str:
        return uuid_of(self._document["id"], *subject)

    def _item_uuid(self, key: tuple[str, ...]) -> str:
        if key not in self._items:
            self._items[key] = self._uuid("item", *key)
        return self._items[key]

    def of_check(self, check: str) -> list[str]:
        return [self._uuid("observation", *asked) for asked in self._by_check.get(check, ())]

    def observations(self) -> list[Json]:
        return [self._observation(asked, found) for asked, found in self._found.items()]

    def _observation(self, asked: Asked, found: list[Json]) -> Json:
        check_id, provider, account = asked
        check = self._index.checks[check_id]
        calls = {call for finding in found for call in finding["calls"]}
        times = span(self._index.calls[call] for call in calls if call in self._index.calls)
        counts = counts_of(found)
        shown = ", ".join(f"{number:,} {label}" for _, label, number in counts.parts)
        first = times[0].isoformat() if times is not None and times[0] != times[1] else ""
        return kept(
            {
                "uuid": self._uuid("observation", *asked),
                "title": line(f"{check['title']}, {self._index.account(provider, account)}"),
                "description": markup(f"{check['why']} Found: {shown}."),
                "props": [
                    *props(
                        check=check_id,
                        check_digest=check["digest"],
                        practice=check["practice"],
                        severity=check["severity"],
                        provider=provider,
                        account=account,
                        first_collected=first,
                    ),
                    *(prop(status.replace("_", "-"), number) for status, _, number in counts.parts),
                ],
                "methods": ["EXAMINE"],
                "types": ["finding"],
                "origins": [{"actors": [{"type": "tool", "actor-uuid": self._uuid("tool")}]}],
                "subjects": [self._subject(finding) for finding in found],
                "relevant-evidence": self._evidence(calls),
                "collected": self._document["as_of"] if times is None else times[1].isoformat(),
            }
        )

    def _subject(self, finding: Json) -> Json:
        """A resource, or the account where there is none to name, and the answer about it."""
        return {
            "subject-uuid": self._item_uuid(_item(finding)),
            "type": "inventory-item",
            "props": props(
                outcome=outcome(finding),
                fingerprint=finding["fingerprint"],
                location=finding["scope"]["location"] if finding["resource"] is None else "",
                exempted_until="" if finding["exemption"] is None else finding["exemption"]["expires"],
            ),
            "remarks": markup(finding["message"]) or "-",
        }

    def _evidence(self, calls: Iterable[str]) -> list[Json]:
        """The calls by what was asked; which of them, by the numbers they have in the audit."""
        found = []
        for group, members in group_calls(self._index, calls).items():
            numbers = ", ".join(r.text for r in ranges(call["number"] for call in members))
            found.append(
                {
                    "href": f"#{self._calls[group]}",
                    "description": markup(f"{group[2]}:{group[3]}, calls {numbers}"),
                    "props": props(calls=numbers),
                }
            )
        return found

    def inventory(self) -> list[Json]:
        """What the observations are about."""
        items: dict[tuple[str, ...], Json] = {}
        for finding in (f for found in self._found.values() for f in found):
            key = _item(finding)
            if key not in items:
                items[key] = self._item(key, finding)
        return list(items.values())

    def _item(self, key: tuple[str, ...], finding: Json) -> Json:
        scope, resource = finding["scope"], finding["resource"]
        where = props(provider=scope["provider"], account=scope["account"])
        if resource is None:
            noun = Provider(scope["provider"]).account_noun
            name = self._index.names.get((scope["provider"], scope["account"]), "")
            about = f"{provider_label(scope['provider'])} {noun} {name or scope['account']}"
            return {
                "uuid": self._item_uuid(key),
                "description": markup(about),
                "props": [*where, *props(name=name)],
            }
        return {
            "uuid": self._item_uuid(key),
            "description": line(resource["name"] or resource["id"]),
            "props": [
                *where,
                *props(
                    location=scope["location"],
                    kind=resource["kind"],
                    native_type=resource["native_type"],
                    resource_id=resource["id"],
                    name=resource["name"],
                ),
            ],
        }

    def assessment_assets(self) -> Json:
        tool = self._document["tool"]
        component = {
            "uuid": self._uuid("tool"),
            "type": "software",
            "title": line(tool["name"]),
            "description": "Reads cloud accounts through declared read-only calls and judges what they answered.",
            "props": props(version=tool["version"], checks_digest=tool["checks_digest"]),
            "status": {"state": "operational"},
        }
        platform = {
            "uuid": self._uuid("platform"),
            "title": line(tool["name"]),
            "uses-components": [{"component-uuid": component["uuid"]}],
        }
        return {"components": [component], "assessment-platforms": [platform]}

    def risks_of(self, check: str) -> list[str]:
        return [risk["uuid"] for asked in self._by_check.get(check, ()) for risk in self._risks(asked)]

    def risks(self) -> list[Json]:
        """Failures: one open risk for each check and account, and one for each failure that somebody answers for."""
        return [risk for asked in self._found for risk in self._risks(asked)]

    def _risks(self, asked: Asked) -> list[Json]:
        failed = [f for f in self._found[asked] if f["status"] == "fail"]
        risks = [self._accepted(asked, finding) for finding in failed if finding["exemption"] is not None]
        still = [finding for finding in failed if finding["exemption"] is None]
        return [self._open(asked, still), *risks] if still else risks

    def _open(self, asked: Asked, failed: list[Json]) -> Json:
        check_id, provider, account = asked
        check = self._index.checks[check_id]
        quoted = [finding["message"] for finding in failed[:_MESSAGES]]
        if len(failed) > _MESSAGES:
            quoted.append(f"and {len(failed) - _MESSAGES:,} more, all of them subjects of the observation")
        return kept(
            {
                "uuid": self._uuid("risk", *asked),
                "title": line(f"{check['title']}, {self._index.account(provider, account)}"),
                "description": markup("; ".join(quoted)),
                "statement": markup(check["why"]),
                "props": props(check=check_id, severity=check["severity"], failures=len(failed)),
                "status": "open",
                "remediations": self._remediations(asked),
                "related-observations": [{"observation-uuid": self._uuid("observation", *asked)}],
            }
        )

    def _remediations(self, asked: Asked) -> list[Json]:
        remedy = self._index.checks[asked[0]]["providers"][asked[1]]
        if remedy["coverage"] != "supported":
            return []
        return [
            kept(
                {
                    "uuid": self._uuid("remediation", *asked),
                    "lifecycle": "recommendation",
                    "title": "Recommended change",
                    "description": markup(remedy["text"]) or "-",
                    "links": [{"href": link, "rel": "reference"} for link in https_links(remedy["url"])],
                }
            )
        ]

    def _accepted(self, asked: Asked, finding: Json) -> Json:
        exemption = finding["exemption"]
        return {
            "uuid": self._uuid("accepted-risk", finding["fingerprint"]),
            "title": line(f"Accepted: {self._index.checks[asked[0]]['title']}"),
            "description": markup(finding["message"]) or "-",
            "statement": markup(f"{accepted(exemption)}. The answer stays a failure."),
            "props": props(
                check=asked[0],
                severity=finding["severity"],
                fingerprint=finding["fingerprint"],
                owner=exemption["owner"],
                approver=exemption.get("approver", ""),
                expires=exemption["expires"],
            ),
            "status": "deviation-approved",
            "related-observations": [{"observation-uuid": self._uuid("observation", *asked)}],
        }

    def attestations(self) -> list[Json]:
        """What people state today about practices and controls. It changes no finding."""
        return [
            {
                "parts": [
                    {
                        "uuid": self._uuid("attestation", str(number)),
                        "name": "statement",
                        "ns": NAMESPACE,
                        "title": line(f"{_subject_of(stated)}: stated by {stated['owner']}"),
                        "props": _stated(stated),
                        "prose": markup(stated["statement"]) or "-",
                    }
                ]
            }
            for number, stated in enumerate(self._document.get("attestations", []))
            if stated["state"] == "active"
        ]

    def attested(self, framework: str, control: Json) -> list[Json]:
        """Who states something about a control, for its finding."""
        practices = {e["practice"] for e in control["evidence"]} | set(control["untested_practices"])
        return [
            prop("attested-by", stated["owner"], remarks=f"{_subject_of(stated)}, until {stated['expires']}")
            for stated in self._document.get("attestations", [])
            if stated["state"] == "active"
            and (
                (stated["framework"], stated["control"]) == (framework, control["id"])
                or stated["practice"] in practices
            )
        ]

    def not_counted(self) -> list[Json]:
        """Statements and exemptions that count as absent, because their day has passed or has not come."""
        return [
            prop(
                "attestation-not-counted",
                stated["state"],
                remarks=f"{_subject_of(stated)}, {stated['owner']}, {stated['stated']} to {stated['expires']}",
            )
            for stated in self._document.get("attestations", [])
            if stated["state"] != "active"
        ] + [
            prop(
                "exemption-not-counted",
                rule["state"],
                remarks=f"{rule['check']}, {rule['owner']}, until {rule['expires']}: {rule['reason']}",
            )
            for rule in self._document.get("exemptions", [])
            if rule["state"] == "expired"
        ]


def group_calls(index: Index, calls: Iterable[str]) -> dict[Group, list[Json]]:
    """The calls that the audit has of these, by what was asked of which account."""
    groups: dict[Group, list[Json]] = {}
    for call_id in calls:
        if (call := index.calls.get(call_id)) is not None:
            key = (call["provider"], call["account"], call["service"], call["operation"])
            groups.setdefault(key, []).append(call)
    return {key: sorted(groups[key], key=lambda call: int(call["number"])) for key in sorted(groups)}


def _item(finding: Json) -> tuple[str, ...]:
    """What tells a subject apart: a resource by its kind and id, otherwise the account."""
    scope, resource = finding["scope"], finding["resource"]
    account = (scope["provider"], scope["account"])
    return account if resource is None else (*account, resource["kind"], resource["id"])


def _subject_of(stated: Json) -> str:
    return stated["practice"] or f"{stated['framework']} {stated['control']}"


def _stated(stated: Json) -> list[Json]:
    files = (prop("attachment", a["name"], remarks=f"SHA-256 {a['sha256']}") for a in stated["attachments"])
    names = ("practice", "framework", "control", "provider", "account", "owner", "stated", "expires", "source")
    return [*props(**{name: stated[name] for name in names}), *files]
