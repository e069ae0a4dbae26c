"""The cascade: from a course that makes trainers to its graduates, to the trainings they delivered, to the people those
reached, and to who became a trainer of them.

`traces` reads what happened, `growing` follows it generation by generation, `shown` is what one reader sees of it.
"""
