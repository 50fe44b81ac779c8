"""The data of the explorer: all of the document, once each, the same every time, and inert."""

from __future__ import annotations

import base64
import gzip
import json
import re
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from auditor.bundled import bundled
from auditor.render import html as rendering
from auditor.render.html import render_framework, render_report
from auditor.render.packed import packed
from auditor.render.text import inert
from auditor.render.view.common import resource_anchor
from auditor.render.view.explorer import LONG, REFERENCES, STATUSES, UNKNOWN, explorer_pieces
from tests.support import documents

Json = dict[str, Any]
REFERENCE = {"kind", "provider", "account", "id"}


def read(document: Json) -> Json:
    island: Json = json.loads("".join(explorer_pieces(document, {})))
    return island


@cache
def sample() -> Json:
    return documents.sample()


@cache
def sample_island() -> Json:
    return read(sample())


def shown(value: Any) -> Any:
    """What the document holds, as a report may show it."""
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, dict):
        return {inert(name): shown(part) for name, part in value.items()}
    return [shown(part) for part in value] if isinstance(value, list) else value


def facts(island: Json, flat: list[Any]) -> dict[str, Json]:
    """Facts of a row in the shape of the document, without their calls."""
    found = {}
    for at in range(0, len(flat), 5):
        name, holds, content, native, _ = flat[at : at + 5]
        if holds == UNKNOWN:
            _, detail, permissions, _ = island["unknowns"][content]
            found[island["names"][name]] = {"detail": detail, "permissions": permissions}
            continue
        fields = {} if native < 0 else island["values"][native]
        value = [pointed(island, x) for x in content] if holds == REFERENCES else island["values"][content]
        found[island["names"][name]] = {"value": value, "native": fields}
    return found


def pointed(island: Json, to: Any) -> Any:
    if not isinstance(to, int):
        return to
    return island["resources"][to][0] if to >= 0 else island["outside"][-1 - to][3]


def expected(fact: Json) -> Json:
    if "unknown" in fact:
        return {"detail": shown(fact["detail"]), "permissions": shown(fact["permissions"])}
    return {"value": shown(fact["value"]), "native": shown(fact["native"])}


def same(got: Json, fact: Json) -> bool:
    """References stand in the island by what they point to."""
    want = expected(fact)
    if "value" in want:
        value = want["value"] if isinstance(want["value"], list) else [want["value"]]
        ids = [v["id"] if isinstance(v, dict) and v.keys() == REFERENCE else v for v in value]
        return got["native"] == want["native"] and got["value"] in (want["value"], ids)
    return got == want


@pytest.mark.parametrize("name", ["sample", "hostile", "empty", "no_ai", "nothing_read", "flagged"])
def test_every_finding_is_there_with_all_it_says(name: str) -> None:
    document = getattr(documents, name)()
    island = read(document)
    rows = {row[0]: row for row in island["findings"]}
    assert len(rows) == len(document["findings"])
    for finding in document["findings"]:
        print_, check, status, severity, place, resource, message, cites, _, *more = rows[finding["fingerprint"]]
        extra = more[0] if more else {}
        account, location = island["places"][place]
        assert island["checks"][check]["id"] == finding["check"]
        assert STATUSES[status] == ("inherited" if finding["inherited"] else finding["status"])
        assert island["severities"][severity] == finding["severity"]
        assert island["accounts"][account][::2][0] == finding["scope"]["provider"]
        assert location == shown(finding["scope"]["location"])
        assert message == shown(finding["message"])
        assert extra.get("command", "") == shown(finding["command"])
        assert extra.get("exemption") == shown(finding["exemption"])
        assert ("unknown" in extra) == (finding["unknown"] is not None)
        if finding["unknown"]:
            assert island["unknowns"][extra["unknown"]][2] == shown(finding["unknown"]["permissions"])
        if finding["resource"]:
            assert island["resources"][resource][:2] == [shown(finding["resource"][k]) for k in ("id", "name")]
        else:
            assert resource == -1
        held = facts(island, island["resources"][resource][7]) if finding["resource"] else {}
        held |= facts(island, extra.get("facts", []))
        names = [island["names"][n] for n in island["cites"][cites]]
        assert names == list(finding["facts"])
        assert all(same(held[n], fact) for n, fact in finding["facts"].items())


@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_every_resource_is_there_with_all_its_facts(name: str) -> None:
    document = getattr(documents, name)()
    island = read(document)
    assert not island["cut"] or name == "hostile"
    assert len(island["resources"]) >= len(document["resources"])
    for resource, row in zip(document["resources"], island["resources"], strict=False):
        scope = resource["scope"]
        assert row[:2] == [shown(resource["id"]), shown(resource["name"])]
        assert island["kinds"][row[2]][0] == resource["kind"]
        assert island["types"][row[3]] == shown(resource["native_type"])
        assert row[5] == resource_anchor(scope["provider"], scope["account"], resource["kind"], resource["id"])
        held = facts(island, row[7])
        assert list(held) == list(resource["facts"])
        if not island["cut"]:
            assert all(same(held[n], fact) for n, fact in resource["facts"].items())


def test_the_calls_behind_each_finding_are_there_by_number() -> None:
    document, island = sample(), sample_island()
    numbers = {c["id"]: c["number"] for c in document["calls"]}
    calls = {row[0]: row for row in island["calls"]}
    rows = {row[0]: row for row in island["findings"]}
    cited = [f for f in document["findings"] if any(c in numbers for c in f["calls"])]
    assert cited
    for finding in cited:
        flat = island["asked"][rows[finding["fingerprint"]][8]]
        got = {n for first, last in zip(flat[::2], flat[1::2], strict=True) for n in range(first, last + 1)}
        assert got == {numbers[c] for c in finding["calls"] if c in numbers}
        assert got <= calls.keys()
    assert len(calls) < len(document["calls"])
    answers = {c["number"]: "403 AccessDeniedException" if c["error"] else "200" for c in document["calls"]}
    for number, (_, operation, answer, _, synthetic) in calls.items():
        assert island["names"][operation] == "sagemaker:DescribeEndpoint"
        assert (island["names"][answer], synthetic) == (answers[number], 0)


def test_worst_comes_first_in_the_order_of_repair() -> None:
    document, island = sample(), sample_island()
    statuses = [row[2] for row in island["findings"]]
    assert statuses == sorted(statuses)
    steps = [(r["check"], r["provider"], r["account"]) for r in document["fix_first"]]
    accounts = [a[::2][:2] for a in island["accounts"]]
    got = [
        (island["checks"][row[1]]["id"], *accounts[island["places"][row[4]][0]])
        for row in island["findings"]
        if row[2] == 0
    ]
    assert list(dict.fromkeys(got)) == steps


def test_an_accepted_failure_comes_after_the_open_ones() -> None:
    document = documents.flagged()
    prints = [row[0] for row in read(document)["findings"] if row[2] == 0]
    (accepted,) = (f["fingerprint"] for f in document["findings"] if f["exemption"])
    assert prints[-1] == accepted


def test_controls_stand_at_the_practices_they_rest_on() -> None:
    document, island = sample(), sample_island()
    frameworks = [(f["id"], [c[0] for c in f["controls"]]) for f in island["frameworks"]]
    pairs = {
        (practice["id"], frameworks[place][0], frameworks[place][1][number], strength)
        for practice in island["practices"]
        for place, number, strength in practice["controls"]
    }
    assert pairs == {
        (e["practice"], f["id"], c["id"], e["strength"])
        for f in document["frameworks"]
        for c in f["controls"]
        for e in c["evidence"]
    }


def test_it_is_the_same_every_time() -> None:
    again = json.loads(json.dumps(sample()))
    assert "".join(packed(explorer_pieces(again, {}))) == "".join(packed(explorer_pieces(sample(), {})))


def test_the_file_carries_it_in_letters_that_end_nothing() -> None:
    element = r'<script type="application/octet-stream;base64" id="data">([^<]*)</script>'
    (letters,) = re.findall(element, render_report(sample()))
    assert re.fullmatch(r"[A-Za-z0-9+/=\n]+", letters)
    text = gzip.decompress(base64.b64decode(letters))
    assert text.isascii()
    drawings: Json = {"resources": []}
    assert json.loads(text) | drawings == sample_island() | drawings
    assert 'id="data"' not in render_framework(sample(), "soc2")


def test_its_text_hides_nothing() -> None:
    text = "".join(explorer_pieces(documents.hostile(), {}))
    assert text.isascii()
    assert not re.search(r"\\u(202e|2066|200b|2028|0000|001b)", text.replace("\\\\u", ""))
    assert "\\\\u202e" in text


def test_names_that_look_the_same_do_not_hide_each_other() -> None:
    document = deepcopy(sample())
    document["resources"][0]["facts"] = {
        "tags": {"value": {"a\u202e": "1", "a\\u202e": "2"}, "native": {}, "calls": []}
    }
    (value,) = facts(read(document), read(document)["resources"][0][7]).values()
    assert value["value"] == {"a\\u202e": "1", "a\\u202e (again)": "2"}


def test_what_is_cut_is_said() -> None:
    document = deepcopy(sample())
    long = {"text": "x" * (3 * LONG)}
    document["resources"][0]["facts"] = {"tags": {"value": long, "native": {}, "calls": []}}
    island = read(document)
    ((position, length),) = island["cut"].items()
    assert island["values"][int(position)] == json.dumps(long)[:LONG]
    assert length == len(json.dumps(long))


def target(resource: Json, **changed: str) -> Json:
    scope = resource["scope"]
    whole = {"kind": resource["kind"], "provider": scope["provider"], "account": scope["account"], "id": resource["id"]}
    return whole | changed


def test_a_fact_points_to_the_resource_it_names() -> None:
    document = deepcopy(sample())
    one, two = (r for r in document["resources"][:2])
    values = {
        "exact": target(two),
        "no_account": target(two, account=""),
        "other_account": target(two, account="999999999999"),
        "other_kind": target(two, kind="Somethingelse"),
        "by_id": [two["id"], "plain"],
        "itself": [one["id"]],
        "mixed": [None, target(two)],
    }
    one["facts"] = {name: {"value": value, "native": {}, "calls": []} for name, value in values.items()}
    island = read(document)
    row = island["resources"][0][7]
    held = {island["names"][row[at]]: row[at + 1 : at + 3] for at in range(0, len(row), 5)}
    assert held["exact"] == held["no_account"] == [REFERENCES, [1]]
    assert held["by_id"] == [REFERENCES, [1, "plain"]]
    assert held["mixed"] == [REFERENCES, [None, 1]]
    assert held["itself"][0] != REFERENCES
    assert [pointed(island, held[n][1][0]) for n in ("other_account", "other_kind")] == [inert(two["id"])] * 2
    assert held["other_account"][1][0] < 0 > held["other_kind"][1][0]


def test_a_finding_keeps_a_fact_that_is_not_that_of_its_resource() -> None:
    document = deepcopy(sample())
    finding = next(f for f in document["findings"] if f["resource"] and f["facts"])
    name = next(iter(finding["facts"]))
    finding["facts"][name] = {"value": "another", "native": {"a": 1}}
    island = read(document)
    (more,) = (row[9] for row in island["findings"] if row[0] == finding["fingerprint"])
    assert facts(island, more["facts"]) == {name: {"value": "another", "native": {"a": 1}}}


def test_a_resource_that_only_a_finding_names_is_there() -> None:
    document = deepcopy(sample())
    finding = next(f for f in document["findings"] if f["resource"])
    finding["resource"]["id"] += "-elsewhere"
    island = read(document)
    assert [row[0] for row in island["resources"][len(document["resources"]) :]] == [inert(finding["resource"]["id"])]


def test_addresses_that_are_not_https_are_left_out() -> None:
    document = deepcopy(sample())
    for check in document["checks"]:
        for coverage in check["providers"].values():
            coverage["url"] = "javascript:alert(1)//https://"
    assert {c["url"] for check in read(document)["checks"] for c in check["providers"].values()} == {""}


def test_many_findings_take_little_room() -> None:
    large = documents.large(320)
    size = sum(map(len, packed(explorer_pieces(large, {}))))
    assert size < 100 * len(large["findings"])


@pytest.mark.parametrize("end", ["</script>", "<!-- -->"])
def test_a_script_that_would_end_its_element_is_refused(
    end: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.js").write_text(f"say('{end}')")
    monkeypatch.setattr(rendering, "bundled", lambda _: tmp_path)
    rendering._joined.cache_clear()
    with pytest.raises(ValueError, match=r"bad\.js"):
        rendering._joined(("bad.js",))


FORBIDDEN = (
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|setTimeout\([\'\"]|"
    r"import\(|fetch\(|XMLHttp|srcdoc|javascript:"
)


def test_the_scripts_make_text_of_text() -> None:
    names = {*rendering.EXPLORER, "boot.js"}
    assert names == {p.name for p in bundled("reports/templates").glob("*.js")}
    for name in names:
        text = (bundled("reports/templates") / name).read_text()
        assert text.startswith('"use strict";\n')
        assert not re.findall(FORBIDDEN, text)
