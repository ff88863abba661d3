"""Layout of the state: one row a member, one row a household, one row a disaster area.

Every piece commutes, so the order in which effective facts are folded does not matter:

* bit maps by month (`u8`, bit i = month `base_month + i`, i in 0..63), joined with OR;
* sums and maxima by month, kept for `N_VALUE_MONTHS` months of the window;
* *packed registers* (`i8`): ``day + DAY_SHIFT`` << 40 | source priority << 32 | value (32 bits),
  joined with max, so the latest day wins, then the source with more authority, then the larger
  value; 0 = never;
* *wide registers*: an order (packed day and priority), the fact hash that breaks ties, and the
  fields of the winner;
* first and last days (`u2`, days since 2000-01-01, 0 = never), joined with min or max.

`base_month` is January of the year four years before `as_of`'s year (see `base_month_of`), so it
moves once a year and the window covers 48 to 59 months before `as_of`.
"""

import numpy as np

N_MONTHS = 64
N_VALUE_MONTHS = (
    24  # months 36..59 of the window: at least twelve months before any as_of, and its own year
)
VALUE_MONTH_OFFSET = 36
N_CATEGORIES = 9  # numbers of codes.Category
SHORT_DAY_EPOCH = 10957  # 2000-01-01 as a day number
DAY_SHIFT = 2**16  # makes packed days positive from 1790 on
N_LINES = 4  # employee insurance lines kept: see LINES
LINES = (
    1,
    2,
    3,
    4,
)  # codes.Insurance numbers: 110 pension, 210 unemployment, 310 medical, 410 work injury

MEMBER = np.dtype(
    [
        ("key", "u8"),
        ("n_facts", "u4"),
        ("facts_xor", "u8"),  # XOR of fact_version_hash over effective facts
        # membership and demographics: wide register over member.upsert
        ("member_order", "i8"),
        ("member_fact", "u8"),
        ("household", "u8"),
        ("region", "i8"),
        ("birth", "i4"),
        ("relation", "u1"),
        ("schooling", "u1"),
        ("student", "u1"),
        ("skill", "u1"),
        ("health", "u1"),
        ("disability", "u1"),
        ("sex", "u1"),
        ("ethnicity", "u1"),
        # the best claim of another household, so that both can be asked
        ("other_household_order", "i8"),
        ("other_household_fact", "u8"),
        ("other_household", "u8"),
        ("exit", "i8"),  # packed: ExitReason
        ("category_open", "u2", (N_CATEGORIES,)),
        ("category_close", "u2", (N_CATEGORIES,)),  # last days
        # latest job: wide register over employment.start
        ("job_order", "i8"),
        ("job_fact", "u8"),
        ("employer", "u8"),
        ("work_region", "i4"),
        ("area", "u1"),
        ("form", "u1"),
        ("industry", "u1"),
        ("channel", "u1"),
        ("contract", "u1"),
        ("organised", "u1"),
        ("contract_months", "u1"),
        ("end", "i8"),  # packed: EndReason | arrears << 8
        (
            "status_month",
            "i8",
        ),  # packed over monthly_status that says yes: area | industry << 8 | form << 16
        # months
        ("worked", "u8"),
        ("idle", "u8"),  # reported worked / reported not worked
        ("started", "u8"),
        ("ended", "u8"),
        ("departed", "u8"),
        ("returned", "u8"),
        ("paid", "u8", (N_LINES,)),  # contributions by line of LINES
        ("wage_yuan", "u2", (N_VALUE_MONTHS,)),  # highest monthly wage reported, whole yuan, 0 none
        (
            "self_pay_yuan",
            "u2",
            (N_VALUE_MONTHS,),
        ),  # sum of compliant self-paid medical cost, whole yuan
        ("line", "i8", (N_LINES,)),  # packed: InsuranceStatus of each line
        ("resident_paid", "u2", (2,)),  # 170, 390: bit = year - year of base_month
        ("resident_assisted", "u2"),  # 170 paid by others: same bits
        ("plan", "i8"),  # packed: planned | training_wish << 8
        ("unemployment", "i8"),  # packed: 1 registered / 2 deregistered | reason << 8
        ("depart", "i8"),  # packed: work_region | organised << 24
        ("return_", "i8"),  # packed: ReturnReason | Intent << 8
        ("first_organised", "u2"),
        ("first_cross_province", "u2"),  # first days (min): organised export, any out-of-province
        ("service_last", "u2", (6,)),  # last day by codes.Service
        ("referral_days", "u2", (3,)),  # the three latest days of REFERRAL, falling
        ("training_days", "u2"),  # number of training days delivered
        ("visit", "i8"),  # packed: Outcome | worked << 8 | card << 12
        ("warning", "i8"),
        ("hardship", "i8"),
        ("measure", "i8"),  # packed: Warning / risks mask / Measure
    ]
)

HOUSEHOLD_ROW = np.dtype(
    [
        ("key", "u8"),
        ("n_facts", "u4"),
        ("facts_xor", "u8"),
        ("place_order", "i8"),
        ("place_fact", "u8"),
        ("region", "i8"),
        ("household_type", "u1"),
        ("relocation", "u1"),
        ("category_open", "u2", (N_CATEGORIES,)),
        ("category_close", "u2", (N_CATEGORIES,)),
        # latest income.report: wide register, ordered by the end of its window
        ("income_order", "i8"),
        ("income_fact", "u8"),
        ("income_members", "u1"),
        ("income_wage_fen", "i8"),
        ("income_business_fen", "i8"),
        ("income_property_fen", "i8"),
        ("income_transfer_fen", "i8"),
        ("expense_fen", "i8"),
        ("claim_fen", "i8"),
        ("self_pay_fen", "i8"),
        ("visit", "i8"),
        ("warning", "i8"),
        ("hardship", "i8"),
        ("measure", "i8"),  # as for members
    ]
)

AREA_ROW = np.dtype(
    [
        ("fact", "u8"),
        ("region", "i8"),
        ("occurred_from", "i4"),
        ("disaster", "u1"),
        ("grade", "u1"),
    ]
)


def base_month_of(year: int) -> int:
    """Return the first month of the window of a state that looks at a day of `year`.

    Examples
    --------
    >>> base_month_of(2026) // 12
    2022
    """
    return (year - 4) * 12
