"""Zips, folders and files of strangers."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itembank.errors import PackageError
from itembank.qti import archive
from itembank.qti.archive import is_safe, open_files


def zip_of(path: Path, *members: tuple[str, bytes], mode: int = 0o644) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members:
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            target.writestr(member, content, zipfile.ZIP_DEFLATED)
    return path


def read_all(path: Path) -> None:
    """Open a package and read everything."""
    with open_files(path) as files:
        for name in files.names():
            files.read(name)


def refusal(path: Path) -> str:
    """Read what must be refused."""
    with pytest.raises(PackageError) as caught:
        read_all(path)
    assert len(caught.value.problems) == 1
    return str(caught.value)


@pytest.mark.parametrize("name", ["../evil.xml", "a/../../evil.xml", "/etc/passwd", "..\\evil.xml", "C:/evil.xml"])
def test_a_path_that_climbs_out_is_refused(tmp_path: Path, name: str) -> None:
    assert "leads out of the package" in refusal(zip_of(tmp_path / "p.zip", ("ok.xml", b""), (name, b"x")))


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    assert "is a link" in refusal(zip_of(tmp_path / "p.zip", ("x.svg", b"/etc/passwd"), mode=0o120777))


def test_a_name_that_is_in_a_zip_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("a.xml", "1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            target.writestr("a.xml", "2")
    assert "is in the zip twice" in refusal(path)


def test_a_zip_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "p.zip", ("bomb.xml", b"\0" * (archive.MAX_FILE + 1)))
    assert path.stat().st_size < 100_000
    assert "larger than 20 MB" in refusal(path)


def test_a_header_that_lies_about_the_size_is_not_believed(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "p.zip", ("bomb.xml", b"\0" * (archive.MAX_FILE + 1)))
    size = (archive.MAX_FILE + 1).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (10).to_bytes(4, "little")))
    assert refusal(path)


def test_too_much_or_too_many_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zip_of(tmp_path / "p.zip", *((f"{number}.xml", b"x" * 100) for number in range(5)))
    monkeypatch.setattr(archive, "MAX_TOTAL", 499)
    assert "unpacks to more than" in refusal(path)
    monkeypatch.setattr(archive, "MAX_MEMBERS", 4)
    assert "holds 5 files, more than 4" in refusal(path)


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "p.zip", ("a.xml", bytes(range(256)) * 40))
    content = bytearray(path.read_bytes())
    content[60:90] = b"\xff" * 30
    path.write_bytes(content)
    assert "is damaged" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html/>", b"\x00" * 1000])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(content)
    assert "this is no zip file" in refusal(path)


def test_nothing_there_is_said(tmp_path: Path) -> None:
    assert "no such file or folder" in refusal(tmp_path / "p.zip")


def test_a_folder_does_not_follow_links_out_of_itself(tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_bytes(b"secret")
    folder = tmp_path / "bank"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "item.xml").write_bytes(b"item")
    (folder / "link.xml").symlink_to(tmp_path / "secret.xml")
    with open_files(folder) as files:
        assert files.names() == {"deep/item.xml"}
        assert files.read("deep/item.xml") == b"item"


@given(parts=st.lists(st.sampled_from(["a", "b.xml", ".", "..", "", "é"]), min_size=1, max_size=6))
def test_no_safe_path_leaves_the_package(parts: list[str]) -> None:
    path = "/".join(parts)
    root = Path("/package")
    if is_safe(path):
        depth = 0
        for part in (root / path).relative_to(root).parts:
            depth += -1 if part == ".." else 1
            assert depth >= 0
