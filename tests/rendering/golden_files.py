"""The golden examples: diagnoses in `golden/*.json`, plans in `plans/*.json`, and beside each what is shown of it.

`python -m tests.rendering.golden_files` writes them anew; read the difference before it is kept.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from why403.rendering import markdown, mermaid, page, plan_markdown, plan_terminal, terminal

GOLDEN: Final = Path(__file__).parent / "golden"
NAMES: Final = sorted(path.stem for path in GOLDEN.glob("*.json"))

SHOWN: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "md": markdown,
    "mmd": mermaid,
    "txt": lambda diagnosis: terminal(diagnosis, colour=False),
    "html": page,
}

PLANS: Final = Path(__file__).parent / "plans"
PLAN_NAMES: Final = sorted(path.stem for path in PLANS.glob("*.json"))
PLAN_SHOWN: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "md": plan_markdown,
    "txt": lambda plan: plan_terminal(plan, colour=False),
}


def plan(name: str) -> dict[str, Any]:
    """Return a plan as the service would answer it."""
    read: dict[str, Any] = json.loads((PLANS / f"{name}.json").read_text("utf-8"))
    return read


def diagnosis(name: str) -> dict[str, Any]:
    """Return a diagnosis as the service would answer it."""
    read: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    return read


def write() -> None:
    """Write what is shown of every diagnosis and plan."""
    for name in NAMES:
        for ending, show in SHOWN.items():
            (GOLDEN / f"{name}.{ending}").write_text(show(diagnosis(name)), "utf-8")
    for name in PLAN_NAMES:
        for ending, show in PLAN_SHOWN.items():
            (PLANS / f"{name}.{ending}").write_text(show(plan(name)), "utf-8")


if __name__ == "__main__":
    write()
