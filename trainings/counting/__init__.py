"""How every figure is counted: one place for pages, reports, exports and the command line.

The rules are those of the design, "How a figure is counted". Seats are sums; people are an interval: headcounts have no
names and open duplicates may be one person, so the truth is between *at least* and *at most*, both of them counts of
persons. Minutes are whole minutes, hours are minutes / 60.
"""

from trainings.counting.answers import figures, figures_by, first_timers, once_per_course
from trainings.counting.cells import Figures
from trainings.counting.dimensions import DIMENSIONS
from trainings.counting.one_training import training_totals, with_seats
from trainings.counting.question import COUNTING, Question, Rule, counted_enrolments, counted_headcounts

__all__ = [
    "COUNTING",
    "DIMENSIONS",
    "Figures",
    "Question",
    "Rule",
    "counted_enrolments",
    "counted_headcounts",
    "figures",
    "figures_by",
    "first_timers",
    "once_per_course",
    "training_totals",
    "with_seats",
]
