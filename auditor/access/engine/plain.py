"""The evaluator for plain data: JSON documents in, an answer out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from auditor.access.aws_documents import PolicyMalformed
from auditor.access.engine.answer import Answer, Decision, Layer
from auditor.access.engine.context import context_of
from auditor.access.engine.evaluate import Grant, Levels, Read, Request, evaluate
from auditor.access.engine.policies import Policy, compile_policy
from auditor.access.engine.principals import Kind, Principal, principal_of
from auditor.access.engine.rules import BY_TRUST_ALONE

UNREAD: Final = "unread"
"""In place of policies: they exist or may exist, and were not read."""
Document = Mapping[str, Any] | str
Documents = Sequence[Document] | Mapping[str, Document]
"""Policies, or policies by name."""


def decide(
    principal: str,
    action: str,
    resource: str = "*",
    *,
    context: Mapping[str, Any] | None = None,
    present: Iterable[str] = (),
    absent: Iterable[str] = (),
    complete: bool = False,
    identity: Documents | str = (),
    boundary: Document | None = None,
    session: Documents | None = None,
    resource_policy: Document | None = None,
    resource_account: str = "",
    endpoint_policy: Document | None = None,
    scps: Sequence[Documents] | str = (),
    rcps: Sequence[Documents] | str = (),
    grants: Sequence[Mapping[str, Any]] = (),
    role: str = "",
    user: str = "",
    in_management_account: bool = False,
    resource_in_management_account: bool = False,
    public_blocked: bool = False,
    aws_managed_key: bool = False,
    rcp_services: Iterable[str] | None = None,
) -> Answer:
    """Whether a principal may do something, over every policy layer of AWS.

    ``principal`` is an ARN (user, role, ``assumed-role`` session, ``federated-user``, root), an account id, a service
    such as ``lambda.amazonaws.com``, the ARN or name of an identity provider, or ``*`` for an anonymous caller.
    ``action`` is ``service:Name``; ``resource`` an ARN, or ``*`` for an action on none. ``resource_account`` is the
    owner where the ARN does not say (S3); without either it is the principal's own.

    Policies are documents, as objects or JSON text; several as a list, or as a mapping from their names, which the
    proof then uses. ``identity`` are all of the principal's own: attached, inline, and those of its groups. ``scps``
    and ``rcps`` are one list per level, from the root of the organization to the account. :data:`UNREAD` in place of
    any of these, or of a level, says that it was not read. A role's trust policy and a key's policy always exist: None
    means unread for them. ``session`` without policies is no session policy.

    ``context`` has the keys whose value is known (text, or a list for keys of several values); ``present`` names keys
    that are there with an unknown value, ``absent`` those that are not. Of all others nothing is known, unless
    ``complete`` says that the request has no further keys. Keys that follow from the principal and the resource are
    filled in.

    ``grants`` are KMS grants as ListGrants gives them. ``role`` is the ARN of the role of a session, ``user`` that of
    the user behind a federated session. RCPs restrict the actions of ``rcp_services``, by default those that AWS
    lists, but not the use of an ``aws_managed_key``. A malformed policy counts as one that was not read. An action that
    AWS publishes without resource types is one on ``*``, whatever ``resource`` says.

    >>> from auditor.access.engine import decide
    >>> invoke = {"Version": "2012-10-17", "Statement": [
    ...     {"Effect": "Allow", "Action": "sagemaker:InvokeEndpoint", "Resource": "*",
    ...      "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}]}
    >>> endpoint = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/claims"
    >>> answer = decide("arn:aws:iam::123456789012:role/app", "sagemaker:InvokeEndpoint", endpoint, identity=[invoke])
    >>> answer.decision.value, answer.conditions
    ('conditional', ('aws:sourcevpce',))
    >>> answer = decide("arn:aws:iam::123456789012:role/app", "sagemaker:InvokeEndpoint", endpoint, identity=[invoke],
    ...                 context={"aws:SourceVpce": "vpce-1"})
    >>> answer.decision.value, str(answer.proof[0])
    ('allow', 'Allow in identity policy 1, statement 1')
    """
    caller = principal_of(principal, role=role, user=user, federated=action.lower() in BY_TRUST_ALONE)
    owner = resource_account or _owner(resource, caller)
    present = (*present, "aws:PrincipalArn") if caller.kind is Kind.SESSION and not role else tuple(present)
    broken: list[str] = []

    def several(documents: Documents | str, layer: Layer) -> Read:
        if documents == UNREAD:
            return Read(None)
        found = [_compiled(document, layer, name, broken) for name, document in _named(documents)]
        return Read(tuple(policy for policy in found if policy is not None), None in found)

    def one(document: Document | None, layer: Layer) -> tuple[Policy | None, bool]:
        """And whether that is all."""
        if document is None or document == UNREAD:
            return None, document is None
        policy = _compiled(document, layer, "1", broken)
        return policy, policy is not None

    def levels(given: Sequence[Documents] | str, layer: Layer) -> Levels:
        if isinstance(given, str):
            return Levels(None)
        read = [several(level, layer) for level in given]
        return Levels(
            tuple(level.policies or () for level in read),
            frozenset(n for n, level in enumerate(read) if not level.whole),
        )

    bound, bound_read = one(boundary, Layer.BOUNDARY)
    of_resource, resource_read = one(resource_policy, Layer.RESOURCE)
    endpoint, endpoint_read = one(endpoint_policy, Layer.ENDPOINT)
    request = Request(
        caller=caller,
        action=action,
        resource=resource,
        resource_account=owner,
        context=context_of(
            context or {}, present=present, absent=absent, complete=complete, derived=derived_keys(caller, owner)
        ),
        identity=several(identity, Layer.IDENTITY),
        boundary=Policy("1", ()) if bound is None and not bound_read and boundary != UNREAD else bound,
        boundary_read=bound_read,
        session=several(session, Layer.SESSION) if session else None,
        resource_policy=of_resource,
        resource_policy_read=resource_read,
        endpoint=endpoint,
        endpoint_read=endpoint_read,
        scps=Levels() if in_management_account else levels(scps, Layer.SCP),
        rcps=Levels() if resource_in_management_account else levels(rcps, Layer.RCP),
        rcp_services=None if rcp_services is None else frozenset(rcp_services),
        grants=tuple(
            Grant(
                str(g.get("GranteePrincipal", "")),
                frozenset(map(str, g.get("Operations", ()))),
                bool(g.get("Constraints")),
            )
            for g in grants
        ),
        public_blocked=public_blocked,
        aws_managed_key=aws_managed_key,
    )
    answer = evaluate(request)
    if broken and answer.decision is Decision.UNKNOWN:
        return replace(answer, missing=(*answer.missing, *broken))
    return answer


def _named(documents: Documents | str) -> Iterable[tuple[str, Document]]:
    if isinstance(documents, str):
        return (("1", documents),)
    if isinstance(documents, Mapping):
        if "Statement" in documents:
            return (("1", documents),)
        return tuple(documents.items())
    return tuple((str(number), document) for number, document in enumerate(documents, 1))


def _compiled(document: Document, layer: Layer, name: str, broken: list[str]) -> Policy | None:
    try:
        if isinstance(document, str):
            return _from_text(document, layer, name)
        return compile_policy(document, layer, name)
    except PolicyMalformed as error:
        broken.append(f"{layer} {name}: {error}")
        return None


@lru_cache(maxsize=4096)
def _from_text(document: str, layer: Layer, name: str) -> Policy:
    return compile_policy(document, layer, name)


def _owner(resource: str, caller: Principal) -> str:
    """Who has the resource, as far as its ARN says; otherwise the caller is taken to."""
    fields = resource.split(":", 5)
    if len(fields) == 6 and re.fullmatch(r"\d{12}", fields[4]):
        return fields[4]
    return caller.account if resource != "*" else ""


_TYPES = {
    Kind.USER: "User",
    Kind.ROLE: "AssumedRole",
    Kind.SESSION: "AssumedRole",
    Kind.FEDERATED_USER: "FederatedUser",
    Kind.ROOT: "Account",
    Kind.ANONYMOUS: "Anonymous",
}


def derived_keys(caller: Principal, resource_account: str) -> dict[str, str | None]:
    """Context keys that follow from who asks for what, None for what is absent (IAM user guide, "AWS global condition
    context keys" and "Principal key values")."""
    keys: dict[str, str | None] = {"aws:PrincipalIsAWSService": "true" if caller.kind is Kind.SERVICE else "false"}
    if resource_account:
        keys["aws:ResourceAccount"] = resource_account
    if caller.kind is Kind.SERVICE:
        keys["aws:PrincipalServiceName"] = caller.arn
    elif caller.in_iam:
        keys["aws:PrincipalServiceName"] = None
        keys["aws:PrincipalAccount"] = caller.account
        keys["aws:PrincipalArn"] = caller.role if caller.kind is Kind.SESSION else caller.arn
    if caller.kind in (Kind.SERVICE, Kind.ANONYMOUS):
        keys["aws:PrincipalOrgID"] = keys["aws:PrincipalOrgPaths"] = None
    if caller.kind is Kind.ANONYMOUS:
        keys["aws:PrincipalArn"] = None
    if caller.kind in _TYPES:
        keys["aws:PrincipalType"] = _TYPES[caller.kind]
    keys["aws:username"] = caller.arn.rpartition("/")[2] if caller.kind is Kind.USER else None
    return keys
