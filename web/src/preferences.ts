// SPDX-License-Identifier: EUPL-1.2
// What the person at this browser chose once and for all: no secret, nothing of a meeting, and no business of the
// server's. Pure. Invariant: whatever was stored, readPreferences() gives a whole and valid set.

/** What a single letter does; the letter is the person's choice. */
export const SHORTCUTS = ['microphone', 'camera', 'hand', 'captions', 'help'] as const;
export type Shortcut = (typeof SHORTCUTS)[number];
export type Keys = Readonly<Record<Shortcut, string>>;

const CHOICES = {
  /** What a screen reader is told: what must be known, who comes and goes as well, or everything. */
  told: ['needed', 'usual', 'all'],
  theme: ['system', 'light', 'dark'],
  size: ['normal', 'large', 'largest'],
  captionSize: ['normal', 'large'],
  /** Everybody, who speaks large, or only who leads, speaks and interprets. */
  layout: ['grid', 'speaker', 'low'],
} as const;

type Choices = { readonly [K in keyof typeof CHOICES]: (typeof CHOICES)[K][number] };

const SWITCHES = {
  /** The browser's own work on the microphone. */
  noise: true,
  echo: true,
  gain: true,
  /** The own tile shows initials to oneself. */
  hideSelf: false,
  /** The space bar is held to speak. */
  pushToTalk: false,
  /** Single letters do something at all (WCAG 2.1.4). */
  shortcuts: true,
  /** A short sound with what needs attention. */
  sounds: true,
  contrast: false,
  /** Nothing moves. */
  still: false,
  /** The band under the pictures, for what is written to this person. */
  captions: false,
  /** Twenty-five pictures in a large meeting instead of nine. */
  many: false,
} as const;

type Switches = { readonly [K in keyof typeof SWITCHES]: boolean };
export type Switch = keyof Switches;

export interface Preferences extends Choices, Switches {
  readonly keys: Keys;
}

const KEYS: Keys = { microphone: 'm', camera: 'v', hand: 'w', captions: 'o', help: '?' };

export const DEFAULTS: Preferences = {
  ...SWITCHES, told: 'usual', theme: 'system', size: 'normal', captionSize: 'normal', layout: 'grid', keys: KEYS,
};

/** One visible sign that is not taken: numbers choose the tabs, and a blank is for speaking. */
export function isKey(key: string): boolean {
  return [...key].length === 1 && /^[^\s\p{C}\d]$/u.test(key);
}

/** What the key does already; null: it is free. */
export function takenBy(keys: Keys, key: string): Shortcut | null {
  return SHORTCUTS.find((shortcut) => keys[shortcut] === key) ?? null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The stored keys, if each is a key and none is there twice. */
function readKeys(stored: unknown): Keys {
  if (!isRecord(stored)) return KEYS;
  const keys = SHORTCUTS.map((shortcut) => stored[shortcut]);
  const whole = keys.every((key): key is string => typeof key === 'string' && isKey(key));
  if (!whole || new Set(keys).size !== keys.length) return KEYS;
  return Object.fromEntries(SHORTCUTS.map((shortcut, at) => [shortcut, keys[at]])) as Record<Shortcut, string>;
}

function readChoice<K extends keyof Choices>(stored: Readonly<Record<string, unknown>>, name: K): Choices[K] {
  const known: readonly string[] = CHOICES[name];
  const value = stored[name];
  return typeof value === 'string' && known.includes(value) ? (value as Choices[K]) : DEFAULTS[name];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function readPreferences(text: string | null): Preferences {
  const stored = text === null ? null : parsed(text);
  if (!isRecord(stored)) return DEFAULTS;
  const switches = Object.fromEntries(Object.entries(SWITCHES).map(([name, usual]) => {
    const value = stored[name];
    return [name, typeof value === 'boolean' ? value : usual];
  })) as { -readonly [K in Switch]: boolean };
  return {
    ...switches,
    told: readChoice(stored, 'told'),
    theme: readChoice(stored, 'theme'),
    size: readChoice(stored, 'size'),
    captionSize: readChoice(stored, 'captionSize'),
    layout: readChoice(stored, 'layout'),
    keys: readKeys(stored['keys']),
  };
}
