"""Source tokens: what a system of a department may send; the token itself is shown once."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select, update

from yujing.access.scope import Scope
from yujing.access.sessions import token_hash
from yujing.access.tables import SOURCE_TOKEN
from yujing.domain.codes import Source
from yujing.errors import UsageError
from yujing.storage.sql import reading, writing

PREFIX = "yj_"  # so that a scanner of secrets can find a token that leaked
USED_STEP_S = 60


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
    """

    source: Source
    kinds: tuple[str, ...]
    regions: tuple[str, ...]
    backfill: bool = False


@dataclass(frozen=True, slots=True)
class SourceToken:
    """A token in the list."""

    id: int
    grant: TokenGrant
    label: str
    created_at: datetime
    created_by: str
    used_at: datetime | None
    revoked_at: datetime | None


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
        token = PREFIX + secrets.token_urlsafe(32)
        with writing(self._engine) as connection:
            connection.execute(
                insert(SOURCE_TOKEN).values(
                    token_hash=token_hash(token),
                    source=grant.source.value,
                    kinds=" ".join(grant.kinds),
                    regions=" ".join(grant.regions),
                    backfill=grant.backfill,
                    label=label,
                    created_at=int(at.timestamp()),
                    created_by=by,
                )
            )
        return token

    def find(self, token: str, *, at: datetime) -> TokenGrant | None:
        """Return what a token allows, None if it is unknown or revoked."""
        now = int(at.timestamp())
        with reading(self._engine) as connection:
            row = (
                connection.execute(
                    select(SOURCE_TOKEN).where(
                        SOURCE_TOKEN.c.token_hash == token_hash(token),
                        SOURCE_TOKEN.c.revoked_at.is_(None),
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
        return _token(dict(row)).grant

    def list(self) -> list[SourceToken]:
        """Return all tokens, the newest first, also revoked ones."""
        query = select(SOURCE_TOKEN).order_by(SOURCE_TOKEN.c.id.desc())
        with reading(self._engine) as connection:
            return [_token(dict(row)) for row in connection.execute(query).mappings()]

    def revoke(self, token_id: int, *, at: datetime) -> None:
        """Close a token; a second time does nothing.

        Raises
        ------
        UsageError
            If there is none of that number.
        """
        with writing(self._engine) as connection:
            known = connection.execute(
                select(SOURCE_TOKEN.c.id).where(SOURCE_TOKEN.c.id == token_id)
            ).first()
            if known is None:
                raise UsageError(f"no token number {token_id}")
            connection.execute(
                update(SOURCE_TOKEN)
                .where(SOURCE_TOKEN.c.id == token_id, SOURCE_TOKEN.c.revoked_at.is_(None))
                .values(revoked_at=int(at.timestamp()))
            )


def _token(row: dict[str, object]) -> SourceToken:
    return SourceToken(
        id=int(str(row["id"])),
        grant=TokenGrant(
            source=Source(str(row["source"])),
            kinds=tuple(str(row["kinds"]).split()),
            regions=tuple(str(row["regions"]).split()),
            backfill=bool(row["backfill"]),
        ),
        label=str(row["label"]),
        created_at=_moment(row["created_at"]) or datetime.fromtimestamp(0, UTC),
        created_by=str(row["created_by"]),
        used_at=_moment(row["used_at"]),
        revoked_at=_moment(row["revoked_at"]),
    )


def _moment(seconds: object) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(int(str(seconds)), UTC)
