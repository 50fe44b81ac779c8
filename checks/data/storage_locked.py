"""Stores of models and of requests to them keep what is written from deletion and change."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Storage,
    Supported,
    Verdict,
)


def evaluate(storage: Storage) -> Verdict:
    if not storage.keeps_models_or_requests.value:
        return NotApplicable(f"{storage.name} keeps no model artifacts and no requests to models")
    if not storage.locked.value:
        return Fail(f"{storage.name} keeps model artifacts or requests to models, and they can be deleted or replaced")
    return Pass(f"{storage.name} keeps model artifacts or requests to models from deletion and change")


CHECK = Check(
    id="storage_locked",
    title="Stores of models and captured requests are locked",
    why=(
        "What a model was and what it was asked is the evidence after an incident. A lock keeps both for "
        "a time from whoever took over the account."
    ),
    severity=Severity.MEDIUM,
    resource=Storage,
    needs=("keeps_models_or_requests", "locked"),
    practice="DATA-3.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Turn on Object Lock with a default retention for the bucket (lock.json); use compliance mode "
                "where nobody may lift it.",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html",
                command=(
                    "aws s3api put-object-lock-configuration --bucket {name} --object-lock-configuration "
                    "file://lock.json"
                ),
                charges=("aws-s3-storage",),
            ),
            same_as=("Security Hub S3.15",),
        ),
        AZURE: NotBuilt(
            "Azure's counterpart is a time-based immutability policy on the containers of models and logs; which "
            "containers these are is not read yet."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is a locked retention policy or object retention on the bucket; which "
            "buckets hold models is not read yet."
        ),
    },
    examples=Examples(
        passes={"keeps_models_or_requests": True, "locked": True},
        fails={"keeps_models_or_requests": True, "locked": False},
        not_applicable={"keeps_models_or_requests": False},
    ),
)
