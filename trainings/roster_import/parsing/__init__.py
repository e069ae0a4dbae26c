"""Parse rosters as ministries have them: from cells to people. Nothing here writes or queries the database but `known`,
which fetches the tables. Start with `reading.read_roster`."""
