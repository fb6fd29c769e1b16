"""Rooms: toetsmomenten, seats, codes, what the proctor does and sees."""

from delivery.rooms.actions import (
    close_room,
    freeze_room,
    open_room,
    pause_room,
    resume_room,
)
from delivery.rooms.administrations import (
    create_administration,
    list_administrations,
    load_administration,
    room_code,
    seat_code,
    seat_list,
)
from delivery.rooms.entry import Attempts, Entrance, enter, mark_denied, take_denial_back
from delivery.rooms.help import answer_help, release_sitting, skip_item
from delivery.rooms.overview import look_again, room_overview
from delivery.rooms.reasons import ReasonError, check_reason
from delivery.rooms.remedies import Ground, grant_time, reopen_sitting, revalidate_sitting, void_sitting
from delivery.rooms.values import Administration, RoomOverview, RoomStatus, SeatCode, SeatOverview, SeatState

__all__ = [
    "Administration",
    "Attempts",
    "Entrance",
    "Ground",
    "ReasonError",
    "RoomOverview",
    "RoomStatus",
    "SeatCode",
    "SeatOverview",
    "SeatState",
    "answer_help",
    "check_reason",
    "close_room",
    "create_administration",
    "enter",
    "freeze_room",
    "grant_time",
    "list_administrations",
    "load_administration",
    "look_again",
    "mark_denied",
    "open_room",
    "pause_room",
    "release_sitting",
    "reopen_sitting",
    "resume_room",
    "revalidate_sitting",
    "room_code",
    "room_overview",
    "seat_code",
    "seat_list",
    "skip_item",
    "take_denial_back",
    "void_sitting",
]
