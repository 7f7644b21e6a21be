// Tells in the tab's title that somebody wrote while the page was out of sight.

import { word } from "./words.js";

export class Attention {
  #unseen = 0;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#unseen = 0;
      this.redraw();
    });
  }

  call() {
    if (document.visibilityState === "visible") return;
    this.#unseen += 1;
    this.redraw();
  }

  redraw() {
    document.title = this.#unseen ? word("unseen", { count: this.#unseen, title: word("title") }) : word("title");
  }
}
