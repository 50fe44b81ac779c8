"""What all collectors and derived rules promise together, held against the providers' published data."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient  # type: ignore[import-untyped]
import policy_sentry
import pytest
from botocore.session import Session

from auditor.catalog import load_catalog
from auditor.derive import DERIVED
from auditor.evaluate import judge
from auditor.gates import decides
from auditor.model.check import NotApplicable, Supported
from auditor.model.facts import Known
from auditor.model.resources import AI_KINDS, KINDS, KINDS_ABSENT, Kind
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.permissions import needed_permissions, policy_for, policy_of
from auditor.plan import listed_kinds, needs_of
from auditor.providers import registry
from auditor.providers.base import AnyCollector, Reach
from auditor.settings import Settings
from auditor.wire.calls import READ_EXCEPTIONS, Call, permissions_of
from auditor.wire.hop import declare

AWS, AZURE, GCP = Provider.AWS, Provider.AZURE, Provider.GCP
COLLECTORS = {provider: registry.collectors([provider]) for provider in Provider}
EVERY = tuple(c for found in COLLECTORS.values() for c in found)
CHECKS = load_catalog().checks


@cache
def calls(provider: Provider) -> tuple[Call, ...]:
    declared = {call.key: call for c in COLLECTORS[provider] for call in c.calls()}
    declared.update({call.key: call for call in registry.connecting_calls(provider)})
    return tuple(declared[key] for key in sorted(declared))


def by_key(call: Call) -> str:
    return call.key


# the collectors among themselves


@pytest.mark.parametrize("provider", Provider)
def test_every_cloud_has_collectors_of_its_own(provider: Provider) -> None:
    assert COLLECTORS[provider]
    for c in COLLECTORS[provider]:
        assert c.provider is provider
        assert c.name.startswith(f"{provider}."), c.name
        assert {call.provider for call in c.calls()} == {provider}


def test_names_are_unique() -> None:
    assert [name for name, count in Counter(c.name for c in EVERY).items() if count > 1] == []


@pytest.mark.parametrize("provider", Provider)
def test_a_call_is_declared_once_and_shared_as_one_object(provider: Provider) -> None:
    declare([*(call for c in COLLECTORS[provider] for call in c.calls()), *registry.connecting_calls(provider)])


@pytest.mark.parametrize("provider", Provider)
def test_the_kinds_that_decide_whether_there_is_a_level_are_listed(provider: Provider) -> None:
    listed = {c.kind for c in COLLECTORS[provider]}
    assert set(AI_KINDS[provider]) - listed == {kind for of, kind in KINDS_ABSENT if of is provider}


@pytest.mark.parametrize(("provider", "kind"), KINDS_ABSENT)
def test_a_kind_that_a_provider_does_not_have_is_neither_listed_nor_judged_there(
    provider: Provider, kind: Kind
) -> None:
    assert kind not in {c.kind for c in COLLECTORS[provider]}
    assert [c.id for c in CHECKS if c.resource is kind and isinstance(c.providers[provider], Supported)] == []


LISTED_WITHOUT_A_CALL = {"aws.ai_services.sagemaker", "aws.oversight"}
"""The provider's own model APIs: they exist in every region that offers them; whether they are used is a fact."""


@pytest.mark.parametrize("c", EVERY, ids=lambda c: c.name)
def test_a_collector_declares_what_it_does(c: AnyCollector) -> None:
    assert c.kind in KINDS
    assert c.find_calls or c.name in LISTED_WITHOUT_A_CALL
    assert c.reach in Reach
    for detail in c.details:
        assert detail.calls, "a detail that calls nothing belongs to the listing, or is a derived fact"
        assert detail.facts


# every fact has one source


def suppliers(provider: Provider, kind: Kind, fact: str) -> tuple[list[AnyCollector], list[AnyCollector], int]:
    """The collectors of a kind that supply a fact, those that do not, and how many rules derive it."""
    mine = [c for c in COLLECTORS[provider] if c.kind is kind]
    rules = sum(provider in r.providers and (r.kind, r.fact) == (kind, fact) for r in DERIVED)
    return [c for c in mine if fact in c.facts()], [c for c in mine if fact not in c.facts()], rules


def needed() -> Iterator[Any]:
    for provider in Provider:
        _, needs = needs_of(CHECKS, DERIVED, provider)
        for kind, fact in sorted(needs, key=lambda need: (need[0].kind(), need[1])):
            yield pytest.param(provider, kind, fact, id=f"{provider}-{kind.kind()}-{fact}")


NEVER_ASKED: dict[tuple[str, str], dict[str, Any]] = {
    ("aws.ai_services.sagemaker", "invocation_logging"): {"in_use": True, "generative": False},
    ("aws.ai_services.sagemaker", "evaluated"): {"in_use": True, "generative": False},
    ("aws.ai_services.sagemaker", "guardrail_enforced"): {"in_use": True, "generative": False},
    ("aws.models.sagemaker", "encryption_key"): {"encrypted_with_storage": True},
}
"""Facts that a collector of a kind does not read, because others that it reads decide before them."""


@pytest.mark.parametrize(("name", "fact"), NEVER_ASKED)
def test_a_fact_that_is_never_asked_is_decided_by_others(name: str, fact: str) -> None:
    (collector,) = (c for c in EVERY if c.name == name)
    rests_on = {fact, *(r.fact for r in DERIVED if r.kind is collector.kind and (collector.kind, fact) in r.inputs)}
    deciding = {name: Known(value) for name, value in NEVER_ASKED[name, fact].items()}
    resource = collector.kind(id="x", name="x", account=Account(AWS, "1"), location=GLOBAL, native_type="x", **deciding)
    asking = [
        c
        for c in CHECKS
        if c.resource is collector.kind and rests_on & set(c.needs) and isinstance(c.providers[AWS], Supported)
    ]
    assert asking
    for c in asking:
        assert isinstance(judge(c, resource), NotApplicable), c.id


@pytest.mark.parametrize(("provider", "kind", "fact"), [*needed()])
def test_every_fact_that_a_check_rests_on_has_exactly_one_source(provider: Provider, kind: Kind, fact: str) -> None:
    """Either one rule derives it, or each collector of the kind reads it. A resource of a collector that does not
    could never be assessed."""
    reading, silent, rules = suppliers(provider, kind, fact)
    if rules:
        assert rules == 1
        assert [c.name for c in reading] == [], "a rule would overwrite what was read"
    else:
        assert reading, f"nothing supplies {kind.kind()}.{fact}"
        assert [c.name for c in silent if (c.name, fact) not in NEVER_ASKED] == [], (
            f"list a {kind.kind()} without reading {fact}"
        )


@pytest.mark.parametrize("provider", Provider)
def test_a_check_that_says_supported_has_resources_to_judge(provider: Provider) -> None:
    listed = {c.kind for c in COLLECTORS[provider]}
    supported = [c for c in CHECKS if isinstance(c.providers[provider], Supported)]
    assert [c.id for c in supported if c.resource not in listed] == []


@pytest.mark.parametrize("provider", Provider)
def test_nothing_is_read_that_no_check_rests_on(provider: Provider) -> None:
    kinds, needs = needs_of(CHECKS, DERIVED, provider)
    for c in COLLECTORS[provider]:
        assert c.kind in {*kinds, *listed_kinds(provider, filtered=False)}, f"{c.name} lists what nobody needs"
        for detail in c.details:
            assert {(c.kind, f) for f in detail.facts} & needs, f"{c.name}: nobody needs {detail.facts}"


def test_derived_facts_are_computed_after_what_they_are_derived_from() -> None:
    for provider in Provider:
        rules = [r for r in DERIVED if provider in r.providers]
        position = {(r.kind, r.fact): n for n, r in enumerate(rules)}
        assert len(position) == len(rules), "a fact is derived twice"
        for n, rule in enumerate(rules):
            late = [(k.kind(), f) for k, f in rule.inputs if position.get((k, f), -1) >= n]
            assert late == [], f"{rule.kind.kind()}.{rule.fact} reads what is computed later"


# AWS: the calls exist, and so do the permissions

_SESSION = Session()
_ACTIONS: dict[str, Any] = json.loads(
    (Path(policy_sentry.__file__).parent / "shared" / "data" / "iam-definition.json").read_text()
)


@cache
def service(name: str) -> Any:
    return _SESSION.get_service_model(name)


@pytest.mark.parametrize("call", calls(AWS), ids=by_key)
def test_an_aws_call_exists_and_its_answer_has_what_is_expected(call: Call) -> None:
    operation = service(call.service).operation_model(call.operation)
    members = set(operation.output_shape.members) if operation.output_shape is not None else set()
    assert {*call.expects, *filter(None, [call.items])} <= members
    if call.items:
        assert operation.output_shape.members[call.items].type_name == "list"


PREFIXES = {
    "accessanalyzer": "access-analyzer",
    "bedrock-agent": "bedrock",
    "bedrock-agentcore-control": "bedrock-agentcore",
    "opensearchserverless": "aoss",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "sso-admin": "sso",
}
"""Services whose permissions have another prefix than botocore's name of the service."""

BY_METHOD = {"apigateway", "apigatewayv2"}
"""API Gateway has no action for each operation, but one for each HTTP method."""

RENAMED = {
    "accessanalyzer:ListFindingsV2": "access-analyzer:ListFindings",
    "budgets:DescribeBudgets": "budgets:ViewBudget",
    "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
}
"""Operations that need a permission of another name, from the Service Authorization Reference."""


@pytest.mark.parametrize("call", calls(AWS), ids=by_key)
def test_an_aws_call_names_the_permission_it_needs(call: Call) -> None:
    if call.service in BY_METHOD:
        expected = "apigateway:GET"
    else:
        expected = RENAMED.get(call.key, f"{PREFIXES.get(call.service, call.service)}:{call.operation}")
    assert call.permissions == (expected,)


UNPUBLISHED = {
    "sagemaker:GetEndpointPolicy": "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_GetEndpointPolicy.html"
}
"""Permissions that the published list does not have yet, each with the page that has the operation."""


@pytest.mark.parametrize("permission", permissions_of(calls(AWS)))
def test_an_aws_permission_exists_and_only_reads(permission: str) -> None:
    prefix, action = permission.split(":")
    if permission in UNPUBLISHED:
        assert action.startswith(("Get", "List", "Describe"))
        assert action not in _ACTIONS[prefix]["privileges"], "published by now: take it out of the table"
        return
    assert _ACTIONS[prefix]["privileges"][action]["access_level"] in ("Read", "List")


def test_every_exception_in_these_tables_is_used() -> None:
    declared = {c.key for c in calls(AWS)}
    assert RENAMED.keys() <= declared
    assert READ_EXCEPTIONS.keys() <= declared
    assert PREFIXES.keys() <= {c.service for c in calls(AWS)}


@pytest.mark.parametrize("call", [c for p in Provider for c in calls(p)], ids=by_key)
def test_an_error_that_means_absence_is_one_that_says_so(call: Call) -> None:
    """A denial, a throttle or a fault must never be taken for the absence of something."""
    for code in call.absence:
        assert not re.search(
            r"denied|unauthori|forbidden|throttl|limit|internal|unavailable|timeout|invalid|expired", code, re.I
        )
        assert re.search(
            r"NoSuch|NotFound|NotExist|NotEnabled|NotConfigured|NotInUse|Nonexistent|ReportNot|Unsupported", code
        ), code


# Azure: the permission follows from the path


@pytest.mark.parametrize("call", calls(AZURE), ids=by_key)
def test_an_azure_call_names_the_permission_of_the_path_it_reads(call: Call) -> None:
    """ARM: the operation that reads ``/providers/N/a/{x}/b`` is ``N/a/b/read``, whatever scope stands before it."""
    assert call.permissions == (f"{arm_type(call.path)}/read",)


def arm_type(path: str) -> str:
    scope, found, rest = path.rpartition("/providers/")
    if not found:
        types = path.strip("/").split("/")[0::2]
        return "/".join(["Microsoft.Resources", *types])
    namespace, *parts = rest.split("/")
    return "/".join([namespace, *parts[0::2]])


@pytest.mark.parametrize("call", calls(AZURE), ids=by_key)
def test_an_azure_call_is_a_pinned_get_of_resource_manager(call: Call) -> None:
    assert call.host == "management.azure.com", "data planes hold secrets and data"
    assert call.method == "GET"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d(-preview)?", call.version)
    assert call.path.startswith("/subscriptions")
    if call.operation.endswith(".list"):
        assert call.items == "value"


@pytest.mark.parametrize("permission", permissions_of(calls(AZURE)))
def test_an_azure_permission_reads_and_nothing_more(permission: str) -> None:
    assert re.fullmatch(r"Microsoft\.[A-Za-z]+(/[a-zA-Z]+)+/read", permission)


# Google Cloud: the calls are in the discovery documents

_DISCOVERY = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"


@cache
def discovery(api: str) -> tuple[dict[str, Any], ...]:
    if api == "directory":  # a part of the Admin SDK API
        return (json.loads((_DISCOVERY / "admin.directory_v1.json").read_text()),)
    return tuple(json.loads(path.read_text()) for path in sorted(_DISCOVERY.glob(f"{api}.v*.json")))


def methods(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from document.get("methods", {}).values()
    for inner in document.get("resources", {}).values():
        yield from methods(inner)


def published(call: Call) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The documents and methods that a declared call is: by id, HTTP method, host and path."""
    found = []
    for document in discovery(call.service):
        host = document["rootUrl"].removeprefix("https://").strip("/")
        if call.host.removeprefix("{location}-") != host:
            continue
        for method in methods(document):
            path = "/" + document.get("servicePath", "") + method.get("flatPath", method["path"])
            if (
                method["id"] == f"{call.service}.{call.operation}"
                and method["httpMethod"] == call.method
                and same_path(call.path, path)
            ):
                found.append((document, method))
    return found


def same_path(declared: str, template: str) -> bool:
    """Segment by segment; a constant of ours may stand where the template has a parameter, not the other way."""
    ours, theirs = declared.split("/"), template.split("/")
    return len(ours) == len(theirs) and all(
        re.fullmatch(segment_pattern(segment), own) is not None for own, segment in zip(ours, theirs, strict=True)
    )


def segment_pattern(segment: str) -> str:
    return "".join("[^:]+" if p.startswith("{") else re.escape(p) for p in re.split(r"(\{[^}]*\})", segment))


NO_DOCUMENT = {"modelarmor", "securitycentermanagement"}
"""APIs whose discovery document the client library does not carry; checked by hand against their REST reference."""


def test_an_api_without_a_document_has_none() -> None:
    assert {c.service for c in calls(GCP) if not discovery(c.service)} == NO_DOCUMENT


@pytest.mark.parametrize("call", [c for c in calls(GCP) if c.service not in NO_DOCUMENT], ids=by_key)
def test_a_google_call_is_in_its_discovery_document_and_answers_as_expected(call: Call) -> None:
    found = published(call)
    assert len(found) == 1, f"{call.method} {call.host}{call.path}"
    ((document, method),) = found
    answer = document["schemas"][method["response"]["$ref"]]["properties"]
    assert {*call.expects, *filter(None, [call.items])} <= answer.keys()


@pytest.mark.parametrize("call", calls(GCP), ids=by_key)
def test_a_google_list_states_that_empty_ones_are_left_out_only_of_lists(call: Call) -> None:
    if call.items_optional:
        assert call.items


VERBS = {
    "aggregatedList": "list",
    "getFloorSetting": "get",
    "getEffectivePolicy": "get",
}
"""Operations whose permission has another verb than the operation."""

OTHER = {
    "cloudbilling:projects.getBillingInfo": "resourcemanager.projects.get",
    "billingbudgets:billingAccounts.budgets.list": "billing.budgets.list",
    "cloudasset:searchAllResources": "cloudasset.assets.searchAllResources",
    "iam:projects.serviceAccounts.keys.list": "iam.serviceAccountKeys.list",
    "modelarmor:projects.locations.getFloorSetting": "modelarmor.floorSettings.get",
    "orgpolicy:projects.policies.getEffectivePolicy": "orgpolicy.policy.get",
    "notebooks:projects.locations.instances.checkUpgradability": "notebooks.instances.checkUpgradability",
}
"""Permissions that do not follow from the operation's name, each from the API's documentation."""


IN_DIRECTORY = [c for c in calls(GCP) if c.service == "directory"]
"""Calls that no IAM permission opens, but an administrator role of the directory and an OAuth scope."""

IN_PROJECT = [c for c in calls(GCP) if c not in IN_DIRECTORY]


@pytest.mark.parametrize("call", IN_DIRECTORY, ids=by_key)
def test_a_call_to_the_directory_names_the_scope_it_needs(call: Call) -> None:
    """The narrowest that the discovery document lists: it reads, and nothing more."""
    ((_, method),) = published(call)
    (scope,) = call.permissions
    reading = [s for s in method["scopes"] if s.endswith(".readonly")]
    assert scope in reading
    assert scope == max(reading, key=len)


@pytest.mark.parametrize("call", IN_PROJECT, ids=by_key)
def test_a_google_call_names_the_permission_it_needs(call: Call) -> None:
    if call.key in OTHER:
        assert call.permissions == (OTHER[call.key],)
        return
    *_, noun, verb = call.operation.split(".")
    prefix = "resourcemanager" if call.service == "cloudresourcemanager" else call.service
    assert call.permissions == (f"{prefix}.{noun}.{VERBS.get(verb, verb)}",)


READING_VERBS = {"get", "list", "getIamPolicy", "getEffectiveFirewalls", "checkUpgradability", "searchAllResources"}


@pytest.mark.parametrize("permission", permissions_of(IN_PROJECT))
def test_a_google_permission_only_reads(permission: str) -> None:
    found = re.fullmatch(r"[a-z]+\.[a-zA-Z]+\.([a-zA-Z]+)", permission)
    assert found is not None
    assert found.group(1) in READING_VERBS


def test_every_google_exception_is_used() -> None:
    declared = {c.key: c for c in calls(GCP)}
    assert OTHER.keys() <= declared.keys()
    assert VERBS.keys() <= {key.rpartition(".")[2] for key in declared}
    assert {p.rpartition(".")[2] for p in permissions_of(IN_PROJECT)} == READING_VERBS


# the permissions that are printed


def policies_of(text: str) -> dict[str, Any]:
    """The policies that were printed for AWS, by name."""
    printed = json.loads(text)
    named = printed if isinstance(printed, list) else [{"PolicyName": "MlPostureAuditor", "PolicyDocument": printed}]
    found = {one["PolicyName"]: one["PolicyDocument"] for one in named}
    assert len(found) == len(named)
    return found


def actions_of(policy: Any) -> list[str]:
    (statement,) = policy["Statement"]
    assert (policy["Version"], statement["Effect"]) == ("2012-10-17", "Allow")
    return list(statement["Action"])


def of_services(*sizes: int) -> list[str]:
    return [f"service-{n}:GetSomethingThatIsLong{m:04}" for n, size in enumerate(sizes) for m in range(size)]


@pytest.mark.parametrize(
    ("wanted", "number"),
    [(permissions_of(calls(AWS)), None), (of_services(50, 50), 1), (of_services(90, 90, 20, 90), 3)],
    ids=["all", "few", "many"],
)
def test_the_aws_permissions_fit_into_managed_policies(wanted: list[str], number: int | None) -> None:
    """IAM counts 6,144 characters without white space (IAM user guide, "IAM and AWS STS quotas")."""
    found = policies_of(policy_of(AWS, wanted))
    assert number in (None, len(found))
    assert all(re.fullmatch(r"[\w+=,.@-]{1,128}", name) for name in found)
    assert all(len(re.sub(r"\s", "", json.dumps(policy))) <= 6144 for policy in found.values())
    parts = [actions_of(policy) for policy in found.values()]
    assert [action for part in parts for action in part] == list(wanted)
    services = [service for part in parts for service in {action.partition(":")[0] for action in part}]
    assert len(services) == len(set(services)), "a service is in one policy"


def test_a_policy_of_exactly_the_size_that_aws_takes_is_not_cut() -> None:
    def printed(length: int) -> dict[str, Any]:
        return policies_of(policy_of(AWS, ["a:B", f"c:{'D' * length}"]))

    overhead = len(re.sub(r"\s", "", policy_of(AWS, ["a:B", "c:"])))
    assert len(printed(6144 - overhead)) == 1
    assert len(printed(6144 - overhead + 1)) == 2


@pytest.mark.parametrize("provider", Provider)
def test_the_printed_permissions_are_exactly_those_of_the_declared_calls(provider: Provider) -> None:
    settings = Settings(clouds=(provider,))
    declared = permissions_of(calls(provider))
    assert needed_permissions(settings) == declared
    text = policy_for(settings)
    if provider is AWS:
        assert [action for policy in policies_of(text).values() for action in actions_of(policy)] == list(declared)
    elif provider is AZURE:
        role = json.loads(text)
        assert role["Actions"] == list(declared)
        assert role["DataActions"] == []
    else:
        listed = [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")]
        assert listed == list(permissions_of(IN_PROJECT)), "a custom role takes permissions of IAM only"
        commented = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#   ")]
        assert commented == list(permissions_of(IN_DIRECTORY))
        assert set(listed) | set(commented) == set(declared)
    assert "*" not in "".join(declared)


# gates


@pytest.mark.parametrize("c", [c for c in EVERY if c.gate or any(d.gate for d in c.details)], ids=lambda c: c.name)
def test_a_gate_names_services_that_collectors_without_a_gate_look_at(c: AnyCollector) -> None:
    deciding = {x.service for x in COLLECTORS[c.provider] if decides(x)}
    for gate in (c.gate, *(d.gate for d in c.details)):
        assert gate <= deciding, sorted(gate - deciding)
