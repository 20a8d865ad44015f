"""The transport that collecting is measured on answers what its table says, through botocore's own reading."""

from tests.bench.cloud import Cloud
from tests.gathering.world import everything
from tests.layers.tables import AWAY, THIRD
from why403 import Found, Unreadable
from why403.gathering.by_hand import Table


def test_all_answers_of_the_table_come_back_through_the_reader_of_the_service() -> None:
    world = everything("ana")
    reader, table = Cloud(world, seconds=0, own=THIRD, organization=AWAY).reader(1), Table(world)
    for read in world:
        seen, expected = reader.read(read), table.read(read)
        if isinstance(expected, Unreadable):
            assert isinstance(seen, Unreadable)
            assert seen.result == "denied"
        else:
            assert isinstance(seen, Found)
            assert isinstance(expected, Found)
            assert seen.value == expected.value
