// SPDX-License-Identifier: EUPL-1.2
// All that the pages for accounts and administration know. Plain data; update.ts alone makes a new one of it.

import type { Language } from '../state';
import type {
  Admin, AdminBody, Body, EnrolLink, Enrolment, Invitation, Me, MyMeeting, Overview, Path, Refusal, Retention,
  RosterPerson, SecurityEvent, Session, User,
} from './api';
import type { NoKey } from './passkey';

export interface State {
  readonly language: Language;
  /** Of the passkey that is being made, by who is signed in. */
  readonly label: string;
  /** This browser knows passkeys. */
  readonly canPasskey: boolean;
  /** What is waited for: one thing at a time. `key`: the person, at the authenticator. */
  readonly asking: Path | 'key' | 'files' | null;
  readonly trouble: Trouble | null;
  /** What has just succeeded and is not to be seen otherwise. */
  readonly done: Done | null;
  readonly gate: Gate;
  /** The provider of the house can be asked who this is. */
  readonly provider: boolean;
  /** What it answered, when it has just sent the browser back to us; `no`: that it signed nobody in. */
  readonly back: Back | 'no' | null;
  /** The administration took this person's earlier credentials away, and they have not read it yet. */
  readonly reset: boolean;
  readonly page: Page;
}

/** As it stood in the address, unread: the server alone knows what it is worth. */
export interface Back {
  readonly code: string;
  readonly state: string;
  readonly iss: string | null;
}

export type Trouble =
  | { readonly what: 'refused'; readonly path: Path; readonly refusal: Refusal }
  | { readonly what: 'key'; readonly why: NoKey }
  /** The provider of the house signed nobody in. */
  | { readonly what: 'provider' }
  /** A field of a form, by its name, that cannot be sent as it is. */
  | { readonly what: 'form'; readonly field: string; readonly why: FormWrong };

export type FormWrong =
  | 'empty' | 'email' | 'code' | 'password-short' | 'password-different' | 'moment' | 'past' | 'days'
  | 'no-items' | 'kept' | 'large' | 'unkept';

export type Done =
  | 'copied' | 'saved' | 'passkey-added' | 'passkey-removed' | 'session-ended' | 'signed-out' | 'changed';

export type Way = 'passkey' | 'password' | 'recovery';

/** Who is at the door. `free`: this page asks nobody who they are. `renew`: came by a recovery code. */
export type Gate =
  | { readonly name: 'free' }
  | { readonly name: 'asking' }
  | { readonly name: 'closed'; readonly way: Way }
  | { readonly name: 'renew'; readonly left: number }
  | { readonly name: 'open' };

export type Page = Home | Enrol | Convene | Administration | Integrity;

export interface Home {
  readonly name: 'home';
  readonly part: 'meetings' | 'keys';
  readonly me: Me | null;
  readonly meetings: readonly MyMeeting[] | null;
  /** From /?meeting=ID: entered as soon as one is signed in. */
  readonly target: string | null;
  /** The passkey to be removed, once confirmed. */
  readonly removing: number | null;
  /** Where this person is signed in; asked for when the keys are shown. */
  readonly sessions: readonly Session[] | null;
}

export interface Enrol {
  readonly name: 'enrol';
  readonly token: string | null;
  readonly step: EnrolStep;
  readonly who: Enrolment | null;
  readonly app: { readonly otpauth: string; readonly secret: string } | null;
  readonly codes: readonly string[];
}
export type EnrolStep = 'opening' | 'welcome' | 'password' | 'codes' | 'ready';

export interface Convene {
  readonly name: 'convene';
  /** From ?meeting=ID: new links for a meeting that was convened before. */
  readonly again: string | null;
  readonly me: Me | null;
  /** The numbers of the rows of the form. */
  readonly items: readonly number[];
  readonly guests: readonly number[];
  readonly next: number;
  /** The body that is chosen in the form, and who of its members may stand in for the chair; null: not known yet. */
  readonly members: { readonly body: string; readonly people: readonly Substitute[] | null } | null;
  readonly result: Convened | null;
  /** The body whose list is asked for, and the list that was shown last. */
  readonly looking: string | null;
  readonly roster: BodyList | null;
}

export interface Substitute {
  readonly email: string;
  readonly name: string;
}

export interface ListedDevice {
  readonly key: string;
  readonly print: string;
  /** Not in what this clerk signed before. */
  readonly fresh: boolean;
}

export interface ListedPerson extends Omit<RosterPerson, 'devices'> {
  /** The clerk names this member to stand in for the chair. */
  readonly substitute: boolean;
  readonly devices: readonly ListedDevice[];
}

/** A body's members, as the clerk's key signs them. `print`: six groups of five digits of that key. */
export interface BodyList {
  readonly id: string;
  readonly name: string;
  readonly standing: 'none' | 'same' | 'changed' | 'other-key' | 'forged';
  readonly print: string;
  readonly people: readonly ListedPerson[];
}

/** What the invitations are of. */
export interface Convened {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly starts: string;
  /** Who stands in for the chair, by address. */
  readonly substitute: string | null;
  readonly invitations: readonly Invitation[];
  /** The clerk's signature stands in their links. */
  readonly signed: boolean;
  /** Whose QR code is shown, by address. */
  readonly shown: string | null;
}

export const SECTIONS = ['overview', 'bodies', 'users', 'admins', 'retention', 'security'] as const;
export type Section = (typeof SECTIONS)[number];

export interface Administration {
  readonly name: 'admin';
  readonly section: Section;
  readonly me: Me | null;
  readonly overview: Overview | null;
  readonly bodies: readonly AdminBody[] | null;
  readonly users: readonly User[] | null;
  readonly admins: readonly Admin[] | null;
  readonly retention: Retention | null;
  readonly events: readonly SecurityEvent[] | null;
  /** Shown once, until another section is opened. */
  readonly links: readonly EnrolLink[];
  /** Whose link is asked for. */
  readonly asked: { readonly email: string; readonly name: string } | null;
  /** Waits for a confirmation. */
  readonly confirming: Confirmed | null;
}

/** What an administrator does only after having been asked again. */
export type Confirmed =
  | { readonly act: 'close-user' | 'reset-user' | 'close-admin'; readonly email: string }
  | { readonly act: 'end-meeting'; readonly meeting: string; readonly body: string };

export interface Integrity {
  readonly name: 'integrity';
  readonly files: readonly Checked[] | null;
}

export interface Checked {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** What this browser got; null: not looked at yet; empty: it could not be fetched. */
  readonly found: string | null;
}

/** Whose clerk a person is. */
export function clerkOf(me: Me | null): readonly Body[] {
  return me === null ? [] : me.bodies.filter((body) => body.office === 'clerk');
}
