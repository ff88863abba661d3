"""Packages between two installations: what is lost is named, what came is kept, twice is once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streams.door.grant import Grant
from tests.support.running_county import ingest, lines_of, open_county, written
from tests.support.sheet_office import csv_of, people
from tests.support.sheet_office import office as sheet_office
from yujing.app.county import County
from yujing.app.output import Collected
from yujing.app.requests import Request, perform
from yujing.app.source_register import reports
from yujing.domain.codes import Source
from yujing.errors import UnreadableFileError, UsageError

pytestmark = pytest.mark.integration


@pytest.fixture
def office(tmp_path: Path) -> Iterator[County]:
    with open_county(tmp_path / "office" / "data") as county:
        yield county


@pytest.fixture
def county(tmp_path: Path, county_files: list[Path]) -> Iterator[County]:
    people = [line for line in lines_of(county_files) if b'"national_monitoring"' in line]
    with open_county(tmp_path / "county" / "data") as county:
        ingest(county, [written(tmp_path / "people", "people.ndjson", people)])
        yield county


def asked(county: County, command: str, **arguments: Any) -> tuple[int, list[dict[str, Any]]]:
    output = Collected()
    status = perform(county, Request(f"packages.{command}", arguments), output)
    return status, [dict(result) for result in output.results]


def address_of(county: County) -> str:
    return str(asked(county, "address")[1][0]["address"])


@pytest.fixture
def payments(tmp_path: Path, county_files: list[Path]) -> Path:
    lines = [line for line in lines_of(county_files) if b'"insurance.payment"' in line]
    assert len(lines) > 1000
    return written(tmp_path / "out", "缴费.ndjson", lines)


@pytest.fixture
def stick(tmp_path: Path, office: County, county: County, payments: Path) -> Path:
    stick = tmp_path / "stick"
    stick.mkdir()
    assert make(office, county, stick, payments)["parts"] > 3
    return stick


def make(office: County, county: County, stick: Path, *files: Path) -> dict[str, Any]:
    (made,) = asked(
        office, "make", files=[str(file) for file in files], to=address_of(county),
        directory=str(stick), part_mb=0.01,
    )[1]  # fmt: skip
    return made


def trusted(county: County, office: County, source: str = "social_insurance") -> None:
    asked(
        county, "trust", address=address_of(office), source=source, regions=["52"], label="社保局"
    )


def test_a_package_brings_what_the_file_would_and_twice_changes_nothing(
    county: County, office: County, stick: Path, payments: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="yujing packages trust"):
        asked(county, "take", directory=str(stick))
    trusted(county, office)

    status, (result, whole) = asked(county, "take", directory=str(stick))

    assert status in (0, 3)  # some are of people who are not registered
    assert (result["file"], whole["state"]) == ("缴费.ndjson", "taken")
    assert result["rows"] == len(payments.read_bytes().splitlines())
    assert result["accepted"] > 0.9 * result["rows"]
    assert result["result_file"] is None
    n_events = county.log.count()
    status, (again,) = asked(county, "take", directory=str(stick))
    assert (status, again["state"]) == (0, "known")
    (by_file,) = ingest(county, [payments], Grant())
    assert by_file["accepted"] == 0
    assert by_file["duplicate"] == result["accepted"] + result["duplicate"]
    assert county.log.count() == n_events


def test_only_what_is_missing_or_damaged_is_needed_again(
    county: County, office: County, stick: Path, payments: Path, tmp_path: Path
) -> None:
    trusted(county, office)
    parts = sorted(stick.glob("*.part"))
    parts[1].unlink()
    parts[2].write_bytes(parts[2].read_bytes()[:-1] + b"\0")
    before = county.log.count()

    status, (told,) = asked(county, "take", directory=str(stick))

    assert status == 1
    assert (told["state"], told["missing"], told["damaged"]) == ("incomplete", [2], [3])
    assert told["needed"] == [parts[1].name, parts[2].name]
    assert county.log.count() == before
    second = tmp_path / "second"
    second.mkdir()
    remade = make(office, county, second, payments)
    assert remade["package"] == told["package"]
    for path in second.iterdir():  # only the two parts are brought
        if path.name not in told["needed"]:
            path.unlink()
    status, (looked,) = asked(county, "inspect", directory=str(second))
    assert (looked["missing"], looked["damaged"], looked["for_us"]) == ([], [], True)
    assert looked["contents"][0]["name"] == "缴费.ndjson"
    status, (_, whole) = asked(county, "take", directory=str(second))
    assert whole["state"] == "taken"
    assert not (county.settings.data / "packages" / told["package"]).exists()


def test_made_again_on_the_same_stick_only_the_bad_parts_are_written(
    county: County, office: County, stick: Path, payments: Path
) -> None:
    part = sorted(stick.glob("*.part"))[1]
    part.write_bytes(b"half")

    assert make(office, county, stick, payments)["written"] == [2]
    assert asked(county, "inspect", directory=str(stick))[1][0]["damaged"] == []


def test_a_sender_may_send_what_its_source_has_a_purpose_for(
    county: County, office: County, stick: Path
) -> None:
    trusted(county, office, "education")

    status, (result, whole) = asked(county, "take", directory=str(stick))

    assert status == 3
    assert result["rejected"] == result["rows"]
    assert whole["state"] == "taken"


def test_who_is_no_longer_trusted_and_who_is_not_meant_gets_nowhere(
    county: County, office: County, stick: Path, tmp_path: Path
) -> None:
    trusted(county, office)
    asked(county, "distrust", number=1)
    assert asked(county, "senders")[1][0]["trusted"] is False
    with pytest.raises(UsageError, match="trust"):
        asked(county, "take", directory=str(stick))
    with pytest.raises(UsageError, match="no sender"):
        asked(county, "distrust", number=9)
    trusted(office, office)
    with pytest.raises(UnreadableFileError, match="not made for this installation"):
        asked(office, "take", directory=str(stick))
    manifest = next(stick.glob("*.manifest"))
    manifest.write_bytes(manifest.read_bytes()[:-9])
    with pytest.raises(UnreadableFileError, match="damaged"):
        asked(county, "take", directory=str(stick))
    with pytest.raises(UnreadableFileError, match="no package lies"):
        asked(county, "take", directory=str(tmp_path))


def test_a_kill_in_the_middle_is_mended_by_taking_it_again(
    county: County, office: County, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted(county, office)
    with monkeypatch.context() as broken:
        broken.setattr(
            "yujing.app.packages.Taken.finish",
            lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        with pytest.raises(KeyboardInterrupt):
            asked(county, "take", directory=str(stick))
    n_events = county.log.count()

    _, (result, whole) = asked(county, "take", directory=str(stick))

    assert whole["state"] == "taken"
    assert result["accepted"] == 0
    assert county.log.count() == n_events


def test_results_are_written_where_the_operator_says(
    county: County, office: County, stick: Path, tmp_path: Path
) -> None:
    trusted(county, office, "education")
    results = tmp_path / "results"
    results.mkdir()

    _, (result, _) = asked(county, "take", directory=str(stick), results=str(results))

    assert result["result_file"] is not None
    assert Path(result["result_file"]).parent == results
    assert "已拒绝" in Path(result["result_file"]).read_text("utf-8-sig")


def test_a_sheet_in_a_package_is_delivered_as_any_sheet(tmp_path: Path, office: County) -> None:
    sheet = tmp_path / "十月.csv"
    sheet.write_bytes(csv_of(people(*range(20))))
    stick = tmp_path / "stick"
    stick.mkdir()
    with sheet_office(tmp_path / "there" / "data") as county:
        trusted(county, office, "fangpin_cloud")
        make(office, county, stick, sheet)

        _, (result, whole) = asked(county, "take", directory=str(stick))

        assert (result["mappings"], result["accepted"], whole["state"]) == (
            ["test_work"], 20, "taken"
        )  # fmt: skip
        (report,) = reports(county, [Source.FANGPIN_CLOUD])
        assert [(one.state, one.months) for one in report.deliveries] == [("done", ("2026-10",))]
        assert report.read >= 20

        sheet.write_bytes(csv_of(people(0, 1)))
        make(office, county, stick, sheet)
        status, shown = asked(county, "take", directory=str(stick))
        assert {one["state"] for one in shown if "state" in one} == {"asked", "known"}
        assert status in (1, 3)
        _, shown = asked(county, "take", directory=str(stick), confirm_retractions=True)
        assert "taken" in [one.get("state") for one in shown]
