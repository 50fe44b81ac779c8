"""Amazon ECR repositories."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.access.aws_trust import public
from auditor.model.facts import Fact, Known, Unknown, all_true, any_true, native
from auditor.model.resources import ImageRepository, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.gates import AI
from auditor.providers.aws.reading import key_ref, statements_of, text_of
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

DESCRIBE_REPOSITORIES = aws_call("ecr", "DescribeRepositories", items="repositories")
GET_SCANNING = aws_call("ecr", "GetRegistryScanningConfiguration", expects=("scanningConfiguration",))
GET_REPOSITORY_POLICY = aws_call(
    "ecr", "GetRepositoryPolicy", expects=("policyText",), absence=("RepositoryPolicyNotFoundException",)
)

_IMMUTABLE = {
    "IMMUTABLE": True,
    "IMMUTABLE_WITH_EXCLUSION": False,
    "MUTABLE": False,
    "MUTABLE_WITH_EXCLUSION": False,
}
"""With exclusions some tags can still be moved."""
_ALGORITHMS = {"AES256": False, "KMS": True, "KMS_DSSE": True}
_ENHANCED = {"BASIC": False, "ENHANCED": True}
_SCANS = {"SCAN_ON_PUSH": True, "CONTINUOUS_SCAN": True, "MANUAL": False}


def _find(session: AwsSession, location: str) -> Iterator[ImageRepository]:
    for repository in session.items(DESCRIBE_REPOSITORIES, location):
        yield ImageRepository(
            id=repository["repositoryArn"],
            name=repository["repositoryName"],
            account=session.account,
            location=location,
            native_type="AWS::ECR::Repository",
            aliases=frozenset({repository["repositoryUri"]}),
            immutable=native(repository, "imageTagMutability").map(_IMMUTABLE),
            encryption_key=_key(session, location, repository),
        )


def _key(session: AwsSession, location: str, repository: Mapping[str, Any]) -> Fact[Ref | None]:
    """The key is named wherever KMS is used, also if it is the AWS managed one (ECR API reference,
    EncryptionConfiguration)."""
    with_kms = native(repository, "encryptionConfiguration.encryptionType").map(_ALGORITHMS)
    if isinstance(with_kms, Unknown) or not with_kms.value:
        return with_kms.map(lambda _: None)
    return native(repository, "encryptionConfiguration.kmsKey").map(lambda name: key_ref(session, location, name))


def _scanning(
    session: AwsSession, location: str, repositories: Sequence[ImageRepository]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    """With enhanced scanning the rules of the registry decide alone. With basic scanning a repository may also say so
    itself (ECR user guide, "Image scanning")."""
    registry = session.call(GET_SCANNING, location)
    enhanced = native(registry, "scanningConfiguration.scanType").map(_ENHANCED)
    rules = native(registry, "scanningConfiguration.rules", default=())  # a registry starts without any
    own = {r["repositoryArn"]: _scans_itself(r) for r in session.items(DESCRIBE_REPOSITORIES, location)}
    facts: dict[str, Mapping[str, Fact[Any]]] = {}
    for repository in repositories:
        by_rule = [_scanned_by(rule, repository.name) for rule in rules.value]
        itself = all_true((enhanced.map(lambda on: not on), own[repository.id]))
        facts[repository.id] = {"scanned": any_true((*by_rule, itself))}
    return facts


def _scans_itself(repository: Mapping[str, Any]) -> Fact[bool]:
    # without the setting images are not scanned when pushed (ECR API reference, ImageScanningConfiguration)
    return native(repository, "imageScanningConfiguration.scanOnPush", default=False)


def _scanned_by(rule: Mapping[str, Any], name: str) -> Fact[bool]:
    filters = [one["filter"] for one in rule["repositoryFilters"]]
    if not any(_matches(pattern, name) for pattern in filters):
        return Known(False, {"repositoryFilters": filters})
    return native(rule, "scanFrequency").map(_SCANS)


def _matches(pattern: str, name: str) -> bool:
    """Without a wildcard a filter matches every name that contains it (ECR user guide, "Filter wildcards")."""
    if "*" not in pattern:
        return pattern in name
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None


def _policy(session: AwsSession, repository: ImageRepository) -> Mapping[str, Fact[Any]]:
    answer = session.call(GET_REPOSITORY_POLICY, repository.location, repositoryName=repository.name)
    if answer is None:
        none = {"policyText": None}
        return {"public": Known(False, none), "policy_document": Known(None, none)}
    found = statements_of(answer["policyText"], "policyText")
    return {
        "public": found.map(lambda statements: bool(public(statements))),
        "policy_document": Known(text_of(answer["policyText"])),
    }


COLLECTORS: tuple[Collector[ImageRepository, AwsSession], ...] = (
    Collector(
        name="aws.image_repositories",
        provider=Provider.AWS,
        kind=ImageRepository,
        reach=Reach.LOCATION,
        service="ecr",
        find_calls=(DESCRIBE_REPOSITORIES,),
        find=_find,
        find_facts=("immutable", "encryption_key"),
        gate=AI,
        details=(
            Detail(calls=(DESCRIBE_REPOSITORIES, GET_SCANNING), facts=("scanned",), read_all=_scanning),
            Detail(calls=(GET_REPOSITORY_POLICY,), facts=("public", "policy_document"), read=_policy),
        ),
    ),
)
