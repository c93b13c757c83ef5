// SPDX-License-Identifier: EUPL-1.2
// What a person sees and does about encryption: the room code, private messages, caucuses, who cannot follow. In the
// browser tests, through the page's own names only.

import { until } from './wait.mjs';

const id = (name) => `[data-testid="${name}"]`;

/** The four groups of five digits in the bar; null while there are none. */
export function code(person) {
  return person.evaluate((selector) => {
    const shown = document.querySelector(`${selector} [aria-hidden]`)?.textContent ?? '';
    return /^\d{5}( \d{5}){3}$/.test(shown) ? shown : null;
  }, id('room-code'));
}

/** What the bar says about encryption, for whoever reads why a test failed. */
function bar(person) {
  return person.evaluate((s) => document.querySelector(s)?.innerText.split('\n').join(' ') ?? 'nothing', id('e2ee'));
}

/** Until all show one code, which is not `former`; gives it. */
export async function oneCode(people, { former = null, ms = 15_000 } = {}) {
  let codes = [];
  return until(`one room code for ${people.map((p) => p.name).join(', ')}`, async () => {
    codes = await Promise.all(people.map(code));
    const [first] = codes;
    if (first === null || first === former || codes.some((c) => c !== first))
      throw new Error((await Promise.all(people.map(bar))).join(' | '));
    return first;
  }, ms);
}

/** `on` or `off`, as the bar says. */
export const sealed = (person) => person.attribute('e2ee', 'data-state');

/** Every tile and the picture under it. */
export function plates(person) {
  return person.evaluate((selector) => [...document.querySelectorAll(selector)].map((tile) => ({
    person: tile.dataset.person,
    plate: tile.querySelector('.nm')?.textContent,
    sealed: tile.querySelector('[data-testid="undecryptable"]') !== null,
  })), id('tile'));
}

/** The words of the dialog behind the room code, which stays open. */
export async function opensCode(person) {
  await person.press('e2ee');
  const words = () => person.evaluate(() => document.querySelector('dialog[data-dialog="code"]')?.innerText ?? '');
  return until(`${person.name}'s dialog with the code`, words);
}

/** Writes to one person; the thread is open afterwards. */
export async function writesTo(person, name) {
  await person.openPanel('people');
  await person.press('person-menu', `${id('person')}[data-person="${name}"]`);
  await person.press('person-message');
  await person.sees('message-text');
  await until(`${person.name}'s line to ${name} to be open`, () =>
    person.attribute('message-send', 'aria-disabled').then((off) => off === 'false'));
}

/** Opens a circle with these, private or a caucus. */
export async function converses(person, names, kind) {
  await person.openPanel('messages');
  await backToList(person);
  for (const name of names)
    await until(`${person.name} to choose ${name}`, () => person.evaluate((who) => {
      const rows = [...document.querySelectorAll('label.chan')];
      const box = rows.find((row) => row.querySelector('b')?.textContent === who)?.querySelector('input');
      if (!box) return false;
      if (!box.checked) box.click();
      return true;
    }, name));
  await person.press(kind === 'caucus' ? 'caucus-begin' : 'talk-begin');
}

/** From a thread to the list of them. */
export async function backToList(person) {
  await person.evaluate(() => document.querySelector('.thread__h button')?.click());
  await person.sees('talk-begin');
}

/** Opens the thread whose others are these. */
export async function opensThread(person, others) {
  await person.openPanel('messages');
  await person.evaluate(() => document.querySelector('.thread__h button')?.click());
  await person.press('conversation', '');
  if (others) await until(`${person.name}'s thread`, () => person.evaluate((who) =>
    document.querySelector('.thread__h')?.innerText.includes(who), others));
}

export async function says(person, text) {
  await person.fill('message-text', text);
  await person.press('message-send');
}

/** Lines of the open thread: "NAME: text". */
export function lines(person) {
  return person.evaluate((selector) => [...document.querySelectorAll(selector)].map((line) =>
    `${line.dataset.from}: ${line.querySelector('.msg__b')?.textContent}`), id('message'));
}

export function reads(person, from, text, ms = 10_000) {
  return until(`${person.name} to read "${text}"`, async () => (await lines(person)).includes(`${from}: ${text}`), ms);
}

/** What somebody is typing, as the open thread shows it. */
export function typing(person) {
  return person.evaluate((s) => document.querySelector(`${s} .msg__b`)?.textContent ?? null, id('typing'));
}

/** Those whom this person's list calls unable to follow. */
export async function cannotFollow(person) {
  await person.openPanel('people');
  return person.evaluate(([row, mark]) => [...document.querySelectorAll(row)]
    .filter((e) => e.querySelector(mark)).map((e) => e.dataset.person), [id('person'), id('cannot-follow')]);
}

/** What this person was warned of, whatever became of it since: from now on, for notices(). */
export async function watchNotices(person) {
  await person.evaluate((selector) => {
    window.__notices = [];
    const note = () => {
      const text = document.querySelector(selector)?.textContent.trim() ?? '';
      if (text !== '' && window.__notices.at(-1) !== text) window.__notices.push(text);
    };
    new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true });
  }, id('notice'));
}

export const notices = (person) => person.evaluate(() => window.__notices ?? []);

/** What left this page on its four lines: packets of any kind, and bytes of payload but for what was sent again. */
export function sent(person) {
  return person.evaluate(async () => {
    const sum = { packets: 0, bytes: 0 };
    for (const connection of window.__connections)
      for (const sender of connection.getSenders().slice(0, 4))
        for (const s of (await sender.getStats()).values())
          if (s.type === 'outbound-rtp') {
            sum.packets += s.packetsSent;
            sum.bytes += s.bytesSent - (s.retransmittedBytesSent ?? 0);
          }
    return sum;
  });
}
