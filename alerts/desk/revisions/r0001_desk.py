"""Cards, what was decided, deals, held bursts, money due and the outbox."""

import sqlalchemy as sa
from alembic import op

from yujing.storage.columns import CONTENT, NUMBER, RATIO, WORDS

revision, down_revision = "0001", None
FORMER_CHECKSUM = "e779c41bc43b4ae5f3e4606c9404ed605292298800d83a8c89d49dff51b5713c"


def upgrade() -> None:
    """Make the tables."""
    _cards()
    _reasons()
    _changes()
    _deals()
    _lists()


def _cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("household", NUMBER, nullable=False),
        sa.Column("person", NUMBER, nullable=False),
        sa.Column("region", NUMBER, nullable=False),
        sa.Column(
            "kind",
            WORDS,
            sa.CheckConstraint("kind IN ('fact', 'report', 'seasonal', 'score', 'audit')"),
            nullable=False,
        ),
        sa.Column(
            "stage",
            WORDS,
            sa.CheckConstraint(
                "stage IN ('open', 'acknowledged', 'completed', 'cancelled', 'expired')"
            ),
            nullable=False,
        ),
        sa.Column("level", NUMBER, sa.CheckConstraint("level BETWEEN 1 AND 3"), nullable=False),
        sa.Column("rule", NUMBER, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("score_reason", WORDS, nullable=False),
        sa.Column("kinds", NUMBER, nullable=False),
        sa.Column("source", NUMBER, nullable=False),
        sa.Column("employer", NUMBER, nullable=False),
        sa.Column("file", NUMBER, nullable=False),
        sa.Column("sentence", WORDS, nullable=False),
        sa.Column("benefit_fen", NUMBER, nullable=False),
        sa.Column("p12", RATIO, nullable=False),
        sa.Column("u90", RATIO, nullable=False),
        sa.Column("audit_probability", RATIO),
        sa.Column("opened_on", WORDS, nullable=False),
        sa.Column("opened_at", NUMBER, nullable=False),
        sa.Column("due_on", WORDS, nullable=False),
        sa.Column("measure_due_on", WORDS, nullable=False),
        sa.Column("seen_at", NUMBER),
        sa.Column("assignee", WORDS, nullable=False, server_default=""),
        sa.Column("snoozed_until", WORDS),
        sa.Column("n_tries", NUMBER, nullable=False, server_default="0"),
        sa.Column("outcome", WORDS, nullable=False, server_default=""),
        sa.Column("ended_on", WORDS),
        sa.Column("ended_why", WORDS, nullable=False, server_default=""),
        sa.Column("ended_event", NUMBER, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "cards_one_open",
        "cards",
        ["household"],
        unique=True,
        sqlite_where=sa.text("stage IN ('open', 'acknowledged')"),
        postgresql_where=sa.text("stage IN ('open', 'acknowledged')"),
    )
    op.create_index("cards_region", "cards", ["region", "stage"])
    op.create_index("cards_opened", "cards", ["opened_on", "region"])


def _reasons() -> None:
    op.create_table(
        "card_evidence",
        sa.Column("card", NUMBER, sa.ForeignKey("cards.id"), primary_key=True, autoincrement=False),
        sa.Column("rule", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("person", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("level", NUMBER, nullable=False),
        sa.Column("since", NUMBER, nullable=False),
        sa.Column("sentence", WORDS, nullable=False),
        sa.Column("first_on", WORDS, nullable=False),
        sa.Column("last_on", WORDS, nullable=False),
        sa.Column("gone_on", WORDS),
    )
    op.create_table(
        "card_factors",
        sa.Column("card", NUMBER, sa.ForeignKey("cards.id"), primary_key=True, autoincrement=False),
        sa.Column("place", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("zh", WORDS, nullable=False),
        sa.Column("points", RATIO, nullable=False),
        sa.Column("words", WORDS, nullable=False),
    )


def _changes() -> None:
    op.create_table(
        "transitions",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("card", NUMBER, sa.ForeignKey("cards.id"), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("day", WORDS, nullable=False),
        sa.Column("by", WORDS, nullable=False),
        sa.Column("role", WORDS, nullable=False),
        sa.Column("what", WORDS, nullable=False),
        sa.Column("from_stage", WORDS, nullable=False),
        sa.Column("to_stage", WORDS, nullable=False),
        sa.Column("why", WORDS, nullable=False),
        sa.Column("event", NUMBER, nullable=False, server_default="0"),
        sa.Column("before", WORDS, nullable=False, server_default=""),
        sa.Column("undone", NUMBER, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    op.create_index("transitions_card", "transitions", ["card"])
    op.create_table(
        "outcomes",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("card", NUMBER, sa.ForeignKey("cards.id"), nullable=False),
        sa.Column("transition", NUMBER, sa.ForeignKey("transitions.id"), nullable=False),
        sa.Column("fact", NUMBER, nullable=False),
        sa.Column("day", WORDS, nullable=False),
        sa.Column("by", WORDS, nullable=False),
        sa.Column("outcome", WORDS, nullable=False),
        sa.Column("mode", WORDS, nullable=False),
        sa.Column("answers", WORDS, nullable=False),
        sa.Column("note", NUMBER),
        sa.Column("rule", NUMBER, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("undone", NUMBER, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "outcomes_fact",
        "outcomes",
        ["fact"],
        unique=True,
        sqlite_where=sa.text("fact != 0"),
        postgresql_where=sa.text("fact != 0"),
    )
    op.create_index("outcomes_card", "outcomes", ["card"])
    op.create_table(
        "cool_downs",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("household", NUMBER, nullable=False),
        sa.Column("card", NUMBER, nullable=False),
        sa.Column("kinds", NUMBER, nullable=False),
        sa.Column("level", NUMBER, nullable=False),
        sa.Column("score_reason", WORDS, nullable=False),
        sa.Column("until_on", WORDS, nullable=False),
        sa.Column("why", WORDS, nullable=False),
        sa.Column("transition", NUMBER, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("cool_downs_until", "cool_downs", ["until_on"])


def _deals() -> None:
    op.create_table(
        "deals",
        sa.Column("day", WORDS, primary_key=True),
        sa.Column("village", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("claimed_at", NUMBER, nullable=False),
        sa.Column("seed", NUMBER, nullable=False),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("late_sources", WORDS, nullable=False),
        sa.Column("capacity", NUMBER, nullable=False),
        sa.Column("released", NUMBER, nullable=False),
        sa.Column("used", NUMBER, nullable=False),
        sa.Column("n_dealt", NUMBER, nullable=False),
        sa.Column("n_audits", NUMBER, nullable=False),
        sa.Column("not_sent", NUMBER, nullable=False),
        sa.Column("not_sent_fen", NUMBER, nullable=False),
        sa.Column("candidates", CONTENT, nullable=False),
    )
    op.create_index("deals_village", "deals", ["village", "day"])
    op.create_table(
        "held",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("day", WORDS, nullable=False),
        sa.Column("county", NUMBER, nullable=False),
        sa.Column("dimension", WORDS, nullable=False),
        sa.Column("value", NUMBER, nullable=False),
        sa.Column("card_limit", NUMBER, nullable=False),
        sa.Column(
            "stage",
            WORDS,
            sa.CheckConstraint("stage IN ('waiting', 'released', 'discarded')"),
            nullable=False,
        ),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("decided_at", NUMBER),
        sa.Column("decided_by", WORDS, nullable=False, server_default=""),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "held_cards",
        sa.Column("held", NUMBER, sa.ForeignKey("held.id"), primary_key=True, autoincrement=False),
        sa.Column("household", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("draft", CONTENT, nullable=False),
    )


def _lists() -> None:
    op.create_table(
        "standing",
        sa.Column("household", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("low_runs", NUMBER, nullable=False),
        sa.Column("day", NUMBER, nullable=False),
    )
    op.create_table(
        "paused",
        sa.Column("household", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("person", NUMBER, nullable=False),
        sa.Column("since_on", WORDS, nullable=False),
        sa.Column("due_on", WORDS, nullable=False),
        sa.Column("by", WORDS, nullable=False),
    )
    op.create_table(
        "money_due",
        sa.Column("household", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("person", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("region", NUMBER, nullable=False),
        sa.Column("clause", WORDS, primary_key=True),
        sa.Column("amount_fen", NUMBER, nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("missing", WORDS, nullable=False),
        sa.Column("updated_on", WORDS, nullable=False),
    )
    op.create_index("money_due_region", "money_due", ["region"])
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("transition", NUMBER, nullable=False, server_default="0"),
        sa.Column("body", WORDS, nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("sent_at", NUMBER),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "outbox_waiting",
        "outbox",
        ["id"],
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )


def downgrade() -> None:
    """Undo it."""
    for name in (
        "outbox",
        "money_due",
        "paused",
        "standing",
        "held_cards",
        "held",
        "deals",
        "cool_downs",
        "outcomes",
        "transitions",
        "card_factors",
        "card_evidence",
        "cards",
    ):
        op.drop_table(name)
