"""The source closure: all that a class needs, in an order that runs, and no more."""

from __future__ import annotations

from jupyter_mvt.capture.closures import free_names, source_closure, sources_from

NOTEBOOK = {
    "torch": "import torch\nfrom torch import nn",
    "nn": "import torch\nfrom torch import nn",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "H": "H = 16",
    "rows": "rows = pd.read_csv('x.csv')",
    "n_rows": "n_rows = len(rows.index)",
    "width": "width = torch.cuda.device_count() + 4",
    "act": "def act(x):\n    return torch.relu(x) * H",
    "Base": "class Base(nn.Module):\n    size = H",
    "Net": (
        "@np.vectorize\nclass Net(Base):\n    def forward(self, x):\n"
        "        again = act(x)\n        return again + width"
    ),
    "odd": "def odd(n):\n    return n and even(n - 1)",
    "even": "def even(n):\n    return not n or odd(n - 1)",
    "model": "model = Net()",
}


def test_a_class_comes_with_all_that_it_needs():
    assert source_closure("Net", NOTEBOOK.get, {"width": 4, "rows": object()}) == "\n\n".join(
        [
            "H = 16",
            "import torch\nfrom torch import nn",
            "class Base(nn.Module):\n    size = H",
            "def act(x):\n    return torch.relu(x) * H",
            "import numpy as np",
            "width = 4",
            NOTEBOOK["Net"] + "\n",
        ]
    )


def test_functions_that_call_each_other():
    assert source_closure("odd", NOTEBOOK.get) == f"{NOTEBOOK['even']}\n\n{NOTEBOOK['odd']}\n"


def test_data_is_never_loaded_again():
    notebook = {**NOTEBOOK, "f": "def f():\n    return rows, n_rows, model"}
    assert source_closure("f", notebook.get) == notebook["f"] + "\n"


def test_what_no_cell_defines_has_none():
    assert [source_closure(name, NOTEBOOK.get) for name in ("print", "H", "model")] == [None] * 3


def test_free_names_see_through_scopes():
    text = "def f(a, b=B):\n    def g():\n        return a + C\n    return [D for d in g()]"
    assert free_names(text) == {"B", "C", "D"}


def live(text, name):
    space = {"__name__": "__main__"}
    exec(text, space)
    return space[name]


def test_a_class_whose_cell_ran_again_unchanged_keeps_its_text():
    text = "class K:\n    def m(self):\n        return 1"
    old, new = live(text, "K"), live("\n\n" + text, "K")
    sources = sources_from({"K": text}.get, {"K": new})
    assert sources(new) == sources(old) == text + "\n"


def test_a_class_whose_name_means_other_code_has_none():
    text = "class K:\n    def m(self):\n        return 2"
    old = live(text.replace("2", "1"), "K")
    sources = sources_from({"K": text}.get, {"K": live(text, "K")})
    assert sources(old) is None
    assert sources(int) is None
