"""Writes policies about the parts of a request: some noise, and what is to allow or deny it."""

import json
from collections.abc import Sequence
from typing import Any

from .conditions import Json
from .scenes import Scene
from .statements import NEW, OLD, statement
from .world import World


def document(scene: Scene, wanted: str, about: Sequence[World], *, grants: float, principal: bool = False) -> Json:
    """A policy about some parts of a request; `grants` is how likely its statements allow them."""
    version = scene.rng.choice((NEW, NEW, NEW, NEW, OLD))
    likely_deny = {"allowed": 0.0, "implicit": 0.0, "explicit": 0.3}[wanted]
    parts = [scene.about(world) for world in about]
    spoiled = [part for part in parts if part.request.action.startswith("kms:")] if scene.spoils_keys else []
    noise = [scene.rng.choice(parts) for _ in range(scene.rng.choice((0, 1, 1, 2)))]
    body = [
        statement(one, scene.rng.choice(("Allow", "Deny")), version, fits=False, principal=principal) for one in noise
    ]
    granted = scene.chance(grants)
    granting = [part for part in parts if granted and (len(parts) == 1 or scene.chance(0.96))]
    if scene.spoils_keys:
        granting = [part for part in parts if part not in spoiled or scene.chance(grants)]
    body += [statement(part, "Allow", version, fits=True, principal=principal) for part in granting]
    if scene.chance(likely_deny):
        body.append(statement(scene.rng.choice(spoiled or parts), "Deny", version, fits=True, principal=principal))
    body = body or [statement(scene.rng.choice(parts), "Deny", version, fits=False, principal=principal)]
    scene.rng.shuffle(body)
    document: Json = {"Statement": body[0] if len(body) == 1 and scene.chance(0.5) else body}
    return document if version == OLD and scene.chance(0.5) else {"Version": version, **document}


def as_given(scene: Scene, document: Json, name: str) -> Any:
    """A policy in one of the three forms that the contract accepts."""
    match scene.rng.randint(0, 7):
        case 0:
            return json.dumps(document)
        case 1:
            return {"name": name, "arn": f"arn:aws:iam::aws:policy/{name}", "document": document}
    return document
