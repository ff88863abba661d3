"""What a batch says about identities: the only bearer of personal text on its way to the vault."""

from dataclasses import dataclass, field


@dataclass(repr=False)
class Identities:
    """Personal texts of a batch, each with the key under which the rest of Yujing knows it.

    Its text never shows in a log: `repr` gives numbers only.
    """

    persons: list[tuple[int, str | None, str | None, str | None]] = field(default_factory=list)
    """(person key, ID number, name, phone); None where the batch does not say."""

    households: list[tuple[int, str]] = field(default_factory=list)
    """(household key, household number)."""

    employers: list[tuple[int, str]] = field(default_factory=list)
    """(employer key, credit code or name)."""

    notes: list[tuple[int, str]] = field(default_factory=list)
    """(fact, free text)."""

    @classmethod
    def empty(cls) -> "Identities":
        """Return one without content."""
        return cls()

    def extend(self, other: "Identities") -> None:
        """Add the content of another batch behind one's own."""
        self.persons.extend(other.persons)
        self.households.extend(other.households)
        self.employers.extend(other.employers)
        self.notes.extend(other.notes)

    def __bool__(self) -> bool:
        """Return whether there is anything to remember."""
        return bool(self.persons or self.households or self.employers or self.notes)

    def __repr__(self) -> str:
        return (
            f"Identities({len(self.persons)} persons, {len(self.households)} households, "
            f"{len(self.employers)} employers, {len(self.notes)} notes)"
        )
