"""OCSF Compliance Findings: every line is taken by py-ocsf-models, with no member that the schema does not have."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from py_ocsf_models import OCSF_VERSION
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from py_ocsf_models.objects.cloud import Cloud
from pydantic import BaseModel

from auditor.render.ocsf import VERSION, pieces
from tests.conftest import Demo
from tests.support.interchange import Json, document, hiding, rendered

NAMES = ("sample", "hostile", "empty", "decided", "nothing_read")
UNMODELLED = {"$.compliance.status"}
"""Members of OCSF 1.5.0 that the package has no field for."""


class Event(ComplianceFinding):
    """With the cloud profile, which the package has for detections only."""

    cloud: Cloud


@cache
def events(name: str) -> tuple[Json, ...]:
    return tuple(json.loads(line) for line in rendered("ocsf", name).splitlines())


def event(its: Json, finding: Json) -> Json:
    """The event of one finding."""
    (line,) = pieces(its | {"findings": [finding], "failures": []})
    return dict(json.loads(line))


def a_finding(its: Json, status: str, **changed: Any) -> Json:
    found = next(f for f in its["findings"] if f["status"] == status and not f["inherited"])
    return found | changed


def unknown_members(model: Any, value: Any, where: str = "$") -> list[str]:
    """Members of the value that the model does not have. The models of the package ignore them silently."""
    if get_origin(model) in (Union, UnionType):
        (model,) = (m for m in get_args(model) if m is not type(None))
    if get_origin(model) is list:
        (item,) = get_args(model)
        return [x for element in value for x in unknown_members(item, element, where)]
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    known = model.model_fields
    found = [f"{where}.{name}" for name in value if name not in known]
    for name in value.keys() & known.keys():
        found += unknown_members(known[name].annotation, value[name], f"{where}.{name}")
    return found


def check_line(line: str) -> None:
    Event.model_validate_json(line, strict=True)
    assert set(unknown_members(Event, json.loads(line))) <= UNMODELLED


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_an_event(name: str) -> None:
    text = rendered("ocsf", name)
    assert text.endswith("\n")
    for line in text.splitlines():
        check_line(line)
    its = document(name)
    assert [e["finding_info"]["uid"] for e in events(name)] == [
        *(f"cloud-not-read-{f['provider']}" for f in its["failures"]),
        *(f["fingerprint"] for f in its["findings"]),
    ]
    assert len({e["metadata"]["uid"] for e in events(name)}) == len(events(name))


def test_the_demo_is_events(demo: Demo) -> None:
    lines = list(pieces(demo.document))
    for line in lines:
        check_line(line)
    assert len(lines) == len(demo.document["findings"])
    assert max(map(len, lines)) < 64_000


def test_the_test_would_notice_an_unknown_member() -> None:
    line = json.loads(rendered("ocsf", "sample").splitlines()[0])
    line["compliance"]["verdict"] = line["resources"][0]["colour"] = 1
    assert set(unknown_members(Event, line)) - UNMODELLED == {"$.compliance.verdict", "$.resources.colour"}


def test_the_version_is_the_one_that_is_modelled() -> None:
    assert VERSION == OCSF_VERSION
    assert {e["metadata"]["version"] for e in events("sample")} == {VERSION}


@pytest.mark.parametrize(
    ("status", "changed", "answer", "severity"),
    [
        ("pass", {}, (1, "Pass"), (1, "Informational")),
        ("fail", {"severity": "critical"}, (3, "Fail"), (5, "Critical")),
        ("fail", {"severity": "high"}, (3, "Fail"), (4, "High")),
        ("fail", {"severity": "medium"}, (3, "Fail"), (3, "Medium")),
        ("fail", {"severity": "low"}, (3, "Fail"), (2, "Low")),
        ("not_assessed", {"severity": "critical"}, (2, "Warning"), (5, "Critical")),
        ("not_applicable", {}, (99, "Not applicable"), (1, "Informational")),
        ("not_applicable", {"inherited": True}, (99, "Inherited"), (1, "Informational")),
    ],
)
def test_what_a_status_becomes(status: str, changed: Json, answer: tuple[int, str], severity: tuple[int, str]) -> None:
    its = document("sample")
    made = event(its, a_finding(its, status, **changed))
    assert (made["compliance"]["status_id"], made["compliance"]["status"]) == answer
    assert made["compliance"]["checks"][0]["status_id"] == answer[0]
    assert (made["severity_id"], made["severity"]) == severity
    assert "status_id" not in made


def test_nothing_but_a_pass_reads_as_one() -> None:
    for name in NAMES:
        passed = {f["fingerprint"] for f in document(name)["findings"] if f["status"] == "pass"}
        assert {e["finding_info"]["uid"] for e in events(name) if e["compliance"]["status_id"] == 1} == passed


def test_an_exempted_failure_stays_a_failure() -> None:
    its = document("decided")
    (exempted,) = (f for f in its["findings"] if f["exemption"] is not None)
    made = event(its, exempted)
    assert (made["compliance"]["status_id"], made["compliance"]["status"]) == (3, "Fail")
    assert (made["status_id"], made["status"]) == (99, "Exempted")
    assert made["severity_id"] > 1
    assert made["comment"] == "a sandbox without data"
    assert made["status_detail"] == (
        "Risk accepted by Ada until 2027-01-31: a sandbox without data. The finding stays a failure."
    )


def test_an_open_question_says_why_and_which_permission_settles_it() -> None:
    its = document("sample")
    unknown = {"reason": "denied", "detail": "s3:GetBucketPolicy", "permissions": ["s3:GetBucketPolicy", "kms:Decrypt"]}
    made = event(its, a_finding(its, "not_assessed", unknown=unknown))
    assert made["status_code"] == "denied"
    assert made["status_detail"] == (
        "Not assessed: permission denied (s3:GetBucketPolicy). "
        "Permission that would settle it: s3:GetBucketPolicy, kms:Decrypt."
    )
    assert made["unmapped"]["permissions"] == unknown["permissions"]


def test_requirements_are_those_the_check_is_evidence_for() -> None:
    its = deepcopy(document("sample"))
    finding = a_finding(its, "fail")
    for framework in its["frameworks"]:
        for control in framework["controls"]:
            control["evidence"] = []
    soc2, hipaa = its["frameworks"][:2]
    tally = {"practice": finding["practice"], "reason": "x", "checks": [finding["check"]]}
    soc2["controls"][0]["evidence"] = [tally | {"strength": "direct"}]
    soc2["controls"][1]["evidence"] = [tally | {"strength": "supporting"}]
    hipaa["controls"][0]["evidence"] = [tally | {"strength": "contextual"}]
    made = event(its, finding)
    assert made["compliance"]["standards"] == [f"{soc2['title']} ({soc2['edition']})"]
    assert made["compliance"]["requirements"] == [f"{soc2['title']} {c['id']}" for c in soc2["controls"][:2]]
    assert made["unmapped"]["controls"] == {
        "soc2": ["CC1.1 direct", "CC1.2 supporting"],
        "hipaa": [f"{hipaa['controls'][0]['id']} contextual"],
    }


def test_times_are_milliseconds_and_evidence_is_the_calls() -> None:
    its = deepcopy(document("sample"))
    finding = a_finding(its, "fail", calls=["aws0010", "aws0014"])
    calls = {c["id"]: c for c in its["calls"]}
    calls["aws0010"]["started_at"], calls["aws0014"]["started_at"] = "2026-11-20T08:00:02.5+00:00", "soon"
    made = event(its, finding)
    assert made["time"] == 1000 * int(datetime(2026, 11, 20, 8, tzinfo=UTC).timestamp())
    assert made["start_time"] == made["end_time"] == made["time"] + 2500
    assert made["evidences"] == [
        {
            "api": {
                "operation": "sagemaker:DescribeEndpoint",
                "request": {"uid": calls["aws0010"]["request_id"]},
                "response": {"code": 200},
            },
            "data": {"call": "aws0010"},
        },
        {
            "api": {
                "operation": "sagemaker:DescribeEndpoint",
                "request": {"uid": calls["aws0014"]["request_id"]},
                "response": {"code": 403, "error": "AccessDeniedException"},
            },
            "data": {"call": "aws0014"},
        },
    ]


def test_where_it_is() -> None:
    accounts = {e["cloud"]["provider"]: e["cloud"]["account"] for e in events("sample")}
    assert accounts == {
        "AWS": {"uid": "123456789012", "name": "ml-production", "type_id": 10, "type": "AWS Account"},
        "Azure": {
            "uid": "00000000-0000-4000-8000-000000000001",
            "name": "ml-research",
            "type_id": 99,
            "type": "Azure Subscription",
        },
        "GCP": {"uid": "example-ml-prod", "name": "ml serving", "type_id": 99, "type": "GCP Project"},
    }
    its = document("sample")
    finding = a_finding(its, "fail")
    (resource,) = event(its, finding)["resources"]
    assert (resource["uid"], resource["type"]) == (finding["resource"]["id"], finding["resource"]["native_type"])
    assert "resources" not in event(its, finding | {"resource": None})


@pytest.mark.parametrize(
    ("url", "references"),
    [("https://example.com/a", ["https://example.com/a"]), ("http://example.com", []), ("javascript:alert(1)", [])],
)
def test_only_addresses_with_https_are_linked(url: str, references: list[str]) -> None:
    its = deepcopy(document("sample"))
    finding = a_finding(its, "fail")
    (check,) = (c for c in its["checks"] if c["id"] == finding["check"])
    check["providers"][finding["scope"]["provider"]]["url"] = url
    assert event(its, finding)["remediation"].get("references", []) == references
    assert "remediation" not in event(its, a_finding(its, "pass"))


def test_a_cloud_that_could_not_be_read_is_no_silence() -> None:
    assert len(events("empty")) == 3
    for made in events("empty"):
        assert made["compliance"]["status_id"] == 2
        assert made["severity_id"] == 4
        assert made["message"] == f"{made['cloud']['provider']} could not be read: no credentials"
        assert made["status_detail"] == "Not assessed: the cloud could not be read. Sign in."


def test_what_an_account_chose_is_shown_as_it_is() -> None:
    assert not hiding(list(events("hostile")))
    assert rendered("ocsf", "hostile").isascii()
    assert {"synthetic", "replayed", "interrupted"} == set(events("hostile")[0]["metadata"]["labels"])


def test_the_same_audit_gives_the_same_bytes() -> None:
    assert "".join(pieces(deepcopy(document("decided")))) == rendered("ocsf", "decided")
