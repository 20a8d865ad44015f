"""A diagnosis as one page of HTML that needs nothing else: no script, no font, no picture."""

from html import escape
from itertools import groupby
from typing import Final

from why403.rendering.chart import mermaid
from why403.rendering.document import (
    CODE,
    STRONG,
    Block,
    Commands,
    Item,
    Line,
    Paragraph,
    Section,
    Span,
    clipped,
    unstressed,
    visible,
)
from why403.rendering.reading import Data
from why403.rendering.story import told

_TAGS: Final = {CODE: "code", STRONG: "strong"}
_TONES: Final = {"denied", "allowed", "unknown"}
_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2126; --paper: #ffffff; --faint: #f1f3f5; --tone: #9a6700; }
.denied { --tone: #b3202c; }
.allowed { --tone: #1a7f37; }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
body { color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; border-left: .3rem solid var(--tone); padding-left: .8rem; }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; background: var(--faint); border-radius: .2rem; }
code { padding: .1em .25em; white-space: pre-wrap; }
pre { padding: .7rem; overflow-x: auto; }
footer { margin-top: 2rem; opacity: .7; font-size: .85rem; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #dde3e8; --paper: #14181c; --faint: #22282e; --tone: #d4a72c; }
  .denied { --tone: #f0616d; }
  .allowed { --tone: #4ac26b; }
}
"""
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{style}</style>
</head>
<body class="{tone}">
<h1>{headline}</h1>
<p>{asked}</p>
{sections}
<h2>The path of the request</h2>
<pre>{chart}</pre>
{footer}</body>
</html>
"""


def page(diagnosis: Data) -> str:
    """Return a page that stands on its own."""
    document = told(diagnosis)
    name = escape(clipped(visible(document.id), 80))
    headline = unstressed(document.headline)
    return _PAGE.format(
        title=escape(clipped("".join(span.text for span in headline), 120)),
        style=_STYLE,
        tone=document.tone if document.tone in _TONES else "unknown",
        headline=_inline(headline),
        asked=_inline(document.asked),
        sections="\n".join(map(_section, document.sections)),
        chart=escape(mermaid(diagnosis)),
        footer=f"<footer>Diagnosis {name}</footer>\n" if name else "",
    )


def _section(section: Section) -> str:
    groups = groupby(section.blocks, key=_list)
    shown = [f"<h2>{escape(section.heading)}</h2>"]
    for tag, blocks in groups:
        inner = "\n".join(map(_block, blocks))
        shown.append(f"<{tag}>\n{inner}\n</{tag}>" if tag else inner)
    return "\n".join(shown)


def _list(block: Block) -> str:
    """Return the list a block belongs to, or nothing."""
    if isinstance(block, Item):
        return "ol" if block.number else "ul"
    return ""


def _block(block: Block) -> str:
    match block:
        case Paragraph(line=line):
            return f"<p>{_inline(line)}</p>"
        case Commands(commands=commands):
            return "\n".join(f"<pre>{escape(each)}</pre>" for each in commands)
        case Item(line=line, under=under):
            nested = "".join(f"<li>{_inline(each)}</li>" for each in under)
            return f"<li>{_inline(line)}{f'<ul>{nested}</ul>' if nested else ''}</li>"


def _inline(line: Line) -> str:
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    tag = _TAGS.get(span.style)
    return f"<{tag}>{escape(span.text)}</{tag}>" if tag else escape(span.text)
