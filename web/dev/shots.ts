// SPDX-License-Identifier: EUPL-1.2
// Pictures of the gallery, to be looked at: npx vite-node dev/shots.ts FOLDER [SAMPLES [SIZES [LANGUAGES [SCHEMES]]]],
// each a list with commas; by default every sample at 1440x900, in Dutch, light.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openGallery } from '../test/view/gallery';
import { SAMPLES } from './samples';

const [folder, ...lists] = process.argv.slice(2);
if (folder === undefined) throw new Error('name a folder for the pictures');
const list = (at: number, otherwise: readonly string[]): readonly string[] => lists[at]?.split(',') ?? otherwise;

mkdirSync(folder, { recursive: true });
const gallery = await openGallery();
for (const scheme of list(3, ['light'])) {
  for (const size of list(1, ['1440x900'])) {
    const [width, height] = size.split('x').map(Number);
    const page = await gallery.browser.newPage({
      viewport: { width: width ?? 1440, height: height ?? 900 }, colorScheme: scheme === 'dark' ? 'dark' : 'light',
    });
    page.on('pageerror', (error) => console.error(error.message));
    for (const language of list(2, ['nl'])) {
      for (const sample of list(0, Object.keys(SAMPLES))) {
        await page.goto(`${gallery.address}?sample=${sample}&lang=${language}`);
        await page.evaluate(() => document.fonts.ready.then(() => undefined));
        await page.waitForFunction(() => [...document.querySelectorAll('video')]
          .every((video) => video.srcObject === null || video.videoWidth > 0));
        await page.screenshot({ path: join(folder, `${sample}-${size}-${language}-${scheme}.png`) });
      }
    }
    await page.close();
  }
}
await gallery.close();
