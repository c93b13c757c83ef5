// SPDX-License-Identifier: EUPL-1.2
// A worker of somebody without a key: looks at every frame that arrives, and lets it pass to the decoder.

import { codecOf, unwrap } from '../../../src/crypto/frames/envelope';
import { keyName } from '../../../src/crypto/frames/keyring';
import { readHeader, TAG_BYTES } from '../../../src/crypto/frames/sframe';

export interface Seen {
  sealed: number;
  plain: number;
}

interface SpyOptions {
  readonly sound: boolean;
  readonly leaf: number;
}

interface Frame {
  readonly data: ArrayBuffer;
  getMetadata(): { readonly mimeType?: string };
}

interface Scope {
  onrtctransform: (e: {
    readonly transformer: {
      readonly options: SpyOptions;
      readonly readable: ReadableStream<Frame>;
      readonly writable: WritableStream<Frame>;
    };
  }) => void;
  onmessage: () => void;
  postMessage(seen: { readonly sound: Seen; readonly picture: Seen }): void;
}

const scope = globalThis as unknown as Scope;
const seen = { sound: { sealed: 0, plain: 0 }, picture: { sealed: 0, plain: 0 } };

function isSealed(frame: Frame, { sound, leaf }: SpyOptions): boolean {
  const codec = sound ? 'opus' : codecOf(frame.getMetadata().mimeType);
  const body = codec === null ? undefined : unwrap(codec, new Uint8Array(frame.data))?.body;
  const head = body === undefined ? null : readHeader(body);
  if (body === undefined || head === null || body.length < head.size + TAG_BYTES) return false;
  const name = keyName(head.kid);
  return head.kid < 2 ** 16 && name.leaf === leaf && name.context === (sound ? 0 : 1);
}

scope.onrtctransform = ({ transformer: { options, readable, writable } }) => {
  const mine = options.sound ? seen.sound : seen.picture;
  const look = new TransformStream<Frame, Frame>({
    transform: (frame, out) => {
      if (frame.data.byteLength > 0) mine[isSealed(frame, options) ? 'sealed' : 'plain']++;
      out.enqueue(frame);
    },
  });
  readable
    .pipeThrough(look)
    .pipeTo(writable)
    .catch(() => undefined);
};
scope.onmessage = () => scope.postMessage(seen);
