"""Who may read the numbers in ClickHouse, as SQL: one user for all counties, one a county.

Boards read counts by place and nothing about a person, but of one place only those of its county
may be read by its user: a row policy on the tables, which the views on them obey. Scores and
transitions have a row a person and no place of their own: a county's user may not read them.
"""

from collections.abc import Sequence

from yujing.domain.region import Regions
from yujing.errors import UsageError
from yujing.storage.clickhouse import DATABASE

VIEWS = ("cells", "standing")
PLACED = {
    # what the newest day and generation are must be read by everybody; it says nothing else
    "rollup": "kind = 0 OR intDiv(township, 1000000) * 1000000 = {county}",
    "standing_cells": "code = '' OR intDiv(township, 1000000) * 1000000 = {county}",
    "places": "county = {county}",
    "card_events": "intDiv(region, 1000000) * 1000000 = {county}",
}
COUNTY_TABLES = (*VIEWS, "rollup", "standing_cells", "places")
ALL_TABLES = (*COUNTY_TABLES, "card_events", "latest_scores", "scores")
ROLE, PROFILE, QUOTA = "yujing_boards", "yujing_boards", "yujing_boards"
COUNTY_ROLE = "yujing_county_boards"
_NO_HASH = "0" * 64
_LIMITS = (
    "readonly = 1",
    # the plugin's driver sets it with every query
    "max_execution_time = 30 MIN 0 MAX 60 CHANGEABLE_IN_READONLY",
    "max_memory_usage = 2000000000",
    "max_threads = 4",
    "max_result_rows = 100000",
    "result_overflow_mode = 'throw'",
    "max_rows_to_read = 2000000000",
    "max_concurrent_queries_for_user = 16",
)


def grants(counties: Sequence[int], *, database: str = DATABASE) -> list[str]:
    """Return the statements, in order; each may be run again.

    Users are locked: no text has their hash, and no host is theirs. `ALTER USER name IDENTIFIED
    WITH sha256_password BY '...' HOST ANY` opens one.

    Parameters
    ----------
    counties
        12-digit codes; none for a user that sees all.
    database
        Where the tables are.

    Raises
    ------
    UsageError
        If a code is not that of a county.
    """
    for county in counties:
        if county % 10**6 or not 10**11 <= county < 10**12:
            raise UsageError(f"{county} is not the 12-digit code of a county, such as 520526000000")
    statements = [
        f"CREATE ROLE IF NOT EXISTS {ROLE}",
        f"CREATE ROLE IF NOT EXISTS {COUNTY_ROLE}",
        f"CREATE SETTINGS PROFILE IF NOT EXISTS {PROFILE} SETTINGS {', '.join(_LIMITS)} "
        f"TO {ROLE}, {COUNTY_ROLE}",
        f"CREATE QUOTA IF NOT EXISTS {QUOTA} KEYED BY user_name FOR INTERVAL 1 hour "
        f"MAX queries = 20000, execution_time = 7200 TO {ROLE}, {COUNTY_ROLE}",
        *(f"GRANT SELECT ON {database}.{table} TO {ROLE}" for table in ALL_TABLES),
        *(f"GRANT SELECT ON {database}.{table} TO {COUNTY_ROLE}" for table in COUNTY_TABLES),
        # with a policy on a table, who has none of his own might see nothing
        *(
            f"CREATE ROW POLICY IF NOT EXISTS yujing_all ON {database}.{table} "
            f"FOR SELECT USING 1 TO ALL EXCEPT {COUNTY_ROLE}"
            for table in PLACED
        ),
    ]
    if not counties:
        statements += _user("yujing_boards_all", ROLE)
    for county in sorted(set(counties)):
        name = user_of(county)
        statements += _user(name, COUNTY_ROLE)
        statements += [
            f"CREATE ROW POLICY IF NOT EXISTS {name} ON {database}.{table} "
            f"FOR SELECT USING {condition.format(county=county)} TO {name}"
            for table, condition in PLACED.items()
            if table in COUNTY_TABLES
        ]
    return statements


def user_of(county: int) -> str:
    """Return the name of a county's user.

    Examples
    --------
    >>> user_of(520526000000)
    'yujing_boards_520526'
    """
    return f"yujing_boards_{county // 10**6}"


def counties_named(words: Sequence[str], regions: Regions) -> list[int]:
    """Return the codes of counties given as 6 or 12 digits.

    Raises
    ------
    UsageError
        If one is not a county that is known.
    """
    found = []
    for word in words:
        code = int(word.ljust(12, "0")) if word.isdigit() and len(word) in (6, 12) else 0
        if code not in regions.places:
            raise UsageError(f"{word}: no such county")
        found.append(code)
    return found


def _user(name: str, role: str) -> list[str]:
    return [
        f"CREATE USER IF NOT EXISTS {name} IDENTIFIED WITH sha256_hash BY '{_NO_HASH}' HOST NONE",
        f"GRANT {role} TO {name}",
        f"SET DEFAULT ROLE {role} TO {name}",
    ]
