// Where the user writes. Enter sends, Shift+Enter breaks the line; an input method's Enter only confirms its words.

import { byId } from "./dom.js";
import { read, write } from "./storage.js";
import { word } from "./words.js";

const DRAFT = "qifu.draft";
const WARN = 200;
const TALLEST = 172;

export class Composer {
  #composing = false;

  constructor(maxText, send) {
    this.maxText = maxText;
    this.text = byId("text");
    this.button = byId("send");
    this.hint = byId("hint");
    this.send = send;
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("compositionstart", () => (this.#composing = true));
    this.text.addEventListener("compositionend", () => (this.#composing = false));
    this.text.addEventListener("input", () => this.refresh());
    this.text.value = read(DRAFT) ?? "";
    this.refresh();
  }

  focus() {
    // On a touch screen a focus would bring up the keyboard unasked.
    if (matchMedia("(pointer: fine)").matches) this.text.focus({ preventScroll: true });
  }

  // Who reads what is written: a person's name, or null for the bot.
  address(name) {
    this.text.placeholder = name === null ? word("placeholder") : word("placeholder_person", { name });
    this.refresh();
  }

  refresh() {
    const value = this.text.value;
    write(DRAFT, value || null);
    this.button.disabled = !value.trim();
    if (!CSS.supports("field-sizing", "content")) {
      this.text.style.height = "auto";
      this.text.style.height = `${Math.min(this.text.scrollHeight, TALLEST)}px`;
    }
    const left = this.maxText - [...value].length;
    this.hint.classList.toggle("over", left < 0);
    this.hint.classList.toggle("counting", left < WARN);
    if (left < 0) this.hint.textContent = word("too_long", { count: -left, most: this.maxText });
    else this.hint.textContent = left < WARN ? word("left", { count: left }) : word("keys");
  }

  #key(event) {
    // Safari ends the composition before the Enter that ended it arrives: that one has keyCode 229.
    const inputMethod = event.isComposing || this.#composing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || inputMethod) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    // Half an emoji, left by some keyboards, is no valid text.
    const text = this.text.value.toWellFormed?.().trim() ?? this.text.value.trim();
    if (!text) return;
    this.text.value = "";
    this.refresh();
    this.send(text);
  }
}
