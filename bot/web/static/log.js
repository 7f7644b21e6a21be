// The conversation on the page: keeps turns and messages on their way in order, each shown once.

import { element } from "./dom.js";
import { Record, matterOf } from "./turn.js";
import { word } from "./words.js";

export class Log {
  #records = [];
  #held = false;

  // press(button), retry(id), remove(id)
  constructor(root, handlers) {
    this.root = root;
    root.addEventListener("click", (event) => {
      const node = event.target.closest("button");
      if (!node) return;
      if (node.dataset.retry) handlers.retry(node.dataset.retry);
      else if (node.dataset.remove) handlers.remove(node.dataset.remove);
      else if (node.getAttribute("aria-disabled") !== "true") {
        handlers.press({ payload: node.dataset.payload, title: node.dataset.title ?? node.textContent });
      }
    });
  }

  // How far it goes: the last turn, and the place of what the desk told last.
  get last() {
    return {
      since: this.#records.reduce((last, { turn }) => Math.max(last, turn?.id ?? 0), 0),
      told: this.#records.reduce((last, { told }) => Math.max(last, told?.place ?? 0), 0),
    };
  }

  // Whether the bot asked for something that is being filled in.
  get form() {
    return this.#records.findLast(({ turn }) => turn?.id)?.turn.outcome === "form";
  }

  // Whether nobody but the bot has said anything yet.
  get fresh() {
    return this.#records.every((record) => !record.asked && !record.told);
  }

  clear() {
    this.#records = [];
    this.root.replaceChildren();
  }

  // A turn of the server: new, known, or the answer to a message that stands here already. Returns its element
  // where something new came to be seen.
  turn(turn) {
    const known = this.#records.find((record) => sameTurn(record, turn));
    const record = known ?? this.#insert(new Record(), Date.parse(turn.at));
    const news = !known || !record.turn || !sameReplies(record.turn, turn);
    if (record.told && turn.told.place < record.told.place) return null;
    // On its way it stood at the end; now it is known when it came.
    if (known && !known.turn) this.#move(record, Date.parse(turn.at));
    record.turn = { ...turn, message_id: turn.message_id ?? record.turn?.message_id ?? null };
    this.#draw();
    return news ? record : null;
  }

  // A message on its way.
  item(item) {
    let record = this.#records.find((one) => one.item?.id === item.id || one.turn?.message_id === item.id);
    if (!record) {
      record = new Record();
      record.item = item;
      this.#records.push(record);
      this.root.append(record.root);
    }
    record.item = item;
    this.#draw();
    return record;
  }

  drop(id) {
    const record = this.#records.find((one) => one.item?.id === id && !one.turn);
    record?.root.remove();
    this.#records = this.#records.filter((one) => one !== record);
    this.#draw();
  }

  // Whether messages wait for the connection.
  hold(held) {
    this.#held = held;
    this.#draw();
  }

  redraw() {
    this.#draw();
  }

  // Behind all that isn't later; what is on its way stays at the end.
  #move(record, at) {
    this.#records = this.#records.filter((one) => one !== record);
    this.#insert(record, at);
  }

  #insert(record, at) {
    let index = this.#records.length;
    while (index > 0 && (this.#records[index - 1].at === null || this.#records[index - 1].at > at)) index -= 1;
    const after = this.#records[index]?.root ?? null;
    if (record.root.parentNode !== this.root || record.root.nextSibling !== after) this.root.insertBefore(record.root, after);
    this.#records.splice(index, 0, record);
    return record;
  }

  #draw() {
    for (const [index, record] of this.#records.entries()) {
      record.draw((one) => this.#titleOf(one, index), this.#held);
      this.#drawDay(record, this.#records[index - 1]);
    }
    this.#restButtons();
  }

  // A pressed button's payload reads as its title.
  #titleOf(record, index) {
    if (!record.asked.startsWith("/")) return null;
    for (let before = index - 1; before >= 0; before -= 1) {
      const button = this.#records[before].buttons.find(({ payload }) => payload === record.asked);
      if (button) return button.title;
    }
    return record.asked.replace(/\{.*$/s, "");
  }

  #restButtons() {
    let moved = false;
    let used = new Set();
    const settled = new Map();
    for (const record of this.#records.toReversed()) {
      record.rest(moved, used, settled);
      if (!record.asked) continue;
      const matter = matterOf(record.asked);
      if (matter && !settled.has(matter)) settled.set(matter, record.asked);
      if (!record.feedback) {
        moved = true;
        used = new Set();
      }
      used.add(record.asked);
    }
  }

  #drawDay(record, before) {
    const shown = record.root.querySelector(":scope > .day");
    const today = new Date().toDateString();
    const needed = before ? before.day !== record.day : record.day !== today;
    if (!needed) return shown?.remove();
    const text =
      record.day === today
        ? word("today")
        : new Date(record.day).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
    if (shown) shown.textContent = text;
    else record.root.prepend(element("p", { class: "day" }, text));
  }
}

const sameReplies = (one, other) => JSON.stringify(one.replies) === JSON.stringify(other.replies);
const isGreeting = (turn) => turn?.id === null && turn.act === "greet";

function sameTurn(record, turn) {
  if (turn.told) return record.told?.kind === turn.told.kind && record.told.id === turn.told.id;
  if (isGreeting(turn)) return isGreeting(record.turn);
  if (turn.id !== null && record.turn?.id === turn.id) return true;
  if (turn.message_id === null) return false;
  return record.item?.id === turn.message_id || record.turn?.message_id === turn.message_id;
}
