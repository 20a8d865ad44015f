"""Change the code in one small way at a time, and see which changes no test notices; mutmut makes and tries them.

`make mutate` tries what was not tried yet. mutmut works in `build/mutation`, on a copy in which both packages stand at
the top, because it takes a module's name from its path; its settings are the checkout's. Names as arguments, with
wildcards, try only those, and try them again. `--sample N` tries N changes drawn from all there are, `--seed TEXT` the
same ones as before; the seed is printed.

mutmut imports the code before it puts a change in place, so what runs at import seems to survive. Changes of such
functions are therefore tried again, each in a process that imports everything after it.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name

from tests.mutation.unremembered import IMPORTED

_HERE: Final = Path(__file__).parents[2]
_THERE: Final = _HERE / "build" / "mutation"
_TRIED: Final = _THERE / "mutants"
_PACKAGES: Final = {"why403": _HERE / "service" / "why403", "why403_layers": _HERE / "plugins" / "why403_layers"}
_BESIDE: Final = {name: _HERE / name for name in ("tests", "examples", "docs", "pyproject.toml", "openapi.yaml")}
# https://mutmut.readthedocs.io: what a test's exit status says about the change
_KILLED: Final = frozenset({1, 3})
_LEFT: Final = {0: "survived", 5: "no test", 33: "no test"}
_COMPILED: Final = shutil.ignore_patterns("__pycache__")


def prepare() -> None:
    """Lay the copy out anew; what was tried stands beside it, by the hash of each function, and is kept."""
    shutil.rmtree(_TRIED / "tests", ignore_errors=True)
    for name, source in {**_PACKAGES, **_BESIDE}.items():
        target = _THERE / name
        shutil.rmtree(target, ignore_errors=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=_COMPILED)
        else:
            shutil.copy2(source, target)


def drawn(number: int, seed: str) -> list[str]:
    """Return the names of so many changes, drawn from all that can be made; the same seed draws the same."""
    files = [path for package in _PACKAGES for path in sorted((_THERE / package).rglob("*.py"))]
    wanted = [path.relative_to(_THERE) for path in files if _mutated(path.relative_to(_THERE))]
    every = [
        get_mutant_name(path, name)
        for path in wanted
        for name in mutate_file_contents(str(path), (_THERE / path).read_text()).mutant_names
    ]
    return random.Random(seed).sample(every, min(number, len(every)))


def _mutated(path: Path) -> bool:
    settings = tomllib.loads((_THERE / "pyproject.toml").read_text())["tool"]["mutmut"]
    return any(fnmatch(str(path), pattern) for pattern in settings["only_mutate"])


def try_anew(chosen: Collection[str]) -> None:
    """Try again, in fresh processes, what no test noticed of functions run at import; of a sample, only its own."""
    imported = frozenset(json.loads((_THERE / IMPORTED).read_text()))
    for path, meta in _metas():
        statuses = meta["exit_code_by_key"]
        for name, status in list(statuses.items()):
            if status in _LEFT and name.partition("__mutmut_")[0] in imported and (not chosen or name in chosen):
                print(f"anew: {name}", flush=True)
                statuses[name] = _tested(name)
                path.write_text(json.dumps(meta))


def _tested(name: str) -> int:
    """Return the exit status of the tests, all imported with the change in place; they end with the first failure."""
    settings = tomllib.loads((_THERE / "pyproject.toml").read_text())["tool"]["mutmut"]
    wanted = [*settings["pytest_add_cli_args"], *settings["pytest_add_cli_args_test_selection"]]
    command = [sys.executable, "-m", "pytest", "--exitfirst", "--quiet", *wanted]
    changed = {**os.environ, "MUTANT_UNDER_TEST": name}
    ended = subprocess.run(command, cwd=_TRIED, env=changed, check=False, stdout=subprocess.DEVNULL)
    return min(ended.returncode, 1)  # an error at import is a notice too


def tried() -> dict[str, int | None]:
    """Return every change there is with the exit status of its tests; None is not tried yet."""
    found: dict[str, int | None] = {}
    for _, meta in _metas():
        found |= meta["exit_code_by_key"]
    return found


def _metas() -> Iterator[tuple[Path, dict[str, Any]]]:
    for package in _PACKAGES:
        for path in sorted((_TRIED / package).rglob("*.meta")):
            yield path, json.loads(path.read_text())


def report(statuses: dict[str, int | None]) -> None:
    """Print what came of it for each package, and the names of what no test noticed."""
    packages: dict[str, Counter[str]] = {}
    for name, status in statuses.items():
        words = "killed" if status in _KILLED else "not tried" if status is None else _LEFT.get(status, "timed out")
        packages.setdefault(_package(name), Counter())[words] += 1
        if words in _LEFT.values():
            print(f"  {words}: {name}")
    for package, counted in packages.items():
        done = counted.total() - counted["not tried"]
        noticed = counted["killed"] + counted["timed out"]
        share = f"{noticed / done:.1%} of those tried noticed" if done else "none tried"
        print(f"{package:<20}{counted.total():>7,} changes: {share}", dict(counted))
    print("`cd build/mutation && ../../.venv/bin/mutmut show NAME` shows one")


def _package(name: str) -> str:
    first, second, *_ = name.split(".")
    return first if first == "why403_layers" else f"{first}.{second}"


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Try small changes of the code.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="try only these, with wildcards, and try them again")
    parser.add_argument("--sample", type=int, metavar="N", help="try N changes drawn from all there are")
    parser.add_argument("--seed", default=str(random.randrange(2**32)), help="draw the same again")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Try what is asked for, print what came of it, and return the exit status."""
    asked = _asked(arguments)
    _THERE.mkdir(parents=True, exist_ok=True)
    prepare()
    names = list(asked.names)
    if asked.sample is not None:
        names = drawn(asked.sample, asked.seed)
        print(f"{len(names)} changes drawn with --seed {asked.seed}", flush=True)
    ended = subprocess.run([_HERE / ".venv/bin/mutmut", "run", *names], cwd=_THERE, check=False)
    sampled = frozenset(names if asked.sample is not None else ())
    if ended.returncode == 0:
        try_anew(sampled)
    report({name: status for name, status in tried().items() if not sampled or name in sampled})
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
