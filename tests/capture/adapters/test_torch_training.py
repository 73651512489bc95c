"""Training goes on where it stopped: schedulers and scalers beside the optimizer."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.testing.adapters import thaw

torch = pytest.importorskip("torch")
schedules = torch.optim.lr_scheduler
ADAPTER = ADAPTERS.get("torch")
X = torch.from_numpy(np.random.default_rng(0).normal(size=(16, 4)).astype(np.float32))


def no_source(obj):
    return None


SOURCE = "def halved(epoch):\n    return 0.5**epoch\n"
SPACE = {"__name__": "__main__"}
exec(SOURCE, SPACE)
halved = SPACE["halved"]


def halved_source(obj):
    return SOURCE if obj is halved else None


SCHEDULES = {
    "step": lambda o: schedules.StepLR(o, 2, gamma=0.5),
    "cosine": lambda o: schedules.CosineAnnealingLR(o, T_max=6),
    "restarts": lambda o: schedules.CosineAnnealingWarmRestarts(o, T_0=3),
    "exponential": lambda o: schedules.ExponentialLR(o, 0.9),
    "cycle": lambda o: schedules.OneCycleLR(o, max_lr=0.1, total_steps=12),
    "cyclic": lambda o: schedules.CyclicLR(o, 0.01, 0.1, step_size_up=3),
    "plateau": lambda o: schedules.ReduceLROnPlateau(o, patience=1, factor=0.5),
    "sequential": lambda o: schedules.SequentialLR(
        o, [schedules.LinearLR(o, 0.1, total_iters=3), schedules.ExponentialLR(o, 0.9)], [3]),
    "chained": lambda o: schedules.ChainedScheduler(
        [schedules.ConstantLR(o, 0.5, total_iters=4), schedules.ExponentialLR(o, 0.9)]),
    "lambda": lambda o: schedules.LambdaLR(o, halved),
}  # fmt: skip


def advance(model, optimizer, schedule, steps):
    rates = []
    for number in range(steps):
        optimizer.zero_grad()
        model(X).square().mean().backward()
        optimizer.step()
        if isinstance(schedule, schedules.ReduceLROnPlateau):
            schedule.step(1.0 + number)
        else:
            schedule.step()
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_goes_on_where_it_stopped(name):
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    schedule = SCHEDULES[name](optimizer)
    advance(model, optimizer, schedule, 4)
    kept = ADAPTER.freeze_optimizer(optimizer, model, halved_source, {"plan": schedule})
    assert kept.lost == ()
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    resumed, beside = ADAPTER.restore_optimizer(thaw(kept, trusted=True), again)
    assert type(beside["plan"]) is type(schedule)
    assert beside["plan"].optimizer is resumed
    expected = advance(model, optimizer, schedule, 5)
    assert advance(again, resumed, beside["plan"], 5) == expected
    pairs = zip(model.parameters(), again.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_a_scheduler_is_no_model():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(2))], lr=0.1)
    assert ADAPTER.detect(schedules.StepLR(optimizer, 1)) == "scheduler"
    assert ADAPTER.detect(torch.amp.GradScaler("cpu")) == "scheduler"


def test_a_schedule_by_a_lambda_is_told_as_lost():
    model = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    schedule = schedules.LambdaLR(optimizer, lambda epoch: 1.0)
    kept = ADAPTER.freeze_optimizer(optimizer, model, no_source, {"plan": schedule})
    assert len(kept.lost) == 1
    assert kept.lost[0].startswith("plan is not kept (")
    assert ADAPTER.restore_optimizer(thaw(kept), model)[1] == {}


def test_a_scaler_comes_back():
    model = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    scaler.scale(model(torch.ones(1, 2)).sum()).backward()
    scaler.step(optimizer)
    scaler.update()
    kept = ADAPTER.freeze_optimizer(optimizer, model, no_source, {"scaler": scaler})
    _, beside = ADAPTER.restore_optimizer(thaw(kept), model)
    assert beside["scaler"].state_dict() == scaler.state_dict()
