// Files for the chat that is open: chosen, pasted or dropped, put into the tray at once, sent with the next message.
// The server tells in data-staged what lies in the tray; what is on its way, or was refused, is known here alone.

(() => {
  const UPLOADS = "/console/desk/uploads/";
  const PATIENCE = 180_000;
  const KB = 1024;

  let local = [];
  let running = false;
  let sendsLater = false;
  const pictures = new Map();
  const drawn = { tray: null, what: "" };

  const trayNow = () => document.querySelector("[data-tray]");
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
  const sizeOf = (bytes) => (bytes >= KB * KB ? `${(bytes / KB / KB).toFixed(1)} MB` : `${Math.max(1, Math.floor(bytes / KB))} KB`);

  function say(key, values = {}) {
    const words = JSON.parse(trayNow()?.dataset.words ?? "{}");
    return (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  function make(tag, className, text = "") {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = text;
    return node;
  }

  // what stands in the tray

  function staged() {
    return JSON.parse(trayNow()?.dataset.staged ?? "[]");
  }

  function show() {
    const tray = trayNow();
    if (!tray) return;
    const there = staged();
    const keys = new Set(there.map((file) => file.key));
    local = local.filter((item) => !keys.has(item.key));
    const items = [
      ...there.map((file) => ({ ...file, state: "ready" })),
      ...local.filter((item) => item.chat === tray.dataset.tray),
    ];
    const what = JSON.stringify([items.map(({ key, state, reason }) => [key, state, reason]), sendsLater]);
    if (drawn.tray === tray && drawn.what === what) return;
    Object.assign(drawn, { tray, what });
    tray.replaceChildren(...items.map(chipOf));
    if (sendsLater) tray.append(make("span", "tray-hint", say("waits")));
    for (const [key, url] of pictures) {
      if (keys.has(key) || local.some((item) => item.key === key)) continue;
      URL.revokeObjectURL(url);
      pictures.delete(key);
    }
  }

  function chipOf({ key, name, size, state, reason, part }) {
    const chip = make("div", "chip-file");
    chip.setAttribute("role", state === "failed" ? "alert" : "listitem");
    chip.dataset.state = state;
    chip.dataset.key = key;
    chip.style.setProperty("--part", part ?? 0);
    if (pictures.has(key) && state !== "failed") {
      const picture = make("img", "");
      picture.src = pictures.get(key);
      picture.alt = "";
      chip.append(picture);
    } else {
      const sign = make("i", "q-icon notranslate material-icons icon", state === "failed" ? "error_outline" : "attach_file");
      sign.ariaHidden = "true";
      chip.append(sign);
    }
    if (state === "failed") chip.append(make("span", "chip-reason", reason));
    else chip.append(make("span", "chip-name", name), make("span", "chip-size", sizeOf(size)));
    const remove = make("button", "chip-remove");
    remove.type = "button";
    remove.title = remove.ariaLabel = say("remove", { name });
    remove.append(make("i", "q-icon notranslate material-icons icon", "close"));
    remove.addEventListener("click", () => take(key));
    chip.append(remove);
    return chip;
  }

  function take(key) {
    const item = local.find((one) => one.key === key);
    local = local.filter((one) => one !== item);
    item?.request?.abort();
    if (!item || item.state === "done") trayNow()?.dispatchEvent(new CustomEvent("unfiled", { detail: key }));
    show();
    settle();
  }

  // the way there, one after the other

  function add(files) {
    const tray = trayNow();
    if (!tray) return;
    local = local.filter((item) => item.state !== "failed");
    if (tray.closest("[data-mode]")?.dataset.mode === "note") {
      if (files.length) fail(tray, "", say("note"));
      return;
    }
    for (const file of files) {
      const { size } = file;
      const name = file.name || say("pasted", { time: new Date().toLocaleTimeString("zh-CN") });
      if (size > Number(tray.dataset.most)) fail(tray, name, say("large", { name, size: sizeOf(size) }));
      else if (size === 0) fail(tray, name, say("empty", { name }));
      else {
        const key = newKey();
        if (/^image\/(jpeg|png|webp)$/.test(file.type)) pictures.set(key, URL.createObjectURL(file));
        local.push({ key, chat: tray.dataset.tray, file, name, size, state: "loading", part: 0 });
      }
    }
    show();
    upload();
  }

  function fail(tray, name, reason) {
    local.push({ key: newKey(), chat: tray.dataset.tray, name, state: "failed", reason });
    show();
  }

  async function upload() {
    if (running) return;
    running = true;
    for (let item; (item = local.find((one) => one.state === "loading")); ) {
      const reason = await post(item);
      Object.assign(item, reason ? { state: "failed", reason } : { state: "done" });
      if (reason) sendsLater = false;
      const tray = trayNow();
      if (!reason && tray?.dataset.tray === item.chat) tray.dispatchEvent(new CustomEvent("filed"));
      show();
    }
    running = false;
    settle();
  }

  // Why it wasn't taken; nothing where it was.
  function post(item) {
    const { key, chat, name, file } = item;
    return new Promise((resolve) => {
      const request = (item.request = new XMLHttpRequest());
      request.open("POST", `${UPLOADS}${chat}?${new URLSearchParams({ key, name })}`);
      request.timeout = PATIENCE;
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.addEventListener("progress", (event) => {
        item.part = event.total ? event.loaded / event.total : 0;
        trayNow()?.querySelector(`[data-key="${key}"]`)?.style.setProperty("--part", item.part);
      });
      request.addEventListener("loadend", () => {
        if (request.status === 200) return resolve("");
        if (request.status === 401) return resolve(say("stopped", { name }));
        let told = null;
        try {
          told = JSON.parse(request.responseText).message;
        } catch {
          // a page of a gateway, or nothing at all
        }
        resolve(told ?? say("away", { name }));
      });
      request.send(file);
    });
  }

  // Enter came before the last file did.
  function settle() {
    if (!sendsLater || local.some(underWay)) return;
    sendsLater = false;
    show();
    document.querySelector("[data-send]")?.click();
  }

  const underWay = (item) => ["loading", "done"].includes(item.state) && item.chat === trayNow()?.dataset.tray;
  const isReply = () => trayNow()?.closest("[data-mode]")?.dataset.mode === "reply";

  window.qifuFiles = {
    holds() {
      sendsLater = isReply() && local.some(underWay);
      if (sendsLater) show();
      else if (local.some((item) => item.state === "failed")) {
        local = local.filter((item) => item.state !== "failed");
        show();
      }
      return sendsLater;
    },
  };

  new MutationObserver(() => {
    show();
    settle();
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributeFilter: ["data-staged"],
  });

  // chosen, pasted, dropped

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-attach]")) document.querySelector("[data-file]")?.click();
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-file]")) return;
    const files = [...event.target.files];
    event.target.value = "";
    add(files);
  });

  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // A spreadsheet's cells come as text and as a picture of themselves: the text is meant.
    if (!files.length || !trayNow() || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    add(files);
  });

  const brings = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  let leaving = 0;

  // A file dropped beside the chat would otherwise open in place of the page.
  document.addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    const chat = trayNow()?.closest(".desk-chat");
    event.dataTransfer.dropEffect = chat ? "copy" : "none";
    chat?.classList.add("dropping");
    clearTimeout(leaving);
    leaving = setTimeout(() => chat?.classList.remove("dropping"), 200);
  });

  document.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    document.querySelector(".dropping")?.classList.remove("dropping");
    add([...event.dataTransfer.files]);
  });
})();
