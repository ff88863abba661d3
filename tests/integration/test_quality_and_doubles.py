"""Findings and doubles through a real county: rows, batches, order; linked, undone, equal again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts.quality.finding import Wanted
from streams.door.grant import Grant
from tests.support.running_county import ingest, lines_of, open_county, shuffled, written
from yujing.app.county import County
from yujing.app.digest import digest
from yujing.app.doubles import decide, look_for_doubles, send_links
from yujing.app.intake import Intake, finish
from yujing.app.output import Collected, Silence
from yujing.app.requests import Request, perform
from yujing.app.sweep import sweep
from yujing.errors import TransitionError

pytestmark = pytest.mark.integration
VILLAGE = "520526111202"
LATER = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


def standing(county: County, state: str = "open") -> set[tuple[str, str, str, int]]:
    rows = county.quality.rows(Wanted(state=state), most=10**6)
    return {(row.source, row.rule, row.record, row.about) for row in rows}


def take(county: County, *events: dict[str, Any]) -> None:
    with county.busy:
        intake = Intake(county, Grant(), "test")
        intake.take([msgspec.json.encode(event) for event in events])
        finish(county, [intake])


def number(digits: str) -> str:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(d) * w for d, w in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]


def a_member(record: str, digits: str, home: str, name: str, day: str = "2024-01-01") -> Any:
    return {
        "event_type": "member.upsert", "source_system": "civil_affairs",
        "source_record_id": record, "source_version": 1, "occurred_from": day,
        "id_number": number(digits), "household_no": home, "region_code": VILLAGE,
        "sex": "male", "birth": "1985-05-01", "relation": "head", "name": name,
        "skill": "ordinary", "student": "no",
    }  # fmt: skip


def a_month(record: str, digits: str, version: int = 1, **more: Any) -> Any:
    return {
        "event_type": "employment.monthly_status", "source_system": "employment_platform",
        "source_record_id": record, "source_version": version, "occurred_from": "2026-10-31",
        "id_number": number(digits), "month": "2026-10", "worked": "yes", "wage_month": 3000,
        "employer": "某厂", "industry": "electronics", "channel": "self", **more,
    }  # fmt: skip


ZHANG, TWIN, LI = "52052619850501001", "52052619850501011", "52052619850501301"
PEOPLE = [
    a_member("M-1", ZHANG, "H-1", "张国军"),
    a_member("M-2", TWIN, "H-2", "張國軍"),
    a_member("M-3", LI, "H-3", "李芳"),
]


def same_key(data: Path, other: Path) -> None:
    key = other.parent / "test.key"
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_bytes((data.parent / "test.key").read_bytes())
    key.chmod(0o600)


def swept(county: County, files: Sequence[Path]) -> set[tuple[str, str, str, int]]:
    ingest(county, files)
    sweep(county, None, Silence())
    return standing(county)


def test_neither_order_nor_batches_change_the_findings(
    county_files: list[Path], tmp_path: Path
) -> None:
    plain, mixed = tmp_path / "plain" / "county", tmp_path / "mixed" / "county"
    with open_county(plain) as county:
        expected = swept(county, county_files)
    same_key(plain, mixed)
    lines = shuffled(lines_of(county_files), 5)
    cuts = [0, len(lines) // 7, len(lines) // 2, len(lines)]
    files = [
        written(tmp_path / "mixed", f"{at}.ndjson", lines[cuts[at] : cuts[at + 1]])
        for at in range(3)
    ]
    with open_county(mixed) as county:
        found = swept(county, files)

    assert len(expected) > 100
    assert {rule for _, rule, _, _ in expected} >= {"wage_missing", "idle_without_end"}
    assert found == expected


def test_a_row_that_comes_again_without_its_error_is_mended(tmp_path: Path) -> None:
    with open_county(tmp_path / "county") as county:
        take(county, *PEOPLE, a_month("W-1", ZHANG, wage_month=50, channel="unknown"))
        found = {(source, rule, record) for source, rule, record, _ in standing(county)}
        assert found == {
            ("employment_platform", "wage_below_100", "W-1"),
            ("employment_platform", "channel_missing", "W-1"),
        }
        [row] = county.quality.rows(Wanted(rule="wage_below_100"), most=9)
        assert row.person == int(county.keys.person_keys([number(ZHANG)])[0])
        assert row.region == int(VILLAGE)

        take(county, a_month("W-1", ZHANG, wage_month=50, channel="unknown"))   # again: no change
        assert len(standing(county)) == 2
        take(county, a_month("W-1", ZHANG, 2, channel="unknown"))
        assert {rule for _, rule, _, _ in standing(county)} == {"channel_missing"}
        assert {rule for _, rule, _, _ in standing(county, "mended")} == {"wage_below_100"}
        take(county, a_month("W-1", ZHANG, wage_month=50))   # a stale version says nothing
        assert {rule for _, rule, _, _ in standing(county)} == {"channel_missing"}


def test_the_sweep_opens_and_mends_what_needs_the_whole_household(tmp_path: Path) -> None:
    unable = {**PEOPLE[0], "skill": "none"}
    with open_county(tmp_path / "county") as county:
        take(county, unable, a_month("W-1", ZHANG))
        sweep(county, None, Silence())
        assert {rule for _, rule, _, _ in standing(county)} == {"unable_at_work"}

        take(county, {**unable, "source_version": 2, "skill": "weak"})
    with open_county(tmp_path / "county", LATER) as county:
        sweep(county, None, Silence())
        assert standing(county) == set()
        [row] = county.quality.rows(Wanted(state="mended"), most=9)
        assert (row.rule, row.mended) == ("unable_at_work", LATER.date())


def test_the_command_tells_counts_and_rows(tmp_path: Path) -> None:
    with open_county(tmp_path / "county") as county:
        take(county, *PEOPLE, a_month("W-1", ZHANG, wage_month=50))
        said = Collected()
        usual = {"source": None, "rule": None, "state": "open", "rows": 0}
        perform(county, Request("quality", usual), said)
        perform(county, Request("quality", {**usual, "rows": 5}), said)

    [counts, row] = said.results
    assert (counts["rule"], counts["open"], counts["mended"]) == ("wage_below_100", 1, 0)
    assert counts["opened_by_month"]["2026-11"] == 1  # type: ignore[index] # a mapping
    assert (row["record"], row["since"]) == ("W-1", "2026-11-23")


def pair(county: County) -> tuple[int, int]:
    one, other = county.keys.person_keys([number(ZHANG), number(TWIN)]).tolist()
    return min(one, other), max(one, other)


def test_same_joins_two_and_undo_restores_the_state_bit_for_bit(tmp_path: Path) -> None:
    with open_county(tmp_path / "county") as county:
        take(county, *PEOPLE, a_month("W-1", ZHANG), a_month("W-2", TWIN, wage_month=4000))
        assert look_for_doubles(county) == 1
        [double] = county.doubles.open()
        assert (double.one, double.other) == pair(county)
        assert double.why == ("one_digit", "variant")
        before = digest(county)
        n_members = len(county.state.members)

        decide(county, double.other, double.one, "same", by="tang")

        assert county.state.links.canonical(
            county.keys.person_keys([number(ZHANG)])
        ) == county.state.links.canonical(county.keys.person_keys([number(TWIN)]))
        joined = digest(county)
        assert joined["state"] != before["state"]
        assert look_for_doubles(county) == 1   # the one person stands in two households now
        assert [one.of_two_homes for one in county.doubles.open()] == [True]
        with pytest.raises(TransitionError):
            decide(county, *pair(county), "different", by="tang")

        decide(county, *pair(county), "undo", by="tang")

        after = digest(county)
        assert (after["facts"], after["state"]) == (before["facts"], before["state"])
        assert len(county.state.members) == n_members
        look_for_doubles(county)
        assert [(one.one, one.other) for one in county.doubles.open()] == [pair(county)]
        history = county.doubles.history(*pair(county))
        assert [(d.decision, d.by, d.link_version) for d in history] == [
            ("undo", "tang", 2), ("same", "tang", 1)
        ]  # fmt: skip


def test_a_link_that_a_kill_left_unsent_is_sent_by_the_next_sweep(tmp_path: Path) -> None:
    with open_county(tmp_path / "county") as county:
        take(county, *PEOPLE)
        look_for_doubles(county)
        county.doubles.decide(*pair(county), "same", by="tang", at=county.now_s())
        assert len(county.state.links) == 0
    with open_county(tmp_path / "county") as county:
        sweep(county, None, Silence())
        assert len(county.state.links) == 1
        assert county.doubles.waiting() == []
        assert send_links(county) == 0


def test_what_was_decided_different_is_not_asked_again(tmp_path: Path) -> None:
    with open_county(tmp_path / "county") as county:
        take(county, *PEOPLE)
        look_for_doubles(county)
        decide(county, *pair(county), "different", by="tang")
        n = county.log.count()

        assert look_for_doubles(county) == 0
        assert county.doubles.open() == []
        assert county.log.count() == n


def test_one_person_in_two_households_is_accepted_warned_and_asked(tmp_path: Path) -> None:
    with open_county(tmp_path / "county") as county:
        take(county, *PEOPLE)
        with county.busy:   # the sender is warned at once
            taken = Intake(county, Grant(), "test").take(
                [msgspec.json.encode(a_member("M-9", LI, "H-9", "李芳", day="2025-06-01"))]
            )
        assert [finding.rule for finding in taken.warnings] == ["registered_in_another_household"]
        li = int(county.keys.person_keys([number(LI)])[0])
        h3, h9 = county.keys.household_keys(["H-3", "H-9"]).tolist()
        row = county.state.members[county.state.person_rows(county.keys.person_keys([number(LI)]))]
        assert int(row["household"][0]) == h9

        sweep(county, None, Silence())

        assert ("fangpin_cloud", "in_two_households", "", li) in standing(county)
        [double] = [one for one in county.doubles.open() if one.of_two_homes]
        assert (double.one, double.other) == (li, h3)

        decide(county, li, h3, "same", by="tang")
        assert not [one for one in county.doubles.open() if one.of_two_homes]
        assert len(county.state.links) == 0


def test_the_commands_list_decide_and_undo(tmp_path: Path) -> None:
    with open_county(tmp_path / "county") as county:
        take(county, *PEOPLE)
        said = Collected()

        def ask(command: str, **arguments: Any) -> None:
            perform(county, Request(command, arguments), said)

        ask("doubles.find")
        ask("doubles.list", all=False)
        one, other = str(said.results[1]["one"]), str(said.results[1]["other"])
        ask("doubles.same", one=one, other=other)
        ask("doubles.list", all=False)
        ask("doubles.list", all=True)
        ask("doubles.undo", one=one, other=other)
        ask("doubles.different", one=one, other=other)

    found, listed, same, decided, undone, different = said.results
    assert found == {"found": 1, "open": 1}
    assert (listed["why"], listed["decision"]) == (["one_digit", "variant"], None)
    assert (same["decision"], same["linked"]) == ("same", True)
    assert (decided["decision"], decided["last"], decided["by"]) == ("same", "same", "command line")
    assert (undone["decision"], undone["linked"]) == ("undo", True)
    assert (different["decision"], different["linked"]) == ("different", False)
