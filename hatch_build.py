"""Compiles the inner modules while a wheel is built, where `WHY403_COMPILED=1` asks for it.

The wheel then holds an extension module beside each source, which Python imports instead of it. What is compiled, and
what is left out of that, stands in `pyproject.toml`, under `tool.hatch.build.targets.wheel.hooks.custom`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OPTIONS: Final = ("--ignore-missing-imports", "--config-file=")
ASKED: Final = os.environ.get("WHY403_COMPILED", "0") not in {"", "0"}


class CompilingHook(BuildHookInterface[Any]):
    """Puts extension modules into a wheel, and says in its name for which Python they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless nobody asked for it or the installation is an editable one, which is of sources."""
        if not ASKED or version == "editable":
            return
        place = Path(self.root, "build", "compiling")
        copy(Path(self.root), place, self.build_config.packages)
        command = [sys.executable, __file__, *OPTIONS, *listed(place, self.config)]
        subprocess.run(command, cwd=place, env={**os.environ, "MYPYPATH": str(place)}, check=True)  # noqa: S603 - ours
        for built in place.rglob("*.so"):
            if "build" not in built.relative_to(place).parts:
                build_data["force_include"][str(built)] = str(built.relative_to(place))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True


def copy(root: Path, place: Path, packages: Iterable[str]) -> None:
    """Copy the packages side by side, so that no extension module lands among the sources."""
    shutil.rmtree(place, ignore_errors=True)
    for package in packages:
        shutil.copytree(root / package, place / Path(package).name)


def listed(place: Path, config: Mapping[str, Any]) -> list[str]:
    """Return the modules to compile: those of `compiled` that are not of `interpreted`."""
    wanted = {path for pattern in config["compiled"] for path in place.glob(pattern)}
    wanted -= {path for pattern in config["interpreted"] for path in place.glob(pattern)}
    return sorted(str(path.relative_to(place)) for path in wanted)


def _compile_several(self: Any, sources: list[str], *others: Any, **settings: Any) -> list[str]:
    """Do what distutils' compilers do with a list of sources, several at a time."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        compiled = pool.map(lambda source: _COMPILE_ONE(self, [source], *others, **settings), sources)
    return [made for each in compiled for made in each]


if __name__ == "__main__":
    from mypyc.build import mypycify
    from setuptools import setup
    from setuptools._distutils.ccompiler import CCompiler

    _COMPILE_ONE = CCompiler.compile
    setattr(CCompiler, "compile", _compile_several)  # noqa: B010 - mypy knows that a method is not to be replaced
    extensions = mypycify(sys.argv[1:], opt_level="1", debug_level="0", multi_file=True, group_name="why403")
    setup(name="why403", ext_modules=extensions, script_args=["build_ext", "--inplace"])
