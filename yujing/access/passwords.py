"""Passwords: hashing with argon2id, what a password must be, and temporary ones."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LENGTH = 8
MOST_LENGTH = 200  # longer ones only cost time to hash
# no 0 O 1 l i: read from paper and typed on a phone
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_COMMON = ("password", "qwertyui", "abc12345", "a1234567", "1qaz2wsx", "12345678a", "guizhou")


def weakness(password: str, username: str) -> str | None:
    """Return what is wrong with a new password, as one Chinese line, or None.

    Examples
    --------
    >>> weakness("12345678", "wang") is not None, weakness("shan-ping-2026", "wang")
    (True, None)
    """
    if len(password) < LEAST_LENGTH:
        return f"密码至少 {LEAST_LENGTH} 位，请再加长一些。"
    if len(password) > MOST_LENGTH:
        return f"密码最多 {MOST_LENGTH} 位，请缩短一些。"
    if password.isdigit():
        return "密码不能只有数字，请加上字母。"
    if len(set(password)) < 4:
        return "密码重复的字太多，请换一个。"
    lowered = password.lower()
    if username and username.lower() in lowered:
        return "密码里不要包含账号名，请换一个。"
    if any(word in lowered for word in _COMMON):
        return "这个密码太常见，请换一个。"
    return None


def temporary_password() -> str:
    """Return a random password to hand over on paper, about 59 bits."""
    letters = [secrets.choice(_ALPHABET) for _ in range(12)]
    return "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


class Passwords:
    """Hashes and checks; an unknown account costs as much time as a wrong password.

    Parameters
    ----------
    hasher
        argon2's hasher; tests bring a cheap one.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """Return the hash to store."""
        return self._hasher.hash(password)

    def fits(self, stored: str | None, password: str) -> bool:
        """Tell whether a password fits the stored hash; None stands for an unknown account."""
        if len(password) > MOST_LENGTH:
            return False
        if stored is None:
            if self._nobody is None:
                self._nobody = self._hasher.hash(secrets.token_hex(16))
            stored, password = self._nobody, password + "x"
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
