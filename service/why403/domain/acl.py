"""Access control lists as facts hold them: who is granted what, and whose account a grantee is.

AWS: "Access control list (ACL) overview" (Amazon S3 User Guide).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from why403.domain.errors import InvalidInput, escaped
from why403.domain.evidence import Evidence, Found
from why403.domain.facts import CANONICAL_IDS

_GROUPS = "http://acs.amazonaws.com/groups/"
ALL_USERS = _GROUPS + "global/AllUsers"
AUTHENTICATED_USERS = _GROUPS + "global/AuthenticatedUsers"
LOG_DELIVERY = _GROUPS + "s3/LogDelivery"
_PERMISSIONS = frozenset({"READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"})
_MEMBERS = ("owner", "grants")
_NAMED = "`owner` and `grants`, in small letters"
_FORMS = frozenset({"id", "uri", "email", "account"})
_ACCOUNT_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class AclGrant:
    """One grant: the form and text of its grantee, and the permission."""

    form: str
    grantee: str
    permission: str
    index: int

    @property
    def public(self) -> bool:
        """Return whether it is to everyone, or to everyone signed."""
        return self.grantee in {ALL_USERS, AUTHENTICATED_USERS}


@dataclass(frozen=True, slots=True, eq=False)
class Acl:
    """An ACL: its owner's id, and its grants."""

    owner: str | None
    grants: tuple[AclGrant, ...]


def load_acl(value: Any) -> Acl:
    """Return an ACL from `{"owner": ID, "grants": [{"grantee": {...}, "permission": "READ"}]}`."""
    members = value if isinstance(value, dict) else {}
    for name in members:
        if name not in _MEMBERS:
            raise InvalidInput.at(f"/{escaped(str(name))}", f"`{name}` is no member of an ACL: those are {_NAMED}")
    if not isinstance(members.get("grants"), list):
        raise InvalidInput.at("", "must hold `owner` and a list of `grants`")
    owner = value.get("owner")
    if not isinstance(owner, str | None):
        raise InvalidInput.at("/owner", "must be an id")
    return Acl(owner, tuple(_grant(each, index) for index, each in enumerate(value["grants"])))


def _grant(each: Any, index: int) -> AclGrant:
    if not isinstance(each, dict):
        raise InvalidInput.at(f"/grants/{index}", "must hold `grantee` and `permission`")
    missing = [name for name in ("grantee", "permission") if name not in each]
    if missing:
        raise InvalidInput.at(f"/grants/{index}", f"`{missing[0]}` is missing")
    grantee = each["grantee"]
    if not isinstance(grantee, dict) or len(grantee) != 1 or not _FORMS.issuperset(grantee):
        raise InvalidInput.at(f"/grants/{index}/grantee", "must hold one of `id`, `uri`, `email` and `account`")
    form, name = next(iter(grantee.items()))
    permission = each["permission"]
    if not isinstance(name, str):
        raise InvalidInput.at(f"/grants/{index}/grantee/{form}", "must be a string")
    if not isinstance(permission, str) or permission not in _PERMISSIONS:
        names = ", ".join(f"`{known}`" for known in sorted(_PERMISSIONS))
        raise InvalidInput.at(f"/grants/{index}/permission", f"must be one of {names}")
    return AclGrant(form=form, grantee=name, permission=permission, index=index)


def is_account_id(name: str) -> bool:
    """Return whether an id is an account's, not a canonical one."""
    return len(name) == _ACCOUNT_DIGITS and name.isdigit()


def grantee_account(grant: AclGrant, acl: Acl, owner: str | None, evidence: Evidence) -> str | None:
    """Return the account of a grantee, None if it cannot be resolved; `owner` is the account of the ACL's owner."""
    if grant.form == "email":
        return None
    if is_account_id(grant.grantee):
        return grant.grantee
    seen = evidence[CANONICAL_IDS]
    known = seen.value.get(grant.grantee) if isinstance(seen, Found) else None
    return owner if known is None and grant.grantee == acl.owner else known


def as_sent(acl: Acl, owner: str | None, evidence: Evidence) -> Mapping[str, Any]:
    """Return a whole ACL as the parameter `AccessControlPolicy`; `owner` is the account of the ACL's owner.

    AWS: "PutObjectAcl" (Amazon S3 API Reference): what is put replaces all grants, the owner's as well.
    """
    grants = [{"Grantee": _sent_grantee(each, evidence), "Permission": each.permission} for each in acl.grants]
    return {"Owner": {"ID": _canonical(acl.owner or owner or "CANONICAL_ID_OF_THE_OWNER", evidence)}, "Grants": grants}


def _sent_grantee(grant: AclGrant, evidence: Evidence) -> Mapping[str, str]:
    match grant.form:
        case "uri":
            return {"Type": "Group", "URI": grant.grantee}
        case "email":
            return {"Type": "AmazonCustomerByEmail", "EmailAddress": grant.grantee}
    return {"Type": "CanonicalUser", "ID": _canonical(grant.grantee, evidence)}


def _canonical(name: str, evidence: Evidence) -> str:
    """Return the canonical id of an account that is named by its digits; any other name is such an id."""
    if not is_account_id(name):
        return name
    seen = evidence[CANONICAL_IDS]
    known = seen.value.items() if isinstance(seen, Found) else ()
    return next((canonical for canonical, account in known if account == name), f"CANONICAL_ID_OF_ACCOUNT_{name}")
