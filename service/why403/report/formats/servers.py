"""Servers that speak S3's protocol and are not AWS: storage services of others, MinIO, what is given as an endpoint.

Sources: the endpoints that Cloudflare R2, DigitalOcean Spaces, Wasabi, Backblaze B2, Google Cloud Storage, MinIO and
others document for S3 clients.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from why403.report.sighting import MOST, Sighting, fields

_SERVICES: Final = (
    *("r2.cloudflarestorage.com", "digitaloceanspaces.com", "wasabisys.com", "backblazeb2.com"),
    *("storage.googleapis.com", "linodeobjects.com", "scw.cloud", "your-objectstorage.com", "oraclecloud.com"),
    *("aliyuncs.com", "myqcloud.com", "yandexcloud.net", "cloud.ovh.net", "vultrobjects.com", "exo.io"),
    "filebase.com",
)
_AWS: Final = "amazonaws.com"
_LABELS: Final = r"(?<![\w.@-])(?P<host>(?:[a-z0-9-]{1,63}\.){0,6}"
_OF_SERVICE: Final = re.compile(rf"{_LABELS}(?:{'|'.join(map(re.escape, _SERVICES))}))(?![\w-]|\.\w)")
# The ports are MinIO's and LocalStack's own.
_LOCAL: Final = re.compile(r"(?<![\w.@-])(?P<host>(?:localhost|127\.0\.0\.1|minio|localstack):(?:9000|4566))\b")
_ENDPOINT: Final = re.compile(
    r"(?:--endpoint-url[\s=]|endpoint_url[\"']?\s?[=:]|AWS_ENDPOINT_URL(?:_S3)?=|\bs3a?\.endpoint=)\s?[\"']?https?://"
    r"(?P<host>[a-z0-9][a-z0-9.-]{1,253}(?::\d{2,5})?)"
)
_MINIO: Final = re.compile(r"^[<*\s]{0,4}[Ss]erver: (?P<host>MinIO)\b", re.MULTILINE)
WORDS: Final[tuple[str, ...]] = ("://", "ost:", "erver: MinIO", *_SERVICES)


def servers(text: str) -> Iterator[Sighting]:
    """Yield the servers of others that a text names; nothing where it names one of AWS's as well."""
    if _AWS in text:
        return
    for pattern in (_OF_SERVICE, _LOCAL, _ENDPOINT, _MINIO):
        for found in islice(pattern.finditer(text), MOST):
            yield Sighting(start=found.start(), source="text", told=fields(server=found["host"]), is_error=False)
