"""What must hold for every request: the engine equals the literal reference, and errs only on the safe side."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from auditor.access.engine import UNREAD, decide
from auditor.access.engine.plain import derived_keys
from auditor.access.engine.principals import principal_of
from tests.access.engine import reference

A, B = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{A}:role/app"
SESSION = f"arn:aws:sts::{A}:assumed-role/app/s1"
USER = f"arn:aws:iam::{A}:user/ana"
FEDERATED = f"arn:aws:sts::{A}:federated-user/fed"
CALLERS = [USER, USER, ROLE, SESSION, SESSION, FEDERATED, f"arn:aws:iam::{A}:root", f"arn:aws:iam::{B}:user/bo"]
CALLERS += ["lambda.amazonaws.com", "*"]
KEY = f"arn:aws:kms:eu-west-1:{A}:key/k"
OTHER_ROLE = f"arn:aws:iam::{A}:role/other"
TARGETS = [
    ("s3:GetObject", "arn:aws:s3:::b/ana/x"),
    ("s3:GetObject", "arn:aws:s3:::b/*?"),
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{A}:q:x"),
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{B}:q"),
    ("s3:ListAllMyBuckets", "*"),
    ("ec2:StartInstances", f"arn:aws:ec2:eu-west-1:{A}:instance/i"),
    ("kms:Decrypt", KEY),
    ("sts:AssumeRole", OTHER_ROLE),
]


def words(text: str) -> list[str]:
    return text.split()


ACTIONS = words("* * * s3:* S3:get?bject s3:GetObject sqs:Send* kms:decrypt kms:* sts:AssumeRole sts:* ec2:* s3:")
ACTIONS += ["*:GetObject", "s3: GetObject"]
RESOURCES = words(
    """* * * arn:aws:s3:::b/* arn:aws:s3:::B/* arn:aws:s3:::b/${aws:username}/x arn:aws:s3:::b/${*}${?} arn:aws:*:*:*:*
    arn:${k:team}:s3:::b/* arn:aws:sqs arn:aws:sqs:eu-west-1 arn:aws:sqs:*:q arn:aws:kms:*:*:key/*"""
)
RESOURCES += ["arn:aws:s3:::b/${k:team, 'ana'}/*", f"arn:aws:sqs:*:{A}:q*", OTHER_ROLE]
NAMES = [A, B, f"arn:aws:iam::{A}:root", ROLE, SESSION, f"{SESSION}x", USER, FEDERATED, f"arn:aws:iam::{B}:user/bo"]
KEYS = words("k:team K:Team k:list aws:TagKeys k:missing aws:username k:number k:date k:arn")
VALUES = words(
    """ana Ana a* * ?na ${k:team} ${aws:username} ${k:missing} ${*} 1 2 1.5 2020-01-01 2021-01-01T00:00:00Z 1577836800
    true false 10.0.0.0/8 arn:aws:iam::*:role/${k:team} arn:aws:iam::* x"""
)
VALUES += ["", "${k:missing, 'ana'}", ROLE, f"arn:aws:iam::{A}:role/*"]
BASES = words(
    """StringEquals StringNotEquals StringLike StringNotLike StringEqualsIgnoreCase StringNotEqualsIgnoreCase ArnLike
    ArnNotEquals NumericEquals NumericNotEquals NumericLessThan NumericGreaterThanEquals DateLessThan DateNotEquals
    DateGreaterThanEquals IpAddress NotIpAddress Bool"""
)
CONTEXTS = {
    "k:team": ["ana", "Ana", "a*", "", "true", "10.1.2.3", "1"],
    "k:list": [["ana"], ["ana", "x"], ["x", "Ana"], [], [""], ["1", "2"]],
    "aws:TagKeys": [["ana"], ["ana", "x"], "ana"],
    "k:number": ["1", 2, "1.50", "ana"],
    "k:date": ["2020-01-01T00:00:00Z", "2022-06-01", 1577836800, "ana"],
    "k:arn": [ROLE, SESSION, "ana"],
}

some = st.sampled_from


def one_or_more(values: list[str]) -> st.SearchStrategy[Any]:
    return some(values) | st.lists(some(values), min_size=1, max_size=3)


@st.composite
def operators(draw: st.DrawFn) -> str:
    if draw(st.integers(0, 9)) == 0:
        return draw(some(["", "ForAllValues:", "ForAnyValue:"])) + "Null"
    return draw(some(["", "", "ForAllValues:", "ForAnyValue:"])) + draw(some(BASES)) + draw(some(["", "", "IfExists"]))


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(draw(some([0, 0, 0, 1, 1, 2]))):
        operator = draw(operators())
        wanted = draw(some(["true", "false", True])) if operator.endswith("Null") else draw(one_or_more(VALUES))
        found.setdefault(operator, {})[draw(some(KEYS))] = wanted
    return found


@st.composite
def principals(draw: st.DrawFn) -> Any:
    if draw(st.integers(0, 2)) == 0:
        return "*"
    if draw(st.integers(0, 6)) == 0:
        return {"Service": "lambda.amazonaws.com"}
    return {"AWS": draw(one_or_more([*NAMES, "*"]))}


@st.composite
def statements(draw: st.DrawFn, layer: str, effect: str = "") -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": effect or draw(some(["Allow", "Allow", "Allow", "Allow", "Allow", "Deny"]))}
    statement[draw(some(["Action", "Action", "Action", "NotAction"]))] = draw(one_or_more(ACTIONS))
    statement[draw(some(["Resource", "Resource", "Resource", "NotResource"]))] = draw(one_or_more(RESOURCES))
    if layer in ("resource", "endpoint"):
        statement[draw(some(["Principal", "Principal", "Principal", "NotPrincipal"]))] = draw(principals())
    if layer == "rcp":
        statement["Principal"] = "*"
    if found := draw(conditions()):
        statement["Condition"] = found
    return statement


@st.composite
def documents(draw: st.DrawFn, layer: str) -> dict[str, Any]:
    body = draw(st.lists(statements(layer), min_size=1, max_size=3))
    version = draw(some(["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", None]))
    return ({"Version": version} if version else {}) | {"Statement": body[0] if len(body) == 1 else body}


def wide(layer: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if layer in ("rcp", "endpoint", "resource"):
        statement["Principal"] = "*"
    return {"Version": "2012-10-17", "Statement": statement}


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A request of which everything is known."""
    action, resource = draw(some(TARGETS))
    case: dict[str, Any] = {"principal": draw(some(CALLERS)), "action": action, "resource": resource, "user": USER}
    if resource.startswith("arn:aws:s3"):
        case["resource_account"] = draw(some([A, A, A, B]))
    case["context"] = {}
    for key, values in CONTEXTS.items():
        if draw(st.booleans()):
            case["context"][key] = draw(some(values))
    if case["principal"] == USER:
        case["context"]["aws:username"] = "ana"
    case["identity"] = draw(st.lists(documents("identity") | st.just(wide("identity")), max_size=2))
    if draw(st.booleans()):
        case["resource_policy"] = draw(documents("resource"))
    for layer, argument in (("boundary", "boundary"), ("endpoint", "endpoint_policy")):
        if draw(st.integers(0, 4)) == 0:
            case[argument] = draw(documents(layer) | st.just(wide(layer)))
    if draw(st.integers(0, 3)) == 0:
        case["session"] = [draw(documents("session") | st.just(wide("session")))]
    for layer in ("scp", "rcp"):
        if draw(st.integers(0, 4)) == 0:
            level = st.lists(documents(layer) | st.just(wide(layer)), min_size=draw(some([0, 1, 1, 1])), max_size=2)
            case[f"{layer}s"] = draw(st.lists(level, min_size=1, max_size=2))
    return case


def engine(case: dict[str, Any], **changed: Any) -> str:
    given_ = {"complete": True, **case, **changed}
    # the reference knows no keys that follow from the caller
    given_["absent"] = [key for key in ("aws:username",) if key not in case["context"]]
    return decide(**given_).decision.value


RANK = {"deny": 0, "unknown": 1, "conditional": 1, "allow": 2}
often = settings(max_examples=350, deadline=None, suppress_health_check=list(HealthCheck))
seldom = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@often
@given(cases())
def test_the_engine_equals_the_reference(case: dict[str, Any]) -> None:
    try:
        expected = reference.decide(case)
    except reference.Disputed:
        assume(False)
    assert engine(case) == expected


def places(case: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every policy of a case and its layer."""
    found = [("identity", d) for d in case["identity"]] + [("session", d) for d in case.get("session", [])]
    for argument, layer in (("boundary", "boundary"), ("resource_policy", "resource"), ("endpoint_policy", "endpoint")):
        if argument in case:
            found.append((layer, case[argument]))
    for layer in ("scp", "rcp"):
        found += [(layer, d) for level in case.get(f"{layer}s", []) for d in level]
    return found


def body(document: dict[str, Any]) -> list[dict[str, Any]]:
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


@seldom
@given(cases(), st.data())
def test_another_deny_never_adds_access(case: dict[str, Any], data: st.DataObject) -> None:
    changed = copy.deepcopy(case)
    assume(places(changed))
    layer, document = data.draw(some(places(changed)))
    document["Statement"] = [*body(document), data.draw(statements(layer, "Deny"))]
    complete = data.draw(st.booleans())
    assert RANK[engine(changed, complete=complete)] <= RANK[engine(case, complete=complete)]


@seldom
@given(cases(), documents("boundary"), st.booleans())
def test_a_boundary_never_adds_access(case: dict[str, Any], boundary: dict[str, Any], complete: bool) -> None:
    case.pop("boundary", None)
    after = engine(case, boundary=boundary, complete=complete)
    assert RANK[after] <= RANK[engine(case, complete=complete)]


@seldom
@given(cases(), st.data())
def test_one_allow_less_never_adds_access(case: dict[str, Any], data: st.DataObject) -> None:
    changed = copy.deepcopy(case)
    allowing = [(d, s) for _, d in places(changed) for s in body(d) if s["Effect"] == "Allow"]
    assume(allowing)
    document, statement = data.draw(some(allowing))
    document["Statement"] = [s for s in body(document) if s is not statement]
    complete = data.draw(st.booleans())
    assert RANK[engine(changed, complete=complete)] <= RANK[engine(case, complete=complete)]


@often
@given(cases(), st.data(), st.booleans())
def test_to_know_less_of_the_context_makes_nothing_certain(case: Any, data: st.DataObject, there: bool) -> None:
    before = engine(case)
    known = {key.lower() for key in derived_keys(principal_of(case["principal"]), "")}
    keys = sorted(case["context"]) if there else sorted({*case["context"], *KEYS})
    keys = [key for key in keys if key.lower() not in known]  # what follows from the caller is not forgotten
    assume(keys)
    forgotten = data.draw(st.lists(some(keys), min_size=1, unique=True))
    gone = {key.lower() for key in forgotten}
    context = {k: v for k, v in case["context"].items() if k.lower() not in gone}
    present = [k for k in forgotten if case["context"].get(k, []) != []] if there else []
    absent = [k for k in (*KEYS, *case["context"]) if k.lower() not in gone and k not in context]
    after = decide(**{**case, "context": context}, present=present, absent=absent).decision.value
    assert after == before or after in ("conditional", "unknown"), (before, after)


@often
@given(cases(), st.data())
def test_a_policy_that_was_not_read_makes_nothing_certain(case: dict[str, Any], data: st.DataObject) -> None:
    before = engine(case)
    layers = ("identity", "boundary", "session", "resource_policy", "endpoint_policy", "scps", "rcps")
    given_ = [layer for layer in layers if layer in case]
    forgotten = data.draw(st.lists(some(given_), min_size=1, unique=True))
    after = engine(case, **dict.fromkeys(forgotten, UNREAD))
    assert after == before or after == "unknown", (before, after)


@seldom
@given(cases(), st.data())
def test_a_broken_policy_makes_nothing_certain(case: dict[str, Any], data: st.DataObject) -> None:
    before, changed = engine(case), copy.deepcopy(case)
    assume(places(changed))
    _, document = data.draw(some(places(changed)))
    document["Statement"] = [*body(document), {"Effect": "allow", "Action": "*", "Resource": "*"}]
    after = engine(changed)
    assert after == before or after == "unknown", (before, after)
