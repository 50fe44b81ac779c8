"""Nobody who signs in as a person may read what AI workloads keep in storage at any time, administrators aside."""

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
    few,
)


def evaluate(storage: Storage) -> Verdict:
    uses = storage.ai_uses.value
    if not uses:
        return NotApplicable(f"No AI workload that was read keeps anything in {storage.name}")
    people = storage.read_by_people.value
    if people:
        return Fail(f"People may read {storage.name} ({', '.join(uses)}) at any time: {few(people)}")
    return Pass(f"No people but administrators may read {storage.name} ({', '.join(uses)}) at any time")


CHECK = Check(
    id="storage_no_standing_human_access",
    title="People have no standing access to data and models of AI workloads",
    why=(
        "Training data, model weights and captured prompts are what an AI workload has to lose. Workloads read them "
        "all the time; a person who may, too, is one stolen session away from a copy of everything."
    ),
    severity=Severity.LOW,
    resource=Storage,
    needs=("ai_uses", "read_by_people"),
    practice="ID-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Take s3:GetObject on the bucket, or kms:Decrypt on its key, out of the permission sets and roles that "
                "people sign in to or may take on, and let them explore copies in a bucket of their own. Deny the rest "
                "in the bucket policy (policy.json), and grant access for a time when somebody needs it.",
                "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
                command="aws s3api put-bucket-policy --bucket {name} --policy file://policy.json",
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is an active assignment of Storage Blob Data Reader or a stronger role to users and "
            "groups; assignments are read without the schedules of Privileged Identity Management."
        ),
        GCP: NotBuilt(
            "The counterpart is a binding of users or groups to a role with storage.objects.get that no condition "
            "ends; bindings above the project are not read."
        ),
    },
    examples=Examples(
        passes={"ai_uses": ("training data",), "read_by_people": ()},
        fails={"ai_uses": ("model artifacts",), "read_by_people": ("arn:aws:iam::123456789012:user/ana",)},
        not_applicable={"ai_uses": ()},
    ),
)
