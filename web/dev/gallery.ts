// SPDX-License-Identifier: EUPL-1.2
// Draws one sample state: gallery.html?sample=room&lang=nl. For developers and for the view tests; never part of a
// release. Pictures are drawn on canvases. Window.acted lists what the views told, Window.sample() draws another.

import '../src/style/index.css';
import { render } from 'lit-html';
import type { PersonEvent } from '../src/event';
import type { Port } from '../src/port';
import { LANGUAGES, type Language, type News, type Speech, type State } from '../src/state';
import { dress } from '../src/view/dress';
import { bindKeys } from '../src/view/keys';
import { provide } from '../src/view/settings';
import * as settings from '../src/view/settings/main';
import { small } from '../src/view/small';
import { view } from '../src/view/view';
import { SAMPLES } from './samples';
import { painted } from './paint';

declare global {
  interface Window {
    acted: PersonEvent[];
    samples: string[];
    sample(name: string, language: Language): void;
    /** One more urgent notice beside those that stand. */
    alerted(news: News): void;
  }
}

const root = document.getElementById('app') as HTMLElement;
let state: State;

const port: Port = {
  streamOf: (person, source) => {
    if (source === 'screen') return painted('screen', 1);
    return person === 'self' && !state.own.camera.live ? null : painted('person', person === 'self' ? 0 : person);
  },
};

/** The notice of a sample as the live regions hold it. */
function spoken({ notice, speech }: State): Speech {
  if (notice === null) return speech;
  return { ...speech, [notice.urgent ? 'urgent' : 'polite']: [notice] };
}

function draw(): void {
  render((state.small ? small : view)(state, act, port), root);
  dress(document, state);
}

function act(e: PersonEvent): void {
  window.acted.push(e);
}

provide(settings);
window.acted = [];
window.samples = Object.keys(SAMPLES);
window.sample = (name, language) => {
  const found = SAMPLES[name];
  if (found === undefined) throw new Error(`no sample is called ${name}`);
  state = { ...found, language, speech: spoken(found) };
  window.acted = [];
  draw();
};
window.alerted = (news) => {
  const notice = { id: state.speech.urgent.length + 2, news, urgent: true };
  state = { ...state, speech: { ...state.speech, urgent: [...state.speech.urgent, notice] } };
  draw();
};

const query = new URLSearchParams(location.search);
const language = LANGUAGES.find((l) => l === query.get('lang')) ?? 'nl';
window.sample(query.get('sample') ?? 'room', language);
bindKeys(document, () => state, act);
