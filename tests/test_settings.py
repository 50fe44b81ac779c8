"""The configuration file: what it says is taken, and what it cannot mean is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditor.derive import DeriveSettings
from auditor.errors import UsageError
from auditor.model.check import Severity
from auditor.model.decision import Attestation, ExemptionRule, Scope
from auditor.model.scope import Provider
from auditor.settings import (
    AwsOptions,
    AzureOptions,
    GcpOptions,
    Settings,
    parse_clouds,
    parse_coverage,
    parse_severity,
    read_config,
)

FULL = """
[scan]
clouds = ["aws", "gcp", "aws"]
checks = ["notebook_no_root"]
layers = ["data"]
frameworks = ["soc2"]
check_folders = ["our-checks"]
formats = ["json"]
out = "results"
fail_on = "high"
min_coverage = 80
history_days = 30

[aws]
profile = "audit"
role_arn = "arn:aws:iam::123456789012:role/audit"
external_id = "x"
session_name = "nightly"
regions = ["eu-west-1", "eu-central-1"]

[azure]
tenant = "t"
subscriptions = ["s1", "s2"]

[gcp]
projects = ["p1"]
impersonate = "reader@p1.iam.gserviceaccount.com"
quota_project = "p2"
regions = ["europe-west4"]

[tags]
owner_tags = ["squad"]
non_production = ["lab"]

[[exemptions]]
check = "notebook_no_root"
owner = "ada@example.com"
reason = "Isolated network."
expires = 2027-01-31
resource = "arn:x"

[[exemptions]]
check = "storage_versioned"
owner = "ada@example.com"
reason = "Rebuilt daily."
expires = 2026-12-31
everywhere = true

[[attestations]]
practice = "APP-4.5"
owner = "ada@example.com"
statement = "Reviewed."
stated = 2026-01-31
expires = 2026-12-31
account = "123456789012"
"""


def config(folder: Path, text: str) -> Path:
    path = folder / "auditor.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    settings = Settings(**read_config(config(tmp_path, FULL)))
    assert settings == Settings(
        clouds=(Provider.AWS, Provider.GCP),
        aws=AwsOptions("audit", "arn:aws:iam::123456789012:role/audit", "x", "nightly", ("eu-west-1", "eu-central-1")),
        azure=AzureOptions("t", ("s1", "s2")),
        gcp=GcpOptions(("p1",), "reader@p1.iam.gserviceaccount.com", "p2", ("europe-west4",)),
        checks=("notebook_no_root",),
        layers=("data",),
        frameworks=("soc2",),
        check_folders=(tmp_path / "our-checks",),
        out=Path("results"),
        formats=("json",),
        fail_on=Severity.HIGH,
        min_coverage=80.0,
        history_days=30,
        derive=DeriveSettings(owner_tags=("squad",), non_production=("lab",)),
        exemptions=(
            ExemptionRule(
                check="notebook_no_root",
                owner="ada@example.com",
                reason="Isolated network.",
                expires=date(2027, 1, 31),
                scope=Scope(resource="arn:x"),
                source="auditor.toml, entry 1",
            ),
            ExemptionRule(
                check="storage_versioned",
                owner="ada@example.com",
                reason="Rebuilt daily.",
                expires=date(2026, 12, 31),
                source="auditor.toml, entry 2",
            ),
        ),
        attestations=(
            Attestation(
                practice="APP-4.5",
                owner="ada@example.com",
                statement="Reviewed.",
                stated=date(2026, 1, 31),
                expires=date(2026, 12, 31),
                scope=Scope(account="123456789012"),
                source="auditor.toml, entry 1",
            ),
        ),
    )


def test_an_empty_file_and_no_file_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(**read_config(config(tmp_path, ""))) == Settings()
    monkeypatch.chdir(tmp_path / "..")
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    assert read_config(None) == {}


def test_without_a_path_the_file_of_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config(tmp_path, '[aws]\nprofile = "here"')
    monkeypatch.chdir(tmp_path)
    assert read_config(None)["aws"].profile == "here"


EXEMPTION = '[[exemptions]]\ncheck = "c"\nowner = "o"\nreason = "r"\nexpires = 2027-01-31\naccount = "1"\n'


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[aws", ["not valid TOML"]),
        ("x = 1", ["[x]"]),
        ("[awss]\n", ["unknown table [awss]"]),
        ("aws = 5", ["[aws] must be a table"]),
        ("[aws]\nregion = 'x'", ["[aws]", "'region'"]),
        ("[aws]\nprofile = 5", ["aws.profile", "a string"]),
        ("[aws]\nprofile = true", ["aws.profile", "a string"]),
        ("[aws]\nregions = 'eu-west-1'", ["aws.regions", "a list of strings"]),
        ("[aws]\nregions = [1]", ["aws.regions", "a list of strings"]),
        ("[azure]\nsubscriptions = 's'", ["azure.subscriptions"]),
        ("[gcp.x]\ny = 1", ["[gcp]", "'x'"]),
        ("[scan]\nchecks = 'one'", ["scan.checks"]),
        ("[scan]\nclouds = 'aws'", ["scan.clouds"]),
        ("[scan]\nclouds = ['aws', 'ibm']", ["scan.clouds", "'ibm'"]),
        ("[scan]\nfail_on = 3", ["scan.fail_on", "a string"]),
        ("[scan]\nfail_on = 'urgent'", ["scan.fail_on", "'urgent'"]),
        ("[scan]\nmin_coverage = 'most'", ["scan.min_coverage", "percentage"]),
        ("[scan]\nmin_coverage = 101", ["scan.min_coverage", "percentage"]),
        ("[scan]\nmin_coverage = -1", ["scan.min_coverage"]),
        ("[scan]\nmin_coverage = nan", ["scan.min_coverage"]),
        ("[scan]\nmin_coverage = true", ["scan.min_coverage"]),
        ("[scan]\nhistory_days = 0", ["scan.history_days", "1 to 3650"]),
        ("[scan]\nhistory_days = 1.5", ["scan.history_days"]),
        ("[scan]\nhistory_days = true", ["scan.history_days"]),
        ("[scan]\nout = 5", ["scan.out"]),
        ("[scan]\nrecord = 'x'", ["[scan]", "'record'"]),
        ("[tags]\nowner = ['x']", ["[tags]", "'owner'"]),
        ("[tags]\nowner_tags = 'x'", ["tags.owner_tags"]),
        ("[exemptions]\ncheck = 'x'", ["[[exemptions]]"]),
        ("exemptions = [1]", ["exemptions, entry 1", "table"]),
        (EXEMPTION.replace("check", "chek"), ["entry 1", "'chek'"]),
        (EXEMPTION.replace('"o"', "5"), ["entry 1: owner", "a string"]),
        (EXEMPTION + EXEMPTION.replace('owner = "o"\n', ""), ["entry 2", "needs owner"]),
        (EXEMPTION.replace('reason = "r"', 'reason = ""'), ["entry 1", "needs reason"]),
        (EXEMPTION.replace("expires = 2027-01-31\n", ""), ["entry 1", "needs expires"]),
        (EXEMPTION.replace("2027-01-31", '"2027-01-31"'), ["entry 1", "needs expires"]),
        (EXEMPTION.replace("2027-01-31", "2027-01-31T00:00:00Z"), ["entry 1", "needs expires"]),
        (EXEMPTION.replace("2027-01-31", "2027-01-31T00:00:00"), ["entry 1", "needs expires"]),
    ],
)
def test_a_mistake_names_the_file_and_the_place(tmp_path: Path, text: str, parts: list[str]) -> None:
    path = config(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        read_config(path)
    assert str(path) in caught.value.message
    for part in parts:
        assert part in caught.value.message


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_config(config(tmp_path, "[aws]\nregion = 'x'"))
    assert "regions" in caught.value.hint
    with pytest.raises(UsageError) as caught:
        read_config(config(tmp_path, "[google]\n"))
    assert "gcp" in caught.value.hint


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere.toml"):
        read_config(tmp_path / "nowhere.toml")
    with pytest.raises(UsageError, match="--config"):
        read_config(tmp_path)
    path = config(tmp_path, "")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not valid TOML"):
        read_config(path)


def test_clouds_are_named_once_and_in_order() -> None:
    assert parse_clouds(["gcp", "aws", "gcp"]) == (Provider.GCP, Provider.AWS)
    with pytest.raises(UsageError, match="unknown cloud 'AWS'"):
        parse_clouds(["gcp", "AWS"])


def test_severities_and_percentages() -> None:
    assert parse_severity("Critical") is Severity.CRITICAL
    assert parse_coverage(0) == 0.0
    assert parse_coverage(99.5) == 99.5


def test_a_run_with_any_filter_is_a_partial_one() -> None:
    assert Settings().selection == {}
    assert Settings(checks=("b", "a")).selection == {"checks": ["a", "b"]}
    assert Settings(layers=("data",), frameworks=("soc2",)).selection == {"layers": ["data"], "frameworks": ["soc2"]}
    assert Settings(clouds=(Provider.AWS,)).selection == {}
