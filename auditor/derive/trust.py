"""Derived facts: who stands behind those that are trusted, and whether they still exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.access.aws_documents import PolicyMalformed, parse
from auditor.access.aws_trust import deleted_principals
from auditor.derive.base import Derived, World, typed
from auditor.model.facts import Fact, Known, Reason, Unknown, any_true, calls_of, cite
from auditor.model.resources import KINDS, AccountSettings, Function, Identity, Key, Kind, Resource
from auditor.model.scope import GLOBAL, Provider

_AWS = frozenset({Provider.AWS})


def _unverified(world: World, identity: Identity) -> Fact[tuple[str, ...]]:
    """An account of the audit is in the same hands, and so is the one that manages the organization."""
    loose = identity.unconditioned_outsiders
    if isinstance(loose, Unknown):
        return loose
    ours = {a.id for a in world.inventory.accounts if a.provider is identity.provider}
    left = tuple(name for name in loose.value if name not in ours)
    if not left:
        return Known((), loose.native, loose.calls)
    manager = _manager(world, identity)
    if isinstance(manager, Known):
        rest = tuple(name for name in left if name != manager.value)
        return Known(rest, {**loose.native, **manager.native}, calls_of((loose, manager)))
    certain = tuple(name for name in left if not name.isdigit())
    return Known(certain, loose.native, loose.calls) if certain else cite(manager, loose.calls)


def _manager(world: World, identity: Identity) -> Fact[str | None]:
    accounts = world.population(AccountSettings, identity.account)
    for settings in typed(accounts, AccountSettings):  # there is one
        manager: Fact[str | None] = settings.management_account_id
        return manager
    why = accounts.none_because()
    return Unknown(Reason.ABSENT, AccountSettings.kind(), accounts.calls) if why is None else why


_WITH_POLICY: tuple[Kind, ...] = tuple(kind for kind in KINDS if "policy_document" in kind.fact_names())
_COUNTS_IF: Mapping[Kind, str] = {Function: "fronts_ai", Identity: "runs_ai", Key: "customer_managed"}
"""Most functions and identities have nothing to do with AI, and the policy of a key that AWS manages is its own."""


def _of_the_dead(world: World, account: AccountSettings) -> Fact[tuple[str, ...]]:
    """What is seen stays seen; that nothing is there needs every policy."""
    answers = tuple(_answers(world, account))
    found = [fact for fact in answers if isinstance(fact, Known) and fact.value]
    if found:
        shown = {name: ids for fact in found for name, ids in fact.native.items()}
        return Known(tuple(sorted(shown)), dict(sorted(shown.items())), calls_of(found))
    nothing = any_true(answers)
    return nothing if isinstance(nothing, Unknown) else Known((), {"deleted principals": []}, nothing.calls)


def _answers(world: World, account: AccountSettings) -> Iterator[Fact[bool]]:
    kinds: tuple[Kind, ...] = (Identity, *_WITH_POLICY)
    for kind in kinds:
        population = world.population(kind, account.account)
        yield from population.open
        yield Known(False, {}, population.calls)
        yield from map(_names_the_dead, population.resources)


def _names_the_dead(resource: Resource) -> Fact[bool]:
    gone = _gone(resource)
    if isinstance(gone, Known) and not gone.value:
        return Known(False, {}, gone.calls)
    if (condition := _COUNTS_IF.get(type(resource))) is not None:
        counts: Fact[bool] = getattr(resource, condition)
        if isinstance(counts, Unknown):
            return counts
        if not counts.value:
            return Known(False, {}, counts.calls)
    if isinstance(gone, Unknown):
        return gone
    place = "" if resource.location == GLOBAL else f" in {resource.location}"
    return Known(True, {f"{resource.kind()} {resource.name}{place}": list(gone.value)}, gone.calls)


def _gone(resource: Resource) -> Fact[tuple[str, ...]]:
    if isinstance(resource, Identity):
        found: Fact[tuple[str, ...]] = resource.deleted_principals
        return found
    document: Fact[str | None] = resource.policy_document  # type: ignore[attr-defined]
    if isinstance(document, Unknown) or document.value is None:
        return document.map(lambda _: ())
    try:
        return Known(deleted_principals(parse(document.value)), {}, document.calls)
    except PolicyMalformed:
        return Unknown(Reason.MALFORMED, f"policy of {resource.name}", document.calls)


RULES: tuple[Derived, ...] = (
    Derived(
        kind=Identity,
        fact="unverified_outsiders",
        providers=_AWS,
        inputs=((Identity, "unconditioned_outsiders"), (AccountSettings, "management_account_id")),
        compute=_unverified,
    ),
    Derived(
        kind=AccountSettings,
        fact="policies_with_deleted_principals",
        providers=_AWS,
        inputs=(
            (Identity, "deleted_principals"),
            *_COUNTS_IF.items(),
            *((kind, "policy_document") for kind in _WITH_POLICY),
        ),
        compute=_of_the_dead,
    ),
)
