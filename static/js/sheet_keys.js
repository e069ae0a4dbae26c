// Enhances the attendance sheet (form[data-sheet]): arrow keys move from cell to cell; P, L, E, A mark, Delete clears. Without
// this file the Tab and arrow keys work as in any form.

import { choose, sheet } from "./sheet_cells.js";

const VALUES = { p: "present", l: "late", e: "excused", a: "absent", delete: "", "-": "" };

function go(row, column) {
  row?.querySelectorAll("[data-cell]")[column]?.querySelector(":checked")?.focus();
}

function mark(cell, value) {
  choose(cell, value)?.dispatchEvent(new Event("change", { bubbles: true }));
}

sheet.addEventListener("keydown", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = cell.parentElement;
  const column = [...row.querySelectorAll("[data-cell]")].indexOf(cell);
  const value = VALUES[event.key.toLowerCase()];
  const moves = {
    ArrowUp: [row.previousElementSibling, column],
    ArrowDown: [row.nextElementSibling, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
  };
  if (value !== undefined) {
    event.preventDefault();
    mark(cell, value);
    go(row.nextElementSibling ?? row, column);
  } else if (event.key in moves) {
    event.preventDefault();
    go(...moves[event.key]);
  }
});
