"""Sealed rows by themselves: what opens, and that nothing else does."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from delivery.access import Claims, SittingRef, sign_ticket, sign_token
from delivery.errors import RefusedError
from delivery.sealed.rows import ORDER, OpenRow, RowOpener, private_key
from tests.delivery.delivery_world import SECRETS
from tests.delivery.sealed.sealing import seal_box, seal_row, text_of, with_proof

CLAIMS = Claims(SittingRef(UUID(int=1), UUID(int=2)), 3)
TOKEN = sign_token(SECRETS.token_key, CLAIMS)
OPENER = RowOpener(SECRETS)
POINT = OPENER.public_point
ROW = seal_row(POINT, TOKEN, 7, b"{}")
OTHERS = replace(SECRETS, token_key=b"o" * 32, row_key=b"p" * 32)


def code_of(row: str, opener: RowOpener = OPENER) -> str:
    """Why a row is refused; "" where it opens."""
    try:
        opener.open(row)
    except RefusedError as refusal:
        return refusal.code
    return ""


@given(body=st.binary(max_size=300), position=st.integers(0, 999_999))
def test_what_a_laptop_seals_opens_and_says_who_held_what(body: bytes, position: int) -> None:
    assert OPENER.open(seal_row(POINT, TOKEN, position, body)) == OpenRow(CLAIMS, position, body)


@given(st.data())
def test_any_character_changed_anywhere_is_refused(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(ROW) - 1))
    other = data.draw(st.characters(max_codepoint=0x17F).filter(lambda sign: sign != ROW[place]))
    assert code_of(ROW[:place] + other + ROW[place + 1 :]) != ""


@given(st.integers(0, len(ROW) - 1))
def test_a_row_that_was_cut_or_grew_is_refused(place: int) -> None:
    assert code_of(ROW[:place])
    assert code_of(ROW + ROW[place])


@given(st.data())
def test_a_changed_box_stays_shut_whoever_proves_it(data: st.DataObject) -> None:
    """Whoever holds the token can prove anything; the seal itself must hold too."""
    header = f"1.{TOKEN.partition('.')[0]}.7"
    box = bytearray(seal_box(POINT, header, b"{}"))
    box[data.draw(st.integers(0, len(box) - 1))] ^= data.draw(st.integers(1, 255))
    assert code_of(with_proof(TOKEN, f"{header}.{text_of(bytes(box))}")) == "broken_seal"


@pytest.mark.parametrize(
    "point",
    [
        b"\x04" + bytes(64),  # not on the curve
        b"\x04" + (5).to_bytes(32, "big") + (1).to_bytes(32, "big"),
        b"\x00" * 65,
        b"\x04" + b"\xff" * 64,  # not in the field
        b"",
    ],
)
def test_a_point_that_is_not_on_the_curve_is_refused(point: bytes) -> None:
    header = f"1.{TOKEN.partition('.')[0]}.7"
    box = point + seal_box(POINT, header, b"{}")[65:]
    assert code_of(with_proof(TOKEN, f"{header}.{text_of(box)}")) == "broken_seal"


def test_a_box_belongs_to_its_position_and_its_sitting() -> None:
    first, other = TOKEN, sign_token(SECRETS.token_key, Claims(SittingRef(UUID(int=1), UUID(int=9)), 3))
    box = ROW.split(".")[3]
    assert code_of(with_proof(first, f"1.{first.partition('.')[0]}.8.{box}")) == "broken_seal"
    assert code_of(with_proof(other, f"1.{other.partition('.')[0]}.7.{box}")) == "broken_seal"
    assert code_of(with_proof(first, f"1.{other.partition('.')[0]}.7.{box}")) == "not_yours"


def test_another_installation_opens_nothing_of_ours() -> None:
    assert code_of(ROW, RowOpener(OTHERS)) == "not_yours"
    assert code_of(ROW, RowOpener(replace(SECRETS, row_key=OTHERS.row_key))) == "broken_seal"


def test_a_ticket_or_another_spelling_of_a_token_proves_nothing() -> None:
    ticket = sign_ticket(SECRETS.token_key, CLAIMS.ref, 0)
    padded = f"{TOKEN.partition('.')[0]}=.{TOKEN.partition('.')[2]}"
    for token in (ticket, padded, "x.y", "."):
        assert code_of(seal_row(POINT, token, 7, b"{}")) == "not_yours", token


@pytest.mark.parametrize("row", ["", "....", "1....", "2.a.1.b.c", "1.a.x.b.c", "1.a.٣.b.c", "é.a.1.b.c", "1.a.1.b"])
def test_what_is_no_row_is_malformed(row: str) -> None:
    assert code_of(row) == "malformed"


@given(st.lists(st.text(max_size=20), max_size=7), st.sampled_from(["", "1.", f"1.{TOKEN.partition('.')[0]}.7."]))
def test_any_text_is_refused_in_words(parts: list[str], start: str) -> None:
    assert code_of(start + ".".join(parts)) in {"malformed", "not_yours"}


@given(st.binary(max_size=120))
def test_whatever_a_holder_of_the_token_puts_in_the_box_is_refused_in_words(box: bytes) -> None:
    assert code_of(with_proof(TOKEN, f"1.{TOKEN.partition('.')[0]}.7.{text_of(box)}")) == "broken_seal"


def test_claims_that_are_nested_deeper_than_a_reader_goes_are_refused() -> None:
    nested = text_of(b'{"use":"token","more":' + b"[" * 50_000)
    assert code_of(f"1.{nested}.7.x.x") == "not_yours"


def test_neither_token_nor_answer_can_be_read_in_a_row() -> None:
    row = seal_row(POINT, TOKEN, 7, b'{"response":{"RESPONSE":"merel"}}')
    assert TOKEN.partition(".")[2] not in row
    assert "merel" not in row
    assert row.split(".")[3] != seal_row(POINT, TOKEN, 7, b'{"response":{"RESPONSE":"merel"}}').split(".")[3]


def test_the_order_is_that_of_the_curve() -> None:
    """Oracle: order times the base point is no point; one less is the base point's negative, with the same x."""
    last = ec.derive_private_key(ORDER - 1, ec.SECP256R1()).public_key().public_numbers()
    first = ec.derive_private_key(1, ec.SECP256R1()).public_key().public_numbers()
    assert (last.x, last.y == first.y) == (first.x, False)
    assert private_key(SECRETS.row_key).private_numbers().private_value < ORDER
