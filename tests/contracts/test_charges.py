"""Prices say where they come from, and a fix that turns on something charged for says so."""

from __future__ import annotations

import re
from datetime import date

import pytest

from auditor.catalog import load_catalog
from auditor.model.check import AnyCheck, Remediation, Supported
from auditor.model.scope import Provider
from auditor.prices import PRICES, Price, price

CHECKS = load_catalog().checks
REMEDIATIONS = [
    pytest.param(check, provider, coverage.remediation, id=f"{check.id}-{provider}")
    for check in CHECKS
    for provider, coverage in check.providers.items()
    if isinstance(coverage, Supported)
]
each_price = pytest.mark.parametrize("its", PRICES, ids=lambda its: its.id)
each_remediation = pytest.mark.parametrize(("check", "provider", "remediation"), REMEDIATIONS)
HOSTS = {
    Provider.AWS: ("https://aws.amazon.com/",),
    Provider.AZURE: ("https://azure.microsoft.com/", "https://techcommunity.microsoft.com/"),
    Provider.GCP: ("https://cloud.google.com/",),
}

TURNS_ON: dict[Provider, dict[str, str]] = {
    Provider.AWS: {
        r"customer-managed|KMS key|KMS encryption|Create a key": r"kms-key",
        r"interface endpoint|VPC endpoint|endpoints for the model APIs": r"interface-endpoint",
        r"(to|in) (AgentCore Identity or )?(AWS )?Secrets Manager": r"secret",
        r"web ACL|rate-based rule": r"waf|logs-vended",
        r"flow log": r"logs-vended",
        r"[Cc]reate a trail|data events": r"cloudtrail",
        r"CloudTrail Insights": r"cloudtrail-insights",
        r"invocation logging|access log of|log group or|data capture on": r"-logs|s3-storage|cloudtrail",
        r"[Vv]ersioning|Object Lock|[Rr]ecording enabled": r"s3-storage",
        r"Replicate|AWS Backup": r"s3-copy",
        r"GuardDuty in|in GuardDuty": r"guardduty",
        r"Macie": r"macie",
        r"Inspector|continuous scanning": r"inspector",
        r"(Start|Enable).*(AWS Config|Security Hub)": r"config|security-hub",
        r"X-Ray": r"traces",
        r"unused access": r"access-analyzer",
        r"CloudWatch alarm|detection alarm": r"alarm",
        r"(Create|Enforce|enforce|Associate) a guardrail": r"guardrail",
        r"denied topics": r"guardrail-topics",
        r"grounding check": r"guardrail-grounding",
        r"prompt attack filter|filters for hate": r"guardrail-content",
        r"personal data that answers": r"guardrail-personal-data",
        r"policy engine to": r"agent-policy",
        r"monitoring schedule|schedule that was stopped": r"processing",
        r"evaluation job": r"evaluation",
        r"InstanceCount of two": r"hosting",
        r"[Kk]ey rotation|cancel the deletion": r"kms-key",
        r"retention of the log group": r"logs-kept",
        r"data protection policy": r"logs-masked",
        r"automatic remediation": r"automation",
        r"KmsKeyId": r"kms-key",
    },
    Provider.AZURE: {
        r"Key Vault": r"key",
        r"[Pp]rivate endpoint|managed network": r"private-endpoint",
        r"to a (storage account|Log Analytics)|diagnostic setting": r"logs|storage",
        r"[Vv]ersioning|retention policy": r"storage",
        r"flow log": r"flow-logs",
        r"Defender": r"defender",
    },
    Provider.GCP: {
        r"KMS key|kmsKeyName|rotation period|Enable the primary version": r"key",
        r"Private Service Connect|forwarding rule": r"endpoint",
        r"log bucket|Audit Logs|access logging": r"logs|storage",
        r"BigQuery": r"bigquery",
        r"[Vv]ersioning": r"storage",
        r"flow logs": r"flow-logs",
        r"Security Command Center": r"security-command-center",
        r"Model Armor": r"model-armor",
    },
}
"""What the text of a remediation turns on, and the price that has to be with it."""

FREE: dict[tuple[str, Provider], str] = {
    ("key_not_public", Provider.AZURE): "it changes who may use a key that exists",
    ("knowledge_base_store_private", Provider.AWS): "it names the endpoints that exist",
    ("workspace_output_sharing_protected", Provider.AWS): "sharing can be turned off instead",
}
"""Remediations that name such a thing and turn on nothing that is charged for, and why."""


@each_price
def test_a_price_says_what_where_and_since_when(its: Price) -> None:
    assert its.id.startswith(f"{its.provider}-")
    assert its.url.startswith(HOSTS[its.provider])
    assert its.what
    assert its.unit
    assert "\n" not in its.text
    if its.usd is None:
        assert (its.region, its.source, its.as_of) == ("", "", ""), "where there is no amount, nothing was read"
        assert "$" not in its.usage
    else:
        assert its.usd > 0
        assert its.region
        assert its.source in ("pricing page", "price list", "announcement")
        assert float(re.findall(r"^\$(\S+) per ", its.amount)[0]) == its.usd
    if its.as_of:
        assert date.fromisoformat(its.as_of).isoformat() == its.as_of


def test_prices_have_ids_of_their_own_and_each_is_charged_by_some_fix() -> None:
    assert len({p.id for p in PRICES}) == len(PRICES)
    used = {charge for p in REMEDIATIONS for charge in p.values[2].charges}  # type: ignore[union-attr]
    assert used == {p.id for p in PRICES}


@each_remediation
def test_charges_are_of_the_cloud_and_named_once(check: AnyCheck, provider: Provider, remediation: Remediation) -> None:
    assert len(set(remediation.charges)) == len(remediation.charges)
    assert {price(charge).provider for charge in remediation.charges} <= {provider}


@each_remediation
def test_what_a_fix_turns_on_has_its_price(check: AnyCheck, provider: Provider, remediation: Remediation) -> None:
    wanted = [charge for words, charge in TURNS_ON[provider].items() if re.search(words, remediation.text)]
    missing = [w for w in wanted if not any(re.search(w, charge) for charge in remediation.charges)]
    if (check.id, provider) in FREE:
        assert missing, "it is no exception"
    else:
        assert missing == []
