"""Passwords: hashing, the unknown account, temporary ones."""

from argon2 import PasswordHasher

from yujing.access.passwords import Passwords, temporary_password, weakness


def cheap() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_a_hash_fits_its_password_alone() -> None:
    passwords = cheap()
    stored = passwords.hash("shan-ping-26")

    assert passwords.fits(stored, "shan-ping-26")
    assert not passwords.fits(stored, "shan-ping-27")
    assert not passwords.fits(stored, "s" * 201)


def test_nobody_and_a_broken_hash_fit_nothing() -> None:
    passwords = cheap()

    assert not passwords.fits(None, "shan-ping-26")
    assert not passwords.fits("no hash", "shan-ping-26")


def test_temporary_passwords_differ_and_are_strong_enough() -> None:
    drawn = {temporary_password() for _ in range(50)}

    assert len(drawn) == 50
    assert all(weakness(password, "wang") is None for password in drawn)
