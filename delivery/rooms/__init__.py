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
    seat_list,
)
from delivery.rooms.entry import Attempts, Entrance, enter, mark_denied, take_denial_back
from delivery.rooms.overview import room_overview
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
    "check_reason",
    "close_room",
    "create_administration",
    "enter",
    "freeze_room",
    "grant_time",
    "list_administrations",
    "load_administration",
    "mark_denied",
    "open_room",
    "pause_room",
    "reopen_sitting",
    "resume_room",
    "revalidate_sitting",
    "room_code",
    "room_overview",
    "seat_list",
    "take_denial_back",
    "void_sitting",
]
