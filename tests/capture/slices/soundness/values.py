"""Values, files and settings that change without their own text saying so."""

__all__ = ["CASES"]

COUNTING = ("class P:\n    def __init__(self):\n        self.n = []\n"
            "    def predict(self, X):\n        self.n.append(1)\n        return X")  # fmt: skip
NET = "import torch\ntorch.manual_seed(0)\nn = torch.nn.Linear(1, 1)"

MEMORY = {
    "a transposed array": ["x = np.arange(6.).reshape(2, 3)", "v = x.T", "v[0] = 5", "y = x * 1"],
    "a flat view": ["x = np.arange(6.)", "v = x.reshape(2, 3).ravel()\nv[0] = 5", "y = x * 1"],
    "asarray": ["x = np.arange(6.)", "v = np.asarray(x)", "v[0] = 5", "y = x * 1"],
    "a frame's array": ["df = pd.DataFrame({'a': [1., 2.]})", "X_ = df.to_numpy(copy=True)",
                        "X_[0] = 7", "y = X_ * 1"],
    "unpacked rows": ["x = np.zeros((2, 2))", "a, b = x", "a[:] = 4", "y = x * 1"],
    "split": ["x = np.zeros((4, 2))", "a, b = np.split(x, 2)", "a[:] = 4", "y = x * 1"],
    "out, by place": ["x = np.zeros(2)", "np.add(x, 1, x)", "y = x * 1"],
    "out, by name": ["x = np.zeros(2)", "np.add(x, 1, out=x)", "y = x * 1"],
    "del of a part": ["d = {'a': 1, 'b': 2}", "del d['a']", "y = dict(d)"],
    "del of a column": ["d = pd.DataFrame({'a': [1], 'b': [2]})", "del d['a']", "y = d.copy()"],
    "walrus": ["x = [1]", "(z := x).append(2)", "y = list(x)"],
    "match": ["x = [1, [2]]", "match x:\n    case [a, b]:\n        b.append(3)", "y = str(x)"],
    "a loop over two": ["a = [[1], [2]]; b = [[3], [4]]",
                        "for p, q in zip(a, b):\n    p.append(q[0])", "y = [list(p) for p in a]"],
    "a loop, numbered": ["a = [[1], [2]]", "for i, p in enumerate(a):\n    p.append(i)",
                         "y = [list(p) for p in a]"],
}  # fmt: skip
CLASSES = {
    "predict that counts": [COUNTING, "p = P()", "z = p.predict(3)", "y = len(p.n)"],
    "the same, held": [COUNTING, "p = [P()]", "for q in p:\n    q.predict(3)", "y = len(p[0].n)"],
    "the same, walked over": [COUNTING, "p = [P()]", "[q.predict(3) for q in p]",
                              "y = len(p[0].n)"],
    "predict through another": [COUNTING + "\n    def score(self):\n        return self.predict(1)",
                                "p = P()", "p.score()", "y = len(p.n)"],
    "predict that changes its data": [
        "class P:\n    def predict(self, X):\n        X.append(2)", "x = [1]\np = P()",
        "p.predict(x)", "y = list(x)"],
    "fit that changes its data": [
        "class M:\n    def fit(self, X):\n        X[0] = 9\n        return self",
        "x = np.zeros(2)", "m = M().fit(x)", "y = x * 1"],
    "a constructor that changes its data": [
        "class B:\n    def __init__(self, v):\n        v.append(2)", "x = [1]", "b = B(x)",
        "y = list(x)"],
    "a constructor that changes a list": [
        "log = []", "class B:\n    def __init__(self, v):\n        log.append(v)", "b = B(3)",
        "y = list(log)"],
    "a method that changes its class": [
        "class M:\n    n = 0\n    def score(self):\n        M.n += 1", "m = M()", "m.score()",
        "y = M.n"],
    "a property that counts": [
        "class M:\n    k = 0\n    @property\n    def values(self):\n        self.k += 1",
        "m = M()", "m.values", "y = m.k"],
    "an object that counts how often it is read": [
        "class D:\n    k = 0\n    def __getitem__(self, i):\n        self.k += 1\n        return i",
        "d = D()", "d[1]", "y = d.k"],
    "a data class's own get": [
        "from dataclasses import dataclass, field\n@dataclass\nclass D:\n"
        "    v: list = field(default_factory=list)\n    def get(self, k):\n"
        "        self.v.append(k)", "d = D()", "d.get(1)", "y = list(d.v)"],
    "an estimator of the notebook": [
        "from sklearn.linear_model import LinearRegression\nclass M(LinearRegression):\n"
        "    def predict(self, X):\n        self.calls_ = getattr(self, 'calls_', 0) + 1\n"
        "        return super().predict(X)", "m = M().fit(np.eye(3), [1, 2, 3])",
        "p = m.predict(np.eye(3))", "y = m.calls_"],
    "with": ["class C:\n    n = 0\n    def __enter__(self):\n        self.n += 1\n"
             "    def __exit__(self, *a):\n        self.n += 1", "c = C()", "with c:\n    pass",
             "y = c.n"],
    "a default that remembers": ["def f(v, acc=[]):\n    acc.append(v)\n    return acc", "f(1)",
                                 "f(2)", "y = list(f(3))"],
    "an attribute of a function": ["def f():\n    f.n += 1\nf.n = 0", "f()", "y = f.n"],
}  # fmt: skip
CHANCE = {
    "a splitter's generator": [
        "from sklearn.model_selection import KFold\nr = np.random.RandomState(0)\n"
        "kf = KFold(2, shuffle=True, random_state=r)", "a = list(kf.split(np.zeros(6)))",
        "y = r.rand()"],
    "an estimator's generator": [
        "from sklearn.linear_model import SGDClassifier\nr = np.random.RandomState(0)\n"
        "X = r.rand(30, 2)\nt = X[:, 0] > .5", "m = SGDClassifier(random_state=r).fit(X, t)",
        "y = SGDClassifier(random_state=r).fit(X, t).coef_"],
    "a dataset's own generator": [
        "class D:\n    def __init__(self):\n        self.r = np.random.default_rng(0)\n"
        "    def __getitem__(self, i):\n        return self.r.random()",
        "d = D()", "seen = d[0]", "y = d[0]"],
}  # fmt: skip
OTHERS = {
    "a queue": ["import queue\nq = queue.Queue()\nq.put(1)\nq.put(2)", "a = q.get()",
                "y = q.get()"],
    "a thread that is waited for": [
        "import threading\nx, go = [], threading.Event()\n"
        "def w():\n    go.wait()\n    x.append(1)\n"
        "t = threading.Thread(target=w)\nt.start()", "go.set()\nt.join()", "y = len(x)"],
    "names out of nowhere": ["print(end='')\nfrom math import *", "y = floor(2.5)"],
}  # fmt: skip
TORCH = {
    "a loss, walked back in the next cell": [
        NET + "\no = torch.optim.SGD(n.parameters(), .1)", "l = n(torch.ones(1, 1)).sum()",
        "l.backward()", "o.step()", "y = n.weight.item()"],
    "a loss of named parts": [
        NET + "\no = torch.optim.SGD(n.parameters(), .1)", "p = n(torch.ones(1, 1))",
        "l = (p ** 2).mean()", "l.backward()", "o.step()", "y = n.weight.item()"],
    "a state's own arrays": [NET, "s = n.state_dict()", "s['weight'].fill_(3)",
                             "y = n.weight.item()"],
    "an array under a tensor": ["import torch\nx = np.zeros(2)\nt = torch.from_numpy(x)",
                                "t.add_(1)", "y = x * 1"],
}  # fmt: skip
FILES = {
    "a table": ["d = pd.DataFrame({'a': [1.]})", "d.to_csv('a.csv', index=False)",
                "y = pd.read_csv('a.csv')"],
    "a table, written twice": ["d = pd.DataFrame({'a': [1.]})", "d.to_csv('a.csv', index=False)",
                               "e = d * 2\ne.to_csv('a.csv', index=False)",
                               "y = pd.read_csv('a.csv')"],
    "an array": ["x = np.arange(3.)", "np.save('a.npy', x)", "y = np.load('a.npy')"],
    "a pickle": ["import joblib\nx = np.arange(3.)", "joblib.dump(x, 'a.pkl')",
                 "y = joblib.load('a.pkl')"],
    "a model's own format": [
        "import lightgbm\nx = np.random.RandomState(0).rand(60, 2)\n"
        "b = lightgbm.train({'verbose': -1}, lightgbm.Dataset(x, x[:, 0]), 3)",
        "b.save_model('m.txt')", "y = lightgbm.Booster(model_file='m.txt').predict(x)"],
    "an array in a file": ["m = np.memmap('a.bin', dtype='f4', mode='w+', shape=(3,))",
                           "m[:] = 5\nm.flush()",
                           "y = np.array(np.memmap('a.bin', dtype='f4', mode='r'))"],
    "a data base": ["import sqlite3\nc = sqlite3.connect('a.db')",
                    "pd.DataFrame({'a': [1]}).to_sql('t', c, index=False)\nc.commit()",
                    "e = sqlite3.connect('a.db')\ny = pd.read_sql('select * from t', e)\n"
                    "c.close()\ne.close()"],
}  # fmt: skip
MORE_FILES = {
    "a file, closed in a later cell": ["f = open('a.txt', 'w')", "f.write('hi')", "f.close()",
                                       "y = Path('a.txt').read_text()"],
    "a file, printed to": ["f = open('a.txt', 'w')", "print('hi', file=f)", "f.close()",
                           "y = Path('a.txt').read_text()"],
    "a csv writer": ["import csv\nf = open('a.csv', 'w')\nw = csv.writer(f)",
                     "w.writerow([1, 2])", "f.close()", "y = Path('a.csv').read_text()"],
    "a copied file": ["import shutil\nPath('a').write_text('1')", "shutil.copy('a', 'b')",
                      "y = Path('b').read_text()"],
    "a moved file": ["import os\nPath('a').write_text('1')", "os.replace('a', 'b')",
                     "y = os.path.exists('a'), os.path.exists('b')"],
    "another program": ["import subprocess", "subprocess.call('echo 3 > a', shell=True)",
                        "y = Path('a').read_text()"],
    "a folder that is listed": ["Path('d').mkdir()",
                                "Path('d/a').touch()",
                                "y = [str(path) for path in Path('d').iterdir()]"],
    "an archive": ["import zipfile", "z = zipfile.ZipFile('a.zip', 'w')\nz.writestr('k', 'q')",
                   "z.close()", "with zipfile.ZipFile('a.zip') as z:\n    y = z.read('k')"],
}  # fmt: skip
SETTINGS = {
    "a setting of a library": [
        "import sklearn", "sklearn.set_config(transform_output='pandas')",
        "from sklearn.preprocessing import StandardScaler",
        "y = type(StandardScaler().fit_transform(pd.DataFrame({'a': [1., 2.]})))",
        "sklearn.set_config(transform_output='default')"],
    "an attribute set by name": ["class A:\n    k = 0", "setattr(A, 'k', 2)", "y = A().k"],
    "a name in a query": ["k = 5\nd = pd.DataFrame({'a': [1, 9]})", "k = 1",
                          "y = d.query('a >= @k')"],
    "a function in a formula": [
        "smf = pytest.importorskip('statsmodels.formula.api')\n"
        "d = pd.DataFrame({'a': [1., 2, 4], 'b': [1., 3, 4]})", "def twice(v):\n    return v * 2",
        "y = smf.ols('b ~ twice(a)', d).fit().params.tolist()"],
    "a builtin, hidden for a while": ["sum = 5", "del sum", "y = sum([1, 2])"],
    "a dictionary that makes what is asked for": [
        "from collections import defaultdict\nd = defaultdict(int)", "d['b']", "y = dict(d)"],
    "two names at once": ["a = b = []", "a.append(1)", "y = list(b)"],
    "a table's own names": ["d = pd.DataFrame({'a': [3, 1]})", "d.index.name = 'k'",
                            "y = d.reset_index()"],
    "a sum at places": ["x = np.zeros(2)", "np.add.at(x, [0, 0], 1)", "y = x * 1"],
}  # fmt: skip
FUNCTIONS = {
    "a score that changes its data": ["def my_score(m):\n    m.append(1)", "x = []",
                                      "my_score(x)", "y = list(x)"],
    "a function with a class's name": ["def Train(m):\n    m.append(1)", "x = []", "Train(x)",
                                       "y = list(x)"],
    "a decorator that counts": [
        "calls = []\ndef deco(f):\n    def g(*a):\n        calls.append(1)\n        return f(*a)\n"
        "    return g", "@deco\ndef a(v):\n    return v", "a(1)", "y = len(calls)"],
    "a decorator that registers": [
        "R = {}", "def reg(n):\n    def d(f):\n        R[n] = f\n        return f\n    return d",
        "@reg('a')\ndef fa():\n    return 1", "y = R['a']()"],
    "a method of a class": ["class A:\n    n = 0\n    @classmethod\n    def inc(cls):\n"
                            "        cls.n += 1", "A.inc()", "y = A.n"],
    "operators that count": [
        "class A:\n    n = 0\n    def __add__(self, v):\n        self.n += v\n        return self\n"
        "a = A()", "a + 3", "y = a.n"],
    "a truth that counts": [
        "class A:\n    n = 0\n    def __bool__(self):\n        self.n += 1\n        return True\n"
        "a = A()", "if a:\n    z = 1", "y = a.n"],
    "a helper defined after the object": [
        "class A:\n    def go(self):\n        return late()", "a = A()",
        "def late():\n    return 3", "y = a.go()"],
}  # fmt: skip
CALM = {
    "put back within a cell": ["x = np.zeros(2)", "x[0] = 5\nz = x * 1\nx[0] = 0", "y = x + z"],
    "put back later": ["x = np.zeros(2)\nv = x[:]", "w = x.sum()", "v[0] = 5", "z = v * 1",
                       "v[0] = 0", "y = x + z"],
    "put back later, read by a function": [
        "x = np.zeros(2)\nv = x[:]\ndef f():\n    return x * 1", "w = x.sum()", "v[0] = 5",
        "z = f()", "v[0] = 0", "y = x + z"],
    "put back later, read by another name": [
        "x = np.zeros(2)\nv, u = x[:], x[:]", "w = x.sum()", "v[0] = 5", "z = u * 1",
        "v[0] = 0", "y = x + z"],
    "put back later, and seen within": [
        "x = np.zeros(2)\nv = x[:]", "w = x.sum()", "v[0] = 5", "z = x * 1", "v[0] = 0",
        "y = x + z"],
    "put back by another object of the same name": [
        "x = np.zeros(2)\nv = x[:]", "w = x.sum()", "x = v * 1\nx = v", "v[0] = 5",
        "y = x * 1"],
}  # fmt: skip
CASES = {**MEMORY, **CLASSES, **CHANCE, **OTHERS, **TORCH, **FILES, **MORE_FILES, **SETTINGS,
         **FUNCTIONS, **CALM}  # fmt: skip
