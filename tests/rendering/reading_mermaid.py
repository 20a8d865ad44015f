"""A reader of the Mermaid that is drawn here, stricter than Mermaid itself: what it does not know is an error."""

import re
from dataclasses import dataclass, field

_NODE = re.compile(r'([a-z]+[0-9]*)\["([^"\[\]{}()<>|`\\]*(?:<br/>[^"\[\]{}()<>|`\\]*)*)"\]')
_SUBGRAPH = re.compile(r'subgraph ([a-z]+)\["[\w\' ]+"\]')
_EDGE = re.compile(r"([a-z]+[0-9]*) --> ([a-z]+[0-9]*)")
_CLASS_DEF = re.compile(r"classDef ([a-z]+) [a-z-]+:[#\w ]+(?:,[a-z-]+:[#\w ]+)*")
_CLASS = re.compile(r"class ([a-z0-9,]+) ([a-z]+)")
_ENTITY = re.compile(r"#([0-9]+);")


@dataclass(kw_only=True)
class Chart:
    """What was drawn: boxes with their text, arrows, and the class of each box."""

    nodes: dict[str, str] = field(default_factory=dict)
    edges: set[tuple[str, str]] = field(default_factory=set)
    looks: dict[str, str] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    frames: dict[str, list[str]] = field(default_factory=dict)

    def look(self, title: str) -> str | None:
        """Return the class of the box with this title, or nothing if there is none."""
        return next((self.looks[name] for name, words in self.nodes.items() if words.split("\n")[0] == title), None)


def read(source: str) -> Chart:
    """Return what a chart says; names are unique, frames are closed, and everything is on a way to the answer."""
    first, *lines = source.rstrip("\n").split("\n")
    assert first == "graph TD"
    chart, frame = Chart(), ""
    for line in map(str.strip, lines):
        frame = _read_line(chart, frame, line)
    assert not frame
    assert set(chart.looks) == set(chart.nodes)
    assert {end for edge in chart.edges for end in edge} == set(chart.nodes)
    assert reaches(chart.edges, "who") == set(chart.nodes)
    assert reaches({(end, start) for start, end in chart.edges}, "answer") == set(chart.nodes)
    return chart


def _read_line(chart: Chart, frame: str, line: str) -> str:
    """Read one line; return the frame that is open after it."""
    if line == "end":
        assert frame
        return ""
    if found := _SUBGRAPH.fullmatch(line):
        assert not frame
        assert found[1] not in chart.nodes.keys() | chart.frames.keys()
        chart.frames[found[1]] = []
        return found[1]
    if found := _NODE.fullmatch(line):
        assert found[1] not in chart.nodes.keys() | chart.frames.keys()
        chart.nodes[found[1]] = _words(found[2])
        if frame:
            chart.frames[frame].append(found[1])
        return frame
    _read_rest(chart, line)
    return frame


def _read_rest(chart: Chart, line: str) -> None:
    if found := _EDGE.fullmatch(line):
        chart.edges.add((found[1], found[2]))
    elif found := _CLASS_DEF.fullmatch(line):
        chart.defined.add(found[1])
    else:
        found = _CLASS.fullmatch(line)
        assert found, line
        assert found[2] in chart.defined
        chart.looks |= dict.fromkeys(found[1].split(","), found[2])


def _words(label: str) -> str:
    assert "#" not in _ENTITY.sub("", label)
    return _ENTITY.sub(lambda found: chr(int(found[1])), label.replace("<br/>", "\n"))


def reaches(edges: set[tuple[str, str]], start: str) -> set[str]:
    """Return everything that arrows lead to."""
    reached, ahead = set[str](), {start}
    while ahead:
        reached |= ahead
        ahead = {end for begin, end in edges if begin in ahead} - reached
    return reached
