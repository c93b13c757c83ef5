// SPDX-License-Identifier: EUPL-1.2
// Members of one MLS group, driven straight through the library: no server, no checks of ours. For the tests of the
// library itself.

import type {
  CiphersuiteImpl,
  ClientState,
  KeyPackage,
  MLSMessage,
  PrivateKeyPackage,
  Proposal,
  Welcome,
} from 'ts-mls';
import type { Library } from './mls';

export interface Member {
  readonly name: string;
  state: ClientState;
}

export interface Package {
  readonly publicPackage: KeyPackage;
  readonly privatePackage: PrivateKeyPackage;
}

export interface Done {
  readonly commit: MLSMessage;
  readonly welcome: Welcome | undefined;
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export class Party {
  readonly members: Member[] = [];
  private made = 0;
  private constructor(
    readonly mls: Library,
    readonly suite: CiphersuiteImpl,
  ) {}

  static async open(mls: Library): Promise<Party> {
    const suite = await mls.getCiphersuiteImpl(
      mls.getCiphersuiteFromName('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519'),
    );
    const party = new Party(mls, suite);
    const own = await party.package();
    const state = await mls.createGroup(new Uint8Array(16), own.publicPackage, own.privatePackage, [], suite);
    party.members.push({ name: 'm0', state });
    return party;
  }

  async package(): Promise<Package> {
    this.made += 1;
    const credential = { credentialType: 'basic' as const, identity: new TextEncoder().encode(`m${this.made}`) };
    const { mls } = this;
    return mls.generateKeyPackage(credential, mls.defaultCapabilities(), mls.defaultLifetime, [], this.suite);
  }

  leaf = (member: Member): number => member.state.privatePath.leafIndex;

  /** A commit of `by`, which takes its new state at once. */
  async commit(by: Member, extraProposals: Proposal[], wireAsPublicMessage = true): Promise<Done> {
    const made = await this.mls.createCommit(
      { state: by.state, cipherSuite: this.suite },
      { wireAsPublicMessage, extraProposals, ratchetTreeExtension: true },
    );
    by.state = made.newState;
    return { commit: made.commit, welcome: made.welcome };
  }

  async receive(member: Member, commit: MLSMessage): Promise<void> {
    const { mls } = this;
    if (commit.wireformat !== 'mls_public_message' && commit.wireformat !== 'mls_private_message')
      throw new Error('not a commit');
    const result = await mls.processMessage(commit, member.state, mls.emptyPskIndex, mls.acceptAll, this.suite);
    member.state = result.newState;
  }

  async join(welcome: Welcome, own: Package): Promise<Member> {
    const { mls } = this;
    const state = await mls.joinGroup(welcome, own.publicPackage, own.privatePackage, mls.emptyPskIndex, this.suite);
    const member = { name: `m${this.made}`, state };
    this.members.push(member);
    return member;
  }

  add = (own: Package): Proposal => ({ proposalType: 'add', add: { keyPackage: own.publicPackage } });
  cut = (member: Member): Proposal => ({ proposalType: 'remove', remove: { removed: this.leaf(member) } });

  /** What everybody's key schedule says of this epoch; equal for all, or the group has come apart. */
  authenticators(): string[] {
    return [...new Set(this.members.map((m) => hex(m.state.keySchedule.epochAuthenticator)))];
  }

  /** Someone new comes in. */
  async grow(by: Member): Promise<Member> {
    const own = await this.package();
    const { commit, welcome } = await this.commit(by, [this.add(own)]);
    for (const m of this.members) if (m !== by) await this.receive(m, commit);
    if (welcome === undefined) throw new Error('no welcome');
    return this.join(welcome, own);
  }
}
