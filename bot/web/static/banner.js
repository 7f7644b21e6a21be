// Says above the conversation how the connection is, when that matters.

import { byId } from "./dom.js";
import { word } from "./words.js";

const BACK = 2500;

export class Banner {
  #timer = 0;
  #shown = null;

  constructor(act) {
    this.root = byId("banner");
    this.text = byId("banner-text");
    this.action = byId("banner-action");
    this.action.addEventListener("click", act);
  }

  update(state, { until = 0, quiet = false } = {}) {
    clearTimeout(this.#timer);
    if (state === "lost" && !quiet) this.#lost(until);
    else if (state === "connecting" && this.#shown === "lost") this.#write("lost", `${word("lost")} · ${word("lost_now")}`);
    else if (state === "replaced") this.#write("replaced", word("replaced"), word("use_here"));
    else if (state === "open") this.#open();
  }

  #lost(until) {
    const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1000));
    this.#write("lost", `${word("lost")} · ${word("lost_again", { seconds })}`, word("reconnect"));
    this.#timer = setTimeout(() => this.#lost(until), 1000);
  }

  #open() {
    if (this.#shown !== "lost") return this.#hide();
    this.#write("back", word("back"));
    this.#timer = setTimeout(() => this.#hide(), BACK);
  }

  #write(shown, text, action = "") {
    this.#shown = shown;
    this.root.hidden = false;
    this.root.classList.toggle("good", shown === "back");
    this.text.textContent = text;
    this.action.textContent = action;
    this.action.hidden = !action;
  }

  #hide() {
    this.#shown = null;
    this.root.hidden = true;
  }
}
