// SPDX-License-Identifier: EUPL-1.2
// A person at the provider's page, whose browser follows redirects and keeps cookies, until it is sent back to us.

import { request } from 'node:https';

function get(url, { method = 'GET', body, cookies }) {
  return new Promise((ok, no) => {
    const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
    const q = request(url, { method, headers, rejectUnauthorized: false, agent: false }, (response) => {
      let text = '';
      response.on('data', (part) => (text += part));
      response.on('end', () => {
        for (const one of response.headers['set-cookie'] ?? []) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(one);
          cookies.set(name, value);
        }
        ok({ status: response.statusCode, location: response.headers.location, text });
      });
    });
    q.on('error', no);
    q.end(body);
  });
}

/** Signs in as `name`, agrees to everything, and yields the address to which the provider sends the browser back. */
export async function signInAt(start, name, home) {
  const cookies = new Map();
  let url = start;
  for (let steps = 0; steps < 12; steps++) {
    let answer = await get(url, { cookies });
    if (answer.status === 200) {
      // Its page has one form: for a name and a password, or to agree.
      const action = /<form[^>]*action="([^"]+)"/.exec(answer.text)[1];
      const prompt = /name="prompt" value="(\w+)"/.exec(answer.text)[1];
      const body = new URLSearchParams(prompt === 'login' ? { prompt, login: name, password: 'any' } : { prompt });
      answer = await get(new URL(action, url), { method: 'POST', body: body.toString(), cookies });
    }
    if (!answer.location) throw new Error(`the provider says ${answer.status}: ${answer.text.slice(0, 400)}`);
    url = new URL(answer.location, url).href;
    if (url.startsWith(home)) return new URL(url).searchParams;
  }
  throw new Error('the provider sends in circles');
}
