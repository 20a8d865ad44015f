"""The rules of the house that no linter knows."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LINTED = PROJECT["tool"]["importlinter"]
SOURCES = sorted([*ROOT.glob("service/**/*.py"), *ROOT.glob("plugins/**/*.py")])
SERVICE = ROOT / "service/why403"
LAYERS = sorted(ROOT.glob("plugins/why403_layers/*.py"))
LOCKS = sorted(ROOT.glob("requirements/*.txt"))

LONGEST_MODULE = 300
LONGEST_FUNCTION = 30
SAY_NOTHING = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
# Functions that may be longer, as `path:name`, each with its reason.
LONGER_FUNCTIONS: dict[str, str] = {}

every_module = pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))


def requirements() -> list[str]:
    groups = [*PROJECT["dependency-groups"].values(), *PROJECT["project"]["optional-dependencies"].values()]
    declared = [*PROJECT["project"]["dependencies"], *(entry for group in groups for entry in group)]
    return sorted({name(entry) for entry in declared if isinstance(entry, str)})


def name(requirement: str) -> str:
    """Return the normalised name of a requirement, without extras and versions."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield every function of a module with the lines of its body, docstring left out."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            yield f"{path.relative_to(ROOT)}:{node.name}", lines


def test_there_is_something_to_look_at() -> None:
    assert SOURCES
    assert {path.stem for path in LOCKS} == {"build", "compile", "demo", "dev", "postgres", "runtime"}


@every_module
def test_a_module_fits_in_a_reader_s_head(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE


@every_module
def test_a_function_fits_on_a_screen(path: Path) -> None:
    found = {function: lines for function, lines in functions(path) if lines > LONGEST_FUNCTION}
    assert {function: lines for function, lines in found.items() if function not in LONGER_FUNCTIONS} == {}


def test_no_exception_outlives_its_function() -> None:
    long = {function for path in SOURCES for function, lines in functions(path) if lines > LONGEST_FUNCTION}
    assert set(LONGER_FUNCTIONS) <= long


@every_module
def test_a_module_is_named_after_what_it_holds(path: Path) -> None:
    assert path.stem not in SAY_NOTHING
    assert path.parent.name not in SAY_NOTHING


@every_module
def test_a_module_says_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


@every_module
def test_only_the_settings_read_the_environment(path: Path) -> None:
    assert path.stem == "settings" or not re.search(r"\bos\.(environ|getenv)\b", path.read_text())


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in SOURCES}
    assert {str(folder) for folder in folders if not (folder / "__init__.py").exists()} == set()


@pytest.mark.parametrize("path", LAYERS, ids=lambda path: path.stem)
def test_a_layer_takes_only_fact_keys_from_another(path: Path) -> None:
    imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = [alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names]
    assert [module for module in modules if module.startswith("why403_layers")] == []
    taken = [
        alias.name
        for node in imports
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("why403_layers"))
        for alias in node.names
    ]
    assert [name for name in taken if not name.isupper()] == []


def test_imports_point_inwards() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_layers_are_kept_out_of_every_room_but_three() -> None:
    rooms = {path.relative_to(SERVICE).parts[0].removesuffix(".py") for path in SOURCES if path.is_relative_to(SERVICE)}
    closed = next(contract for contract in LINTED["contracts"] if contract["name"].startswith("layers import"))
    commands = {"__init__", "__main__", "demo"}
    assert {f"why403.{room}" for room in rooms - commands - {"collecting", "domain", "policy"}} == set(
        closed["protected_modules"]
    )


def test_the_core_is_closed_to_every_dependency() -> None:
    core = next(contract for contract in LINTED["contracts"] if "standard library" in contract["name"])
    closed = {name(module) for module in core["forbidden_modules"]}
    assert {name(entry) for entry in PROJECT["project"]["dependencies"]} <= closed


@pytest.mark.parametrize("requirement", requirements())
def test_a_dependency_has_a_reason(requirement: str) -> None:
    rows = re.findall(r"^\| `([^`]+)` \| +(\S[^|]*)\|", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)
    assert requirement in {name(row) for row, _ in rows}


def test_no_reason_outlives_its_dependency() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)
    assert {name(row) for row in rows} - set(requirements()) == set()


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_file_names_versions_and_hashes_but_no_index(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"https?:|--(extra-)?index-url|--find-links", text)
    pins = re.findall(r"^[a-z0-9].*", text, re.MULTILINE)
    assert pins
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9._-]+(\[[a-z0-9,]+\])?==\S+( ; .+)? \\", pin)] == []


def test_the_lock_files_agree() -> None:
    pin = re.compile(r"^[a-z0-9._-]+(?:\[[a-z0-9,]+\])?==\S+", re.MULTILINE)
    pins = {path.stem: set(pin.findall(path.read_text())) for path in LOCKS}
    assert pins["runtime"] <= pins["demo"] <= pins["dev"]
    assert pins["runtime"] <= pins["postgres"] <= pins["dev"]
    assert pins["build"] <= pins["compile"] <= pins["dev"]
    assert {name(entry) for entry in PROJECT["project"]["dependencies"]} <= {name(pin) for pin in pins["runtime"]}
