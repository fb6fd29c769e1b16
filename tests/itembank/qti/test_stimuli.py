"""Reading one passage."""

from __future__ import annotations

import pytest

from itembank import PackageError, read_stimulus

STIMULUS = (
    '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="N4-T1" title="De egel" '
    'xml:lang="nl-BE"><qti-stimulus-body>{}</qti-stimulus-body></qti-assessment-stimulus>'
)


def test_a_passage_has_a_name_a_title_a_language_and_pictures() -> None:
    passage = read_stimulus(
        STIMULUS.format('<p>Een egel slaapt.</p><img src="../media/egel.svg" alt="egel"/>').encode()
    )
    assert (passage.identifier, passage.title, passage.body.language) == ("N4-T1", "De egel", "nl-BE")
    assert list(passage.body.pictures) == ["../media/egel.svg"]
    assert passage.body.fields == ()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('<p><qti-text-entry-interaction response-identifier="R"/></p>', "a stimulus cannot ask a question"),
        ("<video/>", "video: films are not supported"),
    ],
)
def test_what_a_passage_cannot_hold_is_refused_by_name(body: str, why: str) -> None:
    with pytest.raises(PackageError, match=why):
        read_stimulus(STIMULUS.format(body).encode())


def test_an_item_is_no_passage() -> None:
    with pytest.raises(PackageError, match="this is no stimulus"):
        read_stimulus(b"<qti-assessment-item identifier='x'/>")
