"""Part G of the table: identities, their policies, and the organization above the account."""

from docs.coverage import Row

_DETAILS = ("iam:GetAccountAuthorizationDetails",)
_DOCUMENTS = (".RoleDetailList[].RolePolicyList[].PolicyDocument", ".Policies[].PolicyVersionList[].Document")
_TRUST = (".RoleDetailList[].AssumeRolePolicyDocument",)

ROWS: tuple[Row, ...] = (
    Row(
        id="G01",
        title="No identity of AI workloads has a wildcard over all or a whole service",
        calls=_DETAILS,
        paths=_DOCUMENTS,
        practice="ID-2.1",
        checks=("identity_no_broad_grants",),
    ),
    Row(
        id="G02",
        title="No identity of AI workloads has a full-access policy that AWS made",
        calls=_DETAILS,
        paths=(".RoleDetailList[].AttachedManagedPolicies[].PolicyArn",),
        practice="ID-1.4",
        checks=("identity_not_administrator", "identity_no_broad_grants"),
    ),
    Row(
        id="G03",
        title="A service may act as an AI role on behalf of known resources only",
        calls=_DETAILS,
        paths=_TRUST,
        practice="ID-3.1",
        checks=("identity_trust_conditioned",),
    ),
    Row(
        id="G04",
        title="Another account may act as a role with an external id or a like condition only",
        calls=_DETAILS,
        paths=_TRUST,
        practice="ID-3.1",
        checks=("identity_outsiders_verified",),
    ),
    Row(
        id="G05",
        title="A permissions boundary caps the roles of AI workloads",
        calls=_DETAILS,
        paths=(".RoleDetailList[].PermissionsBoundary.PermissionsBoundaryArn",),
        practice="ID-3.2",
        checks=("identity_has_permissions_boundary",),
    ),
    Row(
        id="G06",
        title="AI workloads may pass named roles, or roles to named services, only",
        calls=_DETAILS,
        paths=_DOCUMENTS,
        practice="ID-2.1",
        checks=("identity_passes_named_roles",),
    ),
    Row(
        id="G07",
        title="Identities with AI permissions, and AI permissions of workloads, were used in the last 90 days",
        calls=(
            *_DETAILS,
            "iam:GetCredentialReport",
            "iam:GenerateServiceLastAccessedDetails",
            "iam:GetServiceLastAccessedDetails",
        ),
        paths=(
            ".RoleDetailList[].RoleLastUsed.LastUsedDate",
            ".RoleDetailList[].CreateDate",
            ".Content",
            ".ServicesLastAccessed[].ServiceNamespace",
            ".ServicesLastAccessed[].LastAuthenticated",
        ),
        practice="ID-2.4",
        checks=("identity_recently_used", "identity_permissions_used"),
    ),
    Row(
        id="G08",
        title="Access to AI resources depends on tags of resource or caller",
        calls=_DETAILS,
        paths=_DOCUMENTS,
        practice="ID-4.1",
        checks=("account_attribute_based_access",),
    ),
    Row(
        id="G09",
        title="The root user has a second factor and no keys, and people have a second factor",
        calls=("iam:GetAccountSummary", "iam:GetCredentialReport"),
        paths=(".SummaryMap{}", ".Content"),
        practice="ID-1.2",
        checks=("account_root_has_mfa", "person_has_mfa"),
    ),
    Row(
        id="G10",
        title="No identity signs in with access keys that do not expire",
        calls=("iam:GetCredentialReport",),
        paths=(".Content",),
        practice="ID-2.3",
        checks=("identity_no_long_lived_keys",),
    ),
    Row(
        id="G13",
        title="Policies of the organization's own cap grants and bound access to resources",
        calls=("organizations:ListPoliciesForTarget",),
        paths=(".Policies[].Type", ".Policies[].AwsManaged"),
        practice="ID-3.2",
        checks=("account_permission_ceiling", "account_resource_perimeter"),
    ),
    Row(
        id="G14",
        title="The account is opted out of the use of its content by AI services",
        calls=("organizations:DescribeEffectivePolicy",),
        paths=(".EffectivePolicy.PolicyContent",),
        practice="DATA-4.2",
        checks=("account_ai_data_opt_out",),
    ),
    Row(
        id="G15",
        title="People come through a central identity provider",
        calls=("sso-admin:ListInstances", "iam:ListSAMLProviders"),
        paths=(".Instances[].InstanceArn", ".Instances[].Status", ".SAMLProviderList[].Arn"),
        practice="ID-2.5",
        checks=("account_people_federated",),
    ),
)

ELSEWHERE: tuple[Row, ...] = (
    Row(
        id="E12",
        title="The organization puts a guardrail on every call of a model",
        calls=("organizations:DescribeEffectivePolicy",),
        paths=(".EffectivePolicy.PolicyContent",),
        practice="APP-4.2",
        checks=("account_guardrails_mandated",),
    ),
    Row(
        id="E13",
        title="Callers are refused by their own policies if they leave the guardrail out",
        calls=_DETAILS,
        paths=_DOCUMENTS,
        practice="APP-4.2",
        checks=("identity_invokes_guarded",),
    ),
    Row(
        id="I04",
        title="Callers are refused by their own policies outside the customer's networks",
        calls=_DETAILS,
        paths=_DOCUMENTS,
        practice="NET-3.1",
        checks=("identity_invokes_privately",),
    ),
)
"""Rows of other parts that are measured by policies and the organization."""
