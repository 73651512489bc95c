"""From a snapshot to the content of a commit: everything large becomes an object id."""

from __future__ import annotations

from dataclasses import replace

from msgspec import UNSET, UnsetType

from jupyter_mvt.objects.code import Cell, Code
from jupyter_mvt.objects.commit import BaseModel, Content, Model, Variable
from jupyter_mvt.objects.curve import Curves
from jupyter_mvt.objects.dataset import Dataset
from jupyter_mvt.objects.encode import encode
from jupyter_mvt.objects.environment import Environment
from jupyter_mvt.objects.ids import ObjectId, digest
from jupyter_mvt.objects.manifest import Manifest
from jupyter_mvt.objects.output import Output
from jupyter_mvt.objects.snapshot import DatasetDraft, ModelDraft, Snapshot, Tuned, VariableDraft
from jupyter_mvt.store.manifests import without
from jupyter_mvt.store.writer import PackWriter

__all__ = ["write_snapshot"]


def write_snapshot(pack: PackWriter, snapshot: Snapshot) -> Content:
    """Write everything of `snapshot` into `pack` and return what a commit says about it."""
    environment = snapshot.environment
    return Content(
        models=tuple(_model(pack, draft) for draft in snapshot.models),
        datasets=tuple(_dataset(pack, draft) for draft in snapshot.datasets),
        metrics=snapshot.metrics,
        params=snapshot.params,
        code=_code(pack, snapshot),
        env_id="" if environment is None else pack.blob(encode(environment)),
        env_identity="" if environment is None else _identity(environment),
        env_summary="" if environment is None else _summary(environment),
        variables=tuple(_variable(pack, draft) for draft in snapshot.variables),
        curves=_curves(pack, snapshot),
        outputs=_outputs(pack, snapshot),
    )


def _model(pack: PackWriter, draft: ModelDraft) -> Model:
    weights, manifest = pack.bundle(draft.bundle, f"the model {draft.var!r}")
    optimizer = ""
    if draft.optimizer is not None:
        optimizer = pack.bundle(draft.optimizer, f"the optimizer of {draft.var!r}")[0]
    return Model(
        var=draft.var,
        role=draft.role,
        primary=draft.primary,
        adapter=draft.adapter,
        framework=draft.framework,
        cls=draft.cls,
        params=draft.params,
        weights=weights,
        weights_id=manifest.identity,
        weights_bytes=manifest.nbytes,
        n_weights=draft.n_weights,
        state=pack.blob(draft.state),
        state_kind=draft.state_kind,
        state_identity=draft.state_identity,
        arch=draft.arch,
        optimizer=optimizer,
        optimizer_state=pack.blob(draft.optimizer_state) if draft.optimizer_state else "",
        code_refs=tuple((name, pack.blob(_text(source))) for name, source in draft.code_refs),
        fitted_in=draft.fitted_in,
        base=UNSET if draft.tuned is None else _base(draft.tuned, manifest.decoded()),
    )


def _base(tuned: Tuned, manifest: Manifest) -> BaseModel:
    alone = without(manifest, tuned.added)
    return BaseModel(cls=tuned.cls, id=alone.identity, nbytes=alone.nbytes)


def _dataset(pack: PackWriter, draft: DatasetDraft) -> Dataset:
    stored: ObjectId | UnsetType = UNSET
    if draft.bundle is not None:
        stored = pack.bundle(draft.bundle, f"the data {draft.var!r}")[0]
    return Dataset(
        var=draft.var,
        role=draft.role,
        kind=draft.kind,
        id=draft.id,
        rows=draft.rows,
        columns=len(draft.schema.columns),
        multiset_id=draft.multiset_id,
        digest_kind=draft.digest_kind,
        schema_id=pack.blob(encode(draft.schema)),
        arg_of=draft.arg_of,
        nbytes=draft.nbytes,
        source=draft.source or UNSET,
        stored=stored,
        stored_state=pack.blob(draft.state) if draft.state else UNSET,
        index_columns=draft.index_columns or UNSET,
    )


def _code(pack: PackWriter, snapshot: Snapshot) -> Code:
    cells = tuple(
        Cell(
            order=run.order,
            source=pack.blob(_text(run.source)),
            cell_id=run.cell_id,
            seconds=run.seconds,
            ok=run.ok,
            reads=run.reads,
            writes=run.writes,
            made=run.made,
            rng=tuple((name, pack.blob(state)) for name, state in run.rng),
            failed_at=run.failed_at,
        )
        for run in snapshot.cells
    )
    return Code(
        cells_id=pack.blob(encode(cells)) if cells else "",
        n_cells=len(cells),
        identity=snapshot.code_identity,
        git=snapshot.git,
    )


def _curves(pack: PackWriter, snapshot: Snapshot) -> Curves | UnsetType:
    draft = snapshot.curves
    if draft is None:
        return UNSET
    return Curves(table=pack.blob(draft.table), identity=draft.identity, curves=draft.curves)


def _outputs(pack: PackWriter, snapshot: Snapshot) -> tuple[Output, ...] | UnsetType:
    kept = tuple(
        Output(
            kind=draft.kind,
            mime=draft.mime,
            body=pack.blob(draft.body),
            nbytes=len(draft.body),
            cell=draft.cell,
            cell_id=draft.cell_id,
            width=draft.width,
            height=draft.height,
            title=draft.title,
        )
        for draft in snapshot.outputs
    )
    return kept or UNSET


def _variable(pack: PackWriter, draft: VariableDraft) -> Variable:
    weights, manifest = pack.bundle(draft.bundle, f"the variable {draft.name!r}")
    return Variable(
        name=draft.name,
        type=draft.type,
        state_kind=draft.state_kind,
        state=pack.blob(draft.state),
        weights=weights,
        nbytes=manifest.nbytes + len(draft.state),
    )


def _identity(environment: Environment) -> str:
    # Importing one more library to look at results is no other environment.
    return digest(encode(replace(environment, used=())))


def _summary(environment: Environment) -> str:
    count = len(environment.packages)
    return f"Python {environment.python}, {count} package{'' if count == 1 else 's'}"


def _text(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
