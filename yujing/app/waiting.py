"""How many rows a token may post, and how long it has to wait for more."""

from dataclasses import dataclass, field


@dataclass
class Allowance:
    """A bucket for each token, filled evenly; a request may draw it below zero once.

    Parameters
    ----------
    rows_per_minute
        Size of the bucket and what flows into it each minute.
    """

    rows_per_minute: int
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def ask(self, token: str, rows: int, *, at: float) -> float:
        """Draw rows and return 0, or draw nothing and return the seconds to wait.

        Parameters
        ----------
        token
            Who asks.
        rows
            How many rows are wanted.
        at
            Now, in seconds; a clock that went back fills nothing.

        Examples
        --------
        >>> allowance = Allowance(60)
        >>> allowance.ask("a", 90, at=0), allowance.ask("a", 1, at=0), allowance.ask("a", 1, at=31)
        (0.0, 30.0, 0.0)
        """
        left, since = self._left.get(token, (float(self.rows_per_minute), at))
        rate = self.rows_per_minute / 60
        left = min(left + max(at - since, 0.0) * rate, float(self.rows_per_minute))
        if left <= 0:
            self._left[token] = (left, at)
            return max(-left / rate, 1.0)
        self._left[token] = (left - rows, at)
        return 0.0
