"""The bill of materials: valid by its library, free of dangling references, and silent about nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import ComponentType
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from auditor.errors import NotInstalled
from auditor.model.resources import KIND_BY_NAME
from auditor.render import mlbom
from auditor.render.mlbom_estate import SHAPES, estate, image_digest, relation_facts
from tests.conftest import Demo
from tests.support import documents

RUNS = ("sample", "hostile", "empty", "no_ai", "nothing_read", "filtered", "one_cloud_failed", "flagged")
OURS = "ml-posture-auditor:"
DIGEST = "4f1d" * 16
Json = dict[str, Any]


@cache
def document(name: str) -> Json:
    made: Json = getattr(documents, name)()
    return made


def written(doc: Json) -> str:
    return "".join(mlbom.pieces(doc))


def bill(doc: Json) -> Json:
    made: Json = json.loads(written(doc))
    return made


def parts(made: Json) -> dict[str, Json]:
    return {p["bom-ref"]: p for p in (*made.get("components", ()), *made.get("services", ()))}


def properties(part: Json) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in part.get("properties", ()):
        assert row["name"].startswith(OURS)
        found.setdefault(row["name"].removeprefix(OURS), []).append(row["value"])
    return found


def uses(made: Json) -> dict[str, set[str]]:
    return {d["ref"]: set(d.get("dependsOn", ())) for d in made["dependencies"]}


def unknown(made: Json, what: str) -> set[str]:
    return {ref for row in made.get("compositions", ()) for ref in row.get(what, ()) if row["aggregate"] == "unknown"}


def resource(kind: str, its_id: str, **facts: Any) -> Json:
    known = {n: v if isinstance(v, dict) and "unknown" in v else {"value": v, "native": {}} for n, v in facts.items()}
    return {
        "id": its_id,
        "name": its_id,
        "kind": kind,
        "native_type": "X",
        "scope": {"provider": "aws", "account": "123456789012", "location": "us-east-1"},
        "facts": {name: fact | {"calls": ["aws0003"]} for name, fact in known.items()},
    }


def ref(kind: str, its_id: str) -> Json:
    return {"kind": kind, "provider": "aws", "account": "123456789012", "id": its_id}


DENIED = {"unknown": "denied", "detail": "x:Describe", "permissions": ["x:Describe"]}


def small(*resources: Json) -> Json:
    return document("no_ai") | {"resources": list(resources)}


# valid


def check_valid(doc: Json) -> None:
    text = written(doc)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    made = json.loads(text)
    refs = [p["bom-ref"] for p in walk(made)]
    assert len(set(refs)) == len(refs)
    graph = uses(made)
    assert set(graph) == set(refs)
    assert {used for every in graph.values() for used in every} <= set(refs)
    assert not [r for r, used in graph.items() if r in used]
    assert unknown(made, "assemblies") | unknown(made, "dependencies") <= set(refs)
    read = Bom.from_json(made)
    assert {c.bom_ref.value for c in (*read.components, *read.services)} == set(parts(made))
    assert {d.ref.value: {x.ref.value for x in d.dependencies} for d in read.dependencies} == graph


def walk(made: Json) -> Iterator[Json]:
    root = made["metadata"]["component"]
    yield root
    yield from root.get("components", ())
    yield from parts(made).values()


@pytest.mark.parametrize("run", RUNS)
def test_valid_and_read_back_by_its_library(run: str) -> None:
    check_valid(document(run))


def test_the_demo_is_valid_and_complete(demo: Demo) -> None:
    check_valid(demo.document)
    made = bill(demo.document)
    found = {properties(p)["id"][0] for p in parts(made).values() if "read" not in properties(p)}
    for kind in ("Model", "Endpoint", "GenerativeDeployment", "KnowledgeBase", "FeatureGroup", "Job", "Notebook"):
        assert {r["id"] for r in demo.document["resources"] if r["kind"] == kind} <= found, kind


def test_a_model_can_be_followed_from_its_endpoint_to_its_key(demo: Demo) -> None:
    made = bill(demo.document)
    graph, found = uses(made), parts(made)
    reached: dict[str, set[str]] = {}
    for start, part in found.items():
        if properties(part)["kind"] == ["Endpoint"]:
            seen, waiting = set(), [start]
            while waiting:
                for used in graph[waiting.pop()] - seen:
                    seen.add(used)
                    waiting.append(used)
            reached[start] = {properties(found[s])["kind"][0] for s in seen}
    assert any({"Model", "Identity", "Key", "Storage", "image"} <= kinds for kinds in reached.values())


def test_service_accounts_are_found_by_the_name_that_they_are_referred_to(demo: Demo) -> None:
    made = bill(demo.document)
    accounts = [p for p in parts(made).values() if properties(p)["id"][0].endswith("iam.gserviceaccount.com")]
    assert accounts
    assert not [p["name"] for p in accounts if "read" in properties(p)]


# what is in it


def test_every_kind_has_a_place() -> None:
    assert set(SHAPES) == set(KIND_BY_NAME)
    types = {t.value for t in ComponentType} | {"service"}
    assert {shape.type for shape in SHAPES.values()} <= types
    for name, shape in SHAPES.items():
        assert shape.when in ("always", "when used") or shape.when in KIND_BY_NAME[name].fact_names()


def test_relations_are_read_from_how_facts_are_declared() -> None:
    assert relation_facts("Endpoint") == {
        *("models", "identity", "encryption_key", "capture_key", "capture_stores", "output_keys"),
    }
    assert relation_facts("Budget") == frozenset()


def test_what_serves_rests_on_what_it_refers_to() -> None:
    made = bill(
        small(
            resource("Endpoint", "e", models=[ref("Model", "m")], identity=[], encryption_key=None),
            resource("Model", "m", artifacts=[ref("Storage", "s")], encryption_key=ref("Key", "k"), identity=[]),
            resource("Storage", "s", ai_uses=[], encryption_key=ref("Key", "k")),
            resource("Key", "k", enabled=True),
            resource("Key", "unused", enabled=True),
        )
    )
    graph = uses(made)
    assert graph["aws/Endpoint/e"] == {"aws/Model/m"}
    assert graph["aws/Model/m"] == {"aws/Storage/s", "aws/Key/k"}
    assert graph["aws/Storage/s"] == {"aws/Key/k"}
    assert graph["aws/Key/k"] == set()
    assert "aws/Key/unused" not in graph
    assert graph["estate"] == {"aws/account/123456789012"}
    assert graph["aws/account/123456789012"] == set(parts(made))
    assert unknown(made, "dependencies") == set()
    model = properties(parts(made)["aws/Model/m"])
    assert model["relation:encryption_key"] == ["aws/Key/k"]
    assert parts(made)["aws/Model/m"]["type"] == "machine-learning-model"
    assert parts(made)["aws/Storage/s"]["type"] == "data"
    key = parts(made)["aws/Key/k"]
    assert key["type"] == "cryptographic-asset"
    assert key["cryptoProperties"]["relatedCryptoMaterialProperties"] == {"type": "key", "id": "k", "state": "active"}
    assert made["services"][0]["bom-ref"] == "aws/Endpoint/e"


def test_nothing_rests_on_itself() -> None:
    check_valid(small(resource("Model", "m", artifacts=[ref("Model", "m")])))


def test_a_key_that_may_be_off_is_not_called_active() -> None:
    for enabled in (False, DENIED):
        made = bill(
            small(resource("Model", "m", encryption_key=ref("Key", "k")), resource("Key", "k", enabled=enabled))
        )
        crypto = parts(made)["aws/Key/k"]["cryptoProperties"]["relatedCryptoMaterialProperties"]
        assert crypto == {"type": "key", "id": "k"}


def test_what_is_not_known_says_so_and_why() -> None:
    made = bill(small(resource("Endpoint", "e", models=DENIED, identity=[], customer_key=DENIED)))
    told = properties(parts(made)["aws/Endpoint/e"])
    assert told["unknown:models"] == ["permission denied (x:Describe); would be settled by x:Describe"]
    assert told["unknown:customer_key"] == told["unknown:models"]
    assert told["fact:identity"] == ["none"]
    assert uses(made)["aws/Endpoint/e"] == set()
    assert unknown(made, "dependencies") == {"aws/Endpoint/e"}
    with_images = bill(small(resource("Model", "m", images=DENIED)))
    assert unknown(with_images, "dependencies") == {"aws/Model/m"}


def test_what_is_referred_to_and_was_not_read_stands_there_as_such() -> None:
    made = bill(small(resource("Endpoint", "e", models=[ref("Model", "gone/m")])))
    part = parts(made)["aws/Model/gone/m"]
    assert (part["type"], part["name"]) == ("machine-learning-model", "m")
    assert properties(part)["read"][0].startswith("no: ")
    assert uses(made)["aws/Endpoint/e"] == {"aws/Model/gone/m"}
    assert unknown(made, "dependencies") == {"aws/Model/gone/m"}


def test_images_carry_the_digest_that_they_are_pinned_to() -> None:
    images = [f"r.example:5000/a/b:1@sha256:{DIGEST}", f"r.example/b@sha256:{DIGEST}", "r.example/c:latest", "d"]
    made = bill(small(resource("Model", "m", images=images)))
    found = {i: parts(made)[f"aws/image/{i}"] for i in images}
    assert uses(made)["aws/Model/m"] == {f"aws/image/{i}" for i in images}
    for image in images[:2]:
        assert found[image]["hashes"] == [{"alg": "SHA-256", "content": DIGEST}]
    assert (found[images[0]]["name"], found[images[0]]["version"]) == ("r.example:5000/a/b", "1")
    assert (found[images[1]]["name"], found[images[1]]["version"]) == ("r.example/b", f"sha256:{DIGEST}")
    assert (found[images[2]]["name"], found[images[2]]["version"]) == ("r.example/c", "latest")
    assert found["d"]["name"] == "d"
    assert "hashes" not in found[images[2]]
    assert {p["type"] for p in found.values()} == {"container"}
    for bad in (f"x@sha256:{DIGEST}0", f"x@sha256:{DIGEST[1:]}", f"x@sha256:{DIGEST}\n", DIGEST):
        assert image_digest(bad) == ""


def test_only_what_is_known_to_be_no_ai_is_left_out_and_counted() -> None:
    def stores(uses_it: Any) -> Json:
        return bill(small(resource("Storage", "s", ai_uses=uses_it)))

    assert "aws/Storage/s" in parts(stores(["model artifacts"]))
    assert "aws/Storage/s" in parts(stores(DENIED))
    left = stores([])
    assert parts(left) == {}
    assert properties(left["metadata"])["left-out:Storage"] == ["1 known to have nothing to do with AI"]
    without = bill(small(resource("Storage", "s")))
    assert "aws/Storage/s" in parts(without)


# services


def service(kind: str, provider: str = "aws", **facts: Any) -> tuple[Any, Any]:
    made = resource(kind, "s", **facts)
    made["scope"]["provider"] = provider
    (found,) = bill(small(made))["services"]
    return found.get("authenticated"), found.get("x-trust-boundary")


def test_a_service_says_how_it_is_reached_only_where_that_is_known() -> None:
    assert service("Endpoint") == (None, None)
    assert service("Endpoint", anonymous=DENIED, private_access=DENIED) == (None, None)
    assert service("Endpoint", anonymous=False) == (True, None)
    assert service("Endpoint", anonymous=True) == (False, True)
    assert service("Endpoint", private_access=False) == (None, True)
    assert service("Endpoint", "azure", private_access=True) == (None, False)
    assert service("Endpoint", "aws", private_access=True) == (None, None)
    assert service("Endpoint", "azure", private_access=True, anonymous=True) == (False, True)
    assert service("Endpoint", invoked_across_accounts=["arn"], private_access=DENIED) == (None, True)
    assert service("Endpoint", invoked_across_accounts=[], public_policy=None) == (None, None)
    assert service("AiService", in_use=True, anonymous=False, private_endpoint=False) == (True, True)
    assert service("AiService", private_endpoint=True) == (None, None)
    assert service("AgentRuntime", authentication="none") == (False, None)
    assert service("AgentRuntime", authentication="token issuer", public_policy=True) == (True, True)
    assert service("AgentRuntime", authentication=DENIED) == (None, None)
    assert service("AgentGateway", authorization="cloud identity") == (True, None)
    assert service("Function", fronts_ai=True, open_url=True) == (False, True)
    assert service("Function", fronts_ai=True, open_url=False) == (True, None)
    assert service("FrontDoor", fronts_ai=True, open_routes=["POST /x"], public=True) == (False, True)
    assert service("FrontDoor", fronts_ai=True, open_routes=[], public=False) == (True, False)
    assert service("FrontDoor", fronts_ai=True, open_routes=DENIED, public=DENIED) == (None, None)


# what is missing


def test_gaps_are_told_and_make_the_account_incomplete() -> None:
    made = bill(document("sample"))
    accounts = {a["bom-ref"]: properties(a) for a in made["metadata"]["component"]["components"]}
    its = accounts["aws/account/123456789012"]
    why = "eu-west-1: permission denied (sagemaker:DescribeEndpoint)"
    settle = "would be settled by sagemaker:DescribeEndpoint, kms:DescribeKey"
    assert its["not-listed:Endpoint"] == [f"{why}; {settle}"]
    assert its["listed:Model"] == ["to the last page: us-east-1"]
    assert unknown(made, "assemblies") == {"aws/account/123456789012"}
    assert not [row for row in made["compositions"] if row["aggregate"] != "unknown"]


def test_kinds_that_nothing_listed_make_the_account_incomplete(demo: Demo) -> None:
    made = bill(demo.document)
    accounts = {a["bom-ref"]: properties(a) for a in made["metadata"]["component"]["components"]}
    azure = next(ref for ref in accounts if ref.startswith("azure/"))
    assert accounts[azure]["not-listed:Job"] == ["nothing in this run lists it"]
    assert "not-listed:Model" not in accounts[azure]
    assert azure in unknown(made, "assemblies")


@pytest.mark.parametrize("run", ["empty", "one_cloud_failed", "filtered", "flagged"])
def test_a_run_that_saw_a_part_says_so(run: str) -> None:
    assert "estate" in unknown(bill(document(run)), "assemblies")
    assert "estate" not in unknown(bill(document("sample")), "assemblies")


def test_what_the_run_was_is_told() -> None:
    told = properties(bill(document("flagged"))["metadata"])
    assert (told["synthetic"], told["replayed"], told["interrupted"]) == (["yes"], ["yes"], ["yes"])
    assert told["synthetic-note"]
    assert properties(bill(document("one_cloud_failed"))["metadata"])["not-read:azure"]
    assert properties(bill(document("filtered"))["metadata"])["selection:checks"] == [
        "endpoint_not_anonymous, storage_not_public"
    ]
    marked = [properties(p).get("synthetic") for p in parts(bill(document("flagged"))).values()]
    assert ["yes"] in marked
    plain = bill(document("sample"))
    assert properties(plain["metadata"])["synthetic"] == ["no"]
    assert ["yes"] not in [properties(p).get("synthetic") for p in parts(plain).values()]


# the same for the same audit


def test_the_order_of_the_document_does_not_show() -> None:
    doc = document("sample")
    turned = deepcopy(doc) | {name: doc[name][::-1] for name in ("resources", "listings", "scopes")}
    assert written(turned) == written(doc)


def test_number_and_time_are_those_of_the_audit() -> None:
    doc = document("sample")
    made = bill(doc)
    assert made["metadata"]["timestamp"] == doc["as_of"]
    assert made["serialNumber"] == bill(doc)["serialNumber"]
    assert made["serialNumber"] != bill(doc | {"id": "another"})["serialNumber"]
    assert made["specVersion"] == "1.6"


def test_names_that_look_alike_stay_apart() -> None:
    twins = small(resource("Model", "m\u200b"), resource("Model", "m\\u200b"), resource("Model", "m"))
    assert len(parts(bill(twins))) == 3
    check_valid(twins)


def test_no_text_hides_anything() -> None:
    text = json.dumps(bill(document("hostile")), ensure_ascii=False)
    assert "\u202e" not in text
    assert "\\\\u202e" in text
    assert "\\u0000" not in text


def test_long_values_are_not_cut_in_the_middle() -> None:
    policy = json.dumps({"Statement": ["x" * 400]})
    made = bill(small(resource("Model", "m", policy_document=policy, public_policy=False)))
    told = properties(parts(made)["aws/Model/m"])
    assert told["fact:policy_document"] == [f"{len(policy)} characters, in audit.json"]
    assert told["fact:public_policy"] == ["no"]


def test_without_its_library_the_operator_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == "cyclonedx"] + ["auditor.render.mlbom_bill"]:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "cyclonedx", None)
    with pytest.raises(NotInstalled, match="ML-BOM needs a library") as raised:
        written(document("sample"))
    assert raised.value.hint == "pip install 'ml-posture-auditor[evidence]'"


def test_what_belongs_into_the_bill_is_found_without_the_library() -> None:
    found = estate(document("sample"))
    assert [part.ref for part in found.parts] == sorted(part.ref for part in found.parts)
    assert all(use in {part.ref for part in found.parts} for part in found.parts for use in part.uses)
