"""All boards in their order; a new one is a file beside this one and a line here."""

from dashboards.boards import (
    handling,
    labour,
    models,
    money,
    overview,
    platform,
    poverty,
    quality,
    returns,
)
from dashboards.panel import Board

BOARDS: tuple[Board, ...] = (
    overview.BOARD, labour.BOARD, returns.BOARD, poverty.BOARD, handling.BOARD,
    quality.BOARD, models.BOARD, money.BOARD, platform.BOARD,
)  # fmt: skip
BY_CODE = {board.code: board for board in BOARDS}
