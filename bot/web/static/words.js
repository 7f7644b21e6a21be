// The words of the page in the chosen language, and the choice itself.

const COOKIE = "qifu_lang";
const YEAR = 365 * 24 * 60 * 60;
const TAGS = { zh: "zh-CN", en: "en" };
const HAN = /\p{Script=Han}/u;

let tables = {};
let language = "zh";

export function setWords(words) {
  tables = words;
  language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
}

export function currentLanguage() {
  return language;
}

export function word(key, values = {}) {
  const sentence = tables[language][key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// Text in another language than the page's says so, for fonts and screen readers.
export function tagOf(text) {
  return HAN.test(text) ? TAGS.zh : TAGS.en;
}

export function chooseLanguage(wish) {
  language = wish;
  document.cookie = `${COOKIE}=${wish}; path=/; max-age=${YEAR}; SameSite=Lax`;
  document.documentElement.lang = TAGS[wish];
  document.title = word("title");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-word-label]")) node.ariaLabel = word(node.dataset.wordLabel);
  for (const node of document.querySelectorAll("[data-word-title]")) node.title = word(node.dataset.wordTitle);
  for (const node of document.querySelectorAll("[data-word-placeholder]")) {
    node.placeholder = word(node.dataset.wordPlaceholder);
  }
}
