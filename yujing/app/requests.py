"""Every request that a command can make of an open data directory, and who answers it.

The list is the same for a command that opened the data itself and for one that asks a running
`serve`; that is why both give the same output.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from yujing.app.output import Output
from yujing.errors import UsageError

if TYPE_CHECKING:
    from yujing.app.county import County

Arguments = Mapping[str, Any]
Answer = Callable[["County", Arguments, Output], int]

ANSWERS: dict[str, str] = {
    "ingest": "yujing.app.ingest:answer",
    "publish": "yujing.app.publish:answer",
    "sweep": "yujing.app.sweep:answer",
    "digest": "yujing.app.digest:answer",
    "rebuild": "yujing.app.rebuild:answer",
    "explain": "yujing.app.explain:answer",
    "snapshot": "yujing.app.learning:answer_snapshot",
    "models.accept": "yujing.app.models:accept",
    "models.list": "yujing.app.models:list_models",
    "models.show": "yujing.app.models:show",
    "models.diff": "yujing.app.models:diff",
    "models.promote": "yujing.app.models:promote",
    "models.rollback": "yujing.app.models:rollback",
    "quality": "yujing.app.quality:answer",
    "doubles.find": "yujing.app.doubles:find",
    "doubles.list": "yujing.app.doubles:list_doubles",
    "doubles.same": "yujing.app.doubles:same",
    "doubles.different": "yujing.app.doubles:different",
    "doubles.undo": "yujing.app.doubles:undo",
    "deadletters.list": "yujing.app.deadletters:list_letters",
    "deadletters.show": "yujing.app.deadletters:show",
    "deadletters.replay": "yujing.app.deadletters:replay",
    "sources.list": "yujing.app.sources:list_sources",
    "sources.check": "yujing.app.sources:check",
    "sources.resume": "yujing.app.sources:resume",
    "sources.discard": "yujing.app.sources:discard",
    "users.list": "yujing.app.people:list_users",
    "users.import": "yujing.app.people:import_users",
    "users.add": "yujing.app.people:add",
    "users.reset": "yujing.app.people:reset",
    "users.disable": "yujing.app.people:disable",
    "tokens.list": "yujing.app.people:list_tokens",
    "tokens.create": "yujing.app.people:create_token",
    "tokens.revoke": "yujing.app.people:revoke_token",
    "tokens.rotate": "yujing.app.people:rotate_token",
    "packages.address": "yujing.app.packages:show_address",
    "packages.trust": "yujing.app.packages:trust",
    "packages.distrust": "yujing.app.packages:distrust",
    "packages.senders": "yujing.app.packages:list_senders",
    "packages.make": "yujing.app.packages:make_package",
    "packages.inspect": "yujing.app.packages:inspect",
    "packages.take": "yujing.app.packages:take",
    "policy.list": "yujing.app.policy:list_rows",
    "policy.add": "yujing.app.policy:add",
    "policy.check": "yujing.app.policy:check",
    "report.make": "yujing.app.reports:make_report",
    "report.list": "yujing.app.reports:list_reports",
    "report.show": "yujing.app.reports:show_report",
    "report.sign": "yujing.app.reports:sign",
    "doctor": "yujing.app.doctor:answer",
    "backup": "yujing.app.backup:answer",
}


@dataclass(frozen=True)
class Request:
    """One command with its arguments as JSON values; paths are absolute."""

    command: str
    arguments: Arguments


def perform(county: "County", request: Request, output: Output) -> int:
    """Answer a request and return the exit status.

    Raises
    ------
    UsageError
        If there is no such request.
    YujingError
        As the use case says.
    """
    if request.command not in ANSWERS:
        raise UsageError(f"there is no request {request.command!r}")
    module, _, name = ANSWERS[request.command].partition(":")
    answer: Answer = getattr(import_module(module), name)
    return answer(county, request.arguments, output)
