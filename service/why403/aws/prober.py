"""Harmless calls made as somebody else, where the service may assume that caller's role.

AWS: "HeadObject", "ListObjectsV2", "PutObject" (Amazon S3 API Reference), on `If-None-Match` and on what 404 tells.
"""

from collections.abc import Mapping
from typing import Any, Final

from botocore import xform_name
from botocore.config import Config

from why403.aws.accounts import Accounts
from why403.aws.failure import code_of, failure_of
from why403.writing import Probe, Probed

_SESSION_NAME: Final = "why403-verify"
_SECONDS: Final = 900
_HARMLESS: Final = frozenset({"HeadObject", "HeadBucket", "ListObjectsV2"})
_CANARY: Final = "PutObject"
_REFUSED: Final = frozenset({"403", "AccessDenied", "AllAccessDisabled"})
_THERE: Final = frozenset({"404", "NoSuchKey"})
_CONFIG: Final = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


class Prober:
    """Assumes the roles of callers with the service's own credentials; deletes what is left with the writer's."""

    def __init__(self, accounts: Accounts) -> None:
        """Call nothing yet."""
        self._accounts = accounts

    def probe(self, probe: Probe) -> Probed:
        """Try one call; never raises."""
        if probe.operation not in ({_CANARY} if probe.canary else _HARMLESS):
            return Probed("not_run", "it is none of the calls that are harmless")
        try:
            client = self._client(probe)
        except Exception as error:  # noqa: BLE001 - whatever happens, this role is not for us
            why = code_of(error) or failure_of(error).result
            return Probed("not_run", f"the role `{probe.role}` cannot be assumed ({why})")
        return self._with_canary(client, probe) if probe.canary else _tried(client, probe.operation, probe.parameters)

    def _client(self, probe: Probe) -> Any:
        session = self._accounts.session
        usual = session.get_config_variable("region") or "us-east-1"
        sts = session.create_client("sts", region_name=usual, config=_CONFIG)
        given = sts.assume_role(RoleArn=probe.role, RoleSessionName=_SESSION_NAME, DurationSeconds=_SECONDS)
        held = given["Credentials"]
        return session.create_client(
            "s3",
            region_name=probe.region or usual,
            config=_CONFIG,
            aws_access_key_id=held["AccessKeyId"],
            aws_secret_access_key=held["SecretAccessKey"],
            aws_session_token=held["SessionToken"],
        )

    def _with_canary(self, client: Any, probe: Probe) -> Probed:
        """Write an empty object where none is, and delete exactly that again."""
        try:
            made = client.put_object(**probe.parameters, Body=b"", IfNoneMatch="*")
        except Exception as error:  # noqa: BLE001 - told in words
            if code_of(error) in {"PreconditionFailed", "412"}:
                return Probed("not_run", "there is an object of the canary's key; choose one that is free")
            return _failed(error)
        named = {name: probe.parameters[name] for name in ("Bucket", "Key")}
        if made.get("VersionId") is not None:
            named["VersionId"] = made["VersionId"]
        if _deleted(client, named) or self._deleted_by_writer(probe, named):
            return Probed("allowed")
        return Probed("allowed", "the canary could not be deleted again", left_behind=named["Key"])

    def _deleted_by_writer(self, probe: Probe, named: Mapping[str, Any]) -> bool:
        try:
            client = self._accounts.client(self._accounts.meant(probe.account), "s3", probe.region)
        except Exception:  # noqa: BLE001 - then nobody deletes it
            return False
        return _deleted(client, named)


def _tried(client: Any, operation: str, parameters: Mapping[str, Any]) -> Probed:
    try:
        getattr(client, xform_name(operation))(**parameters)
    except Exception as error:  # noqa: BLE001 - told in words
        if code_of(error) in _THERE:
            return Probed("allowed", "there is no such object, which S3 tells only those who may know")
        return _failed(error)
    return Probed("allowed")


def _failed(error: Exception) -> Probed:
    if code_of(error) in _REFUSED:
        return Probed("refused")
    return Probed("failed", f"the call {failure_of(error).because.format(permission='what it needs', where='')}")


def _deleted(client: Any, named: Mapping[str, Any]) -> bool:
    try:
        client.delete_object(**named)
    except Exception:  # noqa: BLE001 - somebody else may be able to
        return False
    return True
