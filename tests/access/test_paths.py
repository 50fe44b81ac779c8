"""The shortest ways to administrator, to endpoints and to what stands behind them."""

from __future__ import annotations

from typing import Any

from auditor.access.action_sets import Use
from auditor.access.engine.answer import Decision
from auditor.access.paths import behind, paths_to, paths_to_data
from auditor.access.world import UNREAD_LEVELS, Actor, Target, World
from tests.access.worlds import ADMIN_POLICY, A, allow, role, trust, user, world

CHAT = f"arn:aws:sagemaker:eu-west-1:{A}:endpoint/chat"
MODEL = f"arn:aws:sagemaker:eu-west-1:{A}:model/chat"
BUCKET = "arn:aws:s3:::artifacts"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def trusted_by(*names: str, **more: Any) -> Any:
    return trust({"AWS": [f"arn:aws:iam::{A}:role/{name}" for name in names]}, **more)


def ways(one: World, target: str = "admin", use: Use | None = None) -> dict[str, list[str]]:
    return {
        p.actor.arn.rpartition("/")[2]: [h.rpartition("/")[2] for h in p.holders[1:]]
        for p in paths_to(one, target, use)
    }


def chain() -> tuple[Actor, ...]:
    """a may assume b, b may assume c, c is administrator; d may do nothing."""
    b, c = role("b", trusts=trusted_by("a")), role("c", ADMIN_POLICY, trusts=trusted_by("b"))
    return role("a"), b, c, role("d")


class TestAdministrator:
    def test_through_others(self) -> None:
        assert ways(world(*chain())) == {"a": ["b", "c"], "b": ["c"], "c": []}

    def test_the_shortest(self) -> None:
        a, b, c, d = chain()
        c = role("c", ADMIN_POLICY, trusts=trusted_by("a", "b"))
        assert ways(world(a, b, c, d))["a"] == ["c"]

    def test_certainty_goes_before_length(self) -> None:
        a, b, c, d = chain()
        short = role("short", ADMIN_POLICY, trusts=trusted_by("a", Condition=MFA))
        assert ways(world(a, b, c, d, short))["a"] == ["b", "c"]
        assert ways(world(a, short)) == {"a": ["short"], "short": []}

    def test_a_path_is_as_certain_as_its_weakest_step(self) -> None:
        a, b, _, _ = chain()
        c = role("c", ADMIN_POLICY, trusts=trusted_by("b", Condition=MFA))
        found = {p.actor.arn.rpartition("/")[2]: p.decision for p in paths_to(world(a, b, c), "admin")}
        assert found == {"a": Decision.CONDITIONAL, "b": Decision.CONDITIONAL, "c": Decision.ALLOW}

    def test_unread_ceilings(self) -> None:
        paths = paths_to(world(*chain(), scps=UNREAD_LEVELS), "admin")
        assert {(p.decision, p.otherwise) for p in paths} == {(Decision.UNKNOWN, Decision.ALLOW)}
        assert len(paths) == 3

    def test_whoever_adds_rights_to_itself(self) -> None:
        own = allow("iam:PutRolePolicy", f"arn:aws:iam::{A}:role/a")
        (path,) = paths_to(world(role("a", own)), "admin")
        assert [edge.method for edge in path.edges] == ["put-own-role-policy"]

    def test_repaired(self) -> None:
        a, b, _, d = chain()
        assert ways(world(a, b, role("c", allow("s3:*"), trusts=trusted_by("b")), d)) == {}

    def test_a_circle_ends(self) -> None:
        assert ways(world(role("a", trusts=trusted_by("b")), role("b", trusts=trusted_by("a")))) == {}

    def test_through_a_group(self) -> None:
        admins = Actor(arn=f"arn:aws:iam::{A}:group/admins", identity=role("x", ADMIN_POLICY).identity)
        one = world(user("bob", allow("iam:AddUserToGroup", admins.arn)), groups=(admins,))
        assert ways(one) == {"bob": ["admins"]}


class TestTargets:
    def world(self, *more: Actor) -> World:
        caller = role("caller", allow("sagemaker:InvokeEndpoint", CHAT), trusts=trusted_by("a"))
        reader = role("reader", allow("s3:GetObject", f"{BUCKET}/*"), trusts=trusted_by("caller"))
        targets = [
            Target(arn=CHAT, kind="Endpoint", account=A, leads_to=(MODEL,)),
            Target(arn=MODEL, kind="Model", account=A, leads_to=(f"{BUCKET}/m.tar.gz", BUCKET)),
            Target(arn=BUCKET, kind="Storage", account=A, leads_to=()),
        ]
        return world(role("a"), caller, reader, *more, targets=targets)

    def test_an_endpoint(self) -> None:
        assert ways(self.world(), CHAT) == {"a": ["caller"], "caller": []}

    def test_what_stands_behind_it(self) -> None:
        assert behind(self.world(), CHAT) == (MODEL, f"{BUCKET}/m.tar.gz", BUCKET)
        found = paths_to_data(self.world(), CHAT)
        assert set(found) == {f"{BUCKET}/m.tar.gz", BUCKET}
        for paths in found.values():
            assert {len(p.edges): p.last.decision for p in paths} == {0: "allow", 1: "allow", 2: "allow"}

    def test_who_makes_itself_administrator_gets_there(self) -> None:
        own = allow("iam:PutRolePolicy", f"arn:aws:iam::{A}:role/own")
        assert ways(self.world(role("own", own)), CHAT)["own"] == ["admin"]

    def test_the_use_can_be_named(self) -> None:
        change = role("ops", allow("sagemaker:UpdateEndpoint"))
        assert ways(self.world(change), CHAT, Use.CHANGE) == {"ops": []}
