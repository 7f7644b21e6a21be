// The choice of district: kept here until the server has it.

import { byId } from "./dom.js";
import { currentLanguage, word } from "./words.js";

const CITY = "shanghai";

export class Districts {
  #known;
  #unsent = null;

  // put(district) → promise; said(sentence) tells the user
  constructor(names, chosen, { put, said }) {
    this.names = names;
    this.put = put;
    this.said = said;
    this.#known = chosen;
    this.#check(chosen ?? CITY);
    byId("districts").addEventListener("change", (event) => this.#choose(event.target.value));
  }

  // What was chosen, or null: nothing chosen shows as the whole city.
  get chosen() {
    return this.#unsent ?? this.#known;
  }

  // What the server says, for instance after the user named a district in a message.
  learn(district) {
    if (!this.names[district] || this.#unsent) return;
    this.#known = district;
    this.#check(district);
  }

  // Sends what couldn't be sent before.
  async flush() {
    const district = this.#unsent;
    if (!district) return;
    try {
      await this.put(district);
      this.#known = district;
      if (this.#unsent === district) this.#unsent = null;
    } catch (error) {
      if (error.away || error.gone) return;
      this.#unsent = null;
      this.#check(this.#known ?? CITY);
      this.said(word("district_failed"));
    }
  }

  wish(district) {
    this.#unsent = district;
    this.#check(district);
  }

  redraw() {
    for (const node of document.querySelectorAll("[data-district]")) {
      node.textContent = this.names[node.dataset.district][currentLanguage()];
    }
  }

  #choose(district) {
    this.#unsent = district;
    const name = this.names[district][currentLanguage()];
    this.said(district === CITY ? word("district_all") : word("district_set", { name }));
    this.flush();
  }

  #check(district) {
    const input = document.querySelector(`#districts input[value="${district}"]`);
    if (input) input.checked = true;
  }
}
