"""The zip file of a pack: every byte counts, and nothing but our own form is read."""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from auditor.errors import EvidenceError, UsageError
from auditor.evidence import archive, zip_format
from auditor.evidence.archive import Archive, Limits
from auditor.evidence.zip_format import Entry, directory_entry, end_record, local_header, safe_name, stamp_of

AT = stamp_of("2026-03-04T05:06:08+00:00")
MEMBERS = {
    "README.md": b"# read me\n" * 20,
    "audit.json": b'{"a": 1}',
    "run/recording/bodies/00": b"",
    "run/recording/bodies/01": bytes(range(256)),
}


def written(
    path: Path, members: Iterable[tuple[str, bytes]] = tuple(MEMBERS.items()), limits: Limits = archive.LIMITS
) -> Path:
    with path.open("wb") as file:
        archive.write(file, (archive.member(name, content, limits) for name, content in members), AT, limits)
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return written(tmp_path / "good.zip")


def read_all(path: Path, limits: Limits = archive.LIMITS) -> dict[str, bytes]:
    with Archive(path, limits) as opened:
        return {name: opened.read(name) for name in opened.entries}


def refusal(path: Path, limits: Limits = archive.LIMITS) -> str:
    with pytest.raises(EvidenceError) as refused:
        read_all(path, limits)
    assert str(path) in refused.value.message
    return refused.value.message


def test_what_was_written_is_read(good: Path) -> None:
    assert read_all(good) == MEMBERS
    with Archive(good) as opened:
        assert opened.stamp == AT


def test_other_programs_read_it(good: Path) -> None:
    with zipfile.ZipFile(good) as file:
        assert file.testzip() is None
        assert {i.filename: file.read(i) for i in file.infolist()} == MEMBERS
        assert {i.date_time for i in file.infolist()} == {(2026, 3, 4, 5, 6, 8)}
        assert {stat.filemode(i.external_attr >> 16) for i in file.infolist()} == {"-rw-r--r--"}


def test_the_same_members_give_the_same_bytes(good: Path, tmp_path: Path) -> None:
    assert written(tmp_path / "again.zip").read_bytes() == good.read_bytes()


def test_every_changed_byte_is_found_and_the_member_named(good: Path, tmp_path: Path) -> None:
    data, other = good.read_bytes(), tmp_path / "changed.zip"
    with zipfile.ZipFile(good) as file:
        starts = sorted((i.header_offset, i.filename) for i in file.infolist())
        directory = file.start_dir
    assert len(data) < 2_000
    for at in range(len(data)):
        other.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        told = refusal(other).removeprefix(str(other))
        if at < directory:
            name = [n for offset, n in starts if offset <= at][-1]
            assert name in told, (at, told)
        else:
            words = ("entry", "directory", "end record", "comment", "before the first", *MEMBERS)
            assert any(word in told for word in words), (at, told)


def test_every_cut_is_found(good: Path, tmp_path: Path) -> None:
    data = good.read_bytes()
    for length in (0, 1, 4, 100, len(data) // 2, len(data) - 72, len(data) - 1):
        cut = tmp_path / "cut.zip"
        cut.write_bytes(data[:length])
        refusal(cut)


def test_data_around_and_between_the_members_is_refused(good: Path, tmp_path: Path) -> None:
    data = good.read_bytes()
    before, after = tmp_path / "before.zip", tmp_path / "after.zip"
    before.write_bytes(b"#!/bin/sh\nexit\n" + data)
    assert "before the first member" in refusal(before)
    after.write_bytes(data + b"more")
    assert "after the end" in refusal(after)
    twice = tmp_path / "twice.zip"
    twice.write_bytes(data + data)
    refusal(twice)


def _ours(data: bytes, entries: list[tuple[Entry, bytes]], gap: bytes = b"") -> bytes:
    """An archive in our form of whatever the entries claim, after some members' data."""
    begins = len(data) + len(gap)
    directory = b"".join(directory_entry(entry, AT) for entry, _ in entries)
    body = data + gap + directory + end_record(len(entries), begins, len(directory))
    return body + b"sha256:" + hashlib.sha256(body).hexdigest().encode()


def _entry(name: str, content: bytes, offset: int, **claims: object) -> tuple[Entry, bytes]:
    made = archive.member("x", content, Limits(ratio=10_000))
    packed = made.packed
    entry = Entry(
        **{
            "name": name,
            "method": made.method,
            "crc": zlib.crc32(content),
            "packed": len(packed),
            "size": len(content),
            "offset": offset,
            "digest": hashlib.sha256(packed).digest(),
            **claims,
        }  # type: ignore[arg-type]
    )
    return entry, local_header(entry, AT) + packed


def assembled(members: Iterable[tuple[str, bytes, dict[str, object]]]) -> bytes:
    """Members with wrong claims about themselves, in an archive that is sound otherwise."""
    data, entries = b"", []
    for name, content, claims in members:
        entry, raw = _entry(name, content, **{"offset": len(data), **claims})  # type: ignore[arg-type]
        data += raw
        entries.append((entry, raw))
    return _ours(data, entries)


NAMES = [
    "../evil",
    "a/../../evil",
    "/etc/passwd",
    "\\windows",
    "a\\b",
    "C:evil",
    "C:/evil",
    "./a",
    "a//b",
    "a/",
    "a/./b",
    "~root/x",
    "nul",
    "run/CON.txt",
    "a.",
    "a b",
    "a\x00.json",
    "a\nb",
    "a\x1b[2J",
    ".ssh",
    "-rf",
    "",
    "x" * 500,
    "caf\u00e9",
    "\u202egpj.exe",
]


@pytest.mark.parametrize("name", NAMES)
def test_unsafe_names_are_refused_in_writing_and_reading(name: str, tmp_path: Path) -> None:
    assert not safe_name(name)
    with pytest.raises((EvidenceError, UnicodeEncodeError)):
        written(tmp_path / "w.zip", [(name, b"")])
    path = tmp_path / "r.zip"
    if name.isascii():
        path.write_bytes(assembled([(name, b"x", {})]))
        assert "unsafe name" in refusal(path)
    with zipfile.ZipFile(path, "w") as file:
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        file.writestr(info, b"x")
    refusal(path)


@pytest.mark.parametrize(
    "name", ["README.md", "run/recording/bodies/" + "a" * 64, "attachments/x-report.pdf", "SHA256SUMS"]
)
def test_names_that_a_pack_uses(name: str) -> None:
    assert safe_name(name)


def one(name: str = "a", content: bytes = b"x", **claims: object) -> tuple[str, bytes, dict[str, object]]:
    return name, content, claims


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a name twice": (lambda: assembled([one(), one()]), "twice"),
    "a name in two cases": (lambda: assembled([one("A"), one("a")]), "twice"),
    "a file that is a folder": (lambda: assembled([one("a"), one("a/b")]), "both a file and a folder"),
    "another order": (lambda: assembled([one("b"), one("a")]), "not in its place"),
    "readme not first": (lambda: assembled([one("A"), one("README.md")]), "not in its place"),
    "overlapping members": (lambda: assembled([one("a"), one("b", offset=0)]), "overlaps"),
    "a gap": (lambda: assembled([one("a"), one("b", offset=90)]), "gap"),
    "data before the first": (lambda: _ours(b"hello" + _entry("a", b"x", 5)[1], [_entry("a", b"x", 5)]), "before"),
    "data after the last": (lambda: _ours(_entry("a", b"x", 0)[1], [_entry("a", b"x", 0)], b"gap"), "between"),
    "a bomb by ratio": (lambda: assembled([one("a", bytes(1 << 22))]), "refused"),
    "a bomb that says it is small": (lambda: assembled([one("a", bytes(1 << 22), size=100)]), "more than"),
    "a bomb that says it is large": (lambda: assembled([one("a", b"ab" * 99, size=1 << 31, packed=2)]), "space"),
    "a member that ends early": (lambda: assembled([one("a", b"abc" * 99, size=298)]), "checksum"),
    "another checksum": (lambda: assembled([one("a", b"abc", crc=1)]), "checksum"),
    "another digest": (lambda: assembled([one("a", b"abc", digest=bytes(32))]), "were changed"),
    "an unknown method": (lambda: assembled([one("a", b"abc", method=12)]), "method 12"),
    "stored in another size": (lambda: assembled([one("a", b"abc", size=2)]), "another size"),
    "no deflate stream": (lambda: assembled([one("a", b"\xff" * 3, method=8)]), "damaged"),
    "data behind a stream": (lambda: _trailing(), "behind the end"),
    "no entry": (lambda: _ours(b"junk", []), "between"),
    "fewer entries than said": (lambda: _counted(3), "damaged"),
    "more entries than said": (lambda: _counted(1), "more than its entries"),
}


def _trailing() -> bytes:
    worker = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = worker.compress(b"abc" * 50) + worker.flush() + b"hidden"
    claims = {"packed": len(packed), "digest": hashlib.sha256(packed).digest()}
    entry, _ = _entry("a", b"abc" * 50, 0, **claims)
    return _ours(local_header(entry, AT) + packed, [(entry, b"")])


def _counted(count: int) -> bytes:
    first, a = _entry("a", b"x", 0)
    second, b = _entry("b", b"x", len(a))
    directory = directory_entry(first, AT) + directory_entry(second, AT)
    body = a + b + directory + end_record(count, len(a + b), len(directory))
    return body + b"sha256:" + hashlib.sha256(body).hexdigest().encode()


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_archives_are_refused(what: str, tmp_path: Path) -> None:
    made, says = HOSTILE[what]
    path = tmp_path / "hostile.zip"
    path.write_bytes(made())
    assert says in refusal(path)


def entry_changed(data: bytes, at: int, value: bytes) -> bytes:
    """The first entry of the directory with other bytes, in an archive whose comment is right again."""
    directory = data.index(b"PK\1\2")
    body = data[: directory + at] + value + data[directory + at + len(value) : -71]
    return body + b"sha256:" + hashlib.sha256(body).hexdigest().encode()


@pytest.mark.parametrize(
    ("at", "value", "says"),
    [
        (8, struct.pack("<H", 1), "encrypted"),
        (10, struct.pack("<H", 14), "method 14"),
        (38, struct.pack("<I", 0o120777 << 16), "link"),
        (38, struct.pack("<I", 0o020666 << 16), "not a plain file"),
        (38, struct.pack("<I", 0o010666 << 16), "not a plain file"),
        (38, struct.pack("<I", 0o040755 << 16), "not a plain file"),
        (38, struct.pack("<I", 0o104755 << 16), "permissions"),
        (8, struct.pack("<H", 1 << 11), "flags"),
        (8, struct.pack("<H", 1 << 3), "flags"),
        (32, struct.pack("<H", 4), "not as 'auditor pack' writes it"),
    ],
)
def test_hostile_entries_are_refused(at: int, value: bytes, says: str, good: Path, tmp_path: Path) -> None:
    path = tmp_path / "hostile.zip"
    path.write_bytes(entry_changed(good.read_bytes(), at, value))
    told = refusal(path)
    assert says in told
    assert "README.md" in told


@pytest.mark.parametrize("at", [4, 6, 8, 10, 12, 16])
def test_another_end_record_is_refused(at: int, good: Path, tmp_path: Path) -> None:
    """Disk numbers, counts, size and place of the directory, under a comment that is right again."""
    data, path = good.read_bytes(), tmp_path / "hostile.zip"
    end = data.rindex(b"PK\5\6")
    body = data[: end + at] + bytes([data[end + at] ^ 1]) + data[end + at + 1 : -71]
    path.write_bytes(body + b"sha256:" + hashlib.sha256(body).hexdigest().encode())
    assert "end record" in refusal(path)


def test_another_local_header_is_refused(good: Path, tmp_path: Path) -> None:
    data, path = good.read_bytes(), tmp_path / "hostile.zip"
    body = data.replace(b"audit.json", b"AUDIT.json", 1)[:-71]
    path.write_bytes(body + b"sha256:" + hashlib.sha256(body).hexdigest().encode())
    assert "audit.json: its local header" in refusal(path)


def test_a_zip_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in MEMBERS.items():
            file.writestr(name, content)
    refusal(path)


@pytest.mark.parametrize("content", [b"", b"no zip at all" * 20, b"PK\3\4" + bytes(500), b"\x1f\x8b" + bytes(500)])
def test_what_is_no_zip_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    refusal(path)


def test_limits_hold_in_writing_and_reading(good: Path, tmp_path: Path) -> None:
    for limits in (Limits(members=3), Limits(member_bytes=200), Limits(total_bytes=300)):
        refusal(good, limits)
        with pytest.raises(EvidenceError):
            written(tmp_path / "w.zip", limits=limits)


def test_what_packs_too_well_is_stored_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path / "zeros.zip", [("zeros", bytes(1 << 20))])
    with Archive(path) as opened:
        assert opened.read("zeros") == bytes(1 << 20)
    assert path.stat().st_size > 1 << 20


@pytest.mark.parametrize(("constant", "value"), [("_MAX16", 3), ("_MAX32", 200)])
def test_more_than_the_old_fields_hold(
    constant: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """zip64, as for more than 65,535 members or beyond 4 GiB; the borders are moved to make it small."""
    monkeypatch.setattr(zip_format, constant, value)
    path = written(tmp_path / "far.zip")
    assert b"PK\6\6" in path.read_bytes()
    assert read_all(path) == MEMBERS
    with zipfile.ZipFile(path) as file:
        assert {i.filename: file.read(i) for i in file.infolist()} == MEMBERS
    data, other = path.read_bytes(), tmp_path / "changed.zip"
    for at in range(data.index(b"PK\6\6"), len(data)):
        other.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        refusal(other)


def test_dates_are_those_of_the_audit_within_what_zip_can_say() -> None:
    assert stamp_of("1970-01-01T00:00:00+00:00") == stamp_of("1980-01-01T00:00:00+00:00")
    assert stamp_of("2300-01-01T00:00:00+00:00") == stamp_of("2107-12-31T23:59:58+00:00")
    assert stamp_of("2026-03-04T07:06:08+02:00") == AT


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, says in ((tmp_path / "nothing.zip", "No such file"), (tmp_path, "directory")):
        with pytest.raises(UsageError, match=says):
            Archive(path)


def test_a_full_disk_says_so() -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        archive.write(Full(), [archive.member("a", b"x")], AT)
