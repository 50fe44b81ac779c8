"""Part C of the table: SageMaker models, endpoints and the registry; and what Bedrock has of the same."""

from docs.coverage import Row

_CONFIG = ("sagemaker:DescribeEndpointConfig",)
_MODEL = ("sagemaker:DescribeModel",)

ROWS: tuple[Row, ...] = (
    Row(
        id="C01",
        title="Containers of a model cannot open connections",
        calls=_MODEL,
        paths=(".EnableNetworkIsolation",),
        practice="NET-3.2",
        checks=("model_network_isolated",),
    ),
    Row(
        id="C02",
        title="Containers of a model stand in a VPC of the customer",
        calls=_MODEL,
        paths=(".VpcConfig.Subnets[]",),
        practice="NET-2.3",
        checks=("model_in_customer_network", "endpoint_private_in_production"),
    ),
    Row(
        id="C03",
        title="The primary container's image comes from a registry inside the VPC",
        calls=_MODEL,
        paths=(".PrimaryContainer.ImageConfig.RepositoryAccessMode",),
        practice="NET-2.4",
        checks=("model_images_through_network",),
    ),
    Row(
        id="C04",
        title="So do the images of every container in a pipeline",
        calls=_MODEL,
        paths=(".Containers[].ImageConfig.RepositoryAccessMode",),
        practice="NET-2.4",
        checks=("model_images_through_network",),
    ),
    Row(
        id="C05",
        title="Images are fixed by digest or by an immutable tag",
        calls=(*_MODEL, "ecr:DescribeRepositories"),
        paths=(".PrimaryContainer.Image", ".Containers[].Image", ".repositories[].imageTagMutability"),
        practice="DATA-4.1",
        checks=("model_images_pinned",),
    ),
    Row(
        id="C06",
        title="Variables of a model's containers hold no secret",
        calls=_MODEL,
        paths=(".PrimaryContainer.Environment{}", ".Containers[].Environment{}"),
        practice="DATA-2.4",
        checks=("model_no_secrets",),
    ),
    Row(
        id="C07",
        title="A model was made from an approved package",
        calls=(*_MODEL, "sagemaker:DescribeModelPackage"),
        paths=(".PrimaryContainer.ModelPackageName", ".ModelApprovalStatus"),
        practice="DATA-4.1",
        checks=("model_approved",),
    ),
    Row(
        id="C08",
        title="Endpoint volumes have a key of the customer",
        calls=_CONFIG,
        paths=(".KmsKeyId",),
        practice="DATA-2.1",
        checks=("endpoint_customer_key",),
    ),
    Row(
        id="C09",
        title="Every variant starts on two machines or more",
        calls=_CONFIG,
        paths=(".ProductionVariants[].InitialInstanceCount",),
        practice="APP-3.5",
        checks=("endpoint_redundant",),
    ),
    Row(
        id="C10",
        title="Requests and answers are captured",
        calls=_CONFIG,
        paths=(".DataCaptureConfig.EnableCapture", ".DataCaptureConfig.InitialSamplingPercentage"),
        practice="APP-1.1",
        checks=("endpoint_invocations_logged",),
    ),
    Row(
        id="C11",
        title="What is captured has a key of the customer",
        calls=_CONFIG,
        paths=(".DataCaptureConfig.KmsKeyId", ".DataCaptureConfig.DestinationS3Uri"),
        practice="DATA-2.2",
        checks=("endpoint_capture_customer_key",),
    ),
    Row(
        id="C12",
        title="Asynchronous answers and core dumps have a key of the customer",
        calls=_CONFIG,
        paths=(".AsyncInferenceConfig.OutputConfig.KmsKeyId", ".ProductionVariants[].CoreDumpConfig.KmsKeyId"),
        practice="DATA-2.2",
        checks=("endpoint_output_customer_key",),
    ),
    Row(
        id="C13",
        title="Serving containers open no shell",
        calls=_CONFIG,
        paths=(".ProductionVariants[].EnableSSMAccess",),
        practice="ID-2.6",
        checks=("endpoint_no_shell",),
    ),
    Row(
        id="C14",
        title="Serverless variants have a limit of parallel requests",
        calls=_CONFIG,
        paths=(".ProductionVariants[].ServerlessConfig.MaxConcurrency",),
        practice="APP-2.1",
        left_out=(
            "The API takes no serverless variant without MaxConcurrency, so the answer is always yes. Whether the "
            "number is low enough depends on the traffic that the owner expects, which no API knows."
        ),
    ),
    Row(
        id="C15",
        title="An alarm rolls a deployment back",
        calls=("sagemaker:DescribeEndpoint",),
        paths=(".LastDeploymentConfig.AutoRollbackConfiguration.Alarms[].AlarmName",),
        practice="APP-3.5",
        checks=("endpoint_rolls_back",),
    ),
    Row(
        id="C16",
        title="The policy of an endpoint is not open to everybody",
        calls=("sagemaker:GetEndpointPolicy",),
        paths=(".ResourcePolicy",),
        practice="NET-1.1",
        left_out=(
            "The permission of this new operation is not in the published authorization data against which every "
            "call is checked to be a read. It would also cost a call per endpoint, and the answer for an endpoint "
            "without a policy is a ValidationException like that for a mistake."
        ),
    ),
    Row(
        id="C17",
        title="Where models are, a registry is in use",
        calls=("sagemaker:ListModelPackageGroups", "sagemaker:ListModels"),
        paths=(".ModelPackageGroupSummaryList[].ModelPackageGroupName", ".Models[].ModelName"),
        practice="APP-3.5",
        checks=("ai_service_registry_used",),
    ),
    Row(
        id="C18",
        title="Versions in the registry are approved, and have a key of the customer",
        calls=("sagemaker:ListModelPackages", "sagemaker:DescribeModelPackage"),
        paths=(
            ".ModelPackageSummaryList[].ModelApprovalStatus",
            ".ModelApprovalStatus",
            ".SecurityConfig.KmsKeyId",
        ),
        practice="DATA-2.1",
        checks=("model_group_customer_key", "model_group_approved", "model_approved"),
    ),
    Row(
        id="C19",
        title="The policy of a model group is not open to everybody",
        calls=("sagemaker:GetModelPackageGroupPolicy",),
        paths=(".ResourcePolicy",),
        practice="NET-1.1",
        checks=("model_group_not_public",),
    ),
    Row(
        id="C20",
        title="An approved model card is about the model",
        calls=("sagemaker:ListModelCards", "sagemaker:DescribeModelCard"),
        paths=(".ModelCardSummaries[].ModelCardStatus", ".ModelCardStatus", ".Content"),
        practice="DATA-4.1",
        checks=("model_documented",),
    ),
    Row(
        id="C24",
        title="Tags name owner, environment and classification",
        calls=("sagemaker:ListTags", "resourcegroupstaggingapi:GetResources"),
        paths=(".Tags[].Key", ".ResourceTagMappingList[].Tags[].Key"),
        practice="DATA-1.4",
        checks=("endpoint_tagged",),
    ),
)

ELSEWHERE: tuple[Row, ...] = (
    Row(
        id="E15",
        title="Custom models have a key of the customer",
        calls=("bedrock:GetCustomModel",),
        paths=(".modelKmsKeyArn",),
        practice="DATA-2.1",
        checks=("model_customer_key",),
    ),
    Row(
        id="E16",
        title="Imported models have a key of the customer",
        calls=("bedrock:GetImportedModel",),
        paths=(".modelKmsKeyArn",),
        practice="DATA-2.1",
        checks=("model_customer_key",),
    ),
    Row(
        id="E31",
        title="Policies of Bedrock resources are not open to everybody",
        calls=("bedrock:GetResourcePolicy",),
        paths=(".resourcePolicy",),
        practice="NET-1.1",
        checks=("model_policy_not_public", "guardrail_policy_not_public"),
    ),
)
