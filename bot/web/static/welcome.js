// The questions offered while nothing is said yet.

import { byId, element } from "./dom.js";
import { currentLanguage, tagOf } from "./words.js";

export class Welcome {
  constructor(suggestions, ask) {
    this.suggestions = suggestions;
    this.root = byId("welcome");
    byId("suggestions").addEventListener("click", (event) => {
      const node = event.target.closest("button");
      if (node) ask(node.dataset.ask);
    });
    this.redraw();
  }

  redraw() {
    const language = currentLanguage();
    byId("suggestions").replaceChildren(
      ...this.suggestions.map(({ label, ask }) =>
        element(
          "li",
          {},
          element(
            "button",
            { type: "button", class: "suggestion", "data-ask": ask[language], lang: tagOf(ask[language]) },
            element("b", {}, label[language]),
            ask[language],
          ),
        ),
      ),
    );
  }

  show(shown) {
    this.root.hidden = !shown;
  }
}
