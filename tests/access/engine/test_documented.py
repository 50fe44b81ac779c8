"""What AWS documents about requests, case by case. Each row names the page that says so."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from auditor.access.engine import UNREAD, decide

A, B, C = "111122223333", "444455556666", "777788889999"
CARLOS = f"arn:aws:iam::{A}:user/carlossalazar"
BOB = f"arn:aws:iam::{B}:user/Bob"
ROLE = f"arn:aws:iam::{A}:role/examplerole"
SESSION = f"arn:aws:sts::{A}:assumed-role/examplerole/examplerolesessionname"
FEDERATED = f"arn:aws:sts::{A}:federated-user/exampleuser"
USER = f"arn:aws:iam::{A}:user/exampleuser"
ROOT = f"arn:aws:iam::{A}:root"
BUCKET, OBJECT = "arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:s3:::amzn-s3-demo-bucket/key"
KEY = f"arn:aws:kms:us-west-2:{A}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
QUEUE = f"arn:aws:sqs:us-east-1:{A}:queue"
TARGET = f"arn:aws:iam::{A}:role/target"

EVALUATION = "reference_policies_evaluation-logic"
CROSS = "reference_policies_evaluation-logic-cross-account"
BOUNDARIES = "access_policies_boundaries"
SESSIONS = "access_policies#policies_session"
OPERATORS = "reference_policies_elements_condition_operators"
MULTIVALUED = "reference_policies_condition-single-vs-multi-valued-context-keys"
VARIABLES = "reference_policies_variables"
PRINCIPAL = "reference_policies_elements_principal"
NOT_PRINCIPAL = "reference_policies_elements_notprincipal"
ACTION = "reference_policies_elements_action"
NOT_ACTION = "reference_policies_elements_notaction"
RESOURCE = "reference_policies_elements_resource"
NOT_RESOURCE = "reference_policies_elements_notresource"
EFFECT = "reference_policies_elements_effect"
VERSION = "reference_policies_elements_version"
GRAMMAR = "reference_policies_grammar"
TRUST = "id_roles_terms-and-concepts, reference_policies_elements_principal"
SCP = "organizations/orgs_manage_policies_scps_evaluation"
RCP = "organizations/orgs_manage_policies_rcps"
KMS = "kms/key-policy-default, kms/key-policy-overview"
KEYS = "reference_policies_condition-keys"
ENDPOINT = "vpc/vpc-endpoints-access"
S3_PUBLIC = "s3/access-control-block-public-access"


class Case(NamedTuple):
    id: str
    page: str
    request: dict[str, Any]
    expected: str


def policy(*statements: dict[str, Any], version: str | None = "2012-10-17") -> dict[str, Any]:
    return ({"Version": version} if version else {}) | {"Statement": list(statements)}


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def to(*names: str) -> dict[str, Any]:
    return {"Principal": {"AWS": list(names)}}


EVERYONE = {"Principal": "*"}
ALL = policy(allow())
ALL_RESOURCE = policy(allow(**EVERYONE))
NOTHING = policy(allow("ec2:DescribeRegions"))
"""Speaks of something else, so that it implicitly denies."""


def ask(principal: str = USER, action: str = "s3:GetObject", resource: str = OBJECT, **more: Any) -> dict[str, Any]:
    if resource.startswith("arn:aws:s3:"):
        more.setdefault("resource_account", A)
    return {"principal": principal, "action": action, "resource": resource, "complete": True, **more}


def under(condition: dict[str, Any], context: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A user whose one statement is under a condition."""
    return ask(identity=[policy(allow(Condition=condition))], context=context, **more)


def unless(condition: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """A user who may do everything but for a Deny under a condition."""
    return ask(identity=[policy(allow(), deny(Condition=condition))], context=context)


def table(page: str, rows: list[tuple[str, dict[str, Any], str]]) -> list[Case]:
    return [Case(name, page, request, expected) for name, request, expected in rows]


_LOGS = policy(
    allow("s3:*", ["arn:aws:s3:::carlossalazar", "arn:aws:s3:::carlossalazar/*"]), deny("s3:*", "arn:aws:s3:::*log*")
)
_CARLOS_BUCKET = policy(allow("s3:*", ["arn:aws:s3:::carlossalazar", "arn:aws:s3:::carlossalazar/*"], **to(CARLOS)))
_REPORTS = policy(allow(["iam:Get*", "iam:List*"]), deny("iam:*Report"))

single_account = table(
    EVALUATION,
    [
        ("nothing allows", ask(), "deny"),
        ("identity allows", ask(identity=[ALL]), "allow"),
        ("resource allows", ask(resource_policy=policy(allow(**to(USER)))), "allow"),
        ("both allow", ask(identity=[ALL], resource_policy=policy(allow(**to(USER)))), "allow"),
        ("identity denies", ask(identity=[ALL, policy(deny())], resource_policy=ALL_RESOURCE), "deny"),
        ("resource denies", ask(identity=[ALL], resource_policy=policy(deny(**EVERYONE))), "deny"),
        ("any policy of several allows", ask(identity=[NOTHING, ALL]), "allow"),
        (
            "carlos: log bucket",
            ask(CARLOS, "s3:PutObject", "arn:aws:s3:::carlossalazar-logs/x", identity=[_LOGS]),
            "deny",
        ),
        (
            "carlos: own bucket",
            ask(
                CARLOS,
                "s3:PutObject",
                "arn:aws:s3:::carlossalazar/x",
                identity=[_LOGS],
                resource_policy=_CARLOS_BUCKET,
            ),
            "allow",
        ),
        (
            "carlos: own bucket by its policy alone",
            ask(CARLOS, "s3:PutObject", "arn:aws:s3:::carlossalazar/x", resource_policy=_CARLOS_BUCKET),
            "allow",
        ),
        (
            "another user of the bucket",
            ask(USER, "s3:PutObject", "arn:aws:s3:::carlossalazar/x", resource_policy=_CARLOS_BUCKET),
            "deny",
        ),
        ("reports: allowed action", ask(USER, "iam:GetUser", USER, identity=[_REPORTS]), "allow"),
        ("reports: implicitly denied", ask(USER, "iam:CreatePolicy", USER, identity=[_REPORTS]), "deny"),
        ("reports: explicitly denied", ask(USER, "iam:GenerateCredentialReport", "*", identity=[_REPORTS]), "deny"),
        (
            "reports: stays denied",
            ask(USER, "iam:GenerateCredentialReport", "*", identity=[_REPORTS, policy(allow("iam:*"))]),
            "deny",
        ),
        ("root: full access by default", ask(ROOT), "allow"),
        ("root: resource policy denies", ask(ROOT, resource_policy=policy(deny(**EVERYONE))), "deny"),
        ("root: identity policies are not asked", ask(ROOT, identity=[policy(deny())]), "allow"),
        ("user ARN: no identity policy", ask(USER, resource_policy=policy(allow(**to(USER)))), "allow"),
        ("user ARN: boundary", ask(USER, boundary=NOTHING, resource_policy=policy(allow(**to(USER)))), "allow"),
        ("role ARN: no identity policy", ask(SESSION, resource_policy=policy(allow(**to(ROLE)))), "allow"),
        ("role ARN: boundary", ask(SESSION, boundary=NOTHING, resource_policy=policy(allow(**to(ROLE)))), "deny"),
        ("role ARN: session", ask(SESSION, session=[NOTHING], resource_policy=policy(allow(**to(ROLE)))), "deny"),
        (
            "role ARN: boundary and session allow",
            ask(SESSION, boundary=ALL, session=[ALL], resource_policy=policy(allow(**to(ROLE)))),
            "allow",
        ),
        ("role ARN: bare role", ask(ROLE, resource_policy=policy(allow(**to(ROLE)))), "allow"),
        (
            "role ARN: bare role, boundary",
            ask(ROLE, boundary=NOTHING, resource_policy=policy(allow(**to(ROLE)))),
            "deny",
        ),
        ("session ARN", ask(SESSION, resource_policy=policy(allow(**to(SESSION)))), "allow"),
        (
            "session ARN: boundary",
            ask(SESSION, boundary=NOTHING, resource_policy=policy(allow(**to(SESSION)))),
            "allow",
        ),
        (
            "session ARN: session",
            ask(SESSION, session=[NOTHING], resource_policy=policy(allow(**to(SESSION)))),
            "allow",
        ),
        ("session ARN: another session", ask(f"{SESSION}2", resource_policy=policy(allow(**to(SESSION)))), "deny"),
        ("federated ARN", ask(FEDERATED, user=USER, resource_policy=policy(allow(**to(FEDERATED)))), "allow"),
        (
            "federated ARN: boundary and session",
            ask(FEDERATED, boundary=NOTHING, session=[NOTHING], resource_policy=policy(allow(**to(FEDERATED)))),
            "allow",
        ),
        (
            "user who federated: boundary",
            ask(FEDERATED, user=USER, boundary=NOTHING, session=[ALL], resource_policy=policy(allow(**to(USER)))),
            "deny",
        ),
        (
            "user who federated: session",
            ask(FEDERATED, user=USER, session=[NOTHING], resource_policy=policy(allow(**to(USER)))),
            "deny",
        ),
        (
            "user who federated: session allows",
            ask(FEDERATED, user=USER, session=[ALL], resource_policy=policy(allow(**to(USER)))),
            "allow",
        ),
        ("federated without session policy", ask(FEDERATED, user=USER, identity=[ALL]), "deny"),
        ("federated with session policy", ask(FEDERATED, user=USER, identity=[ALL], session=[ALL]), "allow"),
        ("role session without session policy", ask(SESSION, identity=[ALL]), "allow"),
        ("account: delegates only", ask(USER, resource_policy=policy(allow(**to(ROOT)))), "deny"),
        ("account: and identity", ask(USER, identity=[ALL], resource_policy=policy(allow(**to(ROOT)))), "allow"),
    ],
)

_PINNED = {"ArnEquals": {"aws:PrincipalArn": ROLE}}
everyone = table(
    PRINCIPAL,
    [
        (
            f"wildcard and PrincipalArn: {what}",
            ask(
                SESSION,
                role=ROLE,
                resource_policy=policy(allow(**EVERYONE, Condition=_PINNED)),
                **layers,
            ),
            expected,
        )
        for what, layers, expected in (
            ("boundary does not limit", {"boundary": NOTHING}, "allow"),
            ("session policy does not limit", {"session": [NOTHING]}, "allow"),
            ("explicit deny does", {"boundary": policy(deny())}, "deny"),
        )
    ],
)

cross_account = table(
    CROSS,
    [
        ("identity alone", ask(BOB, identity=[ALL]), "deny"),
        ("resource alone", ask(BOB, resource_policy=policy(allow(**to(BOB)))), "deny"),
        ("both", ask(BOB, identity=[ALL], resource_policy=policy(allow(**to(BOB)))), "allow"),
        ("the account", ask(BOB, identity=[ALL], resource_policy=policy(allow(**to(B)))), "allow"),
        ("the account, nobody in it", ask(BOB, resource_policy=policy(allow(**to(B)))), "deny"),
        ("another account", ask(BOB, identity=[ALL], resource_policy=policy(allow(**to(C)))), "deny"),
        ("everyone", ask(BOB, identity=[ALL], resource_policy=ALL_RESOURCE), "allow"),
        ("everyone, no identity", ask(BOB, resource_policy=ALL_RESOURCE), "deny"),
        ("boundary", ask(BOB, identity=[ALL], boundary=NOTHING, resource_policy=policy(allow(**to(BOB)))), "deny"),
        ("scp", ask(BOB, identity=[ALL], scps=[[NOTHING]], resource_policy=policy(allow(**to(BOB)))), "deny"),
        (
            "trusting side denies",
            ask(BOB, identity=[ALL], resource_policy=policy(allow(**to(BOB)), deny(**to(B)))),
            "deny",
        ),
        (
            "trusted side denies",
            ask(BOB, identity=[ALL, policy(deny())], resource_policy=policy(allow(**to(BOB)))),
            "deny",
        ),
    ],
)

_SHIRLEY = policy(allow(["s3:*", "cloudwatch:*", "ec2:*"]))
boundaries = table(
    BOUNDARIES,
    [
        (
            "only the boundary allows",
            ask(USER, "s3:ListBucket", BUCKET, boundary=_SHIRLEY),
            "deny",
        ),
        (
            "identity allows what the boundary does not",
            ask(USER, "iam:CreateUser", f"arn:aws:iam::{A}:user/x", boundary=_SHIRLEY, identity=[ALL]),
            "deny",
        ),
        ("both allow", ask(USER, "s3:ListBucket", BUCKET, boundary=_SHIRLEY, identity=[ALL]), "allow"),
        ("boundary denies", ask(identity=[ALL], boundary=policy(allow(), deny("s3:*"))), "deny"),
        (
            "boundary denies what a bucket grants",
            ask(boundary=policy(deny()), resource_policy=policy(allow(**to(USER)))),
            "deny",
        ),
        ("boundary, scp and identity", ask(identity=[ALL], boundary=ALL, scps=[[ALL]]), "allow"),
        ("scp does not", ask(identity=[ALL], boundary=ALL, scps=[[NOTHING]]), "deny"),
        ("session policy does not", ask(SESSION, identity=[ALL], boundary=ALL, session=[NOTHING]), "deny"),
        (
            "NotPrincipal with Deny always meets a bounded caller",
            ask(
                identity=[ALL],
                boundary=ALL,
                resource_policy=policy(
                    allow(**EVERYONE),
                    {"Effect": "Deny", "NotPrincipal": {"AWS": [USER, ROOT]}, "Action": "*", "Resource": "*"},
                ),
            ),
            "deny",
        ),
        (
            "NotPrincipal with Deny spares an unbounded one",
            ask(
                identity=[ALL],
                resource_policy=policy(
                    {"Effect": "Deny", "NotPrincipal": {"AWS": [USER, ROOT]}, "Action": "*", "Resource": "*"}
                ),
            ),
            "allow",
        ),
    ],
)

sessions = table(
    SESSIONS,
    [
        ("intersection: both", ask(SESSION, identity=[ALL], session=[ALL]), "allow"),
        ("intersection: session does not", ask(SESSION, identity=[ALL], session=[NOTHING]), "deny"),
        ("intersection: role does not", ask(SESSION, identity=[NOTHING], session=[ALL]), "deny"),
        ("session denies", ask(SESSION, identity=[ALL], session=[policy(allow(), deny("s3:*"))]), "deny"),
        (
            "session denies what names the session",
            ask(SESSION, session=[policy(deny("s3:*"))], resource_policy=policy(allow(**to(SESSION)))),
            "deny",
        ),
        (
            "several session policies",
            ask(SESSION, identity=[ALL], session=[NOTHING, policy(allow("s3:*"))]),
            "allow",
        ),
    ],
)


def but_for(*names: str, effect: str = "Deny") -> dict[str, Any]:
    statement = {"Effect": effect, "NotPrincipal": {"AWS": list(names)}, "Action": "s3:*", "Resource": "*"}
    return policy(statement) if effect == "Allow" else policy(statement, allow(**EVERYONE))


_AUDIT = f"arn:aws:sts::{B}:assumed-role/cross-account-read-only-role/cross-account-audit-app"
_AUDIT_ROLE, _B_ROOT = f"arn:aws:iam::{B}:role/cross-account-read-only-role", f"arn:aws:iam::{B}:root"
not_principal = table(
    NOT_PRINCIPAL,
    [
        ("Bob and his account", ask(BOB, identity=[ALL], resource_policy=but_for(BOB, _B_ROOT)), "allow"),
        (
            "another user of Bob's account",
            ask(f"{BOB}by", identity=[ALL], resource_policy=but_for(BOB, _B_ROOT)),
            "deny",
        ),
        ("a user of the own account", ask(identity=[ALL], resource_policy=but_for(BOB, _B_ROOT)), "deny"),
        ("Bob without his account", ask(BOB, identity=[ALL], resource_policy=but_for(BOB)), "deny"),
        ("the account alone", ask(BOB, identity=[ALL], resource_policy=but_for(_B_ROOT)), "deny"),
        (
            "session, role and account",
            ask(_AUDIT, identity=[ALL], resource_policy=but_for(_AUDIT, _AUDIT_ROLE, _B_ROOT)),
            "allow",
        ),
        (
            "another session of that role",
            ask(f"{_AUDIT}2", identity=[ALL], resource_policy=but_for(_AUDIT, _AUDIT_ROLE, _B_ROOT)),
            "deny",
        ),
        ("session and account", ask(_AUDIT, identity=[ALL], resource_policy=but_for(_AUDIT, _B_ROOT)), "deny"),
        ("role and account", ask(_AUDIT, identity=[ALL], resource_policy=but_for(_AUDIT_ROLE, _B_ROOT)), "allow"),
        ("Allow: the one who is named", ask(USER, resource_policy=but_for(USER, effect="Allow")), "deny"),
        ("Allow: another user", ask(CARLOS, resource_policy=but_for(USER, effect="Allow")), "allow"),
        ("Allow: anonymous", ask("*", resource_policy=but_for(USER, effect="Allow")), "allow"),
    ],
)

_JOB = {"StringEquals": {"aws:PrincipalTag/job-category": "iamuser-admin"}}
_HOME = {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/"]}}
_TAGS = {
    "StringEqualsIgnoreCase": {"aws:RequestTag/environment": ["preprod", "storage"]},
    "ForAnyValue:StringEquals": {"aws:TagKeys": "environment"},
}
_IP = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
_IPS = {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"]}}
_TYPES = {"StringLikeIfExists": {"ec2:InstanceType": ["t1.*", "t2.*", "m3.*"]}}
_TOPIC = {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-west-2:123456789012:TOPIC-ID"}}
_ISSUED = {"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}}
_PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
_BINARY = {"BinaryEquals": {"key": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}
operators = table(
    OPERATORS,
    [
        ("StringEquals: equal", under(_JOB, {"aws:PrincipalTag/job-category": "iamuser-admin"}), "allow"),
        ("StringEquals: other", under(_JOB, {"aws:PrincipalTag/job-category": "dev-ops"}), "deny"),
        ("StringEquals: other case", under(_JOB, {"aws:PrincipalTag/job-category": "IAMuser-admin"}), "deny"),
        ("StringEquals: absent", under(_JOB, {}), "deny"),
        ("StringLike: home", under(_HOME, {"s3:prefix": "home/exampleuser/"}), "allow"),
        ("StringLike: home of another", under(_HOME, {"s3:prefix": "home/nikki_wolf/"}), "deny"),
        ("StringLike: empty", under(_HOME, {"s3:prefix": ""}), "allow"),
        (
            "StringLike: no aws:username",
            under(_HOME, {"s3:prefix": "home/exampleuser/"}, principal=SESSION),
            "deny",
        ),
        (
            "tags: preprod",
            under(_TAGS, {"aws:TagKeys": ["environment"], "aws:RequestTag/environment": "preprod"}),
            "allow",
        ),
        (
            "tags: PreProd and another",
            under(_TAGS, {"aws:TagKeys": ["environment", "costcenter"], "aws:RequestTag/environment": "PreProd"}),
            "allow",
        ),
        (
            "tags: the key in another case",
            under(_TAGS, {"aws:TagKeys": ["Environment"], "aws:RequestTag/Environment": "preprod"}),
            "deny",
        ),
        (
            "tags: another key",
            under(_TAGS, {"aws:TagKeys": ["costcenter"], "aws:RequestTag/environment": "preprod"}),
            "deny",
        ),
        ("tags: no TagKeys", under(_TAGS, {"aws:RequestTag/environment": "storage"}), "deny"),
        ("tags: no RequestTag", under(_TAGS, {"aws:TagKeys": ["environment"]}), "deny"),
        ("tags: neither", under(_TAGS, {}), "deny"),
        ("Numeric: below", under({"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": 9}), "allow"),
        ("Numeric: equal", under({"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "10"}), "allow"),
        ("Numeric: above", under({"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "11"}), "deny"),
        ("Numeric: absent", under({"NumericLessThanEquals": {"s3:max-keys": "10"}}, {}), "deny"),
        ("Numeric: not as text", under({"NumericLessThan": {"s3:max-keys": 10}}, {"s3:max-keys": "9"}), "allow"),
        ("Numeric: decimal", under({"NumericEquals": {"k": "1.50"}}, {"k": "1.5"}), "allow"),
        ("Date: later", under(_ISSUED, {"aws:TokenIssueTime": "2020-06-01T00:00:00Z"}), "allow"),
        ("Date: earlier", under(_ISSUED, {"aws:TokenIssueTime": "2019-06-01T00:00:00Z"}), "deny"),
        ("Date: absent", under(_ISSUED, {}), "deny"),
        ("Date: epoch in the request", under(_ISSUED, {"aws:TokenIssueTime": "1590969600"}), "allow"),
        (
            "Date: epoch in the policy",
            under({"DateLessThan": {"aws:CurrentTime": "1577836800"}}, {"aws:CurrentTime": "2019-12-31T23:59:59Z"}),
            "allow",
        ),
        (
            "Date: a zone",
            under({"DateEquals": {"k": "2020-01-01T01:00:00+01:00"}}, {"k": "2020-01-01T00:00:00Z"}),
            "allow",
        ),
        ("Date: a year", under({"DateLessThan": {"k": "2020"}}, {"k": "2019-12-31"}), "allow"),
        ("Bool: plain text", unless(_PLAIN, {"aws:SecureTransport": "false"}), "deny"),
        ("Bool: JSON", unless({"Bool": {"aws:SecureTransport": False}}, {"aws:SecureTransport": False}), "deny"),
        ("Bool: encrypted", unless(_PLAIN, {"aws:SecureTransport": "true"}), "allow"),
        ("Bool: absent", unless(_PLAIN, {}), "allow"),
        ("Binary: equal", under(_BINARY, {"key": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}), "allow"),
        ("Binary: other", under(_BINARY, {"key": "ASIAIOSFODNN7EXAMPLE"}), "deny"),
        ("Binary: absent", under(_BINARY, {}), "deny"),
        ("IpAddress: within", under(_IP, {"aws:SourceIp": "203.0.113.1"}), "allow"),
        ("IpAddress: outside", under(_IP, {"aws:SourceIp": "198.51.100.1"}), "deny"),
        ("IpAddress: absent behind an endpoint", under(_IP, {}), "deny"),
        ("IpAddress: IPv6", under(_IPS, {"aws:SourceIp": "2001:db8:1234:5678::1"}), "allow"),
        ("IpAddress: IPv6 outside", under(_IPS, {"aws:SourceIp": "2001:db8:1234:5679::1"}), "deny"),
        (
            "IpAddress: a single address",
            under({"IpAddress": {"aws:SourceIp": "203.0.113.7"}}, {"aws:SourceIp": "203.0.113.7"}),
            "allow",
        ),
        (
            "NotIpAddress: within",
            under({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:SourceIp": "203.0.113.1"}),
            "deny",
        ),
        (
            "NotIpAddress: outside",
            under({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, {"aws:SourceIp": "198.51.100.1"}),
            "allow",
        ),
        ("Arn: equal", under(_TOPIC, {"aws:SourceArn": "arn:aws:sns:us-west-2:123456789012:TOPIC-ID"}), "allow"),
        (
            "Arn: another account",
            under(_TOPIC, {"aws:SourceArn": "arn:aws:sns:us-west-2:777788889999:TOPIC-ID"}),
            "deny",
        ),
        ("Arn: absent", under(_TOPIC, {}), "deny"),
        (
            "ArnEquals takes wildcards",
            under({"ArnEquals": {"k": "arn:aws:sns:*:*:T*"}}, {"k": "arn:aws:sns:x:1:TOPIC"}),
            "allow",
        ),
        (
            "Arn: fields are compared apart",
            under({"ArnLike": {"k": "arn:aws:*:T"}}, {"k": "arn:aws:sns:x:1:T"}),
            "deny",
        ),
        ("Arn: case counts", under({"ArnLike": {"k": "arn:aws:sns:*:*:t"}}, {"k": "arn:aws:sns:x:1:T"}), "deny"),
        ("ArnNotLike: equal", under({"ArnNotLike": {"k": "arn:aws:sns:*:*:T"}}, {"k": "arn:aws:sns:x:1:T"}), "deny"),
        ("ArnNotLike: absent", under({"ArnNotLike": {"k": "arn:aws:sns:*:*:T"}}, {}), "allow"),
        ("IfExists: match", under(_TYPES, {"ec2:InstanceType": "t1.micro"}), "allow"),
        ("IfExists: no match", under(_TYPES, {"ec2:InstanceType": "m2.micro"}), "deny"),
        ("IfExists: absent", under(_TYPES, {}), "allow"),
        ("StringNotEquals: absent", under({"StringNotEquals": {"k": "a"}}, {}), "allow"),
        ("StringNotLike: absent", under({"StringNotLike": {"k": "a*"}}, {}), "allow"),
        ("NumericNotEquals: absent", under({"NumericNotEquals": {"k": "1"}}, {}), "allow"),
        ("DateNotEquals: absent", under({"DateNotEquals": {"k": "2020-01-01"}}, {}), "allow"),
        ("Deny with a negated IfExists: absent", unless({"StringNotEqualsIfExists": {"k": "a"}}, {}), "deny"),
        (
            "Null false: there",
            under({"Null": {"aws:TokenIssueTime": "false"}}, {"aws:TokenIssueTime": "2020-01-01"}),
            "allow",
        ),
        ("Null false: absent", under({"Null": {"aws:TokenIssueTime": "false"}}, {}), "deny"),
        (
            "Null true: there",
            under({"Null": {"aws:TokenIssueTime": "true"}}, {"aws:TokenIssueTime": "2020-01-01"}),
            "deny",
        ),
        ("Null true: absent", under({"Null": {"aws:TokenIssueTime": True}}, {}), "allow"),
        ("several values are alternatives", under({"StringEquals": {"k": ["a", "b"]}}, {"k": "b"}), "allow"),
        ("a negated operator must differ from all", under({"StringNotEquals": {"k": ["a", "b"]}}, {"k": "b"}), "deny"),
        ("several keys must all hold", under({"StringEquals": {"k": "a", "l": "b"}}, {"k": "a", "l": "c"}), "deny"),
        (
            "several operators must all hold",
            under({"StringEquals": {"k": "a"}, "Bool": {"l": "true"}}, {"k": "a", "l": "true"}),
            "allow",
        ),
        (
            "the key's name has no case",
            under({"StringEquals": {"AWS:principaltag/TEAM": "a"}}, {"aws:PrincipalTag/team": "a"}),
            "allow",
        ),
    ],
)


def attributes(operator: str, wanted: list[str], values: list[str] | None) -> dict[str, Any]:
    context = {} if values is None else {"dynamodb:Attributes": values}
    return under({operator: {"dynamodb:Attributes": wanted}}, context)


_ASKED = ["PostDateTime", "Message", "Tags"]
multivalued = table(
    MULTIVALUED,
    [
        (
            "ForAllValues: all listed",
            attributes("ForAllValues:StringEquals", _ASKED, ["PostDateTime", "Message"]),
            "allow",
        ),
        (
            "ForAllValues: one is not",
            attributes("ForAllValues:StringEquals", _ASKED, ["PostDateTime", "UserName"]),
            "deny",
        ),
        ("ForAllValues: absent", attributes("ForAllValues:StringEquals", _ASKED, None), "allow"),
        ("ForAllValues: empty list", attributes("ForAllValues:StringEquals", _ASKED, []), "allow"),
        ("ForAllValues: empty text", attributes("ForAllValues:StringEquals", _ASKED, [""]), "allow"),
        ("ForAnyValue: one listed", attributes("ForAnyValue:StringEquals", _ASKED, ["UserName", "Tags"]), "allow"),
        ("ForAnyValue: none listed", attributes("ForAnyValue:StringEquals", _ASKED, ["UserName"]), "deny"),
        ("ForAnyValue: absent", attributes("ForAnyValue:StringEquals", _ASKED, None), "deny"),
        ("ForAnyValue: empty text", attributes("ForAnyValue:StringLike", ["*"], [""]), "deny"),
        ("ForAnyValue: patterns", attributes("ForAnyValue:StringLike", ["Post*"], ["ID", "PostDateTime"]), "allow"),
        (
            "ForAllValues negated: none fits",
            attributes("ForAllValues:StringNotEquals", ["ID"], ["Tags", "Message"]),
            "allow",
        ),
        ("ForAllValues negated: one fits", attributes("ForAllValues:StringNotEquals", ["ID"], ["Tags", "ID"]), "deny"),
        (
            "ForAnyValue negated: one differs",
            attributes("ForAnyValue:StringNotEquals", ["ID"], ["Tags", "ID"]),
            "allow",
        ),
        ("ForAnyValue negated: none differs", attributes("ForAnyValue:StringNotEquals", ["ID"], ["ID"]), "deny"),
        (
            "ForAllValues with a Null check: absent",
            under(
                {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}},
                {},
            ),
            "deny",
        ),
        (
            "Deny ForAnyValue",
            unless(
                {"ForAnyValue:StringEquals": {"dynamodb:Attributes": ["ID"]}}, {"dynamodb:Attributes": ["ID", "Tags"]}
            ),
            "deny",
        ),
        ("ForAllValues:Bool", under({"ForAllValues:Bool": {"k": "true"}}, {"k": ["true", "TRUE"]}), "allow"),
        (
            "ForAllValues:ArnLike: one does not fit",
            under(
                {"ForAllValues:ArnLike": {"k": "arn:aws:cloudfront::123456789012:distribution/support*"}},
                {
                    "k": [
                        "arn:aws:cloudfront::123456789012:distribution/support2025",
                        "arn:aws:cloudfront::123456789012:distribution/admin",
                    ]
                },
            ),
            "deny",
        ),
    ],
)


def home(resource: str, version: str | None = "2012-10-17", principal: str = USER, **more: Any) -> dict[str, Any]:
    """A request for the home of exampleuser."""
    own = policy(allow("s3:*", resource), version=version)
    return ask(principal, "s3:GetObject", "arn:aws:s3:::mybucket/exampleuser/x", identity=[own], **more)


_OWN = "arn:aws:s3:::mybucket/${aws:username}/*"
_TAGGED = "arn:aws:s3:::mybucket/${aws:PrincipalTag/team, 'exampleuser'}/*"
variables = table(
    VARIABLES,
    [
        ("own home", home(_OWN), "allow"),
        ("home of another", home(_OWN, principal=CARLOS), "deny"),
        ("version 2008: literal text", home(_OWN, "2008-10-17"), "deny"),
        ("no version: literal text", home(_OWN, None), "deny"),
        (
            "version 2008: the text itself",
            ask(
                action="s3:GetObject",
                resource="arn:aws:s3:::mybucket/${aws:username}/x",
                identity=[policy(allow("s3:*", _OWN), version="2008-10-17")],
            ),
            "allow",
        ),
        ("a role has no aws:username", home(_OWN, principal=SESSION), "deny"),
        ("the variable's name has no case", home("arn:aws:s3:::mybucket/${AWS:UserName}/*"), "allow"),
        ("before the fifth colon", home("arn:aws:s3::${aws:PrincipalAccount}:mybucket/*"), "deny"),
        ("default: key absent", home(_TAGGED), "allow"),
        ("default: key there", home(_TAGGED, context={"aws:PrincipalTag/team": "blue"}), "deny"),
        (
            "tag as a variable",
            home("arn:aws:s3:::mybucket/${aws:PrincipalTag/team}/*", context={"aws:PrincipalTag/team": "exampleuser"}),
            "allow",
        ),
        (
            "a wildcard in a value is literal",
            home("arn:aws:s3:::mybucket/${aws:PrincipalTag/team}/*", context={"aws:PrincipalTag/team": "*"}),
            "deny",
        ),
        ("no tag", home("arn:aws:s3:::mybucket/${aws:PrincipalTag/team}/*"), "deny"),
        (
            "literal star",
            ask(resource="arn:aws:s3:::mybucket/a*b", identity=[policy(allow("s3:*", "arn:aws:s3:::mybucket/a${*}b"))]),
            "allow",
        ),
        (
            "literal star is no wildcard",
            ask(resource="arn:aws:s3:::mybucket/axb", identity=[policy(allow("s3:*", "arn:aws:s3:::mybucket/a${*}b"))]),
            "deny",
        ),
        (
            "literal question mark and dollar",
            ask(
                resource="arn:aws:s3:::mybucket/?$", identity=[policy(allow("s3:*", "arn:aws:s3:::mybucket/${?}${$}"))]
            ),
            "allow",
        ),
        ("in a string condition", under({"StringEquals": {"k": "${aws:username}"}}, {"k": "exampleuser"}), "allow"),
        ("in an ARN condition", under({"ArnLike": {"k": "arn:aws:iam::*:user/${aws:username}"}}, {"k": USER}), "allow"),
        ("not in a numeric condition", under({"NumericEquals": {"k": "${n}"}}, {"k": "1", "n": "1"}), "deny"),
        (
            "queue of the own name",
            ask(
                action="sqs:SendMessage",
                resource=f"arn:aws:sqs:us-east-2:{A}:exampleuser-queue",
                identity=[policy(allow("sqs:*", "arn:aws:sqs:us-east-2:*:${aws:username}-queue"))],
            ),
            "allow",
        ),
        (
            "tag without a value",
            under(
                {"StringLike": {"iam:ResourceTag/costCenter": ["12345", "67890"]}}, {"iam:ResourceTag/costCenter": ""}
            ),
            "deny",
        ),
    ],
)


def may(action: str, *patterns: str, resource: str = OBJECT, **more: Any) -> dict[str, Any]:
    return ask(action=action, resource=resource, identity=[policy(allow(list(patterns)))], **more)


actions = table(
    ACTION,
    [
        ("exact", may("s3:GetObject", "s3:GetObject"), "allow"),
        ("no case in the name", may("iam:ListAccessKeys", "IAM:listaccesskeys", resource=USER), "allow"),
        ("star", may("s3:GetObject", "s3:*"), "allow"),
        ("star within", may("iam:DeleteAccessKey", "iam:*AccessKey*", resource=USER), "allow"),
        ("question mark", may("s3:GetObject", "s3:Get?bject"), "allow"),
        ("another service", may("s3:GetObject", "ec2:*"), "deny"),
        ("everything", may("s3:GetObject", "*"), "allow"),
        ("several", may("s3:GetObject", "ec2:*", "s3:GetObject"), "allow"),
        ("no implicit wildcard", may("s3:GetObjectAcl", "s3:GetObject"), "deny"),
        ("wildcard in the service", may("s3:GetObject", "s*:GetObject"), "deny"),
    ],
)


def not_action(effect: str, listed: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "NotAction": listed, "Resource": resource, **more}


_NO_IAM = policy(not_action("Allow", "iam:*"))
_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
_MFA_ONLY = policy(allow(), not_action("Deny", "iam:*", Condition=_MFA))
not_actions = table(
    NOT_ACTION,
    [
        (
            "Allow: the rest of S3",
            ask(identity=[policy(not_action("Allow", "s3:DeleteBucket", "arn:aws:s3:::*"))]),
            "allow",
        ),
        (
            "Allow: what is listed",
            ask(
                action="s3:DeleteBucket",
                resource=BUCKET,
                identity=[policy(not_action("Allow", "s3:DeleteBucket", "arn:aws:s3:::*"))],
            ),
            "deny",
        ),
        (
            "Allow: other services",
            ask(action="ec2:StartInstances", resource=f"arn:aws:ec2:us-east-1:{A}:instance/i", identity=[_NO_IAM]),
            "allow",
        ),
        ("Allow: all but IAM", ask(action="iam:CreateUser", resource=USER, identity=[_NO_IAM]), "deny"),
        (
            "Deny: what is not listed, without MFA",
            ask(identity=[_MFA_ONLY], context={"aws:MultiFactorAuthPresent": "false"}),
            "deny",
        ),
        ("Deny: long-term keys", ask(identity=[_MFA_ONLY]), "deny"),
        ("Deny: with MFA", ask(identity=[_MFA_ONLY], context={"aws:MultiFactorAuthPresent": "true"}), "allow"),
        ("Deny: what is listed", ask(action="iam:GetUser", resource=USER, identity=[_MFA_ONLY]), "allow"),
    ],
)


def get(resource: str, pattern: Any) -> dict[str, Any]:
    return ask(resource=resource, identity=[policy(allow("*", pattern))])


resources = table(
    RESOURCE,
    [
        ("exact", get(OBJECT, OBJECT), "allow"),
        ("bucket is not its objects", get(OBJECT, BUCKET), "deny"),
        ("objects are not the bucket", get(BUCKET, f"{BUCKET}/*"), "deny"),
        ("star spans slashes", get(f"{BUCKET}/a/b/c", f"{BUCKET}/*/c"), "allow"),
        ("question mark is one character", get(f"{BUCKET}/ab", f"{BUCKET}/?"), "deny"),
        ("case counts", get(f"{BUCKET}/A", f"{BUCKET}/a"), "deny"),
        ("several", get(OBJECT, [QUEUE, OBJECT]), "allow"),
        (
            "region as a wildcard",
            ask(action="sqs:SendMessage", resource=QUEUE, identity=[policy(allow("*", f"arn:aws:sqs:*:{A}:*"))]),
            "allow",
        ),
        (
            "a wildcard stays in its field",
            ask(action="sqs:SendMessage", resource=QUEUE, identity=[policy(allow("*", "arn:aws:sqs:*:queue"))]),
            "deny",
        ),
        (
            "an action on nothing: star",
            ask(action="s3:ListAllMyBuckets", resource="*", identity=[policy(allow("s3:*", "*"))]),
            "allow",
        ),
        (
            "an action on nothing: an ARN",
            ask(action="s3:ListAllMyBuckets", resource="*", identity=[policy(allow("s3:*", "arn:aws:s3:::*"))]),
            "deny",
        ),
    ],
)


def not_resource(effect: str, listed: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "s3:*", "NotResource": listed}


_PAYROLL = ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"]
not_resources = table(
    NOT_RESOURCE,
    [
        (
            "Deny: outside of the list",
            ask(resource=OBJECT, identity=[policy(allow(), not_resource("Deny", _PAYROLL))]),
            "deny",
        ),
        (
            "Deny: in the list",
            ask(resource="arn:aws:s3:::HRBucket/Payroll/x", identity=[policy(allow(), not_resource("Deny", _PAYROLL))]),
            "allow",
        ),
        (
            "Deny alone grants nothing",
            ask(resource="arn:aws:s3:::HRBucket/Payroll/x", identity=[policy(not_resource("Deny", _PAYROLL))]),
            "deny",
        ),
        (
            "Allow: outside of the list",
            ask(resource=OBJECT, identity=[policy(not_resource("Allow", _PAYROLL))]),
            "allow",
        ),
        (
            "Allow: in the list",
            ask(resource="arn:aws:s3:::HRBucket/Payroll/x", identity=[policy(not_resource("Allow", _PAYROLL))]),
            "deny",
        ),
    ],
)

language = [
    Case(
        "Effect in lower case",
        EFFECT,
        ask(identity=[policy({"Effect": "allow", "Action": "*", "Resource": "*"})]),
        "unknown",
    ),
    Case("no Effect", EFFECT, ask(identity=[policy({"Action": "*", "Resource": "*"})]), "unknown"),
    Case(
        "one statement, not in a list",
        GRAMMAR,
        ask(identity=[{"Version": "2012-10-17", "Statement": allow()}]),
        "allow",
    ),
    Case("Action and NotAction", GRAMMAR, ask(identity=[policy(allow(NotAction="x:y"))]), "unknown"),
    Case("Principal in an identity policy", GRAMMAR, ask(identity=[policy(allow(**EVERYONE))]), "unknown"),
    Case("an element that there is not", GRAMMAR, ask(identity=[policy(allow(Conditions={}))]), "unknown"),
    Case("a version that there is not", VERSION, ask(identity=[policy(allow(), version="2020-01-01")]), "unknown"),
    Case(
        "numbers and booleans without quotes",
        GRAMMAR,
        under({"NumericEquals": {"n": 1}, "Bool": {"b": True}}, {"n": 1, "b": True}),
        "allow",
    ),
]

_CONDITIONAL_DELEGATION = policy(allow("sns:*", **to(A), Condition={"StringEquals": {"sns:Protocol": "https"}}))
principals = table(
    PRINCIPAL,
    [
        ("account by its id", ask(BOB, identity=[ALL], resource_policy=policy(allow(**to(B)))), "allow"),
        ("account by its root ARN", ask(BOB, identity=[ALL], resource_policy=policy(allow(**to(_B_ROOT)))), "allow"),
        (
            "a user's name in another case",
            ask(BOB.replace("Bob", "bob"), identity=[ALL], resource_policy=policy(allow(**to(BOB)))),
            "deny",
        ),
        (
            "no wildcard within a name",
            ask(USER, resource_policy=policy(allow(**to(f"arn:aws:iam::{A}:user/*")))),
            "deny",
        ),
        ("everyone as AWS star", ask("*", resource_policy=policy(allow(**to("*")))), "allow"),
        ("everyone as star", ask("*", resource_policy=ALL_RESOURCE), "allow"),
        ("an account is not anonymous", ask("*", resource_policy=policy(allow(**to(A)))), "deny"),
        (
            "anonymous, pinned",
            ask(
                "*",
                resource_policy=policy(allow(**EVERYONE, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
            ),
            "deny",
        ),
        (
            "a service",
            ask("logs.amazonaws.com", resource_policy=policy(allow(Principal={"Service": "logs.amazonaws.com"}))),
            "allow",
        ),
        (
            "another service",
            ask("logs.amazonaws.com", resource_policy=policy(allow(Principal={"Service": "sns.amazonaws.com"}))),
            "deny",
        ),
        (
            "one of several services",
            ask(
                "logs.amazonaws.com",
                resource_policy=policy(allow(Principal={"Service": ["sns.amazonaws.com", "logs.amazonaws.com"]})),
            ),
            "allow",
        ),
        ("a service is not its account", ask("logs.amazonaws.com", resource_policy=policy(allow(**to(A)))), "deny"),
        ("deleted principal", ask(ROLE, resource_policy=policy(allow(**to("AROAEXAMPLEID123456789")))), "deny"),
        ("no Principal in a resource policy", ask(USER, resource_policy=policy(allow())), "deny"),
        (
            "condition on delegation: met",
            ask(
                USER,
                "sns:Subscribe",
                f"arn:aws:sns:us-east-1:{A}:t",
                identity=[],
                resource_policy=_CONDITIONAL_DELEGATION,
                context={"sns:Protocol": "https"},
            ),
            "deny",
        ),
    ],
)


def assume(principal: str, trust: Any, **more: Any) -> dict[str, Any]:
    action = more.pop("action", "sts:AssumeRole")
    return ask(principal, action, TARGET, resource_policy=trust, **more)


def trusting(principal: Any, action: str = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    return policy({"Effect": "Allow", "Principal": principal, "Action": action, **more})


_MAY_ASSUME = policy(allow("sts:AssumeRole", TARGET))
_GITHUB = f"arn:aws:iam::{A}:oidc-provider/token.actions.githubusercontent.com"
_SAML = f"arn:aws:iam::{A}:saml-provider/idp"
_BY_WEB = "sts:AssumeRoleWithWebIdentity"
_SUB = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:org/*"}}
_EXTERNAL = {"StringEquals": {"sts:ExternalId": "12345"}}
trust = table(
    TRUST,
    [
        ("same account, named", assume(USER, trusting({"AWS": USER})), "allow"),
        ("same account, by account alone", assume(USER, trusting({"AWS": ROOT})), "deny"),
        (
            "same account, by account and identity",
            assume(USER, trusting({"AWS": ROOT}), identity=[_MAY_ASSUME]),
            "allow",
        ),
        ("same account, identity alone", assume(USER, trusting({"AWS": CARLOS}), identity=[_MAY_ASSUME]), "deny"),
        ("cross account, both", assume(BOB, trusting({"AWS": B}), identity=[_MAY_ASSUME]), "allow"),
        ("cross account, trust alone", assume(BOB, trusting({"AWS": BOB})), "deny"),
        ("cross account, identity alone", assume(BOB, trusting({"AWS": A}), identity=[_MAY_ASSUME]), "deny"),
        ("trust not read", assume(USER, UNREAD, identity=[_MAY_ASSUME]), "unknown"),
        ("trust not given", assume(USER, None, identity=[_MAY_ASSUME]), "unknown"),
        ("trust not read, nothing allows", assume(BOB, UNREAD), "deny"),
        (
            "external id, given",
            assume(
                BOB,
                trusting({"AWS": B}, Condition=_EXTERNAL),
                identity=[_MAY_ASSUME],
                context={"sts:ExternalId": "12345"},
            ),
            "allow",
        ),
        (
            "external id, not given",
            assume(BOB, trusting({"AWS": B}, Condition=_EXTERNAL), identity=[_MAY_ASSUME]),
            "deny",
        ),
        ("a service", assume("sagemaker.amazonaws.com", trusting({"Service": "sagemaker.amazonaws.com"})), "allow"),
        ("another service", assume("ec2.amazonaws.com", trusting({"Service": "sagemaker.amazonaws.com"})), "deny"),
        ("root users cannot", assume(ROOT, trusting({"AWS": ROOT})), "deny"),
        (
            "web identity",
            assume(
                _GITHUB,
                trusting({"Federated": _GITHUB}, _BY_WEB, Condition=_SUB),
                action=_BY_WEB,
                context={"token.actions.githubusercontent.com:sub": "repo:org/x"},
            ),
            "allow",
        ),
        (
            "web identity, another subject",
            assume(
                _GITHUB,
                trusting({"Federated": _GITHUB}, _BY_WEB, Condition=_SUB),
                action=_BY_WEB,
                context={"token.actions.githubusercontent.com:sub": "repo:evil/x"},
            ),
            "deny",
        ),
        (
            "built-in provider",
            assume(
                "cognito-identity.amazonaws.com",
                trusting({"Federated": "cognito-identity.amazonaws.com"}, _BY_WEB),
                action=_BY_WEB,
            ),
            "allow",
        ),
        (
            "another provider",
            assume("accounts.google.com", trusting({"Federated": "graph.facebook.com"}, _BY_WEB), action=_BY_WEB),
            "deny",
        ),
        (
            "SAML",
            assume(_SAML, trusting({"Federated": _SAML}, "sts:AssumeRoleWithSAML"), action="sts:AssumeRoleWithSAML"),
            "allow",
        ),
        (
            "SAML, the action of web identities",
            assume(_SAML, trusting({"Federated": _SAML}, _BY_WEB), action="sts:AssumeRoleWithSAML"),
            "deny",
        ),
        ("role chaining by a session", assume(SESSION, trusting({"AWS": ROLE})), "allow"),
    ],
)


def key(principal: str, key_policy: Any, **more: Any) -> dict[str, Any]:
    return ask(principal, "kms:Decrypt", KEY, resource_policy=key_policy, **more)


_TO_ACCOUNT = policy(allow("kms:*", **to(ROOT)))
_MAY_DECRYPT = policy(allow("kms:Decrypt", KEY))
_GRANT = {"GranteePrincipal": ROLE, "Operations": ["Decrypt"]}
kms = table(
    KMS,
    [
        ("account and identity", key(USER, _TO_ACCOUNT, identity=[_MAY_DECRYPT]), "allow"),
        ("account alone", key(USER, _TO_ACCOUNT), "deny"),
        ("identity alone", key(USER, policy(allow("kms:*", **to(CARLOS))), identity=[_MAY_DECRYPT]), "deny"),
        (
            "account for another action",
            key(USER, policy(allow("kms:Encrypt", **to(ROOT))), identity=[_MAY_DECRYPT]),
            "deny",
        ),
        ("named", key(USER, policy(allow("kms:Decrypt", **to(USER)))), "allow"),
        ("named role, bounded", key(SESSION, policy(allow("kms:Decrypt", **to(ROLE))), boundary=NOTHING), "deny"),
        ("not even root without the key policy", key(ROOT, policy(allow("kms:*", **to(CARLOS)))), "deny"),
        ("root by the key policy", key(ROOT, _TO_ACCOUNT), "allow"),
        ("key policy not read", key(USER, UNREAD, identity=[_MAY_DECRYPT]), "unknown"),
        ("key policy not given", key(USER, None, identity=[_MAY_DECRYPT]), "unknown"),
        ("cross account, both", key(BOB, policy(allow("kms:Decrypt", **to(B))), identity=[_MAY_DECRYPT]), "allow"),
        ("cross account, key alone", key(BOB, policy(allow("kms:Decrypt", **to(BOB)))), "deny"),
        ("grant", key(SESSION, _TO_ACCOUNT, grants=[_GRANT]), "allow"),
        (
            "grant of another operation",
            key(SESSION, _TO_ACCOUNT, grants=[{**_GRANT, "Operations": ["Encrypt"]}]),
            "deny",
        ),
        ("grant to another", key(USER, _TO_ACCOUNT, grants=[_GRANT]), "deny"),
        ("grant and a Deny", key(SESSION, policy(deny("kms:*", **EVERYONE)), grants=[_GRANT]), "deny"),
        (
            "via a service, for everyone of the account",
            key(
                USER,
                policy(
                    allow(
                        "kms:*",
                        **EVERYONE,
                        Condition={
                            "StringEquals": {"kms:CallerAccount": A, "kms:ViaService": "s3.us-west-2.amazonaws.com"}
                        },
                    )
                ),
                context={"kms:CallerAccount": A, "kms:ViaService": "s3.us-west-2.amazonaws.com"},
            ),
            "allow",
        ),
        ("an action on no key", ask(USER, "kms:ListKeys", "*", identity=[ALL]), "allow"),
    ],
)

_FULL, _NO_S3 = policy(allow()), policy(deny("s3:*"))
scp = table(
    SCP,
    [
        ("no SCPs", ask(identity=[ALL]), "allow"),
        ("full access on every level", ask(identity=[ALL], scps=[[_FULL], [_FULL], [_FULL]]), "allow"),
        ("one level does not allow", ask(identity=[ALL], scps=[[_FULL], [policy(allow("ec2:*"))], [_FULL]]), "deny"),
        ("a level without policies", ask(identity=[ALL], scps=[[_FULL], [], [_FULL]]), "deny"),
        ("a Deny on any level", ask(identity=[ALL], scps=[[_FULL, _NO_S3], [_FULL], [_FULL]]), "deny"),
        (
            "one policy of a level allows",
            ask(identity=[ALL], scps=[[policy(allow("ec2:*")), policy(allow("s3:*"))]]),
            "allow",
        ),
        ("SCPs grant nothing", ask(scps=[[_FULL]]), "deny"),
        (
            "they limit what a bucket grants",
            ask(scps=[[_FULL, _NO_S3]], resource_policy=policy(allow(**to(USER)))),
            "deny",
        ),
        ("root of a member account", ask(ROOT, scps=[[_FULL, _NO_S3]]), "deny"),
        ("management account", ask(identity=[ALL], scps=[[_FULL, _NO_S3]], in_management_account=True), "allow"),
        (
            "service-linked role",
            ask(
                f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
                identity=[ALL],
                scps=[[_NO_S3]],
            ),
            "allow",
        ),
        (
            "service principal",
            ask(
                "logs.amazonaws.com",
                scps=[[_NO_S3]],
                resource_policy=policy(allow(Principal={"Service": "logs.amazonaws.com"})),
            ),
            "allow",
        ),
        (
            "Deny under a condition: met",
            ask(
                identity=[ALL],
                scps=[
                    [
                        _FULL,
                        policy(
                            not_action(
                                "Deny",
                                "iam:*",
                                Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1"]}},
                            )
                        ),
                    ]
                ],
                context={"aws:RequestedRegion": "us-east-1"},
            ),
            "deny",
        ),
        (
            "Deny under a condition: not met",
            ask(
                identity=[ALL],
                scps=[
                    [
                        _FULL,
                        policy(
                            not_action(
                                "Deny",
                                "iam:*",
                                Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1"]}},
                            )
                        ),
                    ]
                ],
                context={"aws:RequestedRegion": "eu-central-1"},
            ),
            "allow",
        ),
        (
            "full language: resource in an Allow",
            ask(identity=[ALL], scps=[[policy(allow("s3:*", f"{BUCKET}/*"))]]),
            "allow",
        ),
        (
            "full language: another resource",
            ask(identity=[ALL], scps=[[policy(allow("s3:*", "arn:aws:s3:::other/*"))]]),
            "deny",
        ),
        (
            "full language: NotResource",
            ask(identity=[ALL], scps=[[_FULL, policy(not_resource("Deny", "arn:aws:s3:::other/*"))]]),
            "deny",
        ),
        ("SCPs not read", ask(identity=[ALL], scps=UNREAD), "unknown"),
        ("SCPs not read, nothing allows", ask(scps=UNREAD), "deny"),
        ("one level not read", ask(identity=[ALL], scps=[[_FULL], UNREAD]), "unknown"),
        ("one level not read, another denies", ask(identity=[ALL], scps=[[_NO_S3], UNREAD]), "deny"),
    ],
)

_RCP_FULL = policy(allow(**EVERYONE))
_RCP_ORG = policy(
    deny(
        "s3:*",
        **EVERYONE,
        Condition={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )
)
_OPEN = policy(allow("s3:*", **EVERYONE))
_RCPS = {"rcps": [[_RCP_FULL, _RCP_ORG], [_RCP_FULL]]}
rcp = table(
    RCP,
    [
        (
            "within the organization",
            ask(BOB, identity=[ALL], resource_policy=_OPEN, context={"aws:PrincipalOrgID": "o-1"}, **_RCPS),
            "allow",
        ),
        (
            "another organization",
            ask(BOB, identity=[ALL], resource_policy=_OPEN, context={"aws:PrincipalOrgID": "o-2"}, **_RCPS),
            "deny",
        ),
        ("anonymous", ask("*", resource_policy=_OPEN, **_RCPS), "deny"),
        ("a service", ask("logs.amazonaws.com", resource_policy=_OPEN, **_RCPS), "allow"),
        ("root is restricted", ask(ROOT, context={"aws:PrincipalOrgID": "o-2"}, **_RCPS), "deny"),
        (
            "resource in the management account",
            ask("*", resource_policy=_OPEN, resource_in_management_account=True, **_RCPS),
            "allow",
        ),
        (
            "service-linked role",
            ask(
                f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/R",
                identity=[ALL],
                rcps=[[policy(deny(**EVERYONE))]],
            ),
            "allow",
        ),
        ("RCPs grant nothing", ask(rcps=[[_RCP_FULL]]), "deny"),
        ("a level that does not allow", ask(identity=[ALL], rcps=[[_RCP_FULL], []]), "deny"),
        (
            "a service without RCPs",
            ask(
                USER,
                "sagemaker:InvokeEndpoint",
                f"arn:aws:sagemaker:us-east-1:{A}:endpoint/e",
                identity=[ALL],
                rcps=[[policy(deny(**EVERYONE))]],
            ),
            "allow",
        ),
        (
            "kms:RetireGrant",
            ask(
                USER,
                "kms:RetireGrant",
                KEY,
                identity=[ALL],
                resource_policy=_TO_ACCOUNT,
                rcps=[[policy(deny(**EVERYONE))]],
            ),
            "allow",
        ),
        (
            "AWS managed key",
            key(USER, _TO_ACCOUNT, identity=[ALL], rcps=[[policy(deny(**EVERYONE))]], aws_managed_key=True),
            "allow",
        ),
        ("customer managed key", key(USER, _TO_ACCOUNT, identity=[ALL], rcps=[[policy(deny(**EVERYONE))]]), "deny"),
        ("RCPs not read", ask(identity=[ALL], rcps=UNREAD), "unknown"),
        (
            "RCPs not read, of a service without",
            ask(
                USER,
                "sagemaker:InvokeEndpoint",
                f"arn:aws:sagemaker:us-east-1:{A}:endpoint/e",
                identity=[ALL],
                rcps=UNREAD,
            ),
            "allow",
        ),
    ],
)

endpoint = table(
    ENDPOINT,
    [
        ("full access", ask(identity=[ALL], endpoint_policy=_RCP_FULL), "allow"),
        ("does not allow", ask(identity=[ALL], endpoint_policy=policy(allow("ec2:*", **EVERYONE))), "deny"),
        ("denies", ask(identity=[ALL], endpoint_policy=policy(allow(**EVERYONE), deny("s3:*", **EVERYONE))), "deny"),
        ("grants nothing", ask(endpoint_policy=_RCP_FULL), "deny"),
        ("for one user", ask(identity=[ALL], endpoint_policy=policy(allow(**to(USER)))), "allow"),
        ("for another user", ask(identity=[ALL], endpoint_policy=policy(allow(**to(CARLOS)))), "deny"),
        ("not read", ask(identity=[ALL], endpoint_policy=UNREAD), "unknown"),
    ],
)

public_access = table(
    S3_PUBLIC,
    [
        ("anonymous", ask("*", resource_policy=_OPEN, public_blocked=True), "deny"),
        ("another account", ask(BOB, identity=[ALL], resource_policy=_OPEN, public_blocked=True), "deny"),
        (
            "another account by name",
            ask(BOB, identity=[ALL], resource_policy=policy(allow(**to(BOB)), allow(**EVERYONE)), public_blocked=True),
            "deny",
        ),
        ("the own account", ask(USER, resource_policy=_OPEN, public_blocked=True), "allow"),
        ("a service", ask("logs.amazonaws.com", resource_policy=_OPEN, public_blocked=True), "allow"),
        (
            "not public: named account",
            ask(BOB, identity=[ALL], resource_policy=policy(allow(**to(B))), public_blocked=True),
            "allow",
        ),
        (
            "not public: pinned",
            ask(
                BOB,
                identity=[ALL],
                resource_policy=policy(allow(**EVERYONE, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
                context={"aws:PrincipalOrgID": "o-1"},
                public_blocked=True,
            ),
            "allow",
        ),
        (
            "public: pinned by a pattern",
            ask(
                BOB,
                identity=[ALL],
                resource_policy=policy(allow(**EVERYONE, Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}})),
                context={"aws:PrincipalOrgID": "o-1"},
                public_blocked=True,
            ),
            "deny",
        ),
    ],
)

_ORG = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
keys = table(
    KEYS,
    [
        ("organization, known", under(_ORG, {"aws:PrincipalOrgID": "o-1"}), "allow"),
        ("organization, not known", {**under(_ORG, {}), "complete": False}, "conditional"),
        ("organization, there", {**under(_ORG, {}), "present": ["aws:PrincipalOrgID"]}, "conditional"),
        ("organization, absent", {**under(_ORG, {}), "complete": False, "absent": ["aws:principalorgid"]}, "deny"),
        (
            "Deny outside of the organization, absent",
            unless({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, {}),
            "deny",
        ),
        ("Deny on what is not known", {**unless({"StringEquals": {"k": "a"}}, {}), "complete": False}, "conditional"),
        (
            "PrincipalArn of a session is its role",
            under({"ArnEquals": {"aws:PrincipalArn": ROLE}}, {}, principal=SESSION, role=ROLE),
            "allow",
        ),
        ("PrincipalIsAWSService of a user", under({"Bool": {"aws:PrincipalIsAWSService": "false"}}, {}), "allow"),
        ("PrincipalType of a user", under({"StringEquals": {"aws:PrincipalType": "User"}}, {}), "allow"),
        ("ResourceAccount", under({"StringEquals": {"aws:ResourceAccount": A}}, {}), "allow"),
        (
            "MultiFactorAuthPresent of long-term keys",
            unless({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, {}),
            "allow",
        ),
        (
            "GetCallerIdentity",
            ask(USER, "sts:GetCallerIdentity", "*", identity=[policy(deny("sts:GetCallerIdentity"))]),
            "allow",
        ),
    ],
)

CASES = [
    *(single_account + everyone + cross_account + boundaries + sessions + not_principal + operators + multivalued),
    *(variables + actions + not_actions + resources + not_resources + language + principals + trust + kms + scp + rcp),
    *(endpoint + public_access + keys),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.page.split('/')[-1]}: {case.id}" for case in CASES])
def test_documented(case: Case) -> None:
    answer = decide(**case.request)
    assert answer.decision.value == case.expected, f"{case.page}: {answer.because}"


def test_every_case_is_another() -> None:
    assert len({(case.page, case.id) for case in CASES}) == len(CASES) > 150
