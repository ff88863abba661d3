"""Keys of one person joined by identity.link: the smallest key of a component names the row."""

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]


class Links:
    """Effective links and the components that they make; few, so plain dictionaries do."""

    def __init__(self) -> None:
        self._edges: dict[int, tuple[int, int]] = {}  # fact -> the two keys
        self._canonical: dict[int, int] = {}  # linked key -> smallest key of its component
        self._linked = np.empty(0, dtype=np.uint64)
        self._targets = np.empty(0, dtype=np.uint64)

    def __len__(self) -> int:
        return len(self._edges)

    def edges(self) -> dict[int, tuple[int, int]]:
        """Return the effective links by fact."""
        return dict(self._edges)

    def canonical(self, keys: Keys) -> Keys:
        """Return the key that names each key's row."""
        if not len(self._linked):
            return keys
        place = np.minimum(np.searchsorted(self._linked, keys), len(self._linked) - 1)
        return np.where(self._linked[place] == keys, self._targets[place], keys)

    def component(self, keys: Keys) -> Keys:
        """Return these keys and every key joined with one of them."""
        if not len(self._linked):
            return np.unique(keys)
        named = np.unique(self.canonical(keys))
        return np.unique(np.concatenate([named, self._linked[np.isin(self._targets, named)]]))

    def with_others(self, keys: Keys) -> Keys:
        """Return those of these keys that are joined with others, and these others; rising."""
        known = keys[np.isin(keys, self._linked)]
        return self.component(known) if len(known) else known

    def change(self, edges: dict[int, tuple[int, int] | None]) -> Keys:
        """Set or take away links.

        Parameters
        ----------
        edges
            By fact; None takes the link away.

        Returns
        -------
        Keys whose component is another than before; empty when nothing changed.
        """
        touched: set[int] = set()
        for fact, edge in edges.items():
            before = self._edges.pop(fact, None)
            if edge is not None:
                self._edges[fact] = edge
            if before != edge:
                touched.update(before or (), edge or ())
        if not touched:
            return np.empty(0, dtype=np.uint64)
        keys = np.array(sorted(touched), dtype=np.uint64)
        old = self.component(keys)
        self._join()
        return np.union1d(old, self.component(keys))

    def _join(self) -> None:
        parent: dict[int, int] = {}

        def root(key: int) -> int:
            while parent.setdefault(key, key) != key:
                parent[key] = parent[parent[key]]
                key = parent[key]
            return key

        for one, other in self._edges.values():
            low, high = sorted((root(one), root(other)))
            parent[high] = low
        self._canonical = {key: root(key) for key in sorted(parent)}
        self._linked = np.array(list(self._canonical), dtype=np.uint64)
        self._targets = np.array(list(self._canonical.values()), dtype=np.uint64)
