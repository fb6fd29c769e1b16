"""People, rooms, sittings and the log, with the roles that keep them safe."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0002_delivery"
down_revision = "0001_item_bank"
branch_labels = None
depends_on = None

SCHOOL = sa.ForeignKeyConstraint(["school_id"], ["delivery_school.school_id"])
ROLES = ("peil_web", "peil_journal", "peil_archive")
LOG = ("delivery_event", "delivery_answer")
PERSONAL = ("delivery_seat", "delivery_sitting_key", "delivery_draft", "delivery_contact")
PEOPLE = ("delivery_pupil", "delivery_enrolment", "delivery_accommodation")
OPEN_TO_ALL = ("delivery_school", "delivery_staff", "delivery_room_code")  # looked up before a school is known
ROOMS = ("delivery_class", "delivery_administration", "delivery_sitting")
TABLES_IN_ORDER = (
    "delivery_school",
    "delivery_class",
    "delivery_pupil",
    "delivery_enrolment",
    "delivery_accommodation",
    "delivery_staff",
    "delivery_administration",
    "delivery_room_code",
    "delivery_sitting",
    "delivery_seat",
    "delivery_sitting_key",
    "delivery_draft",
    "delivery_contact",
    "delivery_event",
    "delivery_answer",
)


def upgrade() -> None:
    create_people()
    create_rooms()
    create_sittings()
    create_log()
    if op.get_bind().dialect.name == "postgresql":
        create_roles()
    else:
        forbid_changes_to_the_log()
        forbid_replacing_the_log()


def downgrade() -> None:
    for table in reversed(TABLES_IN_ORDER):
        op.drop_table(table)


def key(*columns: str) -> list[SchemaItem]:
    """UUID columns that are the primary key."""
    return [*(sa.Column(column, sa.Uuid(), nullable=False) for column in columns), sa.PrimaryKeyConstraint(*columns)]


def reference(columns: list[str], table: str) -> sa.ForeignKeyConstraint:
    """Foreign key to the columns of the same name."""
    return sa.ForeignKeyConstraint(columns, [f"{table}.{column}" for column in columns])


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def binary(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def clock(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def create_people() -> None:
    op.create_table(
        "delivery_school", *key("school_id"), text("sourced_id"), text("name"), sa.UniqueConstraint("sourced_id")
    )
    op.create_table(
        "delivery_class",
        *key("school_id", "class_id"),
        text("sourced_id"),
        text("title"),
        sa.UniqueConstraint("school_id", "sourced_id"),
        reference(["school_id"], "delivery_school"),
    )
    op.create_table(
        "delivery_pupil",
        *key("school_id", "pupil_id"),
        text("discimus_id"),
        text("first_name"),
        text("last_name"),
        sa.UniqueConstraint("school_id", "discimus_id"),
        reference(["school_id"], "delivery_school"),
    )
    op.create_table(
        "delivery_enrolment",
        *key("school_id", "class_id", "pupil_id"),
        reference(["school_id", "class_id"], "delivery_class"),
        reference(["school_id", "pupil_id"], "delivery_pupil"),
    )
    op.create_table(
        "delivery_accommodation",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        text("kind"),
        text("value"),
        sa.PrimaryKeyConstraint("school_id", "pupil_id", "kind"),
        reference(["school_id", "pupil_id"], "delivery_pupil"),
    )
    op.create_table(
        "delivery_staff",
        *key("staff_id"),
        text("email"),
        text("password_hash"),
        text("name"),
        text("role"),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.UniqueConstraint("email"),
        reference(["school_id"], "delivery_school"),
    )


def create_rooms() -> None:
    op.create_table(
        "delivery_administration",
        *key("school_id", "administration_id"),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        text("test"),
        text("title"),
        text("bank_hash"),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        text("status"),
        binary("room_code_sealed"),
        clock("created_at"),
        reference(["school_id", "class_id"], "delivery_class"),
    )
    op.create_table(
        "delivery_room_code",
        binary("code_hash"),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash"),
    )


def create_sittings() -> None:
    sitting = ["school_id", "sitting_id"]
    op.create_table(
        "delivery_sitting",
        *key(*sitting),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        reference(["school_id", "administration_id"], "delivery_administration"),
    )
    op.create_table(
        "delivery_seat",
        *key(*sitting),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        binary("code_hash"),
        binary("code_sealed"),
        sa.Column("denied_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("school_id", "administration_id", "code_hash"),
        sa.UniqueConstraint("school_id", "administration_id", "pupil_id"),
        reference(sitting, "delivery_sitting"),
        reference(["school_id", "pupil_id"], "delivery_pupil"),
    )
    op.create_table(
        "delivery_sitting_key", *key(*sitting), binary("sealed_key"), reference(sitting, "delivery_sitting")
    )
    op.create_table(
        "delivery_draft",
        *key(*sitting),
        sa.Column("position", sa.Integer(), nullable=False),
        text("item"),
        binary("sealed"),
        clock("updated_at"),
        reference(sitting, "delivery_sitting_key"),
    )
    op.create_table(
        "delivery_contact",
        *key(*sitting),
        sa.Column("run_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_contact", sa.DateTime(timezone=True), nullable=False),
        reference(sitting, "delivery_sitting"),
    )


def create_log() -> None:
    sitting = ["school_id", "sitting_id"]
    op.create_table(
        "delivery_event",
        *(sa.Column(column, sa.Uuid(), nullable=False) for column in sitting),
        sa.Column("event_number", sa.Integer(), nullable=False),
        text("kind"),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        binary("payload"),
        binary("digest"),
        clock("recorded_at"),
        sa.PrimaryKeyConstraint(*sitting, "event_number"),
        reference(sitting, "delivery_sitting"),
    )
    op.create_table(
        "delivery_answer",
        *(sa.Column(column, sa.Uuid(), nullable=False) for column in sitting),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        binary("body_hash"),
        sa.PrimaryKeyConstraint(*sitting, "position", "revision"),
        reference([*sitting, "event_number"], "delivery_event"),
    )


def forbid_changes_to_the_log() -> None:
    """SQLite has no roles: triggers refuse every change instead."""
    for table in LOG:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


KEYS = {
    "delivery_event": ("school_id", "sitting_id", "event_number"),
    "delivery_answer": ("school_id", "sitting_id", "position", "revision"),
}


def forbid_replacing_the_log() -> None:
    """REPLACE deletes without asking the trigger that forbids deleting, by the key or by SQLite's own row number.

    (A row number that the statement does not name is -1 here, which no row has.)
    """
    for table, columns in KEYS.items():
        same_key = " AND ".join(f"{column} = NEW.{column}" for column in columns)
        for what, same in (("key", same_key), ("row", "rowid = NEW.rowid")):
            op.execute(
                f"CREATE TRIGGER {table}_no_replace_{what} BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: the {what} exists'); END"
            )


def create_roles() -> None:
    """Roles without a way to sign in (the operator adds LOGIN), their rights, and a wall between schools."""
    for role in ROLES:
        op.execute(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN "
            f"CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        let_the_owner_become(role)
    op.execute(
        "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO peil_web, peil_journal, peil_archive', "
        "current_schema()); END $$"
    )
    op.execute(
        f"GRANT SELECT ON {', '.join((*OPEN_TO_ALL, *ROOMS, *PERSONAL, *PEOPLE, *LOG))} TO peil_web, peil_archive"
    )
    op.execute(f"GRANT INSERT, UPDATE ON {', '.join((*OPEN_TO_ALL, *ROOMS, *PERSONAL, *PEOPLE))} TO peil_web")
    op.execute("GRANT DELETE ON delivery_accommodation, delivery_enrolment, delivery_draft TO peil_web")
    op.execute(f"GRANT SELECT, INSERT ON {', '.join(LOG)} TO peil_journal")
    op.execute(f"GRANT DELETE ON {', '.join((*PERSONAL, *PEOPLE))} TO peil_archive")
    separate_schools()


def let_the_owner_become(role: str) -> None:
    """Allow SET ROLE, which making a role no longer gives since PostgreSQL 16, but none of the role's rights unasked.

    Whoever did not make the role may not give it away: then the operator grants it, and `open_role` says how.
    """
    version = op.get_bind().dialect.server_version_info or (0,)
    becomes, options = ("SET", " WITH INHERIT FALSE, SET TRUE") if version >= (16,) else ("MEMBER", "")
    op.execute(
        f"DO $$ BEGIN IF NOT pg_has_role(current_user, '{role}', '{becomes}') THEN "
        f"GRANT {role} TO CURRENT_USER{options}; END IF; "
        "EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"
    )


def separate_schools() -> None:
    """Row-level security, forced for the owner too; the journal may reach all, for it holds no one's name."""
    own = "school_id = NULLIF(current_setting('peil.school', true), '')::uuid"
    for table in (*ROOMS, *PERSONAL, *PEOPLE, *LOG):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_school ON {table} USING ({own}) WITH CHECK ({own})")
    for table in LOG:
        op.execute(f"CREATE POLICY journal ON {table} TO peil_journal USING (true) WITH CHECK (true)")
