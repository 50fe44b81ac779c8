"""What belongs into a bill of materials of the AI estate, and how it hangs together. Knows nothing of CycloneDX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from auditor.model.resources import KIND_BY_NAME
from auditor.render.text import inert

Json = Mapping[str, Any]
Key = tuple[str, str, str]
"""Provider, kind, id: what a resource is known by."""

ALWAYS = "always"
WHEN_USED = "when used"
"""Only where something that belongs into the bill refers to it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a kind stands in the bill."""

    type: str
    """A component type of CycloneDX, or ``service``."""
    when: str = ALWAYS
    """Always, when used, or the name of a fact: then unless that fact is known and says no."""


SHAPES: Mapping[str, Shape] = {
    "AccountSettings": Shape("data", WHEN_USED),
    "AgentGateway": Shape("service"),
    "AgentRuntime": Shape("service"),
    "AgentStore": Shape("data"),
    "AgentTool": Shape("service"),
    "AiAsset": Shape("machine-learning-model"),
    "AiService": Shape("service", "in_use"),
    "AuditLog": Shape("data", WHEN_USED),
    "Budget": Shape("data", WHEN_USED),
    "Cluster": Shape("platform"),
    "Endpoint": Shape("service"),
    "FeatureGroup": Shape("data"),
    "FrontDoor": Shape("service", "fronts_ai"),
    "Function": Shape("service", "fronts_ai"),
    "GenerativeDeployment": Shape("service"),
    "Guardrail": Shape("service"),
    "Identity": Shape("data", WHEN_USED),
    "ImageRepository": Shape("container", "runs_ai"),
    "Job": Shape("application"),
    "Key": Shape("cryptographic-asset", WHEN_USED),
    "KnowledgeBase": Shape("data"),
    "LogStore": Shape("data", WHEN_USED),
    "Model": Shape("machine-learning-model"),
    "ModelGroup": Shape("machine-learning-model"),
    "Monitor": Shape("application"),
    "Network": Shape("platform", WHEN_USED),
    "Notebook": Shape("platform"),
    "Oversight": Shape("data", WHEN_USED),
    "PrivateEndpoint": Shape("platform", WHEN_USED),
    "Prompt": Shape("data"),
    "ResourceIndex": Shape("data", WHEN_USED),
    "Secret": Shape("cryptographic-asset", WHEN_USED),
    "Storage": Shape("data", "ai_uses"),
    "ThreatDetection": Shape("service", WHEN_USED),
    "WebFirewall": Shape("service", WHEN_USED),
    "Workforce": Shape("data", WHEN_USED),
    "Workspace": Shape("platform"),
}
_NATIVE_TYPES: Mapping[str, str] = {
    "AWS::Kendra::Index": "data",
    "AWS::Personalize::DatasetGroup": "data",
    "AWS::QBusiness::Application": "application",
    "AWS::Rekognition::Collection": "data",
}
"""Where the provider's own type says more than the kind."""
_DIGEST = re.compile(r"@sha256:([0-9a-f]{64})\Z")


@dataclass(slots=True)
class Part:
    """One thing in the bill: a resource that was read, one that something refers to, or a container image."""

    ref: str
    type: str
    kind: str
    name: str
    id: str
    provider: str
    account: str
    resource: Json | None = None
    """None where nothing under this id was read."""
    relations: dict[str, list[str]] = field(default_factory=dict)
    """Refs of the parts that it refers to, by fact."""
    unknown_relations: list[str] = field(default_factory=list)
    """Facts that would name more of them and are not known."""

    @property
    def facts(self) -> Mapping[str, Json]:
        return {} if self.resource is None else self.resource["facts"]

    @property
    def uses(self) -> set[str]:
        return {ref for refs in self.relations.values() for ref in refs} - {self.ref}

    @property
    def complete(self) -> bool:
        """Everything that it refers to is known."""
        return self.resource is not None and not self.unknown_relations


@dataclass(slots=True)
class Estate:
    parts: list[Part]
    left_out: dict[str, int]
    """Resources of kinds that may belong to AI and are known not to, by kind."""


def estate(document: Json) -> Estate:
    """The parts in an order of their own, whatever the order of the document."""
    return _Collector(document["resources"]).collect()


@cache
def relation_facts(kind: str) -> frozenset[str]:
    """The facts of a kind whose values are references to resources, by the types they are declared with."""
    known = KIND_BY_NAME.get(kind)
    return frozenset(f.name for f in fields(known) if re.search(r"\bRef\b", str(f.type))) if known else frozenset()


def part_type(kind: str, native_type: str = "") -> str:
    """The component type of a kind, or ``service``."""
    return _NATIVE_TYPES.get(native_type) or (SHAPES[kind].type if kind in SHAPES else "application")


class _Collector:
    def __init__(self, resources: Iterable[Json]) -> None:
        self._resources: dict[Key, Json] = {}
        for resource in sorted(resources, key=_key):
            self._resources.setdefault(_key(resource), resource)
        self._named = _named(self._resources)
        self._parts: dict[Key, Part] = {}
        self._refs: set[str] = set()

    def collect(self) -> Estate:
        left_out: dict[str, int] = {}
        waiting: list[Key] = []
        for key, resource in self._resources.items():
            when = SHAPES[key[1]].when if key[1] in SHAPES else ALWAYS
            if when != WHEN_USED and _belongs(resource, when):
                waiting.append(key)
        while waiting:
            key = waiting.pop()
            if key not in self._parts:
                waiting.extend(self._add(key))
        for key in self._resources:
            if key not in self._parts and SHAPES[key[1]].when != WHEN_USED:
                left_out[key[1]] = left_out.get(key[1], 0) + 1
        self._relate()
        return Estate(sorted(self._parts.values(), key=lambda part: part.ref), left_out)

    def _add(self, key: Key) -> Iterator[Key]:
        """Add a part, and name those that it refers to."""
        resource = self._resources[key]
        self._parts[key] = Part(
            ref=self._ref(key),
            type=part_type(key[1], resource["native_type"]),
            kind=key[1],
            name=resource["name"] or key[2],
            id=key[2],
            provider=key[0],
            account=resource["scope"]["account"],
            resource=resource,
        )
        for reference in _references(resource):
            found = self._find(reference)
            if found in self._resources:
                yield found
            elif found not in self._parts:
                self._parts[found] = _not_read(self._ref(found), reference)
        for image in _images(resource):
            named = (key[0], "image", image)
            if named not in self._parts:
                self._parts[named] = _image(self._ref(named), key[0], image)

    def _relate(self) -> None:
        for part in list(self._parts.values()):
            for name in sorted(relation_facts(part.kind) & set(part.facts)):
                fact = part.facts[name]
                if "value" not in fact:
                    part.unknown_relations.append(name)
                    continue
                targets = {self._parts[self._find(r)].ref for r in _in_value(fact["value"])}
                if targets:
                    part.relations[name] = sorted(targets)
            if part.resource is None:
                continue
            images = sorted({self._parts[part.provider, "image", i].ref for i in _images(part.resource)})
            if images:
                part.relations["images"] = images
            if "value" not in part.facts.get("images", {"value": ()}):
                part.unknown_relations.append("images")

    def _ref(self, key: Key) -> str:
        """A name in the bill that no other part has, even if the ids differ only in what does not show."""
        text = ref = inert("/".join(key))
        number = 1
        while ref in self._refs:
            number += 1
            ref = f"{text} ({number})"
        self._refs.add(ref)
        return ref

    def _find(self, reference: Json) -> Key:
        """A reference by id; or by the name of an identity, which is how service accounts are referred to."""
        key = (reference["provider"], reference["kind"], reference["id"])
        return key if key in self._resources else self._named.get(key, key)


def _key(resource: Json) -> Key:
    return resource["scope"]["provider"], resource["kind"], resource["id"]


def _named(resources: Mapping[Key, Json]) -> dict[Key, Key]:
    """Identities and keys by names that only one of their kind has: some references hold those instead of the id."""
    found: dict[Key, list[Key]] = {}
    for key, resource in resources.items():
        names = {resource["name"], *resource.get("aliases", ())} - {key[2]}
        for name in names if key[1] == "Identity" else set(resource.get("aliases", ())):
            found.setdefault((key[0], key[1], name), []).append(key)
    return {name: keys[0] for name, keys in found.items() if len(keys) == 1}


def _belongs(resource: Json, when: str) -> bool:
    """Three-valued: only what is known not to belong to AI is left out."""
    if when == ALWAYS:
        return True
    fact = resource["facts"].get(when, {})
    return bool(fact["value"]) if "value" in fact else True


def _references(resource: Json) -> Iterator[Json]:
    for name in sorted(relation_facts(resource["kind"]) & set(resource["facts"])):
        yield from _in_value(resource["facts"][name].get("value"))


def _in_value(value: Any) -> Iterator[Json]:
    """The references in a fact's value, which is one, several or none."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping) and set(item) == {"kind", "provider", "account", "id"}:
            yield item


def _images(resource: Json) -> list[str]:
    value = resource["facts"].get("images", {}).get("value")
    return [image for image in value if isinstance(image, str)] if isinstance(value, list) else []


def _not_read(ref: str, reference: Json) -> Part:
    return Part(
        ref=ref,
        type=part_type(reference["kind"]),
        kind=reference["kind"],
        name=reference["id"].rstrip("/").rpartition("/")[2] or reference["id"],
        id=reference["id"],
        provider=reference["provider"],
        account=reference["account"],
    )


def _image(ref: str, provider: str, image: str) -> Part:
    return Part(
        ref=ref,
        type="container",
        kind="image",
        name=image,
        id=image,
        provider=provider,
        account="",
    )


def image_digest(image: str) -> str:
    """The SHA-256 that an image is pinned to, in hexadecimal; empty where it is named by a tag."""
    found = _DIGEST.search(image)
    return found.group(1) if found else ""
