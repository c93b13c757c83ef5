// SPDX-License-Identifier: EUPL-1.2
// Passkeys: the browser's own ceremonies, with their bytes in base64url. The glue is ours because the server gives
// three fields and takes five: a library for it would be larger than what it replaces.

import type { PasskeyOffer } from './api';

const PATIENCE_MS = 120_000;

export interface Made {
  readonly id: string;
  readonly clientDataJSON: string;
  readonly attestationObject: string;
}

export interface Shown {
  readonly id: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly userHandle: string | null;
}

/** Why there is no credential: stopped by the person or in time, this device has one already, or it cannot. */
export type NoKey = 'stopped' | 'already' | 'cannot';

export function encode(bytes: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
}

export function canPasskey(): boolean {
  return 'PublicKeyCredential' in window;
}

function reason(e: unknown): NoKey {
  const name = e instanceof Error ? e.name : '';
  if (name === 'InvalidStateError') return 'already';
  return name === 'NotAllowedError' || name === 'AbortError' ? 'stopped' : 'cannot';
}

export async function make(offer: PasskeyOffer): Promise<Made | NoKey> {
  try {
    const made = await navigator.credentials.create({
      publicKey: {
        challenge: decode(offer.challenge),
        rp: offer.rp,
        user: { ...offer.user, id: decode(offer.user.id) },
        pubKeyCredParams: offer.algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: offer.exclude.map((id) => ({ type: 'public-key', id: decode(id) })),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        timeout: PATIENCE_MS,
      },
    });
    if (!(made instanceof PublicKeyCredential)) return 'cannot';
    const answer = made.response as AuthenticatorAttestationResponse;
    return {
      id: made.id,
      clientDataJSON: encode(answer.clientDataJSON),
      attestationObject: encode(answer.attestationObject),
    };
  } catch (e) {
    return reason(e);
  }
}

export async function show(challenge: string, rp: string): Promise<Shown | NoKey> {
  try {
    const shown = await navigator.credentials.get({
      publicKey: { challenge: decode(challenge), rpId: rp, userVerification: 'required', timeout: PATIENCE_MS },
    });
    if (!(shown instanceof PublicKeyCredential)) return 'cannot';
    const answer = shown.response as AuthenticatorAssertionResponse;
    return {
      id: shown.id,
      clientDataJSON: encode(answer.clientDataJSON),
      authenticatorData: encode(answer.authenticatorData),
      signature: encode(answer.signature),
      userHandle: answer.userHandle === null ? null : encode(answer.userHandle),
    };
  } catch (e) {
    return reason(e);
  }
}
