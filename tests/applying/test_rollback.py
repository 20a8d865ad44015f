"""Rolling back: what was there comes back byte for byte, in reverse order, unless somebody changed it since."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.applying.test_apply import DENIED, LOST, REAL, applied, changed, statuses
from tests.applying.world import (
    MADE,
    NEW,
    OLD,
    WAS,
    FileAws,
    bucket_policy,
    calls,
    inline_policy,
    keep_plan,
    kept,
    no_waiting,
    planted,
)
from why403.domain.errors import Conflict, NotAllowed
from why403.keeping import Store
from why403.services import Services
from why403.usecases.changing import Changed, Stopped
from why403.usecases.rollback import roll_back
from why403.writing import Live

BACK = ["SetDefaultPolicyVersion", "DeletePolicyVersion", "DeleteRolePolicy", "PutBucketPolicy"]


def rolled_back(services: Services, **body: Any) -> dict[str, Any]:
    return roll_back(services, "p_1", body, "ana", sleep=no_waiting)


def test_everything_is_as_it_was(services: Services, store: Store, aws: FileAws) -> None:
    before = kept(aws)
    keep_plan(store)
    applied(services, **REAL)
    answer = rolled_back(services, **REAL)
    assert answer["state"] == store.plan("p_1").state == "rolled_back"
    assert kept(aws) == before
    assert calls(aws) == [*MADE, *BACK]
    assert [entry.status for entry in store.journal("p_1")[:3]] == ["undone"] * 3
    assert aws.live(bucket_policy(NEW)).value == WAS


def test_a_dry_run_is_what_nobody_asks_for(services: Services, store: Store, aws: FileAws) -> None:
    keep_plan(store)
    applied(services, **REAL)
    answer = rolled_back(services)
    assert (answer["state"], answer["dry_run"]) == ("applied", True)
    assert [call["call"].partition(":")[2] for call in answer["calls"]] == BACK
    assert calls(aws) == MADE


def test_rolling_back_again_does_nothing(services: Services, store: Store, aws: FileAws) -> None:
    keep_plan(store)
    applied(services, **REAL)
    rolled_back(services, **REAL)
    assert statuses(rolled_back(services, **REAL)) == ["undone"] * 3
    assert calls(aws) == [*MADE, *BACK]


@pytest.mark.parametrize("body", [{}, REAL], ids=["dry", "real"])
def test_what_somebody_changed_since_is_not_overwritten(
    services: Services, store: Store, aws: FileAws, body: dict[str, Any]
) -> None:
    keep_plan(store)
    applied(services, **REAL)
    changed(aws, inline_policy(NEW), OLD)
    with pytest.raises(Changed) as told:
        rolled_back(services, **body)
    (difference,) = told.value.members["difference"]
    assert (difference["expected"], difference["live"]) == (NEW, OLD)
    assert calls(aws) == MADE
    assert store.plan("p_1").state == "applied"


def test_what_somebody_restored_by_hand_is_left_as_it_is(services: Services, store: Store, aws: FileAws) -> None:
    before = kept(aws)
    keep_plan(store)
    applied(services, **REAL)
    changed(aws, bucket_policy(NEW), WAS)
    assert rolled_back(services, **REAL)["state"] == "rolled_back"
    assert calls(aws) == [*MADE, *BACK[:3]]
    assert kept(aws) == before


def test_a_version_that_made_room_comes_back_under_another_id(services: Services, store: Store, aws: FileAws) -> None:
    planted(aws, versions=5)
    keep_plan(store)
    applied(services, **REAL)
    rolled_back(services, **REAL)
    with aws.state() as held:
        (policy,) = held["policies"].values()
    assert policy["default"] == "v5"
    assert policy["versions"] == {
        **{f"v{number}": {**OLD, "Id": str(number)} for number in (2, 3, 4)},
        "v5": OLD,
        "v7": {**OLD, "Id": "1"},
    }


@pytest.mark.parametrize("failing", range(4))
def test_a_rollback_that_fails_goes_on_where_it_ended(
    failing: int, tmp_path: Path, with_aws: Callable[[Any], Services], store: Store
) -> None:
    aws = FileAws(tmp_path / "aws.json", fails={3 + failing: DENIED})
    planted(aws)
    before, services = kept(aws), with_aws(aws)
    keep_plan(store)
    applied(services, **REAL)
    with pytest.raises(Stopped):
        rolled_back(services, **REAL)
    assert store.plan("p_1").state == "failed"
    with pytest.raises(Conflict, match="rollback has begun"):
        applied(services, **REAL)
    assert rolled_back(services, **REAL)["state"] == "rolled_back"
    assert kept(aws) == before
    assert calls(aws) == [*MADE, *BACK]


@pytest.mark.parametrize("failing", range(3))
@pytest.mark.parametrize("failure", [DENIED, LOST], ids=["denied", "lost"])
def test_half_a_plan_is_taken_back(
    failing: int, failure: Any, tmp_path: Path, with_aws: Callable[[Any], Services], store: Store
) -> None:
    class Breaking(FileAws):
        def live(self, write: Any) -> Live:
            if self.count == failing + 1 and not self.blind:
                raise LOST
            return super().live(write)

        blind = False

    aws = Breaking(tmp_path / "aws.json", fails={failing: failure})
    planted(aws)
    before, services = kept(aws), with_aws(aws)
    keep_plan(store)
    with pytest.raises(Stopped):
        applied(services, **REAL)
    aws.blind = True
    assert rolled_back(services, **REAL)["state"] == "rolled_back"
    assert kept(aws) == before


def test_what_was_not_made_here_is_not_taken_back(services: Services, store: Store) -> None:
    keep_plan(store)
    with pytest.raises(Conflict, match="nothing of the plan was made"):
        rolled_back(services, **REAL)
    assert store.plan("p_1").state == "proposed"


def test_a_plan_that_was_taken_back_is_not_applied_again(services: Services, store: Store, aws: FileAws) -> None:
    keep_plan(store)
    applied(services, **REAL)
    rolled_back(services, **REAL)
    with pytest.raises(Conflict, match="plan again"):
        applied(services, **REAL)


def test_a_service_without_a_writer_takes_nothing_back(with_aws: Callable[[Any], Services], store: Store) -> None:
    keep_plan(store)
    with pytest.raises(NotAllowed):
        rolled_back(with_aws(None), **REAL)
