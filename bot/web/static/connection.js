// The live connection: catches up, listens, notices silence, and comes back by itself.

const PAUSES = [400, 1000, 2000, 4000, 8000, 15_000];
const SILENCE = 45_000;

export class Connection {
  #source = null;
  #timer = 0;
  #watch = 0;
  #attempt = 0;
  #round = 0;
  #state = "new";

  // catchUp() → promise, rejects with ApiError; url() of the events; turn(data), charge(data), typing(on), changed(state, until).
  constructor(handlers) {
    this.handlers = handlers;
    addEventListener("online", () => this.retry());
    addEventListener("pageshow", (event) => event.persisted && this.restart());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.retry());
  }

  get state() {
    return this.#state;
  }

  start() {
    this.#attempt = 0;
    this.#connect();
  }

  // Begins again at once, whatever the state: the conversation is another, or the page woke up.
  restart() {
    this.#drop();
    this.start();
  }

  // Tries at once if the connection is lost.
  retry() {
    if (this.#state === "lost") this.#connect();
  }

  // Something failed that the open connection didn't notice.
  suspect() {
    if (this.#state === "open") this.#lost();
  }

  #drop() {
    this.#round += 1;
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#source?.close();
    this.#source = null;
  }

  async #connect() {
    this.#drop();
    const round = this.#round;
    this.#become("connecting");
    try {
      await this.handlers.catchUp();
    } catch (error) {
      if (round === this.#round) this.#lost(error.retryAfter);
      return;
    }
    if (round !== this.#round) return;
    const source = new EventSource(this.handlers.url());
    this.#source = source;
    source.addEventListener("open", () => {
      this.#attempt = 0;
      this.#become("open");
    });
    source.addEventListener("error", () => this.#lost());
    source.addEventListener("ping", () => {});
    source.addEventListener("turn", (event) => this.handlers.turn(JSON.parse(event.data)));
    source.addEventListener("charge", (event) => this.handlers.charge(JSON.parse(event.data)));
    source.addEventListener("typing", (event) => this.handlers.typing(JSON.parse(event.data).on));
    source.addEventListener("replaced", () => {
      this.#drop();
      this.#become("replaced");
    });
    for (const kind of ["open", "ping", "turn", "charge", "typing"]) source.addEventListener(kind, () => this.#heard());
  }

  #heard() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#lost(), SILENCE);
  }

  #lost(seconds = 0) {
    this.#drop();
    const steady = PAUSES[Math.min(this.#attempt, PAUSES.length - 1)];
    const pause = Math.max(seconds * 1000, steady * (0.85 + Math.random() * 0.3));
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#connect(), pause);
    // The first failure is often a short one: it is worth no word.
    this.#become("lost", { until: Date.now() + pause, quiet: this.#attempt < 2 });
  }

  #become(state, details = {}) {
    this.#state = state;
    this.handlers.changed(state, details);
  }
}
