from jupyter_mvt.compare.diff import EnvironmentDiff, PackageChange
from jupyter_mvt.compare.environment import diff_environment
from jupyter_mvt.objects.commit import Content


def test_used_packages_first(make):
    objects = make.Objects()
    base = make.env(objects, packages={"a": "1", "n": "1", "z": "1", "same": "1"}, used=("z",))
    other = make.env(
        objects, cpus=8, packages={"b": "2", "n": "2", "z": "2", "same": "1"}, used=("b",)
    )
    sides = make.pair(base, other, objects)
    assert diff_environment(*sides) == EnvironmentDiff(
        packages=(
            PackageChange(name="b", other="2", used=True),
            PackageChange(name="z", base="1", other="2", used=True),
            PackageChange(name="a", base="1"),
            PackageChange(name="n", base="1", other="2"),
        ),
        facts=(("Processors", "2", "8"),),
    )
    assert [(p.other, p.base) for p in diff_environment(*reversed(sides)).packages] == [
        (p.base, p.other) for p in diff_environment(*sides).packages
    ]


def test_memory_alone_is_no_difference(make):
    objects = make.Objects()
    sides = make.pair(make.env(objects), make.env(objects, memory_bytes=1), objects)
    assert diff_environment(*sides) is None


def test_equal_environments_are_not_read(make):
    objects = make.Objects()
    content = make.env(objects)
    assert diff_environment(*make.pair(content, content, objects)) is None
    assert objects.read == []


def test_not_recorded(make):
    objects = make.Objects()
    found = diff_environment(*make.pair(Content(), make.env(objects), objects))
    assert found == EnvironmentDiff(facts=(("Environment", "not recorded", "Python 3.11"),))
