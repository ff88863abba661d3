"""The audit of reads of personal data: who saw what of whom, why and when. Rows are only added."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Engine, insert, select

from yujing.access.accounts import Account
from yujing.access.tables import PERSONAL_READ
from yujing.errors import UsageError
from yujing.storage.sql import reading, writing

LEAST_REASON = 2


@dataclass(frozen=True, slots=True)
class PersonalRead:
    """One read; `subject` is a key in 16 hex digits, never a name."""

    at: datetime
    username: str
    role: str
    what: str
    subject: str
    reason: str
    address: str


class ReadAudit:
    """The reads in the desk database.

    Parameters
    ----------
    engine
        Database that the migrations of this room were applied to.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(
        self,
        account: Account,
        *,
        what: str,
        subject: int,
        reason: str,
        address: str,
        at: datetime,
    ) -> None:
        """Write a read down; call it before showing anything.

        Parameters
        ----------
        account
            Who reads.
        what
            name, phone, note, list.
        subject
            Person or household key.
        reason
            In the reader's words or the page's own ("call").
        address
            Network address.
        at
            Now.

        Raises
        ------
        UsageError
            If the reason is empty; a Chinese line.
        """
        if len(reason.strip()) < LEAST_REASON:
            raise UsageError("请先写明查看的原因。")
        with writing(self._engine) as connection:
            connection.execute(
                insert(PERSONAL_READ).values(
                    at=int(at.timestamp()),
                    username=account.username,
                    role=account.role.value,
                    what=what,
                    subject=f"{subject:016x}",
                    reason=reason.strip()[:200],
                    address=address[:64],
                )
            )

    def of_subject(self, subject: int) -> list[PersonalRead]:
        """Return who read about a person or household, the newest first."""
        return self._rows(PERSONAL_READ.c.subject == f"{subject:016x}")

    def of_account(self, username: str) -> list[PersonalRead]:
        """Return what an account read, the newest first."""
        return self._rows(PERSONAL_READ.c.username == username)

    def _rows(self, clause: ColumnElement[bool]) -> list[PersonalRead]:
        query = select(PERSONAL_READ).where(clause).order_by(PERSONAL_READ.c.id.desc())
        with reading(self._engine) as connection:
            return [
                PersonalRead(
                    at=datetime.fromtimestamp(row["at"], UTC),
                    username=row["username"],
                    role=row["role"],
                    what=row["what"],
                    subject=row["subject"],
                    reason=row["reason"],
                    address=row["address"],
                )
                for row in connection.execute(query).mappings()
            ]
