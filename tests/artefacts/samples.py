"""The calls of `data/declared.yaml`, and the resources that they are in declarative languages."""

from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.cases import read
from why403.domain.fix import Write

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-1"


class Sample(NamedTuple):
    """A call; whether it changes what was there; what Terraform says of it, and what CloudFormation says."""

    write: Write
    there: bool
    terraform: dict[str, Any]
    cloudformation: dict[str, Any] | None

    @property
    def undo(self) -> tuple[Write, ...]:
        """Return what takes it back: the same call, if something was there."""
        return (self.write if self.there else self.write._replace(operation="Delete"),)


def _sample(entry: dict[str, Any]) -> Sample:
    service, _, operation = entry["call"].partition(":")
    documents = tuple(entry["documents"])
    write = Write(service, operation, entry["parameters"], entry["call"], ACCOUNT, REGION, documents)
    return Sample(write, entry["there"], entry["terraform"], entry["cloudformation"])


SAMPLES: Final = tuple(map(_sample, read(Path(__file__).parent / "data" / "declared.yaml")))
IDS: Final = [f"{each.write.operation}-{number}" for number, each in enumerate(SAMPLES)]
