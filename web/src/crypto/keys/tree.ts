// SPDX-License-Identifier: EUPL-1.2
// The group as its tree tells it: who holds a key. Everything that is shown as present is read from here.

import { toBase64 } from './bytes';
import { type Named, readCredential } from './credential';
import type { ClientState } from './mls';

export interface Leaf extends Named {
  readonly leaf: number;
  /** The signature key, which is the device's. */
  readonly device: string;
}

/** A leaf whose credential cannot be read belongs to nobody: person 0. */
const NOBODY: Named = { person: 0, name: '' };

export function leavesOf(state: Pick<ClientState, 'ratchetTree'>): readonly Leaf[] {
  return state.ratchetTree.flatMap((node, at) =>
    node?.nodeType === 'leaf'
      ? [
          {
            ...(readCredential(node.leaf.credential) ?? NOBODY),
            leaf: at / 2,
            device: toBase64(node.leaf.signaturePublicKey),
          },
        ]
      : [],
  );
}

export const epochOf = (state: ClientState): number => Number(state.groupContext.epoch);
export const ownLeaf = (state: ClientState): number => state.privatePath.leafIndex;

export const sameLeaf = (a: Leaf, b: Leaf): boolean =>
  a.leaf === b.leaf && a.person === b.person && a.name === b.name && a.device === b.device;
