// The emergency notice above the conversation: looked for again while the page is in view.

import { readNotice } from "./api.js";
import { currentLanguage } from "./words.js";

const EVERY = 60_000;

export class Notice {
  #texts = null;

  constructor(root) {
    this.root = root;
  }

  start() {
    this.#look();
    setInterval(() => document.visibilityState === "visible" && this.#look(), EVERY);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#look());
  }

  redraw() {
    const text = this.#texts?.[currentLanguage()] ?? "";
    if (this.root.textContent !== text) this.root.textContent = text;
    this.root.hidden = !text;
  }

  async #look() {
    try {
      this.#texts = await readNotice();
    } catch {
      return; // away: what was told stays
    }
    this.redraw();
  }
}
