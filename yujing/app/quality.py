"""Findings of quality by source and rule, for `yujing quality`."""

from alerts.quality.finding import Wanted
from yujing.app.county import County
from yujing.app.output import DONE, Output
from yujing.app.people import source_of
from yujing.app.quality_words import RuleWords, last_months
from yujing.app.requests import Arguments
from yujing.errors import UsageError

STATES = ("open", "mended", "all")


def answer(county: County, arguments: Arguments, output: Output) -> int:
    """Show what is open and mended by source and rule; with `rows`, the newest findings too."""
    words = RuleWords(county.rules)
    source, rule, state = arguments["source"], arguments["rule"], arguments["state"]
    if rule is not None and rule not in words:
        raise UsageError(f"there is no rule {rule}; docs/quality.md lists them")
    if state not in STATES:
        raise UsageError(f"state is one of {', '.join(STATES)}, not {state}")
    if source is not None:
        source = source_of(source).value
    wanted = Wanted(source, rule, state=state)
    if arguments["rows"]:
        _show_rows(county, wanted, arguments["rows"], words, output)
    else:
        _show_counts(county, wanted, words, output)
    return DONE


def _show_counts(county: County, wanted: Wanted, words: RuleWords, output: Output) -> None:
    whole = Wanted(wanted.source, wanted.rule, state="all")
    months = last_months(county.today())
    counts = county.quality.counts(whole).items()
    for (source, rule), n in sorted(counts, key=lambda one: (one[0][0], -one[1].open, one[0][1])):
        if wanted.state != "all" and not getattr(n, wanted.state):
            continue
        opened = {month: n.opened_in.get(month, 0) for month in months}
        fields = {
            "source": source, "rule": rule, "message": words.en(rule), "message_zh": words.zh(rule),
            "open": n.open, "mended": n.mended, "opened_by_month": opened,
            "mended_by_month": {month: n.mended_in.get(month, 0) for month in months},
        }  # fmt: skip
        trend = " ".join(str(opened[month]) for month in months)
        output.result(
            fields,
            f"{source:<20} {rule:<36} open {n.open:>7,}  mended {n.mended:>7,}  by month {trend}",
        )


def _show_rows(
    county: County, wanted: Wanted, most: int, words: RuleWords, output: Output
) -> None:
    for row in county.quality.rows(wanted, most=most):
        fields = {
            "source": row.source, "rule": row.rule, "message": words.en(row.rule),
            "record": row.record or None, "person": f"{row.person:016x}" if row.person else None,
            "household": f"{row.household:016x}" if row.household else None,
            "region": row.region or None, "since": row.since.isoformat(),
            "mended": row.mended.isoformat() if row.mended else None,
        }  # fmt: skip
        output.result(fields)
