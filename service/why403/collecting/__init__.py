"""How a layer collects its own facts: reads of AWS that it declares, and generators that say which are wanted; pure.

A collector never calls anything. It is a generator that yields what it wants, and is resumed with the answer:

| it yields | it is resumed with |
|---|---|
| a `Read` | what AWS answered: `Found(json)`, `Absent()` or `Unreadable(...)` |
| a `Fact` that it needs | that fact's observation, given or collected, its value loaded |
| another generator | what that one returns |
| a tuple of these | a tuple of their answers; all of them are worked on at once |

and returns observations of its facts, a found value as JSON, in the form in which a caller would give it as evidence. A
fact it leaves out was not tried. Answers are shared: a collector changes nothing in them. `value_of` takes the value
out of an answer, or ends the collector where it could not be read: its facts are unreadable then, for the same reason.
"""

from why403.collecting.declared import (
    ORGANIZATION,
    AwsCall,
    CannotTell,
    Collecting,
    Collector,
    Keep,
    Observations,
    Read,
    value_of,
)

__all__ = [
    "ORGANIZATION",
    "AwsCall",
    "CannotTell",
    "Collecting",
    "Collector",
    "Keep",
    "Observations",
    "Read",
    "value_of",
]
