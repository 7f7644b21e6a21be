"""Channels that write down what the desk's real outbox brings them."""

from collections.abc import Sequence

from bot.desk.delivery import Deliverer, ToUser
from bot.desk.desk import Desk
from qifu.errors import ChannelError
from qifu.labels import Channel


class FakeNotifier:
    """`users` holds (conversation, kind, detail) and `colleagues` (staff ids, kind, words); `away` refuses all."""

    def __init__(self) -> None:
        self.users: list[tuple[str, str, dict[str, object]]] = []
        self.colleagues: list[tuple[list[int], str, str]] = []
        self.away = False

    async def hears(self, desk: Desk) -> int:
        """Is told what is due now; how much that was."""
        return await Deliverer(desk, {Channel.WEB: self}, staff=[self]).deliver_due()

    async def tell(self, conversation_id: str, message: ToUser) -> None:
        """Tells a user."""
        self._prove()
        self.users.append((conversation_id, message.kind, message.detail))

    async def tell_staff(
        self, staff_ids: Sequence[int], text: str, kind: str, handoff_id: int | None, appeal_id: int | None
    ) -> None:
        """Tells staff."""
        self._prove()
        self.colleagues.append((list(staff_ids), kind, text))

    def _prove(self) -> None:
        if self.away:
            raise ChannelError("the messenger is away")
