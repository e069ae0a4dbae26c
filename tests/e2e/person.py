"""A careful person at the portal: works with mouse and keyboard as people do, and counts what it costs.

The costs are those of the keystroke-level model (Card, Moran & Newell 1980: a key, pointing and clicking, the hand to keyboard
or mouse, thinking before each new step), with two seconds for looking at each screen. What the portal takes is added.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

KEY, CLICK, HAND, THOUGHT, LOOK = 0.28, 1.1, 0.4, 1.35, 2.0
MAX_TABS = 4


@dataclass
class Person:
    """Seconds by step, with clicks and keys; `on_keyboard` is where the hand is."""

    page: Page
    on_keyboard: bool = False
    clicks: int = 0
    keys: int = 0
    screens: int = 0
    steps: list[tuple[str, float]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return sum(seconds for _name, seconds in self.steps)

    def _spend(self, seconds: float) -> None:
        name, spent = self.steps[-1]
        self.steps[-1] = (name, spent + seconds)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step by name: a thought goes before it, and the portal's own time is part of it."""
        self.steps.append((name, THOUGHT))
        began = time.perf_counter()
        yield
        self._spend(time.perf_counter() - began)

    def looks(self, at: Locator) -> None:
        """Look at a screen, once it is there."""
        expect(at).to_be_visible()
        self.screens += 1
        self._spend(LOOK)

    def _hand(self, *, keyboard: bool) -> None:
        if self.on_keyboard != keyboard:
            self._spend(HAND)
        self.on_keyboard = keyboard

    def clicks_on(self, target: Locator) -> None:
        self._hand(keyboard=False)
        self._spend(CLICK)
        self.clicks += 1
        target.click()

    def presses(self, *keys: str) -> None:
        self._hand(keyboard=True)
        for key in keys:
            self.keys += key.count("+") + 1
            self._spend(KEY * (key.count("+") + 1))
            self.page.keyboard.press(key)

    def presses_elsewhere(self, *keys: str) -> None:
        """Press keys in another program, and look at it."""
        self._hand(keyboard=True)
        count = sum(key.count("+") + 1 for key in keys)
        self.keys, self.screens = self.keys + count, self.screens + 1
        self._spend(KEY * count + LOOK)

    def types(self, words: str) -> None:
        """Type where the cursor is."""
        self._hand(keyboard=True)
        self.keys += len(words)
        self._spend(KEY * len(words))
        self.page.keyboard.type(words)

    def goes_to(self, target: Locator) -> None:
        """Come to a field by a few tabs where it is near, else by the mouse."""
        if target.evaluate("field => field === document.activeElement"):
            return
        if self.on_keyboard:
            for _n in range(MAX_TABS):
                self.presses("Tab")
                if target.evaluate("field => field === document.activeElement"):
                    return
        self.clicks_on(target)

    def fills(self, target: Locator, words: str) -> None:
        """One field: a thought, to it, and type."""
        self._spend(THOUGHT)
        self.goes_to(target)
        self.types(words)

    def chooses(self, target: Locator, label: str) -> None:
        """One select: a thought, to it, its first letter, and arrows to what has this label."""
        self._spend(THOUGHT)
        if not self.on_keyboard:
            target.focus()  # clicking would open a list that only the system draws; it costs the same
            self._spend(CLICK + HAND)
            self.clicks, self.on_keyboard = self.clicks + 1, True
        else:
            self.goes_to(target)
        self.presses(label[0].lower())
        labels = [text.strip() for text in target.locator("option").all_text_contents()]
        way = labels.index(label) - int(target.evaluate("field => field.selectedIndex"))
        self.presses(*["ArrowDown" if way > 0 else "ArrowUp"] * abs(way))
        assert (target.locator("option:checked").text_content() or "").strip() == label

    def chooses_file(self, target: Locator, file: dict[str, object]) -> None:
        """A file: click on the field, look at the dialog, think, and double-click on the file."""
        self._hand(keyboard=False)
        self._spend(CLICK + LOOK + THOUGHT + CLICK)
        self.clicks, self.screens = self.clicks + 3, self.screens + 1
        target.set_input_files(file)  # type: ignore[arg-type]  # a payload is what Playwright takes

    def summary(self) -> str:
        """The steps with their seconds, as a table."""
        lines = [f"  {name:<52}{seconds:>6.1f} s" for name, seconds in self.steps]
        total = f"{self.clicks} clicks, {self.keys} keys, {self.screens} screens"
        return "\n".join([*lines, f"  {total:<52}{self.seconds:>6.1f} s"])
