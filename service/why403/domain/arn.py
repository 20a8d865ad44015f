"""Amazon Resource Names, and what an S3 one speaks of: a bucket, an object, an access point or something else."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from why403.domain.remembered import remembered

_SEGMENTS = 6
OBJECT_LAMBDA: Final = "s3-object-lambda"
EXPRESS: Final = "s3express"
KMS: Final = "kms"
NOT_TOLD: Final = "*"
_ACCESS_POINT = "accesspoint/"
_DIRECTORY = "bucket/"
_THROUGH = "/object/"


class Arn(NamedTuple):
    """The six segments of an ARN; the last one may contain colons."""

    partition: str
    service: str
    region: str
    account: str
    rest: str


def split_arn(text: str) -> Arn | None:
    """Return the segments of `text`, None if it is not of the form `arn:partition:service:region:account:rest`."""
    parts = text.split(":", _SEGMENTS - 1)
    if len(parts) != _SEGMENTS or parts[0] != "arn":
        return None
    return Arn(*parts[1:])


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """What a request is about; compared by identity; equal texts mostly share one object.

    `vague`: its Region or its account is not known, or which KMS key it is, and stands as `*`.
    """

    arn: str
    partition: str
    service: str
    region: str
    account: str
    bucket: str | None = None
    key: str | None = None
    access_point: str | None = None
    vague: bool = False

    @property
    def bucket_arn(self) -> str:
        """Return the ARN of the bucket alone; only for a resource that names a bucket."""
        if self.service == EXPRESS:
            return f"arn:{self.partition}:{EXPRESS}:{self.region}:{self.account}:{_DIRECTORY}{self.bucket}"
        return f"arn:{self.partition}:s3:::{self.bucket}"

    @property
    def in_bucket(self) -> bool:
        """Return whether this is a bucket or in one, reached directly or through an access point.

        Behind an Object Lambda access point is a function, which asks on its own for what it reads.
        """
        return self.bucket is not None or (self.access_point is not None and self.service != OBJECT_LAMBDA)


EVERYTHING = Resource("*", "aws", "", "", "")


@remembered(16_384)
def resource(text: str) -> Resource | None:
    """Return the resource an ARN or `*` names, None for any other text."""
    if text == "*":
        return EVERYTHING
    arn = split_arn(text)
    if arn is None:
        return None
    if arn.service == "s3" and not arn.region and not arn.account:
        bucket, slash, key = arn.rest.partition("/")
        return Resource(text, arn.partition, "s3", "", "", bucket, key if slash else None)
    if arn.service == EXPRESS and arn.rest.startswith(_DIRECTORY):
        bucket, slash, key = arn.rest.removeprefix(_DIRECTORY).partition("/")
        vague = NOT_TOLD in {arn.region, arn.account}
        return Resource(text, *arn[:4], bucket, key if slash else None, vague=vague)
    if arn.rest.startswith(_ACCESS_POINT):
        point, through, key = arn.rest.removeprefix(_ACCESS_POINT).partition(_THROUGH)
        own = text[: len(text) - len(through) - len(key)]
        if point:
            return Resource(text, *arn[:4], key=key if through else None, access_point=own)
    return Resource(text, *arn[:4], vague=arn.service == KMS and NOT_TOLD in {arn.region, arn.account, arn.rest[-1:]})
