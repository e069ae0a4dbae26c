"""Pages of trainings, a file for each noun."""
