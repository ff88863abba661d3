"""The JSON of every board: of the SDK's types, and with the habits of Grafana's dashboard linter.

The habits are those of https://github.com/grafana/dashboard-linter/tree/main/docs/rules (title and
description, unit, data source, no hard-coded interval, no template that cannot be all), and our
own: a data source by uid, a word where nothing is, no name of a field.
"""

import json
import re
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from dashboards.boards import BOARDS
from dashboards.grafana.document import Document, as_text, document
from dashboards.grafana.places import folder_of, uid_of
from dashboards.grafana.stream import stream_document
from dashboards.panel import Board, Panel, Shape

SERVICE = "https://yujing.example"
MADE = {board.code: document(board, service_url=f"{SERVICE}/") for board in BOARDS}
DOCUMENTS = {**MADE, "stream": stream_document()}
every_document = pytest.mark.parametrize("made", DOCUMENTS.values(), ids=DOCUMENTS)
every_board = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.code)


def complaints(made: Document) -> list[str]:
    """Return what a linter in the spirit of Grafana's says of a board."""
    found = []
    if made["timezone"] != "Asia/Shanghai" or not made["uid"] or len(made["uid"]) > 40:
        found.append("time zone or uid")
    for variable in made.get("templating", {}).get("list", []):
        right = variable["includeAll"] and variable["multi"] and not variable["allowCustomValue"]
        if not right or variable["current"]["text"] != ["全部"] or not variable["label"]:
            found.append(f"variable {variable['name']}")
    numbers = [panel["id"] for panel in made["panels"]]
    if len(set(numbers)) != len(numbers):
        found.append("numbers of panels")
    for panel in made["panels"]:
        found += [f"{panel['title']}: {said}" for said in _panel_complaints(panel)]
    return found


def _panel_complaints(panel: dict[str, Any]) -> list[str]:
    defaults = panel["fieldConfig"]["defaults"]
    checks = {
        "title": panel.get("title"),
        "description": panel.get("description"),
        "unit": defaults.get("unit"),
        "word for nothing": defaults.get("noValue"),
        "data source by uid": set(panel["datasource"]) == {"type", "uid"},
        "data source without a variable": "$" not in panel["datasource"]["uid"],
        "one data source": all(t["datasource"] == panel["datasource"] for t in panel["targets"]),
        "a query": panel["targets"],
        "no hard-coded interval": not any(
            re.search(r"rate\([^[]*\[\d", t.get("expr", "")) for t in panel["targets"]
        ),
        "inside the grid": panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24,
    }
    return [f"no {name}" for name, right in checks.items() if not right]


@every_document
class TestEveryDocument:
    def test_it_is_of_the_types_of_the_sdk(self, made: Document) -> None:
        register_default_plugins()

        read = Dashboard.from_json(made)

        back = json.loads(json.dumps(read, cls=JSONEncoder))
        for link in back.get("links", []):
            link.pop("placement")
        assert back == made

    def test_the_linter_has_nothing_to_say(self, made: Document) -> None:
        assert complaints(made) == []

    def test_it_says_neither_number_nor_version_that_grafana_gives(self, made: Document) -> None:
        assert not {"id", "version"} & set(made)

    def test_it_is_the_same_when_made_again(self, made: Document) -> None:
        assert json.loads(as_text(made)) == made


def test_the_linter_complains() -> None:
    made = json.loads(as_text(MADE["overview"]))
    panel = made["panels"][0]
    del panel["description"], panel["fieldConfig"]["defaults"]["unit"]
    panel["targets"][0]["expr"] = "rate(x[5m])"
    made["templating"]["list"][0]["current"]["text"] = "All"

    assert complaints(made) == [
        "variable county",
        f"{panel['title']}: no description",
        f"{panel['title']}: no unit",
        f"{panel['title']}: no no hard-coded interval",
    ]


@every_board
class TestEveryBoard:
    def test_every_panel_asks_what_the_pages_ask(self, board: Board) -> None:
        for panel, drawn in zip(board.panels, MADE[board.code]["panels"], strict=True):
            (asked,) = drawn["targets"]
            assert (asked["editorType"], asked["rawSql"]) == ("sql", panel.query)
            assert asked["format"] == (0 if _is_plain_series(panel) else 1)
            assert drawn["description"] == panel.about.text
            assert drawn["fieldConfig"]["defaults"]["noValue"] == panel.empty

    def test_only_declared_columns_are_drawn_under_chinese_names(self, board: Board) -> None:
        for panel, drawn in zip(board.panels, MADE[board.code]["panels"], strict=True):
            kept, named = drawn["transformations"]
            names = [column.name for column in panel.columns]
            assert kept["options"] == {"include": {"names": names}}
            if named["id"] == "organize":
                assert list(named["options"]["renameByName"].values()) == [
                    column.zh for column in panel.columns
                ]
                heads = [one["matcher"]["options"] for one in drawn["fieldConfig"]["overrides"]]
                assert heads == [column.zh for column in panel.columns]
            else:
                assert drawn["fieldConfig"]["defaults"]["displayName"] == "${__field.labels.label}"

    def test_a_hidden_number_is_called_hidden_and_an_absent_one_unknown(self, board: Board) -> None:
        for panel, drawn in zip(board.panels, MADE[board.code]["panels"], strict=True):
            rule = panel.suppress
            hidden = set(rule.hides) if rule else set()
            for column, said in zip(panel.columns, drawn["fieldConfig"]["overrides"], strict=False):
                words = [p["value"] for p in said["properties"] if p["id"] == "mappings"]
                text = words[0][0]["options"]["result"]["text"]
                assert text == ("<5 或不显示" if column.name in hidden else "未知")

    def test_links_lead_to_the_service(self, board: Board) -> None:
        made = MADE[board.code]
        assert made["links"][0]["url"] == f"{SERVICE}/boards/{board.code}"
        for panel, drawn in zip(board.panels, made["panels"], strict=True):
            addresses = [link["url"] for link in drawn["links"]]
            assert addresses[-1] == f"{SERVICE}/boards/{board.code}"
            assert addresses[:-1] == ([f"{SERVICE}{panel.link}"] if panel.link else [])

    def test_it_lies_in_its_folder_under_its_uid(self, board: Board) -> None:
        assert MADE[board.code]["uid"] == uid_of(board) == f"yujing-{board.code}"
        assert folder_of(board).uid == ("yujing-operators" if board.operators else "yujing-boards")


def _is_plain_series(panel: Panel) -> bool:
    return panel.shape is Shape.SERIES and all(c.name != "label" for c in panel.columns)


def test_panels_of_a_row_fill_it_and_rows_do_not_overlap() -> None:
    for board in BOARDS:
        drawn = iter(MADE[board.code]["panels"])
        bottom = 0
        for row in board.rows:
            places = [next(drawn)["gridPos"] for _ in row]
            assert {place["y"] for place in places} == {bottom}
            assert sum(place["w"] for place in places) == 24
            bottom += places[0]["h"]
