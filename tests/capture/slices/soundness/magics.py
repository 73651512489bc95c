"""What lines mean that only IPython understands: timed, captured, with modules run again."""

__all__ = ["CASES"]

WRITTEN = "%%writefile mod.py\ndef f():\n    return 22\n"
FILES = {
    "mod.py": "def f():\n    return 1\n",
    "mod2.py": "import mod\ndef g():\n    return mod.f()\n",
    "mod3.py": "class C:\n    def f(self):\n        return 12\n",
}
CASES = {
    name: (cells, FILES)
    for name, cells in {
        "timed: a line, as often as it is told": [
            "x=[]",
            "%timeit -n 3 -r 2 x.append(1)",
            "y = list(x)",
        ],
        "timed: a line of a function": [
            "x=[1]\ndef f():\n    x[0] = 5",
            "%timeit -n 1 f()",
            "y = list(x)",
        ],
        "timed: a fit": [
            "from sklearn.linear_model import LinearRegression\nm = LinearRegression()\n"
            "X=np.arange(6.).reshape(3,2)",
            "%timeit -n 2 -r 1 m.fit(X, [1,2,3])",
            "y = m.coef_.tolist()",
        ],
        "timed: a line with an answer": [
            "x=[]",
            "t = %timeit -o -n 1 -r 1 x.append(1)",
            "y = list(x)",
        ],
        "timed: an assignment": [
            "x=[1]",
            "%timeit -n 1 -r 1 x[0] = 4",
            "y = list(x)",
        ],
        "timed: a cell, and what is done before": [
            "x=[1]",
            "%%timeit -n 2 -r 2 x.append(0)\nx.append(3)",
            "y = list(x)",
        ],
        "timed: a cell with names of its own": [
            "x=[1]",
            "z = 3",
            "%%timeit -n 1 -r 1\nz = 4\nx.append(z)",
            "y = list(x), z",
        ],
        "timed: a line of a loop": [
            "x=[1]",
            "for i in range(2):\n    %timeit -n1 -r1 x.append(i)",
            "y = list(x)",
        ],
        "timed: once, a line of a loop": [
            "x=[1]",
            "for i in range(2):\n    %time x.append(i)",
            "y = list(x)",
        ],
        "timed: a text that asks for names of the notebook": [
            "x=[1]\nimport timeit",
            "t = timeit.timeit('x.append(1)', setup='from __main__ import x', number=3)",
            "y = list(x)",
        ],
        "captured: what is printed": [
            "z = 3",
            "%%capture out\nprint(z)\nprint(z + 1)",
            "y = out.stdout",
        ],
        "captured: what is printed aside": [
            "import sys",
            "%%capture out\nprint('e', file=sys.stderr)",
            "y = out.stderr",
        ],
        "captured: printed again": [
            "import sys",
            "%%capture out\nprint('e')",
            "%%capture two\nout.show()",
            "y = two.stdout",
        ],
        "captured: in part": [
            "x=[1]",
            "%%capture --no-stderr out\nprint('e')",
            "y = out.stdout",
        ],
        "a frame's flags": [
            "df = pd.DataFrame({'a':[1,2]})",
            "df.flags.allows_duplicate_labels = False",
            "y = df.flags.allows_duplicate_labels",
        ],
        "a frame's flags, by another name": [
            "df = pd.DataFrame({'a':[1,2]})",
            "f = df.flags",
            "f.allows_duplicate_labels = False",
            "y = df.flags.allows_duplicate_labels",
        ],
        "a frame's own attribute": [
            "df = pd.DataFrame({'a':[1,2]})\ndf.note = 1",
            "df.note = 2",
            "y = df.note",
        ],
        "reloaded: a module": [
            "%load_ext autoreload\n%autoreload 2",
            "import mod",
            WRITTEN,
            "y = mod.f()",
        ],
        "reloaded: a function taken from it": [
            "%load_ext autoreload\n%autoreload 2",
            "from mod import f",
            WRITTEN,
            "y = f()",
        ],
        "reloaded: written by Python": [
            "%load_ext autoreload\n%autoreload 2",
            "import mod",
            "open('mod.py','w').write('def f():\\n    return 4444\\n')",
            "y = mod.f()",
        ],
        "reloaded: one that is named": [
            "%load_ext autoreload\n%autoreload 1\n%aimport mod",
            WRITTEN,
            "y = mod.f()",
        ],
        "reloaded: the class of an object": [
            "%load_ext autoreload\n%autoreload 2",
            "from mod3 import C\nc = C()",
            "%%writefile mod3.py\nclass C:\n    def f(self):\n        return 5\n",
            "y = c.f()",
        ],
        "reloaded: by another module": [
            "%load_ext autoreload\n%autoreload 2",
            "import mod2",
            WRITTEN,
            "y = mod2.g()",
        ],
        "reloaded: no more": [
            "%load_ext autoreload\n%autoreload 2",
            "import mod",
            "%autoreload 0",
            WRITTEN,
            "y = mod.f()",
        ],
        "a module: written to, imported before": [
            "import mod",
            WRITTEN,
            "from mod import f",
            "y = f()",
        ],
        "a module: run by its loader": [
            "import importlib.util as u",
            WRITTEN,
            "s = u.spec_from_file_location('mod', 'mod.py')\nm = u.module_from_spec(s)\n"
            "s.loader.exec_module(m)",
            "y = m.f()",
        ],
    }.items()
}
