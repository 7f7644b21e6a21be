// Sends pictures and files while somebody is there to read them.

import { byId } from "./dom.js";
import { word } from "./words.js";

const MOST = 5 * 1024 * 1024;
const KINDS = /\.(jpe?g|png|webp|pdf|docx|xlsx)$/i;
// What the text of a message that brings a file begins with: the page draws a sign in its place.
export const MARK = "📎 ";

export class Attach {
  // send({text, file}), said(sentence) tells the user
  constructor({ send, said }) {
    this.button = byId("attach");
    this.input = byId("file");
    this.button.addEventListener("click", () => this.input.click());
    this.input.addEventListener("change", () => {
      const files = [...this.input.files];
      this.input.value = "";
      const fine = files.filter((file) => KINDS.test(file.name) && file.size > 0 && file.size <= MOST);
      if (fine.length < files.length) said(word("attach_kinds"));
      for (const file of fine) send({ text: MARK + file.name, file });
    });
  }

  show(shown) {
    this.button.hidden = !shown;
  }
}
