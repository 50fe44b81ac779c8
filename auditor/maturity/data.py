"""Data: training data, models, logs and the keys that protect them."""

from __future__ import annotations

from auditor.maturity.rows import row
from auditor.model.maturity import Measurement, Practice

PRACTICES: tuple[Practice, ...] = (
    row(
        "DATA-1.1",
        "AI data is encrypted at rest everywhere",
        "Unencrypted volumes and stores can be read from a snapshot, a copied disk or a storage fault. "
        "A provider key is enough at this level.",
    ),
    row(
        "DATA-1.2",
        "Public access is blocked on AI storage",
        "One policy edit can publish a training set. A block at bucket or account level overrides that mistake.",
        critical=True,
    ),
    row(
        "DATA-1.3",
        "A control-plane audit log is on in all regions and kept",
        "Without it nobody can say who created, changed or deleted a model or its permissions.",
        critical=True,
    ),
    row(
        "DATA-1.4",
        "AI resources are inventoried with owner, environment and classification",
        "Nobody patches or reviews a model they do not know about. "
        "Tags say who answers for it and how sensitive its data is.",
    ),
    row(
        "DATA-2.1",
        "Training data and model artifacts use customer-managed keys",
        "With your own key you decide who can decrypt, see each use and can withdraw access. "
        "Provider keys give none of that.",
    ),
    row(
        "DATA-2.2",
        "Compute volumes, outputs and inference capture use customer-managed keys",
        "Prompts, intermediate files and captured responses often hold more personal data than the training set, "
        "yet they are the copies people forget.",
    ),
    row(
        "DATA-2.3",
        "Data, models and keys are versioned and protected from deletion",
        "Poisoned data and a deleted key are only recoverable if an earlier version still exists.",
    ),
    row(
        "DATA-2.4",
        "No secrets sit in environment variables, hyperparameters or scripts, and secrets rotate",
        "Job settings are readable by anyone who may describe the job and are copied into logs. "
        "A secret there is no longer secret.",
        critical=True,
    ),
    row(
        "DATA-2.5",
        "AI services and AI data have data-plane audit logs",
        "Control-plane logs show that a bucket exists, not who read the records in it. "
        "Data events answer the first question after a leak.",
    ),
    row(
        "DATA-3.1",
        "Keys rotate automatically at least once a year",
        "The longer a key lives, the more data one leak exposes. Rotation that depends on memory does not happen.",
    ),
    row(
        "DATA-3.2",
        "Each data class has its own key with a least-privilege key policy",
        "One key for everything means one grant opens everything. Separate keys follow the classification.",
    ),
    row(
        "DATA-3.3",
        "Sensitive-data discovery runs on AI storage",
        "Personal data slips into training sets through exports and logs. "
        "What a model has learned cannot be unlearned easily.",
    ),
    row(
        "DATA-3.4",
        "Audit logs are tamper-evident and immutable",
        "An intruder's second step is to erase the record of the first. "
        "Locked and signed logs survive even an administrator.",
    ),
    row(
        "DATA-3.5",
        "Models and training data have copies in another region",
        "Retraining after a regional loss or ransomware can take weeks. "
        "A distant copy makes recovery a matter of hours.",
    ),
    row(
        "DATA-4.1",
        "Deployed models have approved, digest-pinned and traceable provenance",
        "A model pulled by a mutable tag can change under you. A digest, an approval and lineage prove "
        "that what runs is what was reviewed.",
    ),
    row(
        "DATA-4.2",
        "AI processing stays in allowed regions and outside provider data use",
        "Global endpoints and default data-use terms can move prompts abroad or into someone's training set.",
    ),
    row(
        "DATA-4.3",
        "Recovery of models and data was tested in the last quarter",
        "A backup that was never restored is a hope. "
        "Restores of large models and indexes often fail for quota or key reasons.",
        measurement=Measurement.AUTOMATED_AND_ATTESTED,
    ),
)
