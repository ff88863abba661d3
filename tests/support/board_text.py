"""What the leaders' page says, as plain text taken from its HTML."""

import re
from dataclasses import dataclass

# All words are taken in the order of the page, so that nothing of it can be left out unseen.
_NUMBER = re.compile(
    r'<article class="number">\s*<h2>(.*?)</h2>\s*<p class="figure">(.*?)</p>(.*?)<details>', re.S
)
_TREND = re.compile(r'<th scope="row">(\d+) 年 (\d+) 月</th><td class="num">(.*?)</td>')
_PLACE = re.compile(r'<th scope="row">([^<]*)</th>\s*(<td class="num" data-label.*?)</tr>', re.S)
_CELL = re.compile(r"<td[^>]*>(?:<a[^>]*>|<span>)([^<]*)<")
_STUCK = re.compile(r"<li>(逾期未走访|没有按时报数)(.*?)</li>", re.S)


@dataclass(frozen=True)
class BoardText:
    """The page of a region.

    Parameters
    ----------
    sentence
        The month in words.
    numbers
        Figure and comparisons by the name of a number.
    trend
        Job ends by year and month.
    places
        The cells of each row of the table, in its order.
    stuck
        Overdue cards; silent villages.
    """

    sentence: str
    numbers: dict[str, tuple[str, str]]
    trend: dict[tuple[int, int], str]
    places: dict[str, tuple[str, ...]]
    stuck: tuple[str, ...]


def read_board(html: str) -> BoardText:
    """Take a page apart."""
    said = re.search(r'<p class="said">(.*?)</p>', html)
    assert said
    return BoardText(
        said[1],
        {name: (_plain(figure), _plain(more)) for name, figure, more in _NUMBER.findall(html)},
        {(int(year), int(month)): words for year, month, words in _TREND.findall(html)},
        {name: tuple(_CELL.findall(cells)) for name, cells in _PLACE.findall(html)},
        tuple(_plain(first + rest) for first, rest in _STUCK.findall(html)),
    )


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
