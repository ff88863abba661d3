"""What can help, for the page: one box a clause or service, with a line for each member."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from alerts.plans import PlanItem

FOLDED = ("done", "not_eligible")


@dataclass(frozen=True)
class HelpBox:
    """One clause or service in one status.

    Parameters
    ----------
    item
        Any of the items; title, amount, words and clause are the same for all.
    lines
        Masked name and what is missing, by member.
    due
        By when a service should first be offered; None where that is past or does not apply.
    """

    item: PlanItem
    lines: tuple[tuple[str, str], ...]
    due: date | None

    @property
    def folded(self) -> bool:
        """Whether it stands with what needs nothing to be done."""
        return self.item.status in FOLDED


def help_boxes(
    items: Iterable[PlanItem], names: Mapping[int, str], *, today: date
) -> list[HelpBox]:
    """Return the plan of a household as boxes, in the order of the plan.

    Parameters
    ----------
    items
        Of all members, what applies first.
    names
        Masked names by person key.
    today
        Dates before it are not shown.
    """
    grouped: dict[tuple[str, str], list[PlanItem]] = {}
    for item in items:
        grouped.setdefault((item.code, item.status), []).append(item)
    return [
        HelpBox(
            item=group[0],
            lines=tuple((names.get(one.person, ""), "；".join(one.missing)) for one in group),
            due=min((one.due for one in group if one.due and one.due >= today), default=None),
        )
        for group in grouped.values()
    ]
