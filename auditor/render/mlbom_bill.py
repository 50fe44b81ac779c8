"""The bill itself. Imported only where a bill is asked for: it needs cyclonedx-python-lib."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.contact import OrganizationalEntity
from cyclonedx.model.crypto import (
    CryptoAssetType,
    CryptoProperties,
    RelatedCryptoMaterialProperties,
    RelatedCryptoMaterialState,
    RelatedCryptoMaterialType,
)
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.lifecycle import LifecyclePhase, PredefinedLifecycle
from cyclonedx.model.service import Service
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion

from auditor.model.resources import KIND_BY_NAME, KINDS_ABSENT
from auditor.model.scope import Provider
from auditor.render.csv_text import Calls, reason_text
from auditor.render.mlbom_estate import SHAPES, WHEN_USED, Part, estate, image_digest
from auditor.render.mlbom_service import authenticated, crosses_boundary
from auditor.render.text import inert
from auditor.render.view.common import VALUE_LENGTH, provider_label, value_text

VERSION = SchemaVersion.V1_6
NAMESPACE = "ml-posture-auditor"
ESTATE = "estate"
_AUDIT_URL = "https://github.com/ml-posture-auditor/ml-posture-auditor/audits/"
Json = Mapping[str, Any]


def bill(document: Json) -> str:
    """The document's estate as CycloneDX JSON: the same text for the same audit."""
    found = estate(document)
    calls = Calls(document)
    accounts = _Accounts(document)
    components = [_component(part, calls) for part in found.parts if part.type != "service"]
    services = [_service(part, calls) for part in found.parts if part.type == "service"]
    root = Component(
        name="AI estate",
        type=ComponentType.PLATFORM,
        bom_ref=ESTATE,
        version=inert(document["as_of"]),
        description="The AI resources of the accounts in it, and what they rest on, as they were read.",
        components=accounts.components,
    )
    tool = document["tool"]
    made = Bom(
        serial_number=uuid5(NAMESPACE_URL, _AUDIT_URL + document["id"]),
        metadata=BomMetaData(
            timestamp=datetime.fromisoformat(document["as_of"]),
            lifecycles=[PredefinedLifecycle(LifecyclePhase.OPERATIONS)],
            tools=ToolRepository(
                components=[Component(name=tool["name"], version=tool["version"], type=ComponentType.APPLICATION)]
            ),
            component=root,
            properties=_properties(_about(document, found.left_out)),
        ),
        components=components,
        services=services,
        dependencies=_dependencies(found.parts, accounts),
    )
    written = json.loads(make_outputter(made, OutputFormat.JSON, VERSION).output_as_string())
    # the library has no compositions, and without them a reader would take what is missing for what is not there
    if incomplete := _compositions(found.parts, accounts, document):
        written["compositions"] = incomplete
    return json.dumps(written, indent=2) + "\n"


class _Accounts:
    """The accounts of the audit, with what was and was not listed in each."""

    def __init__(self, document: Json) -> None:
        names = {(s["provider"], s["account"]): s["name"] for s in document["scopes"]}
        for resource in document["resources"]:
            names.setdefault((resource["scope"]["provider"], resource["scope"]["account"]), "")
        self._document = document
        self._refs = {where: inert(f"{where[0]}/account/{where[1]}") for where in sorted(names)}
        self.unlisted: dict[str, list[tuple[str, str]]] = {
            ref: list(self._unlisted(*where)) for where, ref in self._refs.items()
        }
        """Of each account by ref, the kinds that were not listed everywhere to the end, and why."""
        self.components = [
            Component(
                name=inert(names[where] or where[1]),
                type=ComponentType.PLATFORM,
                bom_ref=ref,
                group=provider_label(where[0]),
                properties=_properties(
                    [
                        ("provider", where[0]),
                        ("account", where[1]),
                        *((f"listed:{kind}", text) for kind, text in self._listed(*where)),
                        *((f"not-listed:{kind}", why) for kind, why in self.unlisted[ref]),
                    ]
                ),
            )
            for where, ref in self._refs.items()
        ]

    @property
    def refs(self) -> list[str]:
        return list(self._refs.values())

    def ref(self, part: Part) -> str | None:
        """The account that a part stands in; none for what was not read there."""
        return None if part.resource is None else self._refs[part.provider, part.account]

    def _listed(self, provider: str, account: str) -> Iterator[tuple[str, str]]:
        places: dict[str, set[str]] = {}
        for listing in self._document["listings"]:
            if (listing["provider"], listing["account"]) == (provider, account) and listing["kind"] in SHAPES:
                places.setdefault(listing["kind"], set()).add(listing["location"])
        for kind, locations in sorted(places.items()):
            yield kind, f"to the last page: {', '.join(sorted(locations))}"

    def _unlisted(self, provider: str, account: str) -> Iterator[tuple[str, str]]:
        asked = set()
        for name in ("listings", "gaps"):
            for row in self._document[name]:
                if (row["provider"], row["account"]) == (provider, account):
                    asked.add(row["kind"])
                    if name == "gaps":
                        settle = f"; would be settled by {', '.join(row['permissions'])}" if row["permissions"] else ""
                        why = f"{row['location']}: {reason_text(row['reason'], row['detail'])}{settle}"
                        yield row["kind"], why
        for kind, shape in SHAPES.items():
            absent = kind in KIND_BY_NAME and (Provider(provider), KIND_BY_NAME[kind]) in KINDS_ABSENT
            if shape.when != WHEN_USED and kind not in asked and not absent:
                yield kind, "nothing in this run lists it"


def _about(document: Json, left_out: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    yield "audit", document["id"]
    yield "checks-digest", document["tool"]["checks_digest"]
    for name in ("replayed", "interrupted", "synthetic"):
        yield name, "yes" if document[name] else "no"
    if document["synthetic"]:
        yield "synthetic-note", "Fixtures answered some or all calls; parts that rest on those are marked synthetic."
    for failure in document["failures"]:
        yield f"not-read:{failure['provider']}", failure["message"]
    for name, chosen in document["selection"].items():
        yield f"selection:{name}", ", ".join(map(str, chosen)) if isinstance(chosen, list) else str(chosen)
    for population in document["populations"]:
        yield f"population:{population['kind']}", population["definition"]
    for kind, number in sorted(left_out.items()):
        yield f"left-out:{kind}", f"{number} known to have nothing to do with AI"


def _component(part: Part, calls: Calls) -> Component:
    name, version, hashes = inert(part.name), None, []
    if part.kind == "image":
        name, version = _image_name(part.name)
        if digest := image_digest(part.name):
            hashes.append(HashType(alg=HashAlgorithm.SHA_256, content=digest))
    return Component(
        name=name,
        version=version,
        type=ComponentType(part.type),
        bom_ref=part.ref,
        group=inert(part.account) or None,
        hashes=hashes,
        crypto_properties=_crypto(part) if part.kind == "Key" else None,
        properties=_properties(_part_properties(part, calls)),
    )


def _service(part: Part, calls: Calls) -> Service:
    return Service(
        name=inert(part.name),
        bom_ref=part.ref,
        group=inert(part.account) or None,
        provider=OrganizationalEntity(name=provider_label(part.provider)),
        authenticated=authenticated(part),
        x_trust_boundary=crosses_boundary(part),
        properties=_properties(_part_properties(part, calls)),
    )


def _image_name(image: str) -> tuple[str, str | None]:
    """Name and version of an image: its tag, else the digest that it is pinned to."""
    bare, _, digest = image.partition("@")
    path, _, last = bare.rpartition("/")
    repository, _, tag = last.partition(":")
    name = f"{path}/{repository}" if path else repository
    return inert(name or image), inert(tag or digest) or None


def _crypto(part: Part) -> CryptoProperties:
    """A key as what is known of it: the material stays with the provider."""
    usable = part.facts.get("enabled", {}).get("value")
    return CryptoProperties(
        asset_type=CryptoAssetType.RELATED_CRYPTO_MATERIAL,
        related_crypto_material_properties=RelatedCryptoMaterialProperties(
            type=RelatedCryptoMaterialType.KEY,
            id=inert(part.id),
            state=RelatedCryptoMaterialState.ACTIVE if usable is True else None,
        ),
    )


def _part_properties(part: Part, calls: Calls) -> Iterator[tuple[str, str]]:
    yield "kind", part.kind
    yield "provider", part.provider
    yield "id", part.id
    if part.account:
        yield "account", part.account
    for name, refs in part.relations.items():
        for ref in refs:
            yield f"relation:{name}", ref
    if part.resource is None:
        if part.kind != "image":
            yield "read", "no: something refers to it, and this audit holds nothing under this id"
        return
    yield "native-type", part.resource["native_type"]
    yield "location", part.resource["scope"]["location"]
    for name, fact in part.facts.items():
        if "value" not in fact:
            settle = f"; would be settled by {', '.join(fact['permissions'])}" if fact["permissions"] else ""
            yield f"unknown:{name}", f"{reason_text(fact['unknown'], fact['detail'])}{settle}"
        elif name not in part.relations:
            yield f"fact:{name}", _value(fact["value"])
    cited = {call for fact in part.facts.values() for call in fact["calls"]}
    if cited:
        yield "calls", calls.numbers(cited)
        yield "synthetic", "yes" if calls.synthetic(cited) else "no"


def _value(value: Any) -> str:
    """A value in a few words. Policies and long lists are in the audit; a part of one would mislead."""
    size = len(value if isinstance(value, str) else json.dumps(value))
    return value_text(value) if size <= VALUE_LENGTH else f"{size:,} characters, in audit.json"


def _properties(pairs: Iterable[tuple[str, str]]) -> list[Property]:
    return [Property(name=f"{NAMESPACE}:{inert(name)}", value=inert(value)) for name, value in pairs]


def _dependencies(parts: Iterable[Part], accounts: _Accounts) -> list[Dependency]:
    """The estate rests on its accounts, an account on what stands in it, and that on what it refers to."""
    graph: dict[str, set[str]] = {ESTATE: set(accounts.refs)} | {ref: set() for ref in accounts.refs}
    for part in parts:
        graph[part.ref] = part.uses
        if account := accounts.ref(part):
            graph[account].add(part.ref)
    refs = {ref: BomRef(ref) for ref in graph}
    return [Dependency(refs[ref], [Dependency(refs[use]) for use in uses]) for ref, uses in graph.items()]


def _compositions(parts: Iterable[Part], accounts: _Accounts, document: Json) -> list[Json]:
    """What may be incomplete. Nothing is called complete: that no more of a kind is known is what a listing shows."""
    assemblies = [ref for ref in accounts.refs if accounts.unlisted[ref]]
    if document["failures"] or document["interrupted"] or document["selection"]:
        assemblies.append(ESTATE)
    opaque = [part.ref for part in parts if not part.complete]
    found: list[Json] = []
    if assemblies:
        found.append({"aggregate": "unknown", "assemblies": sorted(assemblies)})
    if opaque:
        found.append({"aggregate": "unknown", "dependencies": sorted(opaque)})
    return found
