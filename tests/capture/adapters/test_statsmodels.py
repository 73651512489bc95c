"""Results of statsmodels predict bit for bit; their data stays out; formulas need trust."""

from __future__ import annotations

import numpy as np
import pytest

from jupyter_mvt.capture.adapter import ADAPTERS
from jupyter_mvt.errors import MvtError, TrustError
from jupyter_mvt.objects.encode import decode, encode
from jupyter_mvt.testing.adapters import AdapterTests, identity, thaw

statsmodels = pytest.importorskip("statsmodels.api")
pytestmark = pytest.mark.frameworks

ADAPTER = ADAPTERS.get("statsmodels")
GENERATOR = np.random.default_rng(0)
X = statsmodels.add_constant(GENERATOR.normal(size=(120, 3)).round(3))
Y = X @ [1.0, 2.0, 3.0, 4.0] + GENERATOR.normal(size=120)
YES = (1 + GENERATOR.normal(size=120) < Y).astype(int)


def no_source(obj):
    return None


class TestLeastSquares(AdapterTests):
    adapter_name = "statsmodels"

    def train(self):
        return statsmodels.OLS(Y, X).fit()

    def inputs(self):
        return X


class TestFormula(AdapterTests):
    adapter_name = "statsmodels"
    trusted = True
    ask = "numpy.asarray(model.predict(inputs))".replace("numpy", "__import__('numpy')")

    def train(self):
        from statsmodels.formula import api

        return api.ols("y ~ a + np.square(b)", self.inputs()).fit()

    def inputs(self):
        import pandas

        return pandas.DataFrame({"y": Y, "a": X[:, 1], "b": X[:, 2]})


MODELS = {
    "weighted": lambda: statsmodels.WLS(Y, X, weights=np.arange(1, 121)).fit(),
    "robust errors": lambda: statsmodels.OLS(Y, X).fit(cov_type="HC3"),
    "binomial": lambda: statsmodels.GLM(YES, X, family=statsmodels.families.Binomial()).fit(),
    "gamma": lambda: statsmodels.GLM(
        np.exp(Y / 9), X, family=statsmodels.families.Gamma(statsmodels.families.links.Log())
    ).fit(),
    "logit": lambda: statsmodels.Logit(YES, X).fit(disp=0),
    "probit": lambda: statsmodels.Probit(YES, X).fit(disp=0),
    "counts": lambda: statsmodels.Poisson(YES, X).fit(disp=0),
}


@pytest.mark.parametrize("name", MODELS)
def test_every_kind_comes_back_without_pickle(name):
    model = MODELS[name]()
    frozen = ADAPTER.freeze(model, no_source)
    again = ADAPTER.restore(thaw(frozen))
    assert frozen.state_kind == "declarative"
    assert "training data" in frozen.lost[0]
    assert again.predict(X).tobytes() == model.predict(X).tobytes()
    for statistic in ("params", "bse", "pvalues", "llf", "aic"):
        assert np.array_equal(getattr(again, statistic), getattr(model, statistic)), statistic
    assert np.array_equal(again.conf_int(), model.conf_int())
    assert identity(ADAPTER.freeze(again, no_source)) == identity(frozen)
    assert identity(ADAPTER.freeze(MODELS[name](), no_source)) == identity(frozen)


def test_the_data_stays_out():
    frozen = ADAPTER.freeze(MODELS["binomial"](), no_source)
    assert [part.path for part in frozen.bundle.parts if 120 in part.shape] == []


def test_names_of_columns_come_back():
    import pandas

    table = pandas.DataFrame(X, columns=list("cuvw"))
    model = statsmodels.OLS(pandas.Series(Y, name="y"), table).fit()
    again = ADAPTER.restore(thaw(ADAPTER.freeze(model, no_source)))
    assert list(again.params.index) == list("cuvw")
    assert again.params.equals(model.params)
    assert again.predict(table).equals(model.predict(table))


def test_a_formula_is_code():
    frozen = ADAPTER.freeze(TestFormula().train(), no_source)
    assert frozen.state_kind == "pickle"
    assert "formula" in frozen.lost[0]
    with pytest.raises(TrustError):
        ADAPTER.restore(thaw(frozen))


def test_a_formula_slipped_into_data_is_refused():
    skeleton = thaw(ADAPTER.freeze(statsmodels.OLS(Y, X).fit(), no_source))
    data = decode(skeleton.state)
    place = next(i for i, layout in enumerate(data["layouts"]) if layout[0].endswith(":ModelData"))
    data["layouts"][place][1][0] = "formula"
    bad = type(skeleton)(
        state=encode(data), state_kind="declarative", entries=skeleton.entries, ties={},
        read=skeleton.read,
    )  # fmt: skip
    with pytest.raises(MvtError, match="formula"):
        ADAPTER.restore(bad)


def test_a_model_that_was_fitted_is_not_its_results():
    model = statsmodels.OLS(Y, X)
    model.fit()
    assert (ADAPTER.detect(model), ADAPTER.is_fitted(model)) == ("predictor", False)


@pytest.mark.parametrize("kind", [statsmodels.OLS, statsmodels.GLM, statsmodels.QuantReg])
def test_who_looks_at_a_summary_changes_nothing(kind):
    results = kind(Y, X).fit()
    before = ADAPTER.freeze(results, no_source)
    results.summary()
    after = ADAPTER.freeze(results, no_source)
    assert identity(before) == identity(after)
    assert before.arch == after.arch


def test_what_a_fit_computes_in_is_no_part_of_the_model():
    results = statsmodels.GLM(Y[:4], X[:4, :2]).fit()
    before = identity(ADAPTER.freeze(results, no_source))
    results.model._tmp_like_exog = np.full_like(results.model.exog, 7.0)
    assert identity(ADAPTER.freeze(results, no_source)) == before
