"""The directory of the demo's Google Cloud organization: its people, and who is in its groups. Invented, all of it."""

from __future__ import annotations

from auditor.demo.authoring import Estate, Pages
from auditor.demo.gcp_names import DOMAIN, account

_PEOPLE = ("ines.adler", "mira.sol", "platform.lead", "tomas.riva")
_LEFT = "jonas.weir"
"""Left the company: the account is kept, and suspended."""


def _user(name: str) -> dict[str, object]:
    return {
        "kind": "admin#directory#user",
        "primaryEmail": f"{name}@{DOMAIN}",
        "suspended": name == _LEFT,
        "archived": False,
        "isEnrolledIn2Sv": name != _LEFT,
        "isEnforcedIn2Sv": name != _LEFT,
    }


def _member(email: str, kind: str = "USER") -> dict[str, object]:
    return {"email": email, "type": kind}


def _members(*members: dict[str, object]) -> dict[str, object]:
    return {"kind": "admin#directory#members", "members": list(members)}


def _group(name: str) -> tuple[str, str]:
    return ("GET", f"/admin/directory/v1/groups/{name}@{DOMAIN}/members")


DIRECTORY: Estate = {
    **{("GET", f"/admin/directory/v1/users/{name}@{DOMAIN}"): _user(name) for name in (*_PEOPLE, _LEFT)},
    _group("forecasting"): Pages(
        _members(_member(f"tomas.riva@{DOMAIN}"), _member(f"{_LEFT}@{DOMAIN}")),
        _members(_member(f"forecasting-oncall@{DOMAIN}", "GROUP"), _member(account("pipeline-train"))),
    ),
    _group("forecasting-oncall"): _members(_member(f"mira.sol@{DOMAIN}")),
}
