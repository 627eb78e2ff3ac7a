"""The tables of the service, one class each; both dialects, one history of migrations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; a naive one is refused, never guessed at.

    SQLite keeps no time zone: there the UTC value is stored without one and read back with it.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime; convert an aware one to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: give an aware datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time as an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all tables, with the names of constraints fixed for the migrations."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
    }


Base.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = String(36)


class User(Base):
    """Somebody who may sign in; the built-in operator has the subject `local`, no password."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'operator')", name="role"),
        UniqueConstraint("provider", "subject"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider: Mapped[str] = mapped_column(String(32))  # local, privy
    subject: Mapped[str] = mapped_column(String(320))  # the login, or the id at the provider
    display_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    quota_bytes: Mapped[int | None] = mapped_column(BigInteger)  # None: unlimited
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Session(Base):
    """A signed-in session. Only the SHA-256 of its token is stored."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "expires_at"), Index(None, "user_id"))

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginLimit(Base):
    """Failed logins of one account or one client, shared by all replicas; `key` is a hash."""

    __tablename__ = "login_limits"
    __table_args__ = (Index(None, "expires_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime]


class Project(Base):
    """A named set of assets with an owner and, where set, a quota."""

    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    quota_bytes: Mapped[int | None] = mapped_column(BigInteger)  # None: unlimited
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Asset(Base):
    """One stored file and what is known of it."""

    __tablename__ = "assets"
    __table_args__ = (
        Index(None, "owner_id", "id"),
        Index(None, "project_id", "id"),
        UniqueConstraint("generation_id"),
        CheckConstraint("size_bytes >= 0", name="size"),
        Index(
            "ix_assets_waiting_for_embedding",
            "id",
            sqlite_where=text("embedded_at IS NULL OR embedded_at < updated_at"),
            postgresql_where=text("embedded_at IS NULL OR embedded_at < updated_at"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    generation_id: Mapped[str | None] = mapped_column(Id)  # None: uploaded
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(32))  # one of the asset types
    description: Mapped[str] = mapped_column(Text)  # for a generated asset, its prompt
    tags: Mapped[list[str]]
    file_type: Mapped[str] = mapped_column(String(16))  # glb, png, wav, json, zip, other
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))  # hexadecimal, of the file's bytes
    storage_key: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    embedded_at: Mapped[datetime | None]  # the updated_at of the text that its vector is made of


class Generation(Base):
    """One job, from its request to its end. The row is the truth; its id is the workflow's."""

    __tablename__ = "generations"
    __table_args__ = (
        Index(None, "owner_id", "id"),
        Index(None, "project_id", "id"),
        Index(None, "status", "id"),
        UniqueConstraint("owner_id", "idempotency_key"),
        CheckConstraint(
            "status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="status"
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    idempotency_key: Mapped[str | None] = mapped_column(String(200))
    request_hash: Mapped[str] = mapped_column(String(64))  # of the request, to refuse a re-used key
    revision: Mapped[str] = mapped_column(String(32))  # of the workflow, such as generation.v1
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(32))
    prompt: Mapped[str] = mapped_column(Text)
    requested_provider: Mapped[str] = mapped_column(String(32))
    provider: Mapped[str | None] = mapped_column(String(32))  # who serves it, once planned
    model: Mapped[str | None] = mapped_column(String(100))  # of that provider
    expanded_prompt: Mapped[str | None] = mapped_column(Text)  # what a language model made of it
    seed: Mapped[int] = mapped_column(BigInteger)
    options: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(16))
    stage: Mapped[str | None] = mapped_column(String(16))
    stages: Mapped[dict[str, Any]]  # stage -> {"startedAt": …, "durationSeconds": …}
    runs: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    leg: Mapped[int] = mapped_column(Integer, server_default=text("0"))  # counts its workflows
    asset_id: Mapped[str | None] = mapped_column(Id)
    error_type: Mapped[str | None] = mapped_column(String(32))
    error_message: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(128))
    traceparent: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    enqueued_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ProviderClaim(Base):
    """The right to send one provider request, taken before it is sent, so that it is sent once."""

    __tablename__ = "provider_claims"

    generation_id: Mapped[str] = mapped_column(
        ForeignKey("generations.id", ondelete="CASCADE"), primary_key=True
    )
    step: Mapped[str] = mapped_column(String(32), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(64), primary_key=True)
    provider: Mapped[str] = mapped_column(String(32))
    task_id: Mapped[str | None] = mapped_column(String(200))  # saved before the first poll
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class AiSpend(Base):
    """What the operations of one provider cost on one day (UTC), over all processes."""

    __tablename__ = "ai_spend"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)  # 2026-01-31
    provider: Mapped[str] = mapped_column(String(32), primary_key=True)
    micro_usd: Mapped[int] = mapped_column(BigInteger)  # millionths of a US dollar


class Executor(Base):
    """A process that runs jobs, and when it was last heard of."""

    __tablename__ = "executors"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    hostname: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int] = mapped_column(Integer)
    version: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]


class Lease(Base):
    """A task that one process at a time does for all, such as the sweep."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(Id)
    expires_at: Mapped[datetime]


class SchemaInfo(Base):
    """One row: the oldest code revision that can use this schema."""

    __tablename__ = "schema_info"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    oldest_code_revision: Mapped[int] = mapped_column(Integer)
