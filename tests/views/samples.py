"""Real result values with the content of the mock: a churn model over nine versions."""

from __future__ import annotations

from typing import Any

from jupyter_mvt.api.results import (
    CommitResult,
    Comparison,
    Initialised,
    Status,
    StatusRow,
    VersionDetails,
)
from jupyter_mvt.compare.diff import (
    Diff,
    EnvironmentDiff,
    MetricChange,
    MetricsDiff,
    PackageChange,
    ParamChange,
    ParamsDiff,
)
from jupyter_mvt.history.results import (
    LabelMove,
    Log,
    LogEntry,
    Moved,
    OperationLog,
    OperationRow,
    RefList,
    RefRow,
)
from jupyter_mvt.metrics.leaderboard import Leaderboard, Ranked, Unranked
from jupyter_mvt.objects.code import Code, Git
from jupyter_mvt.objects.commit import Commit, Content, Model, Note, Param
from jupyter_mvt.objects.dataset import Dataset
from jupyter_mvt.objects.evaluation import Evaluation, Latency
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.metric import Metric
from jupyter_mvt.objects.version import VersionRef
from tests.views import aspects

DAY = 86_400_000_000
NOW = 1_795_000_000_000_000
TEST = digest(b"test rows")


def oid(number: int) -> ObjectId:
    """Return the id of version `number`."""
    return digest(b"version %d" % number)


def ref(number: int) -> VersionRef:
    """Return version `number` of the churn repository."""
    message, branch, author, days, parents, labels, tags = _HISTORY[number]
    return VersionRef(
        id=oid(number),
        number=number,
        message=message,
        branch=branch,
        author=author,
        time_us=NOW - int(days * DAY),
        parents=tuple(oid(parent) for parent in parents),
        labels=labels,
        tags=tags,
    )


_HISTORY: dict[int, tuple[str, str, str, float, tuple[int, ...], Any, Any]] = {
    1: ("Baseline: two layers, ten columns", "main", "ana", 16, (), (), ()),
    2: ("Focal loss, gamma 5", "main", "ana", 15, (1,), (), ()),
    3: ("Back to cross-entropy, dropout 0.2", "main", "ana", 14, (2,), (), ()),
    4: ("Cosine schedule, learning rate 0.001", "exp/cosine", "ben", 11, (3,), (), ()),
    5: ("Class weights 1 : 2.5", "main", "ana", 9, (3,), (), ()),
    6: ("Merge exp/cosine (soup)", "main", "ana", 6, (5, 4), ("production",), ("1.2.0",)),
    7: ("Refresh training data to October", "main", "ben", 2, (6,), (), ()),
    8: ("Label smoothing 0.05", "exp/cosine", "ben", 1, (4,), ("canary",), ()),
    9: ("Restore south rows, reweight by region", "main", "ana", 0.0014, (7,), ("staging",), ()),
}
_SCORES: dict[int, tuple[float, float, float, float]] = {
    1: (0.861, 0.684, 0.331, 11.0),
    2: (float("nan"), float("nan"), float("nan"), 11.0),
    3: (0.872, 0.702, 0.304, 11.2),
    4: (0.884, 0.728, 0.279, 12.1),
    5: (0.879, 0.748, 0.291, 11.2),
    6: (0.889, 0.742, 0.268, 12.4),
    7: (0.886, 0.714, 0.277, 11.1),
    8: (0.887, 0.735, 0.266, 12.3),
    9: (0.897, 0.751, 0.256, 11.3),
}
_SOUTH = {6: 0.753, 7: 0.615, 9: 0.748}
_KNOWN = (
    ("accuracy", True, "share"),
    ("recall", True, "share"),
    ("log_loss", False, ""),
    ("latency_p95_ms", False, "ms"),
)


def metrics(number: int) -> tuple[Metric, ...]:
    """Return what was measured at version `number`."""
    found = [
        Metric(name=name, value=value, split="test", dataset_id=TEST, n=8000,
               higher_is_better=higher, unit=unit)
        for (name, higher, unit), value in zip(_KNOWN, _SCORES[number], strict=True)
    ]  # fmt: skip
    if number in _SOUTH:
        found.append(
            Metric(name="recall", slice="region=south", value=_SOUTH[number], split="test",
                   dataset_id=TEST, n=1420, higher_is_better=True, unit="share")
        )  # fmt: skip
    return tuple(found)


def metric_change(old: Metric, new: Metric) -> MetricChange:
    """Return the change between two measured metrics of one dataset."""
    delta = float(new.value or 0) - float(old.value or 0)
    better = (delta > 0) == new.higher_is_better
    return MetricChange(
        name=new.name, slice=new.slice, split=new.split, base=old.value, other=new.value,
        delta=delta, relative=delta / abs(float(old.value or 1)),
        higher_is_better=new.higher_is_better, unit=new.unit, n=new.n,
        verdict="better" if better else "worse",
    )  # fmt: skip


def metrics_diff(base: int, other: int) -> MetricsDiff:
    """Return the metrics that differ between two versions, worse first."""
    old = {metric.key: metric for metric in metrics(base)}
    changes = [
        metric_change(old[m.key], m)
        for m in metrics(other)
        if m.key in old and old[m.key].value != m.value
    ]
    changes.sort(key=lambda c: (c.verdict != "worse", -abs(c.relative or 0)))
    return MetricsDiff(changes=tuple(changes), basis="same test data")


def model(cls: str = "__main__.TabularNet") -> Model:
    """Return the churn network."""
    return Model(
        var="model", role="module", primary=True, adapter="torch/1", framework="torch 2.13.0",
        cls=cls, params=(Param(name="dropout", value=0.2),), weights=digest(b"w"),
        weights_id=digest(b"wi"), weights_bytes=473_608, n_weights=118_402, state=digest(b"s"),
        state_kind="tensors", state_identity=digest(b"si"), arch=digest(b"a"),
    )  # fmt: skip


def dataset(var: str, rows: int) -> Dataset:
    """Return a fingerprint."""
    return Dataset(var=var, role=var, kind="pandas", id=digest(var.encode()), rows=rows,
                   columns=20, schema_id=digest(b"schema"))  # fmt: skip


NOTES = (
    Note(kind="ok", about="model", text="declarative"),
    Note(
        kind="stale",
        about="cell 7",
        text="Cell 7 ran before the last edit of cell 4. Run cells 4 to 7 again to be sure.",
    ),
    Note(kind="redacted", about="api_key", text="api_key looks like a secret and is left out."),
    Note(
        kind="skipped",
        about="df_raw",
        text="df_raw (1.2 GB) is not kept: above the limit of 256 MB. Its fingerprint is.",
    ),
)


def commit(number: int, notes: tuple[Note, ...] = ()) -> Commit:
    """Return the commit of version `number`."""
    version = ref(number)
    return Commit(
        parents=tuple(ObjectId(parent) for parent in version.parents), tree_id=digest(b"tree"),
        branch=version.branch, message=version.message, author=version.author,
        time_us=version.time_us, new_bytes=1_300_000, total_bytes=4_600_000, notes=notes,
        content=Content(
            models=(model(),),
            datasets=(dataset("train", 46_905), dataset("test", 8_000)),
            metrics=metrics(number),
            params=(Param(name="lr", value=0.0008), Param(name="epochs", value=28),
                    Param(name="data.month", value="2026-10")),
            code=Code(n_cells=6, git=Git(head="9f31c07aa2be", branch="main", dirty=True)),
            env_summary="Python 3.11.14, 84 packages",
        ),
    )  # fmt: skip


def full_diff(base: int = 6, other: int = 7) -> Diff:
    """Return a diff with every aspect."""
    return Diff(
        base=ref(base),
        other=ref(other),
        metrics=metrics_diff(base, other),
        predictions=aspects.predictions(),
        params=ParamsDiff(
            changes=(
                ParamChange(name="data.month", base="2026-09", other="2026-10"),
                ParamChange(name="lr", base=0.001, other=0.0008),
                ParamChange(name="epochs", base=30, other=28),
            ),
            total=14,
        ),
        data=aspects.data(),
        code=aspects.code(),
        environment=EnvironmentDiff(
            packages=(PackageChange(name="pandas", base="2.3.3", other="3.0.1", used=True),
                      PackageChange(name="tqdm", base="", other="4.68.0")),
            facts=(("Python", "3.11.13", "3.11.14"),),
        ),
        weights=aspects.weights(),
    )  # fmt: skip


def better() -> CommitResult:
    """Return a commit that made everything but the latency better."""
    diff = Diff(base=ref(7), other=ref(9), metrics=metrics_diff(7, 9))
    return CommitResult(
        created=True, version=ref(9), commit=commit(9), seconds=0.384,
        comparisons=(Comparison(against="parent", diff=diff),
                     Comparison(against="production", diff=Diff(base=ref(6), other=ref(9),
                                metrics=metrics_diff(6, 9)))),
    )  # fmt: skip


def regressed() -> CommitResult:
    """Return a commit with a fall of recall, and capture notes."""
    return CommitResult(
        created=True, version=ref(7), commit=commit(7, NOTES), seconds=0.41,
        comparisons=(Comparison(against="parent", diff=full_diff()),),
    )  # fmt: skip


def unchanged() -> CommitResult:
    """Return a commit that found nothing new."""
    return CommitResult(created=False, version=ref(9), commit=commit(9), seconds=0.09)


def first() -> CommitResult:
    """Return the first commit, which made the repository."""
    return CommitResult(created=True, version=ref(1), commit=commit(1), seconds=0.52,
                        made_repository="churn/.mvt")  # fmt: skip


def log(numbers: tuple[int, ...] = (9, 8, 7, 6, 5, 4, 3, 2, 1)) -> Log:
    """Return the log with two branches, labels, a tag and a NaN."""
    worse = {7: (("recall", "region=south"), ("recall", ""))}
    entries = tuple(
        LogEntry(version=ref(n), metrics=metrics(n), regressions=worse.get(n, ()),
                 model_class="__main__.TabularNet", new_bytes=1_200_000)
        for n in numbers
    )  # fmt: skip
    return Log(repository="churn", entries=entries, total=len(entries), head="main",
               branches={"main": oid(9), "exp/cosine": oid(8)})  # fmt: skip


def long_log(count: int = 10_000) -> Log:
    """Return a log of `count` versions on one line."""
    entries = tuple(
        LogEntry(
            version=VersionRef(id=oid(n), number=n, message=f"Run {n}: learning rate {n / 1e5}",
                               branch="main", author="ana", time_us=NOW - n * 60_000_000,
                               parents=(oid(n - 1),) if n > 1 else ()),
            metrics=(Metric(name="accuracy", value=0.8 + n / 1e5, unit="share"),
                     Metric(name="log_loss", value=0.4 - n / 1e5)),
        )
        for n in range(count, 0, -1)
    )  # fmt: skip
    return Log(repository="ranker", entries=entries, total=count, branches={"main": oid(count)})


def leaderboard() -> Leaderboard:
    """Return a leaderboard by accuracy with an unranked version."""
    order = (9, 6, 8, 7, 4, 5, 3, 1)
    rows = tuple(
        Ranked(rank=i, version=ref(n), value=_SCORES[n][0], split="test", dataset_id=TEST,
               values=dict(zip(("accuracy", "recall", "log_loss", "latency_p95_ms"), _SCORES[n],
                               strict=True)),
               params={"lr": 0.0008 if n > 6 else 0.001, "schedule": "cosine"}, n=8000, stderr=None)
        for i, n in enumerate(order, start=1)
    )  # fmt: skip
    reason = "accuracy is NaN"
    return Leaderboard(
        by="accuracy", slice="", unit="share", chosen=True, ascending=False, basis="recorded",
        rows=rows, unranked=(Unranked(version=ref(2), value=float("nan"), reason=reason),),
        total=8, total_unranked=1, metrics=("accuracy", "recall", "log_loss", "latency_p95_ms"),
        params=("lr",), same_data=True,
    )  # fmt: skip


def status() -> Status:
    """Return a status with changes, equal parts and notes."""
    rows = (
        StatusRow(badge="equal", part="Data", text="train, test"),
        StatusRow(badge="changed", part="Model", text="model: 9 of 11 tensors changed",
                  nbytes=1_300_000),
        StatusRow(badge="changed", part="Code", text="cells 4 and 7 edited"),
        StatusRow(badge="changed", part="Params", text="lr 0.0008 → 0.0005"),
        StatusRow(badge="added", part="Outputs", text="2 figures, 1 table", nbytes=84_000),
        StatusRow(badge="equal", part="Environment", text="84 packages"),
    )  # fmt: skip
    return Status(repository="churn", branch="main", head=ref(9), next_number=10, rows=rows,
                  chosen="model was trained last, in cell 7", notes=NOTES)  # fmt: skip


def labels() -> RefList:
    """Return all labels."""
    move = LabelMove(time_us=NOW - 6 * DAY, actor="ana", reason="better recall", old=ref(5),
                     new=ref(6))  # fmt: skip
    rows = tuple(
        RefRow(kind="label", name=name, version=ref(n), history=(move,) * times)
        for name, n, times in (("production", 6, 3), ("canary", 8, 1), ("staging", 9, 1))
    )
    return RefList(kind="label", rows=rows)


def branches() -> RefList:
    """Return all branches."""
    return RefList(
        kind="branch",
        rows=(RefRow(kind="branch", name="main", version=ref(9), current=True),
              RefRow(kind="branch", name="exp/cosine", version=ref(8))),
    )  # fmt: skip


def operations() -> OperationLog:
    """Return some operations, one of them undone."""
    rows = (
        OperationRow(number=14, time_us=NOW - DAY, actor="ana", verb="undo", reason="",
                     changes=(("label/production", "v7", "v6"),)),
        OperationRow(number=13, time_us=NOW - 2 * DAY, actor="ben", verb="label move",
                     reason="fresh data", changes=(("label/production", "v6", "v7"),),
                     undone_by=14),
        OperationRow(number=12, time_us=NOW - 2 * DAY, actor="ben", verb="commit", reason="",
                     changes=(("branch/main", "v6", "v7"),)),
    )  # fmt: skip
    return OperationLog(rows=rows, total=14)


def moved() -> Moved:
    """Return a rollback of production."""
    return Moved(verb="rollback", kind="label", name="production", old=ref(7), new=ref(6),
                 text="production is now v6.", undo="mvt undo 15", operation=15)  # fmt: skip


def initialised() -> Initialised:
    """Return a new repository."""
    return Initialised(path="churn/.mvt", branch="main")


def details() -> VersionDetails:
    """Return everything about v6, a merge."""
    return VersionDetails(
        version=ref(6), commit=commit(6, NOTES), parents=(ref(5), ref(4)),
        metrics=commit(6, NOTES).content.metrics,
        cells=((4, "def load(month):\n    return read(month)"),
               (6, "model = soup([v5.model, v4.model])")),
        evaluations=(evaluation(),),
    )  # fmt: skip


def evaluation() -> Evaluation:
    """Return what v6 was worth on labelled rows, and how fast beside v5."""
    found = (("accuracy", "", 0.8971, 8000, 0.0034), ("recall", "", 0.7513, 8000, 0.0097),
             ("accuracy", "region=south", 0.8412, 612, 0.0148))  # fmt: skip
    return Evaluation(
        author="ben", time_us=NOW - 2 * DAY, task="classification", split="test",
        dataset_id="d" * 64, rows=8000, examples="e" * 64,
        metrics=tuple(
            Metric(name=name, value=value, slice=slice_, unit="share", n=n, stderr=stderr)
            for name, slice_, value, n, stderr in found
        ),
        latency=(Latency(against="5" * 64, batch=1, pairs=400, ratio=0.91, low=0.89, high=0.93,
                         p50_ms=2.14, p95_ms=3.4, other_p50_ms=2.35, other_p95_ms=3.9),),
    )  # fmt: skip


def everything() -> dict[str, Any]:
    """Return one value of each kind, by the name of its fixture."""
    return {
        "commit-better": better(),
        "commit-regressed": regressed(),
        "commit-unchanged": unchanged(),
        "commit-first": first(),
        "log": log(),
        "log-empty": Log(repository="churn", entries=(), total=0),
        "diff": full_diff(),
        "diff-equal": Diff(base=ref(6), other=ref(6)),
        "leaderboard": leaderboard(),
        "status": status(),
        "table-labels": labels(),
        "table-branches": branches(),
        "table-operations": operations(),
        "table-empty": RefList(kind="tag", rows=()),
        "notice-moved": moved(),
        "notice-initialised": initialised(),
        "version": details(),
    }
