// Keeps the newest in sight while the reader is at the end, and never moves a reader who went back.

const NEAR = 64;
const MARGIN = 16;
const LITTLE = 140;

export class Scroll {
  #pinned = true;
  #settle = 0;

  constructor(scroller, newer) {
    this.scroller = scroller;
    this.newer = newer;
    scroller.addEventListener("scroll", () => {
      clearTimeout(this.#settle);
      this.#settle = setTimeout(() => this.#judge(), 120);
    }, { passive: true });
    newer.addEventListener("click", () => {
      this.bottom();
      scroller.focus({ preventScroll: true });
    });
    // A picture takes its room once it is there.
    scroller.addEventListener("load", () => this.stay(), true);
    // The keyboard of a phone takes room: the end stays in sight.
    new ResizeObserver(() => this.#pinned && this.bottom(true)).observe(scroller);
  }

  bottom(instantly = false) {
    this.#pinned = true;
    this.#to(this.scroller.scrollHeight, instantly);
  }

  // Nothing is said yet: the beginning is what matters.
  top() {
    this.#to(0, true);
  }

  // Something below grew: a reader at the end stays there.
  stay() {
    if (this.#pinned) this.bottom();
  }

  // A new reply: its question stays at the top where the reply is longer than the window, and not only by a little.
  follow(node) {
    if (!this.#pinned) return this.#judge();
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const top = scrollTop + node.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top - MARGIN;
    this.#to(scrollHeight - clientHeight - top < LITTLE ? scrollHeight : top, false);
  }

  #to(top, instantly) {
    const most = this.scroller.scrollHeight - this.scroller.clientHeight;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: Math.min(top, most), behavior: instantly || still ? "instant" : "smooth" });
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#judge(), 400);
  }

  #judge() {
    const below = this.scroller.scrollHeight - this.scroller.clientHeight - this.scroller.scrollTop;
    this.#pinned = below < NEAR;
    this.newer.hidden = this.#pinned;
  }
}
