"""What trainers should look at: gathered from conversations, sorted by likeness, decided, and tried out."""
