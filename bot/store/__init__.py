"""The database: the only SQL, and the only place where anything lasts."""
