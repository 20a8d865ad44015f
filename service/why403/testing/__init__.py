"""The conformance suite for layers: what every layer must do, ours and yours, checked on examples that you give.

    from why403.testing import a_request, check_layer

    def test_my_layer_keeps_the_rules() -> None:
        check_layer(MY_LAYER, [
            a_request("s3:DeleteObject", facts={LOCK: {"mode": "GOVERNANCE"}}),
            a_request("s3:DeleteObject", facts={LOCK: None}),
            a_request("s3:DeleteObject", rest="unknown"),
        ])

`collected` tries the layer's collectors on a table of answers, without AWS.

Each check raises AssertionError with a sentence; none needs a test framework. The more of your layer the examples
reach, the more the checks find: give at least one for each thing your layer says, and one where it says nothing.
"""

from why403.gathering.by_hand import collected
from why403.testing.fixes import check_fixes
from why403.testing.suite import (
    a_request,
    check_blindness,
    check_citations,
    check_declarations,
    check_doubts,
    check_hiding,
    check_layer,
    check_places,
    check_purity,
    check_words,
)

__all__ = [
    "a_request",
    "check_blindness",
    "check_citations",
    "check_declarations",
    "check_doubts",
    "check_fixes",
    "check_hiding",
    "check_layer",
    "check_places",
    "check_purity",
    "check_words",
    "collected",
]
