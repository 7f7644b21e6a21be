// Brings the page to life: connects what is written, sent, received and shown.

import { eventsUrl, openConversation, openFiles, postFile, postMessage, putDistrict, readTurns } from "./api.js";
import { Attach } from "./attach.js";
import { Attention } from "./attention.js";
import { Banner } from "./banner.js";
import { Charge } from "./charge.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { Districts } from "./districts.js";
import { byId } from "./dom.js";
import { Log } from "./log.js";
import { Notice } from "./notice.js";
import { Outbox } from "./outbox.js";
import { Scroll } from "./scroll.js";
import { Welcome } from "./welcome.js";
import { chooseLanguage, currentLanguage, setWords, tagOf, word } from "./words.js";

const TYPING_DELAY = 250;
const TYPING_MOST = 60_000;

const boot = JSON.parse(byId("boot").textContent);
setWords(boot.words);

let conversation = boot.conversation;
let remoteTyping = false;
let typingTimer = 0;

const scroll = new Scroll(byId("scroller"), byId("newer"));
const notice = new Notice(byId("emergency"));
const attention = new Attention();
const charge = new Charge({
  press: (button) => say(button),
  changed: () => {
    composer.address(charge.claimed ? charge.name : null);
    refresh();
  },
});
const banner = new Banner(() => (connection.state === "replaced" ? connection.restart() : connection.retry()));
const log = new Log(byId("log"), {
  press: (button) => say(button),
  retry: (id) => outbox.retry(id),
  remove: (id) => {
    outbox.remove(id);
    log.drop(id);
    refresh();
  },
});
const outbox = new Outbox({
  post: ({ id, text, payload, file }) =>
    file
      ? postFile(conversation, { message_id: id, file, language: currentLanguage() })
      : postMessage(conversation, { message_id: id, text, payload, language: currentLanguage() }),
  changed: (item) => {
    if (outbox.has(item.id)) log.item(item);
    refresh();
  },
  sent: (item, turn) => received(turn),
  away: () => connection.suspect(),
  gone: () => connection.restart(),
});
const districts = new Districts(boot.districts, boot.district, {
  put: (district) => (conversation ? putDistrict(conversation, district) : Promise.resolve()),
  said: announce,
});
const welcome = new Welcome(boot.suggestions, (text) => say({ text }));
const composer = new Composer(boot.maxText, (text) => say({ text }));
const attach = new Attach({ send: (message) => say(message), said: announce });
const connection = new Connection({
  catchUp,
  url: () => eventsUrl(conversation, log.last),
  turn: received,
  charge: (now) => charge.update(now),
  typing: (on) => {
    remoteTyping = on;
    refresh();
  },
  changed: (state, details) => {
    banner.update(state, details);
    if (state === "open") log.hold(false);
    else if (state === "lost" && !details.quiet) {
      log.hold(true);
      scroll.stay();
    }
    if (state === "open") {
      districts.flush();
      outbox.flush();
    } else if (state === "lost") {
      remoteTyping = false;
      outbox.hold();
    }
  },
});

function say(message) {
  const item = outbox.add(conversation, message);
  scroll.bottom();
  return item;
}

// Opens or reads the conversation; throws an ApiError where the server can't be reached.
async function catchUp() {
  if (conversation) {
    try {
      const { conversation: known, charge: now, turns } = await readTurns(conversation, 0);
      if (known.district) districts.learn(known.district);
      openFiles(conversation);
      charge.update(now);
      show(turns);
      return;
    } catch (error) {
      if (!error.gone) throw error;
    }
  }
  await renew();
}

async function renew() {
  const opened = await openConversation(currentLanguage(), districts.chosen);
  conversation = opened.conversation.id;
  log.clear();
  openFiles(conversation);
  charge.update(null);
  outbox.move(conversation);
  show([opened.turn]);
}

function show(turns) {
  const live = byId("log").getAttribute("aria-busy") === "false";
  const fresh = turns.map((turn) => log.turn(turn)).filter(Boolean);
  outbox.restore(conversation);
  for (const turn of turns) if (turn.message_id) outbox.remove(turn.message_id);
  byId("log").setAttribute("aria-busy", "false");
  refresh();
  if (log.fresh) scroll.top();
  else if (!live) scroll.bottom(true);
  else if (fresh.length) scroll.follow(fresh.at(-1).root);
}

function received(turn) {
  if (turn.message_id) outbox.remove(turn.message_id);
  const news = log.turn(turn);
  if (news) heed(turn);
  if (news && turn.told) attention.call();
  if (turn.replies.length) remoteTyping = false;
  refresh();
  if (news) scroll.follow(news.root);
}

// What is said in the conversation holds for the page, too.
function heed({ act, entities, replies }) {
  if (act === "set_district") {
    const named = entities.find((entity) => entity.entity === "district");
    if (named) districts.learn(named.value);
  } else if (act === "switch_language" && replies.length) {
    const language = tagOf(replies[0].text) === "en" ? "en" : "zh";
    if (language !== currentLanguage()) switchLanguage(language);
  }
}

// The typing line waits a moment: most answers are faster, and it must not flicker.
function refresh() {
  attach.show(charge.called || log.form);
  welcome.show(log.fresh && byId("log").getAttribute("aria-busy") === "false");
  const typing = byId("typing");
  // A person answers when they can: nothing is being looked up.
  const busy = (remoteTyping || outbox.sending) && !charge.claimed;
  if (!busy) {
    clearTimeout(typingTimer);
    typingTimer = 0;
    typing.hidden = true;
  } else if (!typingTimer) {
    typingTimer = setTimeout(() => {
      typing.hidden = false;
      scroll.stay();
      typingTimer = setTimeout(() => {
        remoteTyping = false;
        refresh();
      }, TYPING_MOST);
    }, TYPING_DELAY);
  }
}

function announce(sentence) {
  const notice = byId("notice");
  byId("said").textContent = sentence;
  notice.textContent = sentence;
  notice.classList.add("news");
  clearTimeout(announce.timer);
  announce.timer = setTimeout(drawNotice, 4000);
}

function drawNotice() {
  const notice = byId("notice");
  notice.classList.remove("news");
  notice.textContent = word("notice", { days: notice.dataset.days });
}

byId("language").addEventListener("click", () => switchLanguage(currentLanguage() === "zh" ? "en" : "zh"));

function switchLanguage(language) {
  chooseLanguage(language);
  byId("language").lang = word("other_language_tag");
  drawNotice();
  districts.redraw();
  welcome.redraw();
  charge.redraw();
  composer.address(charge.claimed ? charge.name : null);
  attention.redraw();
  notice.redraw();
  log.redraw();
  // While nothing is said, the greeting comes in the new language, too.
  if (log.fresh && conversation) startOver();
}

const ask = byId("ask");
byId("new").addEventListener("click", () => (log.fresh ? composer.focus() : ask.showModal()));
ask.addEventListener("close", () => {
  if (ask.returnValue !== "yes") return;
  outbox.clear();
  startOver();
  composer.focus();
});
ask.addEventListener("click", (event) => event.target === ask && ask.close("cancel"));

function startOver() {
  conversation = null;
  connection.restart();
}

if (boot.wish) districts.wish(boot.wish);
connection.start();
notice.start();
composer.focus();
