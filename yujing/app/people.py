"""Accounts and source tokens from the command line: `yujing users`, `yujing tokens`."""

import csv
from datetime import timedelta
from pathlib import Path

from streams.wire.catalogue import BY_NAME
from yujing.access.accounts import NewAccount
from yujing.access.roles import Role
from yujing.access.scope import Scope
from yujing.access.tokens import TokenGrant
from yujing.app.county import County
from yujing.app.output import DONE, Output
from yujing.app.purposes import refuse_beyond_purpose
from yujing.app.requests import Arguments
from yujing.domain.codes import Source
from yujing.errors import UnreadableFileError, UsageError

BY = "command line"
COLUMNS = ("username", "role", "scope")  # name and source may be missing


def list_users(county: County, _arguments: Arguments, output: Output) -> int:
    """Show every account."""
    for account in county.access.accounts.list():
        output.result(
            {
                "username": account.username,
                "role": account.role.value,
                "scope": account.scope.prefix,
                "name": account.name,
                "source": account.source.value if account.source else None,
                "must_change": account.must_change,
                "disabled": account.disabled,
            }
        )
    return DONE


def import_users(county: County, arguments: Arguments, output: Output) -> int:
    """Make the accounts of a CSV file, all or none, and show their first passwords."""
    accounts = read_accounts(Path(arguments["file"]))
    passwords = county.access.accounts.add_many(accounts, at=county.now(), by=BY)
    for account, password in zip(accounts, passwords, strict=True):
        _show(account, password, output)
    return DONE


def add(county: County, arguments: Arguments, output: Output) -> int:
    """Make one account and show its first password."""
    account = NewAccount(
        arguments["username"],
        _role(arguments["role"]),
        Scope.of(arguments["scope"]),
        arguments["name"],
        _source(arguments.get("source") or ""),
    )
    _show(account, county.access.accounts.add(account, at=county.now(), by=BY), output)
    return DONE


def reset(county: County, arguments: Arguments, output: Output) -> int:
    """Set and show a new first password."""
    username = arguments["username"]
    password = county.access.reset(username, at=county.now(), by=BY)
    output.result({"username": username, "password": password})
    return DONE


def disable(county: County, arguments: Arguments, output: Output) -> int:
    """Close an account, or open it again."""
    username, disabled = arguments["username"], bool(arguments["disabled"])
    county.access.disable(username, at=county.now(), by=BY, disabled=disabled)
    output.result({"username": username, "disabled": disabled})
    return DONE


def list_tokens(county: County, _arguments: Arguments, output: Output) -> int:
    """Show every token but its secret."""
    for token in county.access.tokens.list():
        output.result(
            {
                "number": token.id,
                "source": token.grant.source.value,
                "kinds": list(token.grant.kinds),
                "regions": list(token.grant.regions),
                "backfill": token.grant.backfill,
                "beyond_purpose": token.grant.beyond_purpose,
                "label": token.label,
                "created_at": token.created_at.isoformat(),
                "used_at": token.used_at.isoformat() if token.used_at else None,
                "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
                "valid_until": token.valid_until.isoformat() if token.valid_until else None,
                "follows": token.follows,
            }
        )
    return DONE


def create_token(county: County, arguments: Arguments, output: Output) -> int:
    """Make a token and show it, this once."""
    kinds = tuple(arguments["kinds"])
    for kind in kinds:
        if kind not in BY_NAME:
            raise UsageError(f"there is no event type {kind!r}; there are {', '.join(BY_NAME)}")
    source, beyond = source_of(arguments["source"]), bool(arguments.get("beyond_purpose"))
    if not beyond:
        refuse_beyond_purpose(county.source_register, source, kinds)
    grant = TokenGrant(source, kinds, tuple(arguments["regions"]), arguments["backfill"], beyond)
    token = county.access.tokens.create(grant, label=arguments["label"], at=county.now(), by=BY)
    number = county.access.tokens.list()[0].id
    output.result({"number": number, "source": grant.source.value, "token": token})
    return DONE


def rotate_token(county: County, arguments: Arguments, output: Output) -> int:
    """Make a token in the place of another, which holds a while longer, and show it, this once."""
    number, overlap = int(arguments["number"]), timedelta(days=int(arguments["overlap"]))
    token = county.access.tokens.rotate(number, overlap=overlap, at=county.now(), by=BY)
    new, *rest = county.access.tokens.list()
    old = next(one for one in rest if one.id == number)
    until = old.valid_until.isoformat() if old.valid_until else None
    output.result(
        {
            "number": new.id,
            "source": new.grant.source.value,
            "token": token,
            "follows": number,
            "old_valid_until": until,
        }
    )
    return DONE


def revoke_token(county: County, arguments: Arguments, output: Output) -> int:
    """Close a token."""
    number = int(arguments["number"])
    county.access.tokens.revoke(number, at=county.now())
    output.result({"number": number, "revoked": True})
    return DONE


def source_of(name: str) -> Source:
    """Return a source by its word.

    Raises
    ------
    UsageError
        Naming all there are.
    """
    known = [source for source in Source if source.value != "unknown"]
    for source in known:
        if source.value == name:
            return source
    raise UsageError(
        f"there is no source {name!r}; there are {', '.join(source.value for source in known)}"
    )


def read_accounts(path: Path) -> list[NewAccount]:
    """Return the accounts of a CSV file.

    Raises
    ------
    UnreadableFileError
        If it cannot be read or lacks a column.
    UsageError
        If a row is wrong; names its line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
            if missing:
                raise UnreadableFileError(f"{path.name}: no column {', '.join(missing)}")
            return [_account(row, line) for line, row in enumerate(reader, 2)]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UnreadableFileError(f"{path.name}: {reason}") from None


def _account(row: dict[str, str | None], line: int) -> NewAccount:
    try:
        return NewAccount(
            (row["username"] or "").strip(),
            _role((row["role"] or "").strip()),
            Scope.of((row["scope"] or "").strip()),
            (row.get("name") or "").strip(),
            _source((row.get("source") or "").strip()),
        )
    except UsageError as error:
        raise UsageError(f"line {line}: {error}") from None


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise UsageError(f"there is no role {word!r}; there are {known}") from None


def _source(word: str) -> Source | None:
    return source_of(word) if word else None


def _show(account: NewAccount, password: str, output: Output) -> None:
    output.result(
        {
            "username": account.username.strip().lower(),
            "role": account.role.value,
            "scope": account.scope.prefix,
            "source": account.source.value if account.source else None,
            "password": password,
        }
    )
