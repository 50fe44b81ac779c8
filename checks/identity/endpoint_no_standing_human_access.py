"""Nobody who signs in as a person may call an endpoint at any time."""

from auditor import (
    AWS,
    AZURE,
    GCP,
    Check,
    Endpoint,
    Examples,
    Fail,
    NotBuilt,
    Pass,
    Remediation,
    Severity,
    Supported,
    Verdict,
)

_SHOWN = 3


def evaluate(endpoint: Endpoint) -> Verdict:
    people = endpoint.invoked_by_people.value
    if people:
        names = ", ".join(arn.rpartition("/")[2] for arn in people[:_SHOWN])
        more = f" and {len(people) - _SHOWN} more" if len(people) > _SHOWN else ""
        return Fail(f"People who sign in as {names}{more} may call {endpoint.name} at any time")
    return Pass(f"No identity that people sign in as may call {endpoint.name} at any time")


CHECK = Check(
    id="endpoint_no_standing_human_access",
    title="No person has standing access to an endpoint",
    why=(
        "Production models are called by workloads. A person who may call them at any time can draw their answers out "
        "one by one, and whoever takes over that person's session can, too."
    ),
    severity=Severity.LOW,
    resource=Endpoint,
    needs=("invoked_by_people",),
    practice="ID-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Take sagemaker:InvokeEndpoint and bedrock:InvokeModel out of the permission sets and roles that "
                "people sign in to (policy.json), and grant them for a time when somebody needs them: "
                "temporary elevated access in IAM Identity Center, or a condition on aws:CurrentTime.",
                "https://docs.aws.amazon.com/singlesignon/latest/userguide/temporary-elevated-access.html",
                command=(
                    "aws iam put-role-policy --role-name ROLE --policy-name POLICY --policy-document file://policy.json"
                ),
            )
        ),
        AZURE: NotBuilt(
            "The counterpart is an active assignment, not an eligible one, of a role with data actions on the "
            "endpoint; assignments of users and groups are read without the schedules of Privileged Identity "
            "Management."
        ),
        GCP: NotBuilt(
            "The counterpart is a binding of users or groups to a role with aiplatform.endpoints.predict that no "
            "condition ends; bindings above the project are not read."
        ),
    },
    examples=Examples(
        passes={"invoked_by_people": ()},
        fails={"invoked_by_people": ("arn:aws:iam::123456789012:user/ana",)},
    ),
)
