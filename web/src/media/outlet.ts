// SPDX-License-Identifier: EUPL-1.2
// What leaves by one line: the track that the person switched on, in those of its layers that somebody is being sent.
// Invariant: whatever the server says, nothing leaves that the person did not switch on: it may only leave layers out.

/** The part of an RTCRtpSender that this needs. */
export interface Line {
  readonly track: MediaStreamTrack | null;
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
  getParameters(): RTCRtpSendParameters;
  setParameters(parameters: RTCRtpSendParameters): Promise<void>;
}

export interface Outlet {
  set(track: MediaStreamTrack | null): Promise<void>;
  /** Layers from 1, the smallest; until this was called, all. */
  watched(layers: readonly number[]): Promise<void>;
  /** At most so many pictures a second; null: as many as the layers were laid for. */
  rate(most: number | null): Promise<void>;
}

export function outlet(line: Line): Outlet {
  let layers: readonly number[] | null = null;
  let most: number | null = null;
  let laid: readonly (number | undefined)[] | null = null;
  let turn: Promise<void> = Promise.resolve();

  /** Parameters that were read are good for one writing, so that one change waits for the other. */
  function inTurn(change: () => Promise<void>): Promise<void> {
    const mine = turn.then(change);
    turn = mine.catch(() => undefined);
    return mine;
  }

  /** A line whose camera is off: Firefox would go on to send a picture a second of it (measured). */
  async function settle(): Promise<void> {
    const parameters = line.getParameters();
    const on = line.track !== null;
    const rates = (laid ??= parameters.encodings.map((e) => e.maxFramerate));
    const wanted = parameters.encodings.map((_, i) => ({
      active: on && (layers === null || layers.includes(i + 1)),
      rate: most === null ? rates[i] : Math.min(most, rates[i] ?? most),
    }));
    const isSo = (e: RTCRtpEncodingParameters, i: number): boolean =>
      e.active === wanted[i]?.active && e.maxFramerate === wanted[i]?.rate;
    if (parameters.encodings.every(isSo)) return;
    parameters.encodings.forEach((e, i) => {
      e.active = wanted[i]?.active === true;
      if (wanted[i]?.rate === undefined) delete e.maxFramerate;
      else e.maxFramerate = wanted[i].rate;
    });
    await line.setParameters(parameters);
  }

  return {
    set: (track) =>
      inTurn(async () => {
        await line.replaceTrack(track);
        await settle();
      }),
    watched: (now) => {
      layers = now;
      return inTurn(settle);
    },
    rate: (now) => {
      most = now;
      return inTurn(settle);
    },
  };
}
