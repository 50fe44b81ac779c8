"""Finding and loading check files: the bundled ones, an organization's own, and broken ones."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from auditor.catalog import load_catalog
from auditor.errors import CheckFileError, UsageError
from auditor.model.maturity import Layer
from auditor.model.resources import Storage

OWN = '''"""Storage of ours has a customer key, by our own rule."""

from auditor import AWS, AZURE, GCP, Check, Examples, Fail, NotBuilt, Pass, Remediation, Severity, Storage, Supported
from auditor import Verdict


def evaluate(storage: Storage) -> Verdict:
    return Pass(f"{storage.name} has") if storage.customer_key.value else Fail(f"{storage.name} has not")


CHECK = Check(
    id="storage_house_rule",
    title="Storage follows the house rule",
    why="The house says so.",
    severity=Severity.LOW,
    resource=Storage,
    needs=("customer_key",),
    practice="DATA-2.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(Remediation("Ask the house.", "https://example.com")),
        AZURE: NotBuilt("Not looked at."),
        GCP: NotBuilt("Not looked at."),
    },
    examples=Examples(passes={"customer_key": True}, fails={"customer_key": False}),
)
'''


def _write(folder: Path, text: str = OWN, name: str = "storage_house_rule.py") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_own_checks_join_the_bundled_ones(tmp_path: Path) -> None:
    path = _write(tmp_path, name="data/storage_house_rule.py")
    bundled, catalog = load_catalog(), load_catalog([tmp_path])
    assert {c.id for c in catalog.checks} - {c.id for c in bundled.checks} == {"storage_house_rule"}
    assert [c.id for c in catalog.checks] == sorted(c.id for c in catalog.checks)
    assert catalog.check("storage_house_rule").resource is Storage
    assert catalog.paths["storage_house_rule"] == path
    assert catalog.digests["storage_house_rule"] == hashlib.sha256(OWN.encode()).hexdigest()


def test_own_checks_are_not_bundled(tmp_path: Path) -> None:
    _write(tmp_path)
    catalog = load_catalog([tmp_path])
    assert "storage_house_rule" not in catalog.bundled
    assert len(catalog.bundled) == len(catalog.checks) - 1


def test_the_digest_follows_every_file(tmp_path: Path) -> None:
    without = load_catalog().digest
    path = _write(tmp_path)
    first = load_catalog([tmp_path]).digest
    path.write_text(OWN + "\n")
    assert len({without, first, load_catalog([tmp_path]).digest}) == 3


def test_files_with_an_underscore_are_not_checks(tmp_path: Path) -> None:
    _write(tmp_path, "raise SystemError", "_notes.py")
    assert len(load_catalog([tmp_path]).checks) == len(load_catalog().checks)


def test_a_collision_with_a_bundled_check_names_both_files(tmp_path: Path) -> None:
    path = _write(tmp_path, OWN.replace("storage_house_rule", "storage_encrypted"), "storage_encrypted.py")
    with pytest.raises(CheckFileError) as caught:
        load_catalog([tmp_path])
    assert str(path) in caught.value.message
    assert str(load_catalog().paths["storage_encrypted"]) in caught.value.message


def test_a_collision_between_two_folders_names_both_files(tmp_path: Path) -> None:
    paths = [_write(tmp_path / folder) for folder in ("one", "two")]
    with pytest.raises(CheckFileError) as caught:
        load_catalog([tmp_path / "one", tmp_path / "two"])
    assert all(str(path) in caught.value.message for path in paths)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("def evaluate(:\n", "SyntaxError", id="syntax error"),
        pytest.param("raise RuntimeError('no')\n", "RuntimeError", id="fails on import"),
        pytest.param("import no_such_module\n", "no_such_module", id="missing module"),
        pytest.param('"""Nothing here."""\n', "no CHECK", id="no CHECK"),
        pytest.param("CHECK = 'storage_house_rule'\n", "no CHECK", id="CHECK is not a check"),
        pytest.param(OWN.replace('id="storage_house_rule"', 'id="other"'), "'other'", id="wrong id"),
        pytest.param(OWN.replace("DATA-2.1", "DATA-9.9"), "DATA-9.9", id="unknown practice"),
        pytest.param(OWN.replace('needs=("customer_key",)', 'needs=("colour",)'), "colour", id="unknown fact"),
        pytest.param(OWN.replace('needs=("customer_key",)', "needs=()"), "can only pass", id="no facts"),
        pytest.param(
            OWN.replace('        GCP: NotBuilt("Not looked at."),\n', ""), "say what it does on gcp", id="cloud missing"
        ),
        pytest.param(
            OWN.replace('Supported(Remediation("Ask the house.", "https://example.com"))', "NotBuilt()"),
            "supported on no provider",
            id="supported nowhere",
        ),
        pytest.param(
            OWN.replace('"https://example.com"', '"https://example.com", charges=("aws-gold",)'),
            "AWS charges for nothing called 'aws-gold'",
            id="unknown charge",
        ),
        pytest.param(
            OWN.replace('"https://example.com"', '"https://example.com", charges=("gcp-key",)'),
            "'gcp-key'",
            id="charge of another cloud",
        ),
        pytest.param(
            OWN.replace('fails={"customer_key": False}', 'fails={"versioned": False}'),
            "versioned",
            id="example sets another fact",
        ),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = _write(tmp_path, text)
    with pytest.raises(CheckFileError) as caught:
        load_catalog([tmp_path])
    assert caught.value.message.startswith(f"{path}: ")
    assert says in caught.value.message


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        load_catalog([tmp_path / "absent"])


def test_select_by_id() -> None:
    catalog = load_catalog()
    assert [c.id for c in catalog.select(ids=["storage_encrypted"])] == ["storage_encrypted"]
    assert catalog.select() == catalog.checks


def test_selecting_an_unknown_id_is_an_error() -> None:
    with pytest.raises(UsageError, match="storage_encrypt'"):
        load_catalog().select(ids=["storage_encrypted", "storage_encrypt"])


def test_filters_combine() -> None:
    catalog = load_catalog()
    data = {c.id for c in catalog.select(layers=[Layer.DATA])}
    hipaa = {c.id for c in catalog.select(frameworks=["hipaa"])}
    assert {"storage_encrypted", "key_rotates"} <= data
    assert "storage_not_public" not in data
    assert "account_budget_alerts" not in hipaa
    assert {c.id for c in catalog.select(layers=[Layer.DATA], frameworks=["hipaa"])} == data & hipaa
    assert catalog.select(ids=["storage_not_public"], layers=[Layer.DATA]) == ()
