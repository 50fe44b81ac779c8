"""The part of the document that holds what was listed against the second sources of the providers."""

from __future__ import annotations

from typing import Any

from auditor.model.inventory import Inventory
from auditor.reconcile import reconcile

Json = dict[str, Any]


def rows(inventory: Inventory) -> list[Json]:
    return [
        {
            "kind": row.kind.kind(),
            "native_type": row.native_type,
            "provider": row.account.provider,
            "account": row.account.id,
            "location": row.location,
            "source": row.source,
            "counted": row.counted,
            "listed": row.listed,
            "only_there": list(row.only_there),
            "only_here": list(row.only_here),
            "state": row.state,
            "note": row.note,
            "permissions": list(row.permissions),
            "calls": list(row.calls),
        }
        for row in reconcile(inventory)
    ]
