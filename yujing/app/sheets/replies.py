"""The answer to a sheet: an outcome and a reason for each row, and a summary."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from streams.door.reading import Finding
from streams.pipeline import Outcome
from streams.sheets.answer_book import TableAnswer, write_answer
from streams.sheets.cells import Cell
from yujing.app.sheets.order import AnswerWriter, Delivered, month_text
from yujing.app.sheets.passage import RefusedLine
from yujing.app.sheets.plan import Part, Piece, Plan
from yujing.app.sheets.wording import OUTCOME_ZH, PLAIN_ZH, doubts_zh

_NOTHING = "本行没有可接收的内容"
_SAME_ROW = "本行其他内容被拒绝，整行未接收"
_FIELD = re.compile(r"[a-z][a-z_]{2,}[a-z]")
_WORDS = np.array([OUTCOME_ZH[outcome] for outcome in Outcome], dtype=object)


@dataclass
class PartReply:
    """What became of the rows of a part.

    Parameters
    ----------
    part
        The tables.
    outcomes
        `Outcome` of each row.
    refused
        Events that the door refused.
    findings
        Doubts of the data-quality rules, by row of the part.
    """

    part: Part
    outcomes: npt.NDArray[np.uint8]
    refused: Sequence[RefusedLine] = field(repr=False)
    findings: Sequence[Finding] = field(repr=False)

    @property
    def n_warnings(self) -> int:
        """Number of warnings of all rows."""
        return len(self.findings) + sum(len(p.frame.warnings) for p in self.part.pieces)

    def answers(self) -> list[TableAnswer]:
        """Return outcome and reason of each row, table by table."""
        reasons = self._reasons()
        return [
            TableAnswer(
                piece.table,
                _WORDS[self.outcomes[piece.first : piece.first + piece.n_rows]].tolist(),
                reasons[piece.first : piece.first + piece.n_rows],
            )
            for piece in self.part.pieces
        ]

    def _reasons(self) -> list[str]:
        told: dict[int, list[str]] = {}
        for piece in self.part.pieces:
            for fault in piece.frame.faults:
                told.setdefault(piece.first + fault.row, []).append(fault.zh)
        headers = [_headers(piece) for piece in self.part.pieces]
        starts = np.array([piece.first for piece in self.part.pieces])
        for line in self.refused:
            if line.reason_zh:
                names = headers[int(np.searchsorted(starts, line.row, side="right")) - 1]
                told.setdefault(line.row, []).append(_with_headers(line.reason_zh, names))
        for row in np.flatnonzero(self.outcomes > Outcome.DUPLICATE).tolist():
            if row not in told:
                told[row] = [PLAIN_ZH.get(Outcome(int(self.outcomes[row])), _NOTHING)]
        doubts = doubts_zh()
        for piece in self.part.pieces:
            for warning in piece.frame.warnings:
                told.setdefault(piece.first + warning.row, []).append("提示：" + warning.zh)
        for finding in self.findings:
            said = doubts.get(finding.rule, finding.rule)
            told.setdefault(finding.row, []).append("提示：" + said)
        reasons = [""] * self.part.n_rows
        for row, texts in told.items():
            reasons[row] = "；".join(dict.fromkeys(texts))
        return reasons


def answer_writer(plan: Plan, replies: Sequence[PartReply], delivered: Delivered) -> AnswerWriter:
    """Return what writes the answer to a file that was taken."""

    def write(target: Path | BinaryIO) -> None:
        by_table = {id(answer.table): answer for reply in replies for answer in reply.answers()}
        answers = [by_table[id(t)] for t in plan.book.tables if id(t) in by_table]
        write_answer(plan.book, answers, summary=_summary(plan, replies, delivered), target=target)

    return write


def _summary(plan: Plan, replies: Sequence[PartReply], delivered: Delivered) -> list[list[Cell]]:
    counts = delivered.counts
    rows: list[list[Cell]] = [
        ["行数", counts.rows],
        ["已接收", counts.accepted],
        ["重复", counts.duplicate],
        ["冲突", counts.conflict],
        ["已拒绝", counts.rejected],
        ["未匹配", counts.unmatched],
        ["提示", counts.warnings],
        ["因本表不再包含而撤回的记录", delivered.retracted],
        ["本表不再包含但保留的记录", delivered.held_back],
        ["月份", "、".join(map(month_text, delivered.months))],
    ]
    for reply in replies:
        for piece in reply.part.pieces:
            outcomes = reply.outcomes[piece.first : piece.first + piece.n_rows]
            numbers = Counter(outcomes.tolist())
            told = "，".join(
                f"{word}{numbers[outcome]}" for outcome, word in OUTCOME_ZH.items()
                if numbers[outcome]
            )  # fmt: skip
            name = piece.table.name or "本表"
            rows.append([f"工作表“{name}”", f"{reply.part.mapping.title}：{told}"])
            unknown = [piece.table.columns[i].header for i in piece.choice.unknown]
            if unknown:
                rows.append(["未识别的列（已加密保存）", "、".join(filter(None, unknown))])
    rows += [[f"未处理的工作表“{sheet.name}”", sheet.why_zh] for sheet in plan.left]
    rows += [["说明", note.zh] for note in plan.book.notes]
    rows += [["说明", note] for note in delivered.notes_zh]
    return rows


def _headers(piece: Piece) -> dict[str, str]:
    """Return the header of the column behind each field of the events."""
    columns, found = piece.choice.columns, {}
    for event in piece.choice.mapping.events:
        for name, value in event.values.items():
            for source in value.fields:
                if source in columns and name not in found:
                    found[name] = piece.table.columns[columns[source]].header
    return found | {name: piece.table.columns[at].header for name, at in columns.items()}


def _with_headers(reason: str, headers: dict[str, str]) -> str:
    """Name columns in a reason as the sheet calls them."""

    def header(found: re.Match[str]) -> str:
        return f"“{headers[found[0]]}”" if found[0] in headers else found[0]

    return _FIELD.sub(header, reason)
