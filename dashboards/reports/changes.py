"""What differs between two versions of a report, and between a period and one before, by figure."""

from collections.abc import Iterator

import msgspec

from dashboards.figures import cell
from dashboards.panel import Unit
from dashboards.reading import Answer
from dashboards.reports.frozen import Body, Figures, FrozenRow

ABSENT, NOT_COMPARED = "没有这一项", "—"


class Change(msgspec.Struct, frozen=True):
    """A figure that an earlier version said otherwise.

    Parameters
    ----------
    panel, title
        Code and title of its panel.
    row, column
        Which figure: what tells its row apart, and the head of its column.
    before, now
        As everybody reads them.
    """

    panel: str
    title: str
    row: str
    column: str
    before: str
    now: str

    @property
    def sentence(self) -> str:
        """The change in words."""
        which = "，".join(part for part in (self.row, self.column) if part)
        return f"{self.title}（{which}）：原报 {self.before}，现为 {self.now}"


class Compared(msgspec.Struct, frozen=True):
    """A figure beside that of a period before."""

    title: str
    row: str
    now: str
    before: str
    difference: str


def changes(old: Body, new: Body) -> list[Change]:
    """Return every figure that the two versions say otherwise, in reading order.

    A figure that is hidden in both counts as the same; so does another query with the same answer.
    """
    found: list[Change] = []
    for figures in new.figures:
        former = old.find(figures.code)
        found += _changed(former, figures)
    for figures in old.figures:
        if new.find(figures.code) is None:
            found += _changed(figures, None)
    return found


def compared(figures: Figures, which: int, *, by_month: bool) -> list[Compared]:
    """Return the counted figure of each row beside what it was in an earlier period.

    Parameters
    ----------
    figures
        A panel.
    which
        Place of the period in `figures.earlier`.
    by_month
        Whether the periods have several months: each is compared with the same month.
    """
    earlier = figures.earlier[which]
    place = _counted(figures)
    if place is None:
        return []
    now = _rows(figures, figures.rows, by_month=by_month)
    before = _rows(figures, earlier.rows, by_month=by_month)
    answers = figures.answer, figures.answer_of(earlier.rows)
    found = []
    for key in dict.fromkeys([*now, *before]):
        texts = (
            _text(answers[0], now.get(key), place), _text(answers[1], before.get(key), place),
        )  # fmt: skip
        difference = NOT_COMPARED
        if key in now and key in before:
            difference = _difference(
                figures, place, figures.rows[now[key]].values[place],
                earlier.rows[before[key]].values[place],
            )  # fmt: skip
        found.append(Compared(figures.title, "，".join(key), *texts, difference))
    return found


def _changed(old: Figures | None, new: Figures | None) -> Iterator[Change]:
    """Yield the figures of a panel that differ; either may not have had the panel at all."""
    shown = new or old
    if shown is None:
        return
    sides = [_texts(one) for one in (old, new)]
    for key in dict.fromkeys([*sides[1], *sides[0]]):
        for column in shown.columns:
            before, now = (side.get(key, {}).get(column.name, ABSENT) for side in sides)
            if column.unit is not None and before != now:
                yield Change(shown.code, shown.title, "，".join(key), column.zh, before, now)


def _texts(figures: Figures | None) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the figures of a panel as texts, by what tells rows apart and name of the column."""
    if figures is None:
        return {}
    names = [column.name for column in figures.columns]
    return {
        _key(figures, row): dict(zip(names, texts, strict=True))
        for row, texts in zip(figures.rows, figures.texts, strict=True)
    }


def _rows(
    figures: Figures, rows: tuple[FrozenRow, ...], *, by_month: bool
) -> dict[tuple[str, ...], int]:
    """Return the places of rows by what tells them apart, days left out or cut to their month."""
    cut = 1 if by_month else 2
    return {_key(figures, row, without=cut): place for place, row in enumerate(rows)}


def _key(figures: Figures, row: FrozenRow, *, without: int = 0) -> tuple[str, ...]:
    """Return what tells a row apart.

    Parameters
    ----------
    without
        How much of a day is left out: nothing, its year, all of it.
    """
    parts = []
    for place in figures.keys:
        text = str(row.values[place])
        if figures.columns[place].day:
            text = (f"{text[:4]}年{int(text[5:7])}月", f"{int(text[5:7])}月", "")[without]
        parts.append(text)
    return tuple(part for part in parts if part)


def _counted(figures: Figures) -> int | None:
    """Return the place of the column that is counted: the first with a unit."""
    places = [place for place, column in enumerate(figures.columns) if column.unit is not None]
    return places[0] if places else None


def _text(answer: Answer, row: int | None, place: int) -> str:
    return NOT_COMPARED if row is None else cell(answer, answer.rows[row], place)


def _difference(figures: Figures, place: int, now: object, before: object) -> str:
    if not isinstance(now, (int, float)) or not isinstance(before, (int, float)):
        return NOT_COMPARED
    moved = now - before
    if figures.columns[place].unit == Unit.SHARE.name:
        return f"{100 * moved:+.1f} 个百分点"
    return "持平" if moved == 0 else f"{moved:+,}" if isinstance(moved, int) else f"{moved:+,.1f}"
