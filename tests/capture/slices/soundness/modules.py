"""What modules of the notebook's folder keep, and what is run without its text in a cell."""

__all__ = ["CASES"]

HELPER = """\
state = 0
items = []
config = {'k': 1}
def bump():
    global state
    state += 1
def add(v):
    items.append(v)
def get():
    return state, len(items), config['k']
class Box:
    n = 0
    def __init__(self):
        self.v = 1
box = Box()
"""
OTHER = "import helper\ndef seen():\n    return helper.get()\ndef go():\n    helper.bump()\n"
REGISTER = """\
R = {}
def register(f):
    R[f.__name__] = f
    return f
def make(name):
    return R[name]()
class Base:
    def __init_subclass__(cls, **k):
        R[cls.__name__] = cls
"""
COUNTING = """\
import functools, random
numbers = random.Random(0)
class C:
    n = 0
    def __init__(self):
        C.n += 1
        self.i, self.asked = C.n, 0
    def predict(self, v):
        self.asked += 1
def my_score(v):
    v.append(1)
@functools.lru_cache
def once(v):
    return v
def draw():
    return numbers.random()
"""
NOTEBOOK = """\
{"cells": [{"cell_type": "markdown", "source": "x", "metadata": {}},
 {"cell_type": "code", "source": ["k = 4\\n", "def add(v):\\n", "    v.append(k)"], "metadata": {},
  "outputs": [], "execution_count": null}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
"""
SCRIPT = """\
n = [0]
def bump():
    n[0] += 1
def my_score(v):
    v.append(1)
class C:
    n = 0
    def predict(self):
        C.n += 1
"""
FILES = {"helper.py": HELPER, "other.py": OTHER, "reg.py": REGISTER, "counting.py": COUNTING,
         "pack/__init__.py": "", "pack/sub.py": "L = []\n", "late.py": "import helper\nz = 1\n"
         "helper.items.append(z)\n", "o.ipynb": NOTEBOOK, "s.py": SCRIPT}  # fmt: skip
GET = "y = helper.get()"
CASES = {
    name: (cells, FILES)
    for name, cells in {
        "a module: a function of it": ["import helper", "helper.bump()", GET],
        "a module: a function of it, given something": ["import helper", "helper.add(3)", GET],
        "a module: its attribute": ["import helper", "helper.state = 7", GET],
        "a module: its attribute, changed": ["import helper", "helper.state += 4", GET],
        "a module: its dictionary": ["import helper", "helper.config['k'] = 9", GET],
        "a module: its list": ["import helper", "helper.items.append(2)", GET],
        "a module: its list, by getattr": [
            "import helper", "getattr(helper, 'items').append(1)\nz = 1", GET],
        "a module: its list, by another name": [
            "import helper", "b = helper.items", "b.append(4)", GET],
        "a module: its object, by another name": [
            "import helper", "b = helper.box", "b.v = 4", "y = helper.box.v"],
        "a module: functions taken from it": [
            "from helper import bump, get", "bump()", "y = get()"],
        "a module: a list taken from it": [
            "from helper import items, get", "items.append(2)", "y = get()"],
        "a module: a dictionary taken from it": [
            "from helper import config", "config['k'] = 5", "import helper", GET],
        "a module: a class taken from it": [
            "from helper import Box, box", "Box.n = 4", "y = box.n"],
        "a module: a class taken from it, and an object looked at": [
            "from helper import Box, box", "print(box.n)", "Box.n = 4", "print(box.n)",
            "y = box.n"],
        "a module: objects of its class, in a list": [
            "from helper import Box\no = [Box()]", "print(o[0].n)", "Box.n = 4", "y = o[0].n"],
        "a module: all taken from it": ["from helper import *", "bump()", "y = get()"],
        "a module: two names of it": [
            "import helper as h\nimport helper", "h.bump()", GET],
        "a module: by a function of the notebook": [
            "import helper\ndef go():\n    helper.bump()", "go()", GET],
        "a module: by a class of the notebook": [
            "import helper\nclass A:\n    def go(self):\n        helper.add(1)",
            "A().go()\nz = 1", GET],
        "a module: seen by another one": [
            "import helper, other", "helper.config['k'] = 3", "y = other.seen()"],
        "a module: changed by another one": ["import helper\nimport other", "other.go()", GET],
        "a module: changed when another one is imported": [
            "import helper", "from late import z", GET],
        "a module: through sys.modules": [
            "import helper, sys", "sys.modules['helper'].state = 4", GET],
        "a module: through its dictionary": [
            "import helper", "vars(helper)['state'] = 4", GET],
        "a module: within a package": [
            "import pack.sub", "pack.sub.L.append(2)", "from pack.sub import L", "y = list(L)"],
        "a module: run again": [
            "import helper, importlib", "helper.state = 3", "importlib.reload(helper)", GET],
        "a module: written to, run again": [
            "import helper\nfrom importlib import reload",
            "with open('helper.py', 'a') as f:\n    f.write('\\nstate = 1111\\n')",
            "reload(helper)", "y = helper.get()"],
        "a module: what it draws": ["import counting", "z = counting.draw()",
                                    "y = counting.draw()"],
        "a module: a generator taken from it": [
            "from counting import numbers", "z = numbers.random()", "y = numbers.random()"],
        "a module: objects that it counts": [
            "from counting import C", "c = C()", "d = C()", "y = d.i"],
        "a module: objects that count how they are asked": [
            "from counting import C\nc = C()", "z = c.predict(1)", "y = c.asked"],
        "a module: a score that changes its data": [
            "from counting import my_score\nx = [1]", "my_score(x)\nz = 1", "y = list(x)"],
        "a module: a cache": ["from counting import once", "once(1)\nz = 1",
                              "y = once.cache_info().currsize"],
        "a module: a decorator that registers": [
            "from reg import register, make", "@register\ndef fa():\n    return 3",
            "y = make('fa')"],
        "a module: a base that is told": [
            "import reg", "class A(reg.Base):\n    pass", "y = list(reg.R)"],
        "a notebook that is run": ["%run o.ipynb", "y = k + 1"],
        "a notebook that is run: its functions": ["%run o.ipynb", "x = []\nadd(x)", "y = list(x)"],
        "a script that is run: its score": ["%run s.py", "x = []\nmy_score(x)", "y = list(x)"],
        "a script that is run: its list": ["%run s.py", "bump()\nz = 1", "y = n[0]"],
        "a script that is run: its class": ["%run s.py", "c = C()", "c.predict()\nz = 1",
                                            "y = C.n"],
        "a text that is run: its list": [
            "exec(open('s.py').read())", "bump()\nz = 1", "y = n[0]"],
        "a cell whose output is captured": ["x = [1]", "%%capture\nx.append(2)", "y = list(x)"],
        "a cell that is timed": ["x = [1]", "%%time\nx.append(2)", "y = list(x)"],
        "a line that is timed": ["x = [1]", "%time x.append(2)", "y = list(x)"],
        "a line that is profiled": ["x = [1]", "%prun -q x.append(2)", "y = list(x)"],
        "a magic that sets the environment": ["%env QQ=5", "import os\ny = os.getenv('QQ')"],
        "a magic, called": ["ip = get_ipython()", "ip.run_line_magic('env', 'QQ=4')",
                            "import os\ny = os.getenv('QQ')"],
    }.items()
}  # fmt: skip
