"""How much fits into one chat message."""

import pytest

from why403.rendering.chat import LONGEST, message
from why403.rendering.document import Document, Paragraph, Section, line


def of_size(each: int) -> Document:
    """Return ten sections with long headings and paragraphs of so many characters."""
    sections = tuple(
        Section(heading="A heading " * 6, blocks=(Paragraph(line=line((letter + " ") * (each // 2))),))
        for letter in "abcdefghij"
    )
    return Document(headline=line("S3 refused it."), tone="denied", asked=line("a call."), sections=sections, id="d_1")


@pytest.mark.parametrize("each", range(200, 400, 10))
def test_headings_take_room_as_well(each: int) -> None:
    shown = message(of_size(each))
    assert len(shown) <= LONGEST
    assert ("Cut to fit" in shown) == (shown.count("**A heading") < 10)


def test_what_fits_is_shown_whole() -> None:
    assert "Cut to fit" not in message(of_size(200))
    assert "Cut to fit" in message(of_size(390))
