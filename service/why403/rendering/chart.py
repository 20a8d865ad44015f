"""A diagnosis as a Mermaid chart of the path that a request takes through S3's authorization."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from why403.domain.remembered import characters, remembered, remembered_by
from why403.rendering.document import clipped, visible
from why403.rendering.layers import ELSEWHERE, LANES, LAYERS, PATH, known
from why403.rendering.reading import MOST, Data, blamed, blockers, once, part, parts, settled, text, texts

_PASSED, _FIRST, _BLOCKING, _UNKNOWN, _QUIET, _END = "passed", "first", "blocking", "unknown", "quiet", "ending"
_STYLES: Final = {
    _PASSED: "fill:#d3f2d9,stroke:#2f8f46,color:#10331a",
    _FIRST: "fill:#c92a37,stroke:#7d1620,color:#ffffff,stroke-width:3px",
    _BLOCKING: "fill:#fbd5d8,stroke:#c92a37,color:#4d0d13",
    _UNKNOWN: "fill:#eeeeee,stroke:#8a8a8a,color:#444444,stroke-dasharray:5 5",
    _QUIET: "fill:#ffffff,stroke:#c4c4c4,color:#6b6b6b",
    _END: "fill:#e3ecfa,stroke:#4a6fa5,color:#16263d",
}
_REFUSES: Final = {"explicit": "denies", "implicit": "does not allow", "requirement": "is not met"}
_SAID: Final = {_PASSED: "passed", _UNKNOWN: "not known", _QUIET: "nothing said"}
_LONGEST: Final = 60
_SAFE: Final = re.compile(r"[^\w .,:/+='!?-]|_")
# Mermaid mends lines in which it believes to see styles, and reads labels as Markdown: no lists, no links.
_SPECIAL: Final = re.compile(r"(?<=st)y(?=le)|(?<=classD)e(?=f)|^[-+]|^\d(?=\d*\. )|:(?=//)|(?<=www)\.", re.IGNORECASE)


class _Node(NamedTuple):
    """A box: how it is called in the chart, what stands in it, and how it looks."""

    name: str
    lines: tuple[str, ...]
    look: str

    def drawn(self) -> str:
        """Return the definition of the box."""
        return f'{self.name}["{"<br/>".join(_OWN.get(each) or _label(each) for each in self.lines)}"]'


_CALLER: Final = _Node(name="who", lines=(), look=_END)


def mermaid(diagnosis: Data) -> str:
    """Return the path as a chart: what passed, what refuses first, what else refuses, and what is not known."""
    diagnosis = once(diagnosis)
    path = _path((_answer(diagnosis), *(text for name, look in _looks(diagnosis).items() for text in (name, *look))))
    return f"graph TD\n  {_caller(diagnosis).drawn()}\n{path}"


@remembered_by(characters, most=1024)
def _path(said: tuple[str, ...]) -> str:
    """Return all below the caller: what S3 answers, and by threes a layer, how it looks and what it says.

    Few such paths are taken, whoever calls for what, so they are drawn once.
    """
    answered, *rest = said
    looks = {name: (look, text) for name, look, text in zip(rest[::3], rest[1::3], rest[2::3], strict=True)}
    answer = _Node(name="answer", lines=("S3 answers", answered), look=_END)
    lanes = _lanes(looks)
    nodes = [_CALLER, *(node for lane in lanes.values() for node in lane), answer]
    lines = [drawn for stage in PATH for lane in stage for drawn in _drawn(lane, lanes[lane])]
    lines += [f"  {answer.drawn()}", *_edges(answer, lanes)]
    for look, style in _STYLES.items():
        names = [node.name for node in nodes if node.look == look]
        if names:
            lines += [f"  classDef {look} {style}", f"  class {','.join(names)} {look}"]
    return "\n".join(lines) + "\n"


def _drawn(lane: str, nodes: Sequence[_Node]) -> Iterator[str]:
    """Yield the boxes of a lane, with a frame where lanes stand side by side."""
    over = LANES.get(lane)
    if over and nodes:
        yield f'  subgraph {lane}["{_label(over)}"]'
    yield from (f"  {'  ' if over else ''}{node.drawn()}" for node in nodes)
    if over and nodes:
        yield "  end"


def _edges(answer: _Node, lanes: dict[str, list[_Node]]) -> Iterator[str]:
    """Yield the arrows from the caller through every stage to the answer; lanes of one stage run side by side."""
    tails = [_CALLER]
    for stage in PATH:
        taken = [lanes[lane] for lane in stage if lanes[lane]]
        for lane in taken:
            yield from (f"  {tail.name} --> {lane[0].name}" for tail in tails)
            yield from (f"  {one.name} --> {next_.name}" for one, next_ in pairwise(lane))
        tails = [lane[-1] for lane in taken] or tails
    yield from (f"  {tail.name} --> {answer.name}" for tail in tails)


def _caller(diagnosis: Data) -> _Node:
    understood = part(diagnosis, "understood")
    call = text(understood, "operation") or text(understood, "action") or "a request"
    lines = (text(understood, "principal") or "caller not known", call, text(understood, "resource"))
    return _CALLER._replace(lines=tuple(each for each in lines if each))


def _answer(diagnosis: Data) -> str:
    said = f"{text(diagnosis, 'status')} {text(diagnosis, 'code')}".strip()
    decision = text(diagnosis, "decision")
    return said or (decision if decision in {"allowed", "denied"} else "not decided")


def _lanes(looks: dict[str, tuple[str, str]]) -> dict[str, list[_Node]]:
    """Return the boxes of every lane: layers that spoke, those always shown, and last those the table does not know."""
    lanes: dict[str, list[_Node]] = {lane: [] for stage in PATH for lane in stage}
    for number, row in enumerate(LAYERS):
        if row.spine or row.name in looks:
            look, said = looks.get(row.name, (_QUIET, _SAID[_QUIET]))
            lanes[row.lane].append(_Node(name=f"layer{number}", lines=(row.title, said), look=look))
    strangers = [(name, look) for name, look in looks.items() if not known(name)]
    for number, (name, (look, said)) in enumerate(strangers[:MOST]):
        lanes[ELSEWHERE].append(_Node(name=f"other{number}", lines=(name, said), look=look))
    return lanes


def _looks(diagnosis: Data) -> dict[str, tuple[str, str]]:
    """Return, for each layer that spoke, how it looks and what it said; the worst it said counts."""
    granting = set(texts(diagnosis, "granted_by"))
    looks: dict[str, tuple[str, str]] = {}
    for each in parts(diagnosis, "passed"):
        name = text(each, "layer")
        looks[name] = (_PASSED, "allows" if name in granting else _SAID[_PASSED])
    for each in parts(diagnosis, "doubts"):
        name = text(each, "layer")
        if name:  # a doubt of nobody's has no place on the path
            looks[name] = (_UNKNOWN, _SAID[_UNKNOWN])
    certain, found = bool(blockers(diagnosis)), blamed(diagnosis)
    for each in reversed(found):
        said = (_BLOCKING, _refusal(each)) if certain else (_UNKNOWN, f"perhaps {_refusal(each)}")
        looks[text(each, "layer")] = said
    if found and settled(diagnosis):
        looks[text(found[0], "layer")] = (_FIRST, _refusal(found[0]))
    return looks


def _refusal(each: Data) -> str:
    via, said = text(each, "via"), _REFUSES.get(text(each, "kind"), "refuses")
    row = known(via)
    return f"{row.title} {said}" if row and via != text(each, "layer") else said


@remembered(2048)
def _label(words: str) -> str:
    """Return text for a label in quotes, in which nothing is markup: what might be stands as its number."""
    shown = _SAFE.sub(_numbered, clipped(visible(words), _LONGEST))
    return _SPECIAL.sub(_numbered, shown)


def _numbered(found: re.Match[str]) -> str:
    return f"#{ord(found[0])};"


# The table's own words stand in most charts; they are made into labels once.
_OWN: Final = {words: _label(words) for words in (*(row.title for row in LAYERS), *_SAID.values(), *_REFUSES.values())}
