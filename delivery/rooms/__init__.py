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
    reserve_list,
    room_code,
    seat_code,
    seat_list,
)
from delivery.rooms.candidates import Candidate, candidates
from delivery.rooms.entry import Entrance, Knock, Waits, check_ticket, knock, mark_denied, note_entry
from delivery.rooms.help import answer_help, release_sitting, skip_item
from delivery.rooms.known import KnownRooms
from delivery.rooms.late import judge_late
from delivery.rooms.overview import look_again, look_at, room_overview
from delivery.rooms.reasons import ReasonError, check_reason
from delivery.rooms.reassigning import reassign_sitting, settle_reassignments
from delivery.rooms.remedies import Ground, grant_time, reopen_sitting, revalidate_sitting, void_sitting
from delivery.rooms.tries import lift_guard, network_of
from delivery.rooms.values import (
    Administration,
    RoomOverview,
    RoomStatus,
    SeatCode,
    SeatOverview,
    SeatState,
    WaitingDevice,
)
from delivery.rooms.waiting import admit_device

__all__ = [
    "Administration",
    "Candidate",
    "Entrance",
    "Ground",
    "Knock",
    "KnownRooms",
    "ReasonError",
    "RoomOverview",
    "RoomStatus",
    "SeatCode",
    "SeatOverview",
    "SeatState",
    "WaitingDevice",
    "Waits",
    "admit_device",
    "answer_help",
    "candidates",
    "check_reason",
    "check_ticket",
    "close_room",
    "create_administration",
    "freeze_room",
    "grant_time",
    "judge_late",
    "knock",
    "lift_guard",
    "list_administrations",
    "load_administration",
    "look_again",
    "look_at",
    "mark_denied",
    "network_of",
    "note_entry",
    "open_room",
    "pause_room",
    "reassign_sitting",
    "release_sitting",
    "reopen_sitting",
    "reserve_list",
    "resume_room",
    "revalidate_sitting",
    "room_code",
    "room_overview",
    "seat_code",
    "seat_list",
    "settle_reassignments",
    "skip_item",
    "void_sitting",
]
