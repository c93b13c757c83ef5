// SPDX-License-Identifier: EUPL-1.2
// The code worker: scrypt and nothing else. Started by the keys worker, which would be deaf for as long as it takes
// (0.3 s, more on a slow machine): whoever is let in meanwhile would wait for their keys.

import { roomCode } from '../keys/code';
import type { Coded } from './code';

const scope = globalThis as unknown as {
  postMessage(message: Coded): void;
  onmessage: ((e: MessageEvent<Uint8Array>) => void) | null;
};

scope.onmessage = ({ data }) => {
  roomCode(data).then(
    (code) => scope.postMessage({ code }),
    () => scope.postMessage({ code: null }),
  );
};
