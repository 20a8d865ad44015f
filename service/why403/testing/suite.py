"""The checks of what layers say: each raises AssertionError with a sentence, and needs no test framework."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import Any, Final, Literal, NoReturn

from why403.domain.arn import resource as resource_named
from why403.domain.context import NO_VALUE, NOT_KNOWN
from why403.domain.evidence import Absent, Evidence, Fact, Found, Unreadable
from why403.domain.facts import CORE
from why403.domain.principal import principal as principal_named
from why403.domain.request import AccessRequest, Call
from why403.domain.truth import FALSE, TRUE, UNKNOWN, Truth
from why403.domain.verdict import KINDS, REACHES, Claim, Reach, Says, Verdict, Words
from why403.engine.evaluate import Judged
from why403.engine.merge import merge
from why403.engine.relation import Relation
from why403.layer import Layer, May
from why403.testing.fixes import check_fixes

_TRUTHS: Final = {FALSE: "false", UNKNOWN: "unknown", TRUE: "true"}
_SAYS: Final = {
    May.GRANT_ATTACHED: Says.GRANT,
    May.GRANT_RESOURCE: Says.GRANT,
    May.LIMIT: Says.LIMIT,
    May.CAP_CALLER: Says.CAP,
    May.CAP_RESOURCE: Says.CAP,
    May.DENY: Says.DENIAL,
    May.REQUIRE: Says.REQUIREMENT,
}
# A grant that names the caller stands for those that reach it in a roundabout way.
_NO_LESS: Final[Mapping[int, int]] = {
    Reach.ROLE: Reach.ROLE | Reach.DIRECT,
    Reach.ACCOUNT: Reach.ACCOUNT | Reach.ROLE | Reach.DIRECT,
}
_GRANTS_NO_LESS: Final = tuple(
    tuple(index for index, each in enumerate(REACHES) if each & _NO_LESS.get(reach, reach)) for reach in REACHES
)
_OUTCOMES: Final = {relation: f"the outcome ({relation.value})" for relation in Relation}
_SUMS: Final = ("a denial", "the limit", "the requirement")
_GRANTS: Final = tuple(f"a grant ({REACHES[reach]})" for reach in REACHES)
_OWN_CAPS: Final = tuple(f"the caller's cap ({REACHES[reach]})" for reach in REACHES)
_OTHER_CAPS: Final = tuple(f"the resource's cap ({REACHES[reach]})" for reach in REACHES)
_MOST_OTHERS: Final = 32
# A given `aws:PrincipalArn` also serves as the fact `session.issuer`: hiding the one says something of the other.
_TELLING_KEY: Final = "aws:principalarn"


def a_request(  # noqa: PLR0913 - the parts of a request are these
    action: str = "s3:GetObject",
    *,
    principal: str = "arn:aws:iam::111122223333:user/ana",
    resource: str = "arn:aws:s3:::reports/q3.csv",
    facts: Mapping[Fact[Any], object] | None = None,
    rest: Literal["absent", "unknown"] = "absent",
    keys: Mapping[str, Sequence[str] | None] | None = None,
    call: Call | None = None,
) -> AccessRequest:
    """Return a request; `facts` maps facts to their JSON values, and `rest` says what holds for all others.

    `keys` maps condition keys to their values, None for a key that is not known; all others are absent.
    """
    target = resource_named(resource)
    if target is None:
        raise ValueError(resource)
    seen = {fact: fact.observe(value) for fact, value in (facts or {}).items()}
    given = {key.lower(): NOT_KNOWN if held is None else tuple(held) for key, held in (keys or {}).items()}
    evidence = Evidence(seen, complete=rest == "absent")
    return AccessRequest(principal_named(principal), action, target, given, NO_VALUE, evidence, call=call)


def check_layer(layer: Layer, requests: Iterable[AccessRequest], *, telling: Collection[Fact[Any]] = ()) -> None:
    """Check all there is to check of a layer, on these examples.

    `telling` are facts that are not hidden one by one, because not giving them says something too: whoever lists the
    service control policies of an account, say, and names no management account says that they apply.
    """
    examples = tuple(requests)
    if not examples:
        raise AssertionError(f"there is no example to check the layer `{layer.name}` on")
    check_places(layer)
    for request in examples:
        check_declarations(layer, request)
        check_purity(layer, request)
        check_words(layer, request)
        check_citations(layer, request)
        check_fixes(layer, request)
        check_hiding(layer, request, telling=telling)
    check_blindness(layer, examples)
    for request in examples:
        check_doubts(layer, request)


def check_places(layer: Layer) -> None:
    """Check that blockers of every kind that the layer may say have their place in a report."""
    for may in sorted(layer.may, key=lambda each: each.name):
        if _SAYS[may] not in layer.place:
            message = f"the layer `{layer.name}` may {may.value}, and has no place for {KINDS[_SAYS[may]]} in a report"
            raise AssertionError(message)


def check_declarations(layer: Layer, request: AccessRequest) -> None:
    """Check that the layer says only what it declares that it may say, and that each claim is one."""
    verdict: Any = layer.judge(request, request.evidence)
    if not isinstance(verdict, tuple):
        _fail(layer, request, "judges in something that is no tuple of claims")
    for claim in verdict:
        if not isinstance(claim, Claim) or claim.says not in KINDS or not _is_truth(claim.holds):
            _fail(layer, request, f"says `{claim!r}`, which is no claim with a truth")
        if not layer.allowed_to_say(claim):
            _fail(layer, request, f"says {_text(claim)}, which it does not declare")
        if not isinstance(claim.about, Hashable):
            _fail(layer, request, f"notes something on {_text(claim)} that cannot be hashed")
        if claim.says not in layer.place:
            _fail(layer, request, f"says {_text(claim)}, which has no place in a report")


def check_purity(layer: Layer, request: AccessRequest) -> None:
    """Check that judging and wording twice gives the same, and changes no fact."""
    before = dict(request.evidence)
    first, second = (layer.judge(request, request.evidence) for _ in range(2))
    if first != second:
        _fail(layer, request, "judges the same request in two ways")
    for claim in first:
        if layer.words(request, request.evidence, claim) != layer.words(request, request.evidence, claim):
            _fail(layer, request, f"has two ways to word {_text(claim)}")
    for fact, seen in request.evidence.items():
        if before.get(fact, seen) is not seen or (fact not in before and seen not in _unseen(fact)):
            _fail(layer, request, f"changes the fact `{fact.name}`")


def check_words(layer: Layer, request: AccessRequest) -> None:
    """Check that every claim has words: a clause without a full stop, citing only facts that the layer reads."""
    read = {fact.name for fact in _facts(layer, request)}
    for claim in layer.judge(request, request.evidence):
        words: Any = layer.words(request, request.evidence, claim)
        if not isinstance(words, Words) or not words.because.strip():
            _fail(layer, request, f"has no words for {_text(claim)}")
        if words.because.rstrip().endswith("."):
            _fail(layer, request, f"ends `{words.because}` in a full stop; a sentence is made of it later")
        strangers = {citation.fact for citation in words.citations} - read
        if strangers:
            _fail(layer, request, f"cites `{min(strangers)}` for {_text(claim)}, which is no fact that it reads")


def check_citations(layer: Layer, request: AccessRequest) -> None:
    """Check that a certain claim cites a fact of the layer's own that it rests on, where one was found.

    A claim rests on a fact if it is not made for certain while the fact cannot be read. That a denial does not hold
    needs no citation.
    """
    for claim in layer.judge(request, request.evidence):
        denial = claim.says in {Says.DENIAL, Says.YIELDING_DENIAL}
        if claim.holds == UNKNOWN or (denial and claim.holds == FALSE):
            continue
        bearing = {fact.name for fact in layer.provides if _rests_on(layer, request, claim, fact)}
        cited = {citation.fact for citation in layer.words(request, request.evidence, claim).citations}
        if bearing and not bearing & cited:
            _fail(layer, request, f"says {_text(claim)} because of `{min(bearing)}`, and does not cite it")


def check_hiding(layer: Layer, request: AccessRequest, *, telling: Collection[Fact[Any]] = ()) -> None:
    """Check that knowing one thing less, a fact or a condition key, never turns what the layer says around."""
    full = _sum(layer, layer.judge(request, request.evidence))
    for fact in _facts(layer, request):
        if fact not in telling:
            hidden = _without(request, [fact])
            _compare(layer, hidden, full, f"`{fact.name}` is not known")
    for key in tuple(request.context):
        if key != _TELLING_KEY:
            _compare(layer, request.given({key: NOT_KNOWN}), full, f"the key `{key}` is not known")


def check_doubts(layer: Layer, request: AccessRequest) -> None:
    """Check that a doubt which is there only while a fact cannot be read says which read would settle it, and where."""
    before = {claim[:1] + claim[2:] for claim in layer.judge(request, request.evidence) if claim.holds == UNKNOWN}
    for fact in _facts(layer, request):
        hidden = _refused(layer, request, fact)
        for claim in layer.judge(hidden, hidden.evidence):
            if claim.holds == UNKNOWN and claim[:1] + claim[2:] not in before:
                words = layer.words(hidden, hidden.evidence, claim)
                if None in {words.needs, words.call, words.account}:
                    _fail(layer, hidden, f"doubts {_text(claim)} because `{fact.name}` is refused, and names no read")


def check_blindness(layer: Layer, requests: Sequence[AccessRequest]) -> None:
    """Check that with nothing readable, the layer is certain only of what the form of the request decides.

    By form is what stays the same whatever the facts: each example is tried with those of some others, all in turn.
    """
    others = [Evidence({}, complete=True), *(request.evidence for request in requests)]
    everything = {fact for each in others for fact in each}
    for index, request in enumerate(requests):
        blind = _without(request, everything.union(_facts(layer, request)))
        certain = _sum(layer, layer.judge(blind, blind.evidence))
        for evidence in islice(cycle(others), index, index + min(len(others), _MOST_OTHERS)):
            shown = {fact: evidence[fact] for fact in blind.evidence}  # all that the blind request does not see
            seen = request.given({}, Evidence(shown, complete=evidence.complete))
            for what, truth in _sum(layer, layer.judge(seen, seen.evidence)).items():
                if (known := certain[what]) not in {UNKNOWN, truth}:
                    told = (
                        f"is certain that {what} is {_TRUTHS[known]} with nothing readable, but that depends on facts"
                    )
                    _fail(layer, request, told)


def _is_truth(value: object) -> bool:
    """Return whether a value is one of the three; True is none of them."""
    return value in _TRUTHS and not isinstance(value, bool)


def _facts(layer: Layer, request: AccessRequest) -> tuple[Fact[Any], ...]:
    """Return the facts that could matter: the layer's, those it needs, the core's, and whatever was looked at."""
    return tuple(dict.fromkeys((*layer.provides, *layer.needs, *CORE, *request.evidence)))


def _without(request: AccessRequest, facts: Iterable[Fact[Any]]) -> AccessRequest:
    hidden = {fact: fact.unread() for fact in facts}
    return request.given({}, Evidence({**request.evidence, **hidden}, complete=request.evidence.complete))


def _refused(layer: Layer, request: AccessRequest, fact: Fact[Any]) -> AccessRequest:
    """Return the same request where AWS refused to tell a fact, and whatever else is not known."""
    tried = [each for each in _facts(layer, request) if each is fact or isinstance(request.evidence[each], Unreadable)]
    seen = {each: Unreadable(f"`{each.name}` is refused", f"a:{each.name}", "a:Call", "111122223333") for each in tried}
    return request.given({}, Evidence({**request.evidence, **seen}, complete=request.evidence.complete))


def _unseen(fact: Fact[Any]) -> Iterator[object]:
    """Yield what evidence may say of its own of a fact that nobody supplied."""
    yield from (fact.otherwise, Absent(), fact.unread())


def _rests_on(layer: Layer, request: AccessRequest, claim: Claim, fact: Fact[Any]) -> bool:
    if not isinstance(request.evidence[fact], Found):
        return False
    hidden = _without(request, [fact])
    return not any(other[:3] == claim[:3] for other in layer.judge(hidden, hidden.evidence))


def _compare(layer: Layer, hidden: AccessRequest, full: Mapping[str, Truth], how: str) -> None:
    for what, truth in _sum(layer, layer.judge(hidden, hidden.evidence)).items():
        if truth not in {UNKNOWN, full[what]}:
            turned = f"{what} turns from {_TRUTHS[full[what]]} to {_TRUTHS[truth]}"
            _fail(layer, hidden, f"turns around when it knows less: while {how}, {turned}")


def _sum(layer: Layer, verdict: Verdict) -> dict[str, Truth]:
    """Return what a verdict comes to: the outcome for each relation of accounts, and the sum of each kind of claim."""
    merged = merge([Judged(layer, verdict)])
    grants = [max(merged.grants[index] for index in no_less) for no_less in _GRANTS_NO_LESS]
    return {
        **{_OUTCOMES[relation]: merged.outcome(relation) for relation in Relation},
        **dict(zip(_SUMS, (merged.denied, merged.limited, merged.required), strict=True)),
        **dict(zip(_GRANTS, grants, strict=True)),
        **dict(zip(_OWN_CAPS, merged.own_caps, strict=True)),
        **dict(zip(_OTHER_CAPS, merged.other_caps, strict=True)),
    }


def _text(claim: Claim) -> str:
    reaches = " and ".join(name for reach, name in REACHES.items() if reach & claim.reach)
    return f"{KINDS[claim.says]}{f' of {reaches}' if reaches else ''} ({_TRUTHS[claim.holds]})"


def _fail(layer: Layer, request: AccessRequest, what: str) -> NoReturn:
    unread = [fact.name for fact, seen in request.evidence.items() if isinstance(seen, Unreadable)]
    blind = f" (not known: {', '.join(sorted(unread))})" if unread else ""
    who = f"{request.principal.arn} for {request.action} on {request.resource.arn}{blind}"
    raise AssertionError(f"the layer `{layer.name}` {what}; asked by {who}")
