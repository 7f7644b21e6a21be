// One turn on the page: what the user said, how it is on its way, and the replies.

import { fileUrl } from "./api.js";
import { MARK } from "./attach.js";
import { blocksOf } from "./blocks.js";
import { element, icon } from "./dom.js";
import { tagOf, word } from "./words.js";

const FEEDBACK = /^\/feedback_(up|down)/;
// What stays to be pressed when the conversation has moved on: the number in it says what it is about.
const LASTING = /^\/(desk_rate|desk_why|desk_say|appeal_rate|appeal_reopen)\{"n":"([^"]+)"/;
const STARS = /^\/(?:desk|appeal)_rate\{.*"s":([1-5])\}$/;
const THUMBS = {
  up: "M7.5 10.5v9h-3v-9zM7.5 10.5l4-7c1.4 0 2.3 1 2.3 2.3l-.6 3.7h5.1a1.9 1.9 0 0 1 1.85 2.3l-1.35 6a1.9 1.9 0 0 1-1.85 1.7H7.5",
  down: "M16.5 13.5v-9h3v9zM16.5 13.5l-4 7c-1.4 0-2.3-1-2.3-2.3l.6-3.7H5.7a1.9 1.9 0 0 1-1.85-2.3l1.35-6A1.9 1.9 0 0 1 7.05 4.5H16.5",
};
const CLIP = "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.5a3.3 3.3 0 0 1 4.7 4.7l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4l7.6-7.5";
const LONG = 600;
// What read_file in bot/web/files.py shows rather than saves.
const PICTURES = ["image/jpeg", "image/png", "image/webp"];

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

  // What the desk told unasked: from a person, or a notice.
  get told() {
    return this.turn?.told ?? null;
  }

  get at() {
    return this.turn ? Date.parse(this.turn.at) : null;
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
    const drawn = JSON.stringify([word("name"), this.turn?.replies, this.turn?.author, this.turn?.pending, this.told]);
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
    const isFile = text.startsWith(MARK);
    const words = isFile ? text.slice(MARK.length) : text;
    if (bubble?.textContent !== you + words) {
      const sign = isFile ? icon(CLIP) : null;
      bubble = element("p", { class: "bubble" }, element("span", { class: "unseen" }, you), sign, words);
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
    const files = this.told?.files ?? [];
    this.buttons = [];
    this.replied.hidden = !replies.length && !waits && !files.length;
    this.replied.className = `replied ${author} ${outcome}`;
    const cards = element("div", { class: "replies" });
    if (author === "staff") cards.append(this.#who());
    else cards.append(element("span", { class: "unseen" }, `${word("bot")}: `));
    for (const reply of replies) {
      const blocks = blocksOf(reply);
      cards.append(element("div", { class: "reply" }, ...blocks));
      if (reply.buttons.length) cards.append(this.#buttonsOf(reply.buttons));
    }
    if (files.length) cards.append(filesOf(this.told, files));
    if (waits) cards.append(element("p", { class: "state" }, word("pending")));
    const mark = element("span", { class: "mark", lang: "zh-CN", "aria-hidden": "true" }, word(`${author}_mark`));
    this.replied.replaceChildren(mark, cards);
  }

  #who() {
    const time = new Date(this.turn.at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
    return element(
      "p",
      { class: "who" },
      element("b", {}, this.told?.name ?? word("staff")),
      this.told?.name ? element("span", {}, word("staff")) : null,
      element("time", { datetime: this.turn.at }, time),
      this.told?.edited ? element("span", { class: "edited" }, word("edited")) : null,
    );
  }

  #buttonsOf(buttons) {
    const rating = buttons.filter(({ payload }) => STARS.test(payload)).length === 5;
    const group = element("div", { class: "buttons", role: "group", "aria-label": word("choices") });
    group.classList.toggle("rating", rating);
    for (const { title, payload } of buttons) {
      const node = buttonOf(title, payload);
      this.buttons.push({ node, title, payload });
      group.append(node);
    }
    return group;
  }

  // Buttons rest once one of them is used or the conversation has moved on; the used one stays marked.
  rest(moved, used, settled) {
    const judged = [...used].some((payload) => FEEDBACK.test(payload));
    for (const { node, payload } of this.buttons) {
      const lasting = matterOf(payload);
      const idle = lasting
        ? settled.has(lasting)
        : moved || used.has(payload) || (judged && FEEDBACK.test(payload));
      if (lasting && settled.get(lasting) === payload) used = new Set([...used, payload]);
      node.classList.toggle("chosen", used.has(payload));
      node.setAttribute("aria-disabled", String(idle));
      if (used.has(payload)) node.setAttribute("aria-pressed", "true");
    }
  }
}

// What a lasting button is about: pressing one of its kind settles the others.
export function matterOf(payload) {
  const match = payload.match(LASTING);
  return match ? `${match[1]} ${match[2]}` : null;
}

function buttonOf(title, payload) {
  const stars = payload.match(STARS)?.[1];
  if (stars) return starsOf(title, payload, stars);
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

function starsOf(title, payload, stars) {
  const [number, meaning] = title.split("·").map((part) => part.trim());
  return element(
    "button",
    { type: "button", class: "choice star", "data-payload": payload, "data-title": title, "aria-label": title },
    element("span", { class: "star-sign", "aria-hidden": "true" }, "★"),
    element("span", { "aria-hidden": "true" }, stars),
    meaning ? element("small", { "aria-hidden": "true" }, meaning) : null,
  );
}

function filesOf(told, files) {
  const list = element("ul", { class: "files" });
  for (const [place, file] of files.entries()) {
    const item = element("li", {});
    if (PICTURES.includes(file.mime)) item.append(pictureOf(told, file, place, item));
    else item.append(...linkOf(told, file, place));
    list.append(item);
  }
  return list;
}

const titleOf = ({ kind, name }) => name || (kind === "photo" ? word("photo") : word("file"));

function linkOf(told, file, place) {
  const link = element("a", { href: fileUrl(told.id, place), target: "_blank", rel: "noopener" }, titleOf(file));
  const kilobytes = Math.max(1, Math.round(file.size / 1024));
  return [icon(CLIP), link, file.size ? element("span", {}, word("kilobytes", { kilobytes })) : null].filter(Boolean);
}

// A picture as itself; where it can't be shown, as a link like every other file.
function pictureOf(told, file, place, item) {
  const url = fileUrl(told.id, place);
  const picture = element("img", { src: url, alt: titleOf(file), loading: "lazy" });
  picture.addEventListener("error", () => {
    item.classList.remove("picture");
    item.replaceChildren(...linkOf(told, file, place));
  });
  item.classList.add("picture");
  return element("a", { href: url, target: "_blank", rel: "noopener", title: titleOf(file) }, picture);
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
