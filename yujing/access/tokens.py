"""Source tokens: what a system of a department may send; the token itself is shown once.

A token is rotated without a gap: the new one holds at once, the old one until the overlap is over.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, RowMapping, insert, or_, select, update

from yujing.access.scope import Scope
from yujing.access.sessions import token_hash
from yujing.access.tables import SOURCE_TOKEN
from yujing.domain.codes import Source
from yujing.errors import UsageError
from yujing.storage.sql import reading, writing

PREFIX = "yj_"  # so that a scanner of secrets can find a token that leaked
USED_STEP_S = 60
LEAST_OVERLAP, MOST_OVERLAP = timedelta(days=1), timedelta(days=90)  # to change it at a source


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """What a token allows.

    Parameters
    ----------
    source
        The only source system whose events it may send.
    kinds
        Names of event types; empty for all.
    regions
        Beginnings of region codes; at least one.
    backfill
        Whether `known_at` may come from the source's own time.
    beyond_purpose
        Whether it may send event types that the register of sources does not name for its source.
    """

    source: Source
    kinds: tuple[str, ...]
    regions: tuple[str, ...]
    backfill: bool = False
    beyond_purpose: bool = False


@dataclass(frozen=True, slots=True)
class SourceToken:
    """A token in the list.

    Parameters
    ----------
    valid_until
        When it ends by itself; None for never.
    follows
        Number of the token that it took the place of.
    """

    id: int
    grant: TokenGrant
    label: str
    created_at: datetime
    created_by: str
    used_at: datetime | None
    revoked_at: datetime | None
    valid_until: datetime | None = None
    follows: int | None = None

    def holds(self, at: datetime) -> bool:
        """Return whether it opens the door at a moment after it was made."""
        return self.revoked_at is None and (self.valid_until is None or at < self.valid_until)


class SourceTokens:
    """The tokens in the desk database.

    Parameters
    ----------
    engine
        Database that the migrations of this room were applied to.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, grant: TokenGrant, *, label: str, at: datetime, by: str) -> str:
        """Make a token and return it; only its hash is kept.

        Raises
        ------
        UsageError
            If no region is given or a region is no beginning of a code.
        """
        if not grant.regions:
            raise UsageError("a token needs at least one region, for example 520526")
        for region in grant.regions:
            Scope(region)
        with writing(self._engine) as connection:
            return _insert(connection, grant, label, at, by)

    def rotate(self, token_id: int, *, overlap: timedelta, at: datetime, by: str) -> str:
        """Make a token that allows the same, and return it; the old one ends after the overlap.

        Parameters
        ----------
        token_id
            Number of the old one.
        overlap
            How long both hold, 1 to 90 days.

        Raises
        ------
        UsageError
            If the overlap is out of bounds, or the token is unknown, over, or was rotated already.
        """
        if not LEAST_OVERLAP <= overlap <= MOST_OVERLAP:
            raise UsageError(
                f"an overlap has {LEAST_OVERLAP.days} to {MOST_OVERLAP.days} days; a token that "
                "leaked is revoked"
            )
        with writing(self._engine) as connection:
            row = _row(connection, token_id)
            if row["revoked_at"] is not None:
                raise UsageError(f"token {token_id} was revoked; make a new one")
            if row["valid_until"] is not None:
                raise UsageError(f"token {token_id} was rotated already; rotate the one after it")
            old = _token(row)
            token = _insert(connection, old.grant, old.label, at, by, follows=token_id)
            connection.execute(
                update(SOURCE_TOKEN)
                .where(SOURCE_TOKEN.c.id == token_id)
                .values(valid_until=int((at + overlap).timestamp()))
            )
        return token

    def find(self, token: str, *, at: datetime) -> TokenGrant | None:
        """Return what a token allows, None if it is unknown, revoked or over."""
        now = int(at.timestamp())
        with reading(self._engine) as connection:
            row = (
                connection.execute(
                    select(SOURCE_TOKEN).where(
                        SOURCE_TOKEN.c.token_hash == token_hash(token),
                        SOURCE_TOKEN.c.revoked_at.is_(None),
                        or_(
                            SOURCE_TOKEN.c.valid_until.is_(None),
                            SOURCE_TOKEN.c.valid_until > now,
                        ),
                    )
                )
                .mappings()
                .first()
            )
        if row is None:
            return None
        if row["used_at"] is None or now - row["used_at"] >= USED_STEP_S:
            with writing(self._engine) as connection:
                connection.execute(
                    update(SOURCE_TOKEN).where(SOURCE_TOKEN.c.id == row["id"]).values(used_at=now)
                )
        return _token(row).grant

    def list(self) -> list[SourceToken]:
        """Return all tokens, the newest first, also revoked ones."""
        query = select(SOURCE_TOKEN).order_by(SOURCE_TOKEN.c.id.desc())
        with reading(self._engine) as connection:
            return [_token(row) for row in connection.execute(query).mappings()]

    def revoke(self, token_id: int, *, at: datetime) -> None:
        """Close a token; a second time does nothing.

        Raises
        ------
        UsageError
            If there is none of that number.
        """
        with writing(self._engine) as connection:
            _row(connection, token_id)
            connection.execute(
                update(SOURCE_TOKEN)
                .where(SOURCE_TOKEN.c.id == token_id, SOURCE_TOKEN.c.revoked_at.is_(None))
                .values(revoked_at=int(at.timestamp()))
            )


def _insert(
    connection: Connection,
    grant: TokenGrant,
    label: str,
    at: datetime,
    by: str,
    *,
    follows: int | None = None,
) -> str:
    token = PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        insert(SOURCE_TOKEN).values(
            token_hash=token_hash(token),
            source=grant.source.value,
            kinds=" ".join(grant.kinds),
            regions=" ".join(grant.regions),
            backfill=grant.backfill,
            beyond_purpose=grant.beyond_purpose,
            label=label,
            created_at=int(at.timestamp()),
            created_by=by,
            follows=follows,
        )
    )
    return token


def _row(connection: Connection, token_id: int) -> RowMapping:
    query = select(SOURCE_TOKEN).where(SOURCE_TOKEN.c.id == token_id).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None:
        raise UsageError(f"no token number {token_id}")
    return row


def _token(row: RowMapping) -> SourceToken:
    return SourceToken(
        id=int(str(row["id"])),
        grant=TokenGrant(
            source=Source(str(row["source"])),
            kinds=tuple(str(row["kinds"]).split()),
            regions=tuple(str(row["regions"]).split()),
            backfill=bool(row["backfill"]),
            beyond_purpose=bool(row["beyond_purpose"]),
        ),
        label=str(row["label"]),
        created_at=_moment(row["created_at"]) or datetime.fromtimestamp(0, UTC),
        created_by=str(row["created_by"]),
        used_at=_moment(row["used_at"]),
        revoked_at=_moment(row["revoked_at"]),
        valid_until=_moment(row["valid_until"]),
        follows=row["follows"],
    )


def _moment(seconds: object) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(int(str(seconds)), UTC)
