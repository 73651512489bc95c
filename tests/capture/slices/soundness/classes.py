"""Gradients, statements that are not always run, classes and what they are given."""

__all__ = ["CASES"]

GRADIENTS = {
    "a gradient": [
        "import torch\nw = torch.ones(2, requires_grad=True)",
        "(w * 2).sum().backward()",
        "y = w.grad * 1",
    ],
    "two gradients": [
        "import torch\nw = torch.ones(2, requires_grad=True)",
        "(w * 2).sum().backward()",
        "(w * 3).sum().backward()",
        "y = w.grad * 1",
    ],
    "a gradient, and a step": [
        (
            "import torch\ntorch.manual_seed(0)\nn = torch.nn.Linear(1, 1)\n"
            "o = torch.optim.SGD(n.parameters(), .1)"
        ),
        "n(torch.ones(1, 1)).sum().backward()",
        "o.step()",
        "y = n.weight.item()",
    ],
    "a module's weights": [
        "import torch\ntorch.manual_seed(0)\nn = torch.nn.Linear(1, 1)",
        "n.weight.data.fill_(3)",
        "y = n.weight.item()",
    ],
    "a module's mode": ["import torch\nn = torch.nn.Dropout(0.5)", "n.eval()", "y = n.training"],
    "a module's hook": [
        "import torch\nn = torch.nn.Linear(1, 1)\ns = []",
        "n.register_forward_hook(lambda *a: s.append(1))",
        "n(torch.ones(1, 1))",
        "y = len(s)",
    ],
    "a module's averages": [
        "import torch\nn = torch.nn.BatchNorm1d(1)",
        "n(torch.ones(4, 1))",
        "y = n.running_mean.item()",
    ],
    "a module's own list": [
        (
            "import torch\nclass N(torch.nn.Module):\n    def __init__(self):\n"
            "        super().__init__()\n        self.c = [0]\n    def forward(self, x):\n"
            "        self.c[0] += 1\n        return x\nn = N()"
        ),
        "n(torch.ones(1))",
        "y = n.c[0]",
    ],
    "a loss of a loop": [
        "import torch\nw = torch.ones(1, requires_grad=True)\nloss = (w * 2).sum()",
        "for i in range(2):\n    if i:\n        loss.backward()\n    loss = (w * 3).sum()",
        "y = w.grad * 1",
    ],
}
PATHS = {
    "a block that is left early": [
        "from contextlib import suppress\nd = {}\nx = 3",
        "with suppress(KeyError):\n    x = d['k']",
        "y = x",
    ],
    "what is tried": ["d = {}\nx = 3", "try:\n    x = d['k']\nexcept KeyError:\n    pass", "y = x"],
    "what is tried, and caught": [
        "d = {}\nx = 3",
        "try:\n    x = d['k']\n    z = 1\nexcept KeyError:\n    z = x",
        "y = z",
    ],
    "what is tried, at last": [
        "d = {}\nx = 3\nz = 0",
        (
            "try:\n    try:\n        d['k']\n        x = 4\n    finally:\n        z = x\n"
            "except KeyError:\n    pass"
        ),
        "y = z",
    ],
    "a loop, carried on": ["x = 1", "for i in range(3):\n    y = x\n    x = x + 1"],
    "a loop that is not run": ["x = 1", "for i in []:\n    x = 2", "y = x"],
    "a branch in a loop": ["x = 1", "for i in range(2):\n    if i:\n        x = 5\n    y = x"],
    "a loop, cut short": [
        "x = 1",
        "for i in range(3):\n    if i < 2:\n        continue\n    x = i",
        "y = x",
    ],
    "the else of a loop": ["x = 1", "for i in []:\n    x = 3\nelse:\n    y = x"],
    "a loop of its own": ["x, n = 1, 0", "while n < 2:\n    y = x\n    x = n\n    n += 1"],
    "what is not reached": ["x = 1", "False and (x := 2)", "y = x"],
    "what does not match": ["b = 1", "match 3:\n    case [b]:\n        pass", "y = b"],
    "one of two": ["x = 1", "z = (x := 2) if False else x", "y = z"],
    "a block that swallows": [
        ("class W:\n    def __enter__(self): pass\n    def __exit__(self, *a): return True\nx = 1"),
        "with W():\n    1 / 0\n    x = 2",
        "y = x",
    ],
    "a block that swallows, by name": [
        (
            "class W:\n    def __enter__(self): pass\n"
            "    def __exit__(self, *a): return True\nw = W()\nx = 1"
        ),
        "with w:\n    1 / 0\n    x = 2",
        "y = x",
    ],
    "a function of a loop": [
        "for i in range(3):\n    k = i\n    def f():\n        return k",
        "k = 9",
        "y = f()",
    ],
}
OBJECTS = {
    "a score that gives back its data": [
        "def get_score(m):\n    return m",
        "x = [1]",
        "z = get_score(x)",
        "z.append(2)",
        "y = list(x)",
    ],
    "predict that gives back its data": [
        "class P:\n    def predict(self, X):\n        return X\np = P()",
        "x = [1]",
        "z = p.predict(x)",
        "z.append(2)",
        "y = list(x)",
    ],
    "predict that gives back its own": [
        (
            "class P:\n    def __init__(self):\n        self.v = [1]\n"
            "    def predict(self):\n        return self.v\np = P()"
        ),
        "z = p.predict()",
        "z.append(2)",
        "y = list(p.v)",
    ],
    "a list of a class": [
        "class M:\n    log = []\n    def go(self):\n        self.log.append(1)",
        "a = M()",
        "a.go()",
        "b = M()",
        "y = len(b.log)",
    ],
    "an object that sets a library": [
        (
            "class S:\n    def on(self):\n        np.seterr(all='raise')\n"
            "    def predict(self):\n        np.seterr(all='raise')"
        ),
        "s = S()",
        "s.predict()",
        "y = np.geterr()['over']",
        "old = np.seterr(all='warn')",
    ],
    "an attribute of a class": ["class L(list):\n    pass", "x = L()", "L.k = 4", "y = x.k"],
    "a function of a module that adds": [
        "import types\nm = types.ModuleType('m')\nm.k = []",
        "m.add = m.k.append\nm.add(3)",
        "y = list(m.k)",
    ],
    "a class that is asked for after its bases": [
        "class B:\n    def go(self):\n        pass",
        "class M(B):\n    k = 0\n    def go(self):\n        super(M, self).go()\n        M.k = 5",
        "a = M()",
        "a.go()",
        "y = M().k",
    ],
    "a list of a base from elsewhere": [
        "import sys, types\nelse_ = types.ModuleType('else_')\n"
        "exec('class B:\\n    log = []\\n    def go(self):\\n        self.log.append(1)', "
        "else_.__dict__)",
        "class M(else_.B):\n    pass",
        "a = M()",
        "a.go()",
        "b = M()",
        "y = len(b.log)",
    ],
    "a list of a base": [
        "class B:\n    log = []\n    def go(self):\n        self.log.append(1)",
        "class M(B):\n    pass",
        "a = M()",
        "a.go()",
        "b = M()",
        "y = len(b.log)",
    ],
    "a class, reached by type": [
        "class M:\n    n = 0\n    def go(self):\n        type(self).n = 5",
        "a = M()",
        "a.go()",
        "b = M()",
        "y = b.n",
    ],
    "a class, reached by name": [
        "class M:\n    n = 0\n    def go(self):\n        self.__class__.n = 5",
        "a = M()",
        "a.go()",
        "b = M()",
        "y = b.n",
    ],
    "a method's default": [
        "class M:\n    def go(self, v=[]):\n        v.append(1)\n        return len(v)",
        "a = M()",
        "a.go()",
        "b = M()",
        "y = b.go()",
    ],
    "a base that reaches for its class": [
        "class B:\n    def go(self):\n        type(self).k = 1",
        "class M(B):\n    k = 0",
        "a = M()",
        "a.go()",
        "y = M().k",
    ],
    "a function with the name of data": [
        "def load_iris():\n    return pd.read_csv('adv.csv')",
        "pd.DataFrame({'a': [1]}).to_csv('adv.csv')",
        "pd.DataFrame({'a': [2]}).to_csv('adv.csv')",
        "y = load_iris()",
    ],
    "a class, defined again": [
        "class M:\n    log = []\n    def go(self):\n        self.log.append(1)\nM0 = M",
        "class M:\n    def go(self):\n        pass",
        "a = M0()",
        "a.go()",
        "y = len(M0().log)",
    ],
    "an attribute given to a class": [
        "class M:\n    def go(self):\n        return self.k",
        "M.k = [1]",
        "a = M()",
        "a.k.append(2)",
        "y = M().go()",
    ],
    "an attribute given to a function": [
        "def f():\n    return f.s",
        "f.s = [1]",
        "z = f()",
        "z.append(2)",
        "y = list(f())",
    ],
    "the same, with a capital": [
        "def F(v=1):\n    return F.s",
        "F.s = [1]",
        "z = F()",
        "z.append(2)",
        "y = list(F())",
    ],
    "a list of a class, by its name": ["class M:\n    log = [1]", "M.log.pop()", "y = list(M.log)"],
    "a class with two names": ["class M:\n    k = 1", "N = M", "N.k = 5", "y = M.k"],
    "a class with two names, the other": ["class M:\n    k = 1\nN = M", "M.k = 5", "y = N.k"],
    "a function with two names": [
        "def f():\n    return g() + 1\ndef g():\n    return 1",
        "h = f",
        "def g():\n    return 5",
        "y = h()",
    ],
    "a flattened view": ["x = np.zeros((2, 2))", "v = x.ravel()", "v[0] = 4", "y = x * 1"],
}
CLASS = "class P:\n    pass\na = [1]"
GOING = "class P:\n    def go(self):\n        self.seen.append(2)\na = [1]\np = P()"
ATTRIBUTES = {
    "what a class was given": [CLASS, "P.seen = a", "p = P()", "p.seen.append(2)", "y = len(a)"],
    "given after": [CLASS, "p = P()", "P.seen = a", "p.seen.append(2)", "y = len(a)"],
    "asked of the class": [
        CLASS,
        "P.seen = a",
        "p = P()",
        "b = P.seen",
        "p.seen.append(2)",
        "y = len(b)",
    ],
    "of objects in a list": [CLASS, "P.seen = a", "o = [P()]", "o[0].seen.append(2)", "y = len(a)"],
    "changed by a method": [GOING, "P.seen = a", "p.go()", "y = len(a)"],
    "seen through another object": [GOING, "q = P()\nP.seen = a", "p.go()", "y = len(q.seen)"],
    "given to a base": [
        GOING,
        "class Q(P):\n    pass\nq = Q()",
        "P.seen = a",
        "q.go()",
        "y = len(a)",
    ],
    "under another name": [GOING, "R = P", "R.seen = a", "p.go()", "y = len(a)"],
    "if need be": [GOING, "if a:\n    P.seen = a", "p.go()", "y = len(a)"],
    "by setattr": [GOING, "setattr(P, 'seen', a)", "p.go()", "y = len(a)"],
    "by its type": [GOING, "type(p).seen = a", "p.go()", "y = len(a)"],
    "by its class": [GOING, "p.__class__.seen = a", "p.go()", "y = len(a)"],
    "by its type, seen through another": [
        GOING + "\nq = P()",
        "type(p).seen = a",
        "q.go()",
        "y = len(a)",
    ],
    "by its class, read through another": [
        GOING + "\nq = P()",
        "p.__class__.seen = a",
        "p.go()",
        "y = len(q.seen)",
    ],
    "by setattr of its type, read through another": [
        GOING + "\nq = P()",
        "setattr(type(p), 'seen', a)",
        "p.go()",
        "y = len(q.seen)",
    ],
    "by a name of its type": [GOING + "\nq = P()", "T = type(p)", "T.k = 3", "y = q.k"],
    "by its type, in a method": [
        "class P:\n    k = 1\n    def go(self):\n        type(self).k += 4\np, q = P(), P()",
        "p.go()",
        "y = q.k",
    ],
    "by its type, in a function": [
        "class P:\n    k = 1\np, q = P(), P()\ndef go(o):\n    type(o).k = 4",
        "go(p)",
        "y = q.k",
    ],
    "by its type, a list": [
        "class P:\n    L = []\np, q = P(), P()",
        "type(p).L.append(3)",
        "y = list(q.L)",
    ],
    "by its type, deleted": [
        "class P:\n    k = 1\nclass Q(P):\n    k = 2\np, q = Q(), Q()",
        "del type(p).k",
        "y = q.k",
    ],
    "by the base of its type": [
        "class P:\n    k = 1\nclass Q(P):\n    pass\np, q = P(), Q()",
        "type(q).__mro__[1].k = 5",
        "y = p.k",
    ],
    "of another class": [
        "class P:\n    k = 1\nclass Q:\n    k = 2\np = P()",
        "p.__class__ = Q",
        "y = p.k",
    ],
    "of a class without methods, looked at": [
        CLASS,
        "p = P()",
        "print(p)",
        "P.seen = a",
        "p.seen.append(2)",
        "y = len(a)",
    ],
    "by a function of the notebook": [
        "class C:\n    n = 0\ndef go():\n    C.n += 1",
        "go()\nz = 1",
        "y = C.n",
    ],
}
CASES = {**GRADIENTS, **PATHS, **OBJECTS, **ATTRIBUTES}
