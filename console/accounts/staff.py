"""Who is logged in, as pages see it."""

from dataclasses import dataclass

from qifu.labels import District, Language, StaffRole, Topic
from store.models import StaffRow


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff in a session. Empty `districts`, `topics` or `languages` stand for all."""

    id: int
    login: str
    name: str
    role: StaffRole
    districts: tuple[District, ...]
    topics: tuple[Topic, ...]
    languages: tuple[Language, ...]
    has_totp: bool
    must_change_password: bool
    session_id: int

    @classmethod
    def of(cls, row: StaffRow, session_id: int) -> "Staff":
        """The member of staff of a row, in one of their sessions."""
        return cls(
            id=row.id,
            login=row.login,
            name=row.name,
            role=row.role,
            districts=tuple(map(District, row.districts)),
            topics=tuple(map(Topic, row.topics)),
            languages=tuple(map(Language, row.languages)),
            has_totp=row.totp_secret is not None,
            must_change_password=row.must_change_password,
            session_id=session_id,
        )
