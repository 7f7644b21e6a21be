// The desk in the browser: clocks that run, a sound and a number in the title for what is new, keys, and a talk that
// stays at its end.

(() => {
  const PREFIX = "/console/desk";
  const NEAR = 80;
  const TONES = { waiting: [660, 880, 660, 880], message: [740, 988] };

  // clocks: seconds as the server counted them when it drew the clock, and those since then

  const seen = new WeakMap();

  function written(seconds) {
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const two = (n) => String(n).padStart(2, "0");
    return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  }

  function tick() {
    for (const clock of document.querySelectorAll("[data-runs]")) {
      const base = clock.dataset.seconds;
      if (seen.get(clock)?.base !== base) seen.set(clock, { base, at: performance.now() });
      const seconds = Math.floor(Number(base) + (performance.now() - seen.get(clock).at) / 1000);
      const node = clock.firstChild;
      if (node) node.nodeValue = written(seconds);
      const tone = seconds > clock.dataset.bad ? "bad" : seconds > clock.dataset.warn ? "warn" : "calm";
      if (clock.dataset.tone !== tone) clock.dataset.tone = tone;
    }
  }

  setInterval(tick, 1000);

  // what the server tells: how many wait, and when to ring

  const title = document.title;
  let audio;

  function ring(kind) {
    try {
      audio ??= new AudioContext();
      if (audio.state === "suspended") audio.resume();
      const tones = TONES[kind] ?? TONES.message;
      tones.forEach((pitch, n) => {
        const [tone, volume, at] = [audio.createOscillator(), audio.createGain(), audio.currentTime + n * 0.16];
        tone.frequency.value = pitch;
        tone.type = "sine";
        volume.gain.setValueAtTime(0, at);
        volume.gain.linearRampToValueAtTime(0.12, at + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.15);
        tone.connect(volume).connect(audio.destination);
        tone.start(at);
        tone.stop(at + 0.16);
      });
    } catch {
      // no sound before somebody has clicked on the page; the number in the title is there anyway
    }
    const link = document.querySelector(".duty-queue");
    link?.classList.remove("rings");
    requestAnimationFrame(() => link?.classList.add("rings"));
  }

  const desk = (window.qifuDesk ??= { told: [] });
  desk.hear = () => {
    for (const [what, value] of desk.told.splice(0)) {
      if (what === "count") document.title = value ? `(${value}) ${title}` : title;
      if (what === "ring") ring(value);
    }
  };
  desk.hear();

  // the talk: at its end unless somebody reads further up

  let follows = true;
  let talk = null;

  function atEnd() {
    return !talk || talk.scrollHeight - talk.scrollTop - talk.clientHeight < NEAR;
  }

  function toEnd() {
    if (talk) talk.scrollTop = talk.scrollHeight;
  }

  function watch() {
    const found = document.querySelector("[data-talk]");
    const newer = document.querySelector("[data-newer]");
    if (found !== talk) {
      talk = found;
      follows = true;
      if (talk) {
        let before = 0;
        talk.addEventListener("scroll", () => {
          // Only who goes up leaves the end; a picture that grows below doesn't make anybody leave it.
          if (atEnd()) follows = true;
          else if (talk.scrollTop < before) follows = false;
          before = talk.scrollTop;
          if (follows) document.querySelector("[data-newer]")?.setAttribute("hidden", "");
        });
        new ResizeObserver(() => follows && toEnd()).observe(talk);
        // A picture takes its room once it is there.
        talk.addEventListener("load", () => follows && toEnd(), true);
        new MutationObserver((changes) => {
          if (follows) toEnd();
          else if (changes.some((change) => change.addedNodes.length)) {
            document.querySelector("[data-newer]")?.removeAttribute("hidden");
          }
        }).observe(talk, { childList: true, subtree: true });
        toEnd();
        newer?.setAttribute("hidden", "");
      }
    }
  }

  new MutationObserver(watch).observe(document.documentElement, { childList: true, subtree: true });
  watch();

  // The page is told, not the link: the queue may be drawn anew while somebody clicks, and a click on what was there
  // before would be lost.
  function goTo(path) {
    if (path !== location.pathname) history.pushState({}, "", path);
    emitEvent("desk_goto", path);
  }

  // Claiming is told by the chat's id for the same reason; pressing twice is pressing once.
  let claimed = { id: null, at: -Infinity };

  function claim(button) {
    const id = button?.dataset.claim;
    if (!id || (claimed.id === id && performance.now() - claimed.at < 1000)) return;
    claimed = { id, at: performance.now() };
    emitEvent("desk_claim", Number(id));
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-newer], [data-back], [data-claim], [data-item]");
    if (target?.matches("[data-newer]")) {
      follows = true;
      toEnd();
    }
    // A click with Ctrl or the middle button opens a tab of its own, as links do.
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (target.matches("[data-claim]")) {
      event.preventDefault();
      claim(target);
    } else if (target.matches("[data-back]")) {
      event.preventDefault();
      goTo(PREFIX);
    } else if (target.matches("[data-item]")) {
      event.preventDefault();
      goTo(target.pathname);
    }
  });

  addEventListener("popstate", () => {
    if (document.querySelector("[data-queue]")) emitEvent("desk_goto", location.pathname);
  });

  // keys

  // Keys are quicker than the server opens a chat: for a moment the last step counts, then the page's address.
  let stepped = { item: null, at: -Infinity };

  function step(by) {
    const items = [...document.querySelectorAll("[data-item]")];
    const recent = performance.now() - stepped.at < 2000 ? stepped.item : null;
    const isOpen = (item) => (recent ? item.dataset.item === recent : item.pathname === location.pathname);
    const now = items.findIndex(isOpen);
    const next = items[now < 0 ? (by > 0 ? 0 : items.length - 1) : now + by];
    if (!next) return;
    stepped = { item: next.dataset.item, at: performance.now() };
    next.click();
    next.scrollIntoView({ block: "nearest" });
  }

  // The chat that is open, or will be: it may not be drawn yet.
  function chosen() {
    const recent = performance.now() - stepped.at < 2000 ? stepped.item : null;
    const items = [...document.querySelectorAll("[data-item]")];
    const item = recent ?? items.find((one) => one.pathname === location.pathname)?.dataset.item;
    return item && document.querySelector(`[data-queue] [data-claim="${item}"]`);
  }

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    c: () => claim(chosen() ?? document.querySelector(".desk-chat [data-claim]") ?? document.querySelector("[data-claim]")),
    "/": () => document.querySelector("[data-canned]")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if (!document.querySelector("[data-queue]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (event.key === "Escape" && target.matches?.("[data-composer] textarea, textarea[data-composer]")) target.blur();
    if (event.isComposing || target.closest?.("input, textarea, select, [contenteditable], .q-dialog, .q-menu")) return;
    if (KEYS[event.key]) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });

  // in a list of finds, Enter in the search takes the first, arrows go through them
  document.addEventListener("keydown", (event) => {
    const picker = event.target.closest?.(".picker");
    if (!picker || event.isComposing) return;
    const picks = [...picker.querySelectorAll("button.pick, .pick-actions button:last-child")];
    const now = picks.indexOf(event.target);
    const search = event.target.matches("input");
    if (event.key === "Enter" && search) {
      event.preventDefault();
      picker.querySelector("button.pick")?.click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = picks[event.key === "ArrowDown" ? now + 1 : now - 1];
      if (next) next.focus();
      else if (event.key === "ArrowUp") picker.querySelector("input")?.focus();
    }
  });
})();
