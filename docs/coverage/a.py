"""Part A of the table: notebooks, Studio domains and those who work in them."""

from docs.coverage import Row

_NOTEBOOK = ("sagemaker:DescribeNotebookInstance",)
_DOMAIN = ("sagemaker:DescribeDomain",)
_DOMAIN_AND_USERS = ("sagemaker:DescribeDomain", "sagemaker:ListUserProfiles", "sagemaker:DescribeUserProfile")

ROWS: tuple[Row, ...] = (
    Row(
        id="A01",
        title="A notebook has no way of its own to the internet",
        calls=_NOTEBOOK,
        paths=(".DirectInternetAccess",),
        practice="NET-2.1",
        checks=("notebook_no_direct_internet",),
    ),
    Row(
        id="A02",
        title="A notebook stands in a VPC of the customer",
        calls=_NOTEBOOK,
        paths=(".SubnetId",),
        practice="NET-2.1",
        checks=("notebook_in_customer_network",),
    ),
    Row(
        id="A03",
        title="Users of a notebook are not root",
        calls=_NOTEBOOK,
        paths=(".RootAccess",),
        practice="ID-2.6",
        checks=("notebook_no_root",),
    ),
    Row(
        id="A04",
        title="The platform of a notebook still gets updates",
        calls=_NOTEBOOK,
        paths=(".PlatformIdentifier",),
        practice="APP-1.3",
        checks=("notebook_platform_current",),
    ),
    Row(
        id="A05",
        title="The volume of a notebook is under a key of the customer",
        calls=(*_NOTEBOOK, "kms:DescribeKey"),
        paths=(".KmsKeyId", ".KeyMetadata.KeyManager"),
        practice="DATA-2.2",
        checks=("notebook_customer_key",),
    ),
    Row(
        id="A06",
        title="The metadata service of a notebook wants a session token",
        calls=_NOTEBOOK,
        paths=(".InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion",),
        practice="ID-2.6",
        checks=("notebook_metadata_requires_token",),
    ),
    Row(
        id="A07",
        title="Scripts that start notebooks and Studio applications hold no secrets",
        calls=(
            *_NOTEBOOK,
            "sagemaker:DescribeNotebookInstanceLifecycleConfig",
            "sagemaker:ListStudioLifecycleConfigs",
            "sagemaker:DescribeStudioLifecycleConfig",
        ),
        paths=(
            ".NotebookInstanceLifecycleConfigName",
            ".OnStart[].Content",
            ".OnCreate[].Content",
            ".StudioLifecycleConfigContent",
        ),
        practice="DATA-2.4",
        checks=("notebook_no_secrets", "workspace_no_secrets"),
    ),
    Row(
        id="A08",
        title="The role of a notebook is neither an administrator's nor that of another class of workload",
        calls=(*_NOTEBOOK, "iam:GetAccountAuthorizationDetails"),
        paths=(".RoleArn", ".RoleDetailList[].AttachedManagedPolicies[].PolicyArn"),
        practice="ID-1.1",
        checks=(
            "notebook_has_identity",
            "identity_not_administrator",
            "identity_no_broad_grants",
            "identity_one_workload_class",
        ),
    ),
    Row(
        id="A09",
        title="Applications of a Studio domain send their traffic through the VPC only",
        calls=_DOMAIN,
        paths=(".AppNetworkAccessType",),
        practice="NET-2.1",
        checks=("workspace_no_direct_internet",),
    ),
    Row(
        id="A10",
        title="A Studio domain signs people in through IAM Identity Center",
        calls=_DOMAIN,
        paths=(".AuthMode", ".DomainSettings.UnifiedStudioSettings.DomainId"),
        practice="ID-2.5",
        checks=("workspace_federated_sign_in",),
    ),
    Row(
        id="A11",
        title="The volumes of a Studio domain are under a key of the customer",
        calls=(*_DOMAIN, "kms:DescribeKey"),
        paths=(".KmsKeyId", ".HomeEfsFileSystemKmsKeyId", ".KeyMetadata.KeyManager"),
        practice="DATA-2.2",
        checks=("workspace_customer_key",),
    ),
    Row(
        id="A12",
        title="Calls from Studio carry the name of the user",
        calls=_DOMAIN_AND_USERS,
        paths=(
            ".DomainSettings.ExecutionRoleIdentityConfig",
            ".DefaultUserSettings.StudioWebPortalSettings.ExecutionRoleSessionNameMode",
            ".UserSettings.StudioWebPortalSettings.ExecutionRoleSessionNameMode",
        ),
        practice="ID-2.5",
        checks=("workspace_calls_attributable",),
    ),
    Row(
        id="A13",
        title="Output of shared Studio notebooks is left out or encrypted with a named key",
        calls=_DOMAIN_AND_USERS,
        paths=(
            ".DefaultUserSettings.SharingSettings.NotebookOutputOption",
            ".DefaultUserSettings.SharingSettings.S3KmsKeyId",
            ".UserSettings.SharingSettings.NotebookOutputOption",
            ".UserSettings.SharingSettings.S3KmsKeyId",
        ),
        practice="DATA-2.2",
        checks=("workspace_output_sharing_protected",),
    ),
    Row(
        id="A14",
        title="Docker in Studio is off or takes images of trusted accounts only",
        calls=_DOMAIN,
        paths=(
            ".DomainSettings.DockerSettings.EnableDockerAccess",
            ".DomainSettings.DockerSettings.VpcOnlyTrustedAccounts[]",
            ".AppNetworkAccessType",
        ),
        practice="ID-2.6",
        checks=("workspace_containers_restricted",),
    ),
    Row(
        id="A15",
        title="Studio applications that nobody uses are shut down",
        calls=_DOMAIN_AND_USERS,
        paths=tuple(
            f".{settings}.{app}.AppLifecycleManagement.IdleSettings.LifecycleManagement"
            for settings, app in (
                ("DefaultUserSettings", "JupyterLabAppSettings"),
                ("DefaultUserSettings", "CodeEditorAppSettings"),
                ("DefaultSpaceSettings", "JupyterLabAppSettings"),
                ("UserSettings", "JupyterLabAppSettings"),
                ("UserSettings", "CodeEditorAppSettings"),
            )
        ),
        practice="ID-4.4",
        checks=("workspace_idle_shutdown",),
    ),
    Row(
        id="A16",
        title="Users of a Studio domain do not act as one shared role",
        calls=_DOMAIN_AND_USERS,
        paths=(".DefaultUserSettings.ExecutionRole", ".UserSettings.ExecutionRole"),
        practice="ID-2.2",
        checks=("workspace_one_identity_per_user",),
    ),
    Row(
        id="A17",
        title="The portal of a private workforce accepts known addresses only",
        calls=("sagemaker:ListWorkforces",),
        paths=(".Workforces[].SourceIpConfig.Cidrs[]", ".Workforces[].WorkforceVpcConfig.VpcId"),
        practice="ID-2.5",
        checks=("workforce_restricted_sources",),
    ),
)

ELSEWHERE: tuple[Row, ...] = (
    Row(
        id="B13",
        title="A HyperPod cluster runs in a VPC of the customer",
        calls=("sagemaker:DescribeCluster",),
        paths=(".VpcConfig.Subnets[]", ".InstanceGroups[].OverrideVpcConfig.Subnets[]"),
        practice="NET-2.2",
        checks=("cluster_in_customer_network",),
    ),
    Row(
        id="C21",
        title="The offline store of a feature group is under a key of the customer",
        calls=("sagemaker:DescribeFeatureGroup", "kms:DescribeKey"),
        paths=(".OfflineStoreConfig.S3StorageConfig.KmsKeyId", ".KeyMetadata.KeyManager"),
        practice="DATA-2.1",
        checks=("feature_group_offline_customer_key",),
    ),
    Row(
        id="C22",
        title="The online store of a feature group is under a key of the customer",
        calls=("sagemaker:DescribeFeatureGroup", "kms:DescribeKey"),
        paths=(
            ".OnlineStoreConfig.EnableOnlineStore",
            ".OnlineStoreConfig.SecurityConfig.KmsKeyId",
            ".KeyMetadata.KeyManager",
        ),
        practice="DATA-2.1",
        checks=("feature_group_online_customer_key",),
    ),
)
