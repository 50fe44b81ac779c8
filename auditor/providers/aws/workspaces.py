"""SageMaker Studio domains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, combine, native
from auditor.model.resources import Ref, Workspace
from auditor.model.scope import Provider
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.refs import distinct, role_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed
from auditor.wire.secret_marks import secrets_in

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_DOMAINS = aws_call("sagemaker", "ListDomains", items="Domains")
DESCRIBE_DOMAIN = aws_call("sagemaker", "DescribeDomain", expects=("DomainId",))
LIST_PROFILES = aws_call("sagemaker", "ListUserProfiles", items="UserProfiles")
DESCRIBE_PROFILE = aws_call("sagemaker", "DescribeUserProfile", expects=("UserProfileName",))
LIST_SCRIPTS = aws_call("sagemaker", "ListStudioLifecycleConfigs", items="StudioLifecycleConfigs")
DESCRIBE_SCRIPT = aws_call("sagemaker", "DescribeStudioLifecycleConfig", expects=("StudioLifecycleConfigName",))

_INTERNET = {"PublicInternetOnly": True, "VpcOnly": False}
_FEDERATED = {"SSO": True, "IAM": False}
_ON = {"ENABLED": True, "DISABLED": False}
_SOURCE_IDENTITY = {"USER_PROFILE_NAME": True, "DISABLED": False}
_SESSION_NAME = {"USER_IDENTITY": True, "STATIC": False}
_OUTPUT_SHARED = {"Allowed": True, "Disabled": False}

_MODE = "StudioWebPortalSettings.ExecutionRoleSessionNameMode"
_SHARING = "SharingSettings.NotebookOutputOption"
_SHARING_KEY = "SharingSettings.S3KmsKeyId"
_IDLE = "AppLifecycleManagement.IdleSettings.LifecycleManagement"
_USERS_APPS = ("JupyterLabAppSettings", "CodeEditorAppSettings")
"""Applications that can be shut down when idle (developer guide, "Idle shutdown")."""

Settings = Mapping[str, Any]
Wanted = Callable[[Settings, Settings], Fact[bool]]
"""Whether one's own settings, or else the default ones, are as they should be."""


def _find(session: AwsSession, location: str) -> Iterator[Workspace]:
    for domain in session.items(LIST_DOMAINS, location):
        yield Workspace(
            id=domain["DomainArn"],
            name=domain["DomainName"],
            account=session.account,
            location=location,
            native_type="AWS::SageMaker::Domain",
        )


def _domain_id(workspace: Workspace) -> str:
    return workspace.id.rpartition("/")[2]


def _describe(session: AwsSession, workspace: Workspace) -> Any:
    return session.call(DESCRIBE_DOMAIN, workspace.location, DomainId=_domain_id(workspace))


def _read(session: AwsSession, workspace: Workspace) -> Mapping[str, Fact[Any]]:
    body = _describe(session, workspace)
    # "with an Amazon Web Services managed key by default" (API reference, CreateDomain); the other is the older field
    key = native(body, "KmsKeyId" if body.get("KmsKeyId") else "HomeEfsFileSystemKmsKeyId", default="")
    # "The default value is PublicInternetOnly" (API reference, DescribeDomain)
    internet = native(body, "AppNetworkAccessType", default="PublicInternetOnly").map(_INTERNET)
    return {
        "direct_internet": internet,
        "subnets": _subnets(body, internet),
        "federated": _federated(body),
        "encryption_key": key.map(lambda name: key_ref(session, workspace.location, name) if name else None),
        "containers_restricted": _containers_restricted(body, internet),
    }


def _subnets(body: Mapping[str, Any], internet: Fact[bool]) -> Fact[tuple[str, ...]]:
    """ "The field is optional when the AppNetworkAccessType parameter is set to PublicInternetOnly for domains created
    from Amazon SageMaker Unified Studio" (API reference, CreateDomain)."""
    if isinstance(internet, Known) and internet.value and body.get("DomainSettings", {}).get("UnifiedStudioSettings"):
        return native(body, "SubnetIds", default=()).map(tuple)
    return native(body, "SubnetIds").map(tuple)


def _federated(body: Mapping[str, Any]) -> Fact[bool]:
    mode = native(body, "AuthMode").map(_FEDERATED)
    unified = native(body, "DomainSettings.UnifiedStudioSettings.DomainId", default="")
    if isinstance(mode, Known) and not mode.value and unified.value:
        # people reach it through SageMaker Unified Studio, whose sign-in is set there
        return Unknown(Reason.NOT_BUILT, "sign-in through SageMaker Unified Studio")
    return mode


def _containers_restricted(body: Mapping[str, Any], internet: Fact[bool]) -> Fact[bool]:
    """Docker is not allowed unless it is switched on (developer guide, "Getting started with local mode"). The list of
    trusted accounts works only in a domain without internet access of its own."""
    off = native(body, "DomainSettings.DockerSettings.EnableDockerAccess", default="DISABLED").map(_ON)
    trusted = native(body, "DomainSettings.DockerSettings.VpcOnlyTrustedAccounts", default=())
    return any_true(
        (
            off.map(lambda on: not on),
            all_true((internet.map(lambda direct: not direct), trusted.map(bool))),
        )
    )


def _read_users(session: AwsSession, workspace: Workspace) -> Mapping[str, Fact[Any]]:
    """What user profiles set takes precedence over the default settings of the domain, except security groups, which
    add up (API reference, CreateDomain.DefaultUserSettings)."""
    body = _describe(session, workspace)
    profiles = _profiles(session, workspace)
    # both blocks are optional where they are created (API reference, CreateUserProfile and CreateDomain)
    settings = profiles.map(lambda found: [native(p, "UserSettings", default={}).value for p in found])
    shared: Settings = native(body, "DefaultSpaceSettings", default={}).value
    default: Settings = native(body, "DefaultUserSettings").value
    return {
        "identity": _identity(body, profiles),
        "security_groups": _security_groups(body, settings),
        "shared_identities": _shared_identities(default, profiles),
        "attributable": any_true(
            (
                # off until it is switched on (developer guide, "Turn on sourceIdentity in CloudTrail logs")
                native(body, "DomainSettings.ExecutionRoleIdentityConfig", default="DISABLED").map(_SOURCE_IDENTITY),
                _everybody(default, settings, _names_sessions),
            )
        ),
        "output_protected": _everybody(default, settings, _shares_safely),
        "idle_shutdown": all_true(
            (
                *(_everybody(default, settings, _shuts_down(app)) for app in _USERS_APPS),
                *((_shuts_down(_USERS_APPS[0])(shared, {}),) if shared else ()),
            )
        ),
    }


def _profiles(session: AwsSession, workspace: Workspace) -> Fact[list[Mapping[str, Any]]]:
    """Every user profile in full; the list names them and nothing more."""
    domain = _domain_id(workspace)
    try:
        listed = session.items(LIST_PROFILES, workspace.location, DomainIdEquals=domain)
        names = [profile["UserProfileName"] for profile in listed]
        return Known(
            [
                session.call(DESCRIBE_PROFILE, workspace.location, DomainId=domain, UserProfileName=name)
                for name in sorted(names)
            ]
        )
    except CallFailed as error:
        return error.unknown()


def _everybody(default: Settings, settings: Fact[list[Settings]], wanted: Wanted) -> Fact[bool]:
    """Whether the default settings, which new users get, and those of each user are as wanted."""
    ours = wanted(default, {})
    if isinstance(settings, Unknown):
        return all_true((ours, settings))
    return all_true((ours, *(wanted(own, default) for own in settings.value)))


def _own_or_default(own: Settings, default: Settings, path: str, unset: Any) -> Fact[Any]:
    """A setting of a user; where they have none that of the domain; where it has none what the API documents."""
    value = native(own, path, default=None)
    return value if isinstance(value, Unknown) or value.value is not None else native(default, path, default=unset)


def _names_sessions(own: Settings, default: Settings) -> Fact[bool]:
    """ "If this value is set to STATIC or is not set, the session name defaults to SageMaker" (API reference,
    StudioWebPortalSettings.ExecutionRoleSessionNameMode)."""
    return _own_or_default(own, default, _MODE, "STATIC").map(_SESSION_NAME)


def _shares_safely(own: Settings, default: Settings) -> Fact[bool]:
    """ "The default is Disabled" (API reference, SharingSettings.NotebookOutputOption). The key comes from the same
    block as the option."""
    option = native(own, _SHARING, default=None)
    block = own if isinstance(option, Unknown) or option.value is not None else default
    shared: Fact[bool] = native(block, _SHARING, default="Disabled").map(_OUTPUT_SHARED)
    keyed = native(block, _SHARING_KEY, default="").map(bool)
    return any_true((shared.map(lambda on: not on), keyed))


def _shuts_down(app: str) -> Wanted:
    """Without the setting nothing is shut down (developer guide, "Idle shutdown": an administrator turns it on)."""

    def wanted(own: Settings, default: Settings) -> Fact[bool]:
        return _own_or_default(own, default, f"{app}.{_IDLE}", "DISABLED").map(_ON)

    return wanted


def _identity(body: Mapping[str, Any], profiles: Fact[list[Mapping[str, Any]]]) -> Fact[tuple[Ref, ...]]:
    """Roles of private spaces, of shared spaces, of RStudio, and those of users who have their own."""
    named = [
        native(body, "DefaultUserSettings.ExecutionRole"),
        native(body, "DefaultSpaceSettings.ExecutionRole", default=""),
        native(body, "DomainSettings.RStudioServerProDomainSettings.DomainExecutionRoleArn", default=""),
    ]
    if isinstance(profiles, Unknown):
        return profiles
    named += [native(profile, "UserSettings.ExecutionRole", default="") for profile in profiles.value]
    return combine(lambda *arns: distinct(role_ref(arn) for arn in arns if arn), *named)


def _security_groups(body: Mapping[str, Any], settings: Fact[list[Settings]]) -> Fact[tuple[str, ...]]:
    """Each block is optional: a domain with internet access of its own needs none (API reference, UserSettings)."""
    if isinstance(settings, Unknown):
        return settings
    lists = [
        native(body, "DefaultUserSettings.SecurityGroups", default=()),
        native(body, "DefaultSpaceSettings.SecurityGroups", default=()),
        native(body, "DomainSettings.SecurityGroupIds", default=()),
        *(native(own, "SecurityGroups", default=()) for own in settings.value),
    ]
    return combine(lambda *found: tuple(sorted({name for names in found for name in names})), *lists)


def _shared_identities(default: Settings, profiles: Fact[list[Mapping[str, Any]]]) -> Fact[tuple[str, ...]]:
    """Users whose role, their own or the default, is that of another user of the domain, too."""
    if isinstance(profiles, Unknown):
        return profiles
    users = [str(profile["UserProfileName"]) for profile in profiles.value]
    if len(users) < 2:
        return Known((), {"UserProfiles": users})
    roles: Sequence[Fact[Any]] = [_role_of(profile, default) for profile in profiles.value]

    def shared(*arns: str) -> tuple[str, ...]:
        uses = Counter(arns)
        return tuple(user for user, arn in zip(users, arns, strict=True) if uses[arn] > 1)

    found = combine(shared, *roles)
    if isinstance(found, Unknown):
        return found
    acting = {user: role.value for user, role in zip(users, roles, strict=True)}
    return Known(found.value, {f"ExecutionRole of {user}": arn for user, arn in acting.items()})


def _role_of(profile: Mapping[str, Any], default: Settings) -> Fact[Any]:
    own = native(profile, "UserSettings.ExecutionRole", default="")
    return own if isinstance(own, Unknown) or own.value else native(default, "ExecutionRole")


def _read_secrets(session: AwsSession, workspace: Workspace) -> Mapping[str, Fact[Any]]:
    """All scripts of the region: its applications can be started with any of them, and its users can read them."""
    listed = session.items(LIST_SCRIPTS, workspace.location)
    names = [script["StudioLifecycleConfigName"] for script in listed]
    bodies = {name: session.call(DESCRIBE_SCRIPT, workspace.location, StudioLifecycleConfigName=name) for name in names}
    return {"secrets": secrets_in((name, body.get("StudioLifecycleConfigContent")) for name, body in bodies.items())}


COLLECTORS: tuple[Collector[Workspace, AwsSession], ...] = (
    Collector(
        name="aws.workspaces.sagemaker",
        provider=Provider.AWS,
        kind=Workspace,
        reach=Reach.LOCATION,
        service="sagemaker",
        find_calls=(LIST_DOMAINS,),
        find=_find,
        details=(
            Detail(
                calls=(DESCRIBE_DOMAIN,),
                facts=("direct_internet", "subnets", "federated", "encryption_key", "containers_restricted"),
                read=_read,
            ),
            Detail(
                calls=(DESCRIBE_DOMAIN, LIST_PROFILES, DESCRIBE_PROFILE),
                facts=(
                    "identity",
                    "security_groups",
                    "shared_identities",
                    "attributable",
                    "output_protected",
                    "idle_shutdown",
                ),
                read=_read_users,
            ),
            Detail(calls=(LIST_SCRIPTS, DESCRIBE_SCRIPT), facts=("secrets",), read=_read_secrets),
        ),
    ),
)
