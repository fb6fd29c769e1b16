"""Reading assessment tests and their sections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from itembank import PackageError, design_from_text
from itembank.assessments import design_text
from itembank.qti.assessments import MOST_ITEMS, AssessmentSource, read_assessment
from itembank.qti.package import PackageSource, read_package
from itembank.qti.section_files import SectionFiles

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
NAMESPACE = 'xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"'


def ref(*names: str, inside: str = "") -> str:
    """References to items, by the names of their files."""
    return "".join(
        f'<qti-assessment-item-ref identifier="R-{name}" href="items/{name}.xml">{inside}</qti-assessment-item-ref>\n'
        for name in names
    )


def section(content: str, title: str = "Deel", *, root: bool = False) -> str:
    """One section."""
    space = NAMESPACE if root else ""
    return (
        f'<qti-assessment-section {space} identifier="S" title="{title}" visible="true">\n{content}\n'
        "</qti-assessment-section>"
    )


def assessment(content: str, *, before: str = "", after: str = "", part: str = "") -> str:
    """One test of one part."""
    return (
        f'<qti-assessment-test {NAMESPACE} identifier="TOETS" title="Toets &quot;1&quot;">\n{before}\n'
        f'<qti-test-part identifier="P" navigation-mode="linear" submission-mode="individual" {part}>{content}\n'
        f"</qti-test-part>\n{after}</qti-assessment-test>"
    )


def read(content: str, **others: str) -> AssessmentSource:
    """Read a test from a package of these files; a double underscore stands for a slash."""
    files = {"test.xml": content} | {f"{name.replace('__', '/')}.xml": text for name, text in others.items()}
    return read_assessment("test.xml", SectionFiles(lambda path: files[path].encode()))


def test_items_stand_in_the_order_of_parts_and_sections_also_of_other_files() -> None:
    nested = section(ref("a") + section(ref("b", "c"), "Binnen"), "Buiten")
    elsewhere = '<qti-assessment-section-ref identifier="X" href="delen/x.xml"/>'
    test = read(
        assessment(nested + elsewhere),
        delen__x=section(ref("d").replace("items/", "../items/") + ref("e").replace("items/", ""), "Elders", root=True),
    )
    assert [(one.path, one.section) for one in test.references] == [
        ("items/a.xml", "Buiten"),
        ("items/b.xml", "Binnen"),
        ("items/c.xml", "Binnen"),
        ("items/d.xml", "Elders"),
        ("delen/e.xml", "Elders"),
    ]
    assert (test.identifier, test.title, test.time_limit_ms) == ("TOETS", 'Toets "1"', 0)
    assert sorted(test.files) == ["delen/x.xml", "test.xml"]
    assert test.not_honoured == ()


def test_the_older_spelling_reads_the_same() -> None:
    old = (
        '<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="T" title="T">'
        '<timeLimits maxTime="1800"/><testPart identifier="P" navigationMode="nonlinear" submissionMode="simultaneous">'
        '<assessmentSection identifier="S" title="S" visible="true"><selection select="1"/>'
        '<assessmentItemRef identifier="i" href="i.xml"/><assessmentItemRef identifier="j" href="j.xml"/>'
        "</assessmentSection></testPart></assessmentTest>"
    )
    test = read(old)
    assert [one.path for one in test.references] == ["i.xml", "j.xml"]
    assert test.time_limit_ms == 1_800_000
    assert [problem.why for problem in test.not_honoured] == [
        "free navigation is not honoured: pupils do not go back",
        "handing in all at once is not honoured: each answer is sent by itself",
        "a draw of '1' of 2 is not honoured: all 2 are given",
    ]


AGAIN = '<qti-selection select="2" with-replacement="true"/>'
RUBRIC = '<qti-rubric-block view="candidate"><p>Lees</p></qti-rubric-block>'
BRANCH = '<qti-branch-rule target="EXIT_TEST"><qti-is-null/></qti-branch-rule>'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (assessment(section(f"<qti-pre-condition/>\n{ref('a')}")), "conditions before a part are not honoured"),
        (assessment(section(ref("a", inside=BRANCH))), "branch rules are not honoured"),
        (assessment(section(ref("a")), after="<qti-outcome-processing/>"), "rules for outcomes of the test"),
        (assessment(section(ref("a")), after='<qti-test-feedback identifier="f"/>'), "feedback of a test is not shown"),
        (assessment(section(f'<qti-ordering shuffle="true"/>{ref("a")}')), "a shuffled order is not honoured"),
        (assessment(section(f'{AGAIN}{ref("a", "b")}')), "a draw of '2' of 2"),
        (assessment(section(f'<qti-item-session-control max-attempts="3"/>{ref("a")}')), "maxAttempts is '3', and in"),
        (assessment(section(f'<qti-item-session-control allow-review="true"/>{ref("a")}')), "pupils do not go back"),
        (assessment(section(f'<qti-time-limits max-time="60"/>{ref("a")}')), "time limits of a part, section or item"),
        (assessment(section(ref("a", inside='<qti-time-limits max-time="60"/>'))), "time limits of a part, section or"),
        (assessment(section(ref("a", inside='<qti-weight identifier="W" value="2"/>'))), "weights are not used"),
        (assessment(section(f'{RUBRIC}{ref("a")}')), "instructions of a test or section"),
        (assessment(section(ref("a")), before='<qti-time-limits min-time="60"/>'), "a least time is not honoured"),
    ],
)  # fmt: skip
def test_what_a_design_cannot_say_is_named_with_file_and_line(content: str, why: str) -> None:
    (left,) = read(content).not_honoured
    assert why in left.why
    assert (left.file, left.line > 1) == ("test.xml", True)


@pytest.mark.parametrize(
    "inside",
    [
        '<qti-weight identifier="W" value="1.0"/>',
        '<qti-item-session-control max-attempts="1" show-feedback="false" allow-skipping="true"/>',
    ],
)
def test_what_is_the_same_with_us_is_not_named(inside: str) -> None:
    rubric = '<qti-rubric-block view="scorer"><p>Streng</p></qti-rubric-block>'
    content = f'<qti-selection select="1"/><qti-ordering shuffle="false"/>{rubric}{ref("a", inside=inside)}'
    assert read(assessment(section(content))).not_honoured == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<qti-assessment-item/>", "is no QTI test"),
        (assessment(section("")), "it gives no items"),
        (assessment(section(ref("a"))).replace('"TOETS"', '"a b"'), "no usable identifier"),
        (assessment(section(ref("../../etc/passwd"))), "is not a file of the package"),
        (assessment(section(ref("a"))).replace("items/a.xml", "https://elders.example/a.xml"), "not a file of the"),
        (assessment(section(ref("a")), before='<qti-time-limits max-time="1e9"/>'), "maxTime is '1e9'"),
        (assessment(section(ref("a")), before='<qti-time-limits max-time="-1"/>'), "maxTime is '-1'"),
        (assessment(section(ref(*map(str, range(MOST_ITEMS + 1))))), "more than 500 sections or 2000 items"),
        (assessment(section(ref("a")) * 600), "more than 500 sections or 2000 items"),
    ],
)
def test_what_is_no_test_is_refused_with_its_line(content: str, why: str) -> None:
    with pytest.raises(PackageError, match=why) as caught:
        read(content)
    assert all(problem.file == "test.xml" and problem.line for problem in caught.value.problems)


def link(name: str) -> str:
    """A reference to a section beside this file."""
    return f'<qti-assessment-section-ref identifier="X" href="{name}.xml"/>'


def test_sections_that_hold_each_other_are_refused() -> None:
    with pytest.raises(PackageError, match=r"b\.xml:2: test TOETS: the section 'a\.xml' is inside itself"):
        read(assessment(link("a")), a=section(link("b"), root=True), b=section(link("a"), root=True))
    with pytest.raises(PackageError, match=r"a\.xml:2: test TOETS: the section 'a\.xml' is inside itself"):
        read(assessment(link("a")), a=section(link("a"), root=True))


def test_sections_that_double_each_other_are_given_up_early() -> None:
    files = {f"s{n}": section(link(f"s{n + 1}") * 2, root=True) for n in range(20)}  # a million at the end
    with pytest.raises(PackageError, match="more than 500 sections"):
        read(assessment(link("s0")), **files, s20=section(ref("a"), root=True))


def packed(
    make_package: MakePackage, make_item: MakeItem, content: str, manifest: bytes | None = None
) -> PackageSource:
    """Read a package of a test and two items, the second of which a person must rate."""
    essay = make_item(
        "W-b",
        body='<qti-extended-text-interaction response-identifier="RESPONSE"/>',
        declarations='<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"/>',
        rules="",
    )
    resources = "".join(
        f'<resource identifier="{path}" type="imsqti_{kind}_xmlv3p0" href="{path}"/>'
        for path, kind in (("test.xml", "test"), ("items/a.xml", "item"), ("items/b.xml", "item"))
    )
    listed = f'<manifest xmlns="x"><resources>{resources}</resources></manifest>'.encode()
    files = {"test.xml": content.encode(), "items/a.xml": make_item("W-a"), "items/b.xml": essay}
    return read_package(make_package(files, manifest=manifest or listed))


def test_a_test_becomes_a_linear_design_of_what_can_be_given(make_package: MakePackage, make_item: MakeItem) -> None:
    before = '<qti-time-limits max-time="2700"/>'
    package = packed(make_package, make_item, assessment(section(ref("b", "a", "a"), "Deel\u2028 1"), before=before))
    assert (len(package.items), package.refused) == (2, ())
    (test,) = package.tests
    assert test.items == ("W-b", "W-a", "W-a")
    text = design_text(test, "wiskunde")
    design = design_from_text(text)
    assert (design.identifier, design.title, design.kind) == ("TOETS", 'Toets "1"', "linear")
    assert (design.form, design.blueprint.length, design.time_limit_ms) == (("W-a",), 1, 2_700_000)
    assert "# - left out, because a person must rate it: W-b" in text
    assert "# - 1 more places name an item that the test has already; it is given once" in text
    told = [str(problem) for problem in package.warnings]
    assert told == ["test.xml:4: test TOETS: W-b (1 in all): not in its design: a person must rate it. Rate them apart, or correct the items."]  # fmt: skip  # noqa: E501 - one sentence


def test_a_test_of_an_item_that_is_not_there_is_refused(make_package: MakePackage, make_item: MakeItem) -> None:
    package = packed(make_package, make_item, assessment(section(ref("a", "gone"))))
    (refused,) = package.refused
    (problem,) = map(str, refused.problems)
    assert problem.startswith("test.xml:5: test TOETS: its item 'items/gone.xml' is not an item of the package")


def test_a_test_of_an_item_that_is_refused_as_doubled_is_refused(
    make_package: MakePackage, make_item: MakeItem
) -> None:
    listed = "".join(
        f'<resource identifier="{path}" type="imsqti_{kind}_xmlv3p0" href="{path}"/>'
        for path, kind in (("test.xml", "test"), ("items/a.xml", "item"), ("items/b.xml", "item"))
    )
    files = {"items/a.xml": make_item("W-a"), "items/b.xml": make_item("W-a")}
    files["test.xml"] = assessment(section(ref("a"))).encode()
    manifest = f'<manifest xmlns="x"><resources>{listed}</resources></manifest>'.encode()
    package = read_package(make_package(files, manifest=manifest))
    assert (package.items, package.tests) == ((), ())
    assert [one.name for one in package.refused] == ["items/a.xml", "items/b.xml", "test.xml"]
    assert "its item W-a was refused" in str(package.refused[-1].problems[0])


@pytest.mark.parametrize("text", ['"', "\\", "\x7f", "\u2028", "é", "'''", "\n", "]]"])
def test_any_title_survives_in_the_design(text: str) -> None:
    source = AssessmentSource(f"t{text}", text, "f", (), 0, {}, ())
    test = AssessmentSource(source.identifier, f"T{text}", "f\nx", read(assessment(section(ref("a"), text.replace('"', "&quot;").replace("\x7f", "")))).references, 0, {}, (), (f"i{text}",))  # fmt: skip  # noqa: E501 - one value
    design = design_from_text(design_text(test, f"s{text}"))
    assert (design.identifier, design.title, design.subject) == (f"t{text}", f"T{text}", f"s{text}")
    assert design.form == (f"i{text}",)


def test_the_tests_of_kennisnet_are_read(shared_data: Path) -> None:
    biology, physics = (
        read_package(shared_data / "qti" / "kennisnet" / f"{name}.zip").tests[0]
        for name in ("valid-package", "no-metadata")
    )
    assert biology.items == tuple(f"QUE_{number}_1" for number in range(1, 48))
    assert len(design_from_text(design_text(biology, "biologie")).form) == 30  # 15 open questions, 2 that ask nothing
    assert [problem.line for problem in biology.not_honoured] == [69]  # qti-outcome-processing
    assert len(physics.items) == 46
    assert {problem.why.partition(" ")[0] for problem in physics.not_honoured} == {
        "free",
        "handing",
        "weights",
        "rules",
    }
