"""The comparisons as data: what two sources say, what to ask, what each answer settles."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from yujing.domain.codes import (
    LOW_INCOME,
    MONITORED,
    THREE_CATEGORIES,
    Answer,
    Category,
    Insurance,
    Side,
    Source,
)

CARD, LIST = "card", "list"
PERSON, HOUSEHOLD = "person", "household"
GROUPS: dict[str, tuple[Category, ...]] = {
    "all": (), "monitored": MONITORED, "low_income": LOW_INCOME,
    "three_categories": THREE_CATEGORIES,
}  # fmt: skip
WHAT: dict[str, type[Category] | type[Insurance] | None] = {
    "": None, "category": Category, "insurance": Insurance,
}  # fmt: skip


@dataclass(frozen=True)
class AnswerWord:
    """One answer for a tap: which side it says is right, and what it tells about work."""

    zh: str
    right: Side
    works: Answer = Answer.UNKNOWN


@dataclass(frozen=True)
class Comparison:
    """One comparison of what sources say.

    Parameters
    ----------
    code, number
        Its name and its number inside arrays and events (1..255).
    about
        PERSON or HOUSEHOLD.
    of
        Categories that it is about; everybody when empty.
    title, zh, ask
        Its name; what both sides say, with {since}, {month}, {value}, {what}, {days} and {months};
        the question.
    what
        Code set that {what} is of, None without one.
    answers
        What can be answered.
    first, second
        Whose data contradict each other; `second` is None where a record contradicts itself.
    asked
        CARD or LIST.
    telling
        The larger, the earlier it is asked.
    covers
        Questions of rules that it makes needless.
    parameters
        Policy keys that the evaluator reads.
    source
        Where the comparison comes from.
    """

    code: str
    number: int
    about: str
    of: tuple[Category, ...]
    title: str
    zh: str
    ask: str
    what: type[Category] | type[Insurance] | None
    answers: tuple[AnswerWord, ...]
    first: Source
    second: Source | None
    asked: str
    telling: int
    covers: tuple[str, ...]
    parameters: tuple[str, ...]
    source: str

    @property
    def sources(self) -> tuple[Source, ...]:
        """Whose data contradict each other."""
        return (self.first,) if self.second is None else (self.first, self.second)

    def answer(self, word: str) -> AnswerWord | None:
        """Return the answer of a word, None where it is none of this comparison."""
        return next((one for one in self.answers if one.zh == word), None)


def read_comparisons(text: str) -> tuple[Comparison, ...]:
    """Return the comparisons of a YAML text, by number.

    Raises
    ------
    ValueError
        If one is incomplete, or a number or code is used twice.
    """
    found = tuple(_comparison(one) for one in yaml.safe_load(text)["comparisons"])
    for name in ("number", "code"):
        if len({getattr(one, name) for one in found}) != len(found):
            raise ValueError(f"two comparisons have the same {name}")
    return tuple(sorted(found, key=lambda one: one.number))


def _comparison(raw: dict[str, Any]) -> Comparison:
    """Return one comparison, raising ValueError for what cannot be right."""
    try:
        one = Comparison(
            code=raw["code"], number=raw["number"], about=raw["about"], of=GROUPS[raw["of"]],
            title=raw["title"], zh=raw["zh"], ask=raw["ask"],
            what=WHAT[raw.get("what", "")],
            answers=tuple(
                AnswerWord(a["zh"], Side(a["right"]), Answer(a.get("works", "unknown")))
                for a in raw["answers"]
            ),
            first=Source(raw["first"]), second=Source(raw["second"]) if raw["second"] else None,
            asked=raw["asked"], telling=raw["telling"], covers=tuple(raw["covers"]),
            parameters=tuple(raw["parameters"]), source=raw["source"],
        )  # fmt: skip
    except (KeyError, ValueError) as error:
        raise ValueError(f"comparison {raw.get('code')}: {error}") from error
    if not 1 <= one.number <= 255 or one.about not in (PERSON, HOUSEHOLD):
        raise ValueError(f"comparison {one.code}: number or about is out of range")
    if one.asked not in (CARD, LIST) or not one.source:
        raise ValueError(f"comparison {one.code}: asked on a card or a list, with a source")
    words = {answer.zh for answer in one.answers}
    if len(words) != len(one.answers) or not any(a.right is Side.UNKNOWN for a in one.answers):
        raise ValueError(f"comparison {one.code}: answers differ, and one says that nobody knows")
    return one


@cache
def shipped_comparisons() -> tuple[Comparison, ...]:
    """Return the comparisons of `comparisons.yaml`, by number."""
    text = files("alerts.comparisons").joinpath("comparisons.yaml").read_text("utf-8")
    return read_comparisons(text)


@cache
def comparison_of(number: int) -> Comparison | None:
    """Return the shipped comparison of a number, None where this release knows none."""
    return next((one for one in shipped_comparisons() if one.number == number), None)
