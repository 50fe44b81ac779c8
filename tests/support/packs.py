"""Packs for the tests: taken apart, changed, and put together again as somebody with bad intentions would."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditor.evidence import archive, sign
from auditor.evidence.opened import sums_text

SUMS, UNSIGNED, SIGNED = sign.SUMS, sign.UNSIGNED, sign.SIGNED


def taken_apart(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def stamp(path: Path) -> int:
    with archive.Archive(path) as opened:
        return opened.stamp


def put_together(path: Path, members: Mapping[str, bytes], at: int) -> Path:
    """A well-formed archive of whatever the members are."""
    with path.open("wb") as file:
        ordered = sorted(members, key=archive.order)
        archive.write(file, (archive.member(name, members[name]) for name in ordered), at)
    return path


def predicate(members: Mapping[str, bytes]) -> dict[str, Any]:
    unsigned = UNSIGNED in members
    content = members[UNSIGNED] if unsigned else sign.read_envelope(members[SIGNED], SIGNED).payload
    told: dict[str, Any] = json.loads(content)["predicate"]
    return told


def summed_again(
    members: Mapping[str, bytes], key: sign.SigningKey | None = None, told: Mapping[str, Any] | None = None
) -> dict[str, bytes]:
    """The members with digests and statement made anew, so that only what they say is wrong."""
    content = {n: c for n, c in members.items() if n not in (SUMS, UNSIGNED, SIGNED)}
    sums = sums_text({n: hashlib.sha256(c).hexdigest() for n, c in content.items()})
    stated = sign.statement(sums, predicate(members) if told is None else told)
    statement = {UNSIGNED: stated} if key is None else {SIGNED: key.envelope(stated)}
    return {**content, SUMS: sums, **statement}


def forged(source: Path, target: Path, changes: Mapping[str, bytes | None], key: sign.SigningKey | None = None) -> Path:
    """A pack with other contents (None: without the member) that is sound in every other way."""
    members = {**taken_apart(source), **changes}
    kept = {name: content for name, content in members.items() if content is not None}
    return put_together(target, summed_again(kept, key, predicate(taken_apart(source))), stamp(source))
