"""The push against a double of Grafana: first said, then done, and only what differs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from dashboards.grafana.gateway import Grafana
from dashboards.grafana.moments import add, of_models, of_thresholds
from dashboards.grafana.provisioning import Wanted, wanted
from dashboards.grafana.push import State, changes, push
from dashboards.grafana.server import examine, require
from models.registry import Promotion
from tests.support.grafana_double import TOKEN, GrafanaDouble, ready_double, served
from yujing.domain.calendar import Calendar
from yujing.domain.policy import PolicyRow
from yujing.errors import GrafanaError

WANTED = wanted(
    service_url="https://yujing.example", addresses="a@example.com",
    calendar=Calendar.load(), today=date(2026, 11, 24),
)  # fmt: skip
BOARD = WANTED.boards[0][1]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def double() -> GrafanaDouble:
    return ready_double()


@pytest.fixture
def grafana(double: GrafanaDouble) -> Iterator[Grafana]:
    with served(double) as address:
        yield Grafana(address, TOKEN, timeout_s=5)


def done(grafana: Grafana, what: Wanted = WANTED, *, overwrite: bool = False) -> list[Any]:
    return [one for one in push(grafana, what, overwrite=overwrite) if one.make is not None]


class TestPush:
    def test_a_plan_says_everything_and_changes_nothing(
        self, grafana: Grafana, double: GrafanaDouble
    ) -> None:
        found = list(changes(grafana, WANTED))

        assert {one.state for one in found if one.kind != "permissions"} == {State.MISSING}
        assert double.writes() == []

    def test_a_first_push_makes_all_and_a_second_changes_nothing(
        self, grafana: Grafana, double: GrafanaDouble
    ) -> None:
        done(grafana)
        double.asked.clear()

        assert done(grafana) == []
        assert double.writes() == []
        assert {one.state for one in changes(grafana, WANTED)} == {State.SAME}
        assert set(double.boards) == {made["uid"] for _, made in WANTED.boards}

    def test_only_the_board_that_differs_is_saved(
        self, grafana: Grafana, double: GrafanaDouble
    ) -> None:
        done(grafana)
        double.asked.clear()
        folder, made = WANTED.boards[0]
        newer = replace(WANTED, boards=((folder, {**made, "title": "新"}), *WANTED.boards[1:]))

        (change,) = done(grafana, newer)

        assert (change.uid, change.details) == (
            made["uid"], (f"title: {made['title']!r}, wanted '新'",),
        )  # fmt: skip
        assert double.writes() == [("POST", "/api/dashboards/db")]
        assert double.boards[made["uid"]]["dashboard"]["title"] == "新"

    def test_a_board_edited_by_hand_is_named_and_kept_unless_told(
        self, grafana: Grafana, double: GrafanaDouble
    ) -> None:
        done(grafana)
        double.edit(BOARD["uid"], title="我改的")

        (found,) = [one for one in push(grafana, WANTED) if one.state is not State.SAME]
        assert found.state is State.EDITED
        assert found.details == (f"title: '我改的', wanted {BOARD['title']!r}",)
        assert double.boards[BOARD["uid"]]["dashboard"]["title"] == "我改的"

        done(grafana, overwrite=True)
        assert double.boards[BOARD["uid"]]["dashboard"]["title"] == BOARD["title"]
        assert done(grafana) == []

    def test_an_edit_of_what_we_do_not_say_is_kept_and_named_too(
        self, grafana: Grafana, double: GrafanaDouble
    ) -> None:
        done(grafana)
        double.edit(BOARD["uid"], liveNow=True)

        assert [one.state for one in changes(grafana, WANTED) if one.uid == BOARD["uid"]] == [
            State.EDITED
        ]

    def test_a_board_from_files_is_kept(self, grafana: Grafana, double: GrafanaDouble) -> None:
        done(grafana)
        double.boards[BOARD["uid"]]["meta"]["provisioned"] = True
        double.edit(BOARD["uid"], message="", title="旧")

        (found,) = [one for one in push(grafana, WANTED, overwrite=True) if one.details]
        assert (found.state, found.make) == (State.FROM_FILES, None)

    def test_a_save_over_a_version_that_somebody_changed_meanwhile_is_refused(
        self, grafana: Grafana, double: GrafanaDouble
    ) -> None:
        done(grafana)
        folder, made = WANTED.boards[0]
        newer = replace(WANTED, boards=((folder, {**made, "title": "新"}),))
        (change,) = [one for one in changes(grafana, newer) if one.make]
        double.edit(made["uid"], title="别人")

        assert change.make
        with pytest.raises(GrafanaError, match=r"412.*plan"):
            change.make()
        assert double.boards[made["uid"]]["dashboard"]["title"] == "别人"

    def test_rights_of_teams_stay_when_those_of_roles_are_set(
        self, grafana: Grafana, double: GrafanaDouble
    ) -> None:
        done(grafana)
        operators = "yujing-operators"
        assert double.permissions[operators] == [{"role": "Editor", "permission": 2}]
        double.permissions[operators] = [
            {"role": "Viewer", "permission": 1}, {"teamId": 7, "permission": 1}
        ]  # fmt: skip

        done(grafana)

        assert double.permissions[operators] == [
            {"role": "Editor", "permission": 2}, {"teamId": 7, "permission": 1}
        ]  # fmt: skip

    def test_a_rule_from_files_is_kept_and_one_that_differs_is_set(
        self, grafana: Grafana, double: GrafanaDouble
    ) -> None:
        done(grafana)
        first, second = (str(one["uid"]) for one in WANTED.rules[:2])
        double.rules[first].update(title="x", provenance="file")
        double.rules[second].update(title="y")

        assert [one.uid for one in done(grafana)] == [second]
        assert double.rules[first]["title"] == "x"

    def test_no_route_is_by_number(self, grafana: Grafana, double: GrafanaDouble) -> None:
        done(grafana)
        done(grafana)

        assert not [path for _, path in double.asked if any(w.isdigit() for w in path.split("/"))]
        with pytest.raises(GrafanaError, match="404"):
            grafana.get("/folders/id/101")


class TestErrors:
    @pytest.mark.parametrize(
        ("status", "mend"),
        [
            (401, "token"), (403, "role Admin"), (404, "path prefix"), (409, "another uid"),
            (412, "plan"), (429, "wait"), (500, "try again"), (502, "try again"),
        ],
    )  # fmt: skip
    def test_an_answer_says_what_to_do(
        self, grafana: Grafana, double: GrafanaDouble, status: int, mend: str
    ) -> None:
        double.broken["/folders"] = (status, {"message": "no"})

        with pytest.raises(GrafanaError, match=f"{status} no.*{mend}") as caught:
            grafana.post("/folders", {})
        assert caught.value.status == status
        assert caught.value.permanent is (status < 500)

    def test_a_wrong_token_is_named_and_not_shown(self, double: GrafanaDouble) -> None:
        with (
            served(double) as address,
            pytest.raises(GrafanaError, match="does not know the token") as caught,
        ):
            Grafana(address, "glsa_wrong").get("/folders/x")
        assert "glsa_wrong" not in str(caught.value)

    @pytest.mark.parametrize("status", [200, 403, 502])
    @pytest.mark.parametrize(
        "page", ["<html><body>login</body></html>", "<p>a message for you</p>"]
    )
    def test_a_page_of_a_proxy_is_called_that(
        self, grafana: Grafana, double: GrafanaDouble, status: int, page: str
    ) -> None:
        double.broken["/health"] = (status, page)

        with pytest.raises(GrafanaError, match="no Grafana API but a page"):
            grafana.get("/health")

    def test_a_redirect_is_not_followed(self, grafana: Grafana, double: GrafanaDouble) -> None:
        double.broken["/folders"] = (302, "https://elsewhere/login")

        with pytest.raises(GrafanaError, match="final one"):
            grafana.post("/folders", {})

    def test_silence_and_absence_are_told_apart(self, double: GrafanaDouble) -> None:
        import socket

        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            port = silent.getsockname()[1]
            with pytest.raises(GrafanaError, match=r"no answer within 0.1 s") as late:
                Grafana(f"http://127.0.0.1:{port}", TOKEN, timeout_s=0.1).get("/health")
        with pytest.raises(GrafanaError, match="nothing answers") as away:
            Grafana(f"http://127.0.0.1:{port}", TOKEN).get("/health")
        assert not late.value.permanent
        assert not away.value.permanent

    @pytest.mark.parametrize("address", ["grafana:3000", "ftp://x", "http://"])
    def test_an_address_that_is_none_is_refused(self, address: str) -> None:
        with pytest.raises(GrafanaError, match="no address like"):
            Grafana(address, TOKEN)

    def test_a_path_prefix_is_kept(self, double: GrafanaDouble) -> None:
        with served(double, prefix="/grafana") as address:
            assert Grafana(f"{address}/", TOKEN).get("/health")["version"] == "12.1.0"


class TestServer:
    def test_a_server_without_the_plugin_is_refused_before_anything_is_written(
        self, grafana: Grafana, double: GrafanaDouble
    ) -> None:
        double.plugins.clear()

        with pytest.raises(GrafanaError, match="no ClickHouse plugin: grafana cli plugins install"):
            require(grafana)

    @pytest.mark.parametrize(
        ("version", "ok", "said"),
        [
            ("12.1.0", True, "12.1.0"), ("12.2.0-123", True, "12.2"), ("", True, "not told"),
            ("11.6.2", True, "operations"), ("13.0.1", True, "operations"),
            ("11.5.9", False, "11.6 or later"),
        ],
    )  # fmt: skip
    def test_versions(
        self, grafana: Grafana, double: GrafanaDouble, version: str, ok: bool, said: str
    ) -> None:
        double.version = version

        finding = examine(grafana)[0]

        assert (finding.ok, said in finding.said) == (ok, True)

    def test_a_data_source_of_another_type_or_none_is_named(
        self, grafana: Grafana, double: GrafanaDouble
    ) -> None:
        double.datasources["yujing-clickhouse"]["type"] = "mysql"
        with pytest.raises(GrafanaError, match="type mysql"):
            require(grafana)
        del double.datasources["yujing-clickhouse"]
        with pytest.raises(GrafanaError, match="uid yujing-clickhouse"):
            require(grafana)


class TestMoments:
    def test_a_change_of_model_is_marked_once(
        self, grafana: Grafana, double: GrafanaDouble
    ) -> None:
        promotions = [
            Promotion("u90", "a", "2026-10-01T00:00:00+08:00", "x"),
            Promotion("p12", "c", "2026-10-02T00:00:00+08:00", "x"),
            Promotion("u90", "a", "2026-10-03T00:00:00+08:00", "x"),
            Promotion("u90", "b", "2026-10-04T00:00:00+08:00", "x"),
        ]
        moments = of_models(promotions)

        assert [one.text for one in moments] == ["失业风险模型换为 b"]
        assert len(add(grafana, moments, now=NOW)) == 1
        assert add(grafana, moments, now=NOW) == []
        assert [one["tags"] for one in double.annotations] == [["yujing", "model"]]

    def test_a_threshold_is_marked_when_its_value_changed_within_a_year(
        self, grafana: Grafana
    ) -> None:
        def row(year: int, value: str, key: str = "k") -> PolicyRow:
            return PolicyRow(
                key, "52", date(year, 1, 1), None, value, "yuan", "文件", "verified", own=False
            )

        rows = [row(2026, "3"), row(2024, "1"), row(2025, "1"), row(2026, "9", "j")]
        moments = of_thresholds(rows)

        assert [one.text for one in moments] == ["标准由 1 改为 3（yuan；依据：文件）"]
        assert [one.at.isoformat() for one in moments] == ["2026-01-01T00:00:00+08:00"]
        assert len(add(grafana, moments, now=NOW)) == 1
        assert add(grafana, moments, now=datetime(2028, 1, 1, tzinfo=UTC)) == []
