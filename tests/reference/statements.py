"""Writes statements that fit a request, or miss it in some small way."""

from typing import Any

from . import vocabulary as words
from .callers import Kind
from .conditions import Json, scalars
from .directories import MODE
from .policy import Statement, matches
from .principals import Grant, names
from .scenes import Scene
from .variables import MULTIVALUED, VARIABLE

TRIES = 12
NEW, OLD = "2012-10-17", "2008-10-17"


def statement(scene: Scene, effect: str, version: str, *, fits: bool, principal: bool = False) -> Json:
    """A statement that matches the request, or one that does not; the last try is taken as it is."""
    body: Json = {}
    for _ in range(TRIES):
        body = _draft(scene, effect, likely=0.92 if fits else 0.75)
        if principal:
            body = {**_principal(scene, effect, likely=0.92 if fits else 0.7), **body}
        if _matches(scene, body, version) == fits:
            break
    return body


def _matches(scene: Scene, body: Json, version: str) -> bool:
    caller, ids = scene.caller, scene.request.canonical_ids
    named = "Principal" not in body or names(body["Principal"], caller, ids) is not Grant.NONE
    return named and matches(Statement(body, version == NEW), scene.request)


def _draft(scene: Scene, effect: str, likely: float) -> Json:
    rng = scene.rng
    body: Json = {"Sid": f"S{rng.randint(0, 999)}"} if scene.chance(0.4) else {}
    body["Effect"] = effect
    negated = scene.chance(0.1)
    actions = _some(scene, likely if not negated else 1 - likely, _fitting_actions(scene), _missing_actions(scene))
    body["NotAction" if negated else "Action"] = actions
    negated = scene.chance(0.1)
    resources = _some(scene, likely if not negated else 1 - likely, _fitting_arns(scene), _missing_arns(scene))
    body["NotResource" if negated else "Resource"] = resources
    if scene.chance(0.55):
        body["Condition"] = _conditions(scene, likely)
    return body


def _some(scene: Scene, likely: float, fitting: list[str], missing: list[str]) -> Any:
    chosen = [scene.rng.choice(missing) for _ in range(scene.rng.choice((0, 0, 1, 2)))]
    if scene.chance(likely) or not chosen:
        chosen.append(scene.rng.choice(fitting if scene.chance(likely) else missing))
    scene.rng.shuffle(chosen)
    return chosen[0] if len(chosen) == 1 and scene.chance(0.6) else chosen


def _fitting_actions(scene: Scene) -> list[str]:
    action = scene.request.action
    service, _, name = action.partition(":")
    return [
        action,
        action,
        action.lower(),
        f"{service}:*",
        f"{service}:{name[:3]}*",
        f"{service}:*{name[-4:]}",
        f"{service}:{name[0]}?{name[2:]}",
        f"{service.upper()}:{name[:2]}*{name[-3:]}",
        "*",
        "*:*",
    ]


def _missing_actions(scene: Scene) -> list[str]:
    action = scene.request.action
    others = [*words.BUCKET_ACTIONS, *words.OBJECT_ACTIONS]
    near = [f"{action}s", action[:-1], f"{action}?", f"{action}Version", "s3:HeadObject", "ec2:*"]
    return [*near, *scene.rng.sample([one for one in others if one.lower() != action.lower()], 4)]


def _fitting_arns(scene: Scene) -> list[str]:
    arn = scene.request.resource
    if arn == "*":
        return ["*"]
    if not arn.startswith("arn:aws:s3:::"):
        return _well_formed([arn, f"{arn}*", f"{arn[:-2]}*", "*", arn.replace("aws", "*", 1), f"{arn[:-1]}?"])
    bucket, slash, key = arn.partition("/")
    found = [arn, f"{arn}*", f"{bucket}*", "*", "arn:*:s3:::*", "arn:aws:s3:*", arn.replace("aws", "*", 1)]
    found += [f"{bucket}{slash}*", f"{bucket[:-2]}??{slash}{key}", f"{arn[:-1]}?", f"arn:aws:s3:::*{arn[-4:]}"]
    if slash:
        found += [f"{bucket}/*{key[1:]}", f"{bucket}/{key[:2]}*", f"{bucket}/{'?' * len(key)}", f"{bucket}*/{key}"]
    return _well_formed(found) + _with_variables(scene) * 2


def _with_variables(scene: Scene) -> list[str]:
    """The request's resource with parts of it replaced by variables that stand for them, or by escapes."""
    arn = scene.request.resource
    if not arn.startswith("arn:aws:s3:::"):
        return []
    escaped = "".join(f"${{{one}}}" if one in "*?$" else one for one in arn)
    found = [escaped] if escaped != arn else []
    for key, values in scene.request.context.items():
        if key not in MULTIVALUED and len(values) == 1 and len(values[0]) > 1 and values[0] in arn[13:]:
            head, tail = arn[:13], arn[13:]
            found.append(head + tail.replace(values[0], f"${{{key}}}", 1))
            found.append(head + tail.replace(values[0], f"${{{key}, 'none'}}"))
            found.append(head + tail.replace(values[0], f"${{aws:PrincipalTag/nobody, '{values[0]}'}}", 1))
    return _well_formed(found)


def _well_formed(patterns: list[str]) -> list[str]:
    """The patterns without those that a key with a dollar sign turned into half a variable, or one of no key."""
    return [one for one in patterns if "${x" not in one.lower() and "${" not in VARIABLE.sub("", one)]


def _missing_arns(scene: Scene) -> list[str]:
    arn = scene.request.resource
    bucket, slash, key = arn.partition("/")
    other = f"arn:aws:s3:::{scene.rng.choice([one for one in words.BUCKETS if one not in arn])}"
    found = [f"{other}/*", other, f"{arn}?", arn[:-1], f"{bucket}/nope/*", f"arn:aws-cn:s3:::{arn[13:]}*"]
    found += [bucket if slash else f"{bucket}/*", arn.upper(), "arn:aws:sqs:us-east-1:111122223333:q"]
    found += [f"arn:aws:s3:us-east-1::{arn[13:]}", f"{bucket}/${{aws:PrincipalTag/nobody}}*", f"{bucket}/${{*}}"]
    if slash and key:
        found += [f"{bucket}/{key[0]}?{key}", f"{bucket}/${{aws:username}}/*", f"{bucket}/${{aws:CalledVia}}/*"]
    return _well_formed(found)


def _conditions(scene: Scene, likely: float) -> Json:
    block: Json = {}
    seen: set[tuple[str, str]] = set()
    for _ in range(scene.rng.choice((1, 1, 1, 2, 3))):
        name, key, values = _test(scene, likely)
        # A key that stands twice under one operator in two spellings is no document that AWS describes.
        if (name.lower(), key.lower()) not in seen:
            block.setdefault(name, {})[key] = values
        seen.add((name.lower(), key.lower()))
    return block


def _test(scene: Scene, likely: float) -> tuple[str, str, Any]:
    rng = scene.rng
    key, sort, vocabulary = _key(scene)
    actual = list(scene.request.context.get(key.lower(), ()))
    if scene.chance(0.12):
        absent = not actual if scene.chance(likely) else bool(actual)
        return "Null", _respelt(scene, key), rng.choice((absent, str(absent).lower()))
    operator = rng.choice(words.OPERATORS[sort])
    if scene.plain:
        operator = "Bool" if sort == words.BOOL else rng.choice(words.EXACT)
    negated = "Not" in operator
    values = [rng.choice(vocabulary) for _ in range(rng.choice((0, 1, 1, 2)))]
    if actual and scene.chance(1 - likely if negated else likely):
        values.append(rng.choice(actual))
    shaped = [_shaped(scene, value, operator) for value in values or [rng.choice(vocabulary)]]
    name = _quantified(scene, key, operator) + ("IfExists" if scene.chance(0.3) else "")
    single = len(shaped) == 1 and scene.chance(0.6)
    return (name.lower() if scene.chance(0.03) else name), _respelt(scene, key), shaped[0] if single else shaped


def _key(scene: Scene) -> tuple[str, str, tuple[Any, ...]]:
    rng, context = scene.rng, scene.request.context
    if scene.request.action.startswith("kms:"):
        return _key_of_kms(scene)
    if MODE in context and scene.chance(0.4):
        modes, accounts = ("ReadWrite", "ReadOnly"), words.ACCOUNTS
        own = (("s3express:SessionMode", modes), ("s3express:ResourceAccount", accounts))
        key, values = rng.choice(own)
        return key, words.STRING, values
    present = [key for key in words.KEYS if key.lower() in context]
    match rng.choices(("any", "present", "several", "caller"), (25, 35, 15, 25))[0]:
        case "several" if not scene.plain:
            key = rng.choice(list(words.SEVERAL))
            return key, words.STRING, words.SEVERAL[key]
        case "caller":
            return _caller_key(scene)
        case "present" if present:
            key = rng.choice(present)
            return key, *words.KEYS[key]
    key = rng.choice(list(words.KEYS))
    return key, *words.KEYS[key]


def _key_of_kms(scene: Scene) -> tuple[str, str, tuple[Any, ...]]:
    """Those keys that a request to KMS carries for certain."""
    region = scene.request.resource.split(":")[3]
    services = tuple(f"s3.{one}.amazonaws.com" for one in (region, region, "us-east-2"))
    about = scene.request.context["kms:encryptioncontext:aws:s3:arn"][0].partition("/")[0]
    return scene.rng.choice(
        (
            ("kms:ViaService", words.STRING, services),
            ("kms:ViaService", words.STRING, services),
            ("kms:CallerAccount", words.STRING, words.ACCOUNTS),
            ("kms:EncryptionContext:aws:s3:arn", words.STRING, (about, f"{about}/a.txt")),
            ("aws:PrincipalAccount", words.STRING, words.ACCOUNTS),
            ("aws:PrincipalOrgID", words.STRING, words.ORGANIZATIONS),
            ("aws:PrincipalTag/team", words.STRING, words.TAG_VALUES),
        )
    )


def _caller_key(scene: Scene) -> tuple[str, str, tuple[Any, ...]]:
    accounts = words.ACCOUNTS
    arns = tuple(f"arn:aws:iam::{accounts[1]}:{name}" for name in ("role/app", "user/alice", "role/*", "root"))
    return scene.rng.choice(
        (
            ("aws:PrincipalArn", words.ARN, arns),
            ("aws:PrincipalAccount", words.STRING, accounts),
            ("aws:ResourceAccount", words.STRING, accounts),
            ("s3:ResourceAccount", words.STRING, accounts),
            ("aws:PrincipalType", words.STRING, ("User", "AssumedRole", "Account", "Anonymous")),
            ("aws:username", words.STRING, ("alice", "bob", "Alice")),
            ("aws:PrincipalTag/team", words.STRING, words.TAG_VALUES),
            ("aws:PrincipalTag/STAGE", words.STRING, ("prod", "Prod")),
            ("aws:PrincipalIsAWSService", words.BOOL, ("true", "false")),
            ("aws:PrincipalServiceName", words.STRING, words.SERVICES),
            ("aws:ResourceTag/team", words.STRING, words.TAG_VALUES),
            ("s3:BucketTag/team", words.STRING, words.TAG_VALUES),
            ("s3:ExistingObjectTag/class", words.STRING, ("public", "secret", "Public")),
            ("s3:DataAccessPointAccount", words.STRING, accounts),
            ("s3:AccessPointNetworkOrigin", words.STRING, ("Internet", "VPC")),
        )
    )


def _quantified(scene: Scene, key: str, operator: str) -> str:
    often = 0.85 if key.lower() in MULTIVALUED else 0.06
    if scene.plain or not scene.chance(often):
        return operator
    return f"{scene.rng.choice(('ForAllValues', 'ForAnyValue'))}:{operator}"


def _shaped(scene: Scene, value: Any, operator: str) -> Any:
    """A value as a policy would test it: a pattern, a range, another case, a variable, or the value itself."""
    text = scalars(value)[0]
    choose = scene.rng.choice
    if operator.startswith("String") and not scene.plain and scene.chance(0.08):
        return choose(("${aws:username}", "${aws:PrincipalAccount}", "${aws:PrincipalTag/team, 'ml'}", "${*}"))
    if "Like" in operator or operator.startswith("Arn"):
        patterns = [text, f"{text[:-2]}*", f"{text[:-1]}?", text.replace(text[13:25] or "-", "*")]
        return choose([*patterns, f"*{text[2:]}"]) if not operator.startswith("Arn") else choose(patterns)
    if operator in ("IpAddress", "NotIpAddress"):
        return choose((text, f"{text}/32", f"{text}/24", f"{text}/16")) if "." in text else choose((text, f"{text}/64"))
    if operator in words.EXACT and scene.chance(0.25):
        return choose((text.upper(), text.lower(), f"{text}*"))
    return value


def _respelt(scene: Scene, key: str) -> str:
    return scene.rng.choice((key.lower(), key.swapcase())) if scene.chance(0.1) else key


def _principal(scene: Scene, effect: str, likely: float) -> Json:
    rng, caller = scene.rng, scene.caller
    strangers = [one for one in words.ACCOUNTS if one != caller.account]
    if effect == "Deny" and scene.chance(0.1):
        return {"NotPrincipal": _pack(scene, _spared(scene, strangers))}
    fitting, missing = _naming(scene), _not_naming(scene, strangers)
    if scene.chance(0.25):
        return {"Principal": rng.choice(("*", {"AWS": "*"}))}
    chosen = [rng.choice(fitting if scene.chance(likely) else missing)]
    chosen += [rng.choice(missing) for _ in range(rng.choice((0, 0, 1)))]
    return {"Principal": _pack(scene, chosen)}


def _pack(scene: Scene, pairs: list[tuple[str, str]]) -> Json:
    packed: dict[str, Any] = {}
    for form, value in pairs:
        packed.setdefault(form, []).append(value)
    return {form: values[0] if len(values) == 1 and scene.chance(0.6) else values for form, values in packed.items()}


def _naming(scene: Scene) -> list[tuple[str, str]]:
    caller = scene.caller
    if caller.kind is Kind.SERVICE:
        return [("Service", caller.arn)]
    if caller.account is None:
        return [("AWS", "*")]
    account = [("AWS", caller.account), ("AWS", f"arn:aws:iam::{caller.account}:root")]
    if "acl" in scene.layers:
        account.append(("CanonicalUser", words.CANONICAL_IDS[caller.account]))
    own = [("AWS", one) for one in (caller.arn, caller.issuer) if one]
    return account + own * 2


def _not_naming(scene: Scene, strangers: list[str]) -> list[tuple[str, str]]:
    rng, caller = scene.rng, scene.caller
    stranger = rng.choice(strangers)
    found = [
        stranger,
        f"arn:aws:iam::{stranger}:root",
        f"arn:aws:iam::{stranger}:user/alice",
        rng.choice(words.DEAD_IDS),
    ]
    if caller.account:
        home = caller.account
        found += [
            f"arn:aws:iam::{home}:user/nobody",
            f"arn:aws:iam::{home}:role/other/app",
            f"arn:aws-cn:iam::{home}:root",
        ]
        # Which session a role's ARN stands for is open, so nothing is said about sessions of that role.
        if "/assumed-role/" in caller.arn.replace(":assumed-role/", "/assumed-role/"):
            found.append(f"{caller.arn}-2")
    return [*(("AWS", one) for one in found), ("Service", "ec2.amazonaws.com")]


def _spared(scene: Scene, strangers: list[str]) -> list[tuple[str, str]]:
    """Either everything AWS asks to list, or nothing of the caller: what lies between is open."""
    caller = scene.caller
    listed = [("AWS", scene.rng.choice(strangers))]
    is_role = caller.arn == caller.issuer
    if scene.chance(0.5) and not is_role and caller.kind is not Kind.FEDERATED:
        if caller.kind is Kind.SERVICE:
            listed.append(("Service", caller.arn))
        elif caller.account:
            own = {f"arn:aws:iam::{caller.account}:root": 0, caller.arn: 0, caller.issuer or caller.arn: 0}
            listed += [("AWS", one) for one in own]
    return listed
