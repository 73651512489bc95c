"""What is stored, what a gc frees, what a repair healed, and the policy."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

from jupyter_mvt.history.results import span
from jupyter_mvt.views import escape, format, parts, tables, wire

if TYPE_CHECKING:
    from jupyter_mvt.history.results import GcReport, RepairReport, Usage, UsageRow
    from jupyter_mvt.objects.settings import Settings
    from jupyter_mvt.store.packer import PackReport

__all__ = ["gc", "repair", "settings", "usage"]

_TILES, _RUNS = 24, 24
_PROMISE = "Nothing labelled, and no ancestor of it, is ever freed."


def _notice(
    title: str, said: list[str], command: str = "", *, warns: bool = False
) -> wire.NoticeView:
    return {"view": "notice", "schema": parts.SCHEMA, "kind": "warning" if warns else "done",
            "title": title, "text": " ".join(said), "command": command}  # fmt: skip


def gc(report: GcReport) -> wire.NoticeView:
    """Return the wire form of what a gc freed or would free."""
    if report.stopped:
        return _stopped(report)
    deleted = format.size(report.deleted_bytes)
    idle = not report.packs and not report.tables and not report.thin
    unfinished = report.packed is not None and not report.packed.finished
    if idle and report.packed and report.packed.dropped and not unfinished:
        title, more = _packed(report, report.packed)
        return _notice(title, more + _in_use(report.busy))
    if idle and report.busy and not report.deleted_bytes and not unfinished:
        return _notice("Nothing could be freed.", _in_use(report.busy))
    if idle and not report.deleted_bytes and not unfinished:
        held = f"What undo can bring back within {report.grace_days:g} days is kept."
        return _notice("There is nothing to free.", [held] if report.grace_days else [])
    said = [] if idle or not unfinished else [_freed(report)]
    if report.thin:
        names = span(version.number for version in report.thin)
        be = "would become" if report.dry_run else "is now" if len(report.thin) == 1 else "are now"
        it, its = ("it", "its") if len(report.thin) == 1 else ("them", "their")
        said.append(f"{names} {be} thin: what describes {it} is kept, {its} content goes.")
        if not report.freed_bytes:
            said.append("Others need nearly all of it.")
    if report.deleted_bytes:
        be = "would be" if report.dry_run else "was"
        said.append(f"{deleted} {be} deleted for good.")
    said += _in_use(report.busy)
    is_final = not report.grace_days
    if report.tables:
        be = "would go" if report.dry_run else "go"
        said.append(f"{format.plural(report.tables, 'file')} of undone evaluations {be}.")
    if (report.packs or report.tables) and not is_final:
        until = format.moment(report.until_us // 1000)
        goes = "It would be" if report.dry_run else "It is"
        said.append(f"{goes} deleted by the first gc after {until}; until then undo works.")
    if report.damaged:
        said.append(f"{format.plural(len(report.damaged), 'pack')} stay: another copy is damaged.")
    if report.packed and (report.packed.dropped or unfinished):
        title, more = _packed(report, report.packed)
        said += [f"Packing: {title}", *more] if report.packed.dropped else []
        said += ["What is left to pack waits for the next gc."] if unfinished else []
    said.append(_PROMISE)
    command = f"%mvt undo {report.operation}" if report.operation and not is_final else ""
    if report.dry_run:
        command = "%mvt gc" + "".join(f" --drop {shlex.quote(words)}" for words in report.asked)
    if unfinished:
        return {**_notice("The gc was stopped.", said, command or "%mvt gc"), "kind": "info"}
    return _notice(_freed(report), said, command)


def _stopped(report: GcReport) -> wire.NoticeView:
    done, left = (format.size(size) for size in (report.deleted_bytes, report.left_bytes))
    said = f"{done} deleted for good; {left} more waits for the next gc."
    told = [said if report.left_bytes else "Nothing was changed.", *_in_use(report.busy)]
    return {**_notice("The gc was stopped.", told, "%mvt gc"), "kind": "info"}


def _freed(report: GcReport) -> str:
    """Return what came of it in a sentence; bytes that other versions share are not freed."""
    freed = format.size(report.freed_bytes)
    if report.thin and not report.freed_bytes:
        names = span(version.number for version in report.thin)
        return f"Dropping {names} {'frees' if report.dry_run else 'freed'} nothing yet."
    if report.dry_run:
        return f"{freed} would be freed."
    return f"{freed} {'dropped' if report.grace_days or report.busy else 'freed'}."


def _in_use(busy: tuple[str, ...]) -> list[str]:
    """Return the sentence that tells of files which something else has open."""
    if not busy:
        return []
    packs = sum(key.endswith(".pack") for key in busy)
    what = format.plural(len(busy), "pack" if packs == len(busy) else "file")
    return [f"{what} {'is' if len(busy) == 1 else 'are'} in use and will be freed by the next gc."]


def _packed(report: GcReport, packed: PackReport) -> tuple[str, list[str]]:
    before, after = format.size(packed.before_bytes), format.size(packed.after_bytes)
    if packed.saved_bytes < 0:
        return ("What is in use loads at once again.",
                [f"{before} take {after} now; each is as it was."])  # fmt: skip
    said = [f"{before} of old versions take {after} now; each is as it was."]
    if report.grace_days:
        said.append("The first gc a day from now deletes what they took before.")
    return f"{format.size(max(packed.saved_bytes, 0))} saved.", said


def repair(report: RepairReport) -> wire.NoticeView:
    """Return the wire form of a repair."""
    healed = f"{format.plural(report.healed, 'object')} healed"
    if report.lost:
        lost = format.plural(len(report.lost), "object")
        done = healed if report.healed else "Nothing could be healed"
        return _notice(f"{done}; of {lost} there is no good copy.",
                       ["Another repository may have one:"],
                       "%mvt fsck --repair --from FOLDER", warns=True)  # fmt: skip
    said = [f"The file {name!r} was written anew." for name in report.files]
    said += [f"The file {name!r} was deleted: no operation of this log leads to it."
             for name in report.removed]  # fmt: skip
    changed = [format.plural(count, what) for count, what in
               ((report.packs, "pack"), (report.operations, "operation")) if count]  # fmt: skip
    if changed:
        was = "was" if report.packs + report.operations == 1 else "were"
        said.append(f"{' and '.join(changed)} {was} replaced.")
    said += _in_use(report.busy)
    if not said and not report.healed:
        return _notice("There was nothing to repair.", [])
    return _notice(f"{healed if report.healed else 'Repaired'}; nothing is missing.", said)


def settings(found: Settings) -> wire.TableView:
    """Return the wire form of a repository's policy."""
    if found.keep_last is None:
        rows = [("Versions kept whole", "all that a branch, tag or label reaches")]
    else:
        rows = [("Kept whole, of each branch", f"the last {format.count(found.keep_last)}")]
        if found.keep_best:
            best = f"{format.count(found.keep_best)} by {escape.line(found.keep_by, 80)}"
            rows.append(("Kept whole, the best", best))
        if found.keep_days:
            rows.append(("Kept whole, younger than", f"{found.keep_days:g} days"))
    rows.append(("Undo of gc", f"for {found.grace_days:g} days"))
    rows.append(("Packing when idle", "on" if found.pack_when_idle else "off"))
    rows.append(("Figures and tables", "kept" if found.keep_outputs else "not kept"))
    quota = "none" if found.quota_bytes is None else format.size(found.quota_bytes)
    rows.append(("Quota", quota))
    prices = ((found.cost_per_hour, "an hour"), (found.cost_per_request, "a request"))
    said = " and ".join(
        f"{format.number(price, '$')} {what}" for price, what in prices if price is not None
    )
    if said and found.requests_per_day:
        often = f"{format.brief(found.requests_per_day)} requests a day, "
        often += f"{format.brief(found.concurrency)} at once"
        rows.append(("Cost", f"{said}, {often}"))
    table = _table("Settings", (("Setting", False), ("Value", False)), [
        [{"text": rule}, {"text": value}] for rule, value in rows
    ])  # fmt: skip
    table["counted"] = ""
    return table


def usage(found: Usage) -> wire.TreemapView:
    """Return the wire form of what is stored: its sums, its parts, and the same as a table."""
    heads = (("Name", False), ("Size", True), ("Its own", True), ("Message", False))
    stored, full = format.size(found.stored_bytes), format.size(found.full_bytes)
    title = f"{stored} on disk, {full} as full copies"
    if found.trash_bytes:
        title += f", {format.size(found.trash_bytes)} of it in the trash"
    if found.quota_bytes is not None:
        title += f", quota {format.size(found.quota_bytes)}"
    if found.free_bytes:
        title += f"; gc frees {format.size(found.free_bytes)}"
    if found.droppable and found.droppable_bytes:
        title += f"; dropping {found.droppable} frees {format.size(found.droppable_bytes)}"
    rows = [_row(row, "branch") for row in found.branches]
    rows += [_row(row, "version") for row in found.versions]
    table = _table(title, heads, rows)
    return {
        "view": "treemap",
        "schema": parts.SCHEMA,
        "title": title,
        "figures": _sums(found),
        "items": _parts(found),
        "columns": table["columns"],
        "rows": rows,
        "total": len(rows),
        "empty": table["empty"],
        "text": _PROMISE,
        "command": "%mvt gc --dry-run" if found.free_bytes else "",
    }


def _sums(found: Usage) -> list[wire.Fact]:
    sums = [(format.size(found.stored_bytes), "on disk"),
            (format.size(found.full_bytes), "if all were full copies"),
            (format.size(found.free_bytes), "would be freed")]  # fmt: skip
    if found.trash_bytes:
        sums.insert(1, (format.size(found.trash_bytes), "of it in the trash"))
    if found.quota_bytes is not None:
        sums.append((format.size(found.quota_bytes), "quota"))
    return [{"key": said, "text": size} for size, said in sums]


def _parts(found: Usage) -> list[wire.TreeItem]:
    """Return what the bytes on disk are for, largest first; small versions are taken together."""
    ranked = sorted(found.versions, key=lambda row: -row.own_bytes)
    shown = [row for row in ranked if row.own_bytes > 0]
    items = [
        _item(row.name, row.own_bytes, "version",
              ", ".join(text for text in (row.branch, row.message) if text))
        for row in shown[:_TILES]
    ]  # fmt: skip
    items += _runs([row for row in found.versions if row in set(shown[_TILES:])])
    own = sum(row.own_bytes for row in shown)
    if found.tables_bytes:
        items.append(_item("evaluations", found.tables_bytes, "shared", "every example measured"))
    own += found.tables_bytes
    shared = found.stored_bytes - own - found.free_bytes - found.trash_bytes
    if shared > 0:
        items.append(_item("shared", shared, "shared", "used by several versions, and metadata"))
    if found.trash_bytes:
        items.append(_item("in the trash", found.trash_bytes, "free", "until undo ends"))
    if found.free_bytes:
        items.append(_item("not needed", found.free_bytes, "free", "no version needs it"))
    return sorted(items, key=lambda item: -(item["size"]["value"] or 0))


def _runs(rows: list[UsageRow]) -> list[wire.TreeItem]:
    """Return many small versions as a few tiles, each of neighbours: ``v20–v31``."""
    step = max(1, -(-len(rows) // _RUNS))
    runs = [rows[at : at + step] for at in range(0, len(rows), step)]
    return [
        _item(f"{run[-1].name}–{run[0].name}" if len(run) > 1 else run[0].name,
              sum(row.own_bytes for row in run), "version",
              format.plural(len(run), "smaller version"))
        for run in runs
    ]  # fmt: skip


def _item(
    name: str, nbytes: int, kind: Literal["version", "shared", "free"], text: str
) -> wire.TreeItem:
    return {"name": escape.line(name, 80), "text": escape.line(text, 120), "kind": kind,
            "size": {"text": format.size(nbytes), "value": float(nbytes)},
            "freed": kind == "free"}  # fmt: skip


def _row(row: UsageRow, kind: str) -> list[wire.Cell]:
    thin = " (thin)" if row.thin else ""
    name: wire.Cell = {"text": escape.line(row.name)}
    name["kind"] = "version" if kind == "version" else "branch"
    return [
        name,
        {"text": format.size(row.total_bytes), "value": float(row.total_bytes)},
        {"text": format.size(row.own_bytes), "value": float(row.own_bytes)},
        {"text": escape.line(row.message) + thin, "kind": "quiet"},
    ]


def _table(
    title: str, heads: tuple[tuple[str, bool], ...], rows: list[list[wire.Cell]]
) -> wire.TableView:
    return {"view": "table", "schema": parts.SCHEMA, "title": title,
            "columns": [tables.column(head, numeric=numeric) for head, numeric in heads],
            "rows": rows, "total": len(rows), "empty": "Nothing is stored yet.",
            "command": ""}  # fmt: skip
