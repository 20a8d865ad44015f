"""Written configuration as Terraform (HCL): a resource for each call, and an import of what is there already."""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count
from typing import Any, Final

from why403.artefacts.hcl import Body, Name, block, comment
from why403.artefacts.resources import row
from why403.artefacts.resources.existing import existing
from why403.artefacts.resources.row import Asked, Terraform, found
from why403.domain.fix import Write

_TAKEN_OVER: Final = (
    "It exists already: the import takes it over, and what it says now is replaced.\n"
    "Leave the import out where a configuration manages it, and change it there."
)
_PART: Final = "It exists already: set this in the resource that a configuration has for it; the rest stays as it is."
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9_-]+")

Lines = list[str]


def terraform(writes: Sequence[Write], undo: Sequence[Write]) -> str:
    """Return configuration for what calls write, empty where Terraform has no resource for any of them.

    What is taken back by writing the same again was there before.
    """
    taken: set[tuple[str, str]] = set()
    blocks: list[Lines] = []
    made: list[str] = []
    for write in writes:
        declared = row(write).terraform
        if declared is not None:
            address = _address(declared, write, taken)
            there = existing(write, undo)
            blocks += _declared(declared, write, address, there=there, after=made[-1:])
            made += [] if there else [f"{declared.type}.{address}"]
    return "\n".join("\n".join(each) + "\n" for each in blocks)


def _declared(declared: Terraform, write: Write, address: str, *, there: bool, after: Sequence[str]) -> Iterator[Lines]:
    """Yield variables for what is asked, the import where one is to be made, and the resource.

    It comes after what the calls before it have made, on which it may rest.
    """
    variables: dict[str, Asked] = {}
    values = {name: found(source, write) for name, source in declared.attributes.items()}
    attributes = {name: _named(value, address, variables) for name, value in values.items()}
    imported = found(declared.imported, write) if there and not declared.part else None
    to = {"to": Name(f"{declared.type}.{address}"), "id": _named(imported, address, variables)}
    for name, each in variables.items():
        yield block("variable", [name], {"type": Name("string"), "description": each.says})
    if imported:
        yield [*comment(f"{_place(write)}{_TAKEN_OVER}"), *block("import", (), to)]
        if declared.kept:
            attributes["lifecycle"] = Body({"ignore_changes": [Name(each) for each in declared.kept]})
    if after:
        attributes["depends_on"] = [Name(each) for each in after]
    note = "" if imported else f"{_place(write)}{_PART if declared.part else ''}"
    yield [*comment(note), *block("resource", [declared.type, address], attributes)]


def _place(write: Write) -> str:
    """Return where the call is made, as a line."""
    where = [f"account {write.account}"] * bool(write.account) + [f"Region {write.region}"] * bool(write.region)
    return f"In {', '.join(where)}.\n" if where else ""


def _named(value: Any, address: str, variables: dict[str, Asked]) -> Any:
    """Return a value, or the variable by which it is asked for."""
    if not isinstance(value, Asked):
        return value
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", value.name).lower()
    variables[f"{address}_{name}"] = value
    return Name(f"var.{address}_{name}")


def _address(declared: Terraform, write: Write, taken: set[tuple[str, str]]) -> str:
    """Return a legal name for the resource that no other of its type has; other letters are told by a digest."""
    last = "_".join(str(write.parameters[name]).rpartition("/")[2] for name in declared.named)
    name = _FOREIGN.sub("_", last).strip("_-")
    if _FOREIGN.search(last):
        name = f"{name}_{sha256(last.encode()).hexdigest()[:6]}"
    if not name[:1].isalpha():
        name = f"r_{name}"
    names = (f"{name}_{number}" if number > 1 else name for number in count(1))
    free = next(each for each in names if (declared.type, each) not in taken)
    taken.add((declared.type, free))
    return free
