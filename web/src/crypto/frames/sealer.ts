// SPDX-License-Identifier: EUPL-1.2
// One frame in, the same frame sealed out, or the reason why it goes nowhere.
// Invariant: a frame comes back as `sealed` only after its bytes were replaced by sealed ones.

import { type Codec, codecOf, framing, split } from './envelope';
import type { Keyring } from './keyring';
import { CONTEXTS, type SealCount, type Unsealed } from './messages';
import { encrypt, header, join, TAG_BYTES } from './sframe';
import type { SourceName } from '../../wire/messages';

/** Of RTCEncodedAudioFrame and RTCEncodedVideoFrame what is needed here. */
export interface Frame {
  data: ArrayBuffer;
  readonly type?: string;
  getMetadata(): { readonly mimeType?: string };
}

export interface Sealer {
  seal(frame: Frame): Promise<'sealed' | Unsealed>;
  count(): SealCount;
}

/** Only Opus is negotiated for sound, and nothing of it stays clear. Pictures may change their codec at any time. */
export function codecIn(frame: Frame, sound: boolean): Codec | null {
  const codec = sound ? 'opus' : codecOf(frame.getMetadata().mimeType);
  return sound || codec !== 'opus' ? codec : null;
}

export function sealer(source: SourceName, ring: Keyring): Sealer {
  const context = CONTEXTS[source];
  const sound = source === 'microphone' || source === 'screen_sound';
  const failed: Partial<Record<Unsealed, number>> = {};
  let sealed = 0;

  async function attempt(frame: Frame): Promise<'sealed' | Unsealed> {
    const data = new Uint8Array(frame.data);
    if (data.length === 0) return 'empty'; // silence that is not sent; sealed it would be
    const codec = codecIn(frame, sound);
    if (codec === null) return 'codec';
    const mine = await ring.sealing(context);
    if (typeof mine === 'string') return mine;
    const { clear, body } = split(codec, frame.type === 'key', data);
    const head = header(mine.kid, mine.counter);
    const secret = await encrypt(mine.key, mine.counter, join(head, clear), body);
    const between = framing(codec, head.length + body.length + TAG_BYTES);
    frame.data = join(clear, between, head, secret).buffer;
    return 'sealed';
  }

  return {
    seal: async (frame) => {
      const verdict = await attempt(frame).catch((): Unsealed => 'broken');
      if (verdict === 'sealed') sealed++;
      else failed[verdict] = (failed[verdict] ?? 0) + 1;
      return verdict;
    },
    count: () => ({ direction: 'seal', sealed, failed: { ...failed } }),
  };
}
