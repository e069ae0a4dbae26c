// Enhances the two menus of the masthead (details[data-menu]): Escape, a click elsewhere and a move of the focus
// elsewhere close an open one. Without this file they open and close by their own button.

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    for (const menu of openMenus()) {
      const controlled = menu.dataset.menu === "nav" && event.target.closest(".main-nav, .masthead-search");
      if (!menu.contains(event.target) && !controlled) menu.open = false;
    }
  });
}
