/**
 * The one place where the till touches the browser: clock, randomness, timers, stores, page, printer. Everything else
 * takes these as a value, so that its rules can be run anywhere.
 */

/** A small store of strings that survives a reload. */
export type TextStore = {
  get: (key: string) => string | null;
  set: (key: string, value: string) => void;
  remove: (key: string) => void;
  keys: () => string[];
};

/** What the till needs of a browser. */
export type Platform = {
  nowMs: () => number;
  randomBytes: (count: number) => Uint8Array;
  /** Runs `action` once; the answer cancels it. */
  after: (delayMs: number, action: () => void) => () => void;
  /** Runs `action` again and again; the answer cancels it. */
  every: (periodMs: number, action: () => void) => () => void;
  /** Survives the browser being closed. */
  lasting: TextStore;
  /** Ends with the browser's window. */
  passing: TextStore;
  /** Languages the person prefers, best first; `?lang=` wins. */
  languages: readonly string[];
  isHidden: () => boolean;
  print: () => void;
  /**
   * What the part of the address after `#` says of `name`, and null for nothing. That part is then removed, so that no
   * secret stays in the history.
   */
  takeHash: (name: string) => string | null;
  /** Told of every key before any element is; the answer stops it. */
  onKey: (listener: (event: KeyboardEvent) => void) => () => void;
};

/** The real browser. */
export function browserPlatform(): Platform {
  const chosen = new URLSearchParams(window.location.search).get('lang');
  return {
    nowMs: () => Date.now(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    after: (delayMs, action) => {
      const timer = window.setTimeout(action, delayMs);
      return () => window.clearTimeout(timer);
    },
    every: (periodMs, action) => {
      const timer = window.setInterval(action, periodMs);
      return () => window.clearInterval(timer);
    },
    lasting: textStore(window.localStorage),
    passing: textStore(window.sessionStorage),
    languages: chosen === null ? navigator.languages : [chosen, ...navigator.languages],
    isHidden: () => document.hidden,
    print: () => window.print(),
    takeHash: (name) => {
      const value = new URLSearchParams(window.location.hash.slice(1)).get(name);
      if (value !== null)
        window.history.replaceState(null, '', window.location.pathname + window.location.search);
      return value;
    },
    onKey: (listener) => {
      window.addEventListener('keydown', listener, true);
      return () => window.removeEventListener('keydown', listener, true);
    },
  };
}

function textStore(storage: Storage): TextStore {
  return {
    get: (key) => storage.getItem(key),
    set: (key, value) => storage.setItem(key, value),
    remove: (key) => storage.removeItem(key),
    keys: () => Object.keys(storage),
  };
}
