"""Words for messages."""

from __future__ import annotations

from collections.abc import Sequence

_FEW = 3


def few(ids: Sequence[str]) -> str:
    """The names that ids end in: some of them, and how many more there are.

    >>> few(("arn:aws:iam::123456789012:user/ana", "account 210987654321"))
    'ana, account 210987654321'
    >>> few(("a", "b", "c", "d", "e"))
    'a, b, c and 2 more'
    """
    names = [name.rpartition("/")[2] for name in ids]
    if len(names) <= _FEW + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_FEW])} and {len(names) - _FEW} more"
