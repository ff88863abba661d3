"""Two who may be one, side by side: what is shown, what is not, who decides, what is written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from streams.vault.doubles import Decision, Doubles, Register
from streams.vault.identities import Identities
from streams.vault.keys import Keys
from tests.support.pages import Browser, log_in
from tests.support.small_county import LI, SUN, UPPER, ZHAO, SmallCounty, small_county
from tests.support.small_state import member
from yujing.app.doubles_pages import number_zh, routes
from yujing.domain.codes import Relation
from yujing.web.application import application

TWIN, ELSEWHERE = 112, 212  # registered a second time: in the same village, in another township
ZHAO_NUMBER = f"52052619850501{ZHAO:04d}"
TWIN_NUMBER = ZHAO_NUMBER[:15] + "8" + ZHAO_NUMBER[16:]
NOBODY = Register(
    np.empty(0, np.uint64), np.empty(0, np.int64), np.empty(0, np.uint64), np.empty(0, np.uint64)
)


@dataclass
class Deciding:
    """Records decisions as the application does, and what was asked of it."""

    doubles: Doubles
    asked: list[tuple[int, int, str, str]] = field(default_factory=list)

    def __call__(self, one: int, other: int, decision: str, by: str) -> Decision:
        self.asked.append((one, other, decision, by))
        return self.doubles.decide(one, other, decision, by=by, at=1_795_000_000)


@dataclass
class Room:
    county: SmallCounty
    doubles: Doubles
    deciding: Deciding

    def browser(self, username: str = "tang") -> Browser:
        county = self.county
        app = application(county.services, routes(county.services, self.doubles, self.deciding))
        opened = Browser(app)
        log_in(opened, username)
        return opened


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with small_county(tmp_path) as county:
        far = 520526113202
        county.state.members = np.concatenate(
            [
                county.state.members,
                member(TWIN, 20, UPPER, relation=Relation.OTHER),
                member(ELSEWHERE, 40, far),
            ]
        )
        county.vault.remember(
            Identities(
                persons=[
                    (TWIN, TWIN_NUMBER, "趙建軍", None),
                    (ELSEWHERE, f"52052619850501{SUN:04d}"[:15] + "9" + "02", "孙玉兰", None),
                ]
            )
        )
        doubles = Doubles(county.vault_engine, Keys(b"k" * 32))
        doubles.look(NOBODY, [(LI, 30)], at=1_794_000_000)
        yield Room(county, doubles, Deciding(doubles))


def test_the_pairs_are_those_that_the_test_means(room: Room) -> None:
    assert {(d.one, d.other) for d in room.doubles.open()} == {
        (ZHAO, TWIN), (SUN, ELSEWHERE), (LI, 30)
    }  # fmt: skip


def test_two_stand_side_by_side_masked(room: Room) -> None:
    page = room.browser().get("/doubles").text

    assert "证件号码只差一位，姓名写法不同" in page
    assert "赵*军" in page
    assert "趙*軍" in page
    for secret in ("赵建军", "趙建軍", ZHAO_NUMBER, TWIN_NUMBER, ZHAO_NUMBER[:14]):
        assert secret not in page
    assert f"第 16 位是 {ZHAO_NUMBER[15]}" in page
    assert "第 16 位是 8" in page


def test_numbers_that_are_wholly_different_are_not_shown() -> None:
    assert number_zh("5205261985050101X1") == "不显示"
    assert number_zh("52052*1985*5010*X1") == "不显示"
    assert number_zh("*****6****1*******") == "第 6 位是 6，第 11 位是 1"


def test_one_in_two_households_shows_both_and_which_counts(room: Room) -> None:
    page = room.browser().get("/doubles").text

    assert "同一人登记在两户" in page
    assert "现在以较晚的登记为准" in page
    assert "<td>李*</td><td>孙*兰</td>" in page


def test_a_pair_across_townships_is_the_countys(room: Room) -> None:
    page = room.browser().get("/doubles").text

    assert "2 对人可能重复登记" in page
    form = {"one": f"{SUN:016x}", "other": f"{ELSEWHERE:016x}", "decision": "same"}
    assert room.browser().submit("/doubles/decide", **form).status_code == 404
    assert room.deciding.asked == []


def test_neither_worker_nor_data_team_sees_the_page(room: Room) -> None:
    for username in ("wang", "data", "chen"):
        assert room.browser(username).get("/doubles").status_code == 404


def test_a_decision_is_recorded_with_who_made_it(room: Room) -> None:
    opened = room.browser()
    form = {"one": f"{ZHAO:016x}", "other": f"{TWIN:016x}", "decision": "same"}

    answer = opened.submit("/doubles/decide", **form)

    assert answer.status_code == 303
    assert room.deciding.asked == [(ZHAO, TWIN, "same", "tang")]
    page = opened.get(answer.headers["location"]).text
    assert "已记录：是同一人" in page
    assert "1 对人可能重复登记" in page
    assert "赵*军 / 趙*軍：是同一人" in page
    assert "唐涛" in page


def test_a_decision_can_be_undone_once(room: Room) -> None:
    opened = room.browser()
    form = {"one": f"{ZHAO:016x}", "other": f"{TWIN:016x}"}
    opened.submit("/doubles/decide", decision="different", **form)

    assert opened.submit("/doubles/decide", decision="undo", **form).status_code == 303
    assert "2 对人可能重复登记" in opened.get("/doubles").text
    again = opened.submit("/doubles/decide", decision="undo", **form)
    assert again.status_code == 409
    assert "没有可以撤销的" in again.text


def test_what_is_no_decision_is_refused(room: Room) -> None:
    opened = room.browser()
    form = {"one": f"{ZHAO:016x}", "other": f"{TWIN:016x}"}

    assert opened.submit("/doubles/decide", decision="perhaps", **form).status_code == 400
    assert opened.submit("/doubles/decide", decision="same", one="x", other="y").status_code == 404
    assert (
        opened.submit("/doubles/decide", decision="same", one="1", other="2").status_code == 404
    )


def test_names_and_numbers_are_shown_for_a_reason_that_is_written_down(room: Room) -> None:
    opened = room.browser()
    form = {"one": f"{ZHAO:016x}", "other": f"{TWIN:016x}"}

    refused = opened.submit("/doubles/reveal", reason=" ", **form)
    assert refused.status_code == 400
    assert "赵建军" not in refused.text

    shown = opened.submit("/doubles/reveal", reason="核对户口簿", **form).text
    for told in ("赵建军", "趙建軍", ZHAO_NUMBER, TWIN_NUMBER, "核对户口簿"):
        assert told in shown
    reads = room.county.access.audit.of_account("tang")
    assert {(read.what, read.subject, read.reason) for read in reads} == {
        ("id_number", f"{key:016x}", "核对户口簿") for key in (ZHAO, TWIN)
    }


def test_a_reveal_of_two_homes_is_about_one_person(room: Room) -> None:
    opened = room.browser()
    opened.submit("/doubles/reveal", reason="核对", one=f"{LI:016x}", other=f"{30:016x}")

    reads = room.county.access.audit.of_account("tang")
    assert [read.subject for read in reads] == [f"{LI:016x}"]


def test_nothing_to_decide(tmp_path: Path) -> None:
    with small_county(tmp_path) as county:
        doubles = Doubles(county.vault_engine, Keys(b"k" * 32))
        room = Room(county, doubles, Deciding(doubles))

        assert "现在没有需要核对的重复登记" in room.browser().get("/doubles").text
