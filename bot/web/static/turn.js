// One turn on the page: what the user said, how it is on its way, and the replies.

import { blocksOf } from "./blocks.js";
import { element, icon } from "./dom.js";
import { tagOf, word } from "./words.js";

const FEEDBACK = /^\/feedback_(up|down)/;
const THUMBS = {
  up: "M7.5 10.5v9h-3v-9zM7.5 10.5l4-7c1.4 0 2.3 1 2.3 2.3l-.6 3.7h5.1a1.9 1.9 0 0 1 1.85 2.3l-1.35 6a1.9 1.9 0 0 1-1.85 1.7H7.5",
  down: "M16.5 13.5v-9h3v9zM16.5 13.5l-4 7c-1.4 0-2.3-1-2.3-2.3l.6-3.7H5.7a1.9 1.9 0 0 1-1.85-2.3l1.35-6A1.9 1.9 0 0 1 7.05 4.5H16.5",
};
const LONG = 600;

// A record is a message on its way (item), a turn that was made of it (turn), or first one, then the other.
export class Record {
  turn = null;
  item = null;
  buttons = [];
  #drawn = "";

  constructor() {
    this.root = element("article", { class: "turn" });
    this.said = element("div", { class: "said", hidden: "" });
    this.replied = element("div", { class: "replied", hidden: "" });
    this.root.append(this.said, this.replied);
  }

  get asked() {
    return this.turn ? this.turn.text : (this.item.text ?? this.item.payload);
  }

  // Feedback answers a reply; the conversation doesn't move on by it.
  get feedback() {
    return FEEDBACK.test(this.asked);
  }

  get day() {
    return new Date(this.turn ? this.turn.at : this.item.since).toDateString();
  }

  draw(titleOf, held) {
    this.#drawSaid(titleOf, held);
    const drawn = JSON.stringify([word("name"), this.turn?.replies, this.turn?.author, this.turn?.pending]);
    if (this.turn && drawn !== this.#drawn) {
      this.#drawn = drawn;
      this.#drawReplies();
    }
  }

  #drawSaid(titleOf, held) {
    const title = this.item?.title ?? titleOf(this);
    const text = title ?? this.asked;
    this.said.hidden = !text || this.feedback;
    if (this.said.hidden) return;
    let bubble = this.said.querySelector(".bubble");
    const you = `${word("you")}: `;
    if (bubble?.textContent !== you + text) {
      bubble = element("p", { class: "bubble" }, element("span", { class: "unseen" }, you), text);
      bubble.lang = tagOf(text);
      bubble.classList.toggle("pressed", title !== null);
      bubble.classList.toggle("long", text.length > LONG);
      if (text.length > LONG) bubble.tabIndex = 0;
      this.said.replaceChildren(bubble);
    }
    if (this.turn) bubble.title = new Date(this.turn.at).toLocaleString(document.documentElement.lang);
    this.said.querySelector(".state")?.remove();
    const state = this.turn ? null : stateOf(this.item, held);
    this.said.classList.toggle("waiting", state !== null);
    if (state) this.said.append(state);
  }

  #drawReplies() {
    const { author, outcome, pending, replies } = this.turn;
    const waits = pending && !replies.length;
    this.buttons = [];
    this.replied.hidden = !replies.length && !waits;
    this.replied.className = `replied ${author} ${outcome}`;
    const cards = element("div", { class: "replies" });
    if (author === "staff") cards.append(element("p", { class: "who" }, word("staff")));
    else cards.append(element("span", { class: "unseen" }, `${word("bot")}: `));
    for (const reply of replies) {
      const blocks = blocksOf(reply);
      cards.append(element("div", { class: "reply" }, ...blocks));
      if (reply.buttons.length) cards.append(this.#buttonsOf(reply.buttons));
    }
    if (waits) cards.append(element("p", { class: "state" }, word("pending")));
    const mark = element("span", { class: "mark", lang: "zh-CN", "aria-hidden": "true" }, word(`${author}_mark`));
    this.replied.replaceChildren(mark, cards);
  }

  #buttonsOf(buttons) {
    const group = element("div", { class: "buttons", role: "group", "aria-label": word("choices") });
    for (const { title, payload } of buttons) {
      const node = buttonOf(title, payload);
      this.buttons.push({ node, title, payload });
      group.append(node);
    }
    return group;
  }

  // Buttons rest once one of them is used or the conversation has moved on; the used one stays marked.
  rest(moved, used) {
    const judged = [...used].some((payload) => FEEDBACK.test(payload));
    for (const { node, payload } of this.buttons) {
      const idle = moved || used.has(payload) || (judged && FEEDBACK.test(payload));
      node.classList.toggle("chosen", used.has(payload));
      node.setAttribute("aria-disabled", String(idle));
      if (used.has(payload)) node.setAttribute("aria-pressed", "true");
    }
  }
}

function buttonOf(title, payload) {
  const thumb = payload.match(FEEDBACK)?.[1];
  const node = element("button", { type: "button", class: "choice", lang: tagOf(title), "data-payload": payload });
  if (THUMBS[thumb]) {
    node.classList.add("thumb");
    node.ariaLabel = node.title = word(`thumb_${thumb}`);
    node.append(icon(THUMBS[thumb]));
  } else {
    node.append(title);
  }
  return node;
}

function stateOf(item, held) {
  if (item.state === "failed") {
    return element(
      "p",
      { class: "state bad" },
      element("span", {}, item.reason || word("failed")),
      element("button", { type: "button", "data-retry": item.id }, word("retry")),
      element("button", { type: "button", "data-remove": item.id }, word("remove")),
    );
  }
  if (item.state === "slow") return element("p", { class: "state" }, word("slow", { seconds: item.seconds }));
  return held ? element("p", { class: "state" }, word("waiting")) : null;
}
