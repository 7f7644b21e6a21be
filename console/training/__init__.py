"""Parts of the trainers' pages: matters, their questions, what they are confused with, and how they are changed."""
