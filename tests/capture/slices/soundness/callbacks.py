"""What functions change that a library calls later: hooks, signals, timers, handlers."""

__all__ = ["CASES"]

LOG = "log = []\ndef f(*a, **k):\n    log.append(1)\n"
LATER = {
    "a hook of all modules": [
        LOG + "import torch\nlayer = torch.nn.Linear(1,1)",
        "h = torch.nn.modules.module.register_module_forward_hook(f)",
        "z = layer(torch.ones(1,1))",
        "y = list(log)",
    ],
    "an error of numpy, by an operator": [
        LOG,
        "np.seterrcall(f)\nnp.seterr(all='call')",
        "x = np.zeros(1)",
        "z = 1 / x",
        "y = list(log)",
    ],
    "a signal": [
        LOG + "import signal",
        "signal.signal(signal.SIGUSR1, f)",
        "signal.raise_signal(signal.SIGUSR1)",
        "y = list(log)",
    ],
    "a timer of the process": [
        LOG + "import signal, time",
        "signal.signal(signal.SIGALRM, f)",
        "signal.setitimer(signal.ITIMER_REAL, 0.01)",
        "time.sleep(0.03)",
        "y = list(log)",
    ],
    "what is run at the end": [
        LOG + "import atexit",
        "atexit.register(f)",
        "atexit._run_exitfuncs()",
        "y = list(log)",
    ],
    "a timer": [
        LOG + "import threading, time",
        "t = threading.Timer(0.02, f)\nt.start()",
        "time.sleep(0.1)",
        "y = list(log)",
    ],
    "a timer without a name": [
        LOG + "import threading, time",
        "threading.Timer(0.01, f).start()",
        "time.sleep(0.1)",
        "y = list(log)",
    ],
    "a thread that changes what it is given": [
        "x=[]\nimport threading, time\ndef f(q):\n    time.sleep(0.02)\n    q.append(1)",
        "threading.Thread(target=f, args=(x,)).start()",
        "time.sleep(0.1)",
        "y = list(x)",
    ],
    "a function of a transformer": [
        LOG + "from sklearn.preprocessing import FunctionTransformer\ndef g(X):\n"
        "    log.append(1)\n    return X",
        "t = FunctionTransformer(g)",
        "z = t.transform(np.ones((2,1)))",
        "y = list(log)",
    ],
    "a scorer": [
        "log=[]\nfrom sklearn.metrics import make_scorer\n"
        "from sklearn.model_selection import cross_val_score\n"
        "from sklearn.linear_model import LinearRegression\ndef g(a,b):\n"
        "    log.append(1)\n    return 1.0",
        "s = make_scorer(g)",
        "z = cross_val_score(LinearRegression(), np.ones((6,1)), np.ones(6), scoring=s, cv=2)",
        "y = list(log)",
    ],
    "a distance, at a prediction": [
        "log=[]\nfrom sklearn.neighbors import KNeighborsClassifier\ndef g(a,b):\n"
        "    log.append(1)\n    return abs(a-b).sum()",
        "k = KNeighborsClassifier(1, metric=g)",
        "k.fit(np.ones((2,1)),[0,1])",
        "n=len(log)",
        "k.predict(np.ones((1,1)))",
        "y = len(log)",
    ],
    "a warning that is shown": [
        LOG + "import warnings",
        "warnings.showwarning = f\nwarnings.simplefilter('always')",
        "warnings.warn('x')",
        "y = list(log)",
    ],
    "the garbage collector": [
        LOG + "import gc",
        "gc.callbacks.append(f)",
        "gc.collect()",
        "gc.callbacks.clear()",
        "y = len(log)",
    ],
    "an event of Python": [
        "log=[]\nimport sys\ndef f(e, a):\n    if e == 'zzz':\n        log.append(1)",
        "sys.addaudithook(f)",
        "sys.audit('zzz')",
        "y = list(log)",
    ],
    "what is printed, to an object of the notebook": [
        "log=[]\nimport sys\nclass T:\n    def write(self, s):\n        log.append(s)\n"
        "    def flush(self):\n        pass",
        "old = sys.stdout\nsys.stdout = T()",
        "print('a')",
        "sys.stdout = old",
        "y = list(log)",
    ],
    "what is printed, to a text": [
        "import io, sys\nb = io.StringIO()\nold = sys.stdout",
        "sys.stdout = b",
        "print('a')",
        "sys.stdout = old",
        "y = b.getvalue()",
    ],
    "a value that is missing": [
        "log=[]\nfrom collections import defaultdict\ndef f():\n    log.append(1)\n    return 0",
        "d = defaultdict(f)",
        "d['a']",
        "y = list(log)",
    ],
    "an accessor of frames": [
        "log=[]\n@pd.api.extensions.register_dataframe_accessor('geo')\nclass G:\n"
        "    def __init__(self, o):\n        log.append(1)",
        "df = pd.DataFrame({'a':[1]})",
        "df.geo",
        "y = list(log)",
    ],
    "a handler of messages": [
        "log=[]\nimport logging\nclass H(logging.Handler):\n    def emit(self, r):\n"
        "        log.append(1)",
        "logging.getLogger().addHandler(H())",
        "logging.warning('x')",
        "y = list(log)",
    ],
    "a handler that counts for itself": [
        "import logging\nclass H(logging.Handler):\n    n = 0\n    def emit(self, r):\n"
        "        self.n += 1\nh = H()",
        "logging.getLogger().addHandler(h)",
        "logging.warning('x')",
        "y = h.n",
    ],
    "a filter of messages": [
        "log=[]\nimport logging\ndef f(r):\n    log.append(1)\n    return True",
        "logging.getLogger('q').addFilter(f)",
        "logging.getLogger('q').warning('x')",
        "y = list(log)",
    ],
    "a reducer": [
        "log=[]\nimport copyreg, pickle\nclass C: pass\ndef f(c):\n    log.append(1)\n"
        "    return C, ()",
        "copyreg.pickle(C, f)",
        "z = pickle.dumps(C())",
        "y = list(log)",
    ],
    "what batches are made by": [
        "log=[]\nimport torch\nfrom torch.utils.data import DataLoader\ndef f(b):\n"
        "    log.append(1)\n    return b",
        "d = DataLoader([1,2], collate_fn=f)",
        "for b in d: pass",
        "y = list(log)",
    ],
    "a function for a type": [
        "log=[]\nfrom functools import singledispatch\n@singledispatch\ndef f(v):\n    return 0",
        "@f.register\ndef g(v: int):\n    log.append(1)\n    return 1",
        "f(3)",
        "y = list(log)",
    ],
    "a finder of modules": [
        "log=[]\nimport sys\nclass F:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        log.append(name)\nsys.meta_path.insert(0, F())",
        "import colorsys",
        "y = 'colorsys' in log",
    ],
    "a builtin, for a while": [
        "log=[]\nimport builtins\nold = print\ndef f(*a):\n    log.append(1)",
        "builtins.print = f",
        "print(3)",
        "builtins.print = old",
        "y = list(log)",
    ],
    "a method of a library, for a class": [
        "log=[]\nfrom sklearn.linear_model import LinearRegression\n"
        "old = LinearRegression.fit\ndef f(self, X, y):\n    log.append(1)\n"
        "    return old(self, X, y)",
        "LinearRegression.fit = f",
        "m = LinearRegression().fit(np.ones((2,1)),[1,2])",
        "y = list(log)",
    ],
    "a signal, after the list was made anew": [
        "log = []\ndef f(*a):\n    log.append(1)\nimport signal",
        "signal.signal(signal.SIGUSR1, f)",
        "log = [5]",
        "signal.raise_signal(signal.SIGUSR1)",
        "y = list(log)",
    ],
    "a signal that counts": [
        "n = 0\ndef f(*a):\n    global n\n    n += 1\nimport signal",
        "signal.signal(signal.SIGUSR1, f)",
        "signal.raise_signal(signal.SIGUSR1)",
        "y = n",
    ],
    "a signal, to a method": [
        "class C:\n    n = 0\n    def seen(self, *a):\n        self.n += 1\nc = C()\nimport signal",
        "signal.signal(signal.SIGUSR1, c.seen)",
        "signal.raise_signal(signal.SIGUSR1)",
        "y = c.n",
    ],
    "a signal, by a function that sets it up": [
        "log = []\nimport signal\ndef f(*a):\n    log.append(1)\ndef go():\n"
        "    signal.signal(signal.SIGUSR1, f)",
        "go()",
        "signal.raise_signal(signal.SIGUSR1)",
        "y = list(log)",
    ],
    "a signal, to a lambda": [
        "log = []\nimport signal",
        "signal.signal(signal.SIGUSR1, lambda *a: log.append(1))",
        "signal.raise_signal(signal.SIGUSR1)",
        "y = list(log)",
    ],
    "a signal, to one of a partial": [
        "log = []\nimport signal\nfrom functools import partial\ndef f(q, *a):\n    q.append(1)",
        "signal.signal(signal.SIGUSR1, partial(f, log))",
        "signal.raise_signal(signal.SIGUSR1)",
        "y = list(log)",
    ],
}
CASES = {f"called later: {name}": cells for name, cells in LATER.items()}
