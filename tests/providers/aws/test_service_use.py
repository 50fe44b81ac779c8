"""Which AI services roles of AI workloads may use and do not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import policy_sentry
import pytest

from auditor.collect import Collected, collect
from auditor.model.facts import Known, Reason, Unknown
from auditor.model.scope import GLOBAL
from auditor.plan import Step
from auditor.providers.aws import service_use
from auditor.providers.aws.authorization_details import GET_AUTHORIZATION_DETAILS
from auditor.providers.aws.identities import COLLECTORS
from auditor.providers.aws.service_use import AI_SERVICES, GENERATE_USE, GET_USE
from auditor.wire.hop import Answer, Outgoing, Wire, declare, replay_source
from auditor.wire.store import Recording
from tests.providers.aws.conftest import ACCOUNT
from tests.providers.aws.test_identities import (
    NARROW,
    ROLE,
    attached,
    one,
    page,
    policy,
    report,
    role,
    user,
    wire,
)
from tests.support.aws_shapes import body_of

NOW = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
JOB = "00000000-0000-4000-8000-000000000000"
TRAIN = {"Effect": "Allow", "Action": ["sagemaker:CreateTrainingJob"], "Resource": "*"}
CALL = {"Effect": "Allow", "Action": ["bedrock:InvokeModel", "s3:GetObject"], "Resource": "*"}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DETAIL = next(d for d in COLLECTORS[0].details if d.facts == ("unused_ai_services",))
DATES = {"JobCreationDate": "2026-01-01T00:00:00Z", "JobCompletionDate": "2026-01-01T00:00:00Z"}


def ago(days: int) -> str:
    return (NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def old(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    own = [{"PolicyName": "own", "PolicyDocument": wire(*statements)}] if statements else []
    return role(**{"CreateDate": ago(500), "RolePolicyList": own, **more})


def trust(*principals: str, **more: Any) -> str:
    return wire({"Effect": "Allow", "Principal": {"Service": list(principals)}, "Action": "sts:AssumeRole", **more})


def service(name: str, days: int | None = None) -> dict[str, Any]:
    used = {} if days is None else {"LastAuthenticated": ago(days), "LastAuthenticatedEntity": ROLE}
    return {"ServiceName": name, "ServiceNamespace": name, **used}


def answer(*services: dict[str, Any], status: str = "COMPLETED", **more: Any) -> dict[str, Any]:
    return {"JobStatus": status, **DATES, "ServicesLastAccessed": list(services), **more}


def reported(aws: Any, *services: dict[str, Any], **more: Any) -> None:
    aws.answer(GENERATE_USE, {"JobId": JOB})
    aws.answer(GET_USE, answer(*services, **more))


def unused(aws: Any) -> Any:
    return one(aws).unused_ai_services


def asked(aws: Any) -> list[str]:
    return [e.operation for e in aws.ledger.exchanges() if "LastAccessed" in e.operation]


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ([service("sagemaker", 0)], ()),
        ([service("sagemaker", 90)], ()),
        ([service("sagemaker", 91)], ("sagemaker",)),
        ([service("sagemaker")], ("sagemaker",)),
        ([service("sagemaker", 1), service("bedrock")], ("bedrock",)),
        ([service("sagemaker", 300), service("bedrock")], ("bedrock", "sagemaker")),
        ([service("sagemaker", 1), service("s3"), service("kms", 300)], ()),  # of no AI service
    ],
)
def test_what_a_report_says(aws: Any, services: list[dict[str, Any]], expected: tuple[str, ...]) -> None:
    page(aws, RoleDetailList=[old(TRAIN)])
    reported(aws, *services)
    found = unused(aws)
    assert found.value == expected
    shown = {s["ServiceNamespace"]: s.get("LastAuthenticated") for s in services}
    dates = {n: d and d.replace("Z", "+00:00") for n, d in shown.items() if n in AI_SERVICES}
    assert found.native["LastAuthenticated"] == dates
    assert len(found.calls) == 3
    assert asked(aws) == ["GenerateServiceLastAccessedDetails", "GetServiceLastAccessedDetails"]


@pytest.mark.parametrize(("days", "expected"), [(10, ()), (90, ()), (91, ("sagemaker",)), (None, Reason.ABSENT)])
def test_a_role_younger_than_the_window_left_nothing_unused(aws: Any, days: int | None, expected: object) -> None:
    page(aws, RoleDetailList=[old(TRAIN, CreateDate=None if days is None else ago(days))])
    reported(aws, service("sagemaker"))
    found = unused(aws)
    assert (found.value if isinstance(found, Known) else found.reason) == expected


def test_a_date_before_the_window_needs_no_date_of_making(aws: Any) -> None:
    page(aws, RoleDetailList=[old(TRAIN, CreateDate=None)])
    reported(aws, service("sagemaker", 300))
    assert unused(aws).value == ("sagemaker",)


@pytest.mark.parametrize(
    "entry",
    [
        old(NARROW),
        old(),
        old(TRAIN, CreateDate=ago(5)),
        old(TRAIN, {"Effect": "Deny", "Action": "sagemaker:*", "Resource": "*"}),
        old({"Effect": "Deny", "Action": "bedrock:*", "Resource": "*"}),
        old({"Effect": "Allow", "NotAction": [f"{s}:*" for s in sorted(AI_SERVICES)], "Resource": "*"}),
    ],
    ids=["storage", "nothing", "young", "denied", "deny", "all but those"],
)
def test_roles_whose_answer_is_known_are_not_asked_about(aws: Any, entry: dict[str, Any]) -> None:
    page(aws, RoleDetailList=[entry])
    found = unused(aws)
    assert found.value == ()
    assert found.calls
    assert asked(aws) == []


@pytest.mark.parametrize(
    "statement",
    [
        EVERYTHING,
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "NotAction": [f"{s}:*" for s in sorted(AI_SERVICES - {"lex"})], "Resource": "*"},
        {"Effect": "Allow", "Action": "SageMaker:*", "Resource": "*"},
        {**TRAIN, "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}},
    ],
    ids=["everything", "everything but", "all but one", "upper case", "condition"],
)
def test_wide_and_conditional_grants_are_asked_about(aws: Any, statement: dict[str, Any]) -> None:
    page(aws, RoleDetailList=[old(statement)])
    reported(aws, service("sagemaker", 1), service("lex", 100))
    assert unused(aws).value == ("lex",)


@pytest.mark.parametrize(
    "denied",
    [
        {"Action": "sagemaker:Delete*", "Resource": "*"},
        {"Action": "sagemaker:*", "Resource": "arn:aws:sagemaker:*:*:model/*"},
        {"Action": "sagemaker:*", "NotResource": "arn:aws:sagemaker:*:*:model/*"},
        {"NotAction": "sagemaker:CreateTrainingJob", "Resource": "*"},
        {"Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ],
    ids=["some actions", "some resources", "but some resources", "but some actions", "condition"],
)
def test_a_deny_that_leaves_something_does_not_spare_the_question(aws: Any, denied: dict[str, Any]) -> None:
    page(aws, RoleDetailList=[old(TRAIN, {"Effect": "Deny", **denied})])
    reported(aws, service("sagemaker"))
    assert unused(aws).value == ("sagemaker",)


def test_managed_policies_count(aws: Any) -> None:
    page(aws, RoleDetailList=[old(AttachedManagedPolicies=attached("p"))], Policies=[policy("p", CALL)])
    reported(aws, service("bedrock"), service("s3", 1))
    assert unused(aws).value == ("bedrock",)


@pytest.mark.parametrize(
    "more",
    [
        {"AttachedManagedPolicies": attached("Elsewhere", "aws")},
        {"RolePolicyList": [{"PolicyName": "own", "PolicyDocument": "%7B"}]},
        {"AttachedManagedPolicies": None},
    ],
    ids=["unread", "malformed", "absent"],
)
def test_unreadable_policies_are_a_reason_to_ask(aws: Any, more: dict[str, Any]) -> None:
    page(aws, RoleDetailList=[old(**more)])
    reported(aws, service("bedrock"))
    assert unused(aws).value == ("bedrock",)
    reported(aws, service("s3", 1))
    assert unused(aws).value == ()


class TestWhoIsAskedAbout:
    @pytest.mark.parametrize(
        "document",
        [
            trust("sagemaker.amazonaws.com"),
            trust("lambda.amazonaws.com"),
            trust("ec2.amazonaws.com", "bedrock.amazonaws.com"),
            trust("sagemaker.amazonaws.com.cn"),
            wire({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}),
            wire({"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": "sts:AssumeRole"}),
            "%7B",
            None,
        ],
    )
    def test_roles_that_may_run_ai_workloads(self, aws: Any, document: str | None) -> None:
        page(aws, RoleDetailList=[old(TRAIN, AssumeRolePolicyDocument=document)])
        reported(aws, service("sagemaker"))
        assert unused(aws).value == ("sagemaker",)

    @pytest.mark.parametrize(
        "more",
        [
            {"AssumeRolePolicyDocument": trust("ec2.amazonaws.com")},
            {"AssumeRolePolicyDocument": trust("sagemaker.amazonaws.com", Effect="Deny")},
            {"Path": "/aws-service-role/sagemaker.amazonaws.com/"},
        ],
        ids=["elsewhere", "deny", "service-linked"],
    )
    def test_no_others(self, aws: Any, more: dict[str, Any]) -> None:
        page(aws, RoleDetailList=[old(TRAIN, **more)])
        found = unused(aws)
        assert found.reason is Reason.NOT_COLLECTED
        assert asked(aws) == []

    def test_no_users(self, aws: Any) -> None:
        report(aws)
        own = [{"PolicyName": "own", "PolicyDocument": wire(TRAIN)}]
        page(aws, UserDetailList=[user(UserPolicyList=own)])
        assert unused(aws).reason is Reason.NOT_COLLECTED
        assert asked(aws) == []

    def test_those_beyond_the_most_are_counted(self, aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(service_use, "MOST", 2)
        page(aws, RoleDetailList=[old(TRAIN, RoleName=n, Arn=f"{ROLE}-{n}") for n in "dbca"])
        reported(aws, service("sagemaker"))
        found = {i.name: i.unused_ai_services for i in aws.collect(COLLECTORS)}
        assert (found["a"].value, found["b"].value) == (("sagemaker",), ("sagemaker",))
        for name in "cd":
            assert found[name].reason is Reason.NOT_COLLECTED
            assert "2 of the 4 roles" in found[name].detail
        assert asked(aws).count("GenerateServiceLastAccessedDetails") == 2


class TestLaterPages:
    def test_are_read(self, aws: Any) -> None:
        page(aws, RoleDetailList=[old(TRAIN)])
        reported(aws, service("bedrock", 1), IsTruncated=True, Marker="m")
        aws.answer(GET_USE, answer(service("sagemaker"), IsTruncated=False), Marker="m")
        assert unused(aws).value == ("sagemaker",)

    def test_what_fails_there_leaves_all_open(self, aws: Any) -> None:
        page(aws, RoleDetailList=[old(TRAIN)])
        reported(aws, service("sagemaker", 1), IsTruncated=True, Marker="m")
        aws.refuse(GET_USE, "AccessDenied", 403, Marker="m")
        assert unused(aws).permissions == ("iam:GetServiceLastAccessedDetails",)

    @pytest.mark.parametrize("more", [{}, {"Marker": "m"}], ids=["no marker", "the same again"])
    def test_that_lead_nowhere(self, aws: Any, more: dict[str, str]) -> None:
        page(aws, RoleDetailList=[old(TRAIN)])
        reported(aws, service("sagemaker", 1), IsTruncated=True, **more)
        assert unused(aws).reason is Reason.MALFORMED


class TestFailures:
    @pytest.fixture(autouse=True)
    def listed(self, aws: Any) -> None:
        page(aws, RoleDetailList=[old(TRAIN)])
        reported(aws, service("sagemaker", 1))

    @pytest.mark.parametrize("call", [GENERATE_USE, GET_USE], ids=lambda c: c.operation)
    def test_denied(self, aws: Any, call: Any) -> None:
        aws.refuse(call, "AccessDenied", 403)
        found = unused(aws)
        assert (found.reason, found.permissions) == (Reason.DENIED, call.permissions)
        assert found.calls

    @pytest.mark.parametrize(
        ("code", "expected"), [("NoSuchEntity", Reason.VANISHED), ("Throttling", Reason.THROTTLED)]
    )
    def test_refused(self, aws: Any, code: str, expected: Reason) -> None:
        aws.refuse(GENERATE_USE, code)
        assert unused(aws).reason is expected

    @pytest.mark.parametrize("call", [GENERATE_USE, GET_USE], ids=lambda c: c.operation)
    @pytest.mark.parametrize("body", [b"<html></html>", b"", b"{}", b"<a/>"])
    def test_malformed(self, aws: Any, call: Any, body: bytes) -> None:
        aws.raw(call, 200, body, "text/xml")
        assert unused(aws).reason is Reason.MALFORMED

    def test_a_job_without_a_proper_name(self, aws: Any) -> None:
        aws.answer(GENERATE_USE, {"JobId": "short"})
        found = unused(aws)
        assert (found.reason, found.detail) == (Reason.MALFORMED, GENERATE_USE.key)

    def test_a_report_that_cannot_be_made(self, aws: Any) -> None:
        error = {"Message": "words of the provider", "Code": "InternalError"}
        aws.answer(GET_USE, answer(status="FAILED", Error=error))
        found = unused(aws)
        assert found.reason is Reason.ABSENT
        assert "could not make" in found.detail
        assert "provider" not in found.detail

    def test_a_status_that_nobody_knows(self, aws: Any) -> None:
        aws.answer(GET_USE, answer(service("sagemaker", 1), status="UnheardOf"))
        assert unused(aws).reason is Reason.UNRECOGNISED

    @pytest.mark.parametrize(
        "part",
        [
            "<ServicesLastAccessed/>",
            "<ServiceNamespace>sagemaker</ServiceNamespace>",
            "<JobStatus>COMPLETED</JobStatus>",
        ],
    )
    def test_a_report_that_lacks_a_part(self, aws: Any, part: str) -> None:
        services = [] if part == "<ServicesLastAccessed/>" else [service("sagemaker", 1)]
        body, headers = body_of(GET_USE, answer(*services))
        text = body.decode().replace("<ServicesLastAccessed></ServicesLastAccessed>", "<ServicesLastAccessed/>")
        assert part in text
        aws.raw(GET_USE, 200, text.replace(part, "").encode(), headers["content-type"])
        assert unused(aws).reason is Reason.MALFORMED

    @pytest.mark.parametrize("services", [[], [service("s3", 1)], [service("bedrock", 1)]])
    def test_a_service_that_is_named_and_not_reported(self, aws: Any, services: list[dict[str, Any]]) -> None:
        """An empty report is no evidence against a policy that was read."""
        aws.answer(GET_USE, answer(*services))
        found = unused(aws)
        assert (found.reason, found.detail) == (Reason.ABSENT, f"{GET_USE.key}: sagemaker")

    def test_an_empty_report_on_a_role_that_may_do_everything(self, aws: Any) -> None:
        page(aws, RoleDetailList=[old(EVERYTHING)])
        aws.answer(GET_USE, answer())
        assert unused(aws).reason is Reason.ABSENT
        aws.answer(GET_USE, answer(service("polly", 1)))
        assert unused(aws).value == ()

    def test_denied_details_leave_nothing_known(self, aws: Any) -> None:
        page(aws, marker="m", RoleDetailList=[old(TRAIN)])
        aws.refuse(GET_AUTHORIZATION_DETAILS, "AccessDenied", 403, Marker="m")
        (found,) = aws.collected(COLLECTORS).inventory.resources
        assert found.unused_ai_services.permissions == ("iam:GetAccountAuthorizationDetails",)


class Polled:
    """Answers of the job in turn, the last for ever; and the pauses between."""

    def __init__(self, aws: Any, *statuses: str) -> None:
        self.statuses = list(statuses)
        self.polls = 0
        self.pauses: list[float] = []
        self._aws = aws

    def source(self, request: Outgoing) -> Answer | None:
        if request.call is not GET_USE:
            return self._aws._source(request)  # type: ignore[no-any-return]
        status = self.statuses[min(self.polls, len(self.statuses) - 1)]
        self.polls += 1
        ready = status == "COMPLETED"
        body, headers = body_of(GET_USE, answer(*([service("sagemaker")] if ready else []), status=status))
        if not ready:  # the end of a job that goes on is left out
            body = body.replace(b"<ServicesLastAccessed></ServicesLastAccessed>", b"")
        return Answer(200, body, headers, synthetic=True)

    def run(self, **options: Any) -> tuple[Collected, Wire]:
        wire = Wire(
            declared=declare({c.key: c for c in COLLECTORS[0].calls()}.values()),
            sleep=self.pauses.append,
            attempts=2,
            **{"sources": (self.source,), **options},
        )
        session = service_session(wire)
        step = Step(ACCOUNT, GLOBAL, COLLECTORS[0], (DETAIL,))
        return collect([step], {ACCOUNT: session}, workers=4), wire


def service_session(wire: Wire) -> Any:
    from auditor.providers.aws.session import AwsSession

    def nothing(event_name: str, request: Any, **_: Any) -> Any:
        raise AssertionError("nothing may leave")

    return AwsSession(ACCOUNT, wire, last_hop=nothing)


class TestPolling:
    @pytest.fixture(autouse=True)
    def listed(self, aws: Any) -> None:
        page(aws, RoleDetailList=[old(TRAIN)])
        aws.answer(GENERATE_USE, {"JobId": JOB})

    def test_a_report_that_takes_a_while(self, aws: Any) -> None:
        polled = Polled(aws, "IN_PROGRESS", "IN_PROGRESS", "COMPLETED")
        done, wire = polled.run()
        (found,) = done.inventory.resources
        assert found.unused_ai_services.value == ("sagemaker",)  # type: ignore[attr-defined]
        assert polled.pauses == [0.5, 1.0, 2.0]
        polls = [e for e in wire.ledger.exchanges() if e.operation == GET_USE.operation]
        assert [e.ordinal for e in polls] == [0, 1, 2]
        assert {e.id for e in polls} <= set(found.unused_ai_services.calls)  # type: ignore[attr-defined]

    def test_a_replay_waits_for_nothing_and_finds_the_same(self, aws: Any) -> None:
        live, wire = Polled(aws, "IN_PROGRESS", "IN_PROGRESS", "COMPLETED").run()
        recording = Recording({}, wire.ledger.exchanges())
        again = Polled(aws)
        replayed, _ = again.run(sources=(replay_source(recording),), offline=True, as_of=wire.as_of)
        assert replayed.defects == ()
        assert recording.misses == []
        assert replayed.inventory == live.inventory
        assert (again.pauses, again.polls) == ([], 0)

    def test_a_report_that_is_never_ready(self, aws: Any) -> None:
        polled = Polled(aws, "IN_PROGRESS")
        (found,) = polled.run()[0].inventory.resources
        fact: Unknown = found.unused_ai_services  # type: ignore[attr-defined]
        assert fact.reason is Reason.ABSENT
        assert "not ready in time" in fact.detail
        assert fact.calls
        assert polled.polls == len(polled.pauses) == len(service_use._PAUSES)
        assert sum(polled.pauses) < 20


def test_the_services_are_spelled_as_iam_spells_them() -> None:
    data = Path(policy_sentry.__file__).parent / "shared" / "data" / "iam-definition.json"
    assert set(json.loads(data.read_text())) >= AI_SERVICES
