"""Events of the city and the reminders of them; knows nothing of bots."""
