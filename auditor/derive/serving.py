"""Derived facts: endpoints, models and the registry."""

from __future__ import annotations

import re

from auditor.derive.base import Derived, Population, World, customer_key, exists, follow_key
from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, calls_of, cite
from auditor.model.resources import AiService, Endpoint, ImageRepository, Key, Model, ModelGroup, Ref, Storage
from auditor.model.scope import Provider

_AWS = frozenset({Provider.AWS})
_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(-fips)?\.(?P<region>[a-z0-9-]+)\.[a-z.-]+/(?P<repository>[^:@]+)(:[^@]+)?"
)


def _capture_customer_key(world: World, endpoint: Endpoint) -> Fact[bool]:
    """By the key that the capture names, otherwise by the default key of the bucket it goes to."""
    own = endpoint.capture_key
    if isinstance(own, Unknown) or own.value is not None:
        return follow_key(world, own)
    stores = endpoint.capture_stores.value
    if not stores:
        return Known(False, endpoint.capture_stores.native, endpoint.capture_stores.calls)  # type: ignore[union-attr]
    found = all_true(follow_key(world, world.follow(store, "encryption_key")) for store in stores)
    return cite(found, (*own.calls, *endpoint.capture_stores.calls))


def _output_customer_key(world: World, endpoint: Endpoint) -> Fact[bool]:
    keys = endpoint.output_keys
    if isinstance(keys, Unknown):
        return keys
    return cite(all_true(follow_key(world, Known(key, keys.native)) for key in keys.value), keys.calls)


def _unpinned_images(world: World, model: Model) -> Fact[tuple[str, ...]]:
    """Every image without a digest whose repository is not known to keep its tags where they are."""
    names = model.images.value
    pinned = {name: _pinned(world, model, name) for name in names}
    loose = tuple(name for name, fact in pinned.items() if isinstance(fact, Known) and not fact.value)
    calls = (*model.images.calls, *calls_of(pinned.values()))
    unknown = next((fact for fact in pinned.values() if isinstance(fact, Unknown)), None)
    if unknown is not None and not loose:
        return cite(unknown, calls)
    return cite(Known(loose, {"images": list(names)}), calls)


def _pinned(world: World, model: Model, image: str) -> Fact[bool]:
    """A digest, or a tag in a repository of accounts in this run that does not let tags move. Whoever owns another
    repository can move its tags, AWS included: its containers for deep learning are patched under the same tag."""
    if "@sha256:" in image:
        return Known(True, {"image": image})
    found = _ECR.fullmatch(image)
    if found is None:
        return Known(False, {"image": image})
    partition = model.id.split(":")[1]
    arn = f"arn:{partition}:ecr:{found['region']}:{found['account']}:repository/{found['repository']}"
    immutable: Fact[bool] = world.follow(Ref("ImageRepository", Provider.AWS, found["account"], arn), "immutable")
    if isinstance(immutable, Unknown) and immutable.reason is Reason.OUT_OF_SCOPE:
        return Known(False, {"image": image})
    return immutable


def _artifacts_versioned(world: World, model: Model) -> Fact[bool]:
    found = all_true(world.follow(ref, "versioned") for ref in model.artifacts.value)
    return cite(found, model.artifacts.calls)


def _of(service: AiService, population: Population) -> Fact[bool]:
    """Whether one of the population belongs to the service."""
    prefix = f"{service.native_type}::"
    mine = [r.name for r in population.resources if r.native_type.startswith(prefix)]
    return exists(population, (Known(True, {"found": len(mine)}),) if mine else ())


def _has_models(world: World, service: AiService) -> Fact[bool]:
    return _of(service, world.population(Model, service.account, service.location))


def _registry_used(world: World, service: AiService) -> Fact[bool]:
    """A group of versions exists in the region, or a model there was made from an approved version of one elsewhere."""
    groups = _of(service, world.population(ModelGroup, service.account, service.location))
    models = world.population(Model, service.account, service.location)
    prefix = f"{service.native_type}::"
    approved = (m.approved for m in models.resources if isinstance(m, Model) and m.native_type.startswith(prefix))
    return any_true((groups, exists(models, approved)))


RULES: tuple[Derived, ...] = (
    customer_key(ModelGroup),
    Derived(
        kind=Endpoint,
        fact="capture_customer_key",
        providers=_AWS,
        inputs=(
            (Endpoint, "capture_key"),
            (Endpoint, "capture_stores"),
            (Storage, "encryption_key"),
            (Key, "customer_managed"),
        ),
        compute=_capture_customer_key,
    ),
    Derived(
        kind=Endpoint,
        fact="output_customer_key",
        providers=_AWS,
        inputs=((Endpoint, "output_keys"), (Key, "customer_managed")),
        compute=_output_customer_key,
    ),
    Derived(
        kind=Model,
        fact="unpinned_images",
        providers=_AWS,
        inputs=((Model, "images"), (ImageRepository, "immutable")),
        compute=_unpinned_images,
    ),
    Derived(
        kind=Model,
        fact="artifacts_versioned",
        providers=_AWS,
        inputs=((Model, "artifacts"), (Storage, "versioned")),
        compute=_artifacts_versioned,
    ),
    Derived(kind=AiService, fact="has_models", providers=_AWS, kinds=(Model,), compute=_has_models),
    Derived(
        kind=AiService,
        fact="registry_used",
        providers=_AWS,
        inputs=((Model, "approved"),),
        kinds=(ModelGroup,),
        compute=_registry_used,
    ),
)
