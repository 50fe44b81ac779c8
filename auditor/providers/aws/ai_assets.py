"""Custom models, indexes and collections of the other AI services."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, native
from auditor.model.resources import AiAsset, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.gates import AI
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.refs import role_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_CLASSIFIERS = aws_call("comprehend", "ListDocumentClassifiers", items="DocumentClassifierPropertiesList")
LIST_RECOGNIZERS = aws_call("comprehend", "ListEntityRecognizers", items="EntityRecognizerPropertiesList")
DESCRIBE_PROJECTS = aws_call("rekognition", "DescribeProjects", items="ProjectDescriptions")
DESCRIBE_PROJECT_VERSIONS = aws_call("rekognition", "DescribeProjectVersions", items="ProjectVersionDescriptions")
LIST_COLLECTIONS = aws_call("rekognition", "ListCollections", items="CollectionIds")
LIST_ADAPTER_VERSIONS = aws_call("textract", "ListAdapterVersions", items="AdapterVersions")
GET_ADAPTER_VERSION = aws_call("textract", "GetAdapterVersion", expects=("AdapterId", "AdapterVersion"))
LIST_INDICES = aws_call("kendra", "ListIndices", items="IndexConfigurationSummaryItems")
DESCRIBE_INDEX = aws_call("kendra", "DescribeIndex", expects=("Id",))
LIST_APPLICATIONS = aws_call("qbusiness", "ListApplications", items="applications")
GET_APPLICATION = aws_call("qbusiness", "GetApplication", expects=("applicationId",))
LIST_DATASET_GROUPS = aws_call("personalize", "ListDatasetGroups", items="datasetGroups")
DESCRIBE_DATASET_GROUP = aws_call("personalize", "DescribeDatasetGroup", expects=("datasetGroup",))

_PROJECT_FEATURES = ("CUSTOM_LABELS", "CONTENT_MODERATION")
"""Without both named, DescribeProjects gives projects of custom labels only (Rekognition API reference)."""


_KEYABLE: Fact[bool] = Known(True)


def _asset(session: AwsSession, location: str, native_type: str, arn: str, name: str, **facts: Any) -> AiAsset:
    facts = {"keyable": _KEYABLE, **facts}
    return AiAsset(id=arn, name=name, account=session.account, location=location, native_type=native_type, **facts)


def _key(session: AwsSession, location: str, body: Mapping[str, Any], path: str) -> Fact[Ref | None]:
    """Without a key named, each of these services encrypts with one that AWS owns (their developer guides, "Data
    encryption at rest")."""
    return native(body, path, default="").map(lambda name: key_ref(session, location, name) if name else None)


def _role(body: Mapping[str, Any], path: str) -> Fact[tuple[Ref, ...]]:
    """The role is optional in the request that creates the thing."""
    return native(body, path, default="").map(lambda arn: (role_ref(arn),) if arn else ())


# Amazon Comprehend: the lists carry everything; the model has one key, the volumes of its training another


def _find_comprehend(call: Call, arn_field: str, native_type: str) -> Callable[[AwsSession, str], Iterator[AiAsset]]:
    def find(session: AwsSession, location: str) -> Iterator[AiAsset]:
        for model in session.items(call, location):
            arn = model[arn_field]
            yield _asset(
                session,
                location,
                native_type,
                arn,
                arn.partition("/")[2],
                encryption_key=_key(session, location, model, "ModelKmsKeyId"),
                identity=_role(model, "DataAccessRoleArn"),
            )

    return find


# Amazon Rekognition: a trained version of a project has a key; a collection of faces cannot


def _find_trained(session: AwsSession, location: str) -> Iterator[AiAsset]:
    for project in session.items(DESCRIBE_PROJECTS, location, Features=list(_PROJECT_FEATURES)):
        for version in session.items(DESCRIBE_PROJECT_VERSIONS, location, ProjectArn=project["ProjectArn"]):
            arn = version["ProjectVersionArn"]
            yield _asset(
                session,
                location,
                "AWS::Rekognition::ProjectVersion",
                arn,
                _version_name(arn),
                encryption_key=_key(session, location, version, "KmsKeyId"),
                identity=Known(()),
            )


def _version_name(arn: str) -> str:
    """``project/NAME/version/VERSION/TIMESTAMP`` as ``NAME VERSION``."""
    parts = arn.rpartition(":")[2].split("/")
    return " ".join(parts[1:4:2])


def _find_collections(session: AwsSession, location: str) -> Iterator[AiAsset]:
    """No operation takes or gives a key for a collection (Rekognition API reference, CreateCollection)."""
    for name in session.items(LIST_COLLECTIONS, location):
        yield _asset(
            session,
            location,
            "AWS::Rekognition::Collection",
            f"arn:{session.partition}:rekognition:{location}:{session.account.id}:collection/{name}",
            name,
            encryption_key=Known(None),
            identity=Known(()),
            keyable=Known(False),
        )


# Amazon Textract: the key belongs to the version of an adapter; one list gives the versions of all


def _find_adapters(session: AwsSession, location: str) -> Iterator[AiAsset]:
    for version in session.items(LIST_ADAPTER_VERSIONS, location):
        adapter, number = version["AdapterId"], version["AdapterVersion"]
        arn = f"arn:{session.partition}:textract:{location}:{session.account.id}:/adapters/{adapter}/versions/{number}"
        yield _asset(
            session,
            location,
            "AWS::Textract::AdapterVersion",
            arn,
            f"{adapter} {number}",
            identity=Known(()),
        )


def _read_adapter(session: AwsSession, asset: AiAsset) -> Mapping[str, Fact[Any]]:
    _, _, adapter, _, number = asset.id.split("/")
    body = session.call(GET_ADAPTER_VERSION, asset.location, AdapterId=adapter, AdapterVersion=number)
    return {"encryption_key": _key(session, asset.location, body, "KMSKeyId")}


# Amazon Kendra, Amazon Q Business, Amazon Personalize: the list names them, one call each gives the key and the role


def _find_indices(session: AwsSession, location: str) -> Iterator[AiAsset]:
    for index in session.items(LIST_INDICES, location):
        arn = f"arn:{session.partition}:kendra:{location}:{session.account.id}:index/{index['Id']}"
        yield _asset(session, location, "AWS::Kendra::Index", arn, index["Name"])


def _read_index(session: AwsSession, asset: AiAsset) -> Mapping[str, Fact[Any]]:
    body = session.call(DESCRIBE_INDEX, asset.location, Id=asset.id.rpartition("/")[2])
    return {
        "encryption_key": _key(session, asset.location, body, "ServerSideEncryptionConfiguration.KmsKeyId"),
        "identity": native(body, "RoleArn").map(lambda arn: (role_ref(arn),)),
    }


def _find_applications(session: AwsSession, location: str) -> Iterator[AiAsset]:
    for application in session.items(LIST_APPLICATIONS, location):
        own = f"application/{application['applicationId']}"
        arn = f"arn:{session.partition}:qbusiness:{location}:{session.account.id}:{own}"
        yield _asset(session, location, "AWS::QBusiness::Application", arn, application["displayName"])


def _read_application(session: AwsSession, asset: AiAsset) -> Mapping[str, Fact[Any]]:
    body = session.call(GET_APPLICATION, asset.location, applicationId=asset.id.rpartition("/")[2])
    return {
        "encryption_key": _key(session, asset.location, body, "encryptionConfiguration.kmsKeyId"),
        "identity": _role(body, "roleArn"),
    }


def _find_dataset_groups(session: AwsSession, location: str) -> Iterator[AiAsset]:
    for group in session.items(LIST_DATASET_GROUPS, location):
        yield _asset(session, location, "AWS::Personalize::DatasetGroup", group["datasetGroupArn"], group["name"])


def _read_dataset_group(session: AwsSession, asset: AiAsset) -> Mapping[str, Fact[Any]]:
    body = session.call(DESCRIBE_DATASET_GROUP, asset.location, datasetGroupArn=asset.id)
    return {
        "encryption_key": _key(session, asset.location, body, "datasetGroup.kmsKeyArn"),
        "identity": _role(body, "datasetGroup.roleArn"),
    }


_Find = Callable[["AwsSession", str], Iterator[AiAsset]]
_Read = Callable[["AwsSession", AiAsset], Mapping[str, Fact[Any]]]
_LISTED = ("encryption_key", "identity", "keyable")


def _collector(
    name: str, service: str, calls: tuple[Call, ...], find: _Find, facts: tuple[str, ...], **more: Any
) -> Collector[AiAsset, AwsSession]:
    return Collector(
        name=f"aws.ai_assets.{name}",
        provider=Provider.AWS,
        kind=AiAsset,
        reach=Reach.LOCATION,
        service=service,
        find_calls=calls,
        find=find,
        find_facts=facts,
        **more,
    )


def _detail(call: Call, read: _Read, *facts: str) -> tuple[Detail[AiAsset, AwsSession], ...]:
    return (Detail(calls=(call,), facts=facts, read=read),)


COLLECTORS: tuple[Collector[AiAsset, AwsSession], ...] = (
    _collector(
        "comprehend_classifiers",
        "comprehend",
        (LIST_CLASSIFIERS,),
        _find_comprehend(LIST_CLASSIFIERS, "DocumentClassifierArn", "AWS::Comprehend::DocumentClassifier"),
        _LISTED,
    ),
    _collector(
        "comprehend_recognizers",
        "comprehend",
        (LIST_RECOGNIZERS,),
        _find_comprehend(LIST_RECOGNIZERS, "EntityRecognizerArn", "AWS::Comprehend::EntityRecognizer"),
        _LISTED,
    ),
    _collector(
        "rekognition_models", "rekognition", (DESCRIBE_PROJECTS, DESCRIBE_PROJECT_VERSIONS), _find_trained, _LISTED
    ),
    _collector("rekognition_collections", "rekognition", (LIST_COLLECTIONS,), _find_collections, _LISTED),
    _collector(
        "textract_adapters",
        "textract",
        (LIST_ADAPTER_VERSIONS,),
        _find_adapters,
        ("identity", "keyable"),
        details=_detail(GET_ADAPTER_VERSION, _read_adapter, "encryption_key"),
        gate=AI,
    ),
    _collector(
        "kendra_indexes",
        "kendra",
        (LIST_INDICES,),
        _find_indices,
        ("keyable",),
        details=_detail(DESCRIBE_INDEX, _read_index, "encryption_key", "identity"),
    ),
    _collector(
        "qbusiness_applications",
        "qbusiness",
        (LIST_APPLICATIONS,),
        _find_applications,
        ("keyable",),
        details=_detail(GET_APPLICATION, _read_application, "encryption_key", "identity"),
    ),
    _collector(
        "personalize_dataset_groups",
        "personalize",
        (LIST_DATASET_GROUPS,),
        _find_dataset_groups,
        ("keyable",),
        details=_detail(DESCRIBE_DATASET_GROUP, _read_dataset_group, "encryption_key", "identity"),
    ),
)
