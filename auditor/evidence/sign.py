"""What a pack states about itself, and its signature: an in-toto Statement v1 in a DSSE envelope, by Ed25519.

The statement has one subject, ``SHA256SUMS``, which has a line for every other file. Keys are PEM files as ``openssl``
writes them. A key's id is the SHA-256 of its public half in DER, so that plain tools give it as well.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.errors import EvidenceError, NotInstalled, UsageError
from auditor.evidence.strict import exact_json, to_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

SUMS = "SHA256SUMS"
SIGNED = "statement.dsse.json"
UNSIGNED = "statement.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://github.com/ml-posture-auditor/ml-posture-auditor/evidence/v1"
PASSPHRASE = "AUDITOR_SIGN_KEY_PASSPHRASE"
"""The environment variable with the passphrase of an encrypted key."""
_MAKE_ONE = "Make one with: openssl genpkey -algorithm ed25519 -out KEY.pem"


@dataclass(frozen=True, slots=True)
class Signature:
    """An envelope, read but not yet verified."""

    payload: bytes
    keyid: str
    sig: str
    """Hexadecimal."""


class SigningKey:
    """A private key, ready to sign."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._public = _sslib_key(key.public_key())

    @property
    def keyid(self) -> str:
        return self._public.keyid

    def envelope(self, payload: bytes) -> bytes:
        """The payload, signed, as the text of ``statement.dsse.json``."""
        from securesystemslib.dsse import Envelope
        from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]

        envelope = Envelope(payload, PAYLOAD_TYPE, {})
        envelope.sign(CryptoSigner(self._key, self._public))
        return to_json(envelope.to_dict())


class PublicKey:
    """A public key that somebody trusts."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = _sslib_key(key)

    @property
    def keyid(self) -> str:
        return self._key.keyid

    def verify(self, signature: Signature) -> bool:
        from securesystemslib.dsse import Envelope
        from securesystemslib.exceptions import VerificationError
        from securesystemslib.signer import Signature as Sslib  # type: ignore[attr-defined]

        signatures = {signature.keyid: Sslib(signature.keyid, signature.sig)}
        try:
            Envelope(signature.payload, PAYLOAD_TYPE, signatures).verify([self._key], 1)
        except VerificationError:
            return False
        return True


def statement(sums: bytes, predicate: Mapping[str, Any]) -> bytes:
    """The statement about a pack with this ``SHA256SUMS``."""
    return to_json(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": SUMS, "digest": {"sha256": hashlib.sha256(sums).hexdigest()}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": predicate,
        }
    )


def read_envelope(data: bytes, where: str) -> Signature:
    """Parse an envelope; EvidenceError unless it is of the one kind that is written here, with one signature."""
    found = exact_json(data, where)
    try:
        if set(found) != {"payload", "payloadType", "signatures"}:
            raise ValueError
        if found["payloadType"] != PAYLOAD_TYPE:
            raise EvidenceError(f"{where}: its payload type is not {PAYLOAD_TYPE}")
        (only,) = found["signatures"]
        if set(only) != {"keyid", "sig"} or not isinstance(only["keyid"], str):
            raise ValueError
        payload, sig = (base64.b64decode(text, validate=True) for text in (found["payload"], only["sig"]))
        if [base64.b64encode(x).decode() for x in (payload, sig)] != [found["payload"], only["sig"]]:
            raise ValueError
    except (ValueError, TypeError, KeyError):
        raise EvidenceError(f"{where}: not a DSSE envelope with one signature") from None
    return Signature(payload, only["keyid"], sig.hex())


def read_statement(payload: bytes, sums: bytes, where: str) -> dict[str, Any]:
    """The predicate of a statement; EvidenceError unless it is about this ``SHA256SUMS``."""
    found = exact_json(payload, where)
    if not isinstance(found, dict) or not isinstance(found.get("predicate"), dict):
        raise EvidenceError(f"{where}: not an in-toto statement")
    if (found.get("_type"), found.get("predicateType")) != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise EvidenceError(f"{where}: not a statement about an evidence pack")
    if statement(sums, found["predicate"]) != payload:
        raise EvidenceError(f"{where}: it is about another {SUMS} than the one in the pack")
    predicate: dict[str, Any] = found["predicate"]
    return predicate


# keys


def signing_key(path: Path) -> SigningKey:
    """UsageError if the file holds no Ed25519 key or the passphrase does not open it."""
    with _packages():
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

    passphrase = os.environ.get(PASSPHRASE, "")
    pem = _read(path, "--sign-key")
    try:
        key = load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except TypeError:
        if passphrase:  # given for a key that is not encrypted
            key = load_pem_private_key(pem, None)
        else:
            raise UsageError(
                f"--sign-key {path}: the key is encrypted", f"Put its passphrase into {PASSPHRASE}."
            ) from None
    except Exception:
        hint = f"Is {PASSPHRASE} right? {_MAKE_ONE}" if passphrase else _MAKE_ONE
        raise UsageError(f"--sign-key {path}: no private key can be read from it", hint) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"--sign-key {path}: not an Ed25519 key", _MAKE_ONE)
    return SigningKey(key)


def public_key(path: Path) -> PublicKey:
    """UsageError if the file holds no public Ed25519 key. A private key is refused: an auditor should not have it."""
    with _packages():
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

    hint = "The signer makes it with: openssl pkey -in KEY.pem -pubout -out PUBLIC.pem"
    try:
        key = load_pem_public_key(_read(path, "--key"))
    except UsageError:
        raise
    except Exception:
        raise UsageError(f"--key {path}: no public key can be read from it", hint) from None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"--key {path}: not an Ed25519 key", hint)
    return PublicKey(key)


def _read(path: Path, option: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{option} {path}: {error.strerror}") from None


def _sslib_key(key: Ed25519PublicKey) -> SSlibKey:
    with _packages():
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SSlibKey.from_crypto(key, hashlib.sha256(der).hexdigest())


@contextmanager
def _packages() -> Iterator[None]:
    """Turns a missing package into an error that says how to get it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise NotInstalled(
            f"signatures need packages that are not installed (no module {error.name})",
            "pip install 'ml-posture-auditor[evidence]'",
        ) from None
