"""A page about what the service must be allowed: every call with its permission, and the policies to attach."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class Row(NamedTuple):
    """A call, its permission, the layers that make it, and a remark."""

    call: str
    permission: str
    layers: Sequence[str]
    remark: str = ""


_HEAD = """# What the service may read

Without AWS credentials the service needs nothing. Where it reads AWS, it makes the calls below and no others (but
`sts:GetCallerIdentity`, which every identity may make); what it may not call is *not known* in its answers, and each
doubt names the permission and the account in which it is missing. So these policies may be cut down: fewer permissions
mean more doubts, never wrong decisions. A read may also be refused by the very policy that is looked into; that, too,
is then said. `GET /layers?account=ACCOUNT` tries every call and says which of them are refused.

This page is what `why403 permissions --markdown` prints; in your own installation it speaks of the layers that are
loaded there. The policies alone come from `why403 permissions`, with `--for` one of those named below.
"""

_OBJECTS = """## What is left out

No policy here lets the service read what objects hold, or list them: `s3:GetObject`, `s3:GetObjectVersion`,
`s3:GetObjectAttributes`, `s3:ListBucket`, `s3:ListBucketVersions`. IAM knows no permission for the headers of an object
alone, so whoever took over the credentials of the service could read objects, although the service itself never calls
GetObject. What only HeadObject tells is then not read: whether an object is there, its storage class, its encryption.
With `WHY403_COLLECT_OBJECTS=true` the service reads it, and `why403 permissions` gives what the calls marked *opt-in*
above need; `--with-objects` gives it whatever the setting.
"""


def permissions_page(rows: Iterable[Row], policies: Mapping[str, tuple[str, Mapping[str, Any]]]) -> str:
    """Return the page as Markdown; `policies` are the sentence and the document for each name of `--for`."""
    parts = [_HEAD, "## The calls\n", "| call | permission | for | |\n|---|---|---|---|"]
    parts += [f"| {each.call} | `{each.permission}` | {', '.join(each.layers)} | {each.remark} |" for each in rows]
    for name, (sentence, document) in policies.items():
        parts.append(f"\n## `--for {name}`\n\n{sentence}\n")
        if document["Statement"]:
            parts.append(f"```json\n{json.dumps(document, indent=2)}\n```")
        else:
            parts.append("No layer that is loaded needs this.")
    return "\n".join(parts) + "\n\n" + _OBJECTS
