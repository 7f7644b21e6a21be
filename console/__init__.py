"""Who looks after it: the pages of service staff, managers, trainers and administrators."""
