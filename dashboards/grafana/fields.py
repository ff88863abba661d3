"""How Grafana shows the columns of a panel: names, units, decimals, and values that are hidden."""

from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    DataTransformerConfig,
    DynamicConfigValue,
    SpecialValueMap,
    SpecialValueMatch,
    ValueMapping,
    ValueMappingResult,
)

from dashboards.figures import UNKNOWN, WITHHELD
from dashboards.panel import Column, Panel, Unit
from yujing.web.words import SMALL

# the cell itself does not say which of both it is: the flags stay behind, so that no sum is near
HIDDEN_WORD = f"<{SMALL} 或{WITHHELD}"


def null_as(text: str) -> list[ValueMapping]:
    """Return the mapping of a value that is not there to a word."""
    options = DashboardSpecialValueMapOptions(
        match=SpecialValueMatch.NULL, result=ValueMappingResult(text=text)
    )
    return [SpecialValueMap(options=options)]


def word_for_null(panel: Panel, column: Column) -> str:
    """Return what a missing value of a column means: hidden where it may be, else unknown."""
    rule = panel.suppress
    hidden = rule is not None and column.name in rule.hides
    return HIDDEN_WORD if hidden else UNKNOWN


def properties(panel: Panel, column: Column) -> list[DynamicConfigValue]:
    """Return how the values of a column are written."""
    found: list[tuple[str, Any]] = [("mappings", null_as(word_for_null(panel, column)))]
    if column.unit is not None:
        found.append(("unit", column.unit.grafana))
        found.append(("decimals", decimals(column.unit)))
    return [DynamicConfigValue(id_val=name, value=value) for name, value in found]


def decimals(unit: Unit) -> int:
    """Return how many decimals a number of the unit has."""
    return 1 if unit is Unit.SHARE else 0


def declared_only(panel: Panel) -> DataTransformerConfig:
    """Return the step that drops what is no column of the panel: flags, sort keys, totals."""
    names = [column.name for column in panel.columns]
    return DataTransformerConfig(id_val="filterFieldsByName", options={"include": {"names": names}})


def in_chinese(columns: Sequence[Column]) -> DataTransformerConfig:
    """Return the step that names the columns in Chinese and keeps their order."""
    return DataTransformerConfig(
        id_val="organize",
        options={
            "renameByName": {column.name: column.zh for column in columns},
            "indexByName": {column.name: place for place, column in enumerate(columns)},
            "excludeByName": {},
        },
    )


def lines_by_label() -> DataTransformerConfig:
    """Return the step that makes a line of each label."""
    return DataTransformerConfig(id_val="prepareTimeSeries", options={"format": "multi"})
