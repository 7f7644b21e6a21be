"""Completes contacts with what staff found out: telephone, address and hours, never without a source."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from actions.knowledge.base import Knowledge
from seeds.model import Contact


@dataclass(frozen=True, slots=True)
class Addition:
    """What staff know of a contact. `source` says where from and of which day."""

    contact: str
    source: str
    phone: str | None = None
    address: str | None = None
    hours: str | None = None


class ContactBook:
    """The seeds keep the contacts as they are given, so that an addition can be taken back."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def apply(self, additions: Iterable[Addition]) -> None:
        """Makes the knowledge hold the seeds' contacts with these additions and no others.

        What a source of the seeds gives stays. An addition without a source, or to an unknown contact, is left out.
        """
        by_contact = {addition.contact: addition for addition in additions if addition.source.strip()}
        for contact_id, contact in self._knowledge.seeds.contacts.items():
            addition = by_contact.get(contact_id)
            self._knowledge.contacts[contact_id] = _completed(contact, addition) if addition else contact


def _completed(contact: Contact, addition: Addition) -> Contact:
    added = {
        name: value
        for name in ("phone", "address", "hours")
        if (value := getattr(addition, name)) and not getattr(contact, name)
    }
    if not added:
        return contact
    return replace(contact, **added, source="；".join(filter(None, (contact.source, addition.source))))
