"""IAM Access Analyzer: what it looks for, and what it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, native
from auditor.model.resources import Oversight
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Detail
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_ANALYZERS = aws_call("accessanalyzer", "ListAnalyzers", "access-analyzer:ListAnalyzers", items="analyzers")
LIST_FINDINGS = aws_call("accessanalyzer", "ListFindingsV2", "access-analyzer:ListFindings", items="findings")

_EXTERNAL, _UNUSED = "external", "unused"
_LOOKS_FOR = {
    "ACCOUNT": _EXTERNAL,
    "ORGANIZATION": _EXTERNAL,
    "ACCOUNT_UNUSED_ACCESS": _UNUSED,
    "ORGANIZATION_UNUSED_ACCESS": _UNUSED,
    "ACCOUNT_INTERNAL_ACCESS": "internal",
    "ORGANIZATION_INTERNAL_ACCESS": "internal",
}
_WORKS = {"ACTIVE": True, "CREATING": False, "DISABLED": False, "FAILED": False}
AI_RELEVANT = (
    "AWS::ECR::Repository",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
)
"""Types of resources that AI workloads keep their data, images, keys and secrets in, or run as."""
_ENOUGH = 200
"""Findings after which it does not matter how many more there are."""


def _analyzes(analyzers: Iterable[Mapping[str, Any]], purpose: str) -> Fact[bool]:
    return any_true(
        all_true(
            (
                native(analyzer, "type").map(_LOOKS_FOR).map(lambda found: found == purpose),
                native(analyzer, "status").map(_WORKS),
            )
        )
        for analyzer in analyzers
    )


def _external(session: AwsSession, oversight: Oversight) -> Mapping[str, Fact[Any]]:
    return {"external_access_analyzed": _analyzes(session.items(LIST_ANALYZERS, oversight.location), _EXTERNAL)}


def _unused(session: AwsSession, oversight: Oversight) -> Mapping[str, Fact[Any]]:
    """Roles and users belong to no region, so one such analyzer anywhere looks at all of them (IAM user guide,
    "Creating an IAM Access Analyzer unused access analyzer"): other regions are asked until one is found."""
    here = oversight.location
    answers: list[Fact[bool]] = []
    for location in (here, *sorted(set(session.locations) - {here})):
        try:
            answers.append(_analyzes(session.items(LIST_ANALYZERS, location), _UNUSED))
        except CallFailed as error:
            answers.append(error.unknown())
        if isinstance(answers[-1], Known) and answers[-1].value:
            break
    return {"unused_access_analyzed": any_true(answers)}


def _findings(session: AwsSession, oversight: Oversight) -> Mapping[str, Fact[Any]]:
    """Active findings of the analyzers of external access that work; archived ones were looked at by somebody."""
    analyzers = list(session.items(LIST_ANALYZERS, oversight.location))
    active = [a for a in analyzers if _is_known_true(_analyzes([a], _EXTERNAL))]
    if not active:
        return {"open_access_findings": Unknown(Reason.ABSENT, "an analyzer of external access")}
    wanted = {
        "status": {"eq": ["ACTIVE"]},
        "resourceOwnerAccount": {"eq": [oversight.account.id]},
        "resourceType": {"eq": list(AI_RELEVANT)},
    }
    found: Counter[str] = Counter()
    for analyzer in sorted(a["arn"] for a in active):
        listed = session.items(LIST_FINDINGS, oversight.location, analyzerArn=analyzer, filter=wanted, maxResults=100)
        found.update(finding["resourceType"] for finding in islice(listed, _ENOUGH))
    return {"open_access_findings": Known(tuple(sorted(found)), {"findings": dict(sorted(found.items()))})}


def _is_known_true(fact: Fact[bool]) -> bool:
    return isinstance(fact, Known) and fact.value


ACCESS_DETAILS: tuple[Detail[Oversight, AwsSession], ...] = (
    Detail(calls=(LIST_ANALYZERS,), facts=("external_access_analyzed",), read=_external),
    Detail(calls=(LIST_ANALYZERS,), facts=("unused_access_analyzed",), read=_unused),
    Detail(calls=(LIST_ANALYZERS, LIST_FINDINGS), facts=("open_access_findings",), read=_findings),
)
