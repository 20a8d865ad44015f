"""Every format: what is in a paste is told, what is not is left open, whatever carried it."""

from typing import Final

import pytest

from tests.report.samples import Sample, picked, samples
from why403.report import SOURCES, read

SAMPLES: Final[dict[str, Sample]] = samples()
every_sample = pytest.mark.parametrize("name", SAMPLES)
# Some samples are about how they are laid out; these may stand anywhere.
MOVABLE: Final = [name for name in SAMPLES if not name.startswith(("prose", "access-log", "terraform: framed"))]


@every_sample
def test_a_paste_tells_what_it_says_and_no_more(name: str) -> None:
    text, told, _ = SAMPLES[name]
    assert picked(read(text), told) == told


def test_every_source_has_samples() -> None:
    told = {each.told.get("source") for each in SAMPLES.values()}
    assert set(SOURCES) - told == {"eventbridge"}


def coloured(text: str) -> str:
    return "\n".join(f"\x1b[31m{line}\x1b[0m" for line in text.split("\n"))


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def windows(text: str) -> str:
    return text.replace("\n", "\r\n")


def fenced(text: str) -> str:
    return f"Hello,\nthis happens since this morning:\n\n```\n{text}\n```\n\nThanks for any help!"


WRAPPINGS: Final = (coloured, indented, windows, fenced)


@pytest.mark.parametrize("wrap", WRAPPINGS, ids=lambda wrap: str(wrap.__name__))
@pytest.mark.parametrize("name", MOVABLE)
def test_what_carries_a_paste_does_not_change_what_it_says(name: str, wrap: object) -> None:
    text, told, _ = SAMPLES[name]
    assert callable(wrap)
    assert picked(read(wrap(text)), told) == told


def test_a_time_before_every_line_does_not_change_what_it_says() -> None:
    for name in ("java: v1", "go: v2", "php: head", "boto3: bare HEAD", "hadoop: put", "ruby: logger"):
        text, told, _ = SAMPLES[name]
        stamped = "\n".join(
            f"2026-11-20T10:00:0{at % 10}.123Z app[7] {line}" for at, line in enumerate(text.split("\n"))
        )
        assert picked(read(stamped), told) == told, name


ONE: Final = "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"
OTHER: Final = "An error occurred (AccessDenied) when calling the DeleteObject operation: Access Denied"
MISSING: Final = "An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist."
SEVERAL: Final = {
    "two calls": (f"{ONE}\n{OTHER}", "PutObject", 1),
    "one call twice": (f"{ONE}\n{ONE}", "PutObject", 0),
    "the refusal is told": (f"{MISSING}\n{ONE}\n{OTHER}", "PutObject", 2),
    "no refusal": (MISSING, "GetObject", 0),
    "two clients": (
        (
            f"{ONE}\n\noperation error S3: PutBucketAcl, https response error StatusCode: 403, RequestID: A1, HostID: h, api "
            "error AccessDenied: Access Denied"
        ),
        "PutObject",
        1,
    ),
    "two requests of one kind": (
        "\n".join(
            f"operation error S3: HeadBucket, https response error StatusCode: 403, RequestID: {request}, HostID: h, api "
            "error Forbidden: Forbidden"
            for request in ("A1", "B2", "C3")
        ),
        "HeadBucket",
        2,
    ),
    "two reasons for one call": (
        "\n".join(
            "User: arn:aws:iam::123412341234:user/a is not authorized to perform: s3:ListBucket on resource: "
            f'"arn:aws:s3:::pond" because no {words} allows the s3:ListBucket action'
            for words in ("session policy", "identity-based policy")
        ),
        None,
        1,
    ),
    "two callers": (
        "\n".join(
            f"User: arn:aws:iam::123412341234:user/{who} is not authorized to perform: s3:ListBucket on resource: "
            '"arn:aws:s3:::pond" because no identity-based policy allows the s3:ListBucket action'
            for who in ("a", "b")
        ),
        None,
        1,
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_of_several_errors_the_first_refusal_is_told_and_the_rest_counted(name: str) -> None:
    text, operation, others = SEVERAL[name]
    report = read(text)
    assert (report.operation, report.others_in_text) == (operation, others)


def test_several_errors_keep_their_own_reasons() -> None:
    text = "\n".join(
        f"upload failed: ./{name} to s3://{bucket}/{name} An error occurred (AccessDenied) when calling the PutObject "
        f"operation: User: arn:aws:iam::123412341234:user/u is not authorized to perform: s3:PutObject on resource: "
        f'"arn:aws:s3:::{bucket}/{name}" {reason}'
        for name, bucket, reason in (
            ("1", "reed", "because no session policy allows the s3:PutObject action"),
            ("2", "rush", "with an explicit deny in a resource-based policy"),
        )
    )
    report = read(text)
    assert report.aws_named is not None
    assert (report.bucket, report.key, report.aws_named.layer, report.others_in_text) == (
        "reed",
        "1",
        "session_policy",
        1,
    )


def test_a_place_that_could_be_either_is_left_open() -> None:
    report = read(f"we copy s3://heath/a to s3://moor/b and then: {ONE.replace('PutObject', 'GetObjectAcl')}")
    assert report.bucket is None
    assert "several places" in " ".join(report.unread)


def test_a_long_text_is_cut_and_said_to_be() -> None:
    report = read(ONE + "\n" + "x " * (1 << 20))
    assert report.operation == "PutObject"
    assert "longer than" in " ".join(report.unread)
