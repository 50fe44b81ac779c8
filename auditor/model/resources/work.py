"""What runs on models and data for a time, and what watches models while they serve."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.facts import Fact
from auditor.model.resources.base import Ref, Resource, fact
from auditor.model.resources.serving import _KEY, _REFS

_MAYBE: tuple[object, ...] = (True, False, None)
_STRINGS: tuple[object, ...] = ((), ("x",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Resource):
    """Finished or running work on models and data, within the window of the run.

    SageMaker training, processing, tuning, AutoML, transform, compilation, labeling job or shadow test; Bedrock
    customization or batch inference job. Jobs that differ in nothing that is judged are one resource, named after the
    newest of them: an account runs the same job thousands of times.
    """

    work: Fact[str] = fact(
        "What it does.",
        values=("training", "processing", "batch inference", "compilation", "labeling", "shadow test"),
    )
    runs: Fact[int] = fact("How many jobs of the window it stands for.", values=(1, 2000))
    identity: Fact[tuple[Ref, ...]] = fact(
        "The identities its code runs as; empty if none but that of its model.", values=_REFS
    )
    in_customer_network: Fact[bool | None] = fact(
        "It runs in a network of the customer's; none: this kind of work runs no container of its own.", values=_MAYBE
    )
    subnets: Fact[tuple[str, ...]] = fact("The subnets it runs in.", values=_STRINGS)
    security_groups: Fact[tuple[str, ...]] = fact("The security groups on it.", values=_STRINGS)
    network_isolated: Fact[bool | None] = fact(
        "Its containers can make no network call of their own; none: this kind of work has no such setting.",
        values=_MAYBE,
    )
    traffic_encrypted: Fact[bool | None] = fact(
        "Traffic between its machines is encrypted; none: it runs on one, or the provider leaves no choice.",
        values=_MAYBE,
    )
    volume_key: Fact[Ref | None] = fact("The key its volumes are encrypted with; none: the provider's.", values=_KEY)
    volume_keyable: Fact[bool] = fact(
        "Its volumes can take a key: it has volumes, and they are not instance storage that encrypts itself."
    )
    volume_customer_key: Fact[bool] = fact("That key is one the customer manages.")
    output_key: Fact[Ref | None] = fact("The key that is named for its output; none: none is.", values=_KEY)
    output_takes_storage_key: Fact[bool] = fact(
        "Output for which no key is named gets the default key of its storage, not one of the provider's."
    )
    output_stores: Fact[tuple[Ref, ...]] = fact("The storage its output goes to; empty if none.", values=_REFS)
    output_customer_key: Fact[bool | None] = fact(
        "Its output is encrypted with a key the customer manages, its own or the storage's; none: it leaves no output.",
        values=_MAYBE,
    )
    input_stores: Fact[tuple[Ref, ...]] = fact("The storage its data comes from.", values=_REFS)
    secrets: Fact[tuple[str, ...]] = fact(
        "Variables and hyperparameters whose value looks like a secret, by name and detector.", values=_STRINGS
    )
    shell_access: Fact[bool | None] = fact(
        "A person can open a shell in it while it runs; none: this kind of work has no such setting.", values=_MAYBE
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor(Resource):
    """A schedule, or the definition of a job, that compares what a model does with a baseline.

    SageMaker monitoring schedule or monitoring job definition.
    """

    scheduled: Fact[bool] = fact("It is a schedule and active, not only a definition or a stopped schedule.")
    watches: Fact[tuple[str, ...]] = fact("The endpoints it watches, by name.", values=_STRINGS)
    quality: Fact[str] = fact(
        "What it compares.", values=("data quality", "model quality", "model bias", "model explainability")
    )
    network_isolated: Fact[bool] = fact("Its containers can make no network call of their own.")
    traffic_encrypted: Fact[bool | None] = fact(
        "Traffic between its machines is encrypted; none: it runs on one.", values=_MAYBE
    )
    output_key: Fact[Ref | None] = fact("The key its output is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    last_run: Fact[str] = fact(
        "How its last execution ended; overdue: it ended too long ago for a schedule that is active.",
        values=("completed", "violations", "failed", "overdue", "none"),
    )
