"""Whatever text stands in a diagnosis, it is shown and never obeyed, within bounds."""

import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.rendering.golden_files import NAMES, diagnosis
from tests.rendering.reading_mermaid import read
from why403.rendering import markdown, mermaid, page, terminal
from why403.rendering.chat import LONGEST
from why403.rendering.console import WIDTH
from why403.rendering.hypertext import _STYLE as STYLE

LARGEST_PAGE = 400_000
ATTACKS = [
    "[x](https://x.example)",
    "![x](//x.example/p.png)",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "@everyone",
    "@team/ops #12 GH-12",
    "https://x.example www.x.example a@x.example",
    "`",
    "``` ```",
    "a`b``c",
    "**b** _i_ ~~s~~ | a | b |",
    "1. a",
    "# a",
    "- a",
    "\x1b[31mred\x1b]0;t\x07",
    "a\r\nb\tc\x00",
    "\u202egpj\u200b.\u2028",
    "\ud800",
    "{0} %s {title}",
    '"><b>',
    "]]>",
    "&lt;b&gt; &#64;x",
    "\\` \\[x](y)",
    '"] --> z["',
    ":smile: $x$ <@U1> <!channel>",
    "deadbeef01",
    " ",
    "`" * 700,
    "字" * 2000,
    "x" * 70_000,
]
texts = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(st.characters(categories=None), max_size=30),
    st.lists(st.sampled_from([*ATTACKS[:-3], "a", " ", "scp", "`"]), max_size=6).map("".join),
)


@st.composite
def diagnoses(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an example in which most texts are others, some lists are longer, and some words are as they should be."""
    pool = draw(st.lists(texts, min_size=1, max_size=8))
    kept, times = draw(st.integers(1, 6)), draw(st.sampled_from([1, 1, 3, 40]))
    count = iter(range(1_000_000))

    def replaced(value: Any) -> Any:
        if isinstance(value, str):
            number = next(count)
            return value if number % kept == 1 else pool[number % len(pool)]
        if isinstance(value, list):
            return [replaced(each) for each in value for _ in range(times if isinstance(each, dict) else 1)]
        return {name: replaced(each) for name, each in value.items()} if isinstance(value, dict) else value

    drawn: dict[str, Any] = replaced(diagnosis(draw(st.sampled_from(NAMES))))
    if draw(st.booleans()):
        drawn["decision"] = draw(st.sampled_from(["denied", "allowed", "unknown"]))
    return drawn


def everywhere(text: str) -> dict[str, Any]:
    """Return a diagnosis that says the same everywhere but in its decision."""
    cause = {"layer": text, "kind": text, "because": text, "check": {"what": text, "command": text}}
    fix = {"summary": text, "commands": [text]}
    citation = {"fact": text, "policy": text, "sid": text, "arn": text, "pointer": text}
    understood = dict.fromkeys(("principal", "operation", "resource", "source", "request_id", "aws_named"), text)
    blocker = {**cause, "action": text, "resource": text, "citations": [citation]}
    return {
        "decision": "denied",
        "blockers": [blocker],
        "causes": [{**cause, "fix": fix}],
        "doubts": [{"layer": text, "because": text, "needs": text, "account": text}],
        "understood": understood,
        "id": text,
    }


def hidden(text: str) -> set[str]:
    """Return the characters that act on a screen or cannot be seen, line breaks aside."""
    return {each for each in text if each not in "\n " and unicodedata.category(each)[0] in "CZ"}


def outside_code(shown: str) -> Iterator[str]:
    """Yield what Markdown reads as more than code: lines out of fences, and out of spans of equal backticks."""
    fence = ""
    for line in shown.split("\n"):
        if fence:
            fence = "" if line == fence else fence
        elif re.fullmatch("`{3,}", line):
            fence = line
        else:
            rest = re.sub(r"(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)", "CODE", line)
            assert "`" not in rest, line
            yield rest
    assert not fence


@settings(max_examples=60)
@given(diagnoses())
@example(everywhere("`"))
@example(everywhere("``` a"))
def test_a_message_has_no_markup_but_its_own(given_: dict[str, Any]) -> None:
    shown = markdown(given_)
    assert len(shown) <= LONGEST
    assert not hidden(shown)
    shown.encode()
    for line in outside_code(shown):
        words = re.sub(r"^ *(- |\d+\. )", "", line).replace("**", "")
        assert not re.search(r"""[^\w\s.,:;!?()"'…-]|_""", words), line
        assert not re.search(r"\w[.:]\w|www\.|^\s*\d+[.)]|^\s*[-#>]", words), line


@settings(max_examples=60)
@given(diagnoses())
@example({"summary": "``"})
@example(everywhere("` `"))
def test_a_reader_of_markdown_finds_no_link_image_or_html(given_: dict[str, Any]) -> None:
    reader = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = [child for token in reader.parse(markdown(given_)) for child in [token, *(token.children or [])]]
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert kinds <= {
        *("paragraph", "inline", "text", "strong", "code_inline", "fence", "bullet_list", "ordered_list", "list_item"),
    }
    assert not re.search(r"[@<>#\[\]]|://|www\.", "".join(token.content for token in tokens if token.type == "text"))


@settings(max_examples=60)
@given(diagnoses())
def test_a_terminal_is_not_written_to_by_strangers(given_: dict[str, Any]) -> None:
    plain, coloured = terminal(given_, colour=False), terminal(given_, colour=True)
    assert not hidden(plain)
    assert re.sub(r"\x1b\[[0-9;]+m", "", coloured) == plain
    for line in plain.split("\n"):
        columns = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line)
        assert columns <= WIDTH or line.startswith("    "), line


class Tags(HTMLParser):
    """The tags and attributes of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(source: str) -> Tags:
    tags = Tags()
    tags.feed(source)
    tags.close()
    return tags


OWN = {
    "body",
    "code",
    "footer",
    "h1",
    "h2",
    "head",
    "html",
    "li",
    "meta",
    "ol",
    "p",
    "pre",
    "strong",
    "style",
    "title",
    "ul",
}
OWN_ATTRIBUTES = set().union(
    *(parsed(page({"decision": decision})).attributes for decision in ("allowed", "denied", "unknown"))
)


@settings(max_examples=60)
@given(diagnoses())
def test_a_page_has_no_tags_but_its_own(given_: dict[str, Any]) -> None:
    source = page(given_)
    found = parsed(source)
    assert found.tags <= OWN
    assert found.attributes <= OWN_ATTRIBUTES
    assert source.count(STYLE) == 1
    assert len(source) <= LARGEST_PAGE
    assert not hidden(source)
    source.encode()


@settings(max_examples=60)
@given(diagnoses())
def test_a_chart_is_always_a_chart(given_: dict[str, Any]) -> None:
    source = mermaid(given_)
    assert not hidden(source)
    assert len(read(source).nodes) <= 40


def test_a_page_asks_for_nothing_else() -> None:
    found = parsed(page(diagnosis("scp_denies")))
    assert not {name for name, _ in found.attributes} & {"href", "src", "srcset", "action", "data"}
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "prefers-color-scheme: dark" in STYLE


WRONG: tuple[Any, ...] = (None, 7, True, "x", ["x"], [[]], {"x": 1}, [None])


@pytest.mark.parametrize("show", [markdown, mermaid, page])
@pytest.mark.parametrize("name", NAMES)
def test_misshapen_members_count_as_missing(name: str, show: Any) -> None:
    for member in diagnosis(name):
        for wrong in WRONG:
            assert show({**diagnosis(name), member: wrong})
