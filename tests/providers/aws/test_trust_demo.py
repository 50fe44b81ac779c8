"""What the demo's AWS account shows of trust: for each question a role that answers it well and one that does not."""

from __future__ import annotations

import pytest

from auditor.model.finding import Status
from auditor.model.scope import Provider
from tests.conftest import Demo


def judged(demo: Demo, check: str) -> dict[str, Status]:
    return {
        f.resource.name: f.status
        for f in demo.result.audit.findings
        if f.check == check and f.account.provider is Provider.AWS and f.resource is not None
    }


@pytest.mark.parametrize(
    ("check", "well", "badly"),
    [
        ("identity_trust_conditioned", "sm-inference-fraud", "sm-inference-eu"),
        ("identity_outsiders_verified", "scoring-partner", "labeling-vendor"),
        ("identity_outsiders_verified", "landing-zone-baseline", "labeling-vendor"),  # of the management account
        ("identity_federation_bound", "ci-model-deploy", "ci-experiments"),
    ],
)
def test_roles(demo: Demo, check: str, well: str, badly: str) -> None:
    found = judged(demo, check)
    assert (found[well], found[badly]) == (Status.PASS, Status.FAIL)


@pytest.mark.parametrize("role", ["chat-prototype", "claims-portal", "api-gateway-scoring", "cloudtrail-to-logs"])
def test_services_that_send_no_source_are_not_held_against_a_role(demo: Demo, role: str) -> None:
    assert judged(demo, "identity_trust_conditioned")[role] in (Status.PASS, Status.NOT_APPLICABLE)


def test_a_deleted_principal_is_named_with_its_policy(demo: Demo) -> None:
    (finding,) = (
        f
        for f in demo.result.audit.findings
        if f.check == "account_policies_without_deleted_principals" and f.account.provider is Provider.AWS
    )
    assert finding.status is Status.FAIL
    assert finding.message.endswith(": Identity sm-experiments-2024")
