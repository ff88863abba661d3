"""The files of a first start: what names what, which secret is named by its file, days off."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.models.alerting import Rule

from dashboards.boards import BOARDS
from dashboards.grafana.alerts import DUTY, rule, watches
from dashboards.grafana.places import FOLDERS
from dashboards.grafana.provisioning import ClickHouseAddress, render, wanted
from dashboards.grafana.quiet import DAYS_OFF, days_off, intervals
from yujing.domain.calendar import Calendar, spring_festival

WANTED = wanted(
    service_url="https://yujing.example", addresses="a@example.com;b@example.com",
    calendar=Calendar.load(), today=date(2026, 11, 24),
)  # fmt: skip
WATCHES = watches(range(2025, 2030))


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    render(
        tmp_path, WANTED, seen_at="/etc/yujing/", clickhouse=ClickHouseAddress("clickhouse"),
        prometheus="http://prometheus:9090",
    )  # fmt: skip
    return tmp_path


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf8"))


class TestFiles:
    def test_every_board_lies_where_its_folder_is_read(self, rendered: Path) -> None:
        providers = read(rendered / "provisioning/dashboards/yujing.yaml")["providers"]

        assert [one["folderUid"] for one in providers] == [folder.uid for folder in FOLDERS]
        found = set()
        for one in providers:
            path = rendered / one["options"]["path"].removeprefix("/etc/yujing/")
            found |= {json.loads(p.read_text("utf8"))["uid"] for p in path.iterdir()}
        assert found == {f"yujing-{board.code}" for board in BOARDS} | {"yujing-stream"}

    def test_the_password_is_named_by_its_file_alone(self, rendered: Path) -> None:
        numbers = read(rendered / "provisioning/datasources/yujing.yaml")["datasources"][0]

        assert numbers["secureJsonData"] == {"password": "$__file{/run/secrets/boards_password}"}
        assert (numbers["type"], numbers["uid"]) == (
            "grafana-clickhouse-datasource", "yujing-clickhouse"
        )  # fmt: skip
        assert numbers["jsonData"]["host"] == "clickhouse"

    def test_a_board_that_is_no_more_is_taken_away_and_others_read_the_files(
        self, rendered: Path
    ) -> None:
        old = rendered / "boards/yujing-boards/yujing-old.json"
        old.write_text("{}")

        render(
            rendered, WANTED, seen_at="/x", clickhouse=ClickHouseAddress("c"), prometheus="http://p"
        )

        assert not old.exists()
        assert all(p.stat().st_mode & 0o044 == 0o044 for p in rendered.rglob("*") if p.is_file())

    def test_rules_name_a_receiver_and_days_off_that_are_there(self, rendered: Path) -> None:
        made = read(rendered / "provisioning/alerting/yujing.yaml")
        told = [
            rule["notification_settings"] for group in made["groups"] for rule in group["rules"]
        ]

        assert [one["name"] for one in made["contactPoints"]] == [DUTY]
        assert [one["name"] for one in made["muteTimes"]] == [DAYS_OFF]
        assert {one["receiver"] for one in told} == {DUTY}
        assert {name for one in told for name in one.get("mute_time_intervals", [])} == {DAYS_OFF}
        assert len(told) == len(WATCHES)


class TestRules:
    @pytest.mark.parametrize("watch", WATCHES, ids=lambda watch: watch.uid)
    def test_a_rule_is_of_the_type_of_the_sdk_and_has_no_dollar_sign(self, watch: Any) -> None:
        made = rule(watch)

        read_back = Rule.from_json(made).to_json()
        assert {key: read_back[key] for key in ("uid", "title", "for", "condition")} == {
            key: made[key] for key in ("uid", "title", "for", "condition")
        }
        assert "$" not in json.dumps(made)

    def test_leaders_are_told_on_working_days_and_operators_at_any_time(self) -> None:
        for watch in WATCHES:
            muted = "mute_time_intervals" in rule(watch)["notification_settings"]
            assert muted is not watch.operators

    def test_a_silent_source_is_one_on_a_working_day(self) -> None:
        (silent,) = [one for one in WATCHES if one.uid == "yujing-source-silent"]

        assert "max(yujing_working_day) == 1" in silent.query


class TestDaysOff:
    def test_make_up_days_are_worked_and_the_feast_is_off(self) -> None:
        off = set(days_off(Calendar.load(), [2026]))

        assert date(2026, 2, 14) not in off  # a Saturday that is worked
        assert {date(2026, 2, day) for day in range(16, 23)} <= off
        assert date(2026, 2, 25) not in off

    def test_a_year_that_no_calendar_knows_has_the_feast_and_weekends(self) -> None:
        calendar = Calendar.load()
        assert not calendar.covers(2040)

        off = set(days_off(calendar, [2040]))

        feast = spring_festival(2040)
        assert {feast + timedelta(days=n) for n in range(-1, 7)} <= off
        assert date(2040, 5, 5) in off
        assert date(2040, 5, 7) not in off

    def test_intervals_hold_the_days_and_no_others(self) -> None:
        off = days_off(Calendar.load(), [2026, 2027])

        again = [
            date(int(one["years"][0]), int(one["months"][0]), int(day))
            for one in intervals(off)
            for day in one["days_of_month"]
        ]
        assert again == off
