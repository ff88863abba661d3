"""What every page says at its top while dated data of this year are missing."""

from yujing.domain.calendar import Calendar
from yujing.domain.policy import Policy
from yujing.errors import ReferenceDataError


def notices(policy: Policy, calendar: Calendar, county: str, year: int) -> list[str]:
    """Return a sentence for each thing that is missing and what it means for the reader.

    Parameters
    ----------
    policy, calendar
        Dated data.
    county
        6-digit prefix of the county served, "" before its first data.
    year
        The present year.
    """
    found = calendar.warnings([year])
    try:
        policy.income_line_fen(int(county.ljust(12, "0")) if county else 0, year)
    except ReferenceDataError:
        found.append(f"{year} 年收入监测线未录入，与收入有关的提醒暂停；请县里补录后恢复")
    return found
