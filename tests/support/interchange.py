"""Documents and their renderings for the tests of the formats for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from auditor.render.formats import FORMATS
from auditor.render.text import inert
from tests.support import documents

Json = dict[str, Any]


@cache
def document(name: str) -> Json:
    """One of the documents of ``tests.support.documents``, or ``decided``. Not to be changed."""
    made: Json = decided() if name == "decided" else getattr(documents, name)()
    return made


@cache
def rendered(format_id: str, name: str) -> str:
    return "".join(FORMATS[format_id].pieces(document(name)))


def decided() -> Json:
    """A failure that somebody answers for, statements of people, and decisions whose day has passed."""
    made = deepcopy(documents.flagged())
    exempted = next(f for f in made["findings"] if f["exemption"] is not None)
    rule = {
        "check": exempted["check"],
        "provider": "aws",
        "account": "",
        "location": "",
        "resource": "",
        "owner": "Ada",
        "approver": "Grace",
        "reason": "a sandbox without data",
        "expires": "2027-01-31",
        "state": "active",
        "fingerprints": [exempted["fingerprint"]],
        "source": "decisions.toml, exemption 1",
    }
    passed = rule | {"expires": "2026-01-31", "state": "expired", "fingerprints": [], "reason": "was a sandbox"}
    made["exemptions"] = [rule, passed]
    stated = {
        "practice": "",
        "framework": "soc2",
        "control": "CC1.1",
        "provider": "",
        "account": "",
        "owner": "Chief compliance officer",
        "statement": "The code of conduct was signed by everybody in 2026.",
        "stated": "2026-10-01",
        "expires": "2027-10-01",
        "state": "active",
        "attachments": [{"name": "conduct.pdf", "sha256": "ab" * 32, "size": 12}],
        "source": "decisions.toml, attestation 1",
    }
    practice = made["frameworks"][0]["controls"][6]["untested_practices"] or ["ID-1.1"]
    about_practice = {"framework": "", "control": "", "practice": practice[0], "statement": "Reviewed [x](y) <b>"}
    old = {"state": "expired", "expires": "2026-01-01", "statement": "Out of date."}
    made["attestations"] = [stated, stated | about_practice, stated | old]
    return made


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, names of members included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def hiding(value: Any) -> list[str]:
    """The texts in a value that a terminal or a viewer would not show as they are."""
    return [text for text in texts(value) if inert(text) != text]
