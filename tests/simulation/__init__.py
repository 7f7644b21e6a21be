"""Two hours of a service desk in minutes: the real system, driven from outside by users and staff, and shaken.

`python -m tests.simulation --users 200` starts `qifu serve` as a program (with its Rasa) over an empty database, on a
clock that runs faster (qifu/clock.py). Users talk over the HTTP API and over a fake Bot API; staff work over the fake
Bot API and, as the console does, on the same database. Meanwhile the program and Rasa are killed, Telegram goes away,
and phones of staff forget what they knew. In the end everything that anybody said is looked for on both sides.

    plan.py         how much of everything; the seed
    simtime.py      the fast clock, the same as the program's
    diary.py        what was said, by whom, under which id
    system.py       the program: started, killed, started again
    chats.py        what a user sees; webchat.py and telegramchat.py are the ways to it
    users.py        what users do
    phones.py       staff on Telegram
    office.py       staff at the console, and managers
    trouble.py      what goes wrong, and when
    facts.py        what the database says, read by plain SQL
    checks.py       what must hold
    recount.py      the figures, counted a second time from raw events
    run.py          all of it together
    report.py       what is told in the end
"""
