"""Reading rosters as ministries have them: from cells to people as understood. Nothing here writes or asks the database
but `known`, which fetches the tables. `reading.read_roster` is the way in."""
