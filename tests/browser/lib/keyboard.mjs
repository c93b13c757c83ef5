// SPDX-License-Identifier: EUPL-1.2
// A person who has a keyboard and nothing else: goes to what they want by Tab, within the region of the page where it
// stands, and presses Enter. In the browser tests (Chromium).

import { Person } from './person.mjs';
import { until } from './wait.mjs';

const MOST_TABS = 150;
/** Some buttons are there before they can be used. */
const ready = (selector) => {
  const e = document.querySelector(selector);
  return e !== null && !e.disabled && e.getAttribute('aria-disabled') !== 'true';
};

export class KeyboardPerson extends Person {
  get keyboard() {
    return this.page.keyboard;
  }

  /** Puts the focus on the element, by Tab alone; fails if a whole round does not come across it. */
  async reach(selector) {
    await until(`${this.name} to be able to use ${selector}`, () => this.evaluate(ready, selector));
    for (let tab = 0; tab < MOST_TABS; tab++) {
      if (await this.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return;
      await this.keyboard.press('Tab');
    }
    throw new Error(`${this.name} does not come to ${selector} by Tab`);
  }

  /** Person's own press clicks; whoever has only keys goes there. */
  async press(testid, within = '') {
    await this.reach(`${within} [data-testid="${testid}"]`.trim());
    await this.keyboard.press('Enter');
  }

  async fill(testid, text) {
    await this.reach(`[data-testid="${testid}"]`);
    await this.keyboard.type(text);
  }

  /** The panels stand under the numbers of the rail. */
  async openPanel(name) {
    const panels = ['agenda', 'people', 'speakers', 'messages', 'proceedings'];
    await this.keyboard.press(String(panels.indexOf(name) + 1));
    await until(`${this.name}'s panel to show ${name}`, async () =>
      (await this.attribute(`tab-${name}`, 'aria-selected')) === 'true');
  }

  /** Microphone and camera have a letter each. */
  async turn(device, on) {
    const pressed = async () => (await this.attribute(device, 'aria-pressed')) === String(on);
    if (!(await pressed())) await this.keyboard.press(device === 'mic' ? 'm' : 'v');
    await until(`${this.name}'s ${device} to be ${on ? 'on' : 'off'}`, pressed);
  }
}
