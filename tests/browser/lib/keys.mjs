// SPDX-License-Identifier: EUPL-1.2
// The client's own keys in Node, repaired library included, as the client's build makes them. In the browser tests.

const web = new URL('../../../web/', import.meta.url);

/** { Member, identity, memory, toBase64, …, close }: web/src/crypto/keys. */
export async function keys() {
  const { createServer } = await import(new URL('node_modules/vite/dist/node/index.js', web));
  const vite = await createServer({
    root: web.pathname, configFile: new URL('vite.config.ts', web).pathname, logLevel: 'error',
    appType: 'custom', server: { middlewareMode: true, watch: null, hmr: false, ws: false },
    optimizeDeps: { noDiscovery: true }, ssr: { noExternal: true },
  });
  const parts = ['member', 'identity', 'bytes', 'code', 'roster', 'invitation'];
  const loaded = await Promise.all(parts.map((name) => vite.ssrLoadModule(`/src/crypto/keys/${name}.ts`)));
  return { ...Object.assign({}, ...loaded), close: () => vite.close() };
}
