// SPDX-License-Identifier: EUPL-1.2
// A real provider of sign-ins on a free port, behind a certificate of a test's own authority: oidc-provider, with its
// own page at which a person types a name. Invariant: it knows one client, who must use PKCE.

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Provider from 'oidc-provider';

const run = promisify(execFile);
export const secret = 'a secret with spaces & signs';

/** An authority, and a certificate by it for localhost, in `folder`. */
async function certify(folder) {
  const at = (name) => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await run('openssl', ['req', '-x509', ...key, '-days', '2', '-subj', '/CN=authority', '-keyout', at('ca.key'),
    '-out', at('ca.pem')]);
  await run('openssl', ['req', ...key, '-subj', '/CN=localhost', '-keyout', at('p.key'), '-out', at('p.csr')]);
  await writeFile(at('p.ext'), 'subjectAltName=DNS:localhost\n');
  await run('openssl', ['x509', '-req', '-in', at('p.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-days', '2',
    '-CAcreateserial', '-extfile', at('p.ext'), '-out', at('p.pem')]);
}

export class RealProvider {
  /** `redirect`: of our server. `verified`: what it says of every address. */
  static async start(folder, redirect) {
    await certify(folder);
    const p = new RealProvider();
    p.authority = join(folder, 'ca.pem');
    p.asked = [];
    p.verified = true;
    const [key, cert] = await Promise.all(['p.key', 'p.pem'].map((name) => readFile(join(folder, name))));
    p.server = createServer({ key, cert });
    await new Promise((ok) => p.server.listen(0, '127.0.0.1', ok));
    p.issuer = `https://localhost:${p.server.address().port}`;
    const provider = new Provider(p.issuer, {
      clients: [{
        client_id: 'conclave', client_secret: secret, redirect_uris: [redirect], response_types: ['code'],
        grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_basic',
      }],
      claims: { openid: ['sub'], email: ['email', 'email_verified'] },
      conformIdTokenClaims: false,
      pkce: { required: () => true, methods: ['S256'] },
      findAccount: (_, id) => ({
        accountId: id, claims: () => ({ sub: id, email: id, email_verified: p.verified }),
      }),
      cookies: { keys: ['for a test'] },
    });
    const answer = provider.callback();
    p.server.on('request', (request, response) => {
      p.asked.push(`${request.method} ${request.url.split('?')[0]}`);
      if (p.instead?.(request, response)) return;
      answer(request, response);
    });
    return p;
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((ok) => this.server.close(ok));
  }
}
