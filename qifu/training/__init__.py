"""What trainers teach: their copy of the seeds, training questions and held-out questions, and how it is edited."""
