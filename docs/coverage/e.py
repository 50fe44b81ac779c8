"""Part E of the table."""

from docs.coverage import Row

ROWS: tuple[Row, ...] = (
    Row(
        id="E01",
        title="Model invocations are logged in every region in use",
        calls=("bedrock:GetModelInvocationLoggingConfiguration",),
        paths=(
            ".loggingConfig.cloudWatchConfig.logGroupName",
            ".loggingConfig.s3Config.bucketName",
            ".loggingConfig.textDataDeliveryEnabled",
        ),
        practice="APP-1.1",
        checks=(
            "ai_service_invocations_logged",
            "endpoint_invocations_logged",
        ),
    ),
    Row(
        id="E02",
        title="The log group of invocations has a customer-managed key and keeps entries for a year",
        calls=("logs:DescribeLogGroups",),
        paths=(
            ".logGroups[].kmsKeyId",
            ".logGroups[].retentionInDays",
        ),
        practice="DATA-2.2",
        checks=(
            "log_store_customer_key",
            "log_store_kept_a_year",
        ),
    ),
    Row(
        id="E03",
        title="The log group of invocations masks sensitive values",
        calls=(
            "logs:DescribeLogGroups",
            "logs:GetDataProtectionPolicy",
        ),
        paths=(
            ".logGroups[].dataProtectionStatus",
            ".logGroups[].inheritedProperties",
            ".policyDocument",
        ),
        practice="APP-3.3",
        checks=("log_store_masks_sensitive_data",),
    ),
    Row(
        id="E04",
        title="A published guardrail exists where foundation models are used",
        calls=("bedrock:ListGuardrails",),
        paths=(
            ".guardrails[].id",
            ".guardrails[].version",
            ".guardrails[].status",
        ),
        practice="APP-2.3",
        checks=("ai_service_guardrail_available",),
    ),
    Row(
        id="E05",
        title="Guardrails block prompt attacks at high strength",
        calls=("bedrock:GetGuardrail",),
        paths=(
            ".contentPolicy.filters[].type",
            ".contentPolicy.filters[].inputStrength",
            ".contentPolicy.filters[].inputAction",
            ".contentPolicy.filters[].inputEnabled",
        ),
        practice="APP-3.2",
        checks=("guardrail_blocks_prompt_attacks",),
    ),
    Row(
        id="E06",
        title="Guardrails filter every kind of harmful content, at medium strength or more",
        calls=("bedrock:GetGuardrail",),
        paths=(
            ".contentPolicy.filters[].type",
            ".contentPolicy.filters[].inputStrength",
            ".contentPolicy.filters[].outputStrength",
        ),
        practice="APP-3.3",
        checks=("guardrail_filters_harmful_content",),
    ),
    Row(
        id="E07",
        title="Guardrails block or mask personal data in answers",
        calls=("bedrock:GetGuardrail",),
        paths=(
            ".sensitiveInformationPolicy.piiEntities[].action",
            ".sensitiveInformationPolicy.piiEntities[].outputAction",
            ".sensitiveInformationPolicy.regexes[].action",
        ),
        practice="APP-3.3",
        checks=("guardrail_masks_personal_data",),
    ),
    Row(
        id="E08",
        title="Guardrails check that answers are grounded, where knowledge bases are",
        calls=("bedrock:GetGuardrail",),
        paths=(
            ".contextualGroundingPolicy.filters[].type",
            ".contextualGroundingPolicy.filters[].threshold",
            ".contextualGroundingPolicy.filters[].enabled",
        ),
        practice="APP-3.3",
        checks=("guardrail_checks_grounding",),
    ),
    Row(
        id="E09",
        title="Guardrails are encrypted with a customer-managed key",
        calls=("bedrock:GetGuardrail",),
        paths=(".kmsKeyArn",),
        practice="DATA-2.2",
        checks=("guardrail_customer_key",),
    ),
    Row(
        id="E10",
        title="The content filters of guardrails are of the standard tier",
        calls=("bedrock:GetGuardrail",),
        paths=(".contentPolicy.tier.tierName",),
        practice="-",
        left_out=(
            "The standard tier filters more languages but sends text to other regions. Which of the two matters "
            "more is the customer's decision, so that neither value is a failure."
        ),
    ),
    Row(
        id="E11",
        title="The account enforces a guardrail on every call",
        calls=("bedrock:ListEnforcedGuardrailsConfiguration",),
        paths=(
            ".guardrailsConfig[].guardrailArn",
            ".guardrailsConfig[].inputTags",
            ".guardrailsConfig[].selectiveContentGuarding.messages",
            ".guardrailsConfig[].modelEnforcement.excludedModels[]",
        ),
        practice="APP-4.2",
        checks=("ai_service_guardrail_enforced",),
    ),
    Row(
        id="E14",
        title="The account does not let the provider share its data",
        calls=("bedrock:GetAccountDataRetention",),
        paths=(".mode",),
        practice="DATA-4.2",
        left_out=(
            "The permission that the operation needs is not in the published service authorization data yet. A "
            "permission that nobody can look up cannot be asked of an auditing role."
        ),
    ),
    Row(
        id="E19",
        title="Data sources of knowledge bases are encrypted with a customer-managed key",
        calls=("bedrock-agent:GetDataSource",),
        paths=(".dataSource.serverSideEncryptionConfiguration.kmsKeyArn",),
        practice="DATA-2.1",
        checks=("knowledge_base_customer_key",),
    ),
    Row(
        id="E20",
        title="The deletion policy of data sources is a deliberate one",
        calls=("bedrock-agent:GetDataSource",),
        paths=(".dataSource.dataDeletionPolicy",),
        practice="-",
        left_out=(
            "Keeping the index serves recovery, and deleting it serves erasure. Both are right somewhere, so the "
            "value is read for the inventory and not judged."
        ),
    ),
    Row(
        id="E21",
        title="Indexes of knowledge bases are encrypted with a customer-managed key and closed to the internet",
        calls=(
            "bedrock-agent:GetKnowledgeBase",
            "opensearchserverless:BatchGetCollection",
            "opensearchserverless:ListSecurityPolicies",
            "opensearchserverless:GetSecurityPolicy",
        ),
        paths=(
            ".knowledgeBase.knowledgeBaseConfiguration.managedKnowledgeBaseConfiguration.serverSideEncryptionConfiguration.kmsKeyArn",
            ".knowledgeBase.storageConfiguration.type",
            ".collectionDetails[].kmsKeyArn",
            ".securityPolicyDetail.policy",
        ),
        practice="DATA-2.2",
        checks=(
            "knowledge_base_store_customer_key",
            "knowledge_base_store_private",
        ),
    ),
    Row(
        id="E22",
        title="Agents and the nodes of flows have a guardrail",
        calls=(
            "bedrock-agent:GetAgent",
            "bedrock-agent:GetFlow",
        ),
        paths=(
            ".agent.guardrailConfiguration.guardrailIdentifier",
            ".definition.nodes[].configuration.prompt.guardrailConfiguration.guardrailIdentifier",
            ".definition.nodes[].configuration.knowledgeBase.guardrailConfiguration.guardrailIdentifier",
        ),
        practice="APP-2.3",
        checks=("generative_deployment_guarded",),
    ),
    Row(
        id="E23",
        title="Agents are encrypted with a customer-managed key",
        calls=("bedrock-agent:GetAgent",),
        paths=(".agent.customerEncryptionKeyArn",),
        practice="DATA-2.2",
        checks=("generative_deployment_customer_key",),
    ),
    Row(
        id="E24",
        title="Each agent has a role of its own, without broad grants",
        calls=("bedrock-agent:GetAgent",),
        paths=(".agent.agentResourceRoleArn",),
        practice="ID-4.3",
        checks=(
            "generative_deployment_own_identity",
            "identity_no_broad_grants",
        ),
    ),
    Row(
        id="E25",
        title="Idle sessions of agents end within an hour",
        calls=("bedrock-agent:GetAgent",),
        paths=(".agent.idleSessionTTLInSeconds",),
        practice="ID-4.4",
        checks=("generative_deployment_session_bounded",),
    ),
    Row(
        id="E26",
        title="Agents ask a person before a tool runs",
        calls=(
            "bedrock-agent:ListAgentActionGroups",
            "bedrock-agent:GetAgentActionGroup",
        ),
        paths=(
            ".actionGroupSummaries[].actionGroupState",
            ".agentActionGroup.functionSchema.functions[].requireConfirmation",
            ".agentActionGroup.apiSchema.payload",
            ".agentActionGroup.actionGroupExecutor.customControl",
        ),
        practice="APP-4.5",
        checks=("generative_deployment_tools_confirmed",),
    ),
    Row(
        id="E27",
        title="Stored prompts are encrypted with a customer-managed key",
        calls=("bedrock-agent:GetPrompt",),
        paths=(".customerEncryptionKeyArn",),
        practice="DATA-2.2",
        checks=("prompt_customer_key",),
    ),
    Row(
        id="E28",
        title="Flows are encrypted with a customer-managed key",
        calls=("bedrock-agent:GetFlow",),
        paths=(".customerEncryptionKeyArn",),
        practice="DATA-2.2",
        checks=("generative_deployment_customer_key",),
    ),
    Row(
        id="E29",
        title="No valid API key of Bedrock exists",
        calls=("iam:ListServiceSpecificCredentials",),
        paths=(
            ".ServiceSpecificCredentials[].ServiceName",
            ".ServiceSpecificCredentials[].Status",
        ),
        practice="ID-2.3",
        checks=(
            "ai_service_keys_disabled",
            "endpoint_keys_disabled",
        ),
    ),
    Row(
        id="E30",
        title="Models were evaluated in the last 180 days",
        calls=("bedrock:ListEvaluationJobs",),
        paths=(
            ".jobSummaries[].status",
            ".jobSummaries[].creationTime",
        ),
        practice="APP-4.4",
        checks=("ai_service_models_evaluated",),
    ),
)
