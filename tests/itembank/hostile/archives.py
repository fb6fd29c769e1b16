"""Attacks by the zip itself: bombs, paths that climb, links, lies and damage."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.itembank.hostile.making import (
    CHOICE,
    NO_FILE_READ,
    NO_ITEM,
    NO_MANIFEST,
    Case,
    Clean,
    Content,
    Lure,
    Writer,
    item,
    listed,
    manifest,
    resource,
)

MEGABYTE = 1_000_000
ONCE = Clean(
    "A link back into the folder is not followed, so that each item is read once.",
    lacks=r"data-item=[\s\S]*data-item=",
    shows="data-item=",
)
UNNAMED = Clean("What the manifest does not name is never unpacked, whatever it holds.", shows="Welk")
SHARED = Clean("A picture that many items show is read and kept once.", shows=r"/media/[0-9a-f]{64}\.svg")


def _member(name: str, mode: int = 0o644) -> zipfile.ZipInfo:
    """Head of a member with file bits."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def zip_of(*members: tuple[str, Content], mode: int = 0o644, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Bytes of a zip with a harmless item and these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("imsmanifest.xml", listed({"item.xml": ""}), method)
        archive.writestr("item.xml", item(), method)
        for name, content in members:
            archive.writestr(_member(name, mode), content, method)
    return target.getvalue()


def raw(content: bytes) -> Writer:
    """Write these bytes as a package."""

    def write(folder: Path, _lure: Lure) -> Path:
        (folder / "package.zip").write_bytes(content)
        return folder / "package.zip"

    return write


def paths() -> Iterator[Case]:
    """Members whose paths lead out, and links."""
    names = (
        "../evil.xml", "../../evil.xml", "a/../../evil.xml", "a/b/../../../evil.xml", "/etc/evil.xml", "//host/evil.xml",
        "..\\evil.xml", "a\\..\\..\\evil.xml", "\\evil.xml", "C:/evil.xml", "C:evil.xml", "C:\\evil.xml", "file:///evil.xml",
        "..", "a/..", "./../evil.xml", "item.xml:stream", "\\\\host\\evil.xml", "evil\x1b[2J.xml", "evil\n.xml", "\u202eevil.xml",
    )  # fmt: skip
    for name in names:
        yield Case("paths", f"member {name!r}", raw(zip_of((name, "x"))), "leads out|no usable path", NO_FILE_READ)
    for name, mode in (("link", 0o120777), ("link to folder", 0o120755)):
        yield Case("paths", name, raw(zip_of(("x.svg", "/etc/passwd"), mode=mode)), "is a link", NO_FILE_READ)
    swapped = zip_of(("zz/zz/evil.xml", "x")).replace(b"zz/zz/evil.xml", b"../../evil.xml")
    yield Case("paths", "climbs in both heads", raw(swapped), "leads out", NO_FILE_READ)
    for href in ("../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "/etc/passwd", "file:///etc/passwd", "%00", "item.xml%00.txt",
                 "..\\secret.txt", "C:\\secret.txt", "@LURE-FILE@", "@LURE-URL@/item.xml", "item.xml/../../secret.txt", "%1b[2J"):  # fmt: skip
        yield Case("paths", f"manifest {href}", _named(href), "is not in the package")


def _named(href: str) -> Writer:
    """Write a package whose manifest names this file."""

    def write(folder: Path, lure: Lure) -> Path:
        with zipfile.ZipFile(folder / "package.zip", "w") as archive:
            archive.writestr("imsmanifest.xml", lure.put_into(manifest(resource(href))))
            archive.writestr("item.xml", item())
        return folder / "package.zip"

    return write


def folders() -> Iterator[Case]:
    """Folders with links and things that are no files."""

    def linked(folder: Path, lure: Lure) -> Path:
        (folder / "bank").mkdir()
        (folder / "bank" / "item.xml").symlink_to(lure.file)
        return folder / "bank"

    def linked_folder(folder: Path, lure: Lure) -> Path:
        (folder / "bank").mkdir()
        (folder / "bank" / "away").symlink_to(lure.file.parent)
        (folder / "bank" / "imsmanifest.xml").write_text(manifest(resource(f"away/{lure.file.name}")))
        return folder / "bank"

    def in_itself(folder: Path, _lure: Lure) -> Path:
        (folder / "bank").mkdir()
        (folder / "bank" / "item.xml").write_text(item())
        (folder / "bank" / "again").symlink_to(folder / "bank")
        return folder / "bank"

    def pipe(folder: Path, _lure: Lure) -> Path:
        (folder / "bank").mkdir()
        os.mkfifo(folder / "bank" / "item.xml")
        return folder / "bank"

    yield Case("paths", "folder with a link", linked, "no QTI item", NO_ITEM)
    yield Case("paths", "folder with a link to a folder", linked_folder, "not in the package")
    yield Case("paths", "folder linked in itself", in_itself, ONCE)
    yield Case("paths", "folder with a pipe", pipe, "no QTI item", NO_ITEM)


def bombs() -> Iterator[Case]:
    """Zips that unpack to far more than they weigh."""

    def flat(size: int) -> Writer:
        return _lazy(lambda: _shows("p.svg", b"\0" * size))

    for size in (30, 300):
        yield Case(
            "bombs",
            f"flat {size} MB picture",
            flat(size * MEGABYTE),
            "larger than 20 MB|unpacks",
            "" if size == 30 else NO_FILE_READ,
            is_heavy=True,
        )
        named = _lazy(partial(zip_of, ("unused.txt", b" " * (size * MEGABYTE))))
        yield Case(
            "bombs",
            f"flat {size} MB that nobody names",
            named,
            UNNAMED if size == 30 else "unpacks",
            "" if size == 30 else NO_FILE_READ,
            is_heavy=True,
        )
    yield Case("bombs", "flat 19 MB picture", flat(19 * MEGABYTE), "at most 2 MB")
    inner = zip_of(("p.xml", b"\0" * (5 * MEGABYTE)))
    nested = zip_of(("a.zip", zip_of(("b.zip", zip_of(("c.zip", inner))))))
    yield Case("bombs", "nested", raw(nested), UNNAMED)
    yield Case("bombs", "nested as item", raw(zip_of(("item2.xml", inner))), UNNAMED)
    yield Case(
        "bombs",
        "many heavy items",
        _lazy(lambda: _many(400, item("<p>" + "<b/>" * 9_000 + "</p>"))),
        "parts",
        is_heavy=True,
    )
    yield Case(
        "bombs",
        "many heavy rules",
        _lazy(lambda: _many(200, _heavy_rules())),
        "unpacks",
        NO_FILE_READ,
        is_heavy=True,
    )
    yield Case("bombs", "many pictures", _lazy(_pictures), "unpacks", NO_FILE_READ, is_heavy=True)
    yield Case("bombs", "one item a thousand times", _lazy(lambda: _again(1_000)), "twice", is_heavy=True)
    yield Case("bombs", "one picture a thousand times", _lazy(_one_picture), SHARED, is_heavy=True)
    yield Case("bombs", "60,000 members", _lazy(lambda: _crowd(60_000)), "more than 50000", NO_FILE_READ, is_heavy=True)
    yield Case(
        "bombs", "700,000 members", _lazy(lambda: _crowd(700_000)), "directory|more than", NO_FILE_READ, is_heavy=True
    )
    for size in (0, 10, 2**31):
        yield Case(
            "bombs",
            f"says {size} bytes",
            _lazy(partial(_lying, size)),
            "damaged|unpacks",
            NO_FILE_READ if size > MEGABYTE else "",
        )


def _lazy(make: Callable[[], bytes]) -> Writer:
    """Write bytes that are made only when they are wanted."""

    def write(folder: Path, lure: Lure) -> Path:
        return raw(make())(folder, lure)

    return write


def _shows(name: str, content: bytes) -> bytes:
    """Zip of one item that shows a picture."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", listed({"item.xml": ""}))
        archive.writestr("item.xml", item(f'<p><img src="{name}" alt=""/></p>' + CHOICE))
        archive.writestr(name, content)
    return target.getvalue()


def _many(number: int, content: str) -> bytes:
    """Zip of as many copies of an item under names of their own."""
    target = io.BytesIO()
    names = [f"i{n}.xml" for n in range(number)]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("imsmanifest.xml", listed(dict.fromkeys(names, "")))
        for n, name in enumerate(names):
            archive.writestr(name, content.replace("H-1", f"H-{n}"))
    return target.getvalue()


def _heavy_rules() -> str:
    """Item with thousands of rules."""
    rule = '<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1</qti-base-value></qti-set-outcome-value>'
    return item(rules=f"<qti-response-processing>{rule * 4_000}</qti-response-processing>")


def _pictures() -> bytes:
    """Zip of one item with hundreds of distinct pictures of almost 2 MB."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("imsmanifest.xml", listed({"item.xml": ""}))
        shown = "".join(f'<img src="{n}.gif" alt=""/>' for n in range(300))
        archive.writestr("item.xml", item(f"<p>{shown}</p>" + CHOICE))
        for n in range(300):
            archive.writestr(f"{n}.gif", gif(9, 9) + struct.pack("<I", n) + b"\0" * 1_900_000)
    return target.getvalue()


def gif(width: int, height: int) -> bytes:
    """Head of a GIF."""
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0"


def _again(number: int) -> bytes:
    """Zip of one large item that the manifest names again and again."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", manifest(*(resource("item.xml", f"R{n}") for n in range(number))))
        archive.writestr("item.xml", item("<p>" + "<b>x</b>" * 9_000 + "</p>"))
    return target.getvalue()


def _one_picture() -> bytes:
    """Zip of a thousand items that show one large drawing."""
    target = io.BytesIO()
    names = [f"i{n}.xml" for n in range(1_000)]
    drawing = '<svg xmlns="http://www.w3.org/2000/svg">' + '<path d="M0 0"/>' * 9_000 + "</svg>"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", listed(dict.fromkeys(names, "")))
        archive.writestr("p.svg", drawing)
        for n, name in enumerate(names):
            archive.writestr(name, item('<p><img src="p.svg" alt=""/></p>' + CHOICE, name=f"H-{n}"))
    return target.getvalue()


def _crowd(number: int) -> bytes:
    """Zip of this many empty members, written by hand because a library takes long."""
    local, central = io.BytesIO(), io.BytesIO()
    for n in range(number):
        name = b"%07d" % n
        where = local.tell()
        local.write(struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name)
        central.write(
            struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, where) + name
        )
    start, size = local.tell(), central.tell()
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, number, number, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + size, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return local.getvalue() + central.getvalue() + end64 + locator + end


def _lying(size: int) -> bytes:
    """Zip whose item says another size than it has."""
    content = item("<p>" + "x" * 70_001 + "</p>" + CHOICE).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", listed({"item.xml": ""}))
        archive.writestr("item.xml", content)
    return target.getvalue().replace(struct.pack("<L", len(content)), struct.pack("<L", size))


def damage() -> Iterator[Case]:
    """Zips that are no good in one way each."""
    good = zip_of(("a/b.svg", "<svg/>" * 500))
    directory = good.index(b"PK\1\2")
    for name, made in {
        "empty": b"",
        "text": b"geen zip",
        "end only": good[good.index(b"PK\5\6") :],
        "head only": good[:30],
        "half": good[: len(good) // 2],
        "cut at the end": good[:-10],
        "directory missing": good[:directory],
        "rar": b"Rar!\x1a\x07\x00" + b"\0" * 100,
        "7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 100,
        "gzip": b"\x1f\x8b\x08" + b"\0" * 100,
        "zero filled": b"\0" * 10_000,
        "html": b"<html><script>alert(1)</script></html>",
    }.items():
        yield Case("damage", name, raw(made), "no zip file", NO_FILE_READ)
    for name, place, value in (
        ("version 99", 6, 99), ("encrypted", 8, 1), ("strong encryption", 8, 0x41), ("patched", 8, 0x20),
        ("unknown method", 10, 77), ("implode", 10, 6), ("xz", 10, 95), ("lzma", 10, 14), ("bzip2", 10, 12), ("wrong sum", 16, 0xBEEF),
        ("name too long", 28, 0xFFFF), ("extra too long", 30, 0xFFFF), ("points away", 42, 0xFFFF),
    ):  # fmt: skip
        yield Case(
            "damage",
            name,
            raw(_patched(good, directory, place, value)),
            "damaged|no zip|encrypted|packed|no manifest|no imsmanifest|leads out",
            NO_MANIFEST if name in ("patched", "wrong sum", "points away") else NO_FILE_READ,
        )
    for method_number, label in ((zipfile.ZIP_LZMA, "really lzma"), (zipfile.ZIP_BZIP2, "really bzip2")):
        yield Case("damage", label, raw(zip_of(method=method_number)), "packed", NO_FILE_READ)
    yield Case("damage", "twice", raw(good.replace(b"item.xml", b"imsm.xml")), "not in the package")
    named = bytearray(zip_of(("\u00e9.xml", "x")))
    yield Case(
        "damage",
        "name no utf-8",
        raw(bytes(named).replace("é.xml".encode(), b"\xff\xff.xml")),
        "no zip file|damaged",
        NO_FILE_READ,
    )
    yield Case("damage", "local name no utf-8", raw(_local_name_broken()), "damaged")
    yield Case(
        "damage",
        "flipped bytes",
        raw(bytes(b ^ 0x55 if 40 < n < 400 else b for n, b in enumerate(good))),
        "damaged|no zip",
        NO_MANIFEST,
    )
    yield Case(
        "damage",
        "no manifest",
        raw(zip_of().replace(b"imsmanifest.xml", b"imsmanifest.xmm")),
        "no imsmanifest",
        NO_FILE_READ,
    )


def _patched(content: bytes, directory: int, place: int, value: int) -> bytes:
    """Change two bytes of the first directory entry."""
    made = bytearray(content)
    made[directory + place : directory + place + 2] = struct.pack("<H", value)
    return bytes(made)


def _local_name_broken() -> bytes:
    """Zip whose item has a name that is no UTF-8 in the head before it only."""
    made = bytearray(zip_of())
    local = made.index(b"PK\3\4", 10)
    made[local + 6 : local + 8] = struct.pack("<H", 0x800)
    made[local + 30] = 0xFF
    return bytes(made)
