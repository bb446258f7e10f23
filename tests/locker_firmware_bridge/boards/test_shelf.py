from locker_firmware_bridge.boards import Boards, UnlockFailed, UnlockRequest
from locker_firmware_bridge.boards.shelf import Shelf
from tests.fakes.board_reports import Reports


def test_a_shelf_stands_where_boards_stand_reads_nothing_and_refuses_every_unlock() -> None:
    reports = Reports()
    shelf: Boards = Shelf("counter", reports)
    shelf.start()
    shelf.expect(0, 1000)
    shelf.unlock(UnlockRequest("op", 0, 1))
    shelf.stop(1)
    assert reports.all() == [UnlockFailed("op", "counter is a shelf: it has no locks")]
