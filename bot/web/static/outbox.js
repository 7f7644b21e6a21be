// Messages on their way. Each keeps its id until it is answered, so sending again never asks twice;
// each is stored on its own, so that two windows don't overwrite each other's.

import { keysWith, read, write } from "./storage.js";

const PREFIX = "qifu.unsent.";
const TRIES = 3;
const PAUSE = 2000;

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

export class Outbox {
  #items = [];
  #running = false;
  #held = true;
  #timer = 0;

  // post(item) → turn; changed(item); sent(item, turn); away(); gone(); idle/busy are read from `sending`.
  constructor(handlers) {
    this.handlers = handlers;
  }

  get sending() {
    return this.#items.some((item) => item.state === "sending");
  }

  // Messages that an earlier visit left unsent.
  restore(conversation) {
    const stored = keysWith(PREFIX).map(read).filter((item) => item?.conversation === conversation);
    stored.sort((a, b) => a.since - b.since);
    for (const item of stored) {
      if (this.#items.some((known) => known.id === item.id)) continue;
      this.#items.push({ ...item, state: "waiting", tries: 0 });
      this.handlers.changed(this.#items.at(-1));
    }
  }

  // The conversation is another now: what is unsent goes there.
  move(conversation) {
    for (const item of this.#items) {
      this.#keep(Object.assign(item, { conversation }));
      this.handlers.changed(item);
    }
  }

  clear() {
    for (const item of [...this.#items]) this.remove(item.id);
  }

  add(conversation, message) {
    const item = { id: newId(), conversation, since: Date.now(), state: "waiting", tries: 0, ...message };
    this.#items.push(item);
    this.#keep(item);
    this.handlers.changed(item);
    this.#run();
    return item;
  }

  remove(id) {
    this.#items = this.#items.filter((item) => item.id !== id);
    write(PREFIX + id, null);
  }

  has(id) {
    return this.#items.some((item) => item.id === id);
  }

  retry(id) {
    const item = this.#items.find((one) => one.id === id);
    if (!item) return;
    this.#become(item, "waiting", { tries: 0 });
    this.#run();
  }

  // Nothing leaves until flush().
  hold() {
    this.#held = true;
    this.#wake();
  }

  flush() {
    this.#held = false;
    this.#wake();
    this.#run();
  }

  // Nobody waits for a pause any more.
  #wake() {
    clearTimeout(this.#timer);
    for (const item of this.#items) {
      if (item.state === "slow") item.state = "waiting";
      this.handlers.changed(item);
    }
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    while (!this.#held) {
      const item = this.#items.find((one) => one.state !== "failed");
      if (!item || item.state === "slow") break;
      this.#become(item, "sending");
      try {
        const turn = await this.handlers.post(item);
        this.remove(item.id);
        this.handlers.sent(item, turn);
      } catch (error) {
        this.#refused(item, error);
      }
    }
    this.#running = false;
  }

  #refused(item, error) {
    if (!this.has(item.id)) return;
    item.tries += 1;
    if (error.away || error.gone) {
      this.#held = true;
      this.#become(item, "waiting");
      if (error.gone) this.handlers.gone();
      else this.handlers.away();
    } else if (error.status === 429 || (error.status >= 500 && item.tries < TRIES)) {
      const seconds = error.retryAfter || (PAUSE * item.tries) / 1000;
      this.#become(item, "slow", { seconds });
      this.#timer = setTimeout(() => this.flush(), seconds * 1000);
    } else {
      this.#become(item, "failed", { reason: error.message });
    }
  }

  #become(item, state, more = {}) {
    Object.assign(item, { state }, more);
    this.handlers.changed(item);
  }

  #keep(item) {
    // A file doesn't outlive the page.
    if (item.file) return;
    const { id, conversation, since, text, payload, title } = item;
    write(PREFIX + id, { id, conversation, since, text, payload, title });
  }
}
