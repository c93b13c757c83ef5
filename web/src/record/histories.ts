// SPDX-License-Identifier: EUPL-1.2
// The proof that a server signed two histories of one meeting: both checkpoints, the keys, and, when they are of
// different sizes, the hashes that show which beginning the longer one has. It stands alone: `conclavectl log verify`
// confirms it without a server (server/proof/histories.h). Pure.

export interface TwoHistories {
  readonly server: string;
  /** Its first key, in base64. */
  readonly key: string;
  readonly meeting: string;
  /** The key from which the notes of `epochs` go on. */
  readonly epoch: number;
  readonly signer: string;
  readonly epochs: readonly { readonly note: string }[];
  /** The checkpoint that is no beginning of the second, or contradicts it. */
  readonly first: string;
  readonly second: string;
  /** The root of the second's beginning of that size, and the proof that it is; empty when both are of one size. */
  readonly beginning: string;
  readonly hashes: string;
}

export function twoHistories(t: TwoHistories): string {
  const { server, key, meeting, epoch, signer, first, second, beginning, hashes } = t;
  const epochs = t.epochs.map(({ note }) => ({ note }));
  const format = 'conclave two histories 1';
  const file = { format, server, key, meeting, epoch, signer, epochs, first, second, beginning, hashes };
  return `${JSON.stringify(file, null, 1)}\n`;
}
