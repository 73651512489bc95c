"""Whole texts of what is stored, freed, kept and healed."""

from __future__ import annotations

from textwrap import dedent

import pytest

from jupyter_mvt.history.results import GcReport, RepairReport, Usage, UsageRow
from jupyter_mvt.objects.settings import Settings
from jupyter_mvt.store.faults import FsckReport, Problem
from jupyter_mvt.store.packer import PackReport
from jupyter_mvt.views.register import plain
from jupyter_mvt.views.text import Look
from tests.views import samples

PACK = f"packs/{'5e' * 32}.pack"
LOOK = Look(width=88, now_ms=samples.NOW // 1000)


def shown(value: object) -> str:
    return "\n" + plain(value, LOOK).replace("\u00a0", " ") + "\n"


def report(**fields: object) -> GcReport:
    plan = {"dry_run": False, "thin": (), "packs": 0, "freed_bytes": 0, "deleted_bytes": 0,
            "until_us": samples.NOW, "grace_days": 14.0}  # fmt: skip
    return GcReport(**{**plan, **fields})


THIN = tuple(samples.ref(number) for number in (3, 4, 5))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            report(dry_run=True, thin=THIN, packs=2, freed_bytes=41_000_000),
            """
            ✓ 41.0 MB would be freed.
              v3–v5 would become thin: what describes them is kept, their content goes. It would be
              deleted by the first gc after 2026-11-18 11:06 UTC; until then undo works. Nothing
              labelled, and no ancestor of it, is ever freed.
                %mvt gc
            """,
        ),
        (
            report(thin=THIN[:1], packs=2, freed_bytes=41_000_000, operation=12),
            """
            ✓ 41.0 MB dropped.
              v3 is now thin: what describes it is kept, its content goes. It is deleted by the
              first gc after 2026-11-18 11:06 UTC; until then undo works. Nothing labelled, and no
              ancestor of it, is ever freed.
                %mvt undo 12
            """,
        ),
        (
            report(packed=PackReport(dropped=("p",), written=("q",), encoded=9,
                                     before_bytes=2_400_000, after_bytes=2_800_000)),
            """
            ✓ What is in use loads at once again.
              2.4 MB take 2.8 MB now; each is as it was.
            """,
        ),
        (
            report(packs=1, freed_bytes=9, deleted_bytes=50, operation=12, grace_days=0.0),
            """
            ✓ 9 B freed.
              50 B was deleted for good. Nothing labelled, and no ancestor of it, is ever freed.
            """,
        ),
        (
            report(packed=PackReport(dropped=("p",), written=("q",), encoded=9,
                                     before_bytes=341_000_000, after_bytes=98_000_000)),
            """
            ✓ 243 MB saved.
              341 MB of old versions take 98.0 MB now; each is as it was. The first gc a day from
              now deletes what they took before.
            """,
        ),
        (
            report(packs=1, freed_bytes=9, deleted_bytes=50, operation=12, grace_days=0.0,
                   packed=PackReport(dropped=("p",), before_bytes=41_000, after_bytes=1_000)),
            """
            ✓ 9 B freed.
              50 B was deleted for good. Packing: 40.0 kB saved. 41.0 kB of old versions take 1.0 kB
              now; each is as it was. Nothing labelled, and no ancestor of it, is ever freed.
            """,
        ),
        (
            report(),
            """
            ✓ There is nothing to free.
              What undo can bring back within 14 days is kept.
            """,
        ),
        (
            RepairReport(healed=3, operations=0, packs=1),
            """
            ✓ 3 objects healed; nothing is missing.
              1 pack was replaced.
            """,
        ),
        (
            RepairReport(healed=0, operations=1, packs=1, files=("format",)),
            """
            ✓ Repaired; nothing is missing.
              The file 'format' was written anew. 1 pack and 1 operation were replaced.
            """,
        ),
        (
            RepairReport(healed=0, operations=0, packs=0),
            """
            ✓ There was nothing to repair.
            """,
        ),
        (
            FsckReport(files=15, operations=5, objects=17, bytes=2_600_000, problems=(
                Problem(kind="corrupt-pack", text=f"The pack {PACK} is corrupt: it is cut off."),
                Problem(kind="missing-object", text=f"The object {'7' * 64} is missing.",
                        labels=("production",), versions=tuple(f"v{i}" for i in range(2, 13))),
                Problem(kind="unknown-file", text="The file packs/notes.txt does not belong here."),
            )),
            f"""
            3 faults in 15 files, 5 operations, 17 objects, 2.6 MB

            ! corrupt-pack: The pack
              {PACK} is
              corrupt: it is cut off.
              Touches perhaps production, v2, v3, v4, v5, v6, v7, v8, v9, 3 more versions.

            ! missing-object: The object
              {'7' * 64} is missing.
              Touches production, v2, v3, v4, v5, v6, v7, v8, v9, 3 more versions.

            ! unknown-file: The file packs/notes.txt does not belong here.
              Touches no version.

              %mvt fsck --repair
            """,
        ),
        (
            RepairReport(healed=0, operations=0, packs=0, lost=("ab",)),
            """
            ! Nothing could be healed; of 1 object there is no good copy.
              Another repository may have one:
                %mvt fsck --repair --from FOLDER
            """,
        ),
        (
            Settings(keep_last=10, keep_best=3, keep_by="accuracy", quota_bytes=20 * 10**9),
            """
            Settings

            Setting                     Value
            ──────────────────────────  ─────────────
            Kept whole, of each branch  the last 10
            Kept whole, the best        3 by accuracy
            Undo of gc                  for 14 days
            Packing when idle           on
            Figures and tables          kept
            Quota                       20.0 GB
            """,
        ),
        (
            Settings(cost_per_hour=0.5, requests_per_day=100_000.0),
            """
            Settings

            Setting              Value
            ───────────────────  ────────────────────────────────────────────────
            Versions kept whole  all that a branch, tag or label reaches
            Undo of gc           for 14 days
            Packing when idle    on
            Figures and tables   kept
            Quota                none
            Cost                 $0.50 an hour, 100,000 requests a day, 1 at once
            """,
        ),
        (
            report(stopped=True, deleted_bytes=50, left_bytes=41_000),
            """
            The gc was stopped.
            50 B deleted for good; 41.0 kB more waits for the next gc.
              %mvt gc
            """,
        ),
        (
            report(packs=1, freed_bytes=900_000, deleted_bytes=300_000, operation=12,
                   grace_days=0.0, thin=THIN[:1], busy=("packs/a.pack", "packs/b.pack")),
            """
            ✓ 900 kB dropped.
              v3 is now thin: what describes it is kept, its content goes. 300 kB was deleted for
              good. 2 packs are in use and will be freed by the next gc. Nothing labelled, and no
              ancestor of it, is ever freed.
            """,
        ),
        (
            report(busy=("packs/a.pack", "tables/b.parquet")),
            """
            ✓ Nothing could be freed.
              2 files are in use and will be freed by the next gc.
            """,
        ),
        (
            report(grace_days=0.0, busy=("packs/a.pack",),
                   packed=PackReport(dropped=("p",), before_bytes=41_000, after_bytes=9_000)),
            """
            ✓ 32.0 kB saved.
              41.0 kB of old versions take 9.0 kB now; each is as it was. 1 pack is in use and will
              be freed by the next gc.
            """,
        ),
        (
            RepairReport(healed=3, operations=0, packs=1, busy=("packs/a.pack",)),
            """
            ✓ 3 objects healed; nothing is missing.
              1 pack was replaced. 1 pack is in use and will be freed by the next gc.
            """,
        ),
        (
            report(stopped=True),
            """
            The gc was stopped.
            Nothing was changed.
              %mvt gc
            """,
        ),
        (
            report(packed=PackReport(dropped=("p",), before_bytes=41_000, after_bytes=9_000,
                                     finished=False)),
            """
            The gc was stopped.
            Packing: 32.0 kB saved. 41.0 kB of old versions take 9.0 kB now; each is as it was. The
            first gc a day from now deletes what they took before. What is left to pack waits for
            the next gc. Nothing labelled, and no ancestor of it, is ever freed.
              %mvt gc
            """,
        ),
        (
            report(deleted_bytes=50_000, packed=PackReport(finished=False)),
            """
            The gc was stopped.
            50.0 kB was deleted for good. What is left to pack waits for the next gc. Nothing
            labelled, and no ancestor of it, is ever freed.
              %mvt gc
            """,
        ),
        (
            report(packs=0, thin=THIN[:1], operation=25),
            """
            ✓ Dropping v3 freed nothing yet.
              v3 is now thin: what describes it is kept, its content goes. Others need nearly all of
              it. Nothing labelled, and no ancestor of it, is ever freed.
                %mvt undo 25
            """,
        ),
        (
            report(packs=1, freed_bytes=9, thin=THIN[:1], asked=("v3", "v7-v9"), dry_run=True),
            """
            ✓ 9 B would be freed.
              v3 would become thin: what describes it is kept, its content goes. It would be deleted
              by the first gc after 2026-11-18 11:06 UTC; until then undo works. Nothing labelled,
              and no ancestor of it, is ever freed.
                %mvt gc --drop v3 --drop v7-v9
            """,
        ),
        (
            Usage(
                stored_bytes=18_400_000, full_bytes=39_200_000, trash_bytes=0, free_bytes=0,
                quota_bytes=None, droppable="v3–v9", droppable_bytes=41_000_000,
                branches=(UsageRow(name="main", total_bytes=18, own_bytes=9),),
                versions=(
                    UsageRow(name="v1", total_bytes=1, own_bytes=0, thin=True, message="first"),
                ),
            ),
            """
            18.4 MB on disk, 39.2 MB as full copies; dropping v3–v9 frees 41.0 MB

            Name  Size  Its own  Message
            ────  ────  ───────  ────────────
            main  18 B      9 B
            v1     1 B      0 B  first (thin)
            """,
        ),
    ],
)  # fmt: skip
def test_it_says_what_is_the_case(value: object, expected: str) -> None:
    assert shown(value) == dedent(expected)
