"""The containers of a SageMaker model: their images, variables, artifacts, and the packages they were made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown, all_true, calls_of, combine, native
from auditor.model.resources import Ref
from auditor.providers.aws.model_packages import approval, describe_package, package_containers
from auditor.providers.aws.refs import distinct
from auditor.providers.aws.stores import bucket_ref
from auditor.wire.secret_marks import secrets_in

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

Body = Mapping[str, Any]
_THROUGH_NETWORK = {"Vpc": True, "Platform": False}


def definitions(model: Body) -> tuple[Body, ...]:
    """A model has a primary container, or several in a row (API reference, CreateModel)."""
    primary = (model["PrimaryContainer"],) if model.get("PrimaryContainer") else ()
    found = (*primary, *model.get("Containers", ()))
    if not found:
        raise FactUnknown(Unknown(Reason.ABSENT, "PrimaryContainer"))
    return found


def packages(model: Body) -> tuple[str, ...]:
    return tuple(sorted({d["ModelPackageName"] for d in definitions(model) if d.get("ModelPackageName")}))


def through_network(model: Body) -> Fact[tuple[str, ...]]:
    """Images that are not pulled from a registry in the customer's network. Without ImageConfig the image comes from
    Amazon ECR, which the service reaches by itself (developer guide, "Use a Private Docker Registry for Real-Time
    Inference Containers")."""
    return _found(_pulled_otherwise(each) for each in definitions(model))


def _pulled_otherwise(definition: Body) -> Fact[tuple[str, ...]]:
    through = native(definition, "ImageConfig.RepositoryAccessMode", default="Platform").map(_THROUGH_NETWORK)
    return through.map(lambda own: () if own else (_label(definition),))


def _label(definition: Body) -> str:
    return str(definition.get("Image") or definition.get("ModelPackageName") or "an image")


def parts(session: AwsSession, region: str, model: Body) -> list[Fact[tuple[Body, ...]]]:
    """Each container, with what its package says beside it; unknown where the package cannot be read."""
    return [_parts(session, region, each) for each in definitions(model)]


def _parts(session: AwsSession, region: str, definition: Body) -> Fact[tuple[Body, ...]]:
    name = definition.get("ModelPackageName")
    if not name:
        return Known((definition,))
    package = describe_package(session, region, name)
    if isinstance(package, Unknown):
        return package
    inner = package_containers(package.value, definition.get("InferenceSpecificationName", ""))
    return inner.map(lambda found: (definition, *found))


def images(of: Iterable[Fact[tuple[Body, ...]]]) -> Fact[tuple[str, ...]]:
    """With the digest where the registry took it down when the package was registered."""
    return combine(_flat, *(each if isinstance(each, Unknown) else _images(each.value) for each in of))


def _images(bodies: tuple[Body, ...]) -> Fact[tuple[str, ...]]:
    return combine(_flat, *(_image(one) for one in _with_images(bodies)))


def _with_images(bodies: tuple[Body, ...]) -> tuple[Body, ...]:
    """A container that was made from a package names no image of its own."""
    return tuple(b for b in bodies if "Image" in b or not b.get("ModelPackageName"))


def _image(container: Body) -> Fact[tuple[str, ...]]:
    digest = container.get("ImageDigest", "")
    image = native(container, "Image")
    return image.map(lambda name: (f"{name}@{digest.lower()}" if digest and "@" not in name else name,))


def _flat(*found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({one for some in found for one in some}))


def secrets(of: Iterable[Fact[tuple[Body, ...]]]) -> Fact[tuple[str, ...]]:
    """Variables that a container or its package sets."""
    return _found(each if isinstance(each, Unknown) else secrets_in(_variables(each.value)) for each in of)


def _variables(bodies: tuple[Body, ...]) -> list[tuple[str, object]]:
    return [(name, value) for body in bodies for name, value in body.get("Environment", {}).items()]


def artifacts(session: AwsSession, of: Iterable[Fact[tuple[Body, ...]]]) -> Fact[tuple[Ref, ...]]:
    """The buckets; a container may bring its model in the image and have none."""
    return combine(
        lambda *found: distinct(ref for refs in found for ref in refs),
        *(each if isinstance(each, Unknown) else _buckets(session, each.value) for each in of),
    )


def _buckets(session: AwsSession, bodies: tuple[Body, ...]) -> Fact[tuple[Ref, ...]]:
    refs = (bucket_ref(session, uri, field) for field, uri in _locations(bodies))
    return combine(lambda *found: distinct(found), *refs)


def _locations(bodies: tuple[Body, ...]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for body in bodies:
        sources = {
            "ModelDataUrl": body.get("ModelDataUrl"),
            "ModelDataSource": body.get("ModelDataSource", {}).get("S3DataSource", {}).get("S3Uri"),
            **{
                f"AdditionalModelDataSources[{number}]": more.get("S3DataSource", {}).get("S3Uri")
                for number, more in enumerate(body.get("AdditionalModelDataSources", ()))
            },
        }
        found += [(field, uri) for field, uri in sources.items() if uri]
    return found


def approved(session: AwsSession, region: str, model: Body) -> Fact[bool]:
    """Every container was made from a package that somebody approved."""
    return all_true(_approved(session, region, each) for each in definitions(model))


def _approved(session: AwsSession, region: str, definition: Body) -> Fact[bool]:
    name = definition.get("ModelPackageName")
    if not name:
        return Known(False, {"ModelPackageName": None})
    package = describe_package(session, region, name)
    return package if isinstance(package, Unknown) else approval(package.value)


def _found(lists: Iterable[Fact[tuple[str, ...]]]) -> Fact[tuple[str, ...]]:
    """All of them together. What was found stands, whatever could not be read beside it; nothing found needs all."""
    seen = tuple(lists)
    together = combine(_flat, *(each for each in seen if isinstance(each, Known)))
    unknown = next((each for each in seen if isinstance(each, Unknown)), None)
    if unknown is None or together.value:
        return together
    return Unknown(unknown.reason, unknown.detail, calls_of(seen), unknown.permissions)
