"""What several layers read of an object: one HeadObject tells whether it is there, where it is stored and its key.

AWS: "HeadObject" (Amazon S3 API Reference): without permission to list the bucket an object that is not there is
answered 403. What it holds is never read.
"""

from collections.abc import Mapping
from typing import Any, Final

from why403.collecting.declared import CannotTell, Collecting
from why403.collecting.s3 import bucket_asked, of_object, version_asked
from why403.domain.evidence import Found, Observation, Unreadable
from why403.domain.request import AccessRequest

Headers = Mapping[str, Any]

HEAD_OBJECT: Final = of_object("HeadObject", "", absent=("404",), beside=("s3:ListBucket",))
_NO_HEADERS: Final = Unreadable("S3 answered without the headers of an object", HEAD_OBJECT.current.permission)


def headers_of(request: AccessRequest) -> Collecting[Observation[Headers] | None]:
    """Return what the headers of the object say, or of the version asked for; None where no object is named.

    Absent means that S3 says that there is none. Needs the facts OF_BUCKET; raises CannotTell where it is not known
    which object or version is meant.
    """
    bucket = yield bucket_asked(request)
    if bucket is None or not request.resource.key:
        return None
    version = version_asked(request)
    parameters = {"Key": request.resource.key} | ({} if version is None else {"VersionId": version})
    call = HEAD_OBJECT.current if version is None else HEAD_OBJECT.version
    seen: Observation[Headers] = yield bucket.read(call, **parameters)
    if isinstance(seen, Found) and "ETag" not in seen.value:  # a proxy answers HEAD with anything
        raise CannotTell(_NO_HEADERS)
    return seen
