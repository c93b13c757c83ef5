// SPDX-License-Identifier: EUPL-1.2
// Who a leaf says it is: a basic credential whose identity is {"person":ID,"name":"NAME"} in UTF-8, written in exactly
// one way, so that two readings of it cannot differ.

export interface Named {
  readonly person: number;
  readonly name: string;
}

/** UTF-16 units: the server lets a name have 120 characters. */
export const NAME_UNITS = 240;

const write = ({ person, name }: Named): Uint8Array => new TextEncoder().encode(JSON.stringify({ person, name }));

export function credential(person: number, name: string): { credentialType: 'basic'; identity: Uint8Array } {
  return { credentialType: 'basic', identity: write({ person, name }) };
}

/** null: not a credential of ours, or not written as we write it. */
export function readCredential(c: object): Named | null {
  if (!('credentialType' in c) || c.credentialType !== 'basic') return null;
  if (!('identity' in c) || !(c.identity instanceof Uint8Array)) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(c.identity);
    const { person, name } = JSON.parse(text) as { readonly person?: unknown; readonly name?: unknown };
    if (typeof person !== 'number' || !Number.isSafeInteger(person) || person < 1) return null;
    if (typeof name !== 'string' || name.length === 0 || name.length > NAME_UNITS) return null;
    return text === JSON.stringify({ person, name }) ? { person, name } : null;
  } catch {
    return null;
  }
}
