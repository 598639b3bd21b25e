"""What reviewers look at: the queue, one case, several together, what came late."""
