"""Packages for systems without a network path: `yujing packages`.

Whoever sends makes a package for the address of whoever takes; whoever takes trusts the address of
whoever sends, for one source and some places. A part that is missing or damaged is named, and only
that part is needed again. A package that was taken whole changes nothing when it is taken again.
"""

import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from streams.door.files import Limits, read_lines
from streams.packages.address import Address, Identity
from streams.packages.making import PART_BYTES, Source, make
from streams.packages.manifest import SUFFIX, Manifest, read_manifest, to_bytes
from streams.packages.opening import Looked, Package, look, read_part
from streams.sheets.workbook import read_bytes
from yujing.app.county import County
from yujing.app.event_files import Wishes, status_of, wishes_of
from yujing.app.output import DONE, FAILED, PARTLY, Fields, Output
from yujing.app.package_intake import PackageIntake
from yujing.app.package_ledger import Sender, Senders, Taken
from yujing.app.people import BY, source_of
from yujing.app.purposes import grant_for
from yujing.app.requests import Arguments
from yujing.app.sheets.files import is_sheet_file
from yujing.errors import UnreadableFileError, UsageError
from yujing.storage.private import private_directory, write_private

STAGED = "packages"
_MEBIBYTE = 2**20


def show_address(county: County, _arguments: Arguments, output: Output) -> int:
    """Show the address that packages for this installation are made for."""
    text = _identity(county).address.text
    output.result({"address": text}, text)
    return DONE


def trust(county: County, arguments: Arguments, output: Output) -> int:
    """Take packages of an address from now on."""
    sender = Senders(county.engine).trust(
        Address.read(arguments["address"]), source_of(arguments["source"]),
        tuple(arguments["regions"]), label=arguments["label"], at=county.now_s(), by=BY,
    )  # fmt: skip
    output.result(_of_sender(sender))
    return DONE


def distrust(county: County, arguments: Arguments, output: Output) -> int:
    """Take no more packages of a sender."""
    number = int(arguments["number"])
    Senders(county.engine).distrust(number, at=county.now_s())
    output.result({"number": number, "trusted": False})
    return DONE


def list_senders(county: County, _arguments: Arguments, output: Output) -> int:
    """Show whose packages are taken."""
    for sender in Senders(county.engine).list():
        output.result(_of_sender(sender))
    return DONE


def make_package(county: County, arguments: Arguments, output: Output) -> int:
    """Make a package of files; made again, only what is missing or damaged is written."""
    directory, files = Path(arguments["directory"]), [Path(name) for name in arguments["files"]]
    if not directory.is_dir():
        raise UsageError(f"there is no directory {directory}")
    limits = Limits(line_bytes=county.settings.line_bytes)
    sources = [_source(path, limits) for path in files]
    part_bytes = int(float(arguments["part_mb"]) * _MEBIBYTE) if arguments["part_mb"] else 0
    made = make(
        directory, sources, _identity(county), Address.read(arguments["to"]),
        at=county.now(), part_bytes=part_bytes or PART_BYTES,
    )  # fmt: skip
    manifest = made.manifest
    output.result(
        {
            "package": manifest.id, "manifest": str(directory / manifest.file_name),
            "parts": len(manifest.parts), "written": list(made.written),
            "bytes": sum(part.bytes for part in manifest.parts),
            "files": [entry.name for entry in made.contents.entries],
        },
        f"{directory / manifest.file_name} and {len(manifest.parts)} parts, "
        f"{len(made.written)} written now",
    )  # fmt: skip
    return DONE


def inspect(county: County, arguments: Arguments, output: Output) -> int:
    """Show what lies of packages, whose they are, and what is in those for us."""
    directory = Path(arguments["directory"])
    wrong = False
    for manifest in _manifests(county, directory):
        looked = look(manifest, *_places(county, manifest, directory))
        sender = Senders(county.engine).find(manifest.sender)
        fields = {
            **_of_package(manifest, looked), "sender": manifest.sender,
            "trusted": None if sender is None else _of_sender(sender), "made_at": manifest.made_at,
            "for_us": manifest.taker == _identity(county).address.text,
            "taken": Taken(county.engine).done(manifest.id), "contents": None,
        }  # fmt: skip
        if fields["for_us"] and sender is not None:
            package = Package(manifest, _identity(county))
            fields["contents"] = [
                {"name": entry.name, "kind": entry.kind, "bytes": entry.bytes}
                for entry in package.contents.entries
            ]
        wrong |= not looked.whole
        output.result(fields)
    return PARTLY if wrong else DONE


def take(county: County, arguments: Arguments, output: Output) -> int:
    """Take in what lies of packages; what is missing is named, what is good is kept."""
    directory, wishes = Path(arguments["directory"]), wishes_of(arguments)
    statuses = [
        _take(county, manifest, directory, wishes, output)
        for manifest in _manifests(county, directory)
    ]
    if all(status == FAILED for status in statuses):
        return FAILED
    return PARTLY if any(statuses) else DONE


def _take(
    county: County, manifest: Manifest, directory: Path, wishes: Wishes, output: Output
) -> int:
    sender = Senders(county.engine).find(manifest.sender)
    if sender is None:
        raise UsageError(
            f"nobody said that packages of {manifest.sender} are taken: "
            "`yujing packages trust` does, after a call to whoever made it"
        )
    package, ledger = Package(manifest, _identity(county)), Taken(county.engine)
    if ledger.begin(manifest.id, sender, len(package.contents.entries), at=county.now_s()):
        text = f"{manifest.stem} was taken before; nothing changed"
        output.result({"package": manifest.id, "state": "known"}, text)
        return DONE
    places = _places(county, manifest, directory)
    looked = look(manifest, *places)
    if not looked.whole:
        _stage(county, manifest, looked, places)
        wanted = sorted([*looked.missing, *looked.damaged])
        names = [manifest.part_name(number) for number in wanted]
        output.result(
            {**_of_package(manifest, looked), "state": "incomplete", "needed": names},
            f"{manifest.stem} is not whole; bring {', '.join(names)} again, the rest is kept",
        )
        return FAILED
    results, unanswered = _take_files(county, package, sender, wishes, places, output)
    rows = sum(int(str(result["rows"])) for result in results)
    state = "asked" if unanswered else "taken"
    if not unanswered:
        ledger.finish(manifest.id, rows, at=county.now_s())
        shutil.rmtree(_stage_of(county, manifest), ignore_errors=True)
    output.result({"package": manifest.id, "state": state, "files": len(results), "rows": rows})
    return status_of(results)


def _take_files(
    county: County, package: Package, sender: Sender, wishes: Wishes, places: Sequence[Path],
    output: Output,
) -> tuple[list[Fields], bool]:  # fmt: skip
    """Take in the files of a whole package; return their results, and whether a sheet asks."""
    grant = grant_for(county.source_register, sender.source, sender.regions)
    by = f"package of {sender.label or sender.source.value}"
    intake = PackageIntake(county, grant, by, wishes, output)
    results = []
    for entry, pieces in package.entries(partial(_read, package.manifest, places)):
        result = intake.take(entry, pieces)
        results.append(result)
        output.result(result)
    return results, intake.unanswered


def _read(manifest: Manifest, places: Sequence[Path], number: int) -> bytes:
    for place in places:
        content = read_part(manifest, number, place / manifest.part_name(number))
        if content is not None:
            return content
    raise UnreadableFileError(
        f"{manifest.part_name(number)} can no longer be read; take the package again"
    )


def _manifests(county: County, directory: Path) -> list[Manifest]:
    """Return the packages that lie in a directory, or of which a part does that was missing."""
    if not directory.is_dir():
        raise UnreadableFileError(f"there is no directory {directory}")
    staged = _staged(county)
    found = {one.id: one for one in staged.values() if any(directory.glob(f"{one.stem}.*"))}
    for path in sorted(directory.glob(f"*{SUFFIX}")):
        try:
            manifest = read_manifest(path.read_bytes())
        except (OSError, UnreadableFileError) as error:
            if path.name in staged:  # a good copy was kept when the package was begun
                continue
            said = error.strerror if isinstance(error, OSError) else error
            raise UnreadableFileError(f"{path.name}: {said}") from None
        found[manifest.id] = manifest
    if not found:
        raise UnreadableFileError(f"no package lies in {directory}")
    return list(found.values())


def _staged(county: County) -> dict[str, Manifest]:
    """Return the packages that were begun and wait for parts, by the name of their manifest."""
    paths = sorted((county.settings.data / STAGED).glob(f"*/*{SUFFIX}"))
    return {path.name: read_manifest(path.read_bytes()) for path in paths}


def _places(county: County, manifest: Manifest, directory: Path) -> tuple[Path, ...]:
    """Return where parts of a package may lie: kept here from before, and on the stick."""
    return _stage_of(county, manifest), directory


def _stage(county: County, manifest: Manifest, looked: Looked, places: Sequence[Path]) -> None:
    """Keep what is good, sealed as it came, so that the stick need not bring it again."""
    private_directory(county.settings.data / STAGED)
    stage = private_directory(_stage_of(county, manifest))
    if not (stage / manifest.file_name).exists():
        write_private(stage / manifest.file_name, to_bytes(manifest))
    for number in looked.good:
        kept = stage / manifest.part_name(number)
        if not kept.exists():
            write_private(kept, _read(manifest, places, number))


def _stage_of(county: County, manifest: Manifest) -> Path:
    return county.settings.data / STAGED / manifest.id


def _source(path: Path, limits: Limits) -> Source:
    """Return a file as what goes in: a sheet as it is, events as lines, unpacked."""
    if is_sheet_file(path):
        content = read_bytes(path)
        return Source(path.name, "sheet", lambda: [content])

    def pieces() -> Iterator[bytes]:
        try:
            for _, lines in read_lines(path, limits=limits):
                yield b"\n".join(lines) + b"\n"
        except UnreadableFileError as error:
            raise UnreadableFileError(f"{path.name}: {error}") from None

    return Source(path.name, "events", pieces)


def _identity(county: County) -> Identity:
    return Identity(county.keys.package_secret)


def _of_package(manifest: Manifest, looked: Looked) -> dict[str, object]:
    return {
        "package": manifest.id, "parts": len(manifest.parts),
        "missing": list(looked.missing), "damaged": list(looked.damaged),
    }  # fmt: skip


def _of_sender(sender: Sender) -> dict[str, object]:
    return {
        "number": sender.id, "address": sender.address, "source": sender.source.value,
        "regions": list(sender.regions), "label": sender.label,
        "trusted": sender.revoked_at is None,
    }  # fmt: skip
