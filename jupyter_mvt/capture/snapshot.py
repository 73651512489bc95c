"""Everything a commit will contain, taken from live objects without copying the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from jupyter_mvt.capture.cells.log import sources_of
from jupyter_mvt.capture.closures import sources_from
from jupyter_mvt.capture.companions import companions_of, schedules_of
from jupyter_mvt.capture.discovery import (
    Candidate,
    Choice,
    choose,
    given,
    named,
    optimizer_of,
    pasteable,
)
from jupyter_mvt.capture.evaluation.evaluating import added, evaluated, evaluation_data
from jupyter_mvt.capture.explicit import is_model
from jupyter_mvt.capture.files.model import as_file
from jupyter_mvt.capture.known import BROKEN
from jupyter_mvt.capture.metrics import (
    discovered_metrics,
    given_metrics,
    is_progress,
    told_by,
)
from jupyter_mvt.capture.params import clean_params, read_params
from jupyter_mvt.capture.request import Named, Request
from jupyter_mvt.capture.secrets import redact_text
from jupyter_mvt.capture.watch import models_in, token_of
from jupyter_mvt.errors import CaptureError
from jupyter_mvt.objects.cellrun import CellRun
from jupyter_mvt.objects.commit import Note
from jupyter_mvt.objects.snapshot import (
    DatasetDraft,
    EvaluationDraft,
    ModelDraft,
    OutputDraft,
    Snapshot,
    VariableDraft,
)

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mvt.capture.adapter import Frozen, Sources
    from jupyter_mvt.objects.code import Git
    from jupyter_mvt.objects.commit import NoteKind, Param
    from jupyter_mvt.objects.curve import CurvesDraft
    from jupyter_mvt.objects.metric import Metric

__all__ = ["Request", "chosen", "fitted_in", "snapshot"]


@dataclass(slots=True)
class _Taking:
    """What accumulates while a snapshot is taken: notes, and the time each phase took."""

    notes: list[Note] = field(default_factory=list)
    timings_ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        started = perf_counter()
        try:
            yield
        finally:
            spent = (perf_counter() - started) * 1000
            self.timings_ms[name] = round(self.timings_ms.get(name, 0.0) + spent, 3)


def snapshot(request: Request) -> Snapshot:
    """Take everything a commit will contain.

    Raises
    ------
    CaptureError
        No model (``no-model``), an unfitted one (``unfitted``), a metric that is no number
        (``metric-not-a-number``), a name that does not exist (``unknown-variable``).
    AmbiguousError
        Several models may be meant and a person can say which (``ambiguous-model``).
    """
    from jupyter_mvt.capture.environment import read_environment

    taking = _Taking()
    with ThreadPoolExecutor(1, "mvt-git") as pool:
        git = pool.submit(_git, request.folder)
        with taking.phase("discover"):
            choice = chosen(request)
            taking.notes += _notes_about(choice)
            before = _tokens(choice)
        with taking.phase("model"):
            whole = (*choice.chosen, *companions_of(choice.chosen, request.namespace))
            models = tuple(_draft(c, choice, request, taking) for c in whole)
        with taking.phase("data"):
            datasets = _datasets(request, choice, taking)
        with taking.phase("metrics"):
            curves = _curves(request, choice, taking)
            if request.evaluate is not None:
                # To measure a model may change what it remembers: it is looked at before.
                taking.notes += _unsteady(choice, before)
            evaluation = _evaluation(request, choice, datasets)
            metrics = _metrics(request, choice, datasets, curves, evaluation, taking)
        with taking.phase("params"):
            params, notes = read_params(request.params)
            taking.notes += notes
        with taking.phase("code"):
            cells, identity = _code(request, choice, taking)
        with taking.phase("outputs"):
            outputs = _outputs(request, taking)
        with taking.phase("environment"):
            environment = read_environment()
        with taking.phase("variables"):
            variables, notes = _variables(request, choice)
            taking.notes += notes
        if request.evaluate is None:
            taking.notes += _unsteady(choice, before)
        with taking.phase("git"):
            found = _git_result(git, taking)
    return Snapshot(
        models=models,
        datasets=datasets,
        metrics=metrics,
        params=params,
        cells=cells,
        code_identity=identity,
        git=found,
        environment=environment,
        variables=variables,
        curves=curves,
        evaluation=evaluation,
        outputs=outputs,
        notes=tuple(taking.notes),
        timings_ms=taking.timings_ms,
    )


def chosen(request: Request) -> Choice:
    """Return which models a request means."""
    model = request.model
    if model is None:
        return choose(request.namespace, request.cells, interactive=request.interactive)
    if request.cells is not None:
        request.cells.watch.look(request.namespace, request.cells.current)
    file = as_file(model, request.namespace)
    if file is not None:
        return given({file.name: file}, request.cells)
    if isinstance(model, str):
        return named(request.namespace, [model], request.cells)
    if isinstance(model, (list, tuple)) and model and all(isinstance(m, str) for m in model):
        return named(request.namespace, model, request.cells)
    if isinstance(model, Mapping) and not is_model(model):
        model = Named({str(name): obj for name, obj in model.items()})
    if isinstance(model, Named):
        items = model.models.items()
        models = {name: as_file(obj, request.namespace) or obj for name, obj in items}
        return given(models, request.cells)
    return given({_name_of(model, request.namespace): model}, request.cells)


def _name_of(model: Any, namespace: Mapping[str, Any]) -> str:
    names = (name for name, value in list(namespace.items()) if value is model)
    bare = next((name for name in names if not name.startswith("_")), None)
    return bare or next((s.name for s in models_in(namespace) if s.obj is model), "model")


def _notes_about(choice: Choice) -> list[Note]:
    broken = [
        Note(kind="warning", about=name, text=f"this model adapter cannot be used: {why[:200]}")
        for name, why in sorted(BROKEN.items())
    ]
    if not choice.guessed:
        return broken
    names = ", ".join(candidate.name for candidate in choice.chosen)
    text = f"{names} fit equally well: all were taken, {choice.primary.name} as the primary one; "
    hint = f"mvt commit {pasteable(choice.primary.name)} takes one"
    return [*broken, Note(kind="warning", about="model", text=text + hint)]


def _tokens(choice: Choice) -> list[object]:
    return [token_of(candidate.obj, candidate.adapter) for candidate in choice.chosen]


def _unsteady(choice: Choice, before: list[object]) -> list[Note]:
    """Return a warning of each model that something else goes on training."""
    text = "changed while it was being committed: something is still training it; commit it again"
    pairs = zip(choice.chosen, before, _tokens(choice), strict=True)
    return [Note(kind="warning", about=candidate.name, text=text)
            for candidate, then, now in pairs if then != now]  # fmt: skip


def _draft(candidate: Candidate, choice: Choice, request: Request, taking: _Taking) -> ModelDraft:
    adapter, name = candidate.adapter, candidate.name
    frozen = adapter.freeze(candidate.obj, _sources(request))
    params, notes = clean_params(adapter.params(candidate.obj), about=name)
    taking.notes += notes
    kind: NoteKind = "warning" if frozen.state_kind == "pickle" else "partial"
    taking.notes += [Note(kind=kind, about=name, text=text) for text in frozen.lost]
    optimizer, settings = _optimizer(candidate, request, taking)
    refs = {**dict(frozen.code_refs), **dict(optimizer.code_refs if optimizer else ())}
    cls = type(candidate.obj)
    return ModelDraft(
        var=name,
        role=candidate.role,
        primary=candidate is choice.primary,
        adapter=adapter.format,
        framework=adapter.framework(),
        cls=f"{cls.__module__}.{cls.__qualname__}",
        params=(*params, *settings),
        bundle=frozen.bundle,
        state=frozen.state,
        state_kind=frozen.state_kind,
        state_identity=frozen.state_identity,
        arch=frozen.arch,
        n_weights=frozen.n_weights,
        optimizer=optimizer.bundle if optimizer else None,
        optimizer_state=optimizer.state if optimizer else b"",
        code_refs=_clean_sources(sorted(refs.items()), name, taking),
        fitted_in=max(candidate.trained[0], candidate.changed) or None,
        tuned=frozen.tuned,
    )


def _sources(request: Request) -> Sources:
    if request.cells is None:
        return sources_from(lambda name: None, request.namespace)
    return sources_of(request.cells, request.namespace)


def _clean_sources(
    refs: Iterable[tuple[str, str]], about: str, taking: _Taking
) -> tuple[tuple[str, str], ...]:
    clean = []
    for name, text in refs:
        redacted, count = redact_text(text)
        if count:
            words = f"{count} secret-like text(s) in the source of {name} were not stored"
            taking.notes.append(Note(kind="redacted", about=about, text=words))
        clean.append((name, redacted))
    return tuple(clean)


def _optimizer(
    candidate: Candidate, request: Request, taking: _Taking
) -> tuple[Frozen | None, tuple[Param, ...]]:
    """Return the optimizer with its schedulers, and settings; nothing when there is none."""
    seen = optimizer_of(candidate, request.namespace)
    freeze = getattr(seen.adapter if seen else None, "freeze_optimizer", None)
    if seen is None or freeze is None:
        return None, ()
    beside = schedules_of(seen.obj, request.namespace)
    try:
        frozen: Frozen = freeze(seen.obj, candidate.obj, _sources(request), beside)
    except CaptureError as error:
        # The model is what was asked for; training can go on with a new optimizer.
        text = f"{error.message.removesuffix('.')}: it is not kept"
        taking.notes.append(Note(kind="skipped", about=seen.name, text=text))
        return None, ()
    params, notes = clean_params(seen.adapter.params(seen.obj), about=seen.name)
    taking.notes += notes
    taking.notes += [Note(kind="partial", about=seen.name, text=text) for text in frozen.lost]
    return frozen, params


def _datasets(request: Request, choice: Choice, taking: _Taking) -> tuple[DatasetDraft, ...]:
    from jupyter_mvt.capture.data.keeping import take_data
    from jupyter_mvt.capture.inputs import find_datasets, given_datasets

    if request.data is not None:
        sources = given_datasets(request.data, request.namespace)
    else:
        sources, notes = find_datasets(request.namespace, choice.primary, request.cells)
        taking.notes += notes
    known = {source.var for source in sources}
    extra = evaluation_data(request.evaluate, request.namespace)
    sources += tuple(source for source in extra if source.var not in known)
    drafts, notes = take_data(sources, named=request.data is not None, most=request.store_data,
                              threads=request.threads, known_rows=request.known_rows,
                              progress=request.progress, seen=request.seen)  # fmt: skip
    taking.notes += notes
    return drafts


def _evaluation(
    request: Request, choice: Choice, datasets: tuple[DatasetDraft, ...]
) -> EvaluationDraft | None:
    if request.evaluate is None:
        return None
    return evaluated(choice.primary.obj, request.evaluate, request.namespace, datasets)


def _metrics(
    request: Request,
    choice: Choice,
    datasets: tuple[DatasetDraft, ...],
    curves: CurvesDraft | None,
    evaluation: EvaluationDraft | None,
    taking: _Taking,
) -> tuple[Metric, ...]:
    since = fitted_in(choice)
    if request.metrics is not None and request.cells is not None:
        told = told_by(request.namespace, request.cells)
        metrics, notes = given_metrics(request.metrics, datasets, told)
    elif request.metrics is not None:
        metrics, notes = given_metrics(request.metrics, datasets)
    elif request.cells is not None and since:
        metrics, notes = discovered_metrics(request.namespace, request.cells, since, datasets)
    else:
        metrics, notes = (), ()
    taking.notes += notes
    if evaluation is not None:
        metrics = added(metrics, evaluation)
    if not metrics and curves is not None:
        logged = {c.name: c.last for c in curves.curves if not is_progress(c.name)}
        metrics, notes = given_metrics(logged, datasets)
        metrics = tuple(replace(metric, source="discovered") for metric in metrics)
        taking.notes += notes
    if not metrics:
        text = "no metrics were given, and none found after the training: mvt commit --metrics NAME"
        taking.notes.append(Note(kind="skipped", about="metrics", text=text))
    return metrics


def _curves(request: Request, choice: Choice, taking: _Taking) -> CurvesDraft | None:
    """Return what was logged while the primary model was trained."""
    model = choice.primary.obj
    taken = [run for run in request.recordings if run.is_of(model, fitted_in(choice))]
    if not taken:
        return None
    from jupyter_mvt.capture.points import gathered, to_curves

    points = gathered([run.points() for run in taken])
    for run in taken:
        for text in run.troubles:
            taking.notes.append(Note(kind="partial", about="curves", text=text))
    return to_curves(points, tuple(run.run for run in taken)) if len(points) else None


def fitted_in(choice: Choice) -> int:
    """Return the number of the cell in which the primary model changed last, 0 if not known."""
    return max(choice.primary.trained[0], choice.primary.changed)


def _code(request: Request, choice: Choice, taking: _Taking) -> tuple[tuple[CellRun, ...], str]:
    from jupyter_mvt.capture.cells.code import take_code
    from jupyter_mvt.capture.cells.notebook import read_notebook

    names = tuple(candidate.name for candidate in choice.chosen)
    notebook = read_notebook(request.notebook)
    cells, identity, notes = take_code(request.cells, names, fitted_in(choice) or None, notebook)
    taking.notes += notes
    return cells, identity


def _outputs(request: Request, taking: _Taking) -> tuple[OutputDraft, ...]:
    if request.outputs is None:
        return ()
    from jupyter_mvt.capture.cells.showing import take_outputs

    drafts, notes = take_outputs(request.outputs)
    taking.notes += notes
    return drafts


def _variables(
    request: Request, choice: Choice
) -> tuple[tuple[VariableDraft, ...], tuple[Note, ...]]:
    from jupyter_mvt.capture.variables.kept import asked_for, every_name, take_variables

    if request.variables is not True:
        return take_variables(*asked_for(request.namespace, request.variables))
    names = every_name(request.namespace, [candidate.obj for candidate in choice.chosen])
    return take_variables(request.namespace, names, all_named=False)


def _git(folder: Path | None) -> tuple[Git | None, str]:
    from jupyter_mvt.capture.git import read_git

    return (None, "") if folder is None else read_git(folder)


def _git_result(future: Future[tuple[Git | None, str]], taking: _Taking) -> Git | None:
    git, trouble = future.result()
    if trouble:
        taking.notes.append(Note(kind="partial", about="git", text=trouble))
    return git
