"""Access to AI resources depends on tags."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    AccountSettings,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(account: AccountSettings) -> Verdict:
    if not account.attribute_based_access.value:
        return Fail(f"{account.name}: no policy makes access to AI resources depend on tags")
    return Pass(f"{account.name}: policies make access to AI resources depend on tags")


CHECK = Check(
    id="account_attribute_based_access",
    title="Access to AI resources depends on tags",
    why=(
        "Lists of resources in policies are out of date with the next model. A condition on tags keeps teams "
        "apart without a rewrite."
    ),
    severity=Severity.LOW,
    resource=AccountSettings,
    needs=("attribute_based_access",),
    practice="ID-4.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Tag AI resources and roles with team or project, and grant with a condition that compares "
                "aws:ResourceTag with aws:PrincipalTag (policy.json).",
                "https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html",
                command="aws iam create-policy --policy-name POLICY --policy-document file://policy.json",
            ),
        ),
        AZURE: NotBuilt("Conditions of role assignments on attributes of the resource or the principal are not read."),
        GCP: NotBuilt("IAM conditions on resource tags in the bindings of the project are not read."),
    },
    examples=Examples(passes={"attribute_based_access": True}, fails={"attribute_based_access": False}),
)
