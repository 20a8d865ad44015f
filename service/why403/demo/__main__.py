"""`python -m why403.demo`: real incidents and refusals of an account that is read, explained, and one mended."""

import argparse
import json
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from why403.demo import incidents, mending, stories
from why403.demo.processes import HOST, PORT, ask, serving, standing_in

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
_INTERRUPTED, _TERMINATED = 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Explain everything and mend one; return 0 if each incident and story came out as it was confirmed or made."""
    parser = argparse.ArgumentParser(prog="why403.demo")
    parser.add_argument("--once", action="store_true", help="end after printing")
    parser.add_argument("--port", type=int, default=PORT, help="of the service; another one where it is taken")
    options = parser.parse_args(arguments)
    with ExitStack() as running:
        environment = running.enter_context(standing_in(EXAMPLES / "organization.json"))
        port = running.enter_context(serving(environment, options.port))
        wrong = explained(port) + mended(environment)
        if not options.once:
            with suppress(KeyboardInterrupt):
                print(f"Serving on http://{HOST}:{port} (API page: /docs); Ctrl-C ends it.", flush=True)
                _wait()
            print()
    return 1 if wrong else 0


def explained(port: int) -> list[str]:
    """Print all explanations; return the names of those that are wrong."""
    told, made = _lines("incidents.jsonl"), _lines("stories.jsonl")
    loaded = {layer["name"] for layer in ask(port, "GET", "/layers", None)[1]["layers"]}
    wrong = [each["id"] for each in told if not incidents.explain(port, each, loaded)]
    astray = [each["id"] for each in made if not stories.explain(port, each)]
    _count(told, wrong, "incidents explained as confirmed")
    _count(made, astray, "refusals of the stand-in account explained from what was read there")
    return wrong + astray


def mended(environment: Mapping[str, str]) -> list[str]:
    """Print how a refusal is mended and taken back; return its name if that went wrong."""
    story = json.loads((EXAMPLES / "mending.json").read_text("utf-8"))
    role = json.loads((EXAMPLES / "organization.json").read_text("utf-8"))["writer"]["role"]
    wrong = [] if mending.mend(environment, story, role) else [story["id"]]
    _count([story], wrong, "refusals mended, verified and taken back")
    return wrong


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EXAMPLES / name).read_text("utf-8").splitlines()]


def _count(of: Sequence[object], wrong: Sequence[str], what: str) -> None:
    rest = f"; not: {', '.join(wrong)}" if wrong else "."
    print(f"{len(of) - len(wrong)} of {len(of)} {what}{rest}", flush=True)


def _wait() -> None:
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda *_: sys.exit(_TERMINATED))  # so that what was started is ended
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
