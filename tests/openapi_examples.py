"""Rewrite the answers among the examples of openapi.yaml: `python -m tests.openapi_examples`.

What is asked is written by hand; what is answered is what the service answers to it.
"""

import re
from pathlib import Path
from typing import Any

import yaml
from flask.testing import FlaskClient

from tests.cases import from_yaml
from why403 import logs
from why403.bootstrap import build
from why403.settings import Settings
from why403.web.app import create_app

PLACE = Path(__file__).parents[1] / "openapi.yaml"
PATHS = ("/simulate", "/diagnose", "/remediate")
JSON, PROBLEM = "application/json", "application/problem+json"
ANSWERS = ((200, JSON), (422, PROBLEM))
_EXAMPLES = re.compile(r"^ {14}examples:.*\n(?: {16}.*\n|\n)*", re.MULTILINE)
_WIDTH, _SMALL = 110, 100
# What differs each time, so that a second run changes nothing.
_REQUEST_ID = "2527a24d84b3e1ed"
_ID, _STEADY_ID = re.compile(r"\b([dp])_[0-9a-f]{16}"), r"\1_5708170b94144025"


class _Dumper(yaml.SafeDumper):
    """YAML as the file is written by hand: lists indented, small values on one line, texts of several lines as such."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Repeat what stands twice."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists, too."""
        super().increase_indent(flow, indentless=False)


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _list(dumper: _Dumper, elements: list[Any]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", elements, flow_style=not _deep(elements))


def _dict(dumper: _Dumper, members: dict[str, Any]) -> yaml.MappingNode:
    small = len(str(members)) < _SMALL and not _deep(held for held in members.values() if held != [])
    return dumper.represent_mapping("tag:yaml.org,2002:map", members.items(), flow_style=small)


def _deep(values: Any) -> bool:
    return any(isinstance(value, list | dict) for value in values)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(dict, _dict)


def asked(specification: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the bodies among the examples of a path, by name."""
    examples = specification["paths"][path]["post"]["requestBody"]["content"][JSON]["examples"]
    return {name: example["value"] for name, example in examples.items()}


def rewritten(text: str, client: FlaskClient) -> str:
    """Return the description with every answer as the service gives it now."""
    specification = from_yaml(text)
    for path in PATHS:
        answers = {name: _answer(client, path, body) for name, body in asked(specification, path).items()}
        for status, _ in ANSWERS:
            given = {name: {"value": answer} for name, (code, answer) in answers.items() if code == status}
            text = _replaced(text, path, status, given)
    return text


def _answer(client: FlaskClient, path: str, body: Any) -> tuple[int, Any]:
    answer = client.post(path, json=body, headers={"X-Request-Id": _REQUEST_ID})
    return answer.status_code, from_yaml(_ID.sub(_STEADY_ID, answer.get_data(as_text=True)))


def _replaced(text: str, path: str, status: int, examples: dict[str, Any]) -> str:
    """Return the description with the examples of one status of a path replaced; they stand first below it."""
    start = text.index(f"\n        '{status}':\n", text.index(f"\n  {path}:\n"))
    match = _EXAMPLES.search(text, start)
    if match is None:
        raise ValueError(f"{path} has no `examples` for {status}")
    dumped = yaml.dump(examples, Dumper=_Dumper, sort_keys=False, width=_WIDTH - 16, allow_unicode=True)
    block = "".join(f"{' ' * 16}{line}\n" if line else "\n" for line in dumped.splitlines())
    return f"{text[: match.start()]}{' ' * 14}examples:\n{block}{text[match.end() :]}"


def main() -> None:
    """Rewrite the file."""
    logs.configure("error")
    client = create_app(Settings(), build()).test_client()
    PLACE.write_text(rewritten(PLACE.read_text(encoding="utf-8"), client), encoding="utf-8")


if __name__ == "__main__":
    main()
