"""Small cells: 1 to 4 people are not shown, and neither is what would give them away.

In a table with a total, one hidden cell follows from the total and the others; then the smallest
other cell that is not zero is hidden too.
"""

from collections.abc import Sequence

from yujing.web.words import SMALL


def is_small(value: int | None) -> bool:
    """Tell whether a count is too small to be shown.

    Examples
    --------
    >>> is_small(0), is_small(4), is_small(5), is_small(None)
    (False, True, False, False)
    """
    return value is not None and 0 < value < SMALL


def hidden(values: Sequence[int | None], *, total_shown: bool = True) -> list[bool]:
    """Tell which cells of a column are hidden.

    Parameters
    ----------
    values
        Counts; None is unknown and hides nothing.
    total_shown
        Whether the sum of the column stands beside it.

    Examples
    --------
    >>> hidden([12, 3, 40])
    [True, True, False]
    >>> hidden([12, 3, 2])
    [False, True, True]
    >>> hidden([12, 3, 40], total_shown=False)
    [False, True, False]
    """
    small = [is_small(value) for value in values]
    if not total_shown or sum(small) != 1 or any(value is None for value in values):
        return small
    others = [(value, i) for i, value in enumerate(values) if value and not small[i]]
    if others:
        small[min(others)[1]] = True
    return small


def shown(value: int | None, *, hide: bool) -> str:
    """Write a cell: the count, 未知, or <5 for a small one and 不显示 for its companion.

    Examples
    --------
    >>> shown(3, hide=True), shown(12, hide=True), shown(12, hide=False), shown(None, hide=False)
    ('<5', '不显示', '12', '未知')
    """
    if value is None:
        return "未知"
    if hide:
        return f"<{SMALL}" if is_small(value) else "不显示"
    return f"{value:,}"
