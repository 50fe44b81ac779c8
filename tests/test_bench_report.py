"""The audit that the report's benchmark renders is one that could be: every identity once, every reference resolved."""

from __future__ import annotations

from collections import Counter

from bench.report import repeated
from tests.support import documents


def test_a_repeated_audit_has_no_identity_twice_and_loses_no_reference() -> None:
    one = documents.sample()
    three = repeated(one, 3)
    for name in ("findings", "resources", "calls", "scopes", "fix_first"):
        assert len(three[name]) == 3 * len(one[name]), name
    for rows, key in (("findings", "fingerprint"), ("calls", "id"), ("calls", "number"), ("scopes", "account")):
        assert max(Counter(row[key] for row in three[rows]).values()) == 1, (rows, key)
    calls, prints = ({row[key] for row in three[name]} for name, key in (("calls", "id"), ("findings", "fingerprint")))
    known = {c["id"] for c in one["calls"]}
    for finding in three["findings"][: len(one["findings"])]:
        assert all(call in calls or call not in known for call in finding["calls"])
    assert {p for row in three["fix_first"] for p in row["fingerprints"]} <= prints
    assert three["coverage"]["pass"] == 3 * one["coverage"]["pass"]
    assert three["coverage"]["percent"] == one["coverage"]["percent"]
