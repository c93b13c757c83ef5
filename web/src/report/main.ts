// SPDX-License-Identifier: EUPL-1.2
// The report of a meeting, /m/ID/report: fetched, drawn, checked by this browser, saved as files that are made here.

import { render } from 'lit-html';
import { type Address, language } from '../boot';
import { shelf } from '../store/shelf';
import { storeLanguage } from '../store/store';
import { reportTextIn } from '../text/report/messages';
import { textIn } from '../text/text';
import { initial } from '../update';
import { audit } from './audit';
import { fetchLog, fetchReport, type Part, type Report } from './report';
import { pageOf, saveJson, savePage, saveText } from './save';
import { body, type Doing, type File, type Page, reportView } from './view';

export function report(address: Address, root: HTMLElement): void {
  const meeting = address.meeting ?? '';
  const kept = shelf(() => window.localStorage);
  let page: Page = {
    state: initial(language(address.language)), shown: 'loading', seal: { state: 'checking' }, at: '', failed: false,
  };

  function show(more: Partial<Page>): void {
    page = { ...page, ...more };
    const t = textIn(page.state.language);
    const r = reportTextIn(page.state.language);
    render(reportView({ t, r }, page, doing), root);
    document.documentElement.lang = t.locale;
    document.title = t.say('title.page', { page: r.say('title') });
  }

  async function load(): Promise<void> {
    show({ shown: 'loading' });
    const shown = await fetchReport(meeting, 'whole');
    show({ shown });
    if (!('refused' in shown)) await check();
  }

  async function check(): Promise<void> {
    show({ seal: { state: 'checking' } });
    const shown = page.shown;
    const raw = await fetchLog(meeting);
    if (shown === 'loading' || 'refused' in shown) return;
    const at = new Date().toISOString();
    if (raw === null) show({ seal: { state: 'unknown' }, at });
    else show({ seal: { state: 'done', finding: await audit(raw, shown.entries, kept.read(meeting)) }, at });
  }

  async function save(file: File): Promise<void> {
    show({ failed: !(await saved(meeting, file, page)) });
  }

  const doing: Doing = {
    language: (e) => {
      if (e.type !== 'language') return;
      storeLanguage(e.language);
      show({ state: { ...page.state, language: e.language } });
    },
    again: () => void load(),
    check: () => void check(),
    print: () => {
      document.querySelectorAll('details').forEach((d) => {
        d.open = true;
      });
      window.print();
    },
    save: (file) => void save(file),
  };
  void load();
}

/** Closed items are in a file of their own, whatever is on the screen. */
async function saved(meeting: string, file: File, page: Page): Promise<boolean> {
  if (file === 'log') {
    const raw = await fetchLog(meeting);
    if (raw !== null) saveText(`conclave-${meeting}.json`, raw);
    return raw !== null;
  }
  const [form, part] = file.split('.') as ['html' | 'json', Part];
  const found = await fetchReport(meeting, part);
  if ('refused' in found) return false;
  const name = part === 'whole' ? `conclave-${meeting}-report` : `conclave-${meeting}-report-${part}`;
  if (form === 'json') saveJson(`${name}.json`, found);
  else savePage(`${name}.html`, alone(found, page));
  return true;
}

/** Drawn outside of the page, so that only what belongs to the part is in the file. */
function alone(found: Report, page: Page): string {
  const t = textIn(page.state.language);
  const r = reportTextIn(page.state.language);
  const drawn = document.createElement('div');
  render(body({ t, r }, found), drawn);
  drawn.querySelectorAll('details').forEach((d) => {
    d.open = true;
  });
  return pageOf(t.locale, `${r.say('title')}: ${found.meeting.title}`, drawn);
}
