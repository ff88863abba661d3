"""Which panels of the boards stand in which report, under which heading.

A new panel in a report is one word here; a new chapter is one line.
"""

from collections.abc import Iterator

from dashboards.boards import BY_CODE
from dashboards.panel import Panel
from dashboards.reports.period import Kind, Period

_ALL = (
    ("总体情况", "overview",
     ("members", "employed", "jobless", "unknown", "coverage", "zero-employment", "categories")),
    ("就业和失业变动", "labour", ("flows", "why-ended", "areas", "stops", "wages")),
    ("外出和返乡", "returns", ("flows", "why", "intents")),
    ("防止返贫监测", "poverty",
     ("monitored", "below", "far-below", "near", "not-assessed", "hardship", "identified")),
    ("走访帮扶和预警处置", "handling",
     ("live", "overdue", "not-sent", "opened", "outcomes", "first-contact", "ended")),
)  # fmt: skip
_MORE: dict[Kind, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    Kind.MONTHLY: (("各乡镇情况", "overview", ("townships",)),),
    Kind.ANNUAL: (
        ("就业行业、形式和渠道", "labour", ("trades", "forms", "channels")),
        ("资金、服务和培训", "money",
         ("due", "claimed", "paid", "allocated", "help", "services", "trainings", "posts")),
        ("各乡镇情况", "overview", ("townships",)),
    ),
}


def chapters(kind: Kind) -> Iterator[tuple[str, list[tuple[str, Panel]]]]:
    """Yield the headings of a report, each with its panels and their codes."""
    for title, board, codes in (*_ALL, *_MORE[kind]):
        by_code = {panel.code: panel for panel in BY_CODE[board].panels}
        yield title, [(f"{board}/{code}", by_code[code]) for code in codes]


def title_of(period: Period, place: str) -> str:
    """Return the title of a report.

    The name of the annual one follows clause 25: what is reported is the help in the field of human
    resources and social security.
    """
    if period.kind is Kind.MONTHLY:
        return f"{place}{period.zh}就业帮扶和防止返贫监测调度报告"
    return f"{place}{period.zh}人力资源社会保障帮扶工作情况报告"
