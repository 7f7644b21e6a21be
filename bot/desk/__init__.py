"""The service desk: a person within a minute, every appeal closed.

One `Desk` (bot/desk/desk.py) is built per process and holds the parts; all of them work on the same database, so that
several processes can serve one desk. Each call is one transaction. Times come from a clock that is handed in.

    desk = Desk(database, DeskRules.of(settings), propose=units.proposer(seeds), clock=clock)
    desk.handoffs   bot/desk/handoffs.py   request, cancel, claim, take, transfer, hand back, close, rate
    desk.talk       bot/desk/talk.py       messages both ways, notes, edits, the transcript
    desk.appeals    bot/desk/appeals.py    file, grade, assign, start, refer, answer, resolve, rate, reopen
    desk.roster     bot/desk/roster.py     who is on duty: shifts, days off and presence
    desk.canned     bot/desk/canned.py     canned replies with variables
    desk.timers     bot/desk/timers.py     tick(): offers to all, alerts, 督办, overdue
    desk.figures    bot/desk/figures.py    figures of any period, computed from events (bot/desk/sla.py)
    desk.signals    bot/desk/signals.py    tells this process at once that something changed

How a channel works with it:
- Before a user's message goes to the bot: `row = await desk.handoffs.open_of(conversation)`; where `row` is not None,
  keep the message with `talk.user_message` (None: it ended meanwhile, the bot answers); where `row.bot_is_silent`,
  the bot doesn't answer it.
- What staff send is kept with `talk.staff_message`; the channel delivers what `talk.undelivered(Direction.STAFF)`
  lists and then calls `talk.mark_delivered`. A signal says when to look; after a restart looking is enough. The other
  way round alike.
- Notices (claimed, closed, appeal resolved ...) stand in an outbox; bot/desk/delivery.py brings them to channels.
  Their words are in wording.yml under `notices` (users) and `staff`, by `kind`, filled with `detail`.
- Outside service hours `request` registers nothing: the bot offers to leave the question (actions/appeal/leaving.py).
- What the desk refuses is a DeskError whose `code` is a key of wording.yml under `refusals`.
"""
