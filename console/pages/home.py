"""首页: what needs me today, and the ways to my pages."""

from console import parts
from console.accounts.staff import Staff
from console.app import Console, Task
from console.times import SHANGHAI

_PARTS_OF_DAY = ((5, "evening"), (11, "morning"), (13, "noon"), (18, "afternoon"), (24, "evening"))


def register(console: Console) -> None:
    """Registers the page."""
    words = console.words

    @console.page("home")
    async def home(staff: Staff) -> None:
        hour = console.services.clock().astimezone(SHANGHAI).hour
        greeting = next(name for until, name in _PARTS_OF_DAY if hour < until)
        parts.heading(words(f"home.{greeting}", name=staff.name))
        with parts.card(words("home.tasks")):
            tasks = await console.tasks_of(staff)
            if not tasks:
                parts.empty(words("home.nothing"), words("home.nothing_detail"), "task_alt")
            with parts.box("ul", "tasks"):
                for task in tasks:
                    _task(task)
        with parts.box("section", "places"):
            parts.text("h2", words("home.places"))
            with parts.box("ul", "tiles"):
                for place in console.open_to(staff):
                    if place.id != "home":
                        with parts.box("li"), parts.box("a", "tile", href=place.url):
                            parts.icon(place.icon)
                            parts.text("strong", words(f"nav.{place.id}"))
                            parts.text("span", words(f"place.{place.id}"))


def _task(task: Task) -> None:
    with parts.box("li"), parts.box("a", f"task {task.tone}", href=task.url):
        parts.icon(task.icon, "task-icon")
        with parts.box("span", "task-words"):
            parts.text("strong", task.title)
            parts.text("span", task.detail)
        parts.icon("chevron_right", "task-go")
