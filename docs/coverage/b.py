"""Part B of the table."""

from docs.coverage import Row

_TRAINING = ("sagemaker:ListTrainingJobs", "sagemaker:Search", "sagemaker:DescribeTrainingJob")

ROWS: tuple[Row, ...] = (
    Row(
        id="B01",
        title="Containers of training jobs are isolated from the network",
        calls=_TRAINING,
        paths=(".EnableNetworkIsolation",),
        practice="NET-3.2",
        checks=("job_network_isolated",),
    ),
    Row(
        id="B02",
        title="Training jobs run in the customer's VPC",
        calls=_TRAINING,
        paths=(".VpcConfig.Subnets[]", ".VpcConfig.SecurityGroupIds[]"),
        practice="NET-2.2",
        checks=("job_in_customer_network",),
    ),
    Row(
        id="B03",
        title="Training on several instances encrypts traffic between containers",
        calls=_TRAINING,
        paths=(".EnableInterContainerTrafficEncryption", ".ResourceConfig.InstanceCount"),
        practice="NET-3.4",
        checks=("job_traffic_encrypted",),
    ),
    Row(
        id="B04",
        title="Volumes and output of training jobs are under a customer-managed key",
        calls=(*_TRAINING, "kms:DescribeKey"),
        paths=(
            ".ResourceConfig.VolumeKmsKeyId",
            ".ResourceConfig.InstanceType",
            ".OutputDataConfig.KmsKeyId",
            ".KeyMetadata.KeyManager",
        ),
        practice="DATA-2.2",
        checks=("job_volume_customer_key", "job_output_customer_key"),
    ),
    Row(
        id="B05",
        title="No secrets in hyperparameters or variables",
        calls=_TRAINING,
        paths=(".HyperParameters{}", ".Environment{}"),
        practice="DATA-2.4",
        checks=("job_no_secrets",),
    ),
    Row(
        id="B06",
        title="Remote debugging is off",
        calls=("sagemaker:ListTrainingJobs", "sagemaker:DescribeTrainingJob"),
        paths=(".RemoteDebugConfig.EnableRemoteDebug",),
        practice="ID-2.6",
        checks=("job_no_shell",),
    ),
    Row(
        id="B07",
        title="Processing jobs are isolated, in the customer's VPC, encrypted",
        calls=("sagemaker:ListProcessingJobs", "sagemaker:DescribeProcessingJob", "kms:DescribeKey"),
        paths=(
            ".NetworkConfig.EnableNetworkIsolation",
            ".NetworkConfig.EnableInterContainerTrafficEncryption",
            ".NetworkConfig.VpcConfig.Subnets[]",
            ".ProcessingResources.ClusterConfig.VolumeKmsKeyId",
            ".ProcessingOutputConfig.KmsKeyId",
            ".KeyMetadata.KeyManager",
        ),
        practice="NET-2.2",
        checks=(
            "job_in_customer_network",
            "job_network_isolated",
            "job_traffic_encrypted",
            "job_volume_customer_key",
            "job_output_customer_key",
        ),
    ),
    Row(
        id="B08",
        title="Tuning jobs are isolated and encrypted",
        calls=("sagemaker:ListHyperParameterTuningJobs", "sagemaker:DescribeHyperParameterTuningJob"),
        paths=(
            ".TrainingJobDefinition.EnableNetworkIsolation",
            ".TrainingJobDefinition.EnableInterContainerTrafficEncryption",
            ".TrainingJobDefinition.ResourceConfig.VolumeKmsKeyId",
            ".TrainingJobDefinitions[].EnableNetworkIsolation",
        ),
        practice="NET-3.4",
        checks=("job_network_isolated", "job_traffic_encrypted", "job_volume_customer_key"),
    ),
    Row(
        id="B09",
        title="AutoML jobs run in the customer's VPC and are encrypted",
        calls=("sagemaker:ListAutoMLJobs", "sagemaker:DescribeAutoMLJobV2"),
        paths=(
            ".SecurityConfig.EnableInterContainerTrafficEncryption",
            ".SecurityConfig.VpcConfig.Subnets[]",
            ".SecurityConfig.VolumeKmsKeyId",
        ),
        practice="NET-3.4",
        checks=("job_traffic_encrypted", "job_in_customer_network", "job_volume_customer_key"),
    ),
    Row(
        id="B10",
        title="Volumes and output of batch transform are under a customer-managed key",
        calls=("sagemaker:ListTransformJobs", "sagemaker:DescribeTransformJob"),
        paths=(".TransformResources.VolumeKmsKeyId", ".TransformOutput.KmsKeyId"),
        practice="DATA-2.2",
        checks=("job_volume_customer_key", "job_output_customer_key"),
    ),
    Row(
        id="B11",
        title="Compiled models are under a customer-managed key",
        calls=("sagemaker:ListCompilationJobs", "sagemaker:DescribeCompilationJob"),
        paths=(".OutputConfig.KmsKeyId",),
        practice="DATA-2.2",
        checks=("job_output_customer_key",),
    ),
    Row(
        id="B12",
        title="Labels and the volumes of automatic labeling are under a customer-managed key",
        calls=("sagemaker:ListLabelingJobs", "sagemaker:DescribeLabelingJob"),
        paths=(
            ".OutputConfig.KmsKeyId",
            ".LabelingJobAlgorithmsConfig.LabelingJobResourceConfig.VolumeKmsKeyId",
        ),
        practice="DATA-2.2",
        checks=("job_output_customer_key", "job_volume_customer_key"),
    ),
)

ELSEWHERE: tuple[Row, ...] = (
    Row(
        id="C23",
        title="Shadow tests: volumes and captured requests are under a customer-managed key",
        calls=("sagemaker:ListInferenceExperiments", "sagemaker:DescribeInferenceExperiment"),
        paths=(".KmsKey", ".DataStorageConfig.KmsKey"),
        practice="DATA-2.2",
        checks=("job_volume_customer_key", "job_output_customer_key"),
    ),
    Row(
        id="E17",
        title="Model customization runs in the customer's VPC, its model under a customer-managed key",
        calls=("bedrock:ListModelCustomizationJobs", "bedrock:GetModelCustomizationJob"),
        paths=(".vpcConfig.subnetIds[]", ".outputModelKmsKeyArn"),
        practice="NET-2.2",
        checks=("job_in_customer_network", "job_output_customer_key"),
    ),
    Row(
        id="E18",
        title="Output of batch inference is under a customer-managed key",
        calls=("bedrock:ListModelInvocationJobs",),
        paths=(".invocationJobSummaries[].outputDataConfig.s3OutputDataConfig.s3EncryptionKeyId",),
        practice="DATA-2.2",
        checks=("job_output_customer_key",),
    ),
)
"""Rows of other parts of the table that are about jobs."""
