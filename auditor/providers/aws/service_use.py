"""Which AI services the policies of a role allow it and when it last used them, from IAM's reports on last access.

A report takes two calls or more: one starts a job that changes nothing, the others ask whether it is done. So only
roles are asked about that AI services or functions may act as, that are old enough to have left something unused, and
whose policies speak of an AI service; the answer for the others is in what was read before.

What such a report says (IAM API reference, GenerateServiceLastAccessedDetails, GetServiceLastAccessedDetails): every
service that the permissions policies of the role allow, those without any attempt included; boundaries, policies of the
organization and of resources are not looked at. An attempt counts whether it was allowed or not, and shows within four
hours. IAM looks back 400 days, less in regions and for services that came later, so that "never" means "not in that
time". When a permission was granted is not said: one that was added to an old role last week counts as unused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.access.aws_documents import ANY_RESOURCE, PolicyMalformed, Statement, action_matches, parse
from auditor.access.aws_trust import everyone
from auditor.access.deputies import AI_SERVICES as TRUSTED
from auditor.access.deputies import service_principal
from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown, native
from auditor.model.resources import Identity
from auditor.model.scope import GLOBAL
from auditor.providers.aws.authorization_details import Details, Parsed, read_details, subject_of
from auditor.providers.aws.identity_use import RECENT_DAYS
from auditor.providers.aws.role_trust import SERVICE_LINKED
from auditor.providers.aws.shared_calls import aws_call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

GENERATE_USE = aws_call("iam", "GenerateServiceLastAccessedDetails", expects=("JobId",))
GET_USE = aws_call("iam", "GetServiceLastAccessedDetails", expects=("JobStatus",))

AI_SERVICES = frozenset(
    {
        "bedrock",
        "bedrock-agentcore",
        "bedrock-mantle",
        "comprehend",
        "comprehendmedical",
        "forecast",
        "frauddetector",
        "kendra",
        "kendra-ranking",
        "lex",
        "nova-act",
        "personalize",
        "polly",
        "qapps",
        "qbusiness",
        "rekognition",
        "sagemaker",
        "sagemaker-geospatial",
        "sagemaker-mlflow",
        "textract",
        "transcribe",
        "translate",
    }
)
"""Services that train, serve or call models, by the prefix of their actions. Storage, keys and the like are left out:
nearly every role has them, and whether they are too wide is another question."""

MOST = 200
"""Roles of an account that are asked about. The others stay unknown, and say so."""
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each question whether a report is done. Most are within a second or two."""
_PAGE = 1000
_ID_LENGTH = 36
_ACTS = frozenset({*TRUSTED, "lambda.amazonaws.com"})
"""Services that run what counts as an AI workload: their own, and functions in front of models."""
_PROBE = "AuditorProbe"
"""An action that nobody names: only patterns over a whole service cover it."""


def unused_ai_services(session: AwsSession, identity: Identity) -> Mapping[str, Fact[Any]]:
    return {"unused_ai_services": _unused(session, identity.id)}


@dataclass(frozen=True, slots=True)
class _Role:
    made: Fact[datetime]
    young: bool
    """Nothing of it can have been unused for so long."""
    opened: frozenset[str] | None
    """The AI services that its policies may allow; None if they cannot be read."""
    named: frozenset[str] = frozenset()
    """Those that they name."""


@dataclass(frozen=True, slots=True)
class _Plan:
    roles: Mapping[str, _Role]
    """Those that may run AI workloads, by ARN."""
    asked: frozenset[str]
    wanted: int
    """How many should be asked about."""


def _unused(session: AwsSession, arn: str) -> Fact[tuple[str, ...]]:
    plan: _Plan = session.once("aws.service_use.plan", lambda: _plan(session))
    role = plan.roles.get(arn)
    if role is None:
        return Unknown(Reason.NOT_COLLECTED, "read for roles that AI services or functions may act as, only")
    if role.young:
        return Known((), _made(role))
    if role.opened is not None and not role.opened:
        return Known((), {"AI services in its policies": ()})
    if arn not in plan.asked:
        asked = f"read for {len(plan.asked)} of the {plan.wanted} roles with AI permissions"
        return Unknown(Reason.NOT_COLLECTED, f"{GENERATE_USE.key}: {asked}")
    return _judged(role, _report(session, arn), _since(session))


def _since(session: AwsSession) -> datetime:
    return datetime.fromisoformat(session.wire.since(RECENT_DAYS))


def _plan(session: AwsSession) -> _Plan:
    details = read_details(session)
    since = _since(session)
    parsed: Parsed = {}
    roles = {
        arn: _role(details, entry, parsed, since)
        for arn, entry in sorted(details.entries.items())
        if "RoleName" in entry and _may_run_ai(entry)
    }
    wanted = [arn for arn, role in roles.items() if not role.young and (role.opened is None or role.opened)]
    return _Plan(roles, frozenset(wanted[:MOST]), len(wanted))


def _may_run_ai(entry: Mapping[str, Any]) -> bool:
    """By its trust. Nobody can change the rights of a service-linked role."""
    if str(entry.get("Path", "")).startswith(SERVICE_LINKED):
        return False
    try:
        trusting = [s for s in parse(entry.get("AssumeRolePolicyDocument")) if s.allow]
    except PolicyMalformed:  # nobody can say
        return True
    named = {service_principal(n) for s in trusting for n in (s.principals or {}).get("Service", ())}
    return bool(named & _ACTS) or any(everyone(s) for s in trusting)


def _role(details: Details, entry: Mapping[str, Any], parsed: Parsed, since: datetime) -> _Role:
    made = native(entry, "CreateDate")
    young = isinstance(made, Known) and made.value >= since
    try:
        policies = subject_of(details, entry, parsed).policies
    except (FactUnknown, PolicyMalformed):
        return _Role(made, young, None)
    if any(policy.statements is None for policy in policies):
        return _Role(made, young, None)
    statements = [s for policy in policies for s in policy.statements or ()]
    denied = {s for s in AI_SERVICES if any(_denies(x, s) for x in statements)}
    allows = [s for s in statements if s.allow]
    return _Role(made, young, _opened(allows) - denied, _named(allows) - denied)


def _denies(statement: Statement, service: str) -> bool:
    """All of a service, without exceptions."""
    if statement.allow or statement.conditions or (statement.not_actions, statement.not_resources) != (None, None):
        return False
    return statement.covers(f"{service}:{_PROBE}", ANY_RESOURCE)


def _named(allows: Iterable[Statement]) -> frozenset[str]:
    patterns = {p for s in allows if s.not_actions is None for p in s.actions}
    return frozenset(p.partition(":")[0].lower() for p in patterns) & AI_SERVICES


def _opened(allows: Iterable[Statement]) -> frozenset[str]:
    """Those that are named, and those under a wildcard or not among the exceptions from one."""
    found: set[str] = set()
    for statement in allows:
        if statement.not_actions is not None:
            left_out = statement.not_actions
            found.update(s for s in AI_SERVICES if not any(action_matches(p, f"{s}:{_PROBE}") for p in left_out))
        elif statement.all_actions():
            return AI_SERVICES
        else:
            found.update(_named([statement]))
    return frozenset(found)


def _report(session: AwsSession, arn: str) -> Mapping[str, datetime | None]:
    """When the role last tried to use each AI service that its policies allow; None: never."""
    job = session.call(GENERATE_USE, GLOBAL, Arn=arn)["JobId"]
    if len(job) != _ID_LENGTH:
        raise CallFailed(GENERATE_USE, Reason.MALFORMED)
    found: dict[str, datetime | None] = {}
    for page in _pages(session, job):
        if "ServicesLastAccessed" not in page:
            raise CallFailed(GET_USE, Reason.MALFORMED)
        for service in page["ServicesLastAccessed"]:
            namespace = service.get("ServiceNamespace")
            if not namespace:
                raise CallFailed(GET_USE, Reason.MALFORMED)
            if namespace.lower() in AI_SERVICES:
                found[namespace.lower()] = service.get("LastAuthenticated")
    return found


def _pages(session: AwsSession, job: str) -> Iterator[Mapping[str, Any]]:
    page = _completed(session, job)
    seen: set[str] = set()
    while True:
        yield page
        if not page.get("IsTruncated"):
            return
        marker = page.get("Marker")
        if not marker or marker in seen:
            raise CallFailed(GET_USE, Reason.MALFORMED)
        seen.add(marker)
        page = session.call(GET_USE, GLOBAL, JobId=job, MaxItems=_PAGE, Marker=marker)


def _completed(session: AwsSession, job: str) -> Mapping[str, Any]:
    """The first page of the report, once there is one. Each question is recorded with its number, so that a replay gets
    the same answers in the same order."""
    for attempt, pause in enumerate(_PAUSES):
        if not session.wire.offline:
            session.wire.sleep(pause)
        page: Mapping[str, Any] = session.again(GET_USE, GLOBAL, attempt, JobId=job, MaxItems=_PAGE)
        status = page["JobStatus"]
        if status == "COMPLETED":
            return page
        if status == "FAILED":
            raise CallFailed(GET_USE, Reason.ABSENT, note="IAM could not make the report")
        if status != "IN_PROGRESS":
            raise CallFailed(GET_USE, Reason.UNRECOGNISED)
    raise CallFailed(GET_USE, Reason.ABSENT, note="the report was not ready in time")


def _judged(role: _Role, used: Mapping[str, datetime | None], since: datetime) -> Fact[tuple[str, ...]]:
    """A service that is named and not in the report may be one that IAM does not follow: nothing is said about it."""
    long_ago = [name for name, date in used.items() if date is not None and date < since]
    never = [name for name, date in used.items() if date is None]
    if never and not long_ago and isinstance(role.made, Unknown):
        return role.made
    shown = {"LastAuthenticated": {name: None if date is None else date.isoformat() for name, date in used.items()}}
    if long_ago or never:
        return Known(tuple(sorted((*long_ago, *never))), {**shown, **_made(role)})
    missing = role.named - used.keys() if used else role.opened or frozenset()
    if missing:
        return Unknown(Reason.ABSENT, f"{GET_USE.key}: {', '.join(sorted(missing))}")
    return Known((), shown)


def _made(role: _Role) -> Mapping[str, str]:
    return {"CreateDate": role.made.value.isoformat()} if isinstance(role.made, Known) else {}
