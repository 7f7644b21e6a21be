// Reading conversations: keys for the list and for a conversation, buttons of turns, charts saved as pictures.

(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];

  function step(by) {
    const all = rows();
    const now = all.indexOf(document.activeElement);
    const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by];
    if (next) {
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    } else if (now >= 0) document.querySelector(`[data-page=${by > 0 ? "older" : "newer"}]`)?.focus();
  }

  const press = (selector) => () => document.querySelector(selector)?.click();
  const focus = (selector) => () => {
    const found = document.querySelector(selector);
    (found?.matches("input") ? found : found?.querySelector("input"))?.focus();
  };

  const LIST = { j: () => step(1), k: () => step(-1), "/": focus("[data-search]") };
  const READER = {
    j: press("[data-step=next][href]"),
    k: press("[data-step=previous][href]"),
    r: press("[data-reviewed]"),
    l: focus("[data-label-add]"),
    e: analyse,
    u: press("[data-back-to-list]"),
  };

  // the analysis of the turn in the middle of the screen
  function analyse() {
    const middle = innerHeight / 2;
    const turns = [...document.querySelectorAll("[data-turn]")];
    const away = (turn) => {
      const box = turn.getBoundingClientRect();
      return box.top <= middle && box.bottom >= middle ? 0 : Math.min(Math.abs(box.top - middle), Math.abs(box.bottom - middle));
    };
    turns.sort((one, other) => away(one) - away(other))[0]?.querySelector("[data-act=detail]")?.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const inside = event.target.closest?.("input, textarea, select, [contenteditable], .q-dialog, .q-menu");
    if (event.key === "Escape" && inside && !inside.matches(".q-dialog, .q-menu")) event.target.blur();
    if (inside) return;
    const keys = document.querySelector(".reader") ? READER : document.querySelector("[data-row]") ? LIST : {};
    if (Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  document.addEventListener("click", (event) => {
    const act = event.target.closest?.("[data-act]");
    const turn = act?.closest("[data-turn]")?.dataset.turn;
    if (act && turn) emitEvent("review", { act: act.dataset.act, turn: Number(turn), value: act.dataset.value ?? "" });
    const save = event.target.closest?.("[data-save]");
    if (save) picture(save.closest("[data-chart]"), save.dataset.save);
  });

  // to the turn that was meant
  const meant = setInterval(() => {
    const turn = document.querySelector(".turn.here");
    if (!turn && !document.querySelector(".review-talk")) return;
    clearInterval(meant);
    turn?.scrollIntoView({ block: "center" });
  }, 100);
  setTimeout(() => clearInterval(meant), 10000);

  // a chart as a picture: what is seen, on white, at twice the size
  function picture(chart, name) {
    const shown = [...chart.querySelectorAll("svg")].find((svg) => svg.getBoundingClientRect().width);
    if (!shown) return;
    const [, , width, height] = shown.getAttribute("viewBox").split(" ").map(Number);
    const svg = shown.cloneNode(true);
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      const space = 48;
      [canvas.width, canvas.height] = [width * 2 + space, height * 2 + space + 72];
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.fillStyle = "#1b2420";
      pen.font = `600 30px ${getComputedStyle(document.body).fontFamily}`;
      pen.fillText(chart.dataset.chart, space / 2, 56);
      pen.drawImage(image, space / 2, 72, width * 2, height * 2);
      canvas.toBlob((blob) => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = `${name}.png`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      }, "image/png");
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  }
})();
