// SPDX-License-Identifier: EUPL-1.2
// A page of somebody else's, in the same browser: it asks what such a page can ask, by forms and by fetch().
// Invariant: its cookies are the browser's own choice; nothing is added.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** Every address that changes something, or tells something: all of them take POST. */
export function addresses() {
  const table = readFileSync(new URL('../../../server/hall/requests.c', import.meta.url), 'utf8');
  return [...table.matchAll(/ REQUEST\("([a-z/-]+)"/g)].map(([, path]) => `/api/${path}`);
}

/** In the browser: a form that takes the page away. */
function submit([address, kind]) {
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action: address, enctype: kind });
  const field = document.createElement('input');
  Object.assign(field, { name: '{"a":"', value: '"}' }); // in text/plain "name=value" makes a body that is JSON
  form.append(field);
  document.body.append(form);
  form.submit();
}

/** Likewise: by fetch(), without asking beforehand and with; how many answers the page may read. */
async function fetchAll(all) {
  const ask = (address, mode, kind) =>
    fetch(address, { method: 'POST', mode, credentials: 'include', headers: { 'Content-Type': kind }, body: '{}' })
      .then((answer) => answer.type !== 'opaque', () => false);
  const read = await Promise.all(all.flatMap((address) => [
    ask(address, 'no-cors', 'text/plain'), ask(address, 'no-cors', 'application/x-www-form-urlencoded'),
    ask(address, 'cors', 'application/json'),
  ]));
  return read.filter(Boolean).length;
}

/** The status that a form got at `origin`, for each address; `read`: how many answers to fetch() the page got to see.
 *  What those were only the browser knows, which keeps them from the page (Cross-Origin-Resource-Policy). */
export async function foreign(browser, origin, paths) {
  const site = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end('<!doctype html><body>'));
  await new Promise((ok) => site.listen(0, '127.0.0.1', ok));
  const page = await browser.newPage();
  const statuses = new Map();
  const note = (response) => {
    const { origin: from, pathname } = new URL(response.url());
    if (from === origin && response.request().method() === 'POST') statuses.set(pathname, response.status());
  };
  page.on('response', note);
  try {
    const here = `http://elsewhere.localhost:${site.address().port}/`;
    for (const [n, path] of paths.entries()) {
      await page.goto(here);
      const kind = n % 2 ? 'text/plain' : 'application/x-www-form-urlencoded';
      await Promise.all([page.waitForURL(origin + path), page.evaluate(submit, [origin + path, kind])]);
    }
    await page.goto(here);
    const read = await page.evaluate(fetchAll, paths.map((path) => origin + path));
    return { statuses, read };
  } finally {
    await page.close();
    site.closeAllConnections();
    await new Promise((ok) => site.close(ok));
  }
}
