// SPDX-License-Identifier: EUPL-1.2
// One page with every screen in four sizes, two of them in the dark as well, each beside the design of the same screen:
//   vite-node dev/compare.ts FOLDER NOTES [DESIGNS [NAMES]]
// NOTES is a text whose `## NAME` say what differs on purpose; DESIGNS a folder of drawn screens, without which only
// the product is shown; NAMES a regular expression of the designs and samples to draw.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { serve } from '../test/browser/browsers';
import { REPORT, signed } from '../test/support/report';
import { openGallery } from '../test/view/gallery';
import { PAGES } from './pages-samples';
import { SAMPLES } from './samples';
import { SCREENS, type Screen, type Stage } from './screens';

const SIZES = [
  [1440, 900, 'light'], [1024, 768, 'light'], [390, 844, 'light'], [844, 390, 'light'], [1440, 900, 'dark'],
  [390, 844, 'dark'],
] as const;
const QUALITY = 70;

interface Drawn extends Screen {
  /** The files of the pictures, in the order of SIZES. */
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** How a sample comes to stand on a page of its stage. */
interface Theatre {
  readonly browser: Browser;
  open(page: Page): Promise<void>;
  draw(page: Page, sample: string): Promise<void>;
  close(): Promise<void>;
}

async function still(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForFunction(() => [...document.querySelectorAll('video')]
    .every((video) => video.srcObject === null || video.videoWidth > 0));
}

async function gallery(file: string, draw: Theatre['draw']): Promise<Theatre> {
  const { address, browser, close } = await openGallery(file);
  return { browser, open: async (page) => void await page.goto(address), draw, close };
}

/** The report draws what a server answers; these are the answers. */
async function report(browser: Browser): Promise<Theatre> {
  const [server, made] = await Promise.all([serve(), signed()]);
  const meeting = { ...REPORT.meeting, id: 'lindebekea' };
  const whole = JSON.stringify(made.log);
  let log = whole;
  return {
    browser,
    open: (page) => page.route('**/api/*', (route) => {
      if (route.request().url().endsWith('/api/log')) return route.fulfill({ body: log, contentType: 'text/plain' });
      return route.fulfill({ json: { ...REPORT, meeting, entries: made.shown } });
    }),
    draw: async (page, sample) => {
      log = sample === 'whole' ? whole : whole.replace('18:37:00.123Z', '18:37:00.124Z');
      await page.goto(`${server.url}/m/${meeting.id}/report?lang=nl`);
      await page.locator(`[data-testid=seal][data-state=${sample}]`).waitFor();
    },
    close: () => server.close(),
  };
}

const [folder, notesFile, designs = '', names = ''] = process.argv.slice(2);
if (folder === undefined || notesFile === undefined) throw new Error('name a folder and a file of notes');
const target = resolve(folder);
const wanted = new RegExp(names);
mkdirSync(target, { recursive: true });

/** The samples that no design draws, behind those that one does. */
function everything(): readonly Screen[] {
  const known = new Set(SCREENS.map((s) => `${s.stage} ${s.sample ?? ''}`));
  const rest = (stage: Stage, samples: object): readonly Screen[] => Object.keys(samples)
    .filter((sample) => !known.has(`${stage} ${sample}`))
    .map((sample) => ({ design: '', state: '', stage, sample }));
  return [...SCREENS, ...rest('room', SAMPLES), ...rest('pages', PAGES)]
    .filter((s) => wanted.test(s.design) || wanted.test(s.sample ?? ''));
}

/** A design that is not in the list would be forgotten. */
function checkDesigns(): void {
  const listed = new Set(SCREENS.map((s) => `${s.design}.html`));
  const forgotten = readdirSync(designs).filter((f) => f.endsWith('.html') && f !== 'index.html' && !listed.has(f));
  if (forgotten.length > 0) throw new Error(`not in screens.ts: ${forgotten.join(', ')}`);
}

function nameOf(stage: string, sample: string, [width, height, scheme]: (typeof SIZES)[number]): string {
  return `${stage}-${sample}-${width}x${height}${scheme === 'dark' ? '-dark' : ''}.jpg`;
}

async function ours(theatre: Theatre, stage: Stage, samples: ReadonlySet<string>): Promise<void> {
  for (const size of SIZES) {
    const page = await theatre.browser.newPage({
      viewport: { width: size[0], height: size[1] }, reducedMotion: 'reduce', locale: 'nl-BE', colorScheme: size[2],
    });
    await theatre.open(page);
    for (const sample of samples) {
      await theatre.draw(page, sample);
      await still(page);
      await page.screenshot({ path: join(target, nameOf(stage, sample, size)), type: 'jpeg', quality: QUALITY });
    }
    await page.close();
  }
}

async function theirs(browser: Browser, screens: readonly Screen[]): Promise<void> {
  for (const size of SIZES) {
    const page = await browser.newPage({
      viewport: { width: size[0], height: size[1] }, reducedMotion: 'reduce', colorScheme: size[2],
    });
    for (const { design, state } of screens) {
      await page.goto('about:blank');
      await page.goto(`${pathToFileURL(join(resolve(designs), `${design}.html`)).href}?clean=1#${state}`);
      await still(page);
      const path = join(target, nameOf(`design-${design}`, state, size));
      await page.screenshot({ path, type: 'jpeg', quality: QUALITY });
    }
    await page.close();
  }
}

function escaped(words: string): string {
  return words.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** What differs on purpose, by the name of the design. */
function notes(): ReadonlyMap<string, string> {
  const parts = readFileSync(notesFile ?? '', 'utf8').split(/^## /m).slice(1);
  return new Map(parts.map((part) => {
    const [name, ...lines] = part.split('\n');
    return [(name ?? '').trim(), lines.join('\n').trim()];
  }));
}

function picture(file: string, what: string): string {
  if (!existsSync(join(target, file))) return '<td></td>';
  return `<td><a href="${file}"><img loading="lazy" src="${file}" alt="${escaped(what)}"></a></td>`;
}

function section(s: Drawn, said: ReadonlyMap<string, string>): string {
  const title = s.design === '' ? `${s.sample ?? ''}` : `${s.design}${s.state === '' ? '' : `#${s.state}`}`;
  const rows = SIZES.map(([width, height, scheme], at) => `<tr><th>${width} × ${height} ${scheme}</th>`
    + picture(s.theirs[at] ?? '', `${title}, design`) + picture(s.ours[at] ?? '', `${title}, product`) + '</tr>');
  const none = s.sample === null ? '<p><b>Not in the product.</b></p>' : '';
  const why = s.design === '' ? '' : `<pre>${escaped(said.get(s.design) ?? '')}</pre>`;
  return `<section><h2>${escaped(title)} <small>${escaped(s.sample ?? '')}</small></h2>${none}${why}<table>`
    + `<tr><th></th><th>design</th><th>product</th></tr>${rows.join('')}</table></section>`;
}

function write(screens: readonly Screen[]): void {
  const said = notes();
  const files = (stage: string, sample: string): readonly string[] => SIZES.map((size) => nameOf(stage, sample, size));
  const drawn = screens.map((s): Drawn => ({
    ...s,
    ours: s.sample === null ? [] : files(s.stage, s.sample),
    theirs: s.design === '' ? [] : files(`design-${s.design}`, s.state),
  }));
  writeFileSync(join(target, 'index.html'), `<!doctype html><html lang="en"><meta charset="utf-8">
<title>Every screen</title><style>body{font:16px sans-serif;margin:24px}img{width:44vw;border:1px solid #888}
td{vertical-align:top}pre{white-space:pre-wrap;max-width:80ch}section{margin-bottom:64px}</style>
<h1>Every screen, beside its design</h1>${drawn.map((s) => section(s, said)).join('\n')}</html>\n`);
}

const screens = everything();
const samplesOf = (stage: Stage): ReadonlySet<string> =>
  new Set(screens.flatMap((s) => (s.stage === stage && s.sample !== null ? [s.sample] : [])));
const room = await gallery('dev/gallery.html', (page, sample) =>
  page.evaluate((name) => window.sample(name, 'nl'), sample));
const pages = await gallery('dev/pages.html', (page, sample) =>
  page.evaluate((name) => window.page(name, 'nl'), sample));
try {
  await ours(room, 'room', samplesOf('room'));
  await ours(pages, 'pages', samplesOf('pages'));
  if (samplesOf('report').size > 0) {
    const stage = await report(room.browser);
    await ours(stage, 'report', samplesOf('report'));
    await stage.close();
  }
  if (designs !== '') {
    checkDesigns();
    await theirs(room.browser, screens.filter((s) => s.design !== ''));
  }
  write(screens);
  process.stdout.write(`${screens.length} screens: ${join(basename(target), 'index.html')}\n`);
} finally {
  await pages.close();
  await room.close();
}
