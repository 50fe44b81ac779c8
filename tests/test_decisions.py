"""Exemptions and attestations: what an entry must say, when it holds, and that it never changes a measurement."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.decisions import covers, exempt, read_file, state
from auditor.errors import UsageError
from auditor.model.audit import Audit
from auditor.model.check import Severity
from auditor.model.decision import Attachment, Attestation, ExemptionRule, Scope
from auditor.model.exchange import Exchange
from auditor.model.finding import Exemption, Finding, Status
from auditor.model.inventory import Inventory
from auditor.model.resources import Notebook
from auditor.model.scope import Account, Provider
from auditor.render import statements

AS_OF = "2026-06-15T23:30:00+00:00"
ACCOUNT = Account(Provider.AWS, "123456789012", "ml")
EXEMPTION = """
[[exemptions]]
check = "notebook_no_root"
owner = "ada"
approver = "ciso"
reason = "isolated"
expires = 2026-06-15
account = "123456789012"
"""
ATTESTATION = """
[[attestations]]
practice = "APP-4.5"
owner = "ada"
statement = "Reviewed."
stated = 2026-01-01
expires = 2026-12-31
provider = "aws"
attachments = ["review.md"]
"""


def written(folder: Path, text: str) -> Path:
    (folder / "review.md").write_text("looked at\n")
    path = folder / "decisions.toml"
    path.write_text(text, encoding="utf-8")
    return path


def rule(**changes: Any) -> ExemptionRule:
    fields = {"check": "notebook_no_root", "owner": "ada", "reason": "isolated", "expires": date(2026, 6, 15)}
    return ExemptionRule(**{**fields, **changes})


def finding(status: Status = Status.FAIL, name: str = "n1", **changes: Any) -> Finding:
    resource = Notebook(id=f"arn:{name}", name=name, account=ACCOUNT, location="us-east-1", native_type="x")
    fields: dict[str, Any] = {
        "check": "notebook_no_root",
        "practice": "ID-1.2",
        "severity": Severity.HIGH,
        "account": ACCOUNT,
        "location": "us-east-1",
        "status": status,
        "message": "",
        "resource": resource,
    }
    return Finding(**{**fields, **changes})


def test_what_a_file_says(tmp_path: Path) -> None:
    path = written(tmp_path, EXEMPTION + ATTESTATION)
    digest = hashlib.sha256(b"looked at\n").hexdigest()
    assert read_file(path) == (
        (
            rule(
                approver="ciso",
                scope=Scope(account="123456789012"),
                source="decisions.toml, entry 1",
            ),
        ),
        (
            Attestation(
                practice="APP-4.5",
                owner="ada",
                statement="Reviewed.",
                stated=date(2026, 1, 1),
                expires=date(2026, 12, 31),
                scope=Scope(provider="aws"),
                attachments=(Attachment("review.md", digest, 10, str(tmp_path / "review.md")),),
                source="decisions.toml, entry 1",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (EXEMPTION.replace('account = "123456789012"', ""), r"entry 1 needs a scope"),
        (EXEMPTION + "everywhere = true", "names a scope and says everywhere"),
        (EXEMPTION + 'everywhere = "yes"', "everywhere must be true or false"),
        (EXEMPTION.replace('"ada"', '" "'), "entry 1 needs owner"),
        (EXEMPTION.replace('reason = "isolated"', ""), "entry 1 needs reason"),
        (EXEMPTION.replace("2026-06-15", '"2026-06-15"'), "needs expires, a date such as"),
        (EXEMPTION.replace("2026-06-15", "2026-06-15T00:00:00Z"), "needs expires, a date such as"),
        (EXEMPTION + 'provider = "ibm"', "unknown provider 'ibm'"),
        (EXEMPTION + 'until = "later"', "has no setting 'until'"),
        (EXEMPTION + "location = 3", "location must be a string"),
        (ATTESTATION.replace('"APP-4.5"', '"APP-9.9"'), r"there is no practice 'APP-9\.9'"),
        (ATTESTATION.replace("practice", "control"), "needs a practice, or a framework and a control"),
        (ATTESTATION + 'framework = "soc2"\ncontrol = "CC6.1"', "needs a practice, or a framework and a control"),
        (
            ATTESTATION.replace('practice = "APP-4.5"', 'framework = "soc2"\ncontrol = "CC6.99"'),
            r"there is no control 'CC6\.99' in framework 'soc2'",
        ),
        (ATTESTATION.replace("stated = 2026-01-01", ""), "needs stated, a date"),
        (ATTESTATION.replace("2026-12-31", "2025-12-31"), "expires before it was stated"),
        (ATTESTATION.replace("review.md", "gone.md"), r"attachment .*gone\.md: No such file"),
        (ATTESTATION + 'resource = "x"', "has no setting 'resource'"),
        ("[exemptions]\ncheck = 1", r"write exemptions as \[\[exemptions\]\]"),
        ("[other]\na = 1", r"unknown table \[other\]"),
        ("a = ", "not valid TOML"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as raised:
        read_file(written(tmp_path, text))
    assert "decisions.toml" in raised.value.message


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml: No such file"):
        read_file(tmp_path / "none.toml")


def test_only_failures_are_marked_and_nothing_else_changes() -> None:
    before = tuple(finding(status, status.value) for status in Status)
    after = exempt(before, [rule()], AS_OF)
    assert [replace(f, exemption=None) for f in after.findings] == list(before)
    assert [f.exemption for f in after.findings if f.status is not Status.FAIL] == [None] * 3
    (marked,) = (f for f in after.findings if f.exemption is not None)
    assert marked.exemption == Exemption("ada", "isolated", "2026-06-15", "")
    assert after.marked == {0: (marked.fingerprint,)}


@pytest.mark.parametrize(
    ("changes", "marks"),
    [
        ({}, True),
        ({"expires": date(2026, 6, 16)}, True),
        ({"expires": date(2026, 6, 14)}, False),
        ({"check": "notebook_no_direct_internet"}, False),
        ({"scope": Scope(resource="arn:n1")}, True),
        ({"scope": Scope(resource="arn:n")}, False),
        ({"scope": Scope(provider="aws", account="123456789012", location="us-east-1", resource="arn:n1")}, True),
        ({"scope": Scope(provider="gcp")}, False),
        ({"scope": Scope(account="210987654321")}, False),
        ({"scope": Scope(location="eu-west-1")}, False),
    ],
    ids=str,
)
def test_when_an_exemption_holds(changes: dict[str, Any], marks: bool) -> None:
    (after,) = exempt([finding()], [rule(**changes)], AS_OF).findings
    assert (after.exemption is not None) is marks


def test_a_finding_of_the_account_has_no_resource_to_name() -> None:
    of_account = finding(resource=None)
    assert exempt([of_account], [rule(scope=Scope(resource="arn:n1"))], AS_OF).findings == (of_account,)


def test_an_expired_exemption_does_not_hide_one_that_holds() -> None:
    rules = [rule(expires=date(2020, 1, 1), owner="old"), rule(owner="new"), rule(owner="late")]
    result = exempt([finding()], rules, AS_OF)
    assert result.findings[0].exemption == Exemption("new", "isolated", "2026-06-15")
    assert set(result.marked) == {1}


@pytest.mark.parametrize(
    ("expires", "begins", "expected"),
    [
        (date(2026, 6, 15), None, "active"),
        (date(2026, 6, 14), None, "expired"),
        (date(2026, 6, 15), date(2026, 6, 15), "active"),
        (date(2026, 6, 20), date(2026, 6, 16), "not_yet"),
    ],
)
def test_states(expires: date, begins: date | None, expected: str) -> None:
    assert state(expires, AS_OF, begins) == expected


def test_covers() -> None:
    assert covers(Scope(), ACCOUNT)
    assert covers(Scope(provider="aws", account="123456789012"), ACCOUNT)
    assert not covers(Scope(account="1"), ACCOUNT)
    assert not covers(Scope(provider="azure"), ACCOUNT)


# in the document


def audit(**changes: Any) -> Audit:
    fields: dict[str, Any] = {
        "id": "x",
        "tool_version": "0",
        "model_version": "1.0",
        "checks_digest": "",
        "as_of": AS_OF,
        "started_at": AS_OF,
        "finished_at": AS_OF,
        "principals": (),
        "places": {ACCOUNT: ()},
        "selection": {},
        "history_days": 90,
        "inventory": Inventory((ACCOUNT,)),
        "findings": (),
        "exchanges": (),
    }
    return Audit(**{**fields, **changes})


def stated(**changes: Any) -> Attestation:
    fields = {"owner": "ada", "statement": "Yes.", "stated": date(2026, 1, 1), "expires": date(2026, 12, 31)}
    return Attestation(**{**fields, **changes})


def test_every_rule_is_shown_with_its_state() -> None:
    rules = (rule(), rule(expires=date(2026, 6, 14)), rule(check="other"))
    rows = statements.exemptions(audit(exemptions=rules, exempted={0: ("f1",)}))
    assert [(row["state"], row["fingerprints"]) for row in rows] == [
        ("active", ["f1"]),
        ("expired", []),
        ("unused", []),
    ]


def test_only_what_is_stated_for_the_account_today_is_attested() -> None:
    given = (
        stated(practice="APP-4.5", scope=Scope(provider="aws")),
        stated(practice="ID-1.1", scope=Scope(provider="gcp")),
        stated(practice="ID-1.2", expires=date(2026, 6, 14)),
        stated(practice="ID-1.3", stated=date(2026, 6, 16)),
        stated(framework="soc2", control="CC6.2"),
    )
    made = audit(attestations=given)
    assert statements.attested(made, ACCOUNT) == ["APP-4.5"]
    assert [row["state"] for row in statements.attestations(made)] == [
        "active",
        "active",
        "expired",
        "not_yet",
        "active",
    ]


def test_clocks_are_held_against_the_providers() -> None:
    def exchange(date_header: str, **changes: Any) -> Exchange:
        fields: dict[str, Any] = {
            "id": date_header,
            "provider": Provider.AWS,
            "account": "1",
            "location": "global",
            "service": "iam",
            "operation": "X",
            "params": {},
            "started_at": "2026-06-15T08:00:00.000+00:00",
            "duration_ms": 2000,
            "headers": {"Date": date_header},
        }
        return Exchange(**{**fields, **changes})

    within = exchange("Mon, 15 Jun 2026 08:00:02 GMT")
    behind = exchange("Mon, 15 Jun 2026 07:59:00 GMT")
    ahead = exchange("Mon, 15 Jun 2026 08:01:00 GMT")
    ours = exchange("Mon, 15 Jun 2026 09:00:00 GMT", synthetic=True)
    unread = exchange("yesterday")
    none = exchange("none", headers={})
    assert statements.clocks([within, ours, unread, none]) == [{"provider": "aws", "answers": 1, "seconds": 0}]
    assert statements.clocks([within, ahead]) == [{"provider": "aws", "answers": 2, "seconds": 58}]
    assert statements.clocks([behind, ahead]) == [{"provider": "aws", "answers": 2, "seconds": -60}]
    assert statements.clocks([]) == []
