// SPDX-License-Identifier: EUPL-1.2
// The code worker: scrypt and nothing else. The keys worker would be deaf for as long as it takes (0.3 s, more on a
// slow machine): whoever is let in meanwhile would wait for their keys. The page lays a port between the two.

import { roomCode } from '../keys/code';
import type { Coded } from './code';

const scope = globalThis as unknown as { onmessage: ((e: MessageEvent<MessagePort>) => void) | null };

scope.onmessage = ({ data: keys }) => {
  const answer = (coded: Coded): void => keys.postMessage(coded);
  keys.onmessage = ({ data }: MessageEvent<Uint8Array>) => {
    roomCode(data).then((code) => answer({ code }), () => answer({ code: null }));
  };
};
