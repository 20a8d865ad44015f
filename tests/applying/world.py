"""An AWS that is a file, which outlives processes that are killed, and plans of three changes for it."""

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from why403.domain.fix import Reading, Write
from why403.keeping import Deed, Plan, Store
from why403.services import Services
from why403.writing import (
    UNSAID,
    Live,
    NotWritten,
    Probe,
    Probed,
    alike,
    delete_version,
    left_by,
    place_of,
    written_down,
)

ACCOUNT, ARN = "111122223333", "arn:aws:iam::111122223333:policy/team"
WAS = '{"Version": "2012-10-17",  "Statement": []}'  # as nobody but S3 would keep it
OLD: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
NEW: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
MOST = 5
MADE = ["PutBucketPolicy", "PutRolePolicy", "CreatePolicyVersion"]
"""The calls that make the plan of `THREE`."""

Event = Callable[[str], None]


def unseen(_event: str) -> None:
    """Look at nothing."""


class FileAws:
    """Keeps values by the place they are written in, managed policies with their versions, and every call made.

    `fails` answers the calls of those numbers, from 0, with a failure; `event` is told before and after each call.
    """

    def __init__(self, path: Path, *, event: Event = unseen, fails: Mapping[int, NotWritten] | None = None) -> None:
        self.path, self.event, self.fails, self.count = path, event, dict(fails or {}), 0
        self.again: list[bool] = []
        self.probes: list[Probe] = []
        self.probed: list[Probed] = []

    @contextmanager
    def state(self) -> Iterator[dict[str, Any]]:
        """Yield what is kept, and keep what becomes of it, whole or not at all."""
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            held = (
                json.loads(self.path.read_text()) if self.path.exists() else {"places": {}, "policies": {}, "calls": []}
            )
            before = json.dumps(held)
            yield held
            if json.dumps(held) != before:
                beside = self.path.with_suffix(".new")
                beside.write_text(json.dumps(held))
                beside.replace(self.path)

    def live(self, write: Write) -> Live:
        with self.state() as held:
            arn = write.parameters.get("PolicyArn")
            if arn not in held["policies"]:
                return Live(held["places"].get(place_of(write)))
            policy, reading = held["policies"][arn], write.reading
            if reading is None:
                return Live(None)
            if "VersionId" in reading.parameters:
                return Live(policy["versions"].get(reading.parameters["VersionId"]))
            if reading.operation == "ListPolicyVersions":
                wanted = write.parameters["PolicyDocument"]
                found = [each for name, each in policy["versions"].items() if name != policy["default"]]
                return Live(next((each for each in found if alike(each, wanted)), None))
            return Live(policy["versions"][policy["default"]], policy["default"])

    def room(self, write: Write) -> tuple[Write, ...]:
        if write.operation != "CreatePolicyVersion":
            return ()
        with self.state() as held:
            policy = held["policies"][write.parameters["PolicyArn"]]
            others = [name for name in policy["versions"] if name != policy["default"]]
            return (delete_version(write, others[0]),) if len(policy["versions"]) >= MOST else ()

    def make(self, write: Write, *, again: bool = False) -> str | None:
        self.again.append(again)
        self.event(f"before {write.operation}")
        failure = self.fails.pop(self.count, None)
        self.count += 1
        if failure is not None and failure.certain:
            raise failure
        with self.state() as held:
            held["calls"].append(write.operation)
            version = self._make(held, write)
        if failure is not None:
            raise failure
        self.event(f"after {write.operation}")
        return version

    def probe(self, probe: Probe) -> Probed:
        self.probes.append(probe)
        return self.probed.pop(0) if self.probed else Probed("not_run", "nobody may assume it")

    def _make(self, held: dict[str, Any], write: Write) -> str | None:
        sent = write.parameters
        policy = held["policies"].get(sent.get("PolicyArn"))
        if policy is None:
            left = left_by(write)
            held["places"][place_of(write)] = None if left is UNSAID else left
            return None
        if write.operation == "CreatePolicyVersion":
            assert len(policy["versions"]) < MOST
            name = f"v{policy['next']}"
            policy["next"] += 1
            policy["versions"][name] = sent["PolicyDocument"]
            policy["default"] = name if sent["SetAsDefault"] else policy["default"]
            return name
        if write.operation == "SetDefaultPolicyVersion":
            assert sent["VersionId"] in policy["versions"]
            policy["default"] = sent["VersionId"]
        else:
            assert sent["VersionId"] != policy["default"]
            del policy["versions"][sent["VersionId"]]
        return None


def bucket_policy(document: Any) -> Write:
    named = {"Bucket": "reports"}
    reading = Reading("s3", "GetBucketPolicy", named, ("Policy",), ("NoSuchBucketPolicy",))
    sent = {**named, "Policy": document}
    return Write("s3", "PutBucketPolicy", sent, "s3:PutBucketPolicy", ACCOUNT, None, ("Policy",), reading)


def inline_policy(document: Any) -> Write:
    named = {"RoleName": "app", "PolicyName": "own"}
    reading = Reading("iam", "GetRolePolicy", named, ("PolicyDocument",), ("NoSuchEntity",))
    verb = "Delete" if document is None else "Put"
    sent = named if document is None else {**named, "PolicyDocument": document}
    documents = () if document is None else ("PolicyDocument",)
    operation = f"{verb}RolePolicy"
    return Write("iam", operation, sent, f"iam:{operation}", ACCOUNT, None, documents, reading)


def managed_policy(document: Any) -> Write:
    reading = Reading("iam", "GetPolicyVersion", {"PolicyArn": ARN}, ("PolicyVersion", "Document"))
    sent = {"PolicyArn": ARN, "PolicyDocument": document, "SetAsDefault": True}
    operation = "CreatePolicyVersion"
    return Write("iam", operation, sent, f"iam:{operation}", ACCOUNT, None, ("PolicyDocument",), reading)


THREE: list[tuple[str, list[Write], list[Write]]] = [
    ("bucket_policy", [bucket_policy(NEW)], [bucket_policy(WAS)]),
    ("identity", [inline_policy(NEW)], [inline_policy(None)]),
    ("permissions_boundary", [managed_policy(NEW)], [managed_policy(OLD)]),
]


def planted(aws: FileAws, versions: int = 1) -> None:
    """Put there what the plans of `THREE` find."""
    with aws.state() as held:
        held["places"] = {place_of(bucket_policy(WAS)): WAS}
        documents = {f"v{number}": {**OLD, "Id": str(number)} for number in range(1, versions)}
        documents[f"v{versions}"] = OLD
        held["policies"] = {ARN: {"default": f"v{versions}", "next": versions + 1, "versions": documents}}


def kept(aws: FileAws) -> dict[str, Any]:
    """Return what stands there, without what was called and which number a version would have next."""
    with aws.state() as held:
        places = {place: value for place, value in held["places"].items() if value is not None}
        policies = {arn: {**policy, "next": 0} for arn, policy in held["policies"].items()}
        return {"places": places, "policies": policies}


def calls(aws: FileAws) -> list[str]:
    """Return every call that was made."""
    with aws.state() as held:
        found: list[str] = held["calls"]
        return found


def by_hand(layer: str = "scp") -> tuple[str, list[Write], list[Write]]:
    """Return a change that a person makes."""
    return layer, [], []


REQUEST = {
    "principal": "arn:aws:sts::111122223333:assumed-role/app/i-1",
    "operation": "GetObject",
    "bucket": "reports",
    "key": "q3.csv",
    "context_is_complete": True,
}


def body_of(changes: Any = None, decision: str = "allowed", request: Any = None, **answer: Any) -> dict[str, Any]:
    """Return the body of a kept plan."""
    changes = THREE if changes is None else changes
    told = {
        "id": "p_1",
        "changes": [
            {"layer": layer, "who": f"who cares for {layer}", "summary": f"mend {layer}", "before": None, "after": {}}
            for layer, _, _ in changes
        ],
        "proof": {"before": {"decision": "denied"}, "after": {"decision": decision}},
        "refused": None,
        **answer,
    }
    steps = [
        {
            "layer": layer,
            "target": f"the {layer}",
            "writes": [written_down(each) for each in writes],
            "undo": [written_down(each) for each in undo],
        }
        for layer, writes, undo in changes
    ]
    body: dict[str, Any] = json.loads(
        json.dumps({"answer": told, "steps": steps, "request": {"request": REQUEST if request is None else request}})
    )
    return body


def keep_plan(store: Store, body: Mapping[str, Any] | None = None) -> str:
    """Keep a plan; return its id."""
    now = datetime.now(UTC)
    store.add_plan(
        Plan(id="p_1", created=now, changed=now, body=body_of() if body is None else body),
        Deed(who="ana", what="remediate", subject="p_1", outcome="proposed"),
    )
    return "p_1"


def serving(services: Services, store: Store, aws: Any) -> Services:
    """Return services that keep plans there and may change that AWS."""
    return replace(services, store=store, writer=aws)


def no_waiting(_seconds: float) -> None:
    """Wait for nothing."""
