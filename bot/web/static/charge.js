// Says above the conversation who answers: nothing while it is the bot, the place in the queue, the person's name.

import { byId } from "./dom.js";
import { word } from "./words.js";

const CANCEL = "/desk_cancel";
const BOT = { state: "bot", number: null, name: null, ahead: null, wait: null };

export class Charge {
  #now = BOT;

  // press({payload, title}), changed(now)
  constructor({ press, changed }) {
    this.root = byId("charge");
    this.text = byId("charge-text");
    this.detail = byId("charge-detail");
    this.cancel = byId("charge-cancel");
    this.changed = changed;
    this.cancel.addEventListener("click", () => {
      this.cancel.disabled = true;
      press({ payload: CANCEL, title: word("charge_cancel") });
    });
  }

  // Whether a person answers, so that the bot doesn't.
  get claimed() {
    return this.#now.state === "claimed";
  }

  // Whether a person was called, there or not yet.
  get called() {
    return this.#now.state !== "bot";
  }

  get name() {
    return this.#now.name ?? word("staff");
  }

  update(now) {
    this.#now = now ?? BOT;
    this.redraw();
    this.changed();
  }

  redraw() {
    const { state, number, ahead, wait } = this.#now;
    this.root.hidden = state === "bot";
    this.root.classList.toggle("claimed", this.claimed);
    this.cancel.hidden = state !== "waiting";
    this.cancel.disabled = false;
    if (state === "bot") return;
    const place = ahead === null ? "" : ahead === 0 ? word("charge_next") : word("charge_ahead", { ahead });
    const details = this.claimed ? [word("charge_number", { number })] : [place, wait && word("charge_wait", { wait })];
    write(this.text, this.claimed ? word("charge_claimed", { name: this.name }) : word("charge_waiting"));
    write(this.detail, details.filter(Boolean).join(" · "));
  }
}

// Written only where it changes: a screen reader reads it out each time.
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
