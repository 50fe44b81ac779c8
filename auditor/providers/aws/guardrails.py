"""Bedrock guardrails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, combine, native
from auditor.model.resources import Guardrail
from auditor.model.scope import Provider
from auditor.providers.aws.bedrock import GET_RESOURCE_POLICY, resource_policy
from auditor.providers.aws.gates import GENERATIVE
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_GUARDRAILS = aws_call("bedrock", "ListGuardrails", items="guardrails")
GET_GUARDRAIL = aws_call("bedrock", "GetGuardrail", expects=("guardrailArn",))

HARMS = ("HATE", "INSULTS", "SEXUAL", "VIOLENCE", "MISCONDUCT")
GROUNDING_LEAST = 0.7
"""Below this score an answer counts as not supported; a lower threshold lets more of them pass."""

_DRAFT = "DRAFT"
_READY = {
    "READY": True,
    "CREATING": False,
    "UPDATING": False,
    "VERSIONING": False,
    "FAILED": False,
    "DELETING": False,
}
_STRENGTH = {"NONE": 0, "LOW": 1, "MEDIUM": 2, "HIGH": 3}
_BLOCKS = {"BLOCK": True, "NONE": False}
_BLOCKS_OR_MASKS = {"BLOCK": True, "ANONYMIZE": True, "NONE": False}
_DENIES = {"DENY": True}


def _find(session: AwsSession, location: str) -> Iterator[Guardrail]:
    """Without an identifier the list has the draft of each guardrail (API reference, ListGuardrails)."""
    for guardrail in session.items(LIST_GUARDRAILS, location):
        yield Guardrail(
            id=guardrail["arn"],
            name=guardrail["name"],
            account=session.account,
            location=location,
            native_type="AWS::Bedrock::Guardrail",
            aliases=frozenset({guardrail["id"]}),
        )


def _read(session: AwsSession, guardrail: Guardrail) -> Mapping[str, Fact[Any]]:
    """The newest published version, which is what workloads are given; of one never published the draft."""
    published = _published(session, guardrail)
    version = str(max(published)) if published else _DRAFT
    body = session.call(GET_GUARDRAIL, guardrail.location, guardrailIdentifier=guardrail.id, guardrailVersion=version)
    # kmsKeyArn is the customer's key; without one Bedrock encrypts with its own (user guide, Guardrails permissions)
    key = native(body, "kmsKeyArn", default="")
    return {
        "versioned": Known(bool(published), {"version": version}),
        "prompt_attacks_blocked": _prompt_attacks_blocked(body),
        "unfiltered_harms": _unfiltered_harms(body),
        "masks_personal_data": _masks_personal_data(body),
        "grounding": _grounding(body),
        "denied_topics": _denied_topics(body),
        "encryption_key": key.map(lambda name: key_ref(session, guardrail.location, name) if name else None),
    }


def _published(session: AwsSession, guardrail: Guardrail) -> tuple[int, ...]:
    """The numbers of its versions that are ready. The list of one guardrail has its draft and all its versions."""
    numbers = []
    for entry in session.items(LIST_GUARDRAILS, guardrail.location, guardrailIdentifier=guardrail.id):
        version = str(entry["version"])
        if version == _DRAFT:
            continue
        number: Fact[int] = Known(int(version)) if version.isdecimal() else Unknown(Reason.UNRECOGNISED, "version")
        if native(entry, "status").map(_READY).value:
            numbers.append(number.value)
    return tuple(numbers)


def _rules(body: Mapping[str, Any], *paths: str) -> list[Mapping[str, Any]]:
    """A guardrail without a kind of policy has no rules of that kind (API reference, GetGuardrail: "that was
    configured")."""
    return [rule for path in paths for rule in native(body, path, default=[]).value]


def _acts(rule: Mapping[str, Any], side: str) -> Fact[bool]:
    """It blocks on a side, ``input`` or ``output``. The two fields came later than the filters, which always blocked:
    where they are absent a filter is on and blocks (API reference, CreateGuardrail)."""
    return all_true(
        (
            native(rule, f"{side}Enabled", default=True),
            native(rule, f"{side}Action", default="BLOCK").map(_BLOCKS),
        )
    )


def _blocks(rule: Mapping[str, Any], side: str, least: str) -> Fact[bool]:
    """With at least this strength. Prompt attacks exist in prompts only, so that their filter has no output side."""
    strength: Fact[int] = native(rule, f"{side}Strength").map(_STRENGTH)
    return all_true((strength.map(lambda value: value >= _STRENGTH[least]), _acts(rule, side)))


def _prompt_attacks_blocked(body: Mapping[str, Any]) -> Fact[bool]:
    filters = [rule for rule in _rules(body, "contentPolicy.filters") if rule.get("type") == "PROMPT_ATTACK"]
    return _about("contentPolicy.filters", filters, any_true(_blocks(rule, "input", "HIGH") for rule in filters))


def _unfiltered_harms(body: Mapping[str, Any]) -> Fact[tuple[str, ...]]:
    filters = [rule for rule in _rules(body, "contentPolicy.filters") if rule.get("type") in HARMS]

    def filtered(harm: str) -> Fact[bool]:
        return any_true(
            all_true((_blocks(rule, "input", "MEDIUM"), _blocks(rule, "output", "MEDIUM")))
            for rule in filters
            if rule["type"] == harm
        )

    def missing(*answers: bool) -> tuple[str, ...]:
        return tuple(harm for harm, done in zip(HARMS, answers, strict=True) if not done)

    return _about("contentPolicy.filters", filters, combine(missing, *(filtered(harm) for harm in HARMS)))


def _masks_personal_data(body: Mapping[str, Any]) -> Fact[bool]:
    """``action`` holds for answers unless ``outputAction`` says otherwise (API reference, GuardrailPiiEntityConfig)."""
    paths = ("sensitiveInformationPolicy.piiEntities", "sensitiveInformationPolicy.regexes")
    rules = _rules(body, *paths)

    def acts(rule: Mapping[str, Any]) -> Fact[bool]:
        action = native(rule, "outputAction" if rule.get("outputAction") is not None else "action")
        return all_true((native(rule, "outputEnabled", default=True), action.map(_BLOCKS_OR_MASKS)))

    named = [{k: rule.get(k) for k in ("type", "name", "action", "outputAction") if k in rule} for rule in rules]
    return _about("sensitiveInformationPolicy", named, any_true(acts(rule) for rule in rules))


def _grounding(body: Mapping[str, Any]) -> Fact[bool]:
    filters = [rule for rule in _rules(body, "contextualGroundingPolicy.filters") if rule.get("type") == "GROUNDING"]

    def holds(rule: Mapping[str, Any]) -> Fact[bool]:
        return all_true(
            (
                native(rule, "enabled", default=True),
                native(rule, "action", default="BLOCK").map(_BLOCKS),
                native(rule, "threshold").map(lambda score: score >= GROUNDING_LEAST),
            )
        )

    return _about("contextualGroundingPolicy.filters", filters, any_true(holds(rule) for rule in filters))


def _denied_topics(body: Mapping[str, Any]) -> Fact[bool]:
    topics = _rules(body, "topicPolicy.topics")

    def denied(topic: Mapping[str, Any]) -> Fact[bool]:
        # the only type there is, and optional (API reference, GuardrailTopic)
        denies: Fact[bool] = native(topic, "type", default="DENY").map(_DENIES)
        return all_true((denies, any_true((_acts(topic, "input"), _acts(topic, "output")))))

    names = [topic.get("name") for topic in topics]
    return _about("topicPolicy.topics", names, any_true(denied(topic) for topic in topics))


def _about(field: str, seen: object, fact: Fact[Any]) -> Fact[Any]:
    """The same answer, with everything that was looked at behind it."""
    return Known(fact.value, {field: seen}, fact.calls) if isinstance(fact, Known) else fact


def _read_policy(session: AwsSession, guardrail: Guardrail) -> Mapping[str, Fact[Any]]:
    return {"public_policy": resource_policy(session, guardrail.location, guardrail.id)["public_policy"]}


COLLECTORS: tuple[Collector[Guardrail, AwsSession], ...] = (
    Collector(
        name="aws.guardrails",
        provider=Provider.AWS,
        kind=Guardrail,
        reach=Reach.LOCATION,
        service="bedrock",
        gate=GENERATIVE,
        find_calls=(LIST_GUARDRAILS,),
        find=_find,
        details=(
            Detail(
                calls=(LIST_GUARDRAILS, GET_GUARDRAIL),
                facts=(
                    "versioned",
                    "prompt_attacks_blocked",
                    "unfiltered_harms",
                    "masks_personal_data",
                    "grounding",
                    "denied_topics",
                    "encryption_key",
                ),
                read=_read,
            ),
            Detail(calls=(GET_RESOURCE_POLICY,), facts=("public_policy",), read=_read_policy),
        ),
    ),
)
