"""Rooms: toetsmomenten, seats, codes, what the proctor does and sees."""

from delivery.rooms.actions import (
    close_room,
    freeze_room,
    grant_time,
    open_room,
    pause_room,
    reopen_sitting,
    resume_room,
    void_sitting,
)
from delivery.rooms.administrations import (
    create_administration,
    list_administrations,
    load_administration,
    mark_denied,
    room_code,
    seat_list,
)
from delivery.rooms.entry import Attempts, Entrance, enter
from delivery.rooms.overview import room_overview
from delivery.rooms.values import Administration, RoomOverview, RoomStatus, SeatCode, SeatOverview, SeatState

__all__ = [
    "Administration",
    "Attempts",
    "Entrance",
    "RoomOverview",
    "RoomStatus",
    "SeatCode",
    "SeatOverview",
    "SeatState",
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
    "room_code",
    "room_overview",
    "seat_list",
    "void_sitting",
]
