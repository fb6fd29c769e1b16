"""Tables of delivery; rows never leave this package. Every key holds the school, so that a table can be split by it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, UniqueConstraint, func
from sqlmodel import Field, SQLModel


def _now() -> datetime:
    """Column filled in by the database's own clock."""
    column: datetime = Field(
        sa_type=DateTime(timezone=True), sa_column_kwargs={"server_default": func.now()}, default=None
    )
    return column


def _refers(table: str, *columns: str) -> ForeignKeyConstraint:
    """Foreign key to the columns of the same name, in the same school."""
    within = ("school_id", *columns)
    return ForeignKeyConstraint(within, [f"{table}.{column}" for column in within])


class SchoolRow(SQLModel, table=True):
    """A school; the list itself is no secret and is visible to all."""

    __tablename__ = "delivery_school"

    school_id: UUID = Field(primary_key=True)
    sourced_id: str = Field(unique=True)
    name: str


class ClassRow(SQLModel, table=True):
    """A class of a school."""

    __tablename__ = "delivery_class"
    __table_args__ = (UniqueConstraint("school_id", "sourced_id"), _refers("delivery_school"))

    school_id: UUID = Field(primary_key=True)
    class_id: UUID = Field(primary_key=True)
    sourced_id: str
    title: str


class PupilRow(SQLModel, table=True):
    """A pupil; the only table with a Discimus ID."""

    __tablename__ = "delivery_pupil"
    __table_args__ = (UniqueConstraint("school_id", "discimus_id"), _refers("delivery_school"))

    school_id: UUID = Field(primary_key=True)
    pupil_id: UUID = Field(primary_key=True)
    discimus_id: str
    first_name: str
    last_name: str


class EnrolmentRow(SQLModel, table=True):
    """A pupil in a class."""

    __tablename__ = "delivery_enrolment"
    __table_args__ = (_refers("delivery_class", "class_id"), _refers("delivery_pupil", "pupil_id"))

    school_id: UUID = Field(primary_key=True)
    class_id: UUID = Field(primary_key=True)
    pupil_id: UUID = Field(primary_key=True)


class AccommodationRow(SQLModel, table=True):
    """A reasonable accommodation of a pupil, such as ``extra_time`` = ``1.25``."""

    __tablename__ = "delivery_accommodation"
    __table_args__ = (_refers("delivery_pupil", "pupil_id"),)

    school_id: UUID = Field(primary_key=True)
    pupil_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    value: str


class StaffRow(SQLModel, table=True):
    """Someone who signs in; looked up by address before any school is known."""

    __tablename__ = "delivery_staff"
    __table_args__ = (_refers("delivery_school"),)

    staff_id: UUID = Field(primary_key=True)
    email: str = Field(unique=True)
    password_hash: str
    name: str
    role: str
    school_id: UUID | None = None


class AdministrationRow(SQLModel, table=True):
    """One class, one room, one test (*toetsmoment*)."""

    __tablename__ = "delivery_administration"
    __table_args__ = (_refers("delivery_class", "class_id"),)

    school_id: UUID = Field(primary_key=True)
    administration_id: UUID = Field(primary_key=True)
    class_id: UUID
    test: str
    title: str
    bank_hash: str
    simulated: bool
    status: str
    room_code_sealed: bytes
    guarded: bool = False
    created_at: datetime = _now()


class SignatureRow(SQLModel, table=True):
    """A coordinator's name under the report of a room; rows are added, never changed."""

    __tablename__ = "delivery_signature"
    __table_args__ = (_refers("delivery_administration", "administration_id"),)

    school_id: UUID = Field(primary_key=True)
    administration_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    staff_id: UUID
    remark: str
    heads: str
    signed_at: datetime = Field(sa_type=DateTime(timezone=True))


class RoomCodeRow(SQLModel, table=True):
    """From a room code's keyed hash to its school; holds nothing else, and is looked up before a school is known."""

    __tablename__ = "delivery_room_code"

    code_hash: bytes = Field(primary_key=True)
    school_id: UUID
    administration_id: UUID


class TryRow(SQLModel, table=True):
    """Wrong codes of a room from one network, which is a keyed hash; `is_known` where pupils of the room work on it."""

    __tablename__ = "delivery_try"
    __table_args__ = (_refers("delivery_administration", "administration_id"),)

    school_id: UUID = Field(primary_key=True)
    administration_id: UUID = Field(primary_key=True)
    network: bytes = Field(primary_key=True)
    n_wrong: int = 0
    is_known: bool = False
    noted_at: datetime = Field(sa_type=DateTime(timezone=True))


class SittingRow(SQLModel, table=True):
    """One sitting (*afname*); which pupil it belongs to is written in the seat only."""

    __tablename__ = "delivery_sitting"
    __table_args__ = (_refers("delivery_administration", "administration_id"),)

    school_id: UUID = Field(primary_key=True)
    sitting_id: UUID = Field(primary_key=True)
    administration_id: UUID


class SeatRow(SQLModel, table=True):
    """The identity link: this pupil takes this sitting, with this code; erasure deletes it.

    A reserve seat has a number, and no pupil until staff link one; after a swap any seat may have none.
    """

    __tablename__ = "delivery_seat"
    __table_args__ = (
        UniqueConstraint("school_id", "administration_id", "code_hash"),
        UniqueConstraint("school_id", "administration_id", "pupil_id"),
        _refers("delivery_sitting", "sitting_id"),
        _refers("delivery_pupil", "pupil_id"),
    )

    school_id: UUID = Field(primary_key=True)
    sitting_id: UUID = Field(primary_key=True)
    administration_id: UUID
    pupil_id: UUID | None = None
    reserve: int = 0
    code_hash: bytes
    code_sealed: bytes
    denied_at: datetime | None = Field(sa_type=DateTime(timezone=True), default=None)


class WaitingRow(SQLModel, table=True):
    """A device with the right codes of a seat that waits for one click of the proctor, or got it."""

    __tablename__ = "delivery_waiting"
    __table_args__ = (_refers("delivery_sitting", "sitting_id"),)

    school_id: UUID = Field(primary_key=True)
    sitting_id: UUID = Field(primary_key=True)
    device: bytes = Field(primary_key=True)
    number: int
    asked_at: datetime = Field(sa_type=DateTime(timezone=True))
    admitted_at: datetime | None = Field(sa_type=DateTime(timezone=True), default=None)


class ReassignmentRow(SQLModel, table=True):
    """A seat that got another pupil, and whose log does not say so yet; gone once it does."""

    __tablename__ = "delivery_reassignment"
    __table_args__ = (_refers("delivery_sitting", "sitting_id"),)

    school_id: UUID = Field(primary_key=True)
    link: UUID = Field(primary_key=True)
    sitting_id: UUID = Field(primary_key=True)
    reason: str
    staff_id: str


class SittingKeyRow(SQLModel, table=True):
    """Key of a sitting's typed text, wrapped by the installation's; erasure deletes it."""

    __tablename__ = "delivery_sitting_key"
    __table_args__ = (_refers("delivery_sitting", "sitting_id"),)

    school_id: UUID = Field(primary_key=True)
    sitting_id: UUID = Field(primary_key=True)
    sealed_key: bytes


class DraftRow(SQLModel, table=True):
    """What a pupil is typing now, encrypted and overwritten; it cannot outlive the sitting's key."""

    __tablename__ = "delivery_draft"
    __table_args__ = (_refers("delivery_sitting_key", "sitting_id"),)

    school_id: UUID = Field(primary_key=True)
    sitting_id: UUID = Field(primary_key=True)
    position: int
    item: str
    sealed: bytes
    updated_at: datetime = _now()


class ContactRow(SQLModel, table=True):
    """When a laptop was last heard of, and since when without a break; written now and then, by every worker."""

    __tablename__ = "delivery_contact"
    __table_args__ = (_refers("delivery_sitting", "sitting_id"),)

    school_id: UUID = Field(primary_key=True)
    sitting_id: UUID = Field(primary_key=True)
    run_since: datetime = Field(sa_type=DateTime(timezone=True))
    last_contact: datetime = Field(sa_type=DateTime(timezone=True))


class EventRow(SQLModel, table=True):
    """One thing that happened in a sitting; rows are added, never changed."""

    __tablename__ = "delivery_event"
    __table_args__ = (_refers("delivery_sitting", "sitting_id"),)

    school_id: UUID = Field(primary_key=True)
    sitting_id: UUID = Field(primary_key=True)
    event_number: int = Field(primary_key=True)
    kind: str
    schema_version: int
    payload: bytes
    digest: bytes
    recorded_at: datetime = _now()


class AnswerRow(SQLModel, table=True):
    """Which event holds the answer at a position: the unique key that no second answer passes."""

    __tablename__ = "delivery_answer"
    __table_args__ = (_refers("delivery_event", "sitting_id", "event_number"),)

    school_id: UUID = Field(primary_key=True)
    sitting_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    event_number: int
    body_hash: bytes
