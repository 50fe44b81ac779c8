"""Functions that front AI accept signed code only."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Examples,
    Fail,
    Function,
    NotApplicable,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)


def evaluate(function: Function) -> Verdict:
    if not function.fronts_ai.value:
        return NotApplicable(f"{function.name} may call no model or agent")
    if function.image_packaged.value:
        return NotApplicable(f"{function.name} is a container image, which code signing does not cover")
    if not function.code_signed.value:
        return Fail(f"{function.name} accepts code without a trusted signature")
    return Pass(f"{function.name} refuses code without a trusted signature")


CHECK = Check(
    id="function_code_signed",
    title="Functions in front of AI accept signed code only",
    why=(
        "Whoever replaces the code between users and a model can read every prompt and forge every answer. A "
        "signature ties what runs to a build that was reviewed."
    ),
    severity=Severity.LOW,
    resource=Function,
    needs=("fronts_ai", "image_packaged", "code_signed"),
    practice="DATA-4.1",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                (
                    "Sign the packages with AWS Signer in the pipeline, and give the function a code signing "
                    "configuration with the signing profile and the policy Enforce."
                ),
                "https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html",
                command=(
                    "aws lambda put-function-code-signing-config --function-name {name} --code-signing-config-arn "
                    "CONFIG_ARN --region {location}"
                ),
            ),
        ),
        AZURE: NotBuilt(
            "The counterpart is Azure Functions whose managed identity may call a model; Azure Functions "
            "verifies no signatures of packages, so deployment controls would have to be judged."
        ),
        GCP: NotBuilt(
            "The counterpart is Cloud Run functions whose service account may call a model; Binary "
            "Authorization for Cloud Run would have to be read."
        ),
    },
    examples=Examples(
        passes={"fronts_ai": True, "image_packaged": False, "code_signed": True},
        fails={"fronts_ai": True, "image_packaged": False, "code_signed": False},
        not_applicable={"fronts_ai": False},
    ),
)
