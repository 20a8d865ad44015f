"""What the evidence says of layers, where the same conclusion is drawn twice."""

from tests.cases import services
from why403.causes.standing import standing_of
from why403.domain.principal import SOMEBODY
from why403.domain.truth import FALSE
from why403.engine.settle import Budget
from why403.intake.evidence import observed
from why403.intake.request import asked_for
from why403.usecases.decide import decide_call

DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


def test_what_refuses_is_a_blocker_only_where_the_decision_is_certain_whichever_is_asked_first() -> None:
    found = services()
    evidence = observed({"principal.policies": [DENY]}, found.registry.facts).evidence(complete=True)
    call = {
        "principal": "arn:aws:iam::111122223333:user/ana",
        "operation": "GetObject",
        "resource": "arn:aws:s3:::otters/k",
    }
    asked = asked_for(call, SOMEBODY)
    decided = decide_call(found, asked, asked.legs(evidence, found.registry.facts), Budget())
    assert decided.outcome == FALSE
    certain = standing_of(decided, found.registry, certain=True)
    doubtful = standing_of(decided, found.registry, certain=False)
    assert ("identity", "explicit") in certain.blocks
    assert certain.refuses == frozenset()
    assert doubtful.blocks == ()
    assert ("identity", "explicit") in doubtful.refuses
