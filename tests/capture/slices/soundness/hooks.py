"""What Python calls without its name being said, and what is kept now to be changed later."""

__all__ = ["CASES"]

TELLING = ("class B:\n"
    "    subs = []\n"
    "    def __init_subclass__(cls, **k):\n"
    "        super().__init_subclass__(**k)\n"
    "        {}\n")  # fmt: skip
ADDING = ("log = []\n"
    "class D:\n"
    "    def __init__(self, v):\n"
    "        self.v = v\n"
    "    def __del__(self):\n"
    "        log.append(self.v)\n")  # fmt: skip
CHANGING = ("class D:\n"
    "    def __init__(self, v):\n"
    "        self.v = v\n"
    "    def __del__(self):\n"
    "        self.v.append(1)\n"
    "log = []\n")  # fmt: skip
COUNTING = ("class P:\n"
    "    n = 0\n"
    "    def predict(self, X):\n"
    "        self.n += 1\n"
    "p = P()\n")  # fmt: skip
SUBCLASSES = {
    "told by name": [
        TELLING.format("B.subs.append(cls.__name__)"), "class M(B):\n    pass",
        "y = list(B.subs)"],
    "told through the class": [
        TELLING.format("cls.subs.append(cls.__name__)"), "class M(B):\n    pass",
        "y = list(B.subs)"],
    "told by a class of a class": [
        TELLING.format("cls.subs.append(cls.__name__)"), "class M(B):\n    pass",
        "class N(M):\n    pass", "y = list(B.subs)"],
    "registered around it": [
        "R = {}\n" + TELLING.format("R[cls.__name__] = cls"), "class M(B):\n    k = 3",
        "y = R['M'].k"],
    "counted": [
        "class B:\n    n = 0\n    def __init_subclass__(cls):\n        B.n += 1",
        "class M(B):\n    pass", "y = B.n"],
    "counted through the class": [
        "class B:\n    n = 0\n    def __init_subclass__(cls):\n        cls.__base__.n += 1",
        "class M(B):\n    pass", "y = B.n"],
    "a base by another name": [
        TELLING.format("cls.subs.append(1)"), "C = B", "class M(C):\n    pass", "y = len(B.subs)"],
    "a class made by type": [
        TELLING.format("cls.subs.append(1)"), "M = type('M', (B,), {})", "y = len(B.subs)"],
    "a class made by a function": [
        TELLING.format("cls.subs.append(1)"),
        "def mk():\n    class M(B):\n        pass\n    return M", "mk()\nz = 1",
        "y = len(B.subs)"],
    "a class made by a function, registered": [
        "R = []\n" + TELLING.format("R.append(1)"),
        "def mk():\n    class M(B):\n        pass\n    return M", "q = mk()", "y = len(R)"],
    "classes of a comprehension": [
        "R = []\n" + TELLING.format("R.append(1)"),
        "ms = [type(str(i), (B,), {}) for i in range(3)]", "y = len(R)"],
    "a class in a branch": [
        TELLING.format("cls.subs.append(1)"), "if True:\n    class M(B):\n        pass",
        "y = len(B.subs)"],
    "a metaclass that registers": [
        "R = []\nclass Meta(type):\n    def __init__(cls, n, b, d):\n"
        "        super().__init__(n, b, d)\n        R.append(n)",
        "class M(metaclass=Meta):\n    pass", "class N(M):\n    pass", "y = list(R)"],
    "a metaclass that registers before": [
        "R = []\nclass Meta(type):\n    def __new__(m, n, b, d):\n        R.append(n)\n"
        "        return super().__new__(m, n, b, d)",
        "class M(metaclass=Meta):\n    pass", "y = list(R)"],
    "a metaclass that keeps a list": [
        "class Meta(type):\n    reg = []\n    def __init__(cls, n, b, d):\n"
        "        super().__init__(n, b, d)\n        cls.reg.append(n)",
        "class M(metaclass=Meta):\n    pass", "y = list(Meta.reg)"],
    "a descriptor that registers": [
        "R = []\nclass F:\n    def __set_name__(self, o, n):\n        R.append(n)",
        "class M:\n    x = F()", "y = list(R)"],
    "a descriptor from before": [
        "class F:\n    n = None\n    def __set_name__(self, o, n):\n        self.n = n\nf = F()",
        "class M:\n    x = f", "y = f.n"],
}  # fmt: skip
GONE = {
    "rebound": [
        ADDING, "d = D(1)", "d = None", "y = list(log)"],
    "deleted": [
        ADDING, "d = D(1)", "del d", "y = list(log)"],
    "deleted, and changes what it holds": [
        CHANGING, "d = D(log)", "del d", "y = list(log)"],
    "rebound, and changes what it holds": [
        CHANGING, "d = D(log)", "d = 5", "y = list(log)"],
    "never bound": [
        ADDING, "D(1)\nz = 0", "y = list(log)"],
    "never bound, and changes what it was given": [
        CHANGING, "D(log)\nz = 0", "y = list(log)"],
    "taken from a list": [
        ADDING, "l = [D(1), D(2)]", "l.pop()\nz = 1", "y = list(log)"],
    "a list, cleared": [
        CHANGING, "l = [D(log)]", "l.clear()", "y = list(log)"],
    "deleted from a dictionary": [
        ADDING, "l = {'a': D(1)}", "del l['a']", "y = list(log)"],
    "two names": [
        ADDING, "d = D(1)\ne = d", "d = 1", "e = 2", "y = list(log)"],
    "rebound by a loop": [
        ADDING, "for i in range(3):\n    d = D(i)", "y = list(log)"],
    "local to a function": [
        ADDING, "def f():\n    d = D(7)", "f()", "y = list(log)"],
    "collected later": [
        ADDING + "import gc", "d = D(1)\nd.me = d", "d = None", "gc.collect()\nz = 1",
        "y = list(log)"],
    "held by another object": [
        ADDING + "class H:\n    pass\nh = H()", "h.d = D(1)", "h.d = None", "y = list(log)"],
    "rebound by a block": [
        ADDING, "d = D(1)", "import contextlib\nwith contextlib.nullcontext(3) as d:\n    pass",
        "y = list(log)"],
    "rebound by an import": [
        ADDING, "math = D(1)", "import math", "y = list(log)"],
    "rebound by a function": [
        ADDING, "f = D(1)", "def f():\n    pass", "y = list(log)"],
    "a finalizer": [
        "import weakref\nlog = []\nclass A:\n    pass\na = A()",
        "w = weakref.finalize(a, log.append, 3)", "del a", "y = list(log)"],
    "a weak reference": [
        "import weakref\nlog = []\nclass A:\n    pass\na = A()",
        "w = weakref.ref(a, lambda r: log.append(1))", "a = None", "y = list(log)"],
    "a file, deleted": [
        "f = open('a.txt','w')", "f.write('hi')\nz = 1", "del f",
        "from pathlib import Path\ny = Path('a.txt').read_text()"],
    "a file, rebound": [
        "f = open('a.txt','w')", "f.write('hi')\nz = 1", "f = 3",
        "from pathlib import Path\ny = Path('a.txt').read_text()"],
    "a file, opened again": [
        "f = open('a.txt','w')", "f.write('hi')\nz = 1", "f = open('a.txt')", "y = f.read()"],
}  # fmt: skip
HOOKS = {
    "a metaclass that counts objects": [
        "L = []\nclass M(type):\n    def __call__(c, *a):\n        L.append(1)\n"
        "        return super().__call__(*a)\nclass A(metaclass=M):\n    pass",
        "a = A()", "y = list(L)"],
    "a constructor that counts in its class": [
        "class A:\n    i = []\n    def __new__(c):\n        c.i.append(1)\n"
        "        return super().__new__(c)",
        "A()\nz = 1", "y = len(A.i)"],
    "objects that are listed in their class": [
        "class A:\n    all = []\n    def __init__(self):\n        self.all.append(1)", "a = A()",
        "b = A()", "y = len(A.all)"],
    "objects that are numbered by their class": [
        "import itertools\nclass A:\n    c = itertools.count()\n    def __init__(self):\n"
        "        self.i = next(A.c)",
        "a = A()", "b = A()", "y = b.i"],
    "a function of arrays": [
        "l = []\nf = np.vectorize(lambda v: l.append(v) or 1)", "f([1, 2])\nz = 1",
        "y = len(l) > 0"],
    "an array, walked over by numpy": [
        "x = np.zeros(3)",
        "with np.nditer(x, op_flags=['readwrite']) as it:\n    for v in it:\n        v[...] = 4",
        "y = x * 1"],
    "an array that may not be written to": [
        "x = np.arange(4)", "x.flags.writeable = False", "y = x.flags.writeable"],
    "a handler of a logger": [
        "import logging\nrec = []\nclass H(logging.Handler):\n    def emit(s, r):\n"
        "        rec.append(r.getMessage())\nlg = logging.getLogger('q')\n"
        "lg.setLevel(10)\nlg.handlers[:] = [H()]",
        "lg.info('hi')", "y = list(rec)"],
    "a method, called by a function, of one of two": [
        "class P:\n    def __init__(self):\n        self.n = 0\n    def predict(self, X):\n"
        "        self.n += 1\no, q = P(), P()\ndef ask():\n    return o.predict(1)",
        "ask()\nt = 3", "y = o.n"],
    "a method, called by a function": [
        COUNTING, "def f():\n    return p.predict(1)", "f()\nz = 1", "y = p.n"],
    "a method, called by a function that is given the object": [
        COUNTING, "def f(q):\n    return q.predict(1)", "f(p)\nz = 1", "y = p.n"],
    "a method, called by a function of a function": [
        COUNTING, "def g():\n    return p.predict(1)\ndef f():\n    g()", "f()\nz = 1", "y = p.n"],
    "a method, called by a lambda": [
        COUNTING, "f = lambda: p.predict(1)", "f()\nz = 1", "y = p.n"],
    "a callback of a block": [
        "import contextlib\nlog = []\nst = contextlib.ExitStack()",
        "st.callback(log.append, 3)\nz = 1", "st.close()", "y = list(log)"],
}  # fmt: skip
LATER = {
    "a name that ends as it began": [
        "x, w = [1], None", "w = x\nw.append(2)\nw = None", "y = list(x)"],
    "a name that is gone": ["x, w = [1], 3", "w = x\nw.append(2)\ndel w", "y = list(x)"],
    "a name of a loop that ends as a number": [
        "x, w = [[1]], 3", "for v in x:\n    w = v\n    w.append(2)\n    w = 4", "y = str(x)"],
    "what is walked over, at last nothing": [
        "x = [1]", "for w in [x, None]:\n    if w:\n        w.append(2)", "y = list(x)"],
    "a fit of the notebook that keeps its data": [
        "class M:\n    def fit(self, X):\n        self.X = X\n        return self\n"
        "    def go(self):\n        self.X[0] = 9\n",
        "x = np.zeros(2)\nm = M()",
        "m.fit(x)",
        "m.go()",
        "y = x * 1"],
    "a plot of the notebook that keeps its data": [
        "class A:\n    def scatter(self, x):\n        self.x = x\n    def go(self):\n"
        "        self.x.append(1)",
        "x = []\na = A()",
        "a.scatter(x)",
        "a.go()",
        "y = list(x)"],
    "a shallow copy": [
        "import copy\nx = [[1]]\nz = copy.copy(x)",
        "z[0].append(2)",
        "y = str(x)"],
    "a copy of a list": [
        "x = [[1]]\nz = x.copy()",
        "z[0].append(2)",
        "y = str(x)"],
    "a copy of a dictionary": [
        "a = {'k': [1]}\nb = a.copy()",
        "b['k'].append(2)",
        "y = str(a)"],
    "objects of an array": [
        "x = np.array([[1], [2, 3]], dtype=object)\nz = x.tolist()",
        "z[0].append(5)",
        "y = str(x)"],
    "a list, twice": [
        "a = [[1]]\nb = a * 2",
        "b[0].append(5)",
        "y = str(a)"],
    "a default that is given back": [
        "def f(a, l=[]):\n    l.append(a)\n    return l",
        "z = f(1)",
        "z.append(7)",
        "y = f(2)"],
    "a default from before": [
        "L = []\ndef f(a, l=L):\n    l.append(a)\n    return l",
        "z = f(1)",
        "z.append(7)",
        "y = list(L)"],
    "a coroutine": [
        "l = []\nasync def f():\n    l.append(1)",
        "import asyncio\nc = f()\ntry:\n    c.send(None)\nexcept StopIteration:\n    pass",
        "y = list(l)"],
    "a generator that changes what is around it": [
        "l = []\ndef g():\n    l.append(1)\n    yield 2",
        "it = g()",
        "next(it)\nz = 1",
        "y = list(l)"],
    "a generator that changes what it is given": [
        "l = []\ndef g(q):\n    q.append(1)\n    yield 2",
        "it = g(l)",
        "next(it)\nz = 1",
        "y = list(l)"],
}  # fmt: skip
CASES = {**SUBCLASSES, **GONE, **HOOKS, **LATER}
