// SPDX-License-Identifier: EUPL-1.2
// The door of ts-mls: the only file that imports it, and of it only what suite 1 needs (X25519, AES-128-GCM, SHA-256,
// Ed25519, all in WebCrypto). Joining is by Welcome alone; external commits have no door here.

import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import type {
  CiphersuiteImpl,
  ClientState,
  EpochReceiverData,
  KeyPackage,
  PrivateKeyPackage,
  Proposal,
  Welcome,
} from 'ts-mls';
import { createApplicationMessage } from 'ts-mls/createMessage.js';
import { createCommit } from 'ts-mls/createCommit.js';
import { createGroup, joinGroup, makePskIndex } from 'ts-mls/clientState.js';
import { makeGenericHpke } from 'ts-mls/crypto/implementation/hpke.js';
import { makeHashImpl } from 'ts-mls/crypto/implementation/default/makeHashImpl.js';
import { makeKdfImpl } from 'ts-mls/crypto/implementation/default/makeKdfImpl.js';
import { generateKeyPackageWithKey, makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { mlsExporter } from 'ts-mls/keySchedule.js';
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js';
import { unprotectPrivateMessage } from 'ts-mls/messageProtection.js';
import { processMessage } from 'ts-mls/processMessages.js';
import { zeroOutUint8Array } from 'ts-mls/util/byteArray.js';
import { equal, sha256, view } from './bytes';
import { credential } from './credential';
import type { Identity } from './identity';
import { type Leaf, leavesOf } from './tree';

export type { ClientState, KeyPackage, Proposal };
type Incoming = Parameters<NonNullable<Parameters<typeof processMessage>[3]>>[0];
/** What a commit asks for, before it is taken. */
export type Asked = Extract<Incoming, { kind: 'commit' }>;

const SUITE = 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519';
const HPKE = { kem: 'DHKEM-X25519-HKDF-SHA256', aead: 'AES128GCM', kdf: 'HKDF-SHA256' } as const;

/** What every leaf of ours says that it understands; nothing that we do not use. */
const CAPABILITIES: Parameters<typeof generateKeyPackageWithKey>[1] = {
  versions: ['mls10'],
  ciphersuites: [SUITE],
  extensions: [],
  proposals: [],
  credentials: ['basic'],
};
/** A sitting may last into the next day: what ends a leaf is its removal, not the clock. */
const LIFETIME = { notBefore: 0n, notAfter: 2n ** 63n - 1n };

const AES = {
  async encrypt(key: Uint8Array, iv: Uint8Array, additionalData: Uint8Array, plain: Uint8Array): Promise<Uint8Array> {
    const own = await crypto.subtle.importKey('raw', view(key), 'AES-GCM', false, ['encrypt']);
    const sealed = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv: view(iv), additionalData: view(additionalData) },
      own,
      view(plain),
    );
    return new Uint8Array(sealed);
  },
  async decrypt(key: Uint8Array, iv: Uint8Array, additionalData: Uint8Array, sealed: Uint8Array): Promise<Uint8Array> {
    const own = await crypto.subtle.importKey('raw', view(key), 'AES-GCM', false, ['decrypt']);
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: view(iv), additionalData: view(additionalData) },
      own,
      view(sealed),
    );
    return new Uint8Array(plain);
  },
};

/** Suite 1. Whoever signs with it signs with the device key, whatever the library hands over as a key. */
export async function suite(identity: Identity): Promise<CiphersuiteImpl> {
  const cipherSuite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes128Gcm(),
  });
  return {
    name: SUITE,
    hash: makeHashImpl(crypto.subtle, 'SHA-256'),
    kdf: makeKdfImpl(new HkdfSha256()),
    hpke: await makeGenericHpke(HPKE, AES, cipherSuite),
    rng: { randomBytes: (n) => crypto.getRandomValues(new Uint8Array(n)) },
    signature: {
      sign: (_, message) => identity.sign(message),
      verify: async (publicKey, message, signature) => {
        const key = await crypto.subtle.importKey('raw', view(publicKey), 'Ed25519', false, ['verify']);
        return crypto.subtle.verify('Ed25519', key, view(signature), view(message));
      },
      keygen: () => Promise.reject(new Error('the device key is the only one that signs')),
    },
  };
}

/** How a state is kept: by us, checks are ours too (checks.ts), since the library's service sees one leaf at a time. */
const CONFIG: ClientState['clientConfig'] = {
  // 1, since the library keeps all for 0. What comes of former epochs is judged in group.ts.
  keyRetentionConfig: { retainKeysForGenerations: 16, retainKeysForEpochs: 1, maximumForwardRatchetSteps: 200 },
  lifetimeConfig: { maximumTotalLifetime: LIFETIME.notAfter, validateLifetimeOnReceive: false },
  keyPackageEqualityConfig: {
    compareKeyPackages: (a, b) => equal(a.leafNode.signaturePublicKey, b.leafNode.signaturePublicKey),
    compareKeyPackageToLeafNode: (a, b) => equal(a.leafNode.signaturePublicKey, b.signaturePublicKey),
  },
  // What is said is padded by us, to multiples of 256.
  paddingConfig: { kind: 'alwaysPad', paddingLength: 0 },
  authService: { validateCredential: (c) => Promise.resolve(c.credentialType === 'basic') },
};

export interface Package {
  readonly open: KeyPackage;
  readonly secret: PrivateKeyPackage;
  /** As on the wire. */
  readonly bytes: Uint8Array;
}

/** What a committer made; it counts once the server took the commit. */
export interface Made {
  readonly commit: Uint8Array;
  readonly welcome: Uint8Array | null;
  /** The next state; `former` is the present one, which may have opened messages since. */
  settle(former: ClientState): ClientState;
  tag(): Promise<Uint8Array>;
}

const NO_PSK = makePskIndex(undefined, {});

function wipe(consumed: readonly Uint8Array[]): void {
  for (const secret of consumed) if (secret instanceof Uint8Array) zeroOutUint8Array(secret);
}

/** The public half of a key package, as it came over the wire. */
export function readPackage(bytes: Uint8Array): KeyPackage | null {
  const message = decode(bytes);
  return message?.wireformat === 'mls_key_package' && message.keyPackage.cipherSuite === SUITE
    ? message.keyPackage
    : null;
}

function decode(bytes: Uint8Array): NonNullable<ReturnType<typeof decodeMlsMessage>>[0] | null {
  try {
    const [message, end] = decodeMlsMessage(bytes, 0) ?? [];
    return message !== undefined && end === bytes.length ? message : null;
  } catch {
    return null;
  }
}

export interface Opened {
  readonly state: ClientState;
  /** Whose key signed it, as the leaf stood in its epoch. */
  readonly from: Leaf;
  readonly plain: Uint8Array;
  readonly epoch: number;
}

export interface Mls {
  package(person: number, name: string): Promise<Package>;
  create(id: Uint8Array, own: Package): Promise<ClientState>;
  /** Throws when a package or the state does not allow it. */
  commit(state: ClientState, add: readonly KeyPackage[], remove: readonly number[]): Promise<Made>;
  /** Takes a commit when `judge` does; throws when it does not verify. null: judged away. */
  take(state: ClientState, commit: Uint8Array, judge: (asked: Asked) => boolean): Promise<ClientState | null>;
  /** Throws when the Welcome is not for this package, or does not verify. */
  join(welcome: Uint8Array, own: Package): Promise<ClientState>;
  seal(state: ClientState, plain: Uint8Array): Promise<{ readonly state: ClientState; readonly sealed: Uint8Array }>;
  /** Throws when it does not verify. */
  open(state: ClientState, sealed: Uint8Array): Promise<Opened>;
  /** MLS-Exporter("SFrame 1.0 Base Key", "", 16). */
  baseKey(state: ClientState): Promise<Uint8Array>;
  tag(state: ClientState): Promise<Uint8Array>;
}

type Suite = CiphersuiteImpl;

const TAG = new TextEncoder().encode('conclave-tag-1');
const tag = async (state: ClientState): Promise<Uint8Array> =>
  (await sha256(TAG, state.keySchedule.epochAuthenticator)).slice(0, 16);

async function commit(
  cs: Suite,
  state: ClientState,
  add: readonly KeyPackage[],
  remove: readonly number[],
): Promise<Made> {
  const extraProposals: Proposal[] = [
    ...remove.map((removed) => ({ proposalType: 'remove' as const, remove: { removed } })),
    ...add.map((keyPackage) => ({ proposalType: 'add' as const, add: { keyPackage } })),
  ];
  const made = await createCommit(
    { state, cipherSuite: cs },
    { wireAsPublicMessage: true, ratchetTreeExtension: true, extraProposals },
  );
  const version = 'mls10';
  return {
    commit: encodeMlsMessage(made.commit),
    welcome:
      made.welcome === undefined
        ? null
        : encodeMlsMessage({ version, wireformat: 'mls_welcome', welcome: made.welcome }),
    settle: (former: ClientState) => {
      const kept = {
        secretTree: former.secretTree,
        ratchetTree: former.ratchetTree,
        senderDataSecret: former.keySchedule.senderDataSecret,
        groupContext: former.groupContext,
        resumptionPsk: former.keySchedule.resumptionPsk,
      };
      wipe(made.consumed);
      return { ...made.newState, historicalReceiverData: new Map([[former.groupContext.epoch, kept]]) };
    },
    tag: () => tag(made.newState),
  };
}

async function take(cs: Suite, state: ClientState, bytes: Uint8Array, judge: (asked: Asked) => boolean) {
  const message = decode(bytes);
  if (message?.wireformat !== 'mls_public_message' || message.publicMessage.content.contentType !== 'commit')
    throw new Error('not a commit');
  const result = await processMessage(
    message,
    state,
    NO_PSK,
    (asked) => (asked.kind === 'commit' && judge(asked) ? 'accept' : 'reject'),
    cs,
  );
  if (result.kind !== 'newState' || result.actionTaken === 'reject') return null;
  wipe(result.consumed);
  return result.newState;
}

async function join(cs: Suite, bytes: Uint8Array, own: Package): Promise<ClientState> {
  const message = decode(bytes);
  if (message?.wireformat !== 'mls_welcome') throw new Error('not a Welcome');
  const welcome: Welcome = message.welcome;
  const mine = await makeKeyPackageRef(own.open, cs.hash);
  if (!welcome.secrets.some((s) => equal(s.newMember, mine))) throw new Error('a Welcome for somebody else');
  return joinGroup(welcome, own.open, own.secret, NO_PSK, cs, undefined, undefined, CONFIG);
}

/** What opens the messages of an epoch: the present one, or the one before. */
function receiver(state: ClientState, epoch: bigint): EpochReceiverData | undefined {
  if (epoch !== state.groupContext.epoch) return state.historicalReceiverData.get(epoch);
  const { secretTree, ratchetTree, groupContext, keySchedule } = state;
  const { senderDataSecret, resumptionPsk } = keySchedule;
  return { secretTree, ratchetTree, groupContext, senderDataSecret, resumptionPsk };
}

/** The library's own way in does not say who sent a message; this one is what it uses inside. */
async function open(cs: Suite, state: ClientState, sealed: Uint8Array): Promise<Opened> {
  const message = decode(sealed);
  if (message?.wireformat !== 'mls_private_message') throw new Error('not a private message');
  const { privateMessage } = message;
  const { epoch } = privateMessage;
  const data = receiver(state, epoch);
  if (data === undefined) throw new Error('of an epoch that is not kept');
  if (!equal(privateMessage.groupId, state.groupContext.groupId)) throw new Error('of another group');
  const { content, tree, consumed } = await unprotectPrivateMessage(
    data.senderDataSecret,
    privateMessage,
    data.secretTree,
    data.ratchetTree,
    data.groupContext,
    CONFIG.keyRetentionConfig,
    cs,
  );
  const framed = content.content;
  if (framed.contentType !== 'application' || framed.sender.senderType !== 'member')
    throw new Error('not an application message');
  const { leafIndex } = framed.sender;
  const from = leavesOf(data).find((l) => l.leaf === leafIndex);
  if (from === undefined) throw new Error('from nobody');
  wipe(consumed);
  const next =
    epoch === state.groupContext.epoch
      ? { ...state, secretTree: tree }
      : { ...state, historicalReceiverData: new Map([[epoch, { ...data, secretTree: tree }]]) };
  return { state: next, from, plain: framed.applicationData, epoch: Number(epoch) };
}

async function seal(cs: Suite, state: ClientState, plain: Uint8Array) {
  const { newState, privateMessage, consumed } = await createApplicationMessage(state, plain, cs);
  wipe(consumed);
  const sealed = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage });
  return { state: newState, sealed };
}

export async function mls(identity: Identity): Promise<Mls> {
  const cs = await suite(identity);
  // The library wants bytes where a key belongs; the suite signs with the handle instead.
  const signer = { signKey: new Uint8Array(), publicKey: identity.device };
  return {
    async package(person, name) {
      const own = await generateKeyPackageWithKey(credential(person, name), CAPABILITIES, LIFETIME, [], signer, cs);
      const wireformat = 'mls_key_package';
      const bytes = encodeMlsMessage({ version: 'mls10', wireformat, keyPackage: own.publicPackage });
      return { open: own.publicPackage, secret: own.privatePackage, bytes };
    },
    create: (id, own) => createGroup(id, own.open, own.secret, [], cs, CONFIG),
    commit: (state, add, remove) => commit(cs, state, add, remove),
    take: (state, bytes, judge) => take(cs, state, bytes, judge),
    join: (welcome, own) => join(cs, welcome, own),
    seal: (state, plain) => seal(cs, state, plain),
    open: (state, sealed) => open(cs, state, sealed),
    baseKey: (state) =>
      mlsExporter(state.keySchedule.exporterSecret, 'SFrame 1.0 Base Key', new Uint8Array(), 16, cs),
    tag,
  };
}
