"""Identities, endpoints and policies in the shape of ``audit.json``, for what is drawn of access."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]
ACCOUNT = "123456789012"
STRANGER = "999999999999"
IAM = f"arn:aws:iam::{ACCOUNT}"
EVERYTHING: Json = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NO_CEILING: Json = {"SERVICE_CONTROL_POLICY": [], "RESOURCE_CONTROL_POLICY": []}


def policy(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(*more: Json, **principal: Any) -> str:
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}, *more)


def row(kind: str, arn: str, name: str, **facts: Any) -> Json:
    known = {
        n: f if isinstance(f, dict) and "unknown" in f else {"value": f, "native": {}, "calls": []}
        for n, f in facts.items()
    }
    scope = {"provider": "aws", "account": ACCOUNT, "location": "us-east-1"}
    return {"id": arn, "name": name, "kind": kind, "native_type": f"AWS::X::{kind}", "scope": scope, "facts": known}


def role(name: str, *texts: str, trusted: str = "", tags: Json | None = None) -> Json:
    return row(
        "Identity",
        f"{IAM}:role/{name}",
        name,
        policies={"inline": {f"p{n} of {name}": t for n, t in enumerate(texts)}, "managed": [], "groups": []},
        trust_document=trusted or trust(Service="ec2.amazonaws.com"),
        permissions_boundary=None,
        tags=tags or {},
    )


def user(name: str, *texts: str, person: bool = True) -> Json:
    return row(
        "Identity",
        f"{IAM}:user/{name}",
        name,
        policies={"inline": {f"p{n} of {name}": t for n, t in enumerate(texts)}, "managed": [], "groups": []},
        trust_document=None,
        permissions_boundary=None,
        person=person,
        tags={},
    )


def endpoint(name: str, **facts: Any) -> Json:
    return row(
        "Endpoint",
        f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/{name}",
        name,
        tags={},
        policy_document=None,
        **facts,
    )


def settings(organization: Any = NO_CEILING) -> Json:
    known = {"managed_policies": {}, "group_policies": {}, "management_account": False}
    return row("AccountSettings", f"{IAM}:root", "account", organization_policies=organization, **known)


def refs(kind: str, *arns: str) -> list[Json]:
    return [{"kind": kind, "provider": "aws", "account": ACCOUNT, "id": arn} for arn in arns]


def estate(evil: str = "") -> list[Json]:
    """Somebody of every kind: people, workloads, an administrator, one who can take over another, another account."""
    conditional = allow("sagemaker:Invoke*", Condition={"StringEquals": {f"aws:PrincipalTag/x{evil}": "a"}})
    model = row("Model", f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/m{evil}", f"m{evil}")
    bucket = row("Storage", f"arn:aws:s3:::b{evil}", f"b{evil}", policy_document=None)
    run = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f{evil}"
    called = {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl", "Resource": run}
    chat = endpoint(f"chat{evil}", models=refs("Model", model["id"]), capture=refs("Storage", bucket["id"]))
    return [
        settings(),
        user(f"ana{evil}", policy(allow("sagemaker:InvokeEndpoint"))),
        role(f"admin{evil}", policy(EVERYTHING), trusted=trust(AWS=f"{IAM}:root")),
        role(f"partner{evil}", policy(allow("sagemaker:Invoke*")), trusted=trust(AWS=f"arn:aws:iam::{STRANGER}:root")),
        role(f"open{evil}", policy(allow("sagemaker:Invoke*")), trusted=trust(AWS="*")),
        role(f"held{evil}", policy(conditional)),
        role(f"climber{evil}", policy(allow("sts:AssumeRole", f"{IAM}:role/admin*"))),
        *(role(f"app-{n}{evil}", policy(allow("sagemaker:InvokeEndpoint"))) for n in range(9)),
        role(f"none{evil}", policy(allow("s3:GetObject"))),
        chat,
        endpoint(f"chat-two{evil}"),
        model,
        bucket,
        row(
            "Function",
            run,
            f"f{evil}",
            policy_document=policy(called),
            endpoints=refs("Endpoint", chat["id"]),
            identity=refs("Identity", f"{IAM}:role/app-0{evil}"),
        ),
    ]


def document(rows: Iterable[Json], *, clouds: tuple[str, ...] = ("aws",), gaps: Iterable[Json] = ()) -> Json:
    """As much of an audit as access looks at, everything listed."""
    rows = list(rows)
    place = {"provider": "aws", "account": ACCOUNT, "location": "global", "collector": "x", "calls": []}
    empty: dict[str, list[Json]] = {name: [] for name in ("checks", "practices", "calls", "findings")}
    return {
        **empty,
        "scopes": [{"provider": c, "account": ACCOUNT if c == "aws" else c, "name": c} for c in clouds],
        "resources": rows,
        "gaps": list(gaps),
        "listings": [{"kind": kind, **place} for kind in sorted({r["kind"] for r in rows})],
    }
