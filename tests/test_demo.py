from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from auditor.demo import aws_estate, aws_synthetic, run_demo
from auditor.errors import ProviderNotInstalled
from auditor.model.facts import Reason
from auditor.model.finding import Status
from auditor.model.maturity import Layer, Level
from auditor.model.scope import Provider
from auditor.providers import registry
from auditor.run import Listener, Result, scan
from auditor.score import PracticeState
from auditor.settings import Settings
from auditor.wire import store
from tests.conftest import Demo
from tests.support import aws_shapes

HOSTILE = {
    "AWS_PROFILE": "nobody",
    "AWS_CONFIG_FILE": "/dev/null/config",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_DEFAULT_REGION": "moon-west-1",
    "AWS_ACCESS_KEY_ID": "real",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AZURE_CLIENT_ID": "real",
    "GOOGLE_APPLICATION_CREDENTIALS": "/nowhere.json",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "REQUESTS_CA_BUNDLE": "/nowhere.pem",
}


def compared(result: Result) -> list[tuple[Any, ...]]:
    return sorted((f.fingerprint, f.status, f.message, f.calls, str(f.unknown)) for f in result.audit.findings)


def test_scores_three_accounts_without_a_defect(demo: Demo) -> None:
    audit = demo.result.audit
    assert audit.defects == ()
    assert audit.failures == ()
    assert [s.account.provider for s in demo.result.scores] == [Provider.AWS, Provider.AZURE, Provider.GCP]
    levels = [s.verified for s in demo.result.scores]
    assert None not in levels
    possible = [s.possible for s in demo.result.scores]
    assert any(level is not None and level >= Level.FOUNDATION for level in possible)
    assert Level.NONE in possible
    assert not [f for f in audit.findings if f.unknown is not None and f.unknown.reason is Reason.DEFECT]


def test_every_bundled_check_gives_findings_in_every_account(demo: Demo) -> None:
    found = {(f.check, f.account) for f in demo.result.audit.findings}
    accounts = demo.result.audit.inventory.accounts
    assert found == {(check.id, account) for check in demo.result.catalog.checks for account in accounts}


def test_the_aws_account_has_passes_and_failures_in_every_layer(demo: Demo) -> None:
    layer = {p.practice.id: p.practice.layer for s in demo.result.scores for p in s.practices}
    seen = {(layer[f.practice], f.status) for f in demo.result.audit.findings if f.account.provider is Provider.AWS}
    assert {(x, status) for x in Layer for status in (Status.PASS, Status.FAIL)} <= seen


def test_the_missing_permission_is_named_and_separates_possible_from_verified(demo: Demo) -> None:
    permission = aws_estate.DENIED_OPERATION
    unsettled = [f for f in demo.result.audit.findings if f.unknown is not None and permission in f.unknown.permissions]
    assert {f.check for f in unsettled} == {"threat_detection_enabled", "threat_detection_covers_ai"}
    assert {f.location for f in unsettled} == {aws_estate.DENIED_REGION}
    (unsettled,) = ([f for f in unsettled if f.check == "threat_detection_enabled"],)
    assert all(f.status is Status.NOT_ASSESSED and f.calls for f in unsettled)
    score = next(s for s in demo.result.scores if s.account.provider is Provider.AWS)
    (practice,) = (p for p in score.practices if p.practice.id == unsettled[0].practice)
    assert practice.state is PracticeState.NOT_ASSESSED
    assert (practice.verified, practice.possible) == (False, True)
    layer = next(x for x in score.layers if x.layer is practice.practice.layer)
    assert layer.verified < practice.practice.level <= layer.possible
    assert score.verified is not None
    assert score.possible is not None
    assert score.verified < score.possible, "one permission is all that keeps the account below its level"
    foundation = {p.practice.id for p in score.practices if p.practice.level is Level.FOUNDATION}
    unanswered = [
        f
        for f in demo.result.audit.findings
        if f.status is Status.NOT_ASSESSED and f.practice in foundation and f not in unsettled
    ]
    assert not [f for f in unanswered if f.account == score.account], "only the one permission is missing"


def test_two_runs_find_the_same_whatever_the_environment(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, no_network: None
) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    again = run_demo(Settings(), Listener())
    assert compared(again) == compared(demo.result)
    assert {n: os.environ[n] for n in HOSTILE} == HOSTILE


def test_a_replay_of_the_recorded_demo_finds_the_same_with_the_same_citations(demo: Demo, no_network: None) -> None:
    replayed = scan(Settings(replay=demo.recording), Listener())
    assert replayed.audit.defects == ()
    assert compared(replayed) == compared(demo.result)
    assert {e.id: e.digest for e in replayed.audit.exchanges} == {e.id: e.digest for e in demo.result.audit.exchanges}
    assert replayed.audit.as_of == demo.result.audit.as_of
    assert replayed.audit.id == demo.result.audit.id


def test_a_recording_made_from_a_replay_replays_the_same(demo: Demo, tmp_path: Path, no_network: None) -> None:
    again = scan(Settings(replay=demo.recording, record=tmp_path / "R2"), Listener())
    replayed = scan(Settings(replay=tmp_path / "R2"), Listener())
    assert replayed.audit.defects == ()
    assert compared(again) == compared(replayed) == compared(demo.result)


def test_every_cited_call_is_in_the_audit(demo: Demo) -> None:
    made = {e.id for e in demo.result.audit.exchanges}
    assert made.issuperset(call for f in demo.result.audit.findings for call in f.calls)


def synthetic(demo: Demo) -> Iterator[Any]:
    """With their bodies, which only the recording keeps."""
    for exchange in store.load(demo.recording).exchanges():
        if exchange.provider is Provider.AWS and exchange.synthetic:
            yield exchange


def test_what_moto_did_not_answer_is_marked_and_nothing_else(demo: Demo) -> None:
    marked = {f"{e.service}:{e.operation}" for e in synthetic(demo)}
    assert marked == {*aws_synthetic.WRITERS, aws_estate.DENIED_OPERATION}
    listed = [e for e in demo.result.audit.exchanges if f"{e.service}:{e.operation}" == "sagemaker:ListEndpoints"]
    assert listed
    assert not any(e.synthetic for e in listed)


READ_WITH_CARE = {
    ("macie2:GetMacieSession", "AccessDeniedException"),
    ("sagemaker:GetEndpointPolicy", "ValidationException"),
    ("securityhub:GetEnabledStandards", "InvalidAccessException"),
}
"""Services that are not enabled, told from a denial by the message; endpoints without a policy, which were described
before."""


def test_every_other_refusal_is_a_documented_absence(demo: Demo) -> None:
    """moto answers what it lacks with 404 or 500; none of that may hide in the demo."""
    absences = {c.key: c.absence for x in registry.collectors() for c in x.calls() if c.provider is Provider.AWS}
    for exchange in demo.result.audit.exchanges:
        key = f"{exchange.service}:{exchange.operation}"
        if exchange.provider is Provider.AWS and exchange.error and key != aws_estate.DENIED_OPERATION:
            assert exchange.error in absences[key] or (key, exchange.error) in READ_WITH_CARE, key


def test_synthetic_answers_have_the_shapes_of_the_api(demo: Demo) -> None:
    calls = {c.key: c for x in registry.collectors() for c in x.calls() if c.provider is Provider.AWS}
    checked = set()
    for exchange in synthetic(demo):
        key = f"{exchange.service}:{exchange.operation}"
        if exchange.status == 200:
            shape = aws_shapes.operation(calls[key]).output_shape
            if exchange.body.startswith(b"<"):
                wrapped = aws_shapes.operation(calls[key]).service_model.resolved_protocol == "query"
                _check_xml(exchange.body, shape, key, wrapped)
            else:
                aws_shapes.check(aws_shapes.from_wire(json.loads(exchange.body), shape), shape, key)
            checked.add(key)
    assert checked == set(aws_synthetic.WRITERS)


def _check_xml(body: bytes, shape: Any, where: str, wrapped: bool) -> None:
    """Every element is one that the API documents in that place."""
    root = ElementTree.fromstring(body)
    payload = shape.serialization.get("payload")
    _check_element(root[0] if wrapped else root, shape.members[payload] if payload else shape, where)


def _check_element(element: ElementTree.Element, shape: Any, where: str) -> None:
    names = [child.tag.rpartition("}")[2] for child in element]
    if shape.type_name == "structure":
        members = {m.serialization.get("name", name): (name, m) for name, m in shape.members.items()}
        assert not (extra := set(names) - set(members)), f"{where}: the API has no {extra}"
        present = {members[name][0] for name in names}
        assert not (missing := set(shape.required_members) - present), f"{where}: lacks {missing}"
        for name, child in zip(names, element, strict=True):
            member = members[name][1]
            flat = member.serialization.get("flattened")
            _check_element(child, member.member if flat else member, f"{where}.{name}")
    elif shape.type_name == "list":
        assert set(names) <= {"member"}, where
        for child in element:
            _check_element(child, shape.member, where)
    elif shape.type_name == "map":
        for entry in element:
            assert [c.tag.rpartition("}")[2] for c in entry] == ["key", "value"], where
            assert not getattr(shape.key, "enum", None) or entry[0].text in shape.key.enum, f"{where}: {entry[0].text}"
    else:
        assert not names, where
        if getattr(shape, "enum", None):
            assert element.text in shape.enum, where


def test_recordings_of_azure_and_gcp_are_marked_synthetic(demo: Demo) -> None:
    others = [e for e in demo.result.audit.exchanges if e.provider is not Provider.AWS]
    assert others
    assert all(e.synthetic for e in others)


def test_importing_the_demo_loads_no_sdk() -> None:
    code = (
        "import sys, auditor.demo\n"
        "loaded = {'moto', 'boto3', 'botocore', 'requests', 'azure.core', 'google.auth'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(loaded)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_without_moto_the_demo_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moto", None)
    with pytest.raises(ProviderNotInstalled) as failure:
        run_demo(Settings(), Listener())
    assert "moto" in failure.value.message
    assert "[demo]" in failure.value.hint


def test_the_catalog_and_filters_of_the_settings_hold(no_network: None) -> None:
    result = run_demo(Settings(checks=("storage_encrypted",)), Listener())
    assert {f.check for f in result.audit.findings} == {"storage_encrypted"}
    assert all(s.verified is None for s in result.scores)
