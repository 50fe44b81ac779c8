"""Classes of AI data are encrypted with keys of their own."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AccountSettings,
    Check,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(account: AccountSettings) -> Verdict:
    if len(account.keyed_classes.value) < 2:
        return NotApplicable(f"{account.name} uses keys of its own for fewer than two classes of AI data in any region")
    classes = ", ".join(account.keyed_classes.value)
    if not account.separate_keys.value:
        return Fail(f"{account.name} has a region with one key for all AI data; classes: {classes}")
    return Pass(f"{account.name} has more than one key for AI data in each region; classes: {classes}")


CHECK = Check(
    id="account_keys_separated",
    title="Classes of AI data have keys of their own",
    why=(
        "With one key for all, whoever may read logs may decrypt training data. Separate keys let each grant "
        "be as narrow as its purpose."
    ),
    severity=Severity.LOW,
    resource=AccountSettings,
    needs=("keyed_classes", "separate_keys"),
    practice="DATA-3.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create a key for each class of AI data (data, models, captured requests, logs) and set "
                "it where the data is kept.",
                "https://docs.aws.amazon.com/kms/latest/developerguide/create-keys.html",
                command="aws kms create-key --description PURPOSE --region REGION",
                charges=("aws-kms-key",),
            ),
        ),
        AZURE: NotBuilt(
            "Keys of storage, workspaces and logs are judged one by one; whether classes share one is not derived."
        ),
        GCP: NotBuilt(
            "Keys of buckets, models and log buckets are judged one by one; whether classes share one is not derived."
        ),
    },
    examples=Examples(
        passes={"keyed_classes": ("models", "logs"), "separate_keys": True},
        fails={"keyed_classes": ("models", "logs"), "separate_keys": False},
        not_applicable={"keyed_classes": ()},
    ),
)
