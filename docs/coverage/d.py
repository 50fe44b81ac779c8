"""Part D of the table."""

from docs.coverage import Row

_ISOLATION = (".NetworkConfig.EnableNetworkIsolation", ".NetworkConfig.EnableInterContainerTrafficEncryption")
_MACHINES = ".JobResources.ClusterConfig.InstanceCount"
_BOTH = ("monitor_network_isolated", "monitor_traffic_encrypted")
_INLINE = ".MonitoringScheduleConfig.MonitoringJobDefinition"


def _definitions(row: str, title: str, kind: str) -> Row:
    return Row(
        id=row,
        title=title,
        calls=(f"sagemaker:List{kind}JobDefinitions", f"sagemaker:Describe{kind}JobDefinition"),
        paths=(*_ISOLATION, _MACHINES),
        practice="NET-3.2",
        checks=_BOTH,
    )


ROWS: tuple[Row, ...] = (
    Row(
        id="D01",
        title="Every production endpoint has an active monitoring schedule",
        calls=("sagemaker:ListMonitoringSchedules", "sagemaker:DescribeMonitoringSchedule"),
        paths=(
            ".EndpointName",
            ".MonitoringScheduleStatus",
            ".MonitoringScheduleConfig.ScheduleConfig.ScheduleExpression",
        ),
        practice="APP-3.1",
        checks=("endpoint_monitored",),
    ),
    Row(
        id="D02",
        title="Scheduled monitoring jobs are isolated from the network",
        calls=("sagemaker:ListMonitoringSchedules", "sagemaker:DescribeMonitoringSchedule"),
        paths=(
            f"{_INLINE}.NetworkConfig.EnableNetworkIsolation",
            ".MonitoringScheduleConfig.MonitoringJobDefinitionName",
        ),
        practice="NET-3.2",
        checks=("monitor_network_isolated",),
    ),
    Row(
        id="D03",
        title="Scheduled monitoring jobs encrypt traffic between containers",
        calls=("sagemaker:ListMonitoringSchedules", "sagemaker:DescribeMonitoringSchedule"),
        paths=(
            f"{_INLINE}.NetworkConfig.EnableInterContainerTrafficEncryption",
            f"{_INLINE}.MonitoringResources.ClusterConfig.InstanceCount",
        ),
        practice="NET-3.4",
        checks=("monitor_traffic_encrypted",),
    ),
    _definitions("D04", "Data quality jobs are isolated and encrypt their traffic", "DataQuality"),
    _definitions("D05", "Model bias jobs are isolated and encrypt their traffic", "ModelBias"),
    _definitions("D06", "Model quality jobs are isolated and encrypt their traffic", "ModelQuality"),
    _definitions("D07", "Explainability jobs are isolated and encrypt their traffic", "ModelExplainability"),
    Row(
        id="D08",
        title="Output of monitoring jobs is under a customer-managed key",
        calls=(
            "sagemaker:DescribeDataQualityJobDefinition",
            "sagemaker:DescribeModelQualityJobDefinition",
            "sagemaker:DescribeModelBiasJobDefinition",
            "sagemaker:DescribeModelExplainabilityJobDefinition",
            "sagemaker:DescribeMonitoringSchedule",
            "kms:DescribeKey",
        ),
        paths=(
            ".DataQualityJobOutputConfig.KmsKeyId",
            ".ModelQualityJobOutputConfig.KmsKeyId",
            ".ModelBiasJobOutputConfig.KmsKeyId",
            ".ModelExplainabilityJobOutputConfig.KmsKeyId",
            f"{_INLINE}.MonitoringOutputConfig.KmsKeyId",
            ".KeyMetadata.KeyManager",
        ),
        practice="DATA-2.2",
        checks=("monitor_output_customer_key",),
    ),
    Row(
        id="D09",
        title="The last execution of every monitor of a production endpoint completed, and was not long ago",
        # the description carries the last execution; executions are listed only while that one is still running
        calls=("sagemaker:DescribeMonitoringSchedule", "sagemaker:ListMonitoringExecutions"),
        paths=(
            ".LastMonitoringExecutionSummary.MonitoringExecutionStatus",
            ".LastMonitoringExecutionSummary.ScheduledTime",
            ".MonitoringExecutionSummaries[].MonitoringExecutionStatus",
            ".MonitoringExecutionSummaries[].ScheduledTime",
        ),
        practice="APP-3.1",
        checks=("endpoint_monitor_ran",),
    ),
)
