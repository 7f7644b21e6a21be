"""A notifier that writes down what it is to tell."""

from qifu.errors import ChannelError
from store.models import NoticeRow


class FakeNotifier:
    """`users` holds (conversation, kind, detail) and `colleagues` (staff ids, kind, detail); `away` refuses all."""

    def __init__(self) -> None:
        self.users: list[tuple[str, str, dict[str, object]]] = []
        self.colleagues: list[tuple[list[int], str, dict[str, object]]] = []
        self.away = False

    async def staff(self, staff_ids: list[int], notice: NoticeRow) -> None:
        """Tells staff."""
        self._prove()
        self.colleagues.append((staff_ids, notice.kind, notice.detail))

    async def user(self, conversation_id: str, notice: NoticeRow) -> None:
        """Tells a user."""
        self._prove()
        self.users.append((conversation_id, notice.kind, notice.detail))

    def _prove(self) -> None:
        if self.away:
            raise ChannelError("the messenger is away")
