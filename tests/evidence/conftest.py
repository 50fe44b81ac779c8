"""A small audit with its recording, made once by the real run over a cloud of two notebooks, and a pack of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from auditor.evidence import pack, sign
from auditor.frameworks import frameworks
from auditor.model.decision import Attachment, Attestation, ExemptionRule, Scope
from auditor.model.scope import Provider
from auditor.render import document as documents
from auditor.render.document import dump, to_document
from auditor.run import Listener, scan
from auditor.settings import Settings
from tests.support.fake_cloud import FakeCloud

NOTEBOOK_CHECKS = ("notebook_no_direct_internet", "notebook_no_root", "notebook_platform_current")
"""More would only make the packs larger. A complete audit is in the pack of the demo."""
REVIEW = b"What was looked at, by whom.\n"


@dataclass(frozen=True)
class Keys:
    private: Path
    public: Path
    encrypted: Path
    """With the passphrase ``open sesame``."""
    stranger: Path
    """The public key of somebody else."""
    stranger_private: Path


@dataclass(frozen=True)
class Small:
    document: dict[str, Any]
    recording: Path
    folder: Path
    """With audit.json, the recording and the attached document."""


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("keys")

    def pem(name: str, content: bytes) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    def private(key: Ed25519PrivateKey, passphrase: bytes = b"") -> bytes:
        how = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)

    def public(key: Ed25519PrivateKey) -> bytes:
        return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    ours, theirs = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    return Keys(
        private=pem("key.pem", private(ours)),
        public=pem("public.pem", public(ours)),
        encrypted=pem("encrypted.pem", private(ours, b"open sesame")),
        stranger=pem("stranger.pem", public(theirs)),
        stranger_private=pem("stranger_key.pem", private(theirs)),
    )


def only_soc2(patch: pytest.MonkeyPatch) -> None:
    """The other frameworks would make these packs five times as large, and show nothing more."""
    patch.setattr(documents, "frameworks", lambda: tuple(f for f in frameworks() if f.id == "soc2"))


@pytest.fixture(autouse=True)
def one_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    only_soc2(monkeypatch)


@pytest.fixture
def tiny_cloud(monkeypatch: pytest.MonkeyPatch) -> FakeCloud:
    """In place of all providers; a replay needs it too."""
    return FakeCloud(monkeypatch)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return run_small(tmp_path_factory.mktemp("small"))


def run_small(folder: Path, **settings: Any) -> Small:
    """One notebook fails, one passes, the rest is open; an accepted risk, an attestation with a document."""
    (folder / "review.md").write_bytes(REVIEW)
    with pytest.MonkeyPatch.context() as patch:
        FakeCloud(patch)
        only_soc2(patch)
        wanted = Settings(
            **{"clouds": (Provider.AWS,), "checks": NOTEBOOK_CHECKS, **settings},
            record=folder / "recording",
            exemptions=(
                ExemptionRule(
                    check="notebook_no_root",
                    owner="ml-team",
                    reason="=HYPERLINK(1) moves in spring",
                    expires=date(2999, 1, 1),
                    scope=Scope(account="123456789012"),
                    approver="ciso",
                    source="decisions.toml, entry 1",
                ),
            ),
            attestations=(
                Attestation(
                    owner="ciso",
                    statement="The tools of our agents were reviewed.",
                    stated=date(2020, 1, 1),
                    expires=date(2999, 1, 1),
                    practice="ID-3.4",
                    scope=Scope(provider="aws"),
                    attachments=(_attachment(folder / "review.md"),),
                    source="decisions.toml, entry 2",
                ),
            ),
        )
        result = scan(wanted, Listener())
        audit = to_document(result.audit, result.scores, result.catalog)
    document = json.loads("".join(dump(audit)))
    (folder / "audit.json").write_text("".join(dump(document)))
    return Small(document, folder / "recording", folder)


def _attachment(path: Path) -> Attachment:
    content = path.read_bytes()
    return Attachment(path.name, hashlib.sha256(content).hexdigest(), len(content), str(path))


@pytest.fixture(scope="session")
def unsigned(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(small, tmp_path_factory.mktemp("unsigned") / "evidence.zip")


@pytest.fixture(scope="session")
def signed(small: Small, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(small, tmp_path_factory.mktemp("signed") / "evidence.zip", key=sign.signing_key(keys.private))


def make(small: Small, path: Path, **wanted: Any) -> Path:
    documents = pack.find_documents(small.document, small.folder)
    pack.make(path, small.document, **{"recording": small.recording, "documents": documents, **wanted})
    return path
