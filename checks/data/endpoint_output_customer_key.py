"""Asynchronous answers and core dumps are encrypted with keys the customer manages."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Endpoint,
    Examples,
    Fail,
    NotApplicable,
    NotBuilt,
    Pass,
    Ref,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(endpoint: Endpoint) -> Verdict:
    if not endpoint.output_keys.value:
        return NotApplicable(f"{endpoint.name} writes neither asynchronous answers nor core dumps")
    if not endpoint.output_customer_key.value:
        return Fail(f"{endpoint.name} writes answers or core dumps without a key the customer manages")
    return Pass(f"{endpoint.name} writes answers and core dumps with keys the customer manages")


CHECK = Check(
    id="endpoint_output_customer_key",
    title="Asynchronous answers and core dumps use a customer-managed key",
    why=(
        "A core dump holds the memory of a model at work, requests included, and asynchronous answers "
        "wait in a bucket. Both outlive the request by far."
    ),
    severity=Severity.MEDIUM,
    resource=Endpoint,
    needs=("output_keys", "output_customer_key"),
    practice="DATA-2.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Create an endpoint configuration that names a customer-managed key in "
                "AsyncInferenceConfig.OutputConfig and in every CoreDumpConfig (NEW_CONFIG), and update the "
                "endpoint to it.",
                "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceOutputConfig.html",
                command=(
                    "aws sagemaker update-endpoint --endpoint-name {name} --endpoint-config-name NEW_CONFIG "
                    "--region {location}"
                ),
                charges=("aws-kms-key",),
            )
        ),
        AZURE: NotBuilt(
            "A batch endpoint writes to a data store of the workspace; the key of that store is judged as "
            "storage, and not followed from here."
        ),
        GCP: NotBuilt(
            "A batch prediction job names its own destination and key; this version does not read such jobs."
        ),
    },
    examples=Examples(
        passes={"output_keys": (Ref("Key", AWS, "123456789012", "k"),), "output_customer_key": True},
        fails={"output_keys": (None,), "output_customer_key": False},
        not_applicable={"output_keys": ()},
    ),
)
