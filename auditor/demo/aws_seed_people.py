"""Creates the roles and users of the demo's AWS account by the API."""

from __future__ import annotations

import json
from typing import Any

from auditor.demo import aws_people as people
from auditor.demo.aws_estate import ACCOUNT_ID, PREFIX

AWS_MANAGED = "arn:aws:iam::aws:policy/"


def seed_people(iam: Any) -> None:
    _providers(iam)
    boundary = _policy(iam, people.BOUNDARY, people.BOUNDARY_DOCUMENT)
    for role in people.ROLES:
        extra = {"PermissionsBoundary": boundary} if role.boundary else {}
        iam.create_role(RoleName=role.name, AssumeRolePolicyDocument=json.dumps(role.trust), **extra)
        if role.policy is not None:
            iam.put_role_policy(RoleName=role.name, PolicyName="workload", PolicyDocument=json.dumps(role.policy))
        for name in role.managed:
            iam.attach_role_policy(RoleName=role.name, PolicyArn=AWS_MANAGED + name)
    iam.create_service_linked_role(AWSServiceName=people.SERVICE_LINKED)
    _users(iam)


def _providers(iam: Any) -> None:
    iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"], ThumbprintList=[]
    )
    metadata = f'<EntityDescriptor entityID="https://login.{PREFIX}.example"/>'
    iam.create_saml_provider(Name=f"{PREFIX}-sso", SAMLMetadataDocument=metadata.ljust(1000))


def _users(iam: Any) -> None:
    iam.create_group(GroupName=people.GROUP_OF_PEOPLE)
    policy = _policy(iam, people.POLICY_OF_PEOPLE, people.GROUP_DOCUMENT)
    iam.attach_group_policy(GroupName=people.GROUP_OF_PEOPLE, PolicyArn=policy)
    for user in people.USERS:
        iam.create_user(UserName=user.name)
        if user.console:
            iam.create_login_profile(UserName=user.name, Password="not-a-real-Passw0rd")  # noqa: S106  (moto wants one)
            iam.add_user_to_group(GroupName=people.GROUP_OF_PEOPLE, UserName=user.name)
        if user.mfa:
            serial = f"arn:aws:iam::{ACCOUNT_ID}:mfa/{user.name}"
            iam.enable_mfa_device(
                UserName=user.name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
            )
        if user.policy is not None:
            iam.put_user_policy(UserName=user.name, PolicyName="job", PolicyDocument=json.dumps(user.policy))
        for number in range(user.active_keys + user.inactive_keys):
            key = iam.create_access_key(UserName=user.name)["AccessKey"]["AccessKeyId"]
            if number >= user.active_keys:
                iam.update_access_key(UserName=user.name, AccessKeyId=key, Status="Inactive")


def _policy(iam: Any, name: str, document: people.Document) -> str:
    return str(iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))["Policy"]["Arn"])
