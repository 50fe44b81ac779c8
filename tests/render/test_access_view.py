"""The section that draws who can reach a model."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest

from auditor.render.html import render_framework, render_report
from auditor.render.view import access as view_module
from auditor.render.view.access import FIGURES, AccessView, AccountAccess, access_view
from auditor.render.view.access_words import LANES, NAMES, FigureView
from auditor.render.view.common import Index
from tests.render.test_html import Page
from tests.support import access_rows as rows
from tests.support import documents

DENIED = {"unknown": "denied", "detail": "x", "permissions": ["iam:GetAccountAuthorizationDetails"], "calls": []}
CLOSED = {"unknown": "denied", "detail": "x", "permissions": ["organizations:DescribePolicy"], "calls": []}


def view(found: list[rows.Json], **more: Any) -> AccessView:
    return access_view(Index(rows.document(found, **more)))


def account(found: list[rows.Json], **more: Any) -> AccountAccess:
    (one,) = view(found, **more).accounts
    return one


def figure(found: list[rows.Json]) -> FigureView:
    (one,) = account(found).figures
    return one


def lanes(one: FigureView) -> dict[str, list[str]]:
    """Each chain in a line, by the part that it is in."""
    return {
        part.title: [
            " > ".join([x.who.text, *(f"{a.text} > {a.to.text}" if a.to else a.text for a in x.arrows)])
            for x in part.lanes
        ]
        for part in one.parts
    }


def section(document: rows.Json) -> str:
    return render_report(document).split('<section class="view" id="access">')[1].split("</section>")[0]


def test_everybody_is_drawn_where_they_come_from() -> None:
    one = figure(rows.estate())
    assert lanes(one) == {
        "Let in from outside of the account": [
            "every AWS account > assumes the role > open > always",
            "everyone, without credentials > calls > f > passes it on, always",
            "account 999999999999 > assumes the role > partner > always",
        ],
        "May invoke it": ["ana > always", "11 workload roles > always", "admin > always"],
        "Can take over one that may": [
            "climber > assumes the role > admin > always",
            "held > assumes the role > open > always",
            "none > assumes the role > open > always",
        ],
    }
    assert dict(one.tags) == {"r-out": "2 outsiders", "r-person": "people: 1", "": "3 by escalation"}
    assert [(t.kind, t.names) for t in one.behind] == [("model", ("m",)), ("bucket", ("b",))]
    assert (one.title, one.kind, one.total) == ("chat and 1 more", "2 endpoints", 2)
    assert one.command == (
        f"auditor access paths --to arn:aws:sagemaker:us-east-1:{rows.ACCOUNT}:endpoint/chat --audit FOLDER"
    )


def test_certainty_is_said_and_drawn() -> None:
    held = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    found = [
        rows.endpoint("chat"),
        rows.role("sure", rows.policy(rows.allow("sagemaker:InvokeEndpoint"))),
        rows.role("held", rows.policy(rows.allow("sagemaker:InvokeEndpoint", Condition=held))),
    ]

    def lines(organization: Any) -> list[tuple[str, str]]:
        (part,) = figure([*found, rows.settings(organization)]).parts
        return [(x.arrows[-1].text, x.line) for x in part.lanes]

    assert lines(rows.NO_CEILING) == [("always", "sure"), ("under conditions: aws:sourcevpce", "held")]
    ceilings = "as far as read; not read: service control policy"
    assert lines(CLOSED) == [
        (ceilings, "open"),
        (f"{ceilings}, and under conditions: aws:sourcevpce", "open"),
    ]


def test_a_drawing_is_bounded_and_says_what_it_leaves_out() -> None:
    found = [rows.settings(), rows.endpoint("chat")]
    for n in range(LANES + 4):
        held = {"StringEquals": {f"aws:PrincipalTag/t{n}": "x"}}
        found.append(rows.role(f"r{n}", rows.policy(rows.allow("sagemaker:InvokeEndpoint", Condition=held))))
    unread = {"unknown": "denied", "detail": "", "permissions": [], "calls": []}
    for each in found[2:]:
        each["facts"]["tags"] = unread
    (part,) = figure(found).parts
    assert len(part.lanes) == LANES // 2
    assert part.more == "and 10 more chains, of 10 identities"


def test_of_many_only_some_are_named() -> None:
    many = [rows.role(f"r{n:02}", rows.policy(rows.allow("sagemaker:InvokeEndpoint"))) for n in range(20)]
    (part,) = figure([rows.settings(), rows.endpoint("chat"), *many]).parts
    (lane,) = part.lanes
    assert lane.who.text == "20 workload roles"
    assert (len(lane.who.names), lane.who.more) == (NAMES, "and 14 more")


def test_endpoints_beyond_the_limit_are_listed_with_the_command() -> None:
    found = [rows.settings()]
    for n in range(FIGURES + 5):
        found.append(rows.endpoint(f"e{n:02}"))
        found.append(rows.role(f"r{n:02}", rows.policy(rows.allow("sagemaker:InvokeEndpoint", found[-1]["id"]))))
    one = account(found)
    assert len(one.figures) == FIGURES
    assert (one.rest_total, len(one.rest)) == (5, 5)
    assert one.rest[0] == "e24: 1 identity directly"
    anchors = view(found).anchors
    assert anchors[rows.ACCOUNT, found[1]["id"]] == one.figures[0].anchor
    assert anchors[rows.ACCOUNT, found[-2]["id"]] == one.anchor


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "No endpoint and no agent was found. Not listed, or not to the end: endpoints, agents and flows"),
        ([rows.settings(), rows.endpoint("chat")], "No identity was read, so nobody can be named."),
        (
            [rows.settings(), rows.endpoint("chat"), rows.row("Identity", f"{rows.IAM}:role/r", "r", policies=DENIED)],
            "No policy of an identity was read, so nobody can be named.",
        ),
    ],
)
def test_what_was_not_read_is_said_instead(found: list[rows.Json], said: str) -> None:
    one = account(found)
    assert one.notice.startswith(said)
    assert one.figures == ()


def test_the_permission_that_is_wanted_is_named() -> None:
    found = [rows.settings(), rows.endpoint("chat")]
    gap = {
        "kind": "Identity",
        "provider": "aws",
        "account": rows.ACCOUNT,
        "location": "global",
        "reason": "denied",
        "permissions": ["iam:GetAccountAuthorizationDetails"],
    }
    assert any("iam:GetAccountAuthorizationDetails would settle it" in x for x in account(found, gaps=[gap]).unread)


def test_no_finding_of_an_endpoint_where_none_was_listed() -> None:
    """A complete listing lets it be said without reserve."""
    document = rows.document([rows.settings()])
    place = document["listings"][0]
    kinds = ("Endpoint", "GenerativeDeployment", "AgentRuntime", "AgentGateway", "AgentTool")
    document["listings"] += [{**place, "kind": kind} for kind in kinds]
    (one,) = access_view(Index(document)).accounts
    assert one.notice == "No endpoint and no agent was found."


def test_other_clouds_are_said_to_be_left_out() -> None:
    assert view([], clouds=("azure", "gcp")).notice == "No AWS account is in this audit, so nothing is drawn."
    assert view([], clouds=("aws", "azure")).others == "Azure"
    assert "No AWS account is in this audit" in Page(render_report(documents.empty())).words


def test_an_account_of_the_audit_is_no_outsider() -> None:
    document = rows.document(rows.estate())
    document["scopes"].append({"provider": "aws", "account": rows.STRANGER, "name": "other"})
    first, second = access_view(Index(document)).accounts
    assert "999999999999" not in str(first.figures)
    assert first.figures[0].command.endswith(f" --account {rows.ACCOUNT}")
    assert second.notice.startswith("No endpoint")


def test_a_defect_costs_this_section_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise KeyError("x")

    monkeypatch.setattr(view_module, "picture", broken)
    words = Page(render_report(documents.sample())).words
    assert "Not drawn because of a defect in this tool (KeyError)" in words


def test_large_audits_are_not_drawn_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_module, "IDENTITIES", 3)
    assert account(rows.estate()).notice.startswith("Not drawn, because the audit holds more")


def test_many_endpoints_add_little() -> None:
    """Each of these has a drawing of its own, as far as there are any."""
    document = documents.sample()
    before = len(render_report(document))
    for n in range(150):
        held = rows.allow("sagemaker:InvokeEndpoint", rows.endpoint(f"e{n}")["id"])
        document["resources"] += [
            rows.endpoint(f"e{n}"),
            *(rows.role(f"r{n}-{k}", rows.policy(held)) for k in range(3)),
        ]
    seen = section(document)
    assert seen.count('<div class="reach">') == FIGURES
    assert len(seen) < 150_000
    assert len(render_report(document)) - before < 1_500_000


def test_it_reads_as_lists_and_each_resource_leads_to_its_drawing() -> None:
    report = render_report(documents.sample())
    drawn = section(documents.sample())
    assert drawn.count('<ol role="list">') == 3
    assert "Who can reach it" in report.split('<section class="view" id="estate">')[1]
    (anchor,) = set(re.findall(r'href="#(access-[^"]+)">Who can reach it', report))
    assert f'<details id="{anchor}"' in drawn
    assert "Who can reach it" not in render_framework(documents.sample(), "soc2")


def test_names_of_the_account_are_text() -> None:
    """Names of identities, policies, statements, tags, endpoints, buckets and functions are all attacks."""
    calm, hostile = (Page(section(d)) for d in (documents.sample(), documents.hostile()))
    assert calm.tags == hostile.tags
    assert calm.attributes == hostile.attributes
    assert " workload roles" in hostile.words
    assert "<script>" in hostile.words
    assert not set(section(documents.hostile())) & set("\u202e\u2066\u200b\u2028\x1b\x00\r")


def test_the_document_is_not_changed() -> None:
    document = rows.document(rows.estate())
    before = deepcopy(document)
    access_view(Index(document))
    assert document == before
