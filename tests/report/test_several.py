"""Of two errors in one text one is told, and nothing of the other is mixed into it."""

from typing import Final

import pytest

from tests.report.samples import samples
from tests.report.test_wrapping import facts
from why403.report import read

CALL: Final = ("principal", "operation", "action", "bucket", "key", "named")
TEXTS: Final = {name: each.text for name, each in samples().items()}
WHOLE: Final = {name: facts(read(text)) for name, text in TEXTS.items()}
# Those in which AWS says who may not do what and why; two of them are two refusals.
TOLD: Final = [
    name
    for name, whole in WHOLE.items()
    if whole["principal"] not in {None, "anonymous"} and whole["named"] and name != "carried: spark v2 sdk nested"
]
BETWEEN: Final = ("\n", "\n\nand then, on another machine:\n\n")


@pytest.mark.parametrize("between", BETWEEN, ids=("next line", "further down"))
@pytest.mark.parametrize("first", TOLD)
def test_two_refusals_are_never_told_as_one(first: str, between: str) -> None:
    for second in TOLD:
        if second == first:
            continue
        told = facts(read(TEXTS[first] + between + TEXTS[second]))
        own = [all(told[each] in {None, WHOLE[name][each]} for each in CALL) for name in (first, second)]
        assert any(own), (second, told)


USER: Final = (
    "User: arn:aws:iam::123412341234:user/{} is not authorized to perform: s3:GetObject on resource: {} because no "
)
CONTRADICTIONS: Final = {
    "a write, and the right to list that no write asks for": (
        "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied\n"
        "User: arn:aws:iam::123412341234:user/ann is not authorized to perform: s3:ListBucket on resource: "
        '"arn:aws:s3:::fen" because no identity-based policy allows the s3:ListBucket action'
    ),
    "a bare answer and one with a reason": (
        "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied\n"
        "An error occurred (AccessDenied) when calling the GetObject operation: "
        + USER.format("ann", '"arn:aws:s3:::fen/a"')
        + "session policy allows the s3:GetObject action"
    ),
    "two clients": (
        "AccessDenied: Access Denied\n    at Request.extractError (s3.js:1:1) {\n  code: 'AccessDenied',\n"
        "  requestId: 'J1J1J1J1J1J1J1J1',\n  statusCode: 403\n}\n"
        "upload failed: ./a to s3://fen/a An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"
    ),
    "two bodies with other callers": "\n".join(
        f"<Error><Code>AccessDenied</Code><Message>{USER.format(who, chr(34) + 'arn:aws:s3:::fen/a' + chr(34))}session policy "
        f"allows the s3:GetObject action</Message></Error>"
        for who in ("ann", "bea")
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_what_contradicts_itself_is_two_errors(name: str) -> None:
    report = read(CONTRADICTIONS[name])
    assert report.others_in_text == 1
    assert None in {report.principal, report.request_id}
    assert report.principal is None or report.principal.endswith("ann")
