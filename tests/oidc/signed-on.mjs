// SPDX-License-Identifier: EUPL-1.2
// A conclaved with its conclave-fetch in its sandbox, and oidc-provider beside it. The provider's certificate is of an
// authority that only this configuration names. Invariant: both end together.

import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from '../wire/lib/server.mjs';
import { RealProvider, secret } from './provider.mjs';

export class SignedOn extends Server {
  /** The configuration is complete before the server is started. `home`: by which people reach it. */
  async prepare() {
    await super.prepare();
    this.home ??= this.origin;
    this.folder = await mkdtemp(join(tmpdir(), 'conclave-oidc-'));
    this.provider = await RealProvider.start(this.folder, `${this.home}/`);
    await writeFile(join(this.folder, 'secret'), `${secret}\n`, { mode: 0o600 });
    await appendFile(this.config, [
      `oidc_issuer = ${this.provider.issuer}`, 'oidc_client_id = conclave',
      `oidc_secret_file = ${join(this.folder, 'secret')}`, `oidc_ca_file = ${this.provider.authority}`, '',
    ].join('\n'));
  }

  async stop() {
    try {
      await super.stop();
    } finally {
      await this.provider.stop();
      await rm(this.folder, { recursive: true, force: true });
    }
  }
}
