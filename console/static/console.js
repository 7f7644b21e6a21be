// The drawer of a narrow screen, and the way to the login when a session has ended while the page slept.

const ALIVE = "/console/alive";
const WIDE = matchMedia("(min-width: 1000px)");

function drawer(open) {
  const side = document.getElementById("side");
  const opener = document.querySelector("[data-nav=open]");
  if (!side || !opener) return;
  document.body.classList.toggle("drawer-open", open);
  opener.setAttribute("aria-expanded", String(open));
  const stage = document.querySelector(".stage");
  if (stage) stage.inert = open;
  if (open) side.querySelector("a")?.focus();
  else if (side.contains(document.activeElement)) opener.focus();
}

document.addEventListener("click", (event) => {
  const wish = event.target.closest?.("[data-nav]")?.dataset.nav;
  if (wish) drawer(wish === "open");
  const skip = event.target.closest?.("a.skip");
  if (skip) {
    event.preventDefault();
    document.getElementById("main")?.focus();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("drawer-open")) drawer(false);
});

WIDE.addEventListener("change", () => drawer(false));

// A refused socket is either a server that restarts (NiceGUI tries again) or a session that is over.
async function look() {
  try {
    const answer = await fetch(ALIVE, { cache: "no-store" });
    if (answer.status === 401) location.reload();
  } catch {
    // the server is away; the next attempt looks again
  }
}

const waiting = setInterval(() => {
  if (!window.socket) return;
  clearInterval(waiting);
  window.socket.on("connect_error", look);
}, 200);
