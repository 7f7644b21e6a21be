"""The chat page as a person sees it, for tests in a browser."""

from playwright.async_api import Locator, Page, expect


class ChatPage:
    """What a person does on the page, and what is to be seen there."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.text = page.locator("#text")
        self.said = page.locator(".said:not([hidden]) .bubble")
        self.replies = page.locator(".reply")
        self.typing = page.locator("#typing")
        self.banner = page.locator("#banner")
        self.state = page.locator(".said .state")

    async def ready(self) -> None:
        """Returns once the greeting stands there and the page listens."""
        await expect(self.replies.first).to_be_visible()

    async def write(self, text: str) -> None:
        """Types and sends by Enter."""
        await self.text.fill(text)
        await self.text.press("Enter")

    async def ask(self, text: str) -> None:
        """Sends and waits for the reply."""
        before = await self.replies.count()
        await self.write(text)
        await expect(self.replies).to_have_count(before + 1)

    def button(self, name: str) -> Locator:
        """The newest button of that name below a reply."""
        return self.page.locator(".buttons").get_by_role("button", name=name, exact=True).last

    def district(self, name: str) -> Locator:
        """One choice of the district chooser."""
        return self.page.get_by_role("radio", name=name, exact=True)

    async def sees(self, *texts: str) -> None:
        """The user's side shows exactly these messages."""
        await expect(self.said).to_have_text([f"您: {text}" for text in texts])

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        width: int = await self.page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.querySelector('#scroller').scrollWidth)"
            " - document.documentElement.clientWidth"
        )
        return width
