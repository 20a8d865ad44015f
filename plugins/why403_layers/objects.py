"""The states of objects as facts: whether they are there, where they are stored, what locks them, their versions."""

from why403 import Fact
from why403.domain.facts import flag
from why403.domain.states import Lock, Storage, Versioning, lock, storage, versioning

EXISTS: Fact[bool] = Fact(
    name="object.exists", load=flag, permission="s3:GetObject", assumed=True, of_resource=True, of_object=True
)
DELETE_MARKER: Fact[bool] = Fact(
    name="object.delete_marker", load=flag, permission="s3:GetObject", assumed=True, of_resource=True, of_object=True
)
STORAGE_CLASS: Fact[Storage] = Fact(
    name="object.storage_class", load=storage, permission="s3:GetObject", assumed=True, of_resource=True, of_object=True
)
LOCK: Fact[Lock] = Fact(
    name="object.lock", load=lock, permission="s3:GetObjectRetention", assumed=True, of_resource=True, of_object=True
)
VERSIONING: Fact[Versioning] = Fact(
    name="bucket.versioning", load=versioning, permission="s3:GetBucketVersioning", assumed=True, of_resource=True
)
