"""The desk for staff on Telegram: in private chats with the bot, and in a group with a topic for each handoff.

room.StaffRoom takes the updates of staff, commands and relays them; mirror.Mirror shows in every place what happens in
its handoffs; offers.Offers asks staff to claim and tells them what is due; linking.Linking joins a Telegram account to
a member of staff. Whoever isn't linked, active and of service (or a manager) is a user like everybody else.

Where somebody claims is where they talk: a claim in the private chat brings the conversation there. The group's topic
shows everything, wherever it is said. Telegram lets a bot send 20 messages a minute to a group, however many topics it
has: a busy desk talks in private chats, and the group is for a small one.
"""
