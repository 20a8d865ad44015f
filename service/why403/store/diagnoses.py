"""Diagnoses in their table, for as long as they are kept."""

import json
from typing import Final

from sqlalchemy import bindparam, insert, select

from why403.domain.errors import NotFound
from why403.keeping import Deed, Diagnosis
from why403.store.ledger import Ledger, may_be_kept
from why403.store.tables import DIAGNOSES

# Made once: to make a statement takes longer than to execute it.
_ADD: Final = insert(DIAGNOSES)
_ONE: Final = select(DIAGNOSES).where(DIAGNOSES.c.id == bindparam("name"))


class Diagnoses(Ledger):
    """The diagnoses of the store."""

    @property
    def keeps_policies(self) -> bool:
        """Whether policies may be kept beside a diagnosis: they would be encrypted."""
        return self._seal.encrypts

    def add_diagnosis(self, diagnosis: Diagnosis, deed: Deed) -> None:
        """Keep a diagnosis for as long as the settings say."""
        values = {
            "id": diagnosis.id,
            "created": diagnosis.created,
            "answer": self._seal.close(diagnosis.answer, _place("answer", diagnosis.id)),
            "body": self._seal.close(diagnosis.body, _place("body", diagnosis.id)),
            "withheld": json.dumps(list(diagnosis.withheld)),
        }
        with self._quick.writing("add_diagnosis") as connection:
            connection.execute(_ADD, values)
            self._note(connection, deed, diagnosis.created)
        self._sweep()

    def diagnosis(self, name: str) -> Diagnosis:
        """Return a diagnosis by its id; raises NotFound also where it is too old."""
        with self._quick.reading("diagnosis") as connection:
            found = connection.execute(_ONE, {"name": name}).mappings().one_or_none() if may_be_kept(name) else None
            if found is None or found["created"] < self._quick.now(connection) - self._ages.diagnoses:
                raise NotFound("there is no such diagnosis, or it is too old to be kept")
        return Diagnosis(
            id=name,
            created=found["created"],
            answer=self._seal.open(found["answer"], _place("answer", name)),
            body=self._seal.open(found["body"], _place("body", name)),
            withheld=tuple(json.loads(found["withheld"])),
        )


def _place(column: str, name: str) -> str:
    return f"diagnoses.{column}:{name}"
