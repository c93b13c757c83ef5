// SPDX-License-Identifier: EUPL-1.2
// The door of Trusted Types through which the workers are started: files of our own origin, and nothing else.
// The server's policy names it (`trusted-types lit-html conclave-worker`).

interface Policy {
  createScriptURL(address: string): string;
}

interface Factory {
  createPolicy(name: string, rules: Policy): Policy;
}

/** Refuses whatever is not ours: `blob:`, `data:`, another host. */
export function ownScript(address: string, base: string): string {
  const url = new URL(address, base);
  if (url.origin !== new URL(base).origin || !/^https?:$/.test(url.protocol))
    throw new TypeError('a worker from elsewhere');
  return url.href;
}

let policy: Policy | undefined;

/** `address` from `import address from './worker.ts?worker&url'`. */
export function startWorker(address: string, name: string): Worker {
  const factory = (globalThis as { readonly trustedTypes?: Factory }).trustedTypes;
  const rules = { createScriptURL: (given: string): string => ownScript(given, location.href) };
  policy ??= factory?.createPolicy('conclave-worker', rules) ?? rules;
  return new Worker(policy.createScriptURL(address), { type: 'module', name });
}
