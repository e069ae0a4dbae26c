// Enhances the search box of the masthead (input[data-search]): the key / goes to it from anywhere but a field; where the
// menu of a narrow page hides it, to the search page's own field, or to the search page.
// Without this file the box and its button work.

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const boxes = [...document.querySelectorAll('.search-line input, input[data-search]')];
  const box = boxes.find((one) => one.checkVisibility());
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
