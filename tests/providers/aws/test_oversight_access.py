"""What IAM Access Analyzer looks for, and what it found."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Reason
from auditor.providers.aws import oversight
from auditor.providers.aws.oversight_access import LIST_ANALYZERS, LIST_FINDINGS
from tests.providers.aws.conftest import Aws
from tests.providers.aws.test_oversight import ACCOUNT, ANALYZER, only, outcome, watched

FINDING = {
    "analyzedAt": "2026-08-14T09:30:00Z",
    "createdAt": "2026-08-14T09:30:00Z",
    "updatedAt": "2026-08-14T09:30:00Z",
    "id": "f",
    "resourceOwnerAccount": ACCOUNT,
    "status": "ACTIVE",
}


def analyzers(aws: Aws, *found: tuple[str, str], at: str = "") -> None:
    listed = [{**ANALYZER, "type": kind, "status": status} for kind, status in found]
    aws.answer(LIST_ANALYZERS, {"analyzers": listed}, at=at)


@pytest.mark.parametrize(
    ("found", "external", "unused"),
    [
        ([], False, False),
        ([("ORGANIZATION", "ACTIVE")], True, False),
        ([("ORGANIZATION_UNUSED_ACCESS", "ACTIVE")], False, True),
        ([("ACCOUNT_INTERNAL_ACCESS", "ACTIVE")], False, False),
        ([("ACCOUNT", "DISABLED"), ("ACCOUNT_UNUSED_ACCESS", "FAILED")], False, False),
        ([("ACCOUNT", "UnheardOf")], Reason.UNRECOGNISED, False),
        ([("UnheardOf", "ACTIVE")], Reason.UNRECOGNISED, Reason.UNRECOGNISED),
        ([("UnheardOf", "ACTIVE"), ("ACCOUNT", "ACTIVE")], True, Reason.UNRECOGNISED),
    ],
)
def test_analyzers(aws: Aws, found: list[tuple[str, str]], external: object, unused: object) -> None:
    watched(aws)
    analyzers(aws, *found)
    answer = only(aws)
    assert [outcome(answer.external_access_analyzed), outcome(answer.unused_access_analyzed)] == [external, unused]


@pytest.mark.parametrize(
    ("elsewhere", "expected"),
    [([("ACCOUNT_UNUSED_ACCESS", "ACTIVE")], True), ([("ACCOUNT", "ACTIVE")], False), (None, Reason.DENIED)],
)
def test_unused_access_is_analyzed_for_all_regions_by_one_analyzer(aws: Aws, elsewhere: Any, expected: object) -> None:
    watched(aws)
    if elsewhere is None:
        aws.refuse(LIST_ANALYZERS, "AccessDeniedException", 403)
    else:
        analyzers(aws, *elsewhere, at="eu-west-1")
    analyzers(aws, ("ACCOUNT", "ACTIVE"), at="us-east-1")
    done = aws.collected(oversight.COLLECTORS, ("eu-west-1", "us-east-1"))
    assert done.defects == ()
    (here,) = (r for r in done.inventory.resources if r.location == "us-east-1")
    assert outcome(here.unused_access_analyzed) == expected  # type: ignore[attr-defined]


def test_findings_of_active_analyzers_of_external_access(aws: Aws) -> None:
    watched(aws)
    types = ["AWS::S3::Bucket", "AWS::IAM::Role", "AWS::S3::Bucket"]
    aws.answer(LIST_FINDINGS, {"findings": [{**FINDING, "resourceType": kind} for kind in types]})
    found = only(aws).open_access_findings
    assert found.value == ("AWS::IAM::Role", "AWS::S3::Bucket")
    asked = [e.params for e in aws.ledger.exchanges() if e.operation == "ListFindingsV2"]
    assert [(p["analyzerArn"], p["filter"]["status"]) for p in asked] == [(ANALYZER["arn"], {"eq": ["ACTIVE"]})]


def test_many_findings_are_not_all_read(aws: Aws) -> None:
    watched(aws)
    page = [{**FINDING, "resourceType": "AWS::KMS::Key"}] * 100
    aws.answer(LIST_FINDINGS, {"findings": page, "nextToken": "again"})
    for number in range(1, 5):
        token = "again" if number == 1 else f"again{number - 1}"
        aws.answer(LIST_FINDINGS, {"findings": page, "nextToken": f"again{number}"}, nextToken=token)
    assert only(aws).open_access_findings.value == ("AWS::KMS::Key",)
    assert [e.operation for e in aws.ledger.exchanges()].count("ListFindingsV2") == 2


def test_without_an_analyzer_there_are_no_findings_to_speak_of(aws: Aws) -> None:
    watched(aws)
    analyzers(aws, ("ACCOUNT", "DISABLED"))
    assert outcome(only(aws).open_access_findings) is Reason.ABSENT
