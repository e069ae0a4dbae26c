// Enhances the recovery codes: shows the two buttons that print them or put them on the clipboard. Without this file
// they are written down, or printed with the browser's own command: the page has a print view.

const tools = document.querySelector("[data-codes]");

if (tools) {
  const copied = tools.querySelector("[data-copied]");
  const copy = tools.querySelector("[data-copy]");
  tools.hidden = false;
  copy.hidden = !navigator.clipboard;
  tools.querySelector("[data-print]").addEventListener("click", () => window.print());
  copy.addEventListener("click", async () => {
    const codes = [...document.querySelectorAll(".recovery-codes code")].map((code) => code.textContent);
    await navigator.clipboard.writeText(codes.join("\n"));
    copied.hidden = false;
  });
}
