"""What is set of libraries and of the process: any call may go by it, by whatever name."""

__all__ = ["CASES"]

SCALER = ("import sklearn\nfrom sklearn.preprocessing import StandardScaler\n"
          "d = pd.DataFrame({'a': [1., 2.]})")  # fmt: skip
SCALED = "y = type(StandardScaler().fit_transform(d)).__name__"
WARNED = "try:\n    warnings.warn('a'); y = 0\nexcept UserWarning:\n    y = 1"
DIVIDED = "try:\n    np.array([1.]) / 0; y = 0\nexcept FloatingPointError:\n    y = 1"
MOCK = ("from unittest import mock\nfrom unittest.mock import patch\nimport os, math\n"
        "class S:\n    k = 1\n    def f(self):\n        return 1\ns = S()")  # fmt: skip
FLOOR = "y = math.floor(3.3)"
EIGHT = "lambda v: 8"
PATCHED = {
    "by its name": ["patch('math.floor', lambda v: 8).start()", FLOOR],
    "by mock's name": ["mock.patch('math.floor', lambda v: 8).start()", FLOOR],
    "started later": ["p = patch.object(S, 'k', 5)", "p.start()", "y = s.k"],
    "started and stopped": ["p = patch.object(S, 'k', 5)", "p.start()", "z = s.k", "p.stop()",
                            "y = s.k, z"],
    "all stopped": ["patch.object(S, 'k', 5).start()", "z = s.k", "patch.stopall()", "y = s.k"],
    "entered": ["p = patch('math.floor', lambda v: 8)", "p.__enter__()", FLOOR],
    "by a stack": ["import contextlib\nst = contextlib.ExitStack()",
                   "st.enter_context(patch('math.floor', lambda v: 8))", FLOOR],
    "a block": ["with patch.object(S, 'k', 5):\n    z = s.k", "y = z"],
    "a decorator": ["@patch.object(S, 'k', 5)\ndef f():\n    return s.k", "y = f()"],
    "a decorator, by a text": ["k = 3\ndef g():\n    return k",
                               "@patch('__main__.k', 9)\ndef f():\n    return g()", "y = f()"],
    "of the notebook, by a text": ["patch('__main__.s', 8).start()", "y = s"],
    "an object's method": ["p = patch.object(s, 'f', lambda: 7)", "p.start()", "y = s.f()"],
    "a dictionary": ["d = {'a': 1}", "patch.dict(d, {'a': 2}).start()", "y = dict(d)"],
    "the environment": ["patch.dict('os.environ', {'QQ': '2'}).start()",
                        "y = os.environ.get('QQ')"],
    "several": ["patch.multiple(S, k=6).start()", "y = s.k"],
}  # fmt: skip
SET = {
    "the environment": ["import os", "os.environ['QQ'] = '5'", "y = os.getenv('QQ')"],
    "the environment, by its own name": [
        "from os import environ, getenv", "environ['QQ'] = '5'", "y = getenv('QQ')"],
    "the environment, by a function": [
        "import os\ndef go():\n    os.environ['QQ'] = '3'", "go()", "y = os.getenv('QQ')"],
    "the environment, taken from": [
        "import os\nos.environ['QQ'] = '3'", "os.environ.pop('QQ')\nz = 1",
        "y = os.getenv('QQ')"],
    "the time zone": ["import os, time", "os.environ['TZ'] = 'UTC+5'\ntime.tzset()",
                      "y = time.localtime(0).tm_hour"],
    "numpy's errors": ["np.seterr(divide='raise')", DIVIDED],
    "numpy's errors, by a function's name": [
        "from numpy import seterr", "seterr(divide='raise')", DIVIDED],
    "a state of random numbers": ["import random", "random.seed(4)", "z = random.random()",
                                  "y = random.random()"],
    "a generator of random numbers": ["import random\nr = random.Random(3)", "z = r.random()",
                                      "y = r.random()"],
    "pandas' options": ["pd.set_option('display.precision', 2)", "y = str(pd.Series([1.23456]))"],
    "pandas' options, as attributes": ["pd.options.display.max_rows = 3",
                                       "y = pd.get_option('display.max_rows')"],
    "scikit-learn's output": [SCALER, "sklearn.set_config(transform_output='pandas')", SCALED],
    "scikit-learn's output, by a function's name": [
        SCALER, "from sklearn import set_config\nset_config(transform_output='pandas')", SCALED],
    "an estimator's output": [
        SCALER + "\ns = StandardScaler()", "s.set_output(transform='pandas')",
        "y = type(s.fit_transform(d)).__name__"],
    "warnings that are raised": ["import warnings", "warnings.simplefilter('error')", WARNED],
    "warnings that are raised by numpy": [
        "import warnings", "warnings.simplefilter('error')",
        "try:\n    np.array([1.]) / 0; y = 0\nexcept RuntimeWarning:\n    y = 1"],
    "warnings that are raised no more": [
        "import warnings", "warnings.simplefilter('error')", WARNED + "\nz = y",
        "warnings.filterwarnings('ignore')", WARNED + "\ny = y, z"],
    "torch's numbers": ["import torch", "torch.set_default_dtype(torch.float64)",
                        "y = str(torch.zeros(1).dtype)"],
    "torch's numbers, by a function's name": [
        "from torch import set_default_dtype, float64, nn", "set_default_dtype(float64)",
        "y = str(nn.Linear(1, 1).weight.dtype)"],
    "torch's gradients": ["import torch\nw = torch.ones(1, requires_grad=True)",
                          "g = torch.set_grad_enabled(False)", "y = (w * 2).requires_grad"],
    "torch's gradients, entered": [
        "import torch\nw = torch.ones(1, requires_grad=True)", "c = torch.no_grad()",
        "c.__enter__()", "y = (w * 2).requires_grad"],
    "torch's hooks": [
        "import torch",
        "torch.nn.modules.module.register_module_forward_hook(lambda m, i, o: o + 1)",
        "y = torch.nn.Identity()(torch.zeros(1)).item()"],
    "annotations": ["from __future__ import annotations",
                    "def f(a: Undefined = 1):\n    return a", "y = f(), f.__annotations__"],
    "annotations of a class": ["from __future__ import annotations", "class A:\n    k: Later = 1",
                               "y = A.__annotations__"],
    "the limit of recursion": ["import sys", "sys.setrecursionlimit(2345)",
                               "y = sys.getrecursionlimit()"],
    "where modules are found": [
        "import os, sys\nos.mkdir('d')\nz = open('d/m7.py', 'w').write('k = 5')",
        "sys.path.insert(0, 'd')", "import m7", "y = m7.k"],
    "the working folder": [
        "import os\nos.mkdir('d')\nwith open('d/f', 'w') as f:\n    f.write('1')", "os.chdir('d')",
        "y = open('f').read()"],
    "handlers of text": ["import codecs", "codecs.register_error('zz', lambda e: ('?', e.end))",
                         "y = 'é'.encode('ascii', 'zz')"],
    "how objects are copied": [
        "import copyreg, copy\nclass A:\n    k = 1", "copyreg.pickle(A, lambda o: (int, (4,)))",
        "y = copy.copy(A())"],
    "a function of single dispatch": [
        "import functools\n@functools.singledispatch\ndef f(v):\n    return 0",
        "@f.register(int)\ndef _(v):\n    return 4", "y = f(3)"],
    "a tables' accessor": [
        "@pd.api.extensions.register_dataframe_accessor('q')\nclass Q:\n"
        "    def __init__(self, d):\n        self.n = len(d)", "y = pd.DataFrame({'a': [1]}).q.n"],
}  # fmt: skip
REPLACED = {
    "in the module": ["np.mean = lambda v: 7", "y = np.mean([1])"],
    "under another name of the module": ["import numpy", "numpy.mean = lambda v: 7",
                                         "y = np.mean([1])"],
    "and taken later": ["import math", f"math.floor = {EIGHT}", "from math import floor",
                        "y = floor(2.2)"],
    "by setattr": ["setattr(np, 'mean', lambda v: 7)", "y = np.mean([1])"],
    "by a name of the module": ["import math\nm = math", f"m.floor = {EIGHT}", FLOOR],
    "by a function": ["import math\ndef go():\n    math.floor = lambda v: 8", "go()", FLOOR],
    "by its dictionary": ["import math", f"vars(math)['floor'] = {EIGHT}", FLOOR],
    "by sys.modules": ["import math, sys", f"sys.modules['math'].floor = {EIGHT}", FLOOR],
    "by importlib": ["import math, importlib",
                     f"importlib.import_module('math').floor = {EIGHT}", FLOOR],
    "by __import__": ["import math", f"__import__('math').floor = {EIGHT}", FLOOR],
    "and put back": ["import math", f"old = math.floor\nmath.floor = {EIGHT}",
                     "z = math.floor(2.2)", "math.floor = old", "y = math.floor(2.2), z"],
    "by a partial": [
        "import functools\npd.read_csv = functools.partial(pd.read_csv, sep=';')",
        "with open('a.csv', 'w') as f:\n    z = f.write('a;b\\n1;2\\n')",
        "y = list(pd.read_csv('a.csv').columns)"],
    "of a submodule": ["import sklearn.metrics as sm\nfrom sklearn import metrics",
                       "sm.accuracy_score = lambda a, b: 9", "y = metrics.accuracy_score(1, 2)"],
    "of a class": ["pd.DataFrame.go = lambda s: 5", "d = pd.DataFrame({'a': [1]})", "y = d.go()"],
    "of a class by its own name": ["from pandas import DataFrame", "DataFrame.go = lambda s: 5",
                                   "d = pd.DataFrame({'a': [1]})", "y = d.go()"],
    "of a base": ["from sklearn.base import BaseEstimator\nfrom sklearn.linear_model import Ridge",
                  "BaseEstimator.go = lambda s: 9", "y = Ridge().go()"],
    "of an object's class": ["from sklearn.linear_model import Ridge\nm = Ridge()",
                             "type(m).score = lambda s: 5", "q = Ridge()", "y = q.score()"],
    "of a layer": ["import torch\nfrom torch import nn",
                   "torch.nn.Linear.reset_parameters = lambda s: s.weight.data.fill_(3)",
                   "y = nn.Linear(1, 1).weight.item()"],
    "of torch, by a short name": [
        "import torch\nimport torch.nn.functional as F", "F.relu = lambda v: v + 1",
        "y = torch.nn.functional.relu(torch.ones(1)).item()"],
}  # fmt: skip
CASES = {
    **{f"patched: {name}": [MOCK, *cells] for name, cells in PATCHED.items()},
    **{f"set: {name}": cells for name, cells in SET.items()},
    **{f"replaced: {name}": cells for name, cells in REPLACED.items()},
}
