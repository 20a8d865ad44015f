"""Where an address leads: the bucket, key, access point, endpoint and Region in URLs and URIs of S3.

AWS: "Virtual hosting of general purpose buckets", "Amazon S3 endpoints and quotas", "AWS PrivateLink for Amazon S3".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from why403.report.sighting import Fields, fields

URL: Final = re.compile(r"""https?://[^\s"'<>`\\|]{4,8000}""")
URI: Final = re.compile(r"""\bs3[an]?://[^\s"'<>`\\|]{1,2000}""")
_TRAIL: Final = ".,;:)]}"
_CUT: Final = re.compile(r"(?:\.{2,9}|…)[,;:)\]}]{0,9}\Z")
_LISTING: Final = re.compile(r"\?(?:[a-z-]{1,40}=[^&]{0,1100}&)?list-type=2(?:&|\Z)")

_HOST: Final = re.compile(
    r"""(?:(?P<point>[a-z0-9][a-z0-9-]{1,62})-(?P<account>\d{12})
        \.s3-accesspoint(?:-fips)?(?:\.dualstack)?\.(?P<at>[a-z0-9-]{4,24})
       |(?:(?P<inside>[a-z0-9][a-z0-9.-]{1,62})\.)?(?:bucket|accesspoint)\.(?P<vpce>vpce-[0-9a-f]{8,17})[a-z0-9-]{0,60}
        \.s3\.(?P<private>[a-z0-9-]{4,24})\.vpce
       |(?:(?P<bucket>[a-zA-Z0-9_][a-zA-Z0-9._-]{1,62})\.)??
         s3(?:express[a-z0-9-]{0,30}|-accelerate|-website|-fips|-external-1)?(?:\.dualstack)?
         (?:[.-](?P<region>[a-z]{2}(?:-[a-z]{2,10}){1,3}-\d))?
       )\.amazonaws\.com(?:\.cn)?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an address names; `query` holds the parameters of a URL, without values for flags such as `?acl`."""

    bucket: str | None = None
    key: str | None = None
    access_point: str | None = None
    region: str | None = None
    vpce: str | None = None
    secure: bool | None = None
    website: bool = False
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def told(self) -> Fields:
        """Return the fields of a report that the place tells."""
        # The name of an interface endpoint is reached through that endpoint only.
        context = {"aws:SourceVpce": self.vpce} if self.vpce else {}
        point = self.access_point
        resource = point and (f"{point}/object/{self.key}" if self.key else point)
        return fields(bucket=self.bucket, key=self.key, resource=resource, region=self.region, context=context)


def place_of_url(url: str) -> Place | None:
    """Return where an HTTP address of S3 leads, None for other hosts and for what is no address."""
    try:
        parts = urlsplit(url.rstrip(_TRAIL))
        host, query = parts.hostname or "", dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return None
    cut = not parts.query and _CUT.search(url) is not None
    path = parts.path[: parts.path.find("/", 1) + 1] if cut else parts.path
    place = place_of_host(host, path, query, secure=parts.scheme == "https")
    return replace(place, key=None) if cut and place else place


def place_of_host(host: str, path: str, query: Mapping[str, str], *, secure: bool | None = None) -> Place | None:
    """Return where a path on a host of S3 leads."""
    found = _HOST.fullmatch(host.strip().partition(":")[0])
    if found is None:
        return None
    path = path.removeprefix("/")
    if found["point"]:
        partition = "aws-cn" if host.endswith(".cn") else "aws"
        point = f"arn:{partition}:s3:{found['at']}:{found['account']}:accesspoint/{found['point']}"
        return Place(access_point=point, key=unquote(path) or None, region=found["at"], secure=secure, query=query)
    bucket = found["bucket"] or found["inside"]
    if bucket is None:
        bucket, _, path = path.partition("/")
    if bucket and not is_bucket(unquote(bucket)):
        return None
    return Place(
        bucket=unquote(bucket) or None,
        key=unquote(path) or None,
        region=found["region"] or found["private"],
        vpce=found["vpce"],
        secure=secure,
        website=".s3-website" in host or host.startswith("s3-website"),
        query=query,
    )


def place_of_uri(uri: str) -> Place | None:
    """Return where `s3://bucket/key` leads, access point ARNs in the place of the bucket included."""
    rest = uri.partition("://")[2]
    if _CUT.search(rest):
        rest = rest[: rest.find("/") + 1]  # who pasted it left out the rest of a name
    rest = rest.rstrip(_TRAIL)
    if rest.startswith("arn:"):
        arn, _, key = rest.partition("/")
        name, _, key = key.partition("/")
        return Place(access_point=f"{arn}/{name}", key=key or None) if arn.endswith(":accesspoint") and name else None
    bucket, _, key = rest.partition("/")
    bucket = bucket.rpartition("@")[2]
    if not is_bucket(bucket):
        return None
    if _LISTING.match(key):  # DuckDB tells so of a list of a bucket
        return Place(bucket=bucket, query=dict(parse_qsl(key[1:], keep_blank_values=True, max_num_fields=100)))
    return Place(bucket=bucket, key=key or None)


_BUCKET: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,254}(?<!\.\.)")
BUCKET: Final = r"(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?![\w.-]{0,62}(?:[*<\[{$…]|\.\.))"
"""A bucket's name in running text, as a part of patterns; one that is masked or cut off is none."""


def is_bucket(name: str) -> bool:
    """Return whether a name could be a bucket's; those of before 2018 have capitals and up to 255 characters."""
    return _BUCKET.fullmatch(name) is not None and not is_endpoint(name)


def is_endpoint(name: str) -> bool:
    """Return whether a name is that of an endpoint of S3, as it is written where a bucket belongs."""
    found = _HOST.fullmatch(name)
    return found is not None and found.lastgroup in {None, "region"}
