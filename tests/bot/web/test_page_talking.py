"""Talking on the page, in a real browser."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.dialogue.turn import Incoming, Turn
from bot.web.hub import turn_event
from qifu.labels import District, Language, Outcome
from tests.bot.web.chatpage import ChatPage
from tests.fakes.browser import PHONE, opened_page
from tests.fakes.dialogue import echo, reply
from tests.fakes.webserver import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

IDLE = ("aria-disabled", "true")
LIVE = ("aria-disabled", "false")
EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
NUMBERS: dict[str, list[str]] = {
    "拨打12345、12348": ["12345", "12348"],
    "电话 021-64121234，手机 13812345678": ["02164121234", "13812345678"],
    "客服 400-820-5050，市民云 962518": ["4008205050", "962518"],
    "值班 6412 1234": ["64121234"],
    "补贴12000元，12000 人，12.345，沪府办发〔2024〕1号": [],
    "2024-01-13 至 20250131": [],
}
FEEDBACK = [("更多", "/more"), ("👍", '/feedback_up{"turn":"1"}'), ("👎", '/feedback_down{"turn":"1"}')]


@pytest_asyncio.fixture(loop_scope="session")
async def chat(browser: Browser, served: WebServer) -> AsyncIterator[ChatPage]:
    """The page, open in a fresh browser."""
    async with opened_page(browser, served.url) as page:
        chat = ChatPage(page)
        await chat.ready()
        yield chat


def with_feedback(incoming: Incoming) -> Turn:
    """An answer that can be judged, and thanks for the judgement."""
    if incoming.text.startswith("/feedback"):
        return Turn(incoming.text, (reply(("text", "谢谢。")),), Outcome.ACT, act="feedback_up")
    return Turn(incoming.text, (reply(("text", "答"), buttons=FEEDBACK),), Outcome.ANSWERED)


async def test_enter_sends_and_empties_the_box(chat: ChatPage, served: WebServer) -> None:
    await chat.ask("出口退税多久？")
    await chat.sees("出口退税多久？")
    await expect(chat.replies.last).to_have_text("收到：出口退税多久？")
    await expect(chat.text).to_have_value("")
    assert served.dialogue.incoming[0].language == Language.ZH


async def test_shift_enter_breaks_the_line(chat: ChatPage, served: WebServer) -> None:
    await chat.text.press_sequentially("第一行")
    await chat.text.press("Shift+Enter")
    await chat.text.press_sequentially("第二行")
    await chat.text.press("Enter")
    await expect(chat.replies).to_have_count(2)
    assert served.dialogue.incoming[0].text == "第一行\n第二行"


async def test_the_enter_of_an_input_method_sends_nothing(chat: ChatPage, served: WebServer) -> None:
    await chat.text.fill("chukou")
    for event in ("{isComposing: true}", "{keyCode: 229}"):
        await chat.text.evaluate(
            f"node => node.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', bubbles: true, ...{event}}}))"
        )
    await expect(chat.text).to_have_value("chukou")
    assert served.dialogue.incoming == []


async def test_blank_text_cannot_be_sent(chat: ChatPage, served: WebServer) -> None:
    await chat.write("  \n ")
    await expect(chat.page.locator("#send")).to_be_disabled()
    assert served.dialogue.incoming == []


async def test_a_button_reads_as_its_title_and_rests_after_use(chat: ChatPage, served: WebServer) -> None:
    await chat.ask("注销")
    await chat.button("更多").click()
    await expect(chat.replies).to_have_count(3)
    await chat.sees("注销", "更多")
    first = chat.page.locator(".buttons").first.get_by_role("button")
    await expect(first.nth(0)).to_have_class(re.compile("chosen"))
    for index in range(2):
        await expect(first.nth(index)).to_have_attribute(*IDLE)
    await first.nth(0).click(force=True)
    await expect(chat.button("更多")).to_have_attribute(*LIVE)
    assert [incoming.text for incoming in served.dialogue.incoming] == ["注销", "/more"]
    assert served.dialogue.incoming[1].is_payload


async def test_a_judged_answer_keeps_its_other_buttons(chat: ChatPage, served: WebServer) -> None:
    served.dialogue.script = with_feedback
    await chat.ask("注销")
    await chat.button("有帮助").click()
    await expect(chat.replies.last).to_have_text("谢谢。")
    await expect(chat.button("有帮助")).to_have_attribute(*IDLE)
    await expect(chat.button("没帮助")).to_have_attribute(*IDLE)
    await expect(chat.button("更多")).to_have_attribute(*LIVE)
    await chat.sees("注销")


async def test_everything_works_by_keyboard_alone(chat: ChatPage, served: WebServer) -> None:
    await chat.page.locator(".skip").focus()
    await expect(chat.page.locator(".skip")).to_be_in_viewport()
    await chat.page.keyboard.press("Tab")
    await expect(chat.district("全市")).to_be_focused()
    await chat.page.keyboard.press("ArrowRight")
    await expect(chat.district("长宁")).to_be_checked()
    for _ in range(4):  # new chat, language, conversation, the first suggestion
        await chat.page.keyboard.press("Tab")
    await chat.page.keyboard.press("Enter")
    await expect(chat.replies).to_have_count(2)
    await chat.text.focus()
    await chat.page.keyboard.press("Shift+Tab")
    await expect(chat.button("人工")).to_be_focused()
    await chat.page.keyboard.press("Space")
    await expect(chat.replies).to_have_count(3)
    assert served.dialogue.incoming[-1].text == "/handoff"


async def test_focus_is_always_seen(chat: ChatPage) -> None:
    await chat.ask("注销")
    for target in (chat.button("更多"), chat.page.locator("#language"), chat.page.locator("#scroller")):
        await chat.page.keyboard.press("Tab")
        await target.focus()
        assert await target.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"


async def test_typing_shows_while_an_answer_takes_its_time(chat: ChatPage, served: WebServer) -> None:
    served.dialogue.pause.clear()
    await chat.write("慢慢来")
    await expect(chat.typing).to_be_visible()
    served.dialogue.pause.set()
    await expect(chat.replies).to_have_count(2)
    await expect(chat.typing).to_be_hidden()


async def test_a_quick_answer_never_shows_typing(chat: ChatPage) -> None:
    await chat.page.evaluate(
        "new MutationObserver(([{target}]) => window.typed ||= !target.hidden)"
        ".observe(document.querySelector('#typing'), {attributeFilter: ['hidden']})"
    )
    await chat.ask("快")
    assert not await chat.page.evaluate("window.typed")


async def test_markup_stays_text_on_both_sides(chat: ChatPage, served: WebServer) -> None:
    kinds = ("lead", "quote", "translation", "citation", "note", "contact", "text")
    said = reply(*((kind, f"{kind}{EVIL}") for kind in kinds), buttons=[(EVIL, "/more")])  # type: ignore[arg-type]
    served.dialogue.script = lambda incoming: Turn(incoming.text, (said,), Outcome.ANSWERED)
    await chat.ask(EVIL)
    await chat.sees(EVIL)
    await expect(chat.replies.last).to_contain_text(f"contact{EVIL}")
    await chat.page.reload()
    await chat.ready()
    await chat.sees(EVIL)
    assert await chat.page.evaluate("window.hacked") is None
    assert await chat.page.locator("#log img, #log script").count() == 0


async def test_blocks_show_their_roles(chat: ChatPage, served: WebServer) -> None:
    said = reply(
        ("lead", "关于出口退税："),
        ("quote", "“甲。”"),
        ("quote", "“乙。”"),
        ("citation", "——《闵行区方案》（七）"),
        ("note", "提醒：征求意见稿。"),
        ("contact", "纳税服务热线（电话 12366），2023年，4.3万个，方案（20220317）"),
        ("contact", "闵闵工作室，方案没有写电话"),
    )
    served.dialogue.script = lambda incoming: Turn(incoming.text, (said,), Outcome.ANSWERED)
    await chat.ask("退税")
    card = chat.replies.last
    await expect(card.locator("figure.point")).to_have_count(1)
    await expect(card.locator("figure blockquote")).to_have_text(["“甲。”", "“乙。”"])
    await expect(card.locator("figure figcaption")).to_have_text("——《闵行区方案》（七）")
    await expect(card.locator("p.note")).to_be_visible()
    await expect(card.get_by_role("link")).to_have_count(1)
    await expect(card.get_by_role("link")).to_have_attribute("href", "tel:12366")


async def test_only_telephone_numbers_are_links(chat: ChatPage, served: WebServer) -> None:
    said = reply(*(("contact", text) for text in NUMBERS))
    served.dialogue.script = lambda incoming: Turn(incoming.text, (said,), Outcome.ANSWERED)
    await chat.ask("电话")
    rows = chat.page.locator(".contact")
    await expect(rows).to_have_text(list(NUMBERS))
    for index, numbers in enumerate(NUMBERS.values()):
        links = await rows.nth(index).get_by_role("link").all()
        assert [await link.get_attribute("href") for link in links] == [f"tel:{number}" for number in numbers]


async def test_a_suggestion_asks_its_question(chat: ChatPage, served: WebServer) -> None:
    await chat.page.locator(".suggestion").nth(1).click()
    await expect(chat.replies).to_have_count(2)
    await expect(chat.page.locator("#welcome")).to_be_hidden()
    assert served.dialogue.incoming[0].text == "出口退税多久能办好？"


async def test_the_district_is_chosen_and_remembered(chat: ChatPage, served: WebServer) -> None:
    await chat.district("闵行").check()
    await expect(chat.page.locator("#notice")).to_have_text("已选闵行：之后的回答以闵行的举措为先")
    await chat.ask("退税")
    conversation = served.dialogue.conversations_known[served.dialogue.incoming[0].conversation_id]
    assert conversation.district == District.MINHANG
    await chat.page.reload()
    await chat.ready()
    await expect(chat.district("闵行")).to_be_checked()


async def test_a_district_named_in_a_message_is_chosen_on_the_page(chat: ChatPage, served: WebServer) -> None:
    found = {"entity": "district", "value": "putuo"}
    served.dialogue.script = lambda incoming: Turn(
        incoming.text, (reply(("text", "好的")),), Outcome.ACT, act="set_district", entities=(found,)
    )
    await chat.ask("我们在普陀")
    await expect(chat.district("普陀")).to_be_checked()


async def test_a_language_asked_for_in_a_message_holds_for_the_page(chat: ChatPage, served: WebServer) -> None:
    served.dialogue.script = lambda incoming: Turn(
        incoming.text, (reply(("text", "OK, in English from now on.")),), Outcome.ACT, act="switch_language"
    )
    await chat.ask("请用英文")
    await expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    await expect(chat.replies).to_have_count(2)


async def test_a_link_chooses_the_district(browser: Browser, served: WebServer) -> None:
    async with opened_page(browser, f"{served.url}/?district=putuo") as page:
        chat = ChatPage(page)
        await page.goto("/?district=putuo")
        await chat.ready()
        await expect(chat.district("普陀")).to_be_checked()
        await chat.ask("退税")
        known = served.dialogue.conversations_known[served.dialogue.incoming[0].conversation_id]
        assert known.district == District.PUTUO


async def test_the_page_switches_to_english_and_stays_so(chat: ChatPage, served: WebServer) -> None:
    await chat.page.get_by_role("button", name="English").click()
    await expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    await expect(chat.text).to_have_attribute("placeholder", "What do you need to get done?")
    await expect(chat.replies).to_have_text(["Hello, this is Qifu."])
    await chat.ask("How long?")
    assert served.dialogue.incoming[0].language == Language.EN
    await chat.page.reload()
    await chat.ready()
    await expect(chat.page.get_by_role("radio", name="Minhang")).to_be_visible()
    await chat.page.get_by_role("button", name="中文").click()
    await expect(chat.page).to_have_title("企服 · 上海企业服务问答")
    await expect(chat.said).to_have_text(["您: How long?"])


async def test_an_english_browser_gets_an_english_page(browser: Browser, served: WebServer) -> None:
    async with opened_page(browser, served.url, locale="en-GB") as page:
        await ChatPage(page).ready()
        await expect(page.get_by_role("heading", name="Qifu")).to_be_visible()
        await expect(page.get_by_text("Hello, this is Qifu.")).to_be_visible()


async def test_a_phone_never_scrolls_sideways(browser: Browser, served: WebServer) -> None:
    async with opened_page(browser, served.url, viewport=PHONE, is_mobile=True, has_touch=True) as page:
        chat = ChatPage(page)
        await chat.ready()
        assert await chat.overflow() <= 0
        await chat.ask("x" * 400)
        await chat.ask("https://example.org/" + "很长" * 100)
        served.dialogue.script = lambda incoming: Turn(
            incoming.text,
            (reply(("quote", "y" * 300), ("contact", "z" * 200), buttons=[("很长的按钮" * 12, "/more")]),),
            Outcome.CLARIFY,
        )
        await chat.ask("宽")
        assert await chat.overflow() <= 0
        await page.get_by_role("button", name="English").click()
        assert await chat.overflow() <= 0


async def test_a_long_message_is_counted_and_never_lost(chat: ChatPage, served: WebServer) -> None:
    hint = chat.page.locator("#hint")
    await chat.text.fill("税" * 1900)
    await expect(hint).to_have_text("还可输入 100 字")
    await chat.text.fill("税" * 2010)
    await expect(hint).to_have_text("超出 10 字，只读前 2000 字")
    await chat.text.press("Enter")
    await expect(chat.replies).to_have_count(2)
    assert len(served.dialogue.incoming[0].text) == 2010


async def test_who_reads_further_up_is_not_moved(chat: ChatPage, served: WebServer) -> None:
    for number in range(8):
        await chat.ask(f"第{number}个问题")
    scroller = chat.page.locator("#scroller")
    await scroller.evaluate("node => node.scrollTo({top: 0, behavior: 'instant'})")
    newer = chat.page.get_by_role("button", name="回到最新")
    await expect(newer).to_be_visible()
    conversation = served.dialogue.incoming[0].conversation_id
    pushed = served.dialogue.remember(conversation, echo(served.dialogue.incoming[0]))
    served.hub.publish(conversation, turn_event(pushed))
    await expect(chat.replies).to_have_count(10)
    assert await scroller.evaluate("node => node.scrollTop") == 0
    await newer.click()
    await expect(newer).to_be_hidden()
    await expect(chat.replies.last).to_be_in_viewport()


async def test_a_new_chat_begins_only_after_asking(chat: ChatPage, served: WebServer) -> None:
    await chat.ask("旧的话")
    await chat.page.get_by_role("button", name="新对话").click()
    await chat.page.get_by_role("button", name="取消").click()
    await chat.sees("旧的话")
    await chat.page.get_by_role("button", name="新对话").click()
    await chat.page.locator("#ask").get_by_role("button", name="开始新对话").click()
    await expect(chat.said).to_have_count(0)
    await expect(chat.page.locator("#welcome")).to_be_visible()
    await chat.ask("新的话")
    first, second = served.dialogue.incoming
    assert first.conversation_id != second.conversation_id


async def test_without_motion_nothing_moves(browser: Browser, served: WebServer) -> None:
    async with opened_page(browser, served.url, reduced_motion="reduce") as page:
        chat = ChatPage(page)
        await chat.ready()
        served.dialogue.pause.clear()
        await chat.write("慢")
        await expect(chat.typing).to_be_visible()
        assert await page.evaluate("document.getAnimations().length") == 0
        served.dialogue.pause.set()
        await expect(chat.replies).to_have_count(2)


async def test_an_emergency_notice_stands_above_the_conversation_in_the_chosen_language(
    browser: Browser, served: WebServer
) -> None:
    async def notice() -> dict[Language, str]:
        return {Language.ZH: "台风停办", Language.EN: "Closed for the typhoon"}

    object.__setattr__(served.app.state.web, "notice", notice)
    async with opened_page(browser, served.url) as page:
        bar = page.locator("#emergency")
        await expect(bar).to_have_text("台风停办")
        await page.locator("#language").click()
        await expect(bar).to_have_text("Closed for the typhoon")


async def test_without_a_notice_nothing_stands_there(chat: ChatPage) -> None:
    await expect(chat.page.locator("#emergency")).to_be_hidden()
