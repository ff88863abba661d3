"""Roles and what each may do; a right says what, a scope says where (see yujing.access.scope)."""

from enum import StrEnum


class Role(StrEnum):
    """Who somebody is to the service."""

    WORKER = "worker"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    DATA_TEAM = "data_team"
    DEPARTMENT = "department"
    OPERATOR = "operator"


class Right(StrEnum):
    """What a role may do within its scope."""

    CARDS = "cards"  # see the cards of a place
    RECORD = "record"  # record a visit, snooze, undo
    SUPERVISE = "supervise"  # overdue, held bursts, reassigning
    BOARD = "board"  # aggregated numbers
    LISTS = "lists"  # masked lists behind a number
    REVEAL = "reveal"  # a name or a phone number, with a reason
    BACKFILL = "backfill"  # known_at from the source's own time
    ACCOUNTS = "accounts"  # accounts, source tokens
    IMPORT = "import"  # upload sheets of the own source
    SOURCES = "sources"  # promises, deliveries and errors of sources; a department its own
    QUALITY = "quality"  # rows that their source is asked to mend


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.WORKER: frozenset({Right.CARDS, Right.RECORD, Right.REVEAL}),
    Role.SUPERVISOR: frozenset(
        {
            Right.CARDS,
            Right.RECORD,
            Right.REVEAL,
            Right.SUPERVISE,
            Right.BOARD,
            Right.LISTS,
            Right.QUALITY,
        }
    ),
    Role.LEADER: frozenset({Right.BOARD, Right.LISTS, Right.REVEAL}),
    Role.DATA_TEAM: frozenset(
        {Right.BOARD, Right.BACKFILL, Right.IMPORT, Right.QUALITY, Right.SOURCES}
    ),
    Role.DEPARTMENT: frozenset({Right.IMPORT, Right.QUALITY, Right.SOURCES}),
    Role.OPERATOR: frozenset({Right.ACCOUNTS, Right.SOURCES}),
}

ROLES_ZH: dict[Role, str] = {
    Role.WORKER: "网格员",
    Role.SUPERVISOR: "乡镇负责人",
    Role.LEADER: "县领导",
    Role.DATA_TEAM: "数据组",
    Role.DEPARTMENT: "部门",
    Role.OPERATOR: "运维",
}
