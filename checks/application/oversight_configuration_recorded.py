"""Changes of AI resources are recorded."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    NotBuilt,
    Oversight,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(oversight: Oversight) -> Verdict:
    if not oversight.configuration_recorded.value:
        return Fail(f"Changes of configuration are not recorded under the {oversight.name}, or no longer delivered")
    if oversight.unrecorded_types.value:
        return Fail(f"The record under the {oversight.name} leaves out {', '.join(oversight.unrecorded_types.value)}")
    return Pass(f"Changes of AI resources are recorded under the {oversight.name}")


CHECK = Check(
    id="oversight_configuration_recorded",
    title="The configuration of AI resources is recorded",
    why=(
        "Rules on configuration judge what is recorded and say nothing about the rest. Without a record "
        "of AI resources they look clean."
    ),
    severity=Severity.MEDIUM,
    resource=Oversight,
    needs=("configuration_recorded", "unrecorded_types"),
    practice="APP-3.4",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Start the configuration recorder of AWS Config for all resource types, and repair "
                "its delivery channel if deliveries fail.",
                "https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html",
                charges=("aws-config",),
            ),
            same_as=("Security Hub Config.1",),
        ),
        AZURE: NotBuilt(
            "Azure Resource Graph keeps the changes of all resources by itself; whether a policy judges "
            "them is not read by this version."
        ),
        GCP: NotBuilt(
            "Google Cloud's counterpart is the feeds of Cloud Asset Inventory; this version does not read them."
        ),
    },
    examples=Examples(
        passes={"configuration_recorded": True, "unrecorded_types": ()}, fails={"configuration_recorded": False}
    ),
)
