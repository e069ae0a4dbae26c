"""The cascade: from train-the-trainer courses to the trainings their graduates delivered, and to the next trainers.

`data` reads the events, `tree` follows them generation by generation to the people reached, `presentation` is what one reader may see.
"""
