"""What a rule finds wrong with an element, before it is put into words."""

from typing import NamedTuple


class Remark(NamedTuple):
    """A finding about one subject, an entry or a key: the clause after it, as a template of `value`."""

    subject: str
    clause: str
    value: str = ""
    suggestion: str | None = None

    @property
    def text(self) -> str:
        """The finding in words."""
        return f"`{self.subject}` {self.clause.format(value=self.value)}"
