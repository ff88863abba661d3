"""Why a household is on the list, in one Chinese sentence with dates and sources.

Also what to ask (at most three questions, prefilled where known) and what would clear the card. The
words come from the rules' data and the code sets; nothing here knows a name.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Any

from alerts.candidates import Candidates
from alerts.rules import SCORE, Rule, Signals, rule_of, shipped_rules
from yujing.domain.codes import Disaster, Risk, Source, Warning, members, zh
from yujing.domain.days import from_day

Rules = tuple[Rule, ...]
MOST_QUESTIONS = 3
UNSPOKEN = ("age_years", "days_to_festival")   # nothing to ask or to do about: only in the factors


@dataclass(frozen=True)
class Factor:
    """One feature that speaks for a score.

    Parameters
    ----------
    name, zh
        Name of the feature and its Chinese words.
    points
        Its exact contribution in log-odds.
    words
        Its value in words, such as 3 个月.
    """

    name: str
    zh: str
    points: float
    words: str = ""


Explain = Callable[[int, int], Sequence[Factor]]   # (household, person) -> factors, loudest first


@dataclass(frozen=True)
class Asked:
    """A question as it stands on a card; `known` is the answer that data suggest, "" for none."""

    code: str
    zh: str
    answers: tuple[str, ...]
    known: str = ""


def dated(day: int, as_of: date) -> str:
    """Return a day number in words, with the year only when it is not this year.

    Examples
    --------
    >>> from yujing.domain.days import to_day
    >>> dated(to_day(date(2026, 9, 3)), date(2026, 11, 24))
    '9 月 3 日'
    """
    one = from_day(day)
    year = "" if one.year == as_of.year else f"{one.year} 年 "
    return f"{year}{one.month} 月 {one.day} 日"


def sentence_of(signal: Any, *, as_of: date, rules: Rules | None = None) -> str:
    """Return the sentence of one signal."""
    rule = rule_of(int(signal["rule"]), rules)
    value, extra = float(signal["value"]), float(signal["extra"])
    sources = members(Source)
    return rule.zh.format(
        since=dated(int(signal["since"]), as_of),
        month=dated(int(signal["since"]), as_of).partition("月")[0] + "月",
        value="" if isnan(value) else f"{value:.0f}",
        extra="不明" if isnan(extra) else f"{extra:.0f}",
        what="" if isnan(value) else _what(rule.code, int(value)),
        source=zh(sources[int(signal["source"])]),
    )


def _what(code: str, value: int) -> str:
    """Return what was told: a warning, risks, a disaster."""
    if code == "department_warning":
        return zh(members(Warning)[value])
    if code == "disaster":
        return zh(members(Disaster)[value])
    if code == "own_report":
        told = [zh(risk) for n, risk in enumerate(members(Risk)) if n and value >> n & 1]
        return "、".join(told) or "未说明"
    return ""


def sentence(
    candidates: Candidates, index: int, *, as_of: date, factors: Sequence[Factor] = (),
    rules: Rules | None = None,
) -> str:
    """Return the sentence of a candidate: its leading reason, and the next one if there is one."""
    row = candidates.rows[index]
    if row["kind"] == SCORE:
        return _score_sentence(factors, as_of)
    own = led(candidates.signals_of(index), row)
    first, *others = [sentence_of(signal, as_of=as_of, rules=rules) for signal in own]
    other = next((words for words in others if words != first), "")
    return f"{first}；{other}" if other else first


def led(signals: Signals, row: Any) -> list[Any]:
    """Return a household's signals with the leading one first, then by level."""
    leading = [s for s in signals if s["rule"] == row["rule"] and s["person"] == row["person"]]
    others = [s for s in signals if s["rule"] != row["rule"]]
    others.sort(key=lambda s: (-int(s["level"]), int(s["rule"]), int(s["person"])))
    return [*leading[:1], *others]


def _score_sentence(factors: Sequence[Factor], as_of: date) -> str:
    """Return the sentence of a score: up to three things that the data say, no probability."""
    speaking = [f for f in factors if f.points > 0 and f.name not in UNSPOKEN][:3]
    told = "，".join(f"{f.zh}{f.words and ' ' + f.words}" for f in speaking)
    day = f"{as_of.month} 月 {as_of.day} 日"
    return f"截至 {day}的登记情况提示就业或收入可能有变化" + (f"：{told}" if told else "")


AUDIT_SENTENCE = "随机走访：近期没有任何提醒，请了解一下生活和就业情况"


def questions(
    signals: Sequence[Any], known: dict[str, str] | None = None, rules: Rules | None = None, *,
    first: Sequence[Asked] = (), without: Collection[str] = (),
) -> list[Asked]:
    """Return at most three questions for a card, of the leading signals first.

    Parameters
    ----------
    signals
        Leading first, as `led` gives them; empty for a card by score or chance.
    known
        Answers that data suggest, by question.
    first
        Questions that come before those of rules, which have what room is left.
    without
        Questions of rules that need not be asked.
    """
    asked: dict[str, Asked] = {one.code: one for one in first[:MOST_QUESTIONS]}
    wanted = [rule_of(int(signal["rule"]), rules) for signal in signals]
    for rule in wanted or [rule_of(10), rule_of(2)]:   # a score or chance: needs, and work
        for question in rule.questions:
            if question.code in without:
                continue
            if question.code not in asked and len(asked) < MOST_QUESTIONS:
                guess = (known or {}).get(question.code, "")
                asked[question.code] = Asked(
                    question.code, question.zh, question.answers,
                    guess if guess in question.answers else "",
                )
    return list(asked.values())


def clears(signals: Sequence[Any], rules: Rules | None = None) -> list[str]:
    """Return what would make the reasons disappear, each once."""
    table = {rule.number: rule for rule in (shipped_rules() if rules is None else rules)}
    words = [table[int(signal["rule"])].clears for signal in signals]
    return list(dict.fromkeys(words)) or ["走访并记录结果"]
