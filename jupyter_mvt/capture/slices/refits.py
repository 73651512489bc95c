"""Fits that start afresh: what an earlier fit of the same object has left is gone after them.

That is so by contract of scikit-learn, XGBoost and LightGBM, for their own classes and where no
parameter says otherwise; a class of the notebook may do as it likes. What draws from a generator
that it was given goes on where the earlier fit has left it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from types import FunctionType
from typing import Any

from jupyter_mvt.capture.slices.harmless import is_look

__all__ = ["refittable", "refitted", "starts_afresh"]

_FIT = re.compile(r"\b([^\W\d]\w*)\s*\.\s*fit(?:_transform|_predict)?\b")
_FITS = ("fit", "fit_transform", "fit_predict")
_WORDS = frozenset({"X", "eval_set", "sample_weight", "verbose", "y"})
_ATOMS = (bool, int, float, complex, str, bytes, type(None), range, slice)
_DEEPEST = 8
_PACKAGES = ("sklearn.", "xgboost.sklearn", "lightgbm.sklearn")
_PARTS = ("sklearn.model_selection._split", "sklearn.compose._column_transformer",
          "sklearn.gaussian_process.kernels")  # fmt: skip
"""Where scikit-learn keeps what its estimators are given besides numbers and other estimators."""


def refitted(statement: ast.stmt) -> str:
    """Return the name that a statement fits, and does nothing else with; ``""`` if there is none.

    ``model.fit(X)``, ``found = model.fit(X).predict(Y)``; not ``model.fit(X, model.predict(X))``.
    """
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    if not isinstance(statement, (ast.Assign, ast.Expr)):
        return ""
    call = statement.value
    while isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        receiver = call.func.value
        if call.func.attr in _FITS and isinstance(receiver, ast.Name) and _is_plain(call):
            name = receiver.id
            named = sum(isinstance(n, ast.Name) and n.id == name for n in ast.walk(statement))
            again = [isinstance(target, ast.Name) and target.id == name for target in targets]
            # `model = model.fit(X)` binds what it was.
            own = again == [True] and call is statement.value and call.func.attr == "fit"
            return name if named == 1 + own else ""
        if not is_look(call.func.attr, given=len(call.args)):
            return ""
        call = receiver
    return ""


def _is_plain(call: ast.Call) -> bool:
    return (
        len(call.args) <= 2
        and not any(isinstance(arg, ast.Starred) for arg in call.args)
        and all(word.arg in _WORDS for word in call.keywords)
    )


def refittable(source: str, namespace: Mapping[str, Any]) -> frozenset[str]:
    """Return the names that a cell fits whose values start afresh whenever they are fitted."""
    if ".fit" not in source:
        return frozenset()
    names = set(_FIT.findall(source))
    return frozenset(name for name in names if name in namespace and starts_afresh(namespace[name]))


def starts_afresh(value: Any) -> bool:
    """Tell whether fitting an estimator forgets all that it has learnt before.

    Never raises; what is not known for sure does not.
    """
    try:
        return _is_fresh(value, 0)
    except Exception:
        # Hostile objects raise what they like; nothing is known of them.
        return False


def _is_fresh(value: Any, depth: int) -> bool:
    cls = type(value)
    if not cls.__module__.startswith(_PACKAGES) or cls.__qualname__ not in _AFRESH:
        return False
    methods = [getattr(cls, name) for name in _FITS if hasattr(cls, name)]
    if not methods or not all(_is_theirs(method) for method in methods):
        return False
    if any(callable(getattr(cls, name, None)) for name in vars(value)) or _is_told(value):
        return False
    params = value.get_params(deep=False)
    return not params.get("warm_start") and _are_still(params.values(), depth)


def _is_theirs(method: Any) -> bool:
    return str(getattr(method, "__module__", "")).startswith(_PACKAGES)


def _is_told(value: Any) -> bool:
    """Tell whether callbacks are registered with an estimator."""
    return "_skl_callbacks" in vars(value)


def _are_still(values: Iterable[Any], depth: int) -> bool:
    return depth <= _DEEPEST and all(_is_still(value, depth + 1) for value in values)


def _is_still(value: Any, depth: int) -> bool:
    """Tell whether fitting leaves a parameter as it is: no generator of numbers, no function."""
    cls = type(value)
    if cls in _ATOMS:
        return True
    if cls in (list, tuple, set, frozenset):
        return _are_still(value, depth)
    if cls is dict:
        return _are_still((*value.keys(), *value.values()), depth)
    if isinstance(value, type):
        return value.__module__ in ("builtins", "numpy")
    if cls is FunctionType or cls.__name__ == "_ArrayFunctionDispatcher":
        return str(value.__module__).partition(".")[0] in ("numpy", "scipy", "sklearn")
    if cls.__module__ == "numpy":
        if cls.__name__ == "ndarray":
            return not value.dtype.hasobject or _are_still(value.ravel().tolist(), depth)
        return cls.__name__ in ("ufunc", "dtype") or any(
            b.__name__ == "generic" for b in cls.__mro__
        )
    if cls.__module__.startswith(_PARTS) and not hasattr(cls, "fit"):
        return _are_still(vars(value).values(), depth)
    return _is_fresh(value, depth)


_AFRESH = frozenset({
    "ARDRegression", "AdaBoostClassifier", "AdaBoostRegressor", "AdditiveChi2Sampler",
    "AffinityPropagation", "AgglomerativeClustering", "BaggingClassifier", "BaggingRegressor",
    "BayesianGaussianMixture", "BayesianRidge", "BernoulliNB", "BernoulliRBM", "Binarizer",
    "BisectingKMeans", "CCA", "CalibratedClassifierCV", "CategoricalNB", "ClassicalMDS",
    "ClassifierChain", "ColumnTransformer", "ComplementNB", "CountVectorizer", "DBSCAN",
    "DecisionTreeClassifier", "DecisionTreeRegressor", "DictVectorizer", "DictionaryLearning",
    "DummyClassifier", "DummyRegressor", "ElasticNet", "ElasticNetCV", "EllipticEnvelope",
    "EmpiricalCovariance", "ExtraTreeClassifier", "ExtraTreeRegressor", "ExtraTreesClassifier",
    "ExtraTreesRegressor", "FactorAnalysis", "FastICA", "FeatureHasher",
    "FeatureUnion", "FunctionTransformer", "GammaRegressor", "GaussianMixture", "GaussianNB",
    "GaussianProcessClassifier", "GaussianProcessRegressor", "GaussianRandomProjection",
    "GenericUnivariateSelect", "GradientBoostingClassifier", "GradientBoostingRegressor",
    "GraphicalLasso", "GraphicalLassoCV", "GridSearchCV", "HDBSCAN", "HalvingGridSearchCV",
    "HalvingRandomSearchCV", "HistGradientBoostingClassifier", "HistGradientBoostingRegressor",
    "HuberRegressor", "IncrementalPCA", "IsolationForest", "Isomap", "IsotonicRegression",
    "KBinsDiscretizer", "KMeans", "KNNImputer", "KNeighborsClassifier", "KNeighborsRegressor",
    "KNeighborsTransformer", "KernelCenterer", "KernelDensity", "KernelPCA", "KernelRidge",
    "LGBMClassifier", "LGBMRegressor", "LabelBinarizer", "LabelEncoder", "LabelPropagation",
    "LabelSpreading", "Lars", "LarsCV", "Lasso", "LassoCV", "LassoLars", "LassoLarsCV",
    "LassoLarsIC", "LatentDirichletAllocation", "LedoitWolf", "LinearDiscriminantAnalysis",
    "LinearRegression", "LinearSVC", "LinearSVR", "LocalOutlierFactor",
    "LocallyLinearEmbedding", "LogisticRegression", "LogisticRegressionCV", "MDS",
    "MLPClassifier", "MLPRegressor", "MaxAbsScaler", "MeanShift", "MinCovDet", "MinMaxScaler",
    "MiniBatchDictionaryLearning", "MiniBatchKMeans", "MiniBatchNMF", "MiniBatchSparsePCA",
    "MissingIndicator", "MultiLabelBinarizer", "MultiOutputClassifier", "MultiOutputRegressor",
    "MultiTaskElasticNet", "MultiTaskElasticNetCV", "MultiTaskLasso", "MultiTaskLassoCV",
    "MultinomialNB", "NMF", "NearestCentroid", "NearestNeighbors",
    "NeighborhoodComponentsAnalysis", "Normalizer", "NuSVC", "NuSVR", "Nystroem", "OAS",
    "OPTICS", "OneClassSVM", "OneHotEncoder", "OneVsOneClassifier", "OneVsRestClassifier",
    "OrdinalEncoder", "OrthogonalMatchingPursuit", "OrthogonalMatchingPursuitCV",
    "OutputCodeClassifier", "PCA", "PLSCanonical", "PLSRegression", "PLSSVD",
    "PassiveAggressiveClassifier", "PassiveAggressiveRegressor", "PatchExtractor", "Perceptron",
    "Pipeline", "PoissonRegressor", "PolynomialCountSketch", "PolynomialFeatures",
    "PowerTransformer", "QuadraticDiscriminantAnalysis", "QuantileRegressor",
    "QuantileTransformer", "RANSACRegressor", "RBFSampler", "RFE", "RFECV",
    "RadiusNeighborsClassifier", "RadiusNeighborsRegressor", "RadiusNeighborsTransformer",
    "RandomForestClassifier", "RandomForestRegressor", "RandomTreesEmbedding",
    "RandomizedSearchCV", "RegressorChain", "Ridge", "RidgeCV", "RidgeClassifier",
    "RidgeClassifierCV", "RobustScaler", "SGDClassifier", "SGDOneClassSVM", "SGDRegressor",
    "SVC", "SVR", "SelectFdr", "SelectFpr", "SelectFromModel", "SelectFwe", "SelectKBest",
    "SelectPercentile", "SelfTrainingClassifier", "SequentialFeatureSelector",
    "ShrunkCovariance", "SimpleImputer", "SkewedChi2Sampler", "SparsePCA",
    "SparseRandomProjection", "SpectralBiclustering", "SpectralClustering",
    "SpectralCoclustering", "SplineTransformer", "StackingClassifier", "StackingRegressor",
    "StandardScaler", "TSNE", "TargetEncoder", "TfidfTransformer", "TfidfVectorizer",
    "TheilSenRegressor", "TransformedTargetRegressor", "TruncatedSVD", "TweedieRegressor",
    "VarianceThreshold", "VotingClassifier", "VotingRegressor", "XGBClassifier",
    "XGBRFClassifier", "XGBRFRegressor", "XGBRegressor",
})  # fmt: skip
"""Classes that were tried: fitted twice, they hold what a new object holds."""
