"""Where things lie in Grafana; all by uid, because numbers differ between installations."""

from dataclasses import dataclass
from typing import Any

from dashboards.panel import Board

CLICKHOUSE = {"type": "grafana-clickhouse-datasource", "uid": "yujing-clickhouse"}
PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}
EXPRESSION = {"type": "__expr__", "uid": "__expr__"}
MARK = "yujing"  # the tag of boards and annotations, the word that begins our version messages
TIMEZONE = "Asia/Shanghai"
_VIEW, _EDIT = 1, 2


@dataclass(frozen=True)
class Folder:
    """A folder of boards.

    Parameters
    ----------
    uid, title
        Of it.
    roles
        What the basic roles may do there; a role that is not named may not open it.
    """

    uid: str
    title: str
    roles: tuple[tuple[str, int], ...]

    @property
    def permissions(self) -> list[dict[str, Any]]:
        """The roles as Grafana writes them."""
        return [{"role": role, "permission": level} for role, level in self.roles]


LEADERS = Folder("yujing-boards", "预警：领导看板", (("Viewer", _VIEW), ("Editor", _VIEW)))
OPERATORS = Folder("yujing-operators", "预警：平台运行", (("Editor", _EDIT),))
FOLDERS = (LEADERS, OPERATORS)


def folder_of(board: Board) -> Folder:
    """Return the folder that a board lies in."""
    return OPERATORS if board.operators else LEADERS


def uid_of(board: Board) -> str:
    """Return the uid of a board."""
    return f"yujing-{board.code}"
