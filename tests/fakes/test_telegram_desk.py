"""The fake Bot API edits, sends files and leads topics as Telegram does."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.test_telegram import Client

USER, FORUM = 1001, -1009


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client of a running fake that knows one user and one forum."""
    async with FakeTelegram() as telegram:
        telegram.world.chat(USER)
        telegram.group_has_topics(FORUM)
        client = Client(telegram)
        yield client
        await client.http.aclose()


async def test_a_topic_begins_with_a_message_of_its_number(client: Client) -> None:
    topic = await client.call("createForumTopic", chat_id=FORUM, name="BB1")
    number = topic["message_thread_id"]
    assert client.telegram.world.messages[FORUM, number]["forum_topic_created"]["name"] == "BB1"
    sent = await client.call("sendMessage", chat_id=FORUM, text="在", message_thread_id=number)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (number, True)
    refused = await client.call("sendMessage", chat_id=FORUM, text="在", message_thread_id=number + 7)
    assert refused["description"] == "Bad Request: message thread not found"
    assert await client.call("closeForumTopic", chat_id=FORUM, message_thread_id=number) is True
    again = await client.call("closeForumTopic", chat_id=FORUM, message_thread_id=number)
    assert again["description"] == "Bad Request: TOPIC_NOT_MODIFIED"
    assert await client.call("reopenForumTopic", chat_id=FORUM, message_thread_id=number) is True


async def test_topics_need_a_forum_a_name_and_the_right_to_lead(client: Client) -> None:
    client.telegram.world.chat(-5)
    plain = await client.call("createForumTopic", chat_id=-5, name="x")
    assert plain["description"] == "Bad Request: the chat is not a forum"
    assert (await client.call("createForumTopic", chat_id=FORUM, name=" "))["error_code"] == 400
    client.telegram.world.not_led.add(FORUM)
    refused = await client.call("createForumTopic", chat_id=FORUM, name="x")
    assert "not enough rights" in refused["description"]


async def test_a_file_is_sent_by_its_id_as_what_it_is(client: Client) -> None:
    photo = client.telegram.user_sends_photo(USER)["photo"][-1]["file_id"]
    sent = await client.call("sendPhoto", chat_id=USER, photo=photo, caption="<b>照</b>", parse_mode="HTML")
    assert sent["photo"][0]["file_id"] == photo
    assert sent["caption_entities"][0]["type"] == "bold"
    wrong = await client.call("sendDocument", chat_id=USER, document=photo)
    assert "can't use file of type photo" in wrong["description"]
    unknown = await client.call("sendPhoto", chat_id=USER, photo="x")
    assert unknown["description"] == "Bad Request: wrong file identifier/HTTP URL specified"
    long = await client.call("sendPhoto", chat_id=USER, photo=photo, caption="字" * 1025)
    assert long["description"] == "Bad Request: message caption is too long"


async def test_an_uploaded_file_can_be_fetched(client: Client) -> None:
    base = f"{client.telegram.url}/bot{client.telegram.token}"
    answer = await client.http.post(
        f"{base}/sendDocument", data={"chat_id": str(USER)}, files={"document": ("a.txt", b"abc")}
    )
    file = answer.json()["result"]["document"]
    assert (file["file_name"], file["file_size"]) == ("a.txt", 3)
    path = (await client.call("getFile", file_id=file["file_id"]))["file_path"]
    fetched = await client.http.get(f"{client.telegram.url}/file/bot{client.telegram.token}/{path}")
    assert fetched.content == b"abc"
    assert (await client.http.get(f"{client.telegram.url}/file/botx/{path}")).status_code == 404


async def test_own_messages_are_edited_and_others_are_not(client: Client) -> None:
    sent = await client.call("sendMessage", chat_id=USER, text="一")
    number = sent["message_id"]
    assert (await client.call("editMessageText", chat_id=USER, message_id=number, text="二"))["text"] == "二"
    same = await client.call("editMessageText", chat_id=USER, message_id=number, text="二")
    assert "message is not modified" in same["description"]
    caption = await client.call("editMessageCaption", chat_id=USER, message_id=number, caption="x")
    assert "no caption" in caption["description"]
    theirs = client.telegram.user_sends(USER, "我的")["message_id"]
    refused = await client.call("editMessageText", chat_id=USER, message_id=theirs, text="x")
    assert refused["description"] == "Bad Request: message can't be edited"


async def test_people_edit_captions_and_write_in_topics(client: Client) -> None:
    photo = client.telegram.user_sends_photo(USER, "旧的")
    client.telegram.user_edits(USER, photo["message_id"], "新的")
    topic = await client.call("createForumTopic", chat_id=FORUM, name="x")
    client.telegram.topic_message(FORUM, topic["message_thread_id"], "在", user_id=USER)
    edited, written = [list(update.values())[1] for update in client.telegram.world.pending[-2:]]
    assert edited["caption"] == "新的"
    assert written["reply_to_message"]["forum_topic_created"]["name"] == "x"
