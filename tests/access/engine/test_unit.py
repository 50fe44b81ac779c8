"""Details of the engine that neither the documentation's cases nor random ones show on their own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.access.engine import UNREAD, Answer, decide
from auditor.access.engine.answer import Decision, Layer, Tri
from auditor.access.engine.conditions import condition
from auditor.access.engine.context import context_of
from auditor.access.engine.patterns import actions, resource_matches
from auditor.access.engine.policies import compile_policy
from auditor.access.engine.principals import Kind, principal_of
from auditor.access.engine.rules import public

A, B = "111122223333", "444455556666"
USER, ROLE = f"arn:aws:iam::{A}:user/ana", f"arn:aws:iam::{A}:role/team/app"
SESSION, BOB = f"arn:aws:sts::{A}:assumed-role/app/s", f"arn:aws:iam::{B}:user/bob"
OBJECT = "arn:aws:s3:::bucket/key"
KEY = f"arn:aws:kms:eu-west-1:{A}:key/k"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


ALL = policy(allow())
BROKEN = policy({"Effect": "allow", "Action": "*", "Resource": "*"})
EVERYONE = {"Principal": "*"}


def ask(principal: str = USER, action: str = "s3:GetObject", resource: str = OBJECT, **more: Any) -> Answer:
    return decide(principal, action, resource, **more)


def said(*args: Any, **more: Any) -> str:
    return ask(*args, **more).decision.value


# callers


@pytest.mark.parametrize(
    ("text", "kind", "account"),
    [
        (USER, Kind.USER, A),
        (ROLE, Kind.ROLE, A),
        (SESSION, Kind.SESSION, A),
        (f"arn:aws:sts::{A}:federated-user/f", Kind.FEDERATED_USER, A),
        (f"arn:aws:iam::{A}:root", Kind.ROOT, A),
        (A, Kind.ROOT, A),
        ("*", Kind.ANONYMOUS, ""),
        ("", Kind.ANONYMOUS, ""),
        ("lambda.amazonaws.com", Kind.SERVICE, ""),
        ("alexa-appkit.amazon.com", Kind.SERVICE, ""),
        ("www.amazon.com", Kind.IDENTITY_PROVIDER, ""),
        ("accounts.google.com", Kind.IDENTITY_PROVIDER, ""),
        (f"arn:aws:iam::{A}:oidc-provider/x", Kind.IDENTITY_PROVIDER, A),
        (f"arn:aws:iam::{A}:saml-provider/x", Kind.IDENTITY_PROVIDER, A),
        ("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", Kind.OTHER, ""),
        ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", Kind.OTHER, ""),
        ("arn:aws:iam", Kind.IDENTITY_PROVIDER, ""),
    ],
)
def test_callers(text: str, kind: Kind, account: str) -> None:
    caller = principal_of(text)
    assert (caller.kind, caller.account) == (kind, account)


def test_a_name_is_a_provider_where_providers_call() -> None:
    trust = policy({"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:*"})
    target = f"arn:aws:iam::{A}:role/x"
    name = "cognito-identity.amazonaws.com"
    assert said(name, "sts:AssumeRoleWithWebIdentity", target, resource_policy=trust) == "allow"
    assert said(name, "sts:AssumeRole", target, resource_policy=trust) == "deny"


def test_those_outside_of_iam_have_what_the_bucket_gives_them() -> None:
    identity = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"
    bucket = policy(allow(Principal={"AWS": identity}))
    assert said(identity, resource_policy=bucket, resource_account=A) == "allow"
    assert said(f"{identity}2", resource_policy=bucket, resource_account=A) == "deny"


def test_a_canonical_user_may_be_the_callers_account() -> None:
    someone = {"Principal": {"CanonicalUser": "0" * 64}}
    assert said(identity=[ALL], resource_policy=policy(deny(**someone))) == "unknown"
    assert said(identity=[ALL], resource_policy=policy(deny("s3:PutObject", **someone))) == "allow"
    assert said(resource_policy=policy(allow(**someone))) == "deny"
    assert said("0" * 64, resource_policy=policy(allow(**someone))) == "allow"
    excepted = {"Effect": "Allow", "NotPrincipal": {"CanonicalUser": "0" * 64}, "Action": "*", "Resource": "*"}
    assert said(resource_policy=policy(excepted)) == "deny"


def test_service_linked_roles_are_known_by_their_path() -> None:
    linked, closed = f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/R", [[policy(deny())]]
    session = f"arn:aws:sts::{A}:assumed-role/R/s"
    assert said(linked, identity=[ALL], scps=closed) == "allow"
    assert said(session, role=linked, identity=[ALL], scps=closed) == "allow"
    assert said(session, identity=[ALL], scps=closed) == "deny"


def test_nobody_is_named_by_nothing() -> None:
    federated, nothing = f"arn:aws:sts::{A}:federated-user/f", policy(allow(Principal={"AWS": ""}))
    assert said(federated, session=[ALL], resource_policy=nothing) == "deny"


def test_a_role_with_a_path_is_its_sessions_role() -> None:
    bucket = policy(allow(Principal={"AWS": ROLE}))
    assert said(SESSION, resource_policy=bucket) == "allow"
    assert said(SESSION.replace("app", "APP"), resource_policy=bucket) == "allow"
    assert said(SESSION.replace("app", "apps"), resource_policy=bucket) == "deny"
    foreign = policy(allow(Principal={"AWS": ROLE.replace(A, B)}))
    assert said(SESSION, resource_policy=foreign) == "deny"


def test_the_name_of_a_session_has_case_that_of_its_role_has_not() -> None:
    assert said(SESSION, resource_policy=policy(allow(Principal={"AWS": SESSION.replace("app", "APP")}))) == "allow"
    assert said(SESSION, resource_policy=policy(allow(Principal={"AWS": f"{SESSION[:-1]}S"}))) == "deny"
    other = SESSION.replace("app", "other")
    assert said(SESSION, resource_policy=policy(allow(Principal={"AWS": other}))) == "deny"


def test_the_path_of_a_sessions_role_is_not_guessed() -> None:
    others = policy(allow(), deny(Condition={"ArnNotEquals": {"aws:PrincipalArn": f"arn:aws:iam::{A}:role/app"}}))
    assert said(SESSION, identity=[others]) == "conditional"
    assert said(SESSION, identity=[others], role=ROLE) == "deny"
    assert said(SESSION, identity=[others], role=f"arn:aws:iam::{A}:role/app") == "allow"


def test_only_users_have_a_user_name() -> None:
    own = policy(allow("*", "arn:aws:s3:::bucket/${aws:username}/*"))
    assert said(ROLE, resource="arn:aws:s3:::bucket/ana/x", identity=[own]) == "deny"
    assert said(USER, resource="arn:aws:s3:::bucket/ana/x", identity=[own]) == "allow"


def test_exceptions_from_a_deny() -> None:
    def excepted(**names: Any) -> dict[str, Any]:
        return policy(allow(**EVERYONE), {"Effect": "Deny", "NotPrincipal": names, "Action": "*", "Resource": "*"})

    name = "lambda.amazonaws.com"
    assert said(name, resource_policy=excepted(Service=name)) == "allow"
    assert said(name, resource_policy=excepted(AWS=A)) == "deny"
    assert said("*", resource_policy=excepted(AWS=A)) == "deny"
    assert said(resource_policy=excepted(AWS="*")) == "allow"
    assert said(ROLE, resource_policy=excepted(AWS=[ROLE, A])) == "allow"
    foreign = f"arn:aws:sts::{B}:assumed-role/app/s"
    assert said(SESSION, resource_policy=excepted(AWS=[ROLE, A, foreign])) == "allow"
    assert said(SESSION, resource_policy=excepted(AWS=[ROLE, A, f"{SESSION}2"])) == "deny"


def test_the_root_user_has_no_boundary() -> None:
    but_for = {"Effect": "Deny", "NotPrincipal": {"AWS": A}, "Action": "*", "Resource": "*"}
    assert said(f"arn:aws:iam::{A}:root", boundary=ALL, resource_policy=policy(but_for)) == "allow"


# whose the resource is


def test_what_aws_owns_is_read_like_the_callers_own() -> None:
    assert said(USER, "iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", identity=[ALL]) == "allow"
    assert said(USER, "bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/x", identity=[ALL]) == "allow"


def test_the_given_account_decides() -> None:
    assert said(identity=[ALL]) == "allow"
    assert said(identity=[ALL], resource_account=B) == "deny"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("iam:TagPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("iam:AttachRolePolicy", f"arn:aws:iam::{A}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_X_1"),
        ("iam:PassRole", f"arn:aws:iam::{A}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_X_1"),
        ("kms:DeleteAlias", f"arn:aws:kms:eu-west-1:{A}:alias/aws/s3"),
    ],
)
def test_what_nobody_can_do(action: str, resource: str) -> None:
    answer = ask(USER, action, resource, identity=[ALL])
    assert (answer.decision.value, answer.layer) == ("deny", Layer.SERVICE)


# what was not read, and what is broken


@pytest.mark.parametrize(
    "layers",
    [
        {"identity": UNREAD},
        {"boundary": UNREAD},
        {"session": UNREAD},
        {"resource_policy": UNREAD},
        {"endpoint_policy": UNREAD},
        {"scps": UNREAD},
        {"scps": [[ALL], UNREAD]},
        {"rcps": UNREAD},
        {"rcps": [UNREAD]},
        {"identity": [ALL, BROKEN]},
        {"boundary": BROKEN},
        {"session": [BROKEN]},
        {"resource_policy": BROKEN},
        {"endpoint_policy": BROKEN},
        {"scps": [[ALL, BROKEN]]},
        {"rcps": [[policy(allow(**EVERYONE)), BROKEN]]},
        {"identity": ["{"]},
    ],
    ids=str,
)
def test_unread_and_broken(layers: dict[str, Any]) -> None:
    answer = ask(SESSION, **{"identity": [ALL], **layers})
    assert answer.decision.value == "unknown"
    assert answer.missing


def test_only_the_layer_of_a_broken_policy_is_unsure() -> None:
    assert said(identity=[policy(allow("ec2:*"))], boundary=BROKEN) == "deny"
    assert said(identity=[ALL, policy(deny())], boundary=BROKEN) == "deny"
    assert said(identity=[BROKEN], boundary=policy(allow("ec2:*"))) == "deny"
    assert said(identity=[ALL], scps=[[BROKEN], []]) == "deny"
    assert said("lambda.amazonaws.com", identity=[BROKEN], resource_policy=policy(allow(**EVERYONE))) == "allow"


def test_a_broken_boundary_is_a_boundary() -> None:
    but_for = {"Effect": "Deny", "NotPrincipal": {"AWS": [USER, A]}, "Action": "*", "Resource": "*"}
    assert said(identity=[ALL], boundary=BROKEN, resource_policy=policy(but_for)) == "deny"
    assert said(identity=[ALL], boundary=UNREAD, resource_policy=policy(but_for)) == "unknown"


def test_no_session_policy_is_none() -> None:
    assert said(SESSION, identity=[ALL], session=[]) == "allow"


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Resource": "*"},
        {"Effect": "Allow", "Action": "*"},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "x"},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "condition": {}},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"k": None}}},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": ["StringEquals"]},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "NotPrincipal": "*"},
        {"Effect": "Permit", "Action": "*", "Resource": "*"},
        "Allow",
    ],
    ids=str,
)
def test_what_aws_would_not_store(statement: Any) -> None:
    assert said(identity=[{"Version": "2012-10-17", "Statement": [statement]}]) == "unknown"


def test_principals_have_four_kinds() -> None:
    assert said(resource_policy=policy(allow(Principal={"*": "*"}))) == "unknown"
    assert said(resource_policy=policy(allow(Principal={"AWS": USER, "Service": "x"}))) == "allow"


def test_policies_by_name_and_as_text() -> None:
    answer = ask(identity={"admin": json.dumps(ALL)})
    assert str(answer.proof[0]) == "Allow in identity policy admin, statement 1"
    assert said(identity=ALL) == "allow"


# patterns


@pytest.mark.parametrize("layer", list(Layer))
def test_short_arns_by_layer(layer: Layer) -> None:
    if layer in (Layer.GRANT, Layer.SERVICE):
        return
    rule = compile_policy({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3"}}, layer, "1").rules[
        0
    ]
    prefix = layer in (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION, Layer.ENDPOINT)
    assert rule.reaches(OBJECT, context_of({})) is (Tri.YES if prefix else Tri.NO)


@pytest.mark.parametrize(
    ("pattern", "resource", "fits"),
    [
        ("*", "*", True),
        ("**", OBJECT, True),
        ("arn:*", OBJECT, True),
        ("arn:aws:s3:::bucket/*", "*", False),
        ("arn:aws:s3:::*", "*", False),
        ("a*", OBJECT, False),
        ("bucket/*", OBJECT, False),
        ("", OBJECT, False),
        ("arn:aws:s3:::bucket/k.y", OBJECT, False),
        ("arn:aws:sqs:*:q", f"arn:aws:sqs:eu-west-1:{A}:q", False),
        ("arn:aws:logs:*:*:log-group:*", f"arn:aws:logs:eu-west-1:{A}:log-group:a:b", True),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a\nb", True),
    ],
)
def test_resources(pattern: str, resource: str, fits: bool) -> None:
    assert resource_matches(pattern, resource, True) is fits


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("*", True),
        ("*:*", True),
        ("s3:*", True),
        ("S3:GETOBJECT", True),
        ("s3:Get?bject", True),
        ("*:GetObject", False),
        ("s?:GetObject", False),
        ("s3:", False),
        ("s3", False),
        ("s3: GetObject", False),
        ("s3:GetObject,s3:PutObject", False),
        ("s3:GetObject ", False),
        ("", False),
    ],
)
def test_actions(pattern: str, fits: bool) -> None:
    assert actions([pattern]).include("s3", "getobject") is fits


# variables


def holds(operator: str, wanted: Any, values: dict[str, Any] | None = None, key: str = "k", **more: Any) -> Tri:
    texts = tuple(wanted) if isinstance(wanted, list) else (wanted,)
    complete = more.pop("complete", True)
    return condition(operator, key, texts).holds(context_of(values or {}, complete=complete, **more), variables=True)


def test_a_value_with_colons_stays_in_its_field_of_an_arn() -> None:
    given = {"k": "arn:aws:sns:eu-west-1:1:t", "v": "eu-west-1"}
    assert holds("ArnLike", "arn:aws:*:${v}:*:t", given) is Tri.YES
    assert holds("ArnLike", "arn:*:${v}:1:t", given) is Tri.NO
    assert holds("ArnLike", "${whole}", {"k": USER, "whole": USER}) is Tri.YES
    assert holds("ArnLike", "**", {"k": "anything"}) is Tri.YES


def test_a_variable_that_is_not_known_may_be_anything() -> None:
    assert holds("ArnLike", "${whole}", {"k": USER}, complete=False) is Tri.MAYBE
    assert holds("ArnNotLike", "${whole}", {"k": USER}, complete=False) is Tri.MAYBE
    assert holds("StringEquals", "a-${v}", {"k": "a-b"}, complete=False) is Tri.MAYBE
    assert holds("StringEquals", "a-${v}", {"k": "b"}, complete=False) is Tri.NO
    assert holds("StringNotEquals", "a-${v}", {"k": "b"}, complete=False) is Tri.YES
    assert holds("StringEquals", "*-${v}", {"k": "a-b"}, complete=False) is Tri.NO


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringLike", "ArnNotLike", "StringNotLike"])
def test_a_variable_that_cannot_be_resolved_matches_nothing(operator: str) -> None:
    assert holds(operator, "${gone}", {"k": "a"}) is Tri.NO
    assert holds(operator, ["${many}"], {"k": "a", "many": ["a", "b"]}) is Tri.NO


def test_defaults_and_literals() -> None:
    assert holds("StringEquals", "${gone, 'a'}", {"k": "a"}) is Tri.YES
    assert holds("StringEquals", "${empty, 'a'}", {"k": "a", "empty": []}) is Tri.YES
    assert holds("StringLike", "${*}${?}${$}", {"k": "*?$"}) is Tri.YES
    assert holds("StringLike", "${v}", {"k": "xx", "v": "x*"}) is Tri.NO
    assert holds("StringEquals", "${v}", {"k": "x*", "v": "x*"}) is Tri.YES
    assert holds("Bool", "${v}", {"k": "true", "v": "True"}) is Tri.YES


def test_the_keys_of_variables_are_open_too() -> None:
    answer = ask(
        identity=[policy(allow(Condition={"StringEquals": {"k": "${aws:PrincipalTag/Team}"}}))], context={"k": "a"}
    )
    assert (answer.decision.value, answer.conditions) == ("conditional", ("aws:principaltag/team",))
    home = policy(allow("*", "arn:aws:s3:::bucket/${aws:PrincipalTag/Team}${aws:username}"))
    answer = ask(resource="arn:aws:s3:::bucket/xana", identity=[home])
    assert (answer.decision.value, answer.conditions) == ("conditional", ("aws:principaltag/team",))


@pytest.mark.parametrize(
    "pattern", ["arn:aws:s3${v}", "${v}", "*${v}", "arn:aws:s3:::${v}", "arn:aws:s3::${v}:bucket/*"]
)
def test_variables_stand_after_the_fifth_colon(pattern: str) -> None:
    expected = "allow" if pattern == "arn:aws:s3:::${v}" else "deny"
    assert said(identity=[policy(allow("*", pattern))], context={"v": "bucket/key"}, complete=True) == expected


def test_an_unresolvable_variable_in_not_resource_is_disputed() -> None:
    rest = {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::bucket/${gone}/*"}
    assert said(identity=[policy(rest)], complete=True) == "unknown"
    assert said(identity=[policy(rest)]) == "allow"  # no value of the variable covers the object


# conditions


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", True),
        ("1.0", True),
        ("+1", True),
        ("1e0", True),
        ("1_0", False),
        ("one", False),
        ("NaN", False),
        ("", False),
    ],
)
def test_numbers(text: str, number: bool) -> None:
    assert (holds("NumericLessThan", text, {"k": "-5"}) is Tri.YES) is number
    assert (holds("NumericNotEquals", text, {"k": "-5"}) is Tri.YES) is number


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2019", True),
        ("2019-02", True),
        ("2019-02-03", True),
        ("2019-02-03T04:05Z", True),
        ("2019-02-03T04:05:06Z", True),
        ("2019-02-03T04:05:06.789+01:00", True),
        ("2019-12-31T23:59:59.999-00:00", True),
        ("2020-01-01T00:00:00.001Z", None),
        ("2020-01-01T00:59:59+01:00", True),
        ("2020-01-01T00:00:00-01:00", None),
        ("1500000000", True),
        ("2019-13-01", False),
        ("9" * 30, False),
        ("yesterday", False),
    ],
)
def test_dates(text: str, date: bool | None) -> None:
    """True: a date before 2020; None: one after; False: no date at all."""
    assert (holds("DateGreaterThan", text, {"k": "2020-01-01T00:00:00Z"}) is Tri.YES) is (date is True)
    assert (holds("DateNotEquals", text, {"k": "2020-01-01T00:00:00Z"}) is Tri.YES) is (date is not False)


@pytest.mark.parametrize(
    ("operator", "wanted", "present", "open_"),
    [
        ("StringLike", "*", Tri.YES, Tri.MAYBE),
        ("StringLikeIfExists", "*", Tri.YES, Tri.YES),
        ("StringNotLike", "*", Tri.NO, Tri.MAYBE),
        ("ForAnyValue:StringLike", "*", Tri.MAYBE, Tri.MAYBE),
        ("ForAllValues:StringLike", "*", Tri.YES, Tri.YES),
        ("ForAnyValue:StringLikeIfExists", "*", Tri.MAYBE, Tri.MAYBE),
        ("ArnLike", "**", Tri.YES, Tri.MAYBE),
        ("StringEquals", "a", Tri.MAYBE, Tri.MAYBE),
        ("StringEquals", [], Tri.NO, Tri.NO),
        ("StringNotEquals", [], Tri.YES, Tri.YES),
        ("Null", "true", Tri.NO, Tri.MAYBE),
        ("Null", "false", Tri.YES, Tri.MAYBE),
        ("Null", ["true", "false"], Tri.YES, Tri.YES),
        ("Null", "perhaps", Tri.MAYBE, Tri.MAYBE),
        ("NewOperator", "a", Tri.MAYBE, Tri.MAYBE),
    ],
)
def test_what_is_known_of_a_key_that_is_not(operator: str, wanted: Any, present: Tri, open_: Tri) -> None:
    assert holds(operator, wanted, present=["k"]) is present
    assert holds(operator, wanted, complete=False) is open_


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringLike", "StringEqualsIfExists"])
def test_a_plain_operator_does_not_fit_several_values(operator: str) -> None:
    assert holds(operator, "a", {"k": ["a", "b"]}) is Tri.NO
    assert holds(operator, "a", {"aws:TagKeys": ["a"]}, key="aws:TagKeys") is Tri.NO
    assert holds(operator, "a", {"aws:TagKeys": "a"}, key="aws:tagkeys") is Tri.NO
    assert holds(operator, "*", present=["aws:TagKeys"], key="aws:TagKeys") is Tri.NO


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "fits"),
    [
        ("StringEqualsIgnoreCase", "Ana", "aNA", True),
        ("StringEqualsIgnoreCase", "Ana", "anna", False),
        ("StringNotEqualsIgnoreCase", "Ana", "aNA", False),
        ("NumericGreaterThan", "5", "5", False),
        ("NumericGreaterThanEquals", "5", "5.0", True),
        ("NumericLessThan", "5", "5", False),
        ("NumericNotEquals", "5", "five", False),
        ("DateLessThanEquals", "2020", "2020-01-01", True),
        ("DateGreaterThan", "2020", "2020-01-01", False),
        ("DateNotEquals", "2020", "some day", False),
        ("NotIpAddress", "10.0.0.0/8", "somewhere", False),
        ("IpAddress", "10.0.0.0/8", "10.0.0.0/7", False),
        ("NotIpAddress", "10.0.0.0/8", "2001:db8::1", True),
        ("BinaryEquals", "QQ==", "not base64", False),
        ("stringequals", "a", "a", True),
    ],
)
def test_comparisons(operator: str, wanted: str, given: str, fits: bool) -> None:
    assert holds(operator, wanted, {"k": given}) is (Tri.YES if fits else Tri.NO)


def test_a_list_of_one_is_that_one() -> None:
    assert holds("StringEquals", "a", {"k": ["a"]}) is Tri.YES


def test_none_and_nothing_are_absent() -> None:
    assert holds("Null", "true", {"k": None}) is Tri.YES
    assert holds("Null", "true", {"k": []}) is Tri.YES
    assert holds("Null", "true", {"k": ""}) is Tri.NO


@pytest.mark.parametrize(
    ("operator", "wanted", "absent", "there"),
    [
        ("ForAllValues:Null", "true", "allow", "deny"),
        ("ForAllValues:Null", "false", "unknown", "allow"),
        ("ForAnyValue:Null", "true", "unknown", "deny"),
        ("ForAnyValue:Null", "false", "deny", "allow"),
        ("NullIfExists", "true", "unknown", "unknown"),
        ("SomeValues:StringEquals", "a", "unknown", "unknown"),
        ("Bool", "yes", "deny", "unknown"),
        ("StringAlmost", "a", "unknown", "unknown"),
    ],
)
def test_disputed_conditions(operator: str, wanted: str, absent: str, there: str) -> None:
    rule = policy(allow(Condition={operator: {"k": wanted}}))
    assert said(identity=[rule], complete=True) == absent
    assert said(identity=[rule], context={"k": "true"}, complete=True) == there


def test_what_holds_is_not_disputed() -> None:
    both = {"StringEquals": {"k": "a"}, "Bool": {"aws:SecureTransport": "true"}}
    answer = ask(identity=[policy(allow(Condition=both))], context={"k": "a"})
    assert (answer.decision.value, answer.conditions) == ("conditional", ("aws:securetransport",))


def test_only_whole_arns_are_like_arns() -> None:
    for given in ("ana", "arn:aws:sns", "arn:aws:sns:eu-west-1:1"):
        assert holds("ArnLike", "arn:aws:sns:*:*:*", {"k": given}) is Tri.NO
        assert holds("ArnNotLike", "arn:aws:sns:*:*:*", {"k": given}) is Tri.YES
    assert holds("ArnLike", "arn:*", {"k": USER}) is Tri.NO


def test_a_disputed_deny_keeps_an_allow_from_being_certain() -> None:
    disputed = deny(Condition={"ForAnyValue:Null": {"k": "true"}})
    answer = ask(identity=[policy(allow(), disputed)], complete=True)
    assert (answer.decision.value, answer.missing) == ("unknown", ("ForAnyValue:Null on k",))


# organizations, keys, buckets


def test_rcps_restrict_the_services_that_are_listed() -> None:
    endpoint, closed = f"arn:aws:sagemaker:eu-west-1:{A}:endpoint/e", [[policy(deny(**EVERYONE))]]
    assert said(USER, "sagemaker:InvokeEndpoint", endpoint, identity=[ALL], rcps=closed) == "allow"
    listed = {"rcps": closed, "rcp_services": ["sagemaker"]}
    assert said(USER, "sagemaker:InvokeEndpoint", endpoint, identity=[ALL], **listed) == "deny"
    assert said(USER, "s3:GetObject", "arn:aws:s3:::b/k", identity=[ALL], rcps=closed) == "deny"


def test_whether_rcps_restrict_a_service_that_nobody_lists_is_not_known() -> None:
    new, closed, opened = (
        f"arn:aws:newest:eu-west-1:{A}:thing/t",
        [[policy(deny(**EVERYONE))]],
        [[policy(allow(**EVERYONE))]],
    )
    answer = ask(USER, "newest:Use", new, identity=[ALL], rcps=closed)
    assert (answer.decision.value, answer.otherwise) == ("unknown", Decision.ALLOW)
    assert answer.missing == ("whether resource control policies reach newest",)
    assert said(USER, "newest:Use", new, identity=[ALL], rcps=opened) == "allow"
    assert said(USER, "newest:Use", new, rcps=closed) == "deny"
    assert said(USER, "newest:Use", new, identity=[ALL]) == "allow"


def test_an_action_without_resource_types_is_one_on_everything() -> None:
    bucket = "arn:aws:s3:::bucket"
    assert said(USER, "s3:ListAllMyBuckets", bucket, identity=[policy(allow("s3:*", bucket))]) == "deny"
    assert said(USER, "s3:ListAllMyBuckets", bucket, identity=[policy(allow("s3:*"))]) == "allow"
    but = {"Effect": "Allow", "Action": "s3:*", "NotResource": bucket}
    assert said(USER, "s3:ListAllMyBuckets", bucket, identity=[policy(but)]) == "allow"
    assert said(USER, "s3:ListBucket", bucket, identity=[policy(but)]) == "deny"


def test_a_level_is_open_by_any_of_its_statements() -> None:
    elsewhere, perhaps = allow("ec2:*", **EVERYONE), allow(Principal={"AWS": A}, Condition={"StringEquals": {"k": "a"}})
    here = allow("s3:*", **EVERYONE)
    assert said(identity=[ALL], rcps=[[policy(elsewhere)]]) == "deny"
    assert said(identity=[ALL], rcps=[[policy(elsewhere), policy(here)]]) == "allow"
    assert said(identity=[ALL], rcps=[[policy(perhaps, here)]]) == "allow"
    assert said(identity=[ALL], endpoint_policy=policy(perhaps, here)) == "allow"
    assert said(identity=[ALL], endpoint_policy=policy(perhaps)) == "conditional"
    answer = ask(identity=[ALL], scps=[[policy(allow(Condition={"StringEquals": {"k": "a"}}))]])
    assert (answer.decision.value, answer.conditions) == ("conditional", ("k",))


def test_rcps_leave_alone_what_services_own() -> None:
    closed = [[policy(deny(**EVERYONE))]]
    for name, expected in (("alias/aws/s3", "allow"), ("alias/own", "deny")):
        alias = f"arn:aws:kms:eu-west-1:{A}:{name}"
        assert said(USER, "kms:DescribeKey", alias, identity=[ALL], rcps=closed) == expected
    assert said(resource="arn:aws:s3:::bucket/:alias/aws/", identity=[ALL], rcps=closed) == "deny"


def test_rcps_leave_service_linked_roles_to_their_services() -> None:
    linked = f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/R"
    trust = policy({"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "sts:AssumeRole"})
    closed = [[policy(deny(**EVERYONE))]]
    assert said("x.amazonaws.com", "sts:AssumeRole", linked, resource_policy=trust, rcps=closed) == "allow"


def test_grants_count_as_what_a_key_policy_would() -> None:
    key_policy = policy(allow("kms:*", Principal={"AWS": USER}))
    grant = {"GranteePrincipal": BOB, "Operations": ["Decrypt"]}
    key = {"resource_policy": key_policy, "grants": [grant]}
    assert said(BOB, "kms:Decrypt", KEY, **key) == "deny"
    assert said(BOB, "kms:Decrypt", KEY, identity=[ALL], **key) == "allow"
    own = {"GranteePrincipal": ROLE, "Operations": ["Decrypt"]}
    assert said(ROLE, "kms:Decrypt", KEY, resource_policy=key_policy, grants=[own]) == "allow"
    assert (
        said(ROLE, "kms:Decrypt", KEY, resource_policy=key_policy, grants=[own], boundary=policy(allow("s3:*")))
        == "deny"
    )
    bound = [{**own, "Constraints": {"EncryptionContextEquals": {"a": "b"}}}]
    assert said(ROLE, "kms:Decrypt", KEY, resource_policy=key_policy, grants=bound) == "conditional"
    assert said(ROLE, "kms:Decrypt", KEY, grants=[own]) == "unknown"
    service = {"GranteePrincipal": "dynamodb.amazonaws.com", "Operations": ["Decrypt"]}
    assert said("dynamodb.amazonaws.com", "kms:Decrypt", KEY, resource_policy=key_policy, grants=[service]) == "allow"


def test_anonymous_callers_neither_use_keys_nor_assume_roles() -> None:
    target = f"arn:aws:iam::{A}:role/x"
    trust = policy({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
    assert said("*", "kms:Decrypt", KEY, resource_policy=policy(allow(**EVERYONE))) == "deny"
    assert said("*", "sts:AssumeRole", target, resource_policy=trust) == "deny"
    assert (
        said("*", "sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{A}:q", resource_policy=policy(allow(**EVERYONE)))
        == "allow"
    )


def test_an_anonymous_caller_is_outside_of_every_account() -> None:
    assert said("*", resource_policy=policy(allow(**EVERYONE)), public_blocked=True) == "deny"
    assert said("*", public_blocked=True) == "deny"
    deny_someone = deny(Principal={"CanonicalUser": "0" * 64})
    assert said("*", resource_policy=policy(allow(**EVERYONE), deny_someone)) == "allow"


@pytest.mark.parametrize(
    ("condition_", "is_public"),
    [
        ({}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringLike": {"aws:PrincipalOrgID": "*"}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": []}}, True),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}, False),
        ({"StringEquals": {"aws:Referer": "x"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{A}:role/*"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}, True),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}}, False),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/1"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "somewhere"}}, True),
    ],
)
def test_public_bucket_policies(condition_: dict[str, Any], is_public: bool) -> None:
    bucket = policy(allow(**EVERYONE, Condition=condition_), deny(**EVERYONE))
    assert public(compile_policy(bucket, Layer.RESOURCE, "1")) is is_public


# answers


def test_an_answer_says_which_layer_and_statement() -> None:
    denied = ask(identity=[ALL], scps=[[policy({**deny("s3:*"), "Sid": "NoBuckets"})]])
    assert (denied.layer, str(denied.proof[0])) == (Layer.SCP, "Deny in service control policy 1, statement NoBuckets")
    assert ask(identity=[ALL], boundary=policy(allow("ec2:*"))).layer is Layer.BOUNDARY
    assert ask(identity=[ALL], scps=[[ALL], []]).layer is Layer.SCP
    everywhere = policy(allow(**EVERYONE))
    allowed = ask(identity=[ALL], endpoint_policy=everywhere, scps=[[ALL]], rcps=[[everywhere]])
    assert (allowed.because, allowed.missing, allowed.layer) == ("allowed by the identity policy", (), None)
    assert ask(identity=[ALL], endpoint_policy=policy()).layer is Layer.ENDPOINT
    assert ask(BOB, identity=[ALL], resource_account=A).layer is Layer.RESOURCE
    assert ask(SESSION, identity=[ALL], session=[policy(allow("ec2:*"))]).layer is Layer.SESSION
    assert ask().layer is Layer.IDENTITY
