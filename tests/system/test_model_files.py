"""Models that are files: committed by path, shared with live models, written back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import jupyter_mvt as mvt
from jupyter_mvt.errors import CaptureError, NotFoundError, StorageError

if TYPE_CHECKING:
    from jupyter_mvt import Repo

KIB = 1 << 10


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    (tmp_path / "repo").mkdir()
    return mvt.init(tmp_path / "repo")


def arrays(seed: int = 1) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {f"layer{i}.weight": random.normal(size=(300, 200)) for i in range(4)}


def npz(path: Path, values: dict[str, np.ndarray]) -> Path:
    np.savez(path, **values)
    return path


def test_a_file_comes_back_byte_for_byte(repo: Repo, tmp_path: Path) -> None:
    path = npz(tmp_path / "bert-tiny.npz", arrays())
    made = repo.commit(path, message="from a file")
    model = made.commit.content.models[0]
    assert (model.var, model.role, model.adapter) == ("bert_tiny", "file", "file/1")
    assert not model.needs_trust
    assert model.n_weights == 4 * 300 * 200
    version = repo["HEAD"]
    assert version.params == {"format": "npz"}
    assert repr(version.files) == "<StoredFiles: bert-tiny.npz>"
    (saved,) = version.files.save(tmp_path / "out")
    assert saved == tmp_path / "out" / "bert-tiny.npz"
    assert saved.read_bytes() == path.read_bytes() == version.files["bert-tiny.npz"].read()
    with pytest.raises(StorageError, match="already"):
        repo.checkout("HEAD").files.save(tmp_path / "out")
    assert repo.checkout("HEAD").files.save(tmp_path / "out", overwrite=True) == (saved,)
    with pytest.raises(
        NotFoundError,
        match=r"^There is no file 'other' in this version; it holds bert-tiny\.npz\.$",
    ):
        version.files["other"]


def test_one_array_is_read_from_a_stored_file(repo: Repo, tmp_path: Path) -> None:
    values = arrays()
    repo.commit(npz(tmp_path / "m.npz", values))
    found = repo["HEAD"].tensor("layer2.weight")
    np.testing.assert_array_equal(found, values["layer2.weight"])


def test_a_changed_layer_stores_one_layer(repo: Repo, tmp_path: Path) -> None:
    values = arrays()
    repo.commit(npz(tmp_path / "m.npz", values))
    values["layer1.weight"] = values["layer1.weight"] + 1
    made = repo.commit(npz(tmp_path / "m.npz", values))
    size = values["layer1.weight"].nbytes
    assert size < made.commit.new_bytes < size + 8 * KIB


def test_the_same_file_makes_no_version(repo: Repo, tmp_path: Path) -> None:
    path = npz(tmp_path / "m.npz", arrays())
    assert repo.commit(path).created
    assert not repo.commit(str(path)).created


def test_a_file_and_a_live_model_share_their_arrays(repo: Repo, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Linear(200, 500), torch.nn.Linear(500, 50))
    repo.commit(module)
    state = {name: value.detach().numpy() for name, value in module.state_dict().items()}
    assert repo.commit(npz(tmp_path / "m.npz", state)).commit.new_bytes < 8 * KIB
    torch.save(module.state_dict(), tmp_path / "m.pt")
    made = repo.commit(tmp_path / "m.pt")
    assert made.commit.new_bytes < 12 * KIB
    said = [note.text for note in made.commit.notes if note.about == "m"]
    assert said == ["m.pt holds a pickle: it is kept as it is, and loading it runs code"]


def test_an_insertion_in_an_opaque_file_stores_little(repo: Repo, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    data = np.random.default_rng(5).bytes(4_000_000)
    path.write_bytes(data)
    repo.commit(path)
    path.write_bytes(data[:1_000_001] + b"something new" + data[1_000_001:])
    assert repo.commit(path).commit.new_bytes < 600 * KIB
    assert repo["HEAD"].files["model.gguf"].read() == path.read_bytes()


def test_a_folder_is_kept_whole(repo: Repo, tmp_path: Path) -> None:
    folder = tmp_path / "bert"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("x")
    (folder / "config.json").write_text("{}")
    npz(folder / "sub" / "w.npz", arrays())
    (folder / "out").symlink_to(tmp_path)
    repo.commit(folder)
    files = repo["HEAD"].files
    assert list(files) == ["config.json", "sub/w.npz"]
    files.save(tmp_path / "back")
    assert (tmp_path / "back/sub/w.npz").read_bytes() == (folder / "sub/w.npz").read_bytes()
    assert repo["HEAD"].tensor("sub/w.npz/layer0.weight").shape == (300, 200)


def test_two_files_of_one_name_go_into_folders(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, two = npz(tmp_path / "a" / "m.npz", arrays(1)), npz(tmp_path / "b" / "m.npz", arrays(2))
    repo.commit({"first": one, "second": two})
    files = repo["HEAD"].files
    assert list(files) == ["first/m.npz", "second/m.npz"]
    files.save(tmp_path / "back")
    assert (tmp_path / "back/second/m.npz").read_bytes() == two.read_bytes()


def test_what_is_no_file_is_said(repo: Repo, tmp_path: Path) -> None:
    for given in (tmp_path / "nothing.pt", str(tmp_path / "nothing.pt")):
        with pytest.raises(CaptureError) as caught:
            repo.commit(given)
        assert caught.value.message == f"There is no file {str(tmp_path / 'nothing.pt')!r}."
        assert caught.value.hint == "mvt status"
    (tmp_path / "empty").mkdir()
    with pytest.raises(CaptureError, match="holds no files") as caught:
        repo.commit(tmp_path / "empty")
    assert caught.value.hint == "mvt status"
    near = npz(tmp_path / "weights.npz", arrays())
    typo = near.with_name("weight.npz")
    os.mkfifo(tmp_path / "pipe")
    for given, told, hint in (
        (typo, f"There is no file {str(typo)!r}; did you mean weights.npz?",
         f"mvt commit {near}"),
        (tmp_path / "pipe", f"{str(tmp_path / 'pipe')!r} is a pipe and no file.",
         f"cat {tmp_path / 'pipe'} > model.bin  # then: mvt commit model.bin"),
        (Path("/dev/null"), "'/dev/null' is neither a file nor a folder.", "mvt status"),
    ):  # fmt: skip
        with pytest.raises(CaptureError) as caught:
            repo.commit(given)
        assert caught.value.lines() == [f"CaptureError [no-file]: {told}", f"Hint: {hint}"]


def test_a_file_that_changes_meanwhile_is_refused(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_mvt.store import writer

    path = npz(tmp_path / "m.npz", arrays())

    def late(part):
        path.write_bytes(b"something else entirely")
        return genuine(part)

    genuine = writer.cut
    monkeypatch.setattr(writer, "cut", late)
    with pytest.raises(CaptureError) as caught:
        repo.commit(path)
    assert caught.value.message == f"The file {str(path)!r} was changed while it was being stored."
    assert caught.value.code == "part-changed"


def test_the_terminal_keeps_and_writes_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from jupyter_mvt.cli.main import main

    monkeypatch.chdir(tmp_path)
    npz(tmp_path / "m.npz", arrays())
    assert main(["init"]) == 0
    assert main(["commit", "m.npz", "-m", "a file"]) == 0
    assert main(["checkout", "--files", "out"]) == 0
    assert (tmp_path / "out" / "m.npz").read_bytes() == (tmp_path / "m.npz").read_bytes()
    assert main(["checkout", "--files", "out"]) != 0
    assert "file-exists" in capsys.readouterr().err
    assert main(["checkout", "--files", "out", "--overwrite"]) == 0
