"""The cascade: from a course that makes trainers to its graduates, to the trainings they delivered, to the people those
reached, and to who became a trainer of them.

`data` reads what happened, `tree` follows it generation by generation, `presentation` is what one reader sees of it.
"""
