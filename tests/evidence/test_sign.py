"""The statement, its envelope and the keys."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from auditor.errors import EvidenceError, NotInstalled, UsageError
from auditor.evidence import sign
from auditor.evidence.strict import JSON_DEPTH, from_json, to_json
from tests.evidence.conftest import Keys

SUMS = b"00  audit.json\n"
STATED = sign.statement(SUMS, {"audit": "a"})


def test_the_statement_is_an_in_toto_statement_about_the_sums() -> None:
    stated = json.loads(STATED)
    assert stated["_type"] == "https://in-toto.io/Statement/v1"
    assert stated["subject"] == [{"name": "SHA256SUMS", "digest": {"sha256": hashlib.sha256(SUMS).hexdigest()}}]
    assert sign.read_statement(STATED, SUMS, "s") == {"audit": "a"}


def test_the_signature_holds_for_its_key_only(keys: Keys) -> None:
    signature = sign.read_envelope(sign.signing_key(keys.private).envelope(STATED), "e")
    assert signature.payload == STATED
    assert sign.public_key(keys.public).verify(signature)
    assert not sign.public_key(keys.stranger).verify(signature)


def test_the_id_of_a_key_is_what_openssl_says(keys: Keys) -> None:
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", str(keys.public), "-outform", "DER"], capture_output=True, check=True
    ).stdout
    assert sign.public_key(keys.public).keyid == hashlib.sha256(der).hexdigest()
    assert sign.signing_key(keys.private).keyid == hashlib.sha256(der).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"predicateType": "https://slsa.dev/provenance/v1"},
        {"subject": []},
        {"subject": [{"name": "SHA256SUMS", "digest": {"sha256": "0" * 64}}]},
        {"subject": [{"name": "SHA256SUMS", "digest": {"sha512": "0" * 128}}]},
        {"subject": [*json.loads(STATED)["subject"], {"name": "other", "digest": {"sha256": "0" * 64}}]},
        {"predicate": None},
        {"more": 1},
    ],
)
def test_another_statement_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(EvidenceError):
        sign.read_statement(to_json({**json.loads(STATED), **change}), SUMS, "s")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"{", STATED + b" ", STATED.replace(b'"a"', b'"a", "audit": "b"')]
)
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(EvidenceError):
        sign.read_statement(content, SUMS, "s")


def double(e: dict[str, Any]) -> None:
    e["signatures"] *= 2


Change = Callable[[dict[str, Any]], object]
ENVELOPES: dict[str, Change] = {
    "another payload type": lambda e: e.update(payloadType="application/json"),
    "no payload type": lambda e: e.pop("payloadType"),
    "no signature": lambda e: e.update(signatures=[]),
    "the same signature twice": double,
    "a field more": lambda e: e.update(alg="none"),
    "an algorithm in the signature": lambda e: e["signatures"][0].update(alg="none"),
    "no key id": lambda e: e["signatures"][0].pop("keyid"),
    "a number for a key id": lambda e: e["signatures"][0].update(keyid=1),
    "url-safe base64": lambda e: e["signatures"][0].update(sig="_-" * 44),
    "blanks in base64": lambda e: e.update(payload=e["payload"][:4] + "\n" + e["payload"][4:]),
    "stray bits in base64": lambda e: e["signatures"][0].update(sig=e["signatures"][0]["sig"][:-3] + "B=="),
    "signatures that are none": lambda e: e.update(signatures="none"),
}


@pytest.mark.parametrize("what", ENVELOPES)
def test_an_envelope_of_another_kind_is_refused(what: str, keys: Keys) -> None:
    envelope = json.loads(sign.signing_key(keys.private).envelope(STATED))
    ENVELOPES[what](envelope)
    with pytest.raises(EvidenceError):
        sign.read_envelope(to_json(envelope), "e")


def test_an_envelope_in_another_spelling_is_refused(keys: Keys) -> None:
    """A name given twice, among others: two readers must not read two things."""
    envelope = sign.signing_key(keys.private).envelope(STATED)
    twice = envelope.replace(b' "payloadType"', b' "payload": "aGk=",\n "payloadType"')
    assert json.loads(twice)["payload"] == "aGk="
    for other in (
        envelope + b" ",
        envelope.replace(b": ", b":  ", 1),
        twice,
        json.dumps(json.loads(envelope)).encode(),
    ):
        with pytest.raises(EvidenceError, match="not in the form"):
            sign.read_envelope(other, "e")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[" * (JSON_DEPTH + 1) + b"]" * (JSON_DEPTH + 1), "nested"),
        (b"[" * 100_000, "nested"),
        (b"[NaN]", "not valid JSON"),
        (b"[1", "not valid JSON"),
        (b"9" * 10_000, "not valid JSON"),
    ],
)
def test_json_beyond_its_limits_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(EvidenceError, match=says):
        from_json(content, "file.json")
    assert from_json(b"[" * JSON_DEPTH + b"]" * JSON_DEPTH, "file.json")


def swapped(e: dict[str, Any], keys: Keys) -> None:
    e["payload"] = base64.b64encode(STATED.replace(b'"a"', b'"b"')).decode()


def renamed(e: dict[str, Any], keys: Keys) -> None:
    e["signatures"][0]["keyid"] = sign.public_key(keys.stranger).keyid


def empty(e: dict[str, Any], keys: Keys) -> None:
    e["signatures"][0]["sig"] = ""


def zeros(e: dict[str, Any], keys: Keys) -> None:
    e["signatures"][0]["sig"] = base64.b64encode(bytes(64)).decode()


def by_a_stranger_in_our_name(e: dict[str, Any], keys: Keys) -> None:
    theirs = json.loads(sign.signing_key(keys.stranger_private).envelope(STATED))
    e["signatures"][0]["sig"] = theirs["signatures"][0]["sig"]


def flipped(e: dict[str, Any], keys: Keys) -> None:
    sig = bytearray(base64.b64decode(e["signatures"][0]["sig"]))
    sig[40] ^= 1
    e["signatures"][0]["sig"] = base64.b64encode(sig).decode()


@pytest.mark.parametrize("change", [swapped, renamed, empty, zeros, by_a_stranger_in_our_name, flipped])
def test_a_signature_that_is_not_the_keys_does_not_verify(change: Any, keys: Keys) -> None:
    envelope = json.loads(sign.signing_key(keys.private).envelope(STATED))
    change(envelope, keys)
    assert not sign.public_key(keys.public).verify(sign.read_envelope(to_json(envelope), "e"))


def pem(path: Path, key: Any) -> tuple[Path, Path]:
    private, public = path / "private.pem", path / "public.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_keys_of_another_kind_are_refused(kind: str, tmp_path: Path) -> None:
    other = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    private, public = pem(tmp_path, other)
    with pytest.raises(UsageError, match="not an Ed25519 key"):
        sign.signing_key(private)
    with pytest.raises(UsageError, match="not an Ed25519 key"):
        sign.public_key(public)


def test_files_that_are_no_keys_are_refused(keys: Keys, tmp_path: Path) -> None:
    text = tmp_path / "text.pem"
    text.write_text("-----BEGIN PRIVATE KEY-----\nno\n-----END PRIVATE KEY-----\n")
    with pytest.raises(UsageError, match="no private key"):
        sign.signing_key(text)
    with pytest.raises(UsageError, match="no private key"):
        sign.signing_key(keys.public)
    with pytest.raises(UsageError, match="no public key"):
        sign.public_key(text)
    with pytest.raises(UsageError, match="no public key"):
        sign.public_key(keys.private)
    for read in (sign.signing_key, sign.public_key):
        with pytest.raises(UsageError, match="No such file"):
            read(tmp_path / "nothing.pem")


def test_an_encrypted_key_takes_its_passphrase_from_the_environment(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(sign.PASSPHRASE, raising=False)
    with pytest.raises(UsageError, match="is encrypted") as refused:
        sign.signing_key(keys.encrypted)
    assert sign.PASSPHRASE in refused.value.hint
    monkeypatch.setenv(sign.PASSPHRASE, "guess")
    with pytest.raises(UsageError, match="no private key") as refused:
        sign.signing_key(keys.encrypted)
    assert sign.PASSPHRASE in refused.value.hint
    monkeypatch.setenv(sign.PASSPHRASE, "open sesame")
    assert sign.signing_key(keys.encrypted).keyid == sign.signing_key(keys.private).keyid


@pytest.mark.parametrize("package", ["cryptography", "securesystemslib"])
def test_missing_packages_are_named(package: str, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    for read, path in ((sign.signing_key, keys.private), (sign.public_key, keys.public)):
        with pytest.raises(NotInstalled, match=package) as missing:
            read(path)  # type: ignore[operator]
        assert missing.value.hint == "pip install 'ml-posture-auditor[evidence]'"
