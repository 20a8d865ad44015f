"""Lines broken at a width change nothing of what a paste says: at spaces it is kept, inside words at worst lost."""

from textwrap import wrap
from typing import Any, Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.report.samples import Sample, samples
from why403.report import Report, read

SAMPLES: Final[dict[str, Sample]] = samples()
NARROW, WIDE = 40, 120
# Lines are what these are about: records, headers, frames of a trace; broken, some of it is lost.
OF_LINES: Final = frozenset(
    {
        *("access-log: head, several lines", "aws-cli: unsigned", "carried: cyberduck", "carried: german quoted mail"),
        *("carried: minio mc", "carried: pyarrow", "cpp: arrow", "cpp: arrow upload", "cpp: duckdb", "curl: browser"),
        *(
            "console: list",
            "curl: wget",
            "java: v1 old",
            "hadoop: put",
            "hadoop: status with body",
            "incident: a ciphertext",
        ),
        *("incident: an old Java trace", "ruby: logger"),
        "logs: Athena's table, of another account's caller",  # tabs do not survive
        *("more: a bare identity beside an error", "more: an identity asked for in JSON"),
    }
)
KEPT: Final = ("code", "operation", "action", "principal", "named")
PERHAPS_LOST: Final = ("bucket", "key", "resource", "request_id")

widths = st.integers(NARROW, WIDE)
marks = st.sampled_from(("", "    ", "> ", ">", "> > "))


def facts(report: Report) -> dict[str, Any]:
    named = report.aws_named and (report.aws_named.layer, report.aws_named.kind)
    return {name: getattr(report, name, None) for name in (*KEPT, *PERHAPS_LOST)} | {"named": named}


def at_spaces(text: str, width: int) -> str:
    return "\n".join(
        part
        for line in text.split("\n")
        for part in wrap(line, width, break_long_words=False, break_on_hyphens=False, replace_whitespace=False) or [""]
    )


def inside_words(text: str, width: int) -> str:
    return "\n".join(line[at : at + width] for line in text.split("\n") for at in range(0, max(1, len(line)), width))


def marked(text: str, mark: str) -> str:
    return "\n".join(f"{mark}{line}" for line in text.split("\n"))


def lost(whole: dict[str, Any], broken: dict[str, Any], name: str) -> bool:
    """Return whether a broken text tells less: nothing, or a bucket where there was an object."""
    return broken[name] is None or (name == "resource" and str(whole[name]).startswith(f"{broken[name]}/"))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([name for name in SAMPLES if name not in OF_LINES]), widths, marks)
@example("php: laravel log", 78, "")
@example("carried: php laravel log", 78, "> ")
def test_lines_broken_at_spaces_say_the_same(name: str, width: int, mark: str) -> None:
    text = SAMPLES[name].text
    whole, broken = facts(read(text)), facts(read(marked(at_spaces(text, width), mark)))
    assert {each: broken[each] for each in KEPT} == {each: whole[each] for each in KEPT}
    changed = {each: broken[each] for each in PERHAPS_LOST if broken[each] != whole[each]}
    assert [each for each in changed if not lost(whole, broken, each)] == []


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), widths)
def test_lines_broken_inside_words_never_name_another_caller_or_reason(name: str, width: int) -> None:
    text = SAMPLES[name].text
    whole, broken = facts(read(text)), facts(read(inside_words(text, width)))
    for each in ("principal", "named"):
        assert broken[each] in {None, whole[each]}, each
