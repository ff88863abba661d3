"""The plan as boxes: one a clause and status, a line a member."""

from dataclasses import replace
from datetime import date

from alerts.pages.help import help_boxes
from alerts.plans import PlanItem

TODAY = date(2026, 11, 24)
ITEM = PlanItem(
    "M3", "求职创业补贴（省外）", "（三）", "首次", 1, True, 100_000, "missing", "还差", ("名册",)
)


def test_members_with_the_same_status_share_a_box() -> None:
    boxes = help_boxes(
        [
            ITEM,
            replace(ITEM, person=2, missing=("名册", "证明")),
            replace(ITEM, person=3, status="done"),
        ],
        {1: "郝*山", 2: "雷*磊"},
        today=TODAY,
    )

    assert [box.lines for box in boxes] == [
        (("郝*山", "名册"), ("雷*磊", "名册；证明")),
        (("", "名册"),),
    ]
    assert [box.folded for box in boxes] == [False, True]


def test_the_nearest_day_to_come_is_shown() -> None:
    days = [date(2026, 11, 1), date(2026, 12, 9), date(2026, 12, 1), None]

    box = help_boxes([replace(ITEM, due=day) for day in days], {}, today=TODAY)[0]
    assert box.due == date(2026, 12, 1)
    assert help_boxes([replace(ITEM, due=date(2026, 1, 1))], {}, today=TODAY)[0].due is None
