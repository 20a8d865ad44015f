"""How a request came, by a CloudTrail record: address, endpoint, TLS, signature, and what enrichment adds.

AWS: "CloudTrail record contents for management, data, and network activity events".
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from why403.report.addresses import is_private
from why403.report.formats.record import object_of, text_of
from why403.report.moments import moment
from why403.report.sighting import MOST
from why403.report.stripping import strip_secrets

_METHODS: Final = {"AuthHeader": "REST-HEADER", "QueryString": "REST-QUERY-STRING", "HtmlForm": "POST"}
_SIGNATURES: Final = {"SigV4": "AWS4-HMAC-SHA256", "SigV2": "AWS"}
_ENDPOINT_KEYS: Final = ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp")


def request_keys(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the condition keys that a record tells of its request; None for a key known to be absent."""
    more, tls = object_of(record.get("additionalEventData")), object_of(record.get("tlsDetails"))
    version = text_of(tls.get("tlsVersion")) or ""
    agent = (text_of(record.get("userAgent")) or "").strip()
    told: dict[str, Any] = {
        "s3:authType": _METHODS.get(str(more.get("AuthenticationMethod"))),
        "s3:signatureversion": _SIGNATURES.get(str(more.get("SignatureVersion"))),
        "s3:TlsVersion": version.removeprefix("TLSv") if version.startswith("TLSv") else None,
        "aws:SecureTransport": "true" if version or more.get("CipherSuite") else None,
        "aws:UserAgent": agent[1:-1] if agent[:1] + agent[-1:] == "[]" else agent or None,
        "aws:RequestedRegion": text_of(record.get("awsRegion")),
        "aws:CurrentTime": moment(text_of(record.get("eventTime"))),
    }
    told = {name: value for name, value in told.items() if value is not None}
    return {**told, **_network(record), **_enriched(object_of(record.get("eventContext")))}


def _network(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the address and the endpoint tell; names of services and `AWS Internal` tell nothing."""
    endpoint, address = text_of(record.get("vpcEndpointId")), text_of(record.get("sourceIPAddress")) or ""
    private = is_private(address)
    if endpoint:
        told: dict[str, Any] = {"aws:SourceVpce": endpoint, "aws:SourceIp": None}
        if private is not None:
            told["aws:VpcSourceIp"] = address
        account = text_of(record.get("vpcEndpointAccountId"))
        return {**told, "aws:VpceAccount": account} if account else told
    if private is False and not object_of(record.get("userIdentity")).get("invokedBy"):
        # A record names the endpoint a request came through; a public address without one came over the internet.
        return {"aws:SourceIp": address, **dict.fromkeys(_ENDPOINT_KEYS)}
    return {}


def _enriched(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return condition keys and principal tags of events that were enriched with them."""
    told: dict[str, Any] = {}
    for name, value in islice(object_of(context.get("requestContext")).items(), MOST):
        if isinstance(name, str) and ":" in name:
            values = [text_of(each) for each in value] if isinstance(value, list) else text_of(value)
            told[strip_secrets(name)] = values
    tags = object_of(object_of(context.get("tagContext")).get("principalTags"))
    for name, value in islice(tags.items(), MOST):
        text = text_of(value)
        if isinstance(name, str) and text is not None:
            told[f"aws:PrincipalTag/{strip_secrets(name)}"] = text
    return {name: value for name, value in told.items() if value is not None}
