"""`qifu` as a program: it serves, says what runs, answers files, talks in a terminal, and ends without a trace."""

import asyncio
import json
import re
import signal
import socket
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from qifu.servers import LOOPBACK, free_port
from qifu.settings import ROOT
from tests.service.support import Program, Terminal, rasa_processes, until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]

CASES = [
    {"id": "退税", "q": "出口退税几天", "district": "minhang"},
    {"id": 2, "turns": [{"u": "我在长宁"}, {"u": "怎么简易注销"}]},
    {"id": "en", "q": "How many days does an export tax refund take?"},
]


async def test_a_file_of_conversations_is_answered(home: Path, tmp_path: Path) -> None:
    cases, replies = tmp_path / "cases.jsonl", tmp_path / "out" / "replies.jsonl"
    lines = [json.dumps(case, ensure_ascii=False) for case in CASES]
    cases.write_text("\n".join(lines), encoding="utf-8")
    with Program(home, "ask", "--in", str(cases), "--out", str(replies)) as program:
        assert await program.ends() == 0, program.output
        assert "3/3" in program.output
        assert "Traceback" not in program.output
    refund, district, english = [json.loads(line) for line in replies.read_text(encoding="utf-8").splitlines()]
    assert [refund["id"], district["id"], english["id"]] == ["退税", 2, "en"]
    assert refund["turns"][0]["points"][0].startswith("minhang-2023/")
    assert "3个工作日" in refund["turns"][0]["replies"][0]["text"]
    assert [turn["act"] for turn in district["turns"]] == ["set_district", None]
    assert district["turns"][1]["points"][0].startswith("changning-2022/")
    assert "工作日" in english["turns"][0]["replies"][0]["text"]
    assert "working days" in english["turns"][0]["replies"][0]["text"]
    assert not (home / "qifu.db").exists()


async def test_a_served_qifu_says_where_it_is_and_ends_by_ctrl_c(home: Path) -> None:
    with Program(home, "serve") as first:
        address = (await first.says(r"网页聊天\s+(http://\S+?)/\n")).group(1)
        assert "TELEGRAM_BOT_TOKEN" in first.output
        async with httpx.AsyncClient(base_url=address, trust_env=False) as http:
            assert (await http.get("/")).status_code == 200
            assert (await http.get("/docs")).status_code == 200

        with Program(home, "serve") as second:
            assert await second.ends() == 1
            assert str(first.process.pid) in second.output
            assert address in second.output
            assert len(second.output.splitlines()) == 1

        [rasa] = rasa_processes(first.process.pid)
        first.interrupt()
        assert await first.ends(20) == 0, first.output
        assert "Traceback" not in first.output
        assert not psutil.pid_exists(rasa.pid)


async def test_ctrl_c_while_it_starts_ends_it_too(home: Path) -> None:
    with Program(home, "serve") as program:
        await program.says("语言模型")
        await until(lambda: rasa_processes(program.process.pid))
        [rasa] = rasa_processes(program.process.pid)
        program.interrupt()
        assert await program.ends(20) == 0, program.output
        assert "Traceback" not in program.output
        assert not psutil.pid_exists(rasa.pid)


KILLED = """
import asyncio, os, signal
from pathlib import Path
from qifu.settings import Settings
from qifu.understanding_room import RasaProcess

async def main():
    process = RasaProcess(Settings(), Path(MODEL), PORT, "http://127.0.0.1:9")
    await process._spawn()
    print(process.pid, flush=True)
    await asyncio.sleep(DELAY)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.parametrize("delay", [0, 2])
async def test_a_qifu_that_is_killed_leaves_no_rasa_behind(model: Path, delay: float) -> None:
    values = {"MODEL": repr(str(model)), "PORT": str(free_port(LOOPBACK, 0, "")), "DELAY": str(delay)}
    code = re.sub("MODEL|PORT|DELAY", lambda match: values[match.group()], KILLED)
    pipe = asyncio.subprocess.PIPE
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=ROOT, stdout=pipe)
    output, _ = await killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    await until(lambda: not psutil.pid_exists(int(output)), 20)


async def test_a_taken_port_is_named_with_its_setting(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        with Program(home, "serve", QIFU_PORT=str(taken.getsockname()[1])) as program:
            assert await program.ends() == 1
            assert "QIFU_PORT" in program.output
            assert "Traceback" not in program.output


async def test_a_terminal_is_answered_and_ctrl_c_ends_it_at_once(home: Path) -> None:
    with Terminal(home, "chat") as terminal:
        await terminal.says("您好")
        terminal.types("出口退税几天\n")
        await terminal.says("3个工作日")
        number = re.findall(r"\[(\d)\] 依据", terminal.output)[-1]
        terminal.types(f"{number}\n")
        await terminal.says("区发展改革委|闵行区.*征求意见稿")
        terminal.types("\x03")
        assert await terminal.ends(20) == 130
        assert "Traceback" not in terminal.output
