// SPDX-License-Identifier: EUPL-1.2
// Which sample shows what a design draws: the design's file, its state, and the product's drawing of the same. For the
// page of tests/shots, which says why some have none (tests/shots/DIFFERENCES.md).

/** Where a sample is drawn: the room's gallery, the gallery of the pages, or the report's own page. */
export type Stage = 'room' | 'pages' | 'report';

export interface Screen {
  readonly design: string;
  /** The design's state; empty where it has only one. */
  readonly state: string;
  readonly stage: Stage;
  /** null: the product does not have it. */
  readonly sample: string | null;
}

type Pairs = Readonly<Record<string, string | null>>;

function of(design: string, stage: Stage, pairs: Pairs): readonly Screen[] {
  return Object.entries(pairs).map(([state, sample]) => ({ design, state, stage, sample }));
}

export const SCREENS: readonly Screen[] = [
  ...of('sign-in', 'pages', { start: 'sign-in', wachtwoord: 'sign-in-password', fout: 'sign-in-refused' }),
  ...of('sign-in', 'room', { uitnodiging: 'lobby-off' }),
  ...of('enrol', 'pages', {
    naam: 'enrol', sleutel: 'enrol', bevestig: null, tweede: null, 'tweede-toestel': null, herstel: 'enrol-codes',
    klaar: 'enrol-ready', sleutels: 'keys',
  }),
  ...of('meetings', 'pages', { vandaag: 'meetings', leeg: 'meetings-later' }),
  ...of('lobby', 'room', { klaar: 'lobby', wachten: 'lobby-waiting' }),
  ...of('guest', 'room', {
    vooraf: 'lobby-guest', zometeen: 'lobby-guest-waiting', binnen: 'agenda-guest', bijna: null, afscheid: 'lobby-out',
  }),
  ...of('room', 'room', { '': 'grid-13' }),
  ...of('room-speaker', 'room', { '': 'room-share' }),
  ...of('grid', 'room', {
    twee: 'room-2', zes: 'grid-pins', vijfentwintig: 'grid-25', vijfenvijftig: 'grid-55', zuinig: 'grid-low',
    wie: 'dialog-unseen',
  }),
  ...of('chat', 'room', { lijst: 'room-messages', prive: 'room-thread', fractie: null }),
  ...of('caucus', 'room', {
    kiezen: 'room-messages', uitnodiging: 'room-thread-asked', overleg: 'room-thread', anderen: 'room-cannot-follow',
    hervat: null, terug: null,
  }),
  ...of('verify', 'room', {
    vergelijk: 'room-code-new', voorlezen: 'room-code-chair', bevestigd: 'room', anders: 'room-code-different',
  }),
  ...of('clerk', 'room', {
    toelaten: 'room-clerk', dempen: 'dialog-mute', verwijderen: 'dialog-remove-member', schorsen: 'dialog-suspend',
    rechten: 'dialog-help',
  }),
  ...of('chair', 'room', {
    woord: 'room-floor-chair', terugnemen: 'dialog-withdraw', verwijdering: 'room-removal', code: 'room-code-chair',
    schorsen: 'dialog-suspend', sluiten: null, verklaring: 'room-alone-asked',
    verklaringen: 'agenda-closed-chair', stemming: null, taken: null,
  }),
  ...of('muted', 'room', {
    gedempt: 'room-muted', anderen: 'room-muted-others', woord: 'room-withdrawn', camera: 'room-asked',
    acht: 'room-unheard',
  }),
  ...of('suspended', 'room', {
    geschorst: 'room-suspended', leiding: 'room-suspended-chair', voorbij: null, hervat: 'room',
  }),
  ...of('recuse', 'room', {
    knop: 'agenda-closed', melden: 'dialog-recuse', raad: 'dialog-note-recusal-chair', betwist: 'dialog-note-recusal',
    'betwist-vraag': null, terug: null, terugkeer: 'aside',
  }),
  ...of('recused', 'room', { '': 'aside' }),
  ...of('fault', 'room', {
    melden: 'dialog-fault', gemeld: 'room-fault', onderbroken: 'room-fault-clerk', opheffen: 'dialog-clear-fault',
    opgeheven: null,
  }),
  ...of('vote', 'room', { stem: null, oproep: null, geheim: null, bewijs: null, uitslag: null, resultaat: null }),
  ...of('report', 'report', { intact: 'whole', gebroken: 'broken' }),
  ...of('admin', 'pages', {
    gezondheid: 'admin', gebruikers: 'admin-users', beleid: 'admin-retention', backups: null, certificaat: 'admin',
  }),
  ...of('settings', 'room', {
    toestellen: 'dialog-settings', ondertitels: 'dialog-settings-captions', sneltoetsen: 'dialog-settings-keys',
    weergave: 'dialog-settings-display', meldingen: 'dialog-settings-news', hulp: 'dialog-help', meer: 'dialog-more',
  }),
  ...of('settings', 'pages', { integriteit: 'integrity' }),
  ...of('states', 'room', {
    browser: 'problem-browser', camera: 'lobby-trouble', gedaan: 'over-ended', gedempt: 'room-muted',
    leeg: 'room-alone', uitnodiging: 'problem-link-ended', verbinding: 'room-lost', verwijderd: 'over-removed',
    vol: 'problem-full', wisselen: 'room-code-changed',
  }),
];
