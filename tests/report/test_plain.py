"""What is made plain of a pasted text before it is read."""

import pytest

from why403.report.plain import unbroken

WIDE = "x" * 80


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        (f"a\n{WIDE}\nrest\n", f"a\n{WIDE}rest\n\n"),
        (f"{WIDE}\n{WIDE}\nrest", f"{WIDE}{WIDE}rest\n"),
        # nothing goes on: the widest line is the last, or stands alone
        (f"a\n{WIDE}", None),
        (f"a\n{WIDE}\n", None),
        (f"{WIDE}\n\nb", None),
        (WIDE, None),
        # no terminal is so narrow or so wide
        ("a\nb", None),
        (f"{'x' * 301}\nb", None),
    ],
)
def test_lines_are_joined_only_where_a_line_of_full_width_goes_on(text: str, joined: str | None) -> None:
    assert unbroken(text) == joined
