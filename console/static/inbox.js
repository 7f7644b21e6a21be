// Keys of the inbox: j and k go from group to group, the others press what stands in the group that has the focus.

(() => {
  const groups = () => [...document.querySelectorAll("[data-group]:not(.decided)")];
  const here = () => document.activeElement?.closest?.("[data-group]:not(.decided)") ?? groups()[0];

  function reach(group) {
    group?.focus();
    group?.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = groups();
    const now = all.indexOf(document.activeElement?.closest?.("[data-group]"));
    const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by];
    if (next) reach(next);
    else if (by > 0) document.querySelector("[data-page=older]")?.focus();
  }

  // the group after one that is decided
  window.inboxNext = (number) => {
    const all = groups();
    const now = all.findIndex((group) => group.dataset.group === String(number));
    reach(all[now + 1] ?? all[now - 1]);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const dialog = document.querySelector(".q-dialog");
    if (dialog) {
      // the reasons of a rejection go by their numbers
      const reason = event.target.matches?.("input, textarea") ? null : dialog.querySelector(`[data-reject="${CSS.escape(event.key)}"]`);
      reason?.click();
      return;
    }
    const inside = event.target.closest?.("input, textarea, select, [contenteditable], .q-menu");
    if (event.key === "Escape" && inside) {
      const group = inside.closest("[data-group]");
      event.target.blur();
      group?.focus();
    }
    if (inside || !groups().length) return;
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (event.key === "e") here()?.querySelector(".word-text input")?.focus();
    else {
      const found = here()?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!found) return;
      reach(here());
      found.click();
    }
    event.preventDefault();
  });
})();
