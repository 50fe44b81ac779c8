"""What every check file has to keep to, so that a new one is tested without writing a test."""

from __future__ import annotations

import ast
import itertools
import re
import shlex
import string
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any

import pytest

from auditor.bundled import bundled
from auditor.catalog import load_catalog
from auditor.maturity import PRACTICES, practice
from auditor.model.check import (
    AnyCheck,
    Fail,
    Inherited,
    NoCounterpart,
    NotApplicable,
    NotBuilt,
    Pass,
    Severity,
    Supported,
    Verdict,
)
from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown
from auditor.model.maturity import Level
from auditor.model.resources import AccountSettings, Identity, Kind, Resource
from auditor.model.scope import Account, Provider

CATALOG = load_catalog()
CHECKS = CATALOG.checks
NAME = "the-subject"
ACCOUNT = Account(Provider.AWS, "123456789012")
UNKNOWN = Unknown(Reason.DENIED, "not read in this test")

PREFIXES: dict[Kind, tuple[str, ...]] = {AccountSettings: ("account",), Identity: ("identity", "person")}
VENDOR_HOSTS = {
    Provider.AWS: ("https://docs.aws.amazon.com/",),
    Provider.AZURE: ("https://learn.microsoft.com/",),
    Provider.GCP: ("https://cloud.google.com/", "https://support.google.com/a/"),
}
TOOLS = {Provider.AWS: ("aws",), Provider.AZURE: ("az",), Provider.GCP: ("gcloud",)}
PLACEHOLDERS = {"name", "id", "location", "account"}
DESTRUCTIVE = re.compile(r"(batch-)?(delete|purge|destroy|terminate|rm|disable-key|schedule-key-deletion)\b")
TAKES_RIGHTS_AWAY = "az role assignment delete "
"""Removing a grant is the fix where a grant is the finding."""

each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
REMEDIATIONS = [
    pytest.param(check, provider, coverage.remediation, id=f"{check.id}-{provider}")
    for check in CHECKS
    for provider, coverage in check.providers.items()
    if isinstance(coverage, Supported)
]
each_remediation = pytest.mark.parametrize(("check", "provider", "remediation"), REMEDIATIONS)
COMMANDS = [param for param in REMEDIATIONS if param.values[2].command]
each_command = pytest.mark.parametrize(("check", "provider", "remediation"), COMMANDS)


def _resource(kind: Kind, facts: Mapping[str, Fact[Any]]) -> Resource:
    return kind(
        id=f"arn:{NAME}", name=NAME, account=ACCOUNT, location="us-east-1", native_type="AWS::Test::Subject", **facts
    )


def _judge(check: AnyCheck, facts: Mapping[str, Fact[Any]]) -> Verdict | FactUnknown:
    try:
        return check.evaluate(_resource(check.resource, facts))
    except FactUnknown as error:
        return error


def _known(values: Mapping[str, Any]) -> dict[str, Fact[Any]]:
    return {name: Known(value) for name, value in values.items()}


@cache
def _domain(kind: Kind) -> dict[str, tuple[Any, ...]]:
    return {f.name: f.metadata["values"] for f in fields(kind) if "meaning" in f.metadata}


def _assignments(check: AnyCheck) -> Iterator[dict[str, Any]]:
    """Every combination of the example values of the facts the check needs."""
    domain = _domain(check.resource)
    for values in itertools.product(*(domain[name] for name in check.needs)):
        yield dict(zip(check.needs, values, strict=True))


def _subsets(names: tuple[str, ...]) -> Iterator[frozenset[str]]:
    for size in range(1, len(names) + 1):
        yield from map(frozenset, itertools.combinations(names, size))


def test_the_bundled_checks_are_all_here() -> None:
    files = {path.stem for path in bundled("checks").rglob("*.py")}
    assert {check.id for check in CHECKS} == files == CATALOG.bundled
    assert len(CHECKS) >= 43


@each_check
def test_file_lies_in_the_folder_of_its_layer(check: AnyCheck) -> None:
    path = CATALOG.paths[check.id]
    assert path.parent.name == practice(check.practice).layer.value
    assert path.parent.parent == bundled("checks")


@each_check
def test_id_starts_with_the_kind(check: AnyCheck) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", check.id)
    assert not {"aws", "azure", "gcp", "google", "microsoft", "amazon"} & set(check.id.split("_"))
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", check.resource.kind()).lower()
    prefixes = PREFIXES.get(check.resource, (snake,))
    assert check.id.startswith(tuple(f"{prefix}_" for prefix in prefixes))


@each_check
def test_imports_auditor_and_nothing_else(check: AnyCheck) -> None:
    tree = ast.parse(CATALOG.paths[check.id].read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [(type(node), getattr(node, "module", None)) for node in imports] == [(ast.ImportFrom, "auditor")]
    assert not any(isinstance(node, ast.Try | ast.TryStar) for node in ast.walk(tree)), "an unknown must not be caught"


@each_check
def test_wording(check: AnyCheck) -> None:
    docstring = ast.get_docstring(ast.parse(CATALOG.paths[check.id].read_text())) or ""
    assert re.fullmatch(r"[A-Z][^\n]+\.", docstring), "one sentence, the wanted state"
    assert 10 < len(check.title) <= 80
    assert not check.title.endswith(".")
    assert len(check.why) > 40
    assert check.why.endswith(".")
    assert len(re.findall(r"[.?!](?= |$)", check.why)) <= 3
    assert isinstance(check.severity, Severity)


def test_titles_and_whys_are_unique() -> None:
    assert len({check.title for check in CHECKS}) == len({check.why for check in CHECKS}) == len(CHECKS)


@each_check
def test_examples_give_what_they_promise(check: AnyCheck) -> None:
    assert isinstance(_judge(check, _known(check.examples.passes)), Pass)
    assert isinstance(_judge(check, _known(check.examples.fails)), Fail)
    if check.examples.not_applicable is not None:
        assert isinstance(_judge(check, _known(check.examples.not_applicable)), NotApplicable)


@each_check
def test_the_declared_values_reach_every_verdict(check: AnyCheck) -> None:
    reached = {type(_judge(check, _known(values))) for values in _assignments(check)}
    expected = {Pass, Fail} | ({NotApplicable} if check.examples.not_applicable is not None else set())
    assert reached == expected


@each_check
def test_reads_declared_facts_only(check: AnyCheck) -> None:
    """All other facts are unread here, so reading one would raise."""
    for values in _assignments(check):
        assert not isinstance(_judge(check, _known(values)), FactUnknown), values


@each_check
def test_needs_every_fact_it_declares(check: AnyCheck) -> None:
    for name in check.needs:
        without = ({**_known(values), name: UNKNOWN} for values in _assignments(check))
        assert any(isinstance(_judge(check, facts), FactUnknown) for facts in without), name


@each_check
def test_a_verdict_despite_an_unknown_holds_for_every_value_it_could_have(check: AnyCheck) -> None:
    domain = _domain(check.resource)
    for values in _assignments(check):
        for hidden in _subsets(check.needs):
            outcome = _judge(check, {n: UNKNOWN if n in hidden else Known(v) for n, v in values.items()})
            if isinstance(outcome, FactUnknown):
                assert outcome.fact is UNKNOWN
                continue
            for guess in itertools.product(*(domain[name] for name in sorted(hidden))):
                completed = {**values, **dict(zip(sorted(hidden), guess, strict=True))}
                assert type(_judge(check, _known(completed))) is type(outcome), (values, hidden, completed)


@each_check
def test_all_unknown_is_no_verdict(check: AnyCheck) -> None:
    assert isinstance(_judge(check, dict.fromkeys(check.needs, UNKNOWN)), FactUnknown)
    assert isinstance(_judge(check, {}), FactUnknown)


@each_check
def test_messages_name_the_resource(check: AnyCheck) -> None:
    by_verdict: dict[type, set[str]] = {}
    for values in _assignments(check):
        verdict = _judge(check, _known(values))
        assert isinstance(verdict, Pass | Fail | NotApplicable)
        assert NAME in verdict.message
        assert not verdict.message.endswith(".")
        assert not re.search(r"\b(True|False|None)\b|\(\)|\[\]|  ", verdict.message)
        by_verdict.setdefault(type(verdict), set()).add(verdict.message)
    for one, other in itertools.combinations(by_verdict.values(), 2):
        assert not one & other


@each_check
def test_coverage_says_why(check: AnyCheck) -> None:
    assert set(check.providers) == set(Provider)
    for provider, coverage in check.providers.items():
        if isinstance(coverage, Inherited):
            assert coverage.statement.endswith(".")
            assert coverage.limits.endswith(".")
            assert coverage.url.startswith(VENDOR_HOSTS[provider])
        elif isinstance(coverage, NoCounterpart):
            assert coverage.reason.endswith(".")
            assert coverage.url.startswith(VENDOR_HOSTS[provider])
        elif isinstance(coverage, NotBuilt):
            assert len(coverage.reason) > 40


@each_check
def test_coverage_names_only_checks_that_exist(check: AnyCheck) -> None:
    texts = " ".join(
        " ".join(str(getattr(coverage, f.name)) for f in fields(coverage) if f.name != "url")
        for coverage in check.providers.values()
        if not isinstance(coverage, Supported)
    )
    kinds = {known.id.split("_")[0] for known in CHECKS}
    named = {word for word in re.findall(r"[a-z]+(?:_[a-z]+)+", texts) if word.split("_")[0] in kinds}
    assert named <= {check.id for check in CHECKS}


@each_remediation
def test_remediation_text(check: AnyCheck, provider: Provider, remediation: Any) -> None:
    assert len(remediation.text) > 40
    assert remediation.text.endswith(".")
    assert remediation.url.startswith(VENDOR_HOSTS[provider])
    assert " " not in remediation.url


@each_command
def test_command_is_one_call_of_the_vendors_tool(check: AnyCheck, provider: Provider, remediation: Any) -> None:
    command = remediation.command
    assert {field for _, field, _, _ in string.Formatter().parse(command) if field is not None} <= PLACEHOLDERS
    assert not re.search(r"[;&|<>`$\n\\]", command)
    words = shlex.split(command.format(name="a", id="b", location="c", account="d"))
    assert words[0] in TOOLS[provider]
    assert command.startswith(TAKES_RIGHTS_AWAY) or not any(DESTRUCTIVE.match(word) for word in words)
    for file in re.findall(r"\w+\.json", command):
        assert file in remediation.text, f"say what {file} holds"


@pytest.mark.parametrize(
    ("check", "provider", "remediation"), [param for param in COMMANDS if param.values[1] is Provider.AWS]
)
def test_aws_command_exists(check: AnyCheck, provider: Provider, remediation: Any) -> None:
    """Service, operation and options are those of the SDK's own service model; the others publish none."""
    model, operation, options = _aws_command(remediation.command)
    assert operation in model.operation_names
    members = {_dashed(name) for name in model.operation_model(operation).input_shape.members}
    assert options - members <= {"region", *_CLI_SHORTHANDS.get(operation, ())}
    required = {_dashed(name) for name in model.operation_model(operation).input_shape.required_members}
    assert required <= options


_CLI_SHORTHANDS = {"RevokeSecurityGroupIngress": ("protocol", "port", "cidr")}
"""Options the command-line tool adds to those of the API."""


def _dashed(name: str) -> str:
    from botocore import xform_name

    return str(xform_name(name, "-"))


def _aws_command(command: str) -> tuple[Any, str, set[str]]:
    import botocore.session
    from botocore.model import ServiceModel

    _, service, verb, *rest = shlex.split(command.format(name="a", id="b", location="c", account="d"))
    folder = {"s3api": "s3"}.get(service, service)
    model = ServiceModel(_loader(botocore.session).load_service_model(folder, "service-2"), folder)
    operation = next((name for name in model.operation_names if _dashed(name) == verb), verb)
    return model, operation, {word.removeprefix("--") for word in rest if word.startswith("--")}


@cache
def _loader(session: Any) -> Any:
    return session.get_session().get_component("data_loader")


def test_every_level_1_practice_is_answered_on_every_cloud() -> None:
    answered = {
        (check.practice, provider)
        for check in CHECKS
        for provider, coverage in check.providers.items()
        if isinstance(coverage, Supported | Inherited)
    }
    wanted = {(item.id, provider) for item in PRACTICES if item.level is Level.FOUNDATION for provider in Provider}
    assert wanted <= answered


def test_higher_levels_are_covered() -> None:
    covered = {check.practice for check in CHECKS if practice(check.practice).level > Level.FOUNDATION}
    assert len(covered) >= 12
