"""The tables: organisations and the customers that are theirs, users and what they may, keys, sign-ins."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from store.moments import Moment

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""How constraints are called, so that migrations find them in every database."""


class Table(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMES)


class Organisation(Table):
    """Somebody whose people use Trunkline: an enterprise, a partner, a department of the operator."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class OrganisationCustomer(Table):
    """A customer, by business key, that everybody of an organisation speaks for."""

    __tablename__ = "organisation_customers"

    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id, ondelete="CASCADE"), primary_key=True)
    customer: Mapped[str] = mapped_column(String(200), primary_key=True)


class User(Table):
    """A person or program, known by the name that an issuer of tokens gives it."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(255))
    name: Mapped[str | None] = mapped_column(String(200))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id, ondelete="CASCADE"), index=True)
    children: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Moment)


class UserRole(Table):
    """What a user is to the operator or to a customer."""

    __tablename__ = "user_roles"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)


class UserCustomer(Table):
    """A customer, by business key, that a user speaks for besides those of its organisation."""

    __tablename__ = "user_customers"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    customer: Mapped[str] = mapped_column(String(200), primary_key=True)


class ApiKey(Table):
    """A partner's key: who carries it speaks for these customers. Of its secret only the digest is kept."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    name: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id, ondelete="CASCADE"), index=True)
    roles: Mapped[list[Any]] = mapped_column(JSON)
    customers: Mapped[list[Any]] = mapped_column(JSON)
    children: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class SignIn(Table):
    """A browser that is signed in. Of its cookie only the digest is kept."""

    __tablename__ = "sign_ins"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(255))
    roles: Mapped[list[Any]] = mapped_column(JSON)
    customers: Mapped[list[Any]] = mapped_column(JSON)
    children: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
