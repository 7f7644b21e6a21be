"""The hub hands events to open pages."""

from bot.web.hub import Event, Hub, typing_event


async def read_all(hub: Hub, events: list[Event]) -> list[Event]:
    """What a page receives of events that are published while it is open."""
    with hub.subscribe("web:1") as page:
        for event in events:
            hub.publish("web:1", event)
        page.end()
        return [event async for event in page]


async def test_events_arrive_in_order() -> None:
    events = [Event("turn", {"n": number}, number) for number in range(5)]
    assert await read_all(Hub(), events) == events


async def test_nobody_takes_what_is_published_to_an_empty_room() -> None:
    assert Hub().publish("web:1", typing_event(True)) == 0


async def test_conversations_hear_nothing_of_each_other() -> None:
    hub = Hub()
    with hub.subscribe("web:1") as page:
        hub.publish("web:2", typing_event(True))
        page.end()
        assert [event async for event in page] == []


async def test_a_page_that_no_longer_reads_is_ended() -> None:
    hub = Hub(backlog=3)
    with hub.subscribe("web:1") as page:
        assert [hub.publish("web:1", typing_event(True)) for _ in range(5)] == [1, 1, 1, 0, 0]
        assert len([event async for event in page]) == 3


async def test_a_replaced_page_that_leaves_late_takes_nobody_with_it() -> None:
    hub = Hub(streams=1)
    first = hub.subscribe("web:1")
    first.__enter__()
    with hub.subscribe("web:1"):
        pass
    with hub.subscribe("web:1"):
        first.__exit__(None, None, None)
        assert hub.publish("web:1", typing_event(True)) == 1


async def test_a_closed_hub_ends_every_page_also_later_ones() -> None:
    hub = Hub()
    with hub.subscribe("web:1") as before:
        hub.close()
        assert [event async for event in before] == []
    with hub.subscribe("web:1") as after:
        assert [event async for event in after] == []
