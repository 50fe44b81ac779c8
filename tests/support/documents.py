"""Audit documents for the tests of the renderers, made by the real evaluation, scoring and serialization."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from auditor.catalog import Catalog, load_catalog
from auditor.evaluate import evaluate
from auditor.model.audit import Audit, CloudFailure, Principal
from auditor.model.check import AnyCheck, Supported
from auditor.model.exchange import Exchange
from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.finding import Exemption, Finding, Status
from auditor.model.inventory import Gap, Inventory, Listing
from auditor.model.resources import KINDS, Endpoint, Kind, Resource
from auditor.model.scope import Account, Provider
from auditor.render.document import dump, to_document
from auditor.score import score
from tests.support import access_rows

EVIL = (
    '<img src=x onerror="document.title=\'pwned\'"><script>document.title="pwned"</script>'
    "</style></details><a href=\"javascript:document.title='pwned'\">{{ 7*7 }}"
    "\u202e\u2066\u200b\u2028=cmd|'/C calc'!A0\x1b[31m\r\n\x00"
)
AWS = Account(Provider.AWS, "123456789012", "ml-production")
AZURE = Account(Provider.AZURE, "00000000-0000-4000-8000-000000000001", "ml-research")
GCP = Account(Provider.GCP, "example-ml-prod", "ml serving")
ACCOUNTS = (AWS, AZURE, GCP)
FLAVORS: dict[Account, tuple[str, ...]] = {
    AWS: ("passes", "fails", "unknown"),
    AZURE: ("passes", "passes", "unknown"),
    GCP: ("passes", "passes"),
}
"""One resource per entry, of every kind, in each account."""
DENIED = Unknown(
    Reason.DENIED, "sagemaker:DescribeEndpoint", ("aws0007",), ("sagemaker:DescribeEndpoint", "kms:DescribeKey")
)

Json = dict[str, Any]


@cache
def catalog() -> Catalog:
    return load_catalog()


def sample(evil: str = "") -> Json:
    """Three clouds: one mixed, one partly unread, one in order. ``evil`` is appended to every text an account owns."""
    accounts = tuple(replace(a, name=a.name + evil) for a in ACCOUNTS)
    flavors = {account: FLAVORS[original] for account, original in zip(accounts, ACCOUNTS, strict=True)}
    resources = tuple(r for a in accounts for r in _resources(a, flavors[a], evil))
    gap = Gap(Endpoint, accounts[0], "eu-west-1" + evil, "sample", DENIED)
    inventory = Inventory(accounts, resources, _listings(accounts), (gap,))
    document = build(inventory, exchanges=_exchanges(accounts, evil), evil=evil)
    document["resources"] += access_rows.estate(evil)
    return document


def hostile() -> Json:
    """Every text that an audited account, its administrators or the command line can choose is an attack."""
    document = sample(EVIL)
    return build_flags(document)


def build_flags(document: Json) -> Json:
    """The notices a reader must see, with hostile words in them."""
    document["failures"] = [{"provider": "gcp", "message": f"refused {EVIL}", "hint": EVIL}]
    document["defects"] = [f"defect {EVIL}"]
    document["selection"] = {"checks": [EVIL]}
    return document | {"interrupted": True, "replayed": True, "synthetic": True}


def empty() -> Json:
    """No account could be read."""
    return build(Inventory(()), failures=tuple(CloudFailure(p, "no credentials", "Sign in.") for p in Provider))


def no_ai() -> Json:
    """Complete listings, and nothing in them."""
    return build(Inventory((AWS,), (), _listings((AWS,))), exchanges=_exchanges((AWS,)))


def nothing_read() -> Json:
    """Every listing failed."""
    return build(Inventory(ACCOUNTS, (), (), tuple(Gap(k, a, "global", "x", DENIED) for k in KINDS for a in ACCOUNTS)))


def filtered() -> Json:
    """A run of two checks."""
    inventory = Inventory((AWS,), _resources(AWS, FLAVORS[AWS]), _listings((AWS,)))
    chosen = ("endpoint_not_anonymous", "storage_not_public")
    return build(inventory, only=chosen, exchanges=_exchanges((AWS,)), selection={"checks": list(chosen)})


def one_cloud_failed() -> Json:
    inventory = Inventory((AWS,), _resources(AWS, FLAVORS[AWS]), _listings((AWS,)))
    failure = CloudFailure(Provider.AZURE, "Azure refused the credentials", "Run 'az login'.")
    return build(inventory, exchanges=_exchanges((AWS,)), failures=(failure,))


def flagged() -> Json:
    """Interrupted, replayed, synthetic, with a defect and an accepted risk."""
    inventory = Inventory((AWS,), _resources(AWS, FLAVORS[AWS]), _listings((AWS,)))
    exchanges = tuple(replace(e, synthetic=True) for e in _exchanges((AWS,)))
    return build(
        inventory,
        exchanges=exchanges,
        accept=True,
        interrupted=True,
        replayed=True,
        defects=("Endpoint listed twice by different collectors",),
    )


def small() -> Json:
    """One account with everything a report can show, a few of each: for tests whose time goes with the number."""
    chosen = ("endpoint_not_anonymous", "endpoint_invocations_logged", "storage_not_public", "key_rotates")
    kinds = (*(check.resource for check in catalog().select(chosen)),)
    resources = tuple(r for r in _resources(AWS, FLAVORS[AWS]) if isinstance(r, kinds))
    inventory = Inventory((AWS,), resources, tuple(x for x in _listings((AWS,)) if x.kind in kinds))
    exchanges = tuple(replace(e, synthetic=True) for e in _exchanges((AWS,)))
    return build(inventory, only=chosen, exchanges=exchanges, accept=True, interrupted=True, replayed=True)


def large(endpoints: int) -> Json:
    """Many endpoints, each with calls of its own; ten checks judge each."""
    exchanges = tuple(_exchange(AWS, n) for n in range(3 * endpoints))
    resources = []
    for number in range(endpoints):
        flavor = ("passes", "fails", "unknown")[number % 3]
        (found,) = (r for r in _resources(AWS, (flavor,)) if isinstance(r, Endpoint))
        facts = {n: _recite(f, exchanges[3 * number].id) for n, f in found.facts().items()}
        changed = replace(found, id=f"{found.id}-{number}", name=f"endpoint-{number}", **facts)
        resources.append(changed)
    inventory = Inventory((AWS,), tuple(resources), _listings((AWS,)))
    return build(inventory, exchanges=exchanges)


def many_accounts(number: int) -> Json:
    """As many AWS accounts with one resource of each kind that passes and one that fails."""
    accounts = tuple(Account(Provider.AWS, f"{n:012d}", f"team-{n:03d}") for n in range(1, number + 1))
    resources = tuple(
        replace(found, account=account, id=f"{found.id}-{account.id}")
        for account in accounts
        for found in _resources(AWS, ("passes", "fails"))
    )
    return build(Inventory(accounts, resources, _listings(accounts)), exchanges=_exchanges(accounts[:1]))


def build(
    inventory: Inventory,
    *,
    exchanges: tuple[Exchange, ...] = (),
    only: tuple[str, ...] = (),
    accept: bool = False,
    selection: Mapping[str, Any] | None = None,
    evil: str = "",
    **audit: Any,
) -> Json:
    """Evaluate, score and serialize; the result has been through JSON, as a stored audit has."""
    checks = catalog().select(only)
    findings = evaluate(checks, inventory)
    if accept:
        findings = _accept_first(findings)
    made = Audit(
        id="0123456789abcdef",
        tool_version="0.1.0",
        model_version="1.0",
        checks_digest=catalog().digest,
        as_of="2026-11-20T08:00:00+00:00",
        started_at="2026-11-20T08:00:00+00:00",
        finished_at="2026-11-20T08:00:09+00:00",
        principals=tuple(Principal(a.provider, a.id, f"identity/ml-posture-auditor{evil}") for a in inventory.accounts),
        places=dict.fromkeys(inventory.accounts, ("us-east-1" + evil, "eu-west-1")),
        history_days=90,
        selection=selection or {},
        inventory=inventory,
        findings=findings,
        exchanges=exchanges,
        **audit,
    )
    scores = score(findings, inventory, catalog().bundled, filtered=bool(selection))
    document: Json = json.loads("".join(dump(to_document(made, scores, catalog()))))
    return document


def _accept_first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    first = next(f for f in findings if f.status is Status.FAIL)
    accepted = replace(first, exemption=Exemption("Ada", "a sandbox without data", "2027-01-31"))
    return tuple(accepted if f is first else f for f in findings)


def _resources(account: Account, flavors: Iterable[str], evil: str = "") -> tuple[Resource, ...]:
    """One resource of every kind and flavor whose facts are the examples of the checks."""
    made: dict[tuple[Kind, int], Resource] = {}
    for check in _supported(account.provider):
        for number, flavor in enumerate(flavors):
            kind: Kind = check.resource
            name = f"{kind.kind().lower()}-{number}{evil}"
            known = made.get((kind, number)) or kind(
                id=f"id:{account.provider}:{name}",
                name=name,
                account=account,
                location="us-east-1" + evil,
                native_type=f"X::{kind.kind()}{evil}",
            )
            made[kind, number] = replace(known, **_facts(check, account, flavor, number, evil))
    return tuple(made.values())


def _supported(provider: Provider) -> list[AnyCheck]:
    return [c for c in catalog().checks if isinstance(c.providers[provider], Supported)]


def _facts(check: AnyCheck, account: Account, flavor: str, number: int, evil: str) -> dict[str, Any]:
    if flavor == "unknown":
        return dict.fromkeys(check.needs, DENIED)
    example = check.examples.passes if flavor == "passes" else check.examples.fails
    call = f"{account.provider}{10 + number:04d}"
    return {name: Known(value, {f"native.{name}{evil}": f"{value}{evil}"}, (call,)) for name, value in example.items()}


def _recite(fact: Fact[Any], call: str) -> Fact[Any]:
    return replace(fact, calls=(call,))


def _listings(accounts: Iterable[Account]) -> tuple[Listing, ...]:
    return tuple(
        Listing(kind, a, "us-east-1", "sample", (f"{a.provider}0001", f"{a.provider}0002"))
        for a in accounts
        for kind in KINDS
    )


def _exchanges(accounts: Iterable[Account], evil: str = "") -> tuple[Exchange, ...]:
    return tuple(_exchange(a, n, evil) for a in accounts for n in range(40))


def _exchange(account: Account, number: int, evil: str = "") -> Exchange:
    refused = number % 7 == 0
    return Exchange(
        id=f"{account.provider}{number:04d}",
        provider=account.provider,
        account=account.id,
        location="us-east-1" + evil,
        service="sagemaker",
        operation="DescribeEndpoint",
        params={"EndpointName": f"endpoint-{number}{evil}"},
        status=403 if refused else 200,
        error="AccessDeniedException" if refused else "",
        request_id=f"00000000-0000-4000-8000-{number:012d}{evil}",
        started_at="2026-11-20T08:00:00.123+00:00",
        duration_ms=40,
        digest="" if refused else "ab" * 32,
    )
