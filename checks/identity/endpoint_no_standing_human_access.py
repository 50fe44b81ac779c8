"""Nobody who signs in as a person may call a production endpoint at any time, administrators aside."""

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
    Remediation,
    Severity,
    Supported,
    Verdict,
    few,
)


def evaluate(endpoint: Endpoint) -> Verdict:
    if endpoint.environment.value != "production":
        return NotApplicable(f"{endpoint.name} is tagged {endpoint.environment.value}, not production")
    people = endpoint.invoked_by_people.value
    if people:
        return Fail(f"People may call {endpoint.name} at any time: {few(people)}")
    return Pass(f"No people but administrators may call {endpoint.name} at any time")


CHECK = Check(
    id="endpoint_no_standing_human_access",
    title="People have no standing access to production endpoints",
    why=(
        "Production models are called by workloads. A person who may call them at any time can draw their answers out "
        "one by one, and whoever takes over that person's session can, too."
    ),
    severity=Severity.LOW,
    resource=Endpoint,
    needs=("environment", "invoked_by_people"),
    practice="ID-4.2",
    evaluate=evaluate,
    providers={
        AWS: Supported(
            Remediation(
                "Take sagemaker:InvokeEndpoint and bedrock:InvokeModel out of the permission sets and roles that "
                "people sign in to or may take on (policy.json), and grant them for a time when somebody needs them: "
                "temporary elevated access in IAM Identity Center, or a condition on aws:CurrentTime. "
                "Administrators are the subject of person_no_standing_administrator.",
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
        passes={"environment": "production", "invoked_by_people": ()},
        fails={"environment": "production", "invoked_by_people": ("arn:aws:iam::123456789012:user/ana",)},
        not_applicable={"environment": "development"},
    ),
)
