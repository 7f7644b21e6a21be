// Turns the blocks of a reply into elements, each by its role.

import { element, icon } from "./dom.js";
import { tagOf, word } from "./words.js";

const PIN = "M12 21s7-6.1 7-11.5a7 7 0 1 0-14 0C5 14.9 12 21 12 21z M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z";
const PHONE = "M6.5 3.5h3l1.5 4.5-2 1.5a12 12 0 0 0 5.5 5.5l1.5-2 4.5 1.5v3a2 2 0 0 1-2.2 2A17 17 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2z";

// Numbers one can dial: hotlines (12345, 95588, 962518, 400…), mobiles, land lines with or without area code.
const NUMBER = new RegExp(
  "(?<![\\d.\\-–〔第])(?:" +
    [
      "(?:\\+86[- ]?)?0?(?:10|2\\d|[3-9]\\d{2})[- ]\\d{7,8}(?:-\\d{1,4})?",
      "(?:\\+86[- ]?)?1[3-9]\\d{9}",
      "[48]00[- ]?\\d{3}[- ]?\\d{4}",
      "0(?:10|2\\d)\\d{8}",
      "[2-6]\\d{3}[- ]?\\d{4}",
      "962\\d{3}",
      "12\\d{3}",
      "95\\d{3}",
    ].join("|") +
    ")(?![\\d.]|\\s*[万亿元个家户人号％%年月])",
  "g",
);
const DATE = /^20\d{2}[01]\d[0-3]\d$/;

const INSIDE_QUOTE = new Set(["translation", "citation"]);

export function blocksOf(reply) {
  const blocks = reply.blocks.length ? reply.blocks : [{ kind: "text", text: reply.text }];
  const nodes = [];
  let point = null;
  let contacts = null;
  for (const { kind, text } of blocks) {
    if (kind === "contact") {
      if (!contacts) nodes.push((contacts = element("ul", { class: "contacts" })));
      contacts.append(contactOf(text));
      continue;
    }
    contacts = null;
    if (kind === "quote") {
      // Sentences of one measure share the citation that follows them.
      if (!point || point.querySelector("figcaption")) nodes.push((point = element("figure", { class: "point" })));
      point.append(element("blockquote", { lang: tagOf(text) }, text));
    } else if (point && INSIDE_QUOTE.has(kind)) point.append(insideOf(kind, text));
    else {
      point = null;
      nodes.push(element("p", { class: kind, lang: tagOf(text) }, text));
    }
  }
  return nodes;
}

function insideOf(kind, text) {
  const tag = kind === "citation" ? "figcaption" : "p";
  return element(tag, { class: kind, lang: tagOf(text) }, text);
}

function contactOf(text) {
  const parts = linked(text);
  const symbol = icon(parts.length > 1 ? PHONE : PIN);
  return element("li", { class: "contact", lang: tagOf(text) }, symbol, element("span", {}, ...parts));
}

// The text with every telephone number as a link.
export function linked(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(NUMBER)) {
    const number = match[0];
    if (DATE.test(number)) continue;
    parts.push(text.slice(end, match.index));
    const href = `tel:${number.replace(/[- ]/g, "")}`;
    parts.push(element("a", { href, "aria-label": word("call", { number }) }, number));
    end = match.index + number.length;
  }
  parts.push(text.slice(end));
  return parts;
}
