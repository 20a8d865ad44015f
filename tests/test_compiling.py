"""What the build compiles, if it is asked to: mypyc takes all of it, and every pattern of the lists means something."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hatch_build import OPTIONS, copy, listed

ROOT = Path(__file__).parents[1]
WHEEL = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
LISTS = WHEEL["hooks"]["custom"]
TO_C = "import sys; from mypyc.build import mypycify; mypycify(sys.argv[1:])"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("compiling")
    copy(ROOT, place, WHEEL["packages"])
    return place


def test_mypyc_takes_every_module_that_is_listed(copied: Path) -> None:
    command = [sys.executable, "-c", TO_C, *OPTIONS, *listed(copied, LISTS)]
    environment = {**os.environ, "MYPYPATH": str(copied)}
    run = subprocess.run(command, cwd=copied, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("pattern", [*LISTS["compiled"], *LISTS["interpreted"]])
def test_every_pattern_names_a_module(copied: Path, pattern: str) -> None:
    assert list(copied.glob(pattern))


def test_what_is_interpreted_is_not_compiled(copied: Path) -> None:
    modules = listed(copied, LISTS)
    assert "why403/policy/ruling.py" in modules
    assert "why403/domain/evidence.py" not in modules
