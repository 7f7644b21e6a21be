"""The parts of the desk's pages: the queue, a chat with its lines, composer and dialogs, a ticket with its actions."""
