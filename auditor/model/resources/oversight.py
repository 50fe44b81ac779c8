"""How a place where AI runs is watched, and the secrets its workloads use."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.facts import Fact
from auditor.model.resources.base import Ref, Resource, fact
from auditor.model.resources.serving import _KEY

_STRINGS: tuple[object, ...] = ((), ("x",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversight(Resource):
    """The services that watch a region in which AI resources are: one per such region.

    Macie, Security Hub, AWS Config, Inspector, IAM Access Analyzer, CloudWatch alarms, EventBridge rules.
    """

    data_discovery: Fact[bool] = fact("Sensitive data is discovered in its storage automatically.")
    posture_standard: Fact[bool] = fact("A posture service judges AI resources by a standard for them.")
    configuration_recorded: Fact[bool] = fact("Changes of configuration are recorded, and the last delivery succeeded.")
    unrecorded_types: Fact[tuple[str, ...]] = fact("Types of AI resources that the record leaves out.", values=_STRINGS)
    remediates: Fact[bool] = fact("At least one kind of drift is put right automatically.")
    unscanned: Fact[tuple[str, ...]] = fact(
        "What is not scanned for vulnerabilities, of images, functions and their code.", values=((), ("functions",))
    )
    external_access_analyzed: Fact[bool] = fact(
        "An analyzer of this account looks for access from outside, here; one of the organization's that lives in "
        "another account is not seen."
    )
    unused_access_analyzed: Fact[bool] = fact(
        "An analyzer of this account looks for unused access, in whichever region."
    )
    open_access_findings: Fact[tuple[str, ...]] = fact(
        "Open findings of access from outside, by type of resource.", values=_STRINGS
    )
    alarms: Fact[bool] = fact("An alarm on a metric of an AI service notifies somebody; scaling does not count.")
    findings_routed: Fact[bool] = fact("Security findings are sent on as they arise, by a rule of the customer's.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret(Resource):
    """A stored secret: AWS Secrets Manager. Its value is never read."""

    rotates: Fact[bool] = fact("It is rotated automatically, and the last rotation was not missed.")
    encryption_key: Fact[Ref | None] = fact("The key it is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    managed: Fact[bool] = fact("Another service of the provider made it and rotates it.")
    public: Fact[bool] = fact("Its policy lets any principal use it without a condition.")
    policy_document: Fact[str | None] = fact("The text of its own policy; none: it has none.", values=(None, "{}"))
