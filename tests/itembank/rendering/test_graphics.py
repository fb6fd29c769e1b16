"""Pictures with controls on them, as a laptop receives them."""

from __future__ import annotations

from itembank.rendering import render_item
from tests.itembank.interaction_samples import (
    GRAPHIC_GAP_MATCH,
    HOTSPOT,
    MULTIPLE_HOTSPOT,
    SELECT_POINT,
    Sample,
    read_sample,
)

PLAN = f'<img src="/media/{"0" * 64}.svg" alt="plan" width="200" height="100">'
VIEW = '<svg viewBox="0 0 200 100" preserveAspectRatio="none" aria-hidden="true">'


def body_of(sample: Sample) -> str:
    """Everything inside the item's body, without the spaces between elements."""
    inner = render_item(read_sample(sample.xml())).html.partition('<div class="item-body">')[2]
    return " ".join(inner.removesuffix("</div></div>").split()).replace("> <", "><")


def test_areas_are_native_boxes_under_an_outline_in_pixels_of_the_picture() -> None:
    def spot(kind: str, outline: str, value: str, name: str, box: str) -> str:
        return (
            f'<label class="spot">{VIEW}{outline}</svg><input type="{kind}" name="RESPONSE" value="{value}" '
            f'aria-label="{name}" data-box="{box}"></label>'
        )

    for sample, kind, limits in ((HOTSPOT, "radio", ""), (MULTIPLE_HOTSPOT, "checkbox", ' data-maximum="2"')):
        assert body_of(sample) == (
            f'<fieldset class="spots" data-field="RESPONSE" data-interaction="{sample.field.interaction}"{limits}>'
            f'<legend>Duid aan.</legend><div class="ground">{PLAN}'
            + spot(kind, '<circle cx="40" cy="50" r="20"></circle>', "A", "links", "20 50 20 40")
            + spot(kind, '<rect x="80" y="30" width="40" height="40"></rect>', "B", "midden", "50 50 20 40")
            + spot(kind, '<polygon points="160 20 190 80 130 80"></polygon>', "C", "rechts", "80 50 30 60")
            + "</div></fieldset>"
        )


def test_cards_and_the_places_for_them_on_the_picture_are_buttons() -> None:
    html = body_of(GRAPHIC_GAP_MATCH)
    assert html.count('class="card"') == 3
    dot = f'<img src="/media/{"1" * 64}.svg" alt="" width="20" height="20"><span class="unseen">een rode stip</span>'
    assert f'<span class="face">{dot}</span></button>' in html
    assert 'data-interaction="graphic_gap_match" data-maximum="2" data-minimum="2"' in html
    places = html.partition('<div class="ground">')[2]
    assert places.startswith(
        f'{PLAN}<button type="button" class="place on-picture ellipse" data-place="P" data-uses="1" '
        'data-box="20 50 20 20"><span class="what unseen">links</span>'
    )
    assert 'data-place="Q" data-uses="2" data-box="50 50 100 100"><span class="what unseen">de rest</span>' in places


def test_points_come_in_a_list_that_is_empty_at_first() -> None:
    assert body_of(SELECT_POINT) == (
        '<fieldset class="pointing" data-field="RESPONSE" data-interaction="select_point" data-maximum="2">'
        f'<legend>Duid aan.</legend><div class="ground">{PLAN}</div>'
        '<ol class="points" aria-label="Jouw punten" hidden=""></ol>'
        '<button type="button" class="button quiet add-point">Punt zetten</button>'
        '<p class="said" role="status">Klik op de tekening. Of kies “Punt zetten” en verschuif het punt met de '
        "schuiven.</p></fieldset>"
    )
