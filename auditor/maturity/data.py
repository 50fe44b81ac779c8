"""Data: training data, models, logs and the keys that protect them."""

from __future__ import annotations

from auditor.maturity.rows import CONTEXTUAL, DIRECT, SUPPORTING, hipaa, pci, row, soc2
from auditor.model.maturity import Measurement, Practice

PRACTICES: tuple[Practice, ...] = (
    row(
        "DATA-1.1",
        "AI data is encrypted at rest everywhere",
        "Unencrypted volumes and stores can be read from a snapshot, a copied disk or a storage fault. "
        "A provider key is enough at this level.",
        soc2("CC6.1", DIRECT, "Encryption at rest is one of the means of restricting access to stored AI assets."),
        hipaa("164.312(a)(2)(iv)", DIRECT, "Every store that may hold health data is read for encryption at rest."),
        pci(
            "3.5.1",
            CONTEXTUAL,
            "Platform encryption is background only, since it does not make card numbers unreadable.",
        ),
    ),
    row(
        "DATA-1.2",
        "Public access is blocked on AI storage",
        "One policy edit can publish a training set. A block at bucket or account level overrides that mistake.",
        soc2("CC6.1", DIRECT, "A public access block restricts logical access to training data and models."),
        soc2("CC6.6", DIRECT, "The block holds against outsiders even if a later policy is too open."),
        hipaa("164.312(a)(1)", DIRECT, "Blocked public access confines a bucket to identities that hold a grant."),
        pci("1.4.4", DIRECT, "Buckets and containers with the block in force have no path from untrusted networks."),
        pci("7.3.3", SUPPORTING, "A storage block keeps deny as the default when bucket policies change."),
        critical=True,
    ),
    row(
        "DATA-1.3",
        "A control-plane audit log is on in all regions and kept",
        "Without it nobody can say who created, changed or deleted a model or its permissions.",
        soc2("CC7.2", SUPPORTING, "Control-plane events are the source from which anomalies in AI accounts are found."),
        hipaa("164.312(b)", DIRECT, "The log records activity in the account where health data may be processed."),
        pci("10.2.1", DIRECT, "An active audit log in all regions is what is read here for AI control planes."),
        pci("10.2.1.2", DIRECT, "Administrative actions on AI resources are control-plane events and are recorded."),
        pci("10.2.1.5", SUPPORTING, "New keys, users and role changes appear in the control-plane log of the account."),
        pci(
            "10.2.1.7", SUPPORTING, "Creating or deleting a cloud resource is logged, though not objects inside a host."
        ),
        pci("10.2.2", SUPPORTING, "Provider audit events carry user, time, action, origin and resource in each entry."),
        pci(
            "10.5.1", SUPPORTING, "A log delivered to your own storage can be kept a year, which a person must confirm."
        ),
        critical=True,
    ),
    row(
        "DATA-1.4",
        "AI resources are inventoried with owner, environment and classification",
        "Nobody patches or reviews a model they do not know about. "
        "Tags say who answers for it and how sensitive its data is.",
        soc2("CC2.1", SUPPORTING, "A complete tagged list of AI resources is the information other controls run on."),
        soc2("CC6.1", SUPPORTING, "Identifying and classifying AI assets comes before deciding who may use them."),
        hipaa(
            "164.308(a)(7)(ii)(E)",
            SUPPORTING,
            "Classification tags help rank which AI systems matter most for recovery.",
        ),
        pci("12.5.1", SUPPORTING, "The AI inventory is an input to the list of in-scope components, not that list."),
    ),
    row(
        "DATA-2.1",
        "Training data and model artifacts use customer-managed keys",
        "With your own key you decide who can decrypt, see each use and can withdraw access. "
        "Provider keys give none of that.",
        soc2("CC6.1", DIRECT, "Keys you manage make decryption of datasets and weights a separate access decision."),
        hipaa("164.312(a)(2)(iv)", DIRECT, "Datasets and models are encrypted under a key whose use you can withdraw."),
        pci("3.5.1", SUPPORTING, "Managed-key encryption counts towards unreadable data but not at field level."),
        pci("3.6.1", SUPPORTING, "A customer-managed key is the object to which key protection procedures apply."),
    ),
    row(
        "DATA-2.2",
        "Compute volumes, outputs and inference capture use customer-managed keys",
        "Prompts, intermediate files and captured responses often hold more personal data than the training set, "
        "yet they are the copies people forget.",
        soc2("CC6.1", DIRECT, "Scratch volumes and captured prompts get the same key control as the source data."),
        soc2("PI1.5", SUPPORTING, "Captured inputs and outputs are protected where they are stored."),
        hipaa(
            "164.312(a)(2)(iv)", DIRECT, "Volumes and capture stores that collect health data in prompts are encrypted."
        ),
        pci(
            "3.5.1.2", CONTEXTUAL, "Volume keys are disk-level encryption, which is not enough alone for card numbers."
        ),
    ),
    row(
        "DATA-2.3",
        "Data, models and keys are versioned and protected from deletion",
        "Poisoned data and a deleted key are only recoverable if an earlier version still exists.",
        soc2("A1.2", DIRECT, "Versions and soft delete are the recovery copies for datasets, models and keys."),
        soc2("PI1.5", SUPPORTING, "Versioned stores keep earlier inputs and outputs complete after an overwrite."),
        hipaa(
            "164.308(a)(7)(ii)(A)",
            SUPPORTING,
            "Earlier versions can be retrieved exactly, though they are not a backup apart.",
        ),
        hipaa(
            "164.312(c)(1)",
            DIRECT,
            "Versioning and purge protection guard stored data from alteration and destruction.",
        ),
    ),
    row(
        "DATA-2.4",
        "No secrets sit in environment variables, hyperparameters or scripts, and secrets rotate",
        "Job settings are readable by anyone who may describe the job and are copied into logs. "
        "A secret there is no longer secret.",
        soc2("CC6.1", SUPPORTING, "Credentials kept in a vault, not in job settings, cannot be read by every viewer."),
        hipaa(
            "164.308(a)(5)(ii)(D)",
            SUPPORTING,
            "Rotation dates and empty job settings show how passwords are kept safe.",
        ),
        pci("8.6.2", DIRECT, "Variables, hyperparameters and start scripts are scanned for embedded passwords."),
        pci("8.6.3", SUPPORTING, "Rotation of stored secrets is read, while its frequency needs your risk analysis."),
        critical=True,
    ),
    row(
        "DATA-2.5",
        "AI services and AI data have data-plane audit logs",
        "Control-plane logs show that a bucket exists, not who read the records in it. "
        "Data events answer the first question after a leak.",
        soc2("CC7.2", SUPPORTING, "Object reads and model calls are the events in which data theft would appear."),
        hipaa(
            "164.308(a)(1)(ii)(D)",
            SUPPORTING,
            "Data events are the records that a regular activity review goes through.",
        ),
        hipaa("164.312(b)", DIRECT, "Reads and writes of individual datasets are recorded, not only settings."),
        pci("10.2.1.1", DIRECT, "Individual access to data objects is logged on stores that AI workloads use."),
    ),
    row(
        "DATA-3.1",
        "Keys rotate automatically at least once a year",
        "The longer a key lives, the more data one leak exposes. Rotation that depends on memory does not happen.",
        soc2("CC6.1", SUPPORTING, "Rotation limits how much AI data any one version of a key can unlock."),
        hipaa(
            "164.312(a)(2)(iv)", SUPPORTING, "Fresh key material keeps the encryption mechanism sound over the years."
        ),
        pci("3.7.4", DIRECT, "The configured rotation period is the change at the end of a key's cryptoperiod."),
        pci("3.7.5", SUPPORTING, "Automatic rotation retires older key material, though destruction stays a decision."),
    ),
    row(
        "DATA-3.2",
        "Each data class has its own key with a least-privilege key policy",
        "One key for everything means one grant opens everything. Separate keys follow the classification.",
        soc2("C1.1", SUPPORTING, "Separate keys per class show that confidential sets are told apart and protected."),
        soc2("CC6.1", SUPPORTING, "A narrow key policy restricts who can decrypt even if storage access is wide."),
        hipaa("164.312(a)(2)(iv)", SUPPORTING, "The decryption side is held to the few roles that a key policy names."),
        pci("3.6.1.3", DIRECT, "Key policies are read for how few principals can use or administer a key."),
        pci("3.7.7", SUPPORTING, "Limits on who may administer a key also hinder its unauthorized replacement."),
    ),
    row(
        "DATA-3.3",
        "Sensitive-data discovery runs on AI storage",
        "Personal data slips into training sets through exports and logs. "
        "What a model has learned cannot be unlearned easily.",
        soc2("C1.1", SUPPORTING, "Discovery finds confidential records in AI storage that no owner declared."),
        soc2("P4.2", CONTEXTUAL, "Retention limits on personal data can apply only to records that have been found."),
        hipaa("164.308(a)(1)(ii)(A)", CONTEXTUAL, "Discovery results tell the risk analysis where health data lies."),
        pci("3.2.1", CONTEXTUAL, "A hit for card numbers in a training bucket shows storage beyond what is needed."),
        pci("12.5.2", CONTEXTUAL, "Finding card data in AI stores can widen the scope that must be confirmed."),
    ),
    row(
        "DATA-3.4",
        "Audit logs are tamper-evident and immutable",
        "An intruder's second step is to erase the record of the first. "
        "Locked and signed logs survive even an administrator.",
        soc2("CC7.2", SUPPORTING, "Monitoring can rely on events only if an intruder cannot rewrite them."),
        hipaa(
            "164.312(c)(1)", SUPPORTING, "Locked log storage protects the access record from alteration or destruction."
        ),
        hipaa(
            "164.316(b)(2)(i)",
            SUPPORTING,
            "A retention lock can hold audit records for six years if its period is set that long.",
        ),
        pci("10.3.2", DIRECT, "Locked log stores refuse modification by any individual, administrators included."),
        pci("10.3.4", DIRECT, "Digest validation or a lock reveals or prevents change to existing log data."),
        pci("10.5.1", SUPPORTING, "A lock keeps audit history from being removed before its retention period ends."),
    ),
    row(
        "DATA-3.5",
        "Models and training data have copies in another region",
        "Retraining after a regional loss or ransomware can take weeks. "
        "A distant copy makes recovery a matter of hours.",
        soc2("A1.2", DIRECT, "Replication or backup in a second region is recovery infrastructure for models."),
        hipaa(
            "164.308(a)(7)(ii)(A)", DIRECT, "A backup plan over AI stores yields exact copies that can be retrieved."
        ),
        hipaa(
            "164.308(a)(7)(ii)(B)", SUPPORTING, "A copy outside the lost region is what a recovery plan restores from."
        ),
        hipaa(
            "164.310(d)(2)(iv)", SUPPORTING, "An exact copy elsewhere exists before any media behind a store is moved."
        ),
    ),
    row(
        "DATA-4.1",
        "Deployed models have approved, digest-pinned and traceable provenance",
        "A model pulled by a mutable tag can change under you. A digest, an approval and lineage prove "
        "that what runs is what was reviewed.",
        soc2("CC8.1", SUPPORTING, "Registry approval is a recorded authorization for the model version in use."),
        soc2("PI1.3", SUPPORTING, "Requests are processed by a known model version, fixed by its digest."),
        hipaa(
            "164.312(c)(1)",
            SUPPORTING,
            "A pinned digest reveals improper alteration of a model that handles health data.",
        ),
        pci("6.5.1", SUPPORTING, "Approval status and lineage document who released which model and from what."),
    ),
    row(
        "DATA-4.2",
        "AI processing stays in allowed regions and outside provider data use",
        "Global endpoints and default data-use terms can move prompts abroad or into someone's training set.",
        soc2("C1.1", SUPPORTING, "Region limits and opt-outs keep confidential prompts within agreed handling."),
        soc2("CC9.2", CONTEXTUAL, "The opt-out setting is one fact to weigh when assessing a model provider."),
        soc2("P6.1", CONTEXTUAL, "Opting out keeps personal data in prompts from a provider's own uses."),
        hipaa(
            "164.308(b)(1)", CONTEXTUAL, "Allowed regions and services can be compared with those an agreement covers."
        ),
        pci("12.5.2", CONTEXTUAL, "Knowing where AI processing happens helps confirm which locations are in scope."),
        pci("12.8.1", CONTEXTUAL, "The model providers in use belong on the list of service providers to check."),
    ),
    row(
        "DATA-4.3",
        "Recovery of models and data was tested in the last quarter",
        "A backup that was never restored is a hope. "
        "Restores of large models and indexes often fail for quota or key reasons.",
        soc2("A1.3", SUPPORTING, "The age of the last restore job shows that recovery of AI stores is exercised."),
        soc2("CC7.5", SUPPORTING, "A restore test within 92 days shows the recovery step of a response can work."),
        hipaa(
            "164.308(a)(7)(ii)(D)",
            SUPPORTING,
            "Restore-job dates support testing; the plan and its revision are on paper.",
        ),
        measurement=Measurement.AUTOMATED_AND_ATTESTED,
    ),
)
