"""Who asks, and whether a statement of a resource's policy names them.

Sources: IAM user guide, "AWS JSON policy elements: Principal" and "NotPrincipal", "Policy evaluation logic".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.access.aws_documents import Statement


class Kind(StrEnum):
    USER = "user"
    ROLE = "role"
    SESSION = "session of a role"
    FEDERATED_USER = "federated user"
    ROOT = "root user"
    SERVICE = "service"
    IDENTITY_PROVIDER = "identity of a provider"
    OTHER = "outside of IAM"
    """An S3 canonical user or a CloudFront origin access identity: only policies of resources know it."""
    ANONYMOUS = "anonymous"


class Named(StrEnum):
    """How a statement names the caller."""

    ITSELF = "itself"
    ROLE = "its role"
    USER = "the user it was federated from"
    EVERYONE = "everyone"
    ACCOUNT = "its account"
    NOBODY = "not at all"


_IN_IAM = frozenset({Kind.USER, Kind.ROLE, Kind.SESSION, Kind.FEDERATED_USER, Kind.ROOT})


@dataclass(frozen=True, slots=True)
class Principal:
    """``arn`` as it was given: an ARN, a service's name, or ``*`` for nobody in particular."""

    arn: str
    kind: Kind
    account: str = ""
    role: str = ""
    """The ARN of the role that a session is of, where it is known; otherwise as much as the session's ARN says."""
    user: str = ""
    """The ARN of the user that a federated session was made by, where it is known."""

    @property
    def in_iam(self) -> bool:
        """Identity policies, boundaries and organization policies apply to it."""
        return self.kind in _IN_IAM

    @property
    def service_linked(self) -> bool:
        return ":role/aws-service-role/" in (self.role or self.arn)


_SERVICE = re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|aws\.internal|amazon\.com|aws)")
_PROVIDERS = frozenset({"accounts.google.com", "graph.facebook.com", "www.amazon.com"})
_CANONICAL = re.compile(r"[0-9a-f]{64}")
_NOT_IAM = (Kind.SERVICE, Kind.ANONYMOUS, Kind.IDENTITY_PROVIDER, Kind.OTHER)


def principal_of(text: str, *, role: str = "", user: str = "", federated: bool = False) -> Principal:
    """A caller from its ARN, the name of a service, an account id (its root user), or ``*``.

    ``federated``: the call is one that identities of a provider make, so that a name is that of a provider.
    """
    if text in ("*", "", "anonymous"):
        return Principal("*", Kind.ANONYMOUS)
    if re.fullmatch(r"\d{12}", text):
        return Principal(f"arn:aws:iam::{text}:root", Kind.ROOT, text)
    fields = text.split(":", 5)
    if len(fields) < 6 or fields[0] != "arn":
        if _CANONICAL.fullmatch(text):
            return Principal(text, Kind.OTHER)
        service = _SERVICE.fullmatch(text) and text not in _PROVIDERS and not federated
        return Principal(text, Kind.SERVICE if service else Kind.IDENTITY_PROVIDER)
    owner, rest = fields[4], fields[5]
    if not re.fullmatch(r"\d{12}", owner):
        return Principal(text, Kind.OTHER)
    if rest == "root":
        return Principal(text, Kind.ROOT, owner)
    if rest.startswith("user/"):
        return Principal(text, Kind.USER, owner)
    if rest.startswith("assumed-role/"):
        name = rest.split("/")[1]
        return Principal(text, Kind.SESSION, owner, role or f"{fields[0]}:{fields[1]}:iam::{owner}:role/{name}")
    if rest.startswith("federated-user/"):
        return Principal(text, Kind.FEDERATED_USER, owner, user=user)
    if rest.startswith(("oidc-provider/", "saml-provider/")):
        return Principal(text, Kind.IDENTITY_PROVIDER, owner)
    return Principal(text, Kind.ROLE, owner, text)


def named_by(statement: Statement, caller: Principal, *, bounded: bool) -> frozenset[Named]:
    """Every way in which a statement names the caller; empty if it does not.

    ``bounded``: the caller has a permissions boundary. A Deny with NotPrincipal then always meets it (IAM user guide,
    "Permissions boundaries for IAM entities").
    """
    if statement.not_principals is not None:
        listed = statement.not_principals
        if not statement.allow:
            spared = _spared(listed, caller) and not bounded
            return frozenset() if spared else frozenset({Named.EVERYONE})
        if _ways(listed, caller) or _perhaps(listed, caller):
            return frozenset()
        return frozenset({Named.EVERYONE})
    if statement.principals is None:
        return frozenset()
    return _ways(statement.principals, caller)


def perhaps_named(statement: Statement, caller: Principal) -> bool:
    """It names an account by its S3 canonical user, which nothing here relates to the caller's account."""
    return statement.principals is not None and _perhaps(statement.principals, caller)


def _perhaps(listed: Mapping[str, Iterable[str]], caller: Principal) -> bool:
    return "CanonicalUser" in listed and caller.in_iam


def _ways(listed: Mapping[str, Iterable[str]], caller: Principal) -> frozenset[Named]:
    ways: set[Named] = set()
    for kind, names in listed.items():
        for name in names:
            way = _way(kind, name, caller)
            if way is not Named.NOBODY:
                ways.add(way)
    return frozenset(ways)


def _way(kind: str, name: str, caller: Principal) -> Named:
    if kind == "AWS":
        return _aws(name, caller)
    if kind == "Service":
        same = caller.kind is Kind.SERVICE and (name == caller.arn or name == "*")
        return Named.ITSELF if same else Named.NOBODY
    if kind == "Federated":
        return Named.ITSELF if caller.kind is Kind.IDENTITY_PROVIDER and name == caller.arn else Named.NOBODY
    return Named.ITSELF if kind == "CanonicalUser" and name == caller.arn else Named.NOBODY


def _aws(name: str, caller: Principal) -> Named:
    if name == "*":
        return Named.EVERYONE
    if caller.kind is Kind.OTHER:
        return Named.ITSELF if name == caller.arn else Named.NOBODY
    if not caller.in_iam:
        return Named.NOBODY
    account = _account_of(name)
    if account:
        if account != caller.account:
            return Named.NOBODY
        return Named.ITSELF if caller.kind is Kind.ROOT else Named.ACCOUNT
    if name == caller.arn:
        return Named.ROLE if caller.kind is Kind.ROLE else Named.ITSELF
    if caller.kind is Kind.SESSION and _same_role(name, caller.role):
        return Named.ROLE
    if caller.kind is Kind.SESSION and name.lower() == caller.arn.lower() and ":assumed-role/" in name:
        return Named.ITSELF if name.rpartition("/")[2] == caller.arn.rpartition("/")[2] else Named.NOBODY
    if caller.kind is Kind.FEDERATED_USER and caller.user and name == caller.user:
        return Named.USER
    return Named.NOBODY


def _account_of(name: str) -> str:
    """The account that a principal stands for as a whole."""
    if re.fullmatch(r"\d{12}", name):
        return name
    found = re.fullmatch(r"arn:[a-z-]+:iam::(\d{12}):root", name)
    return found[1] if found else ""


def _same_role(name: str, role: str) -> bool:
    """A session's ARN has no path, so that role ARNs are compared by account and name, whose case does not count."""
    if ":role/" not in name:
        return False
    one, other = name.split(":", 5), role.split(":", 5)
    if len(one) < 6:
        return False
    return one[:5] == other[:5] and one[5].rpartition("/")[2].lower() == other[5].rpartition("/")[2].lower()


def _spared(listed: Mapping[str, Iterable[str]], caller: Principal) -> bool:
    """A Deny with NotPrincipal spares a caller only if it lists the caller and the caller's account; a session by its
    role, and where sessions of the role are listed, by its own ARN as well (IAM user guide, "NotPrincipal with
    Deny")."""
    ways = _ways(listed, caller)
    if Named.EVERYONE in ways:
        return True
    if caller.kind in _NOT_IAM or caller.kind is Kind.ROOT:
        return bool(ways)
    if Named.ACCOUNT not in ways:
        return False
    if caller.kind is not Kind.SESSION:
        return Named.ITSELF in ways or Named.ROLE in ways
    if Named.ROLE not in ways:
        return False
    return Named.ITSELF in ways or not any(_session_of(name, caller.role) for name in listed.get("AWS", ()))


def _session_of(name: str, role: str) -> bool:
    fields, wanted = name.split(":", 5), role.split(":", 5)
    if len(fields) < 6 or not fields[5].startswith("assumed-role/"):
        return False
    return fields[4] == wanted[4] and fields[5].split("/")[1].lower() == wanted[5].rpartition("/")[2].lower()


def named_as(grantee: str, caller: Principal) -> Named:
    """How a KMS grant's grantee stands for the caller."""
    return max(_aws(grantee, caller), _way("Service", grantee, caller), key=lambda way: way is not Named.NOBODY)
