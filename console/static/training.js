// Trainers' pages: lines are added and forms saved by Ctrl+Enter, and what a search found is gone through by arrows.

(() => {
  const SEND = "[data-add-lines], [data-add-lines] *";

  function step(event, by) {
    const picker = event.target.closest?.(".picker");
    const all = picker ? [...picker.querySelectorAll("[data-pick]")] : [];
    const now = all.indexOf(document.activeElement);
    if (!all.length || (now < 0 && by < 0)) return;
    event.preventDefault();
    if (now === 0 && by < 0) picker.querySelector("input")?.focus();
    else all[Math.min(now + by, all.length - 1)]?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") step(event, 1);
    else if (event.key === "ArrowUp") step(event, -1);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const button = document.querySelector(event.target.matches?.(SEND) ? "[data-add]" : "[data-save-form]");
      if (!button) return;
      event.preventDefault();
      // What was typed last is told to the server first.
      event.target.blur?.();
      button.click();
    }
  });
})();
