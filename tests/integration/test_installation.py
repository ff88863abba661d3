"""An installation looked at from outside: doctor and the county's own policy, by real commands."""

from pathlib import Path

import pytest

from tests.support.running_county import run

pytestmark = pytest.mark.integration


def states(ran_results: list[dict[str, str]]) -> dict[str, str]:
    return {check["check"]: check["state"] for check in ran_results}


def test_a_doctor_before_the_first_start_says_what_will_be_made(tmp_path: Path) -> None:
    looked = run(tmp_path / "county", "doctor", "--json")

    assert states(looked.results)["python"] == "ok"
    assert states(looked.results)["data"] == "warning"
    assert not (tmp_path / "county").exists()


def test_a_key_that_others_can_read_is_bad_and_has_a_mend(tmp_path: Path) -> None:
    data = tmp_path / "county"
    (tmp_path / "empty.ndjson").write_text("{}\n")
    run(data, "ingest", str(tmp_path / "empty.ndjson"))
    (tmp_path / "test.key").chmod(0o644)

    looked = run(data, "doctor", "--json")

    key = next(check for check in looked.results if check["check"] == "key")
    assert looked.status == 3
    assert (key["state"], bool(key["mend"])) == ("bad", True)


def test_a_county_sets_its_own_capacity_with_a_source(tmp_path: Path) -> None:
    data = tmp_path / "county"
    added = run(
        data, "policy", "add", "capacity.village_month", "20", "--source", "县专班 2026-11-01 会议",
        "--region", "522632", "--valid-from", "2026-11-01", "--json",
    )
    listed = run(data, "policy", "list", "--json").results
    own = [
        row for row in listed
        if row["key"] == "capacity.village_month" and row["region"] == "522632"
    ]

    assert added.status == 0
    assert [(row["value"], row["source"]) for row in own] == [("20", "县专班 2026-11-01 会议")]
    assert run(data, "policy", "check", "--json").status in (0, 3)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [("capacity.village_month", "many", "many"), ("no.such.key", "1", "no.such.key")],
)
def test_a_value_that_cannot_be_is_refused_by_name(
    tmp_path: Path, key: str, value: str, said: str
) -> None:
    refused = run(
        tmp_path / "county", "policy", "add", key, value, "--source", "x",
        "--valid-from", "2026-01-01",
    )

    assert refused.status == 2
    assert said in refused.messages
    assert "Traceback" not in refused.messages
