"""The specification, once more: slow, literal, and for contexts of which everything is known.

It shares no code with the engine: policies are read as the JSON they are, patterns are matched by recursion, and every
rule is written where the documentation states it. Where the sources dispute a case it raises :class:`Disputed`.
"""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
from typing import Any

USER, ROLE, SESSION, FEDERATED, ROOT, SERVICE, ANONYMOUS = range(7)
MANY = {"aws:tagkeys", "aws:principalorgpaths", "aws:calledvia"}
RCP_SERVICES = {"s3", "sts", "kms", "sqs"}


class Disputed(Exception):
    pass


# patterns: a list of characters, the wildcards as the objects below


class Wild:
    pass


STAR, MARK = Wild(), Wild()


def pattern(text: str) -> list[Any]:
    return [STAR if c == "*" else MARK if c == "?" else c for c in text]


def fits(wanted: list[Any], given: str) -> bool:
    if not wanted:
        return not given
    if wanted[0] is STAR:
        return fits(wanted[1:], given) or (bool(given) and fits(wanted, given[1:]))
    return bool(given) and (wanted[0] is MARK or wanted[0] == given[0]) and fits(wanted[1:], given[1:])


def fields(wanted: list[Any]) -> list[list[Any]]:
    """Split at the first five colons."""
    parts: list[list[Any]] = [[]]
    for c in wanted:
        if c == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(c)
    return parts


def listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


class Request:
    """A request and what its policies are asked of."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.principal: str = case["principal"]
        self.action: str = case["action"]
        self.resource: str = case["resource"]
        self.kind, self.account = self.who()
        self.context: dict[str, list[str]] = {}
        for key, value in case.get("context", {}).items():
            self.context[key.lower()] = [self.text(v) for v in listed(value)]
        arn = self.resource.split(":")
        self.owner = case.get("resource_account") or (arn[4] if len(arn) > 5 and arn[4] else self.account)

    @staticmethod
    def text(value: Any) -> str:
        return ("true" if value else "false") if isinstance(value, bool) else str(value)

    def who(self) -> tuple[int, str]:
        if self.principal == "*":
            return ANONYMOUS, ""
        if not self.principal.startswith("arn:"):
            return SERVICE, ""
        account, what = self.principal.split(":")[4], self.principal.split(":", 5)[5]
        kinds = {"user": USER, "role": ROLE, "assumed-role": SESSION, "federated-user": FEDERATED, "root": ROOT}
        return kinds[what.split("/")[0]], account

    # context

    def values(self, key: str) -> list[str]:
        return self.context.get(key.lower(), [])

    def many(self, key: str) -> bool:
        return key.lower() in MANY or len(self.values(key)) > 1

    def fill(self, text: str, version: str | None) -> list[Any] | None:
        """Policy variables; None if one cannot be resolved."""
        if version != "2012-10-17":
            return pattern(text)
        filled: list[Any] = []
        while "${" in text and "}" in text[text.index("${") :]:
            start = text.index("${")
            end = text.index("}", start)
            filled += pattern(text[:start])
            inside, text = text[start + 2 : end], text[end + 1 :]
            key, _, default = inside.partition(",")
            if inside in ("*", "?", "$"):
                filled += list(inside)
            elif self.many(key.strip()):
                return None
            elif self.values(key.strip()):
                filled += list(self.values(key.strip())[0])
            elif default:
                filled += list(default.strip().strip("'"))
            else:
                return None
        return filled + pattern(text)

    # statements

    def action_listed(self, wanted: Any) -> bool:
        for one in listed(wanted):
            if one == "*" or one == "*:*":
                return True
            service, colon, name = one.partition(":")
            if not colon or any(c in one for c in " \t\n,") or "*" in service or "?" in service:
                continue
            mine, _, called = self.action.partition(":")
            if service.lower() == mine.lower() and fits(pattern(name.lower()), called.lower()):
                return True
        return False

    def resource_listed(self, wanted: Any, version: str | None, layer: str) -> bool | None:
        """None: a variable of one of them cannot be resolved, and none of the others fits."""
        unresolved = False
        for one in listed(wanted):
            if one == "*":
                return True
            parts = one.split(":", 5)
            if version == "2012-10-17" and "${" in one:
                if len(parts) < 6 or any("${" in part for part in parts[:5]):
                    continue
                last = self.fill(parts[5], version)
                if last is None:
                    unresolved = True
                    continue
                patterns = [*[pattern(part) for part in parts[:5]], last]
            else:
                patterns = [pattern(part) for part in parts]
            if self.resource == "*":
                continue
            mine = self.resource.split(":", 5)
            short = layer in ("identity", "boundary", "session", "endpoint") and parts[0] == "arn"
            if len(patterns) < 6 and not short:
                continue
            if all(fits(p, given) for p, given in zip(patterns, mine, strict=False)):
                return True
        return None if unresolved else False

    def statement_speaks(self, statement: dict[str, Any], version: str | None, layer: str) -> bool:
        """Action and resource and every condition."""
        if "Action" in statement and not self.action_listed(statement["Action"]):
            return False
        if "NotAction" in statement and self.action_listed(statement["NotAction"]):
            return False
        if "Resource" in statement and not self.resource_listed(statement["Resource"], version, layer):
            return False
        if "NotResource" in statement:
            found = self.resource_listed(statement["NotResource"], version, layer)
            if found is None:
                raise Disputed("an unresolvable variable in NotResource")
            if found:
                return False
        for operator, tests in statement.get("Condition", {}).items():
            for key, wanted in tests.items():
                if not self.condition(operator, key, [self.text(w) for w in listed(wanted)], version):
                    return False
        return True

    # conditions

    def condition(self, operator: str, key: str, wanted: list[str], version: str | None) -> bool:
        quantifier, _, base = operator.rpartition(":")
        given = self.values(key)
        if base == "Null":
            plainly = (not given) == (wanted[0] == "true")
            if quantifier and not given and plainly != (quantifier == "ForAllValues"):
                raise Disputed("Null with a set operator on a key that is absent")
            return plainly
        if base.endswith("IfExists"):
            base = base.removesuffix("IfExists")
            if not given:
                return True
        negated = "Not" in base
        if not given:
            if quantifier:
                return quantifier == "ForAllValues"
            return negated
        if quantifier == "ForAllValues":
            return given == [""] or all(self.one(base, value, wanted, version) for value in given)
        if quantifier == "ForAnyValue":
            return given != [""] and any(self.one(base, value, wanted, version) for value in given)
        if self.many(key):
            return False
        return self.one(base, given[0], wanted, version)

    def one(self, base: str, given: str, wanted: list[str], version: str | None) -> bool:
        """One value of the request: like any of the policy's, or, for a negated operator, unlike all."""
        results = [self.compare(base.replace("Not", ""), given, w, version) for w in wanted]
        if "Not" in base:
            return all(r is False for r in results)
        return any(r is True for r in results)

    def compare(self, base: str, given: str, wanted: str, version: str | None) -> bool | None:
        """None: not of the type, or a variable that cannot be resolved."""
        if base.startswith(("String", "Arn", "Bool")):
            filled = self.fill(wanted, version)
            if filled is None:
                return None
            if base == "StringLike":
                return fits(filled, given)
            if base.startswith("Arn"):
                parts, mine = fields(filled), given.split(":", 5)
                if filled == [STAR]:
                    return True
                return len(parts) == len(mine) == 6 and all(fits(p, m) for p, m in zip(parts, mine, strict=True))
            text = "".join("*" if c is STAR else "?" if c is MARK else c for c in filled)
            if base == "StringEqualsIgnoreCase":
                return given.lower() == text.lower()
            if base == "Bool":
                if {given.lower(), text.lower()} - {"true", "false"}:
                    raise Disputed("a boolean that is none")
                return given.lower() == text.lower()
            return given == text
        if base.startswith("Numeric"):
            return self.ordered(base.removeprefix("Numeric"), number(given), number(wanted))
        if base.startswith("Date"):
            return self.ordered(base.removeprefix("Date"), date(given), date(wanted))
        if base == "IpAddress":
            try:
                return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)
            except ValueError:
                return None
        if base == "BinaryEquals":
            return base64.b64decode(given) == base64.b64decode(wanted)
        raise AssertionError(base)

    @staticmethod
    def ordered(how: str, one: float | None, other: float | None) -> bool | None:
        if one is None or other is None:
            return None
        return {
            "Equals": one == other,
            "LessThan": one < other,
            "LessThanEquals": one <= other,
            "GreaterThan": one > other,
            "GreaterThanEquals": one >= other,
        }[how]

    # principals

    def names(self, principal: Any) -> set[str]:
        """How a Principal or NotPrincipal element names the caller: direct, role, user, everyone, account."""
        if principal == "*":
            return {"everyone"}
        ways = set()
        for name in listed(principal.get("Service", [])):
            if self.kind == SERVICE and name == self.principal:
                ways.add("direct")
        for name in listed(principal.get("AWS", [])):
            if name == "*":
                ways.add("everyone")
            elif self.kind in (SERVICE, ANONYMOUS):
                continue
            elif name in (self.account, f"arn:aws:iam::{self.account}:root"):
                ways.add("direct" if self.kind == ROOT else "account")
            elif name == self.principal:
                ways.add("role" if self.kind == ROLE else "direct")
            elif self.kind == SESSION and name == self.role():
                ways.add("role")
            elif self.kind == FEDERATED and name == self.case.get("user"):
                ways.add("user")
        return ways

    def role(self) -> str:
        return f"arn:aws:iam::{self.account}:role/{self.principal.split('/')[1]}"

    def statement_names(self, statement: dict[str, Any], bounded: bool) -> set[str]:
        if "Principal" in statement:
            return self.names(statement["Principal"])
        if "NotPrincipal" not in statement:
            return set()
        ways = self.names(statement["NotPrincipal"])
        if statement["Effect"] == "Allow":
            return set() if ways else {"everyone"}
        spared = self.spared(statement["NotPrincipal"], ways) and not bounded
        return set() if spared else {"everyone"}

    def spared(self, listing: Any, ways: set[str]) -> bool:
        if "everyone" in ways or self.kind in (SERVICE, ANONYMOUS, ROOT):
            return bool(ways)
        if self.kind == SESSION:
            of_role = f":{self.account}:assumed-role/{self.role().split('/')[1]}/"
            sessions = [name for name in listed(listing.get("AWS", [])) if of_role in name]
            return {"account", "role"} <= ways and (not sessions or "direct" in ways)
        return "account" in ways and bool(ways & {"direct", "role"})

    # layers

    def denied_by(self, document: Any, layer: str, bounded: bool = False) -> bool:
        return any(
            (layer not in ("resource", "rcp", "endpoint") or self.statement_names(s, bounded))
            and self.statement_speaks(s, document.get("Version"), layer)
            for s in listed(document["Statement"])
            if s["Effect"] == "Deny"
        )

    def allowed_by(self, documents: list[Any], layer: str) -> bool:
        return any(
            self.statement_speaks(s, d.get("Version"), layer)
            for d in documents
            for s in listed(d["Statement"])
            if s["Effect"] == "Allow"
        )

    def ways(self, document: Any, layer: str) -> set[str]:
        """By what names the Allow statements of a policy of resources let the caller in."""
        found: set[str] = set()
        for s in listed(document["Statement"]) if document else []:
            if s["Effect"] == "Allow" and self.statement_speaks(s, document.get("Version"), layer):
                found |= self.statement_names(s, False)
        return found

    def decide(self) -> str:
        case, iam = self.case, self.kind not in (SERVICE, ANONYMOUS)
        own = iam and self.kind != ROOT
        identity = case.get("identity", []) if own else []
        boundary = case.get("boundary") if own else None
        session = case.get("session") if own else None
        trust = case.get("resource_policy")
        endpoint = case.get("endpoint_policy")
        scps = case.get("scps", []) if iam else []
        rcps = case.get("rcps", []) if self.action.split(":")[0] in RCP_SERVICES else []
        if self.kind in (ROOT, ANONYMOUS) and self.action == "sts:AssumeRole":
            return "deny"
        if self.kind == ANONYMOUS and self.action.startswith("kms:"):
            return "deny"
        # 1. any matching Deny
        if any(self.denied_by(d, "identity") for d in identity):
            return "deny"
        if boundary and self.denied_by(boundary, "boundary"):
            return "deny"
        if session and any(self.denied_by(d, "session") for d in session):
            return "deny"
        bounded = boundary is not None
        if trust and self.denied_by(trust, "resource", bounded):
            return "deny"
        if endpoint and self.denied_by(endpoint, "endpoint", bounded):
            return "deny"
        if any(self.denied_by(d, "scp") for level in scps for d in level):
            return "deny"
        if any(self.denied_by(d, "rcp", bounded) for level in rcps for d in level):
            return "deny"
        # 2. and 3. every level lets it through
        if not all(any(self.ways(d, "rcp") for d in level) for level in rcps):
            return "deny"
        if not all(self.allowed_by(level, "scp") for level in scps):
            return "deny"
        if endpoint and not self.ways(endpoint, "endpoint"):
            return "deny"
        # what grants
        special = self.action == "sts:AssumeRole" or (self.action.startswith("kms:") and ":key/" in self.resource)
        missing = special and trust is None
        ways = {"direct", "role", "user", "everyone", "account"} if missing else self.ways(trust, "resource")
        if self.grants(ways, identity, boundary, session, special, iam):
            return "unknown" if missing else "allow"
        return "deny"

    def grants(self, ways: set[str], identity: Any, boundary: Any, session: Any, special: bool, iam: bool) -> bool:
        if not iam:
            return bool(ways & {"direct", "everyone"})
        own = self.kind == ROOT or self.allowed_by(identity, "identity")
        if self.kind == FEDERATED and not session:
            own = False
        bound = boundary is None or self.allowed_by([boundary], "boundary")
        within = not session or self.allowed_by(session, "session")
        # 5. cross account: both sides
        if self.account != self.owner:
            return bool(ways) and own and bound and within
        # 4. same account
        if ways & {"direct", "everyone"} and (self.kind != USER or within):
            return True
        if ways & {"role", "user"} and bound and within:
            return True
        if special and "account" not in ways:
            return False
        return own and bound and within


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def date(text: str) -> float | None:
    if text.isdigit() and len(text) > 4:
        return float(text)
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp()
    except ValueError:
        return None


def decide(case: dict[str, Any]) -> str:
    return Request(case).decide()
