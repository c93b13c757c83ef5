// SPDX-License-Identifier: EUPL-1.2
// Files that the page makes in the browser: nothing of them passes the server again.

/** Enough for a page that stands alone and is printed. */
const STYLE = `body{font:16px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#17211d}
h1{font-size:1.75rem}h2{font-size:1.25rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #c9d1cc}
ol,ul{padding-left:1.25rem}.muted{color:#4d5a54}.r{text-align:right}li{margin:.25rem 0}`;

function save(name: string, type: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser reads it after the press
}

export function saveText(name: string, content: string): void {
  save(name, 'text/plain;charset=utf-8', content);
}

export function saveJson(name: string, content: unknown): void {
  save(name, 'application/json', `${JSON.stringify(content, null, 1)}\n`);
}

/** What was drawn, as a page of its own: without scripts, drawings, and the marks of the drawing. */
export function pageOf(language: string, title: string, drawn: Element): string {
  const page = document.implementation.createHTMLDocument(title);
  page.documentElement.lang = language;
  const charset = page.createElement('meta');
  charset.setAttribute('charset', 'utf-8');
  const style = page.createElement('style');
  style.textContent = STYLE;
  page.head.prepend(charset);
  page.head.append(style);
  page.body.append(page.importNode(drawn, true));
  page.querySelectorAll('svg').forEach((svg) => svg.remove());
  const marks = page.createNodeIterator(page.body, NodeFilter.SHOW_COMMENT);
  for (let mark = marks.nextNode(); mark !== null; mark = marks.nextNode()) mark.parentNode?.removeChild(mark);
  return `<!doctype html>\n${new XMLSerializer().serializeToString(page.documentElement)}\n`;
}

export function savePage(name: string, page: string): void {
  save(name, 'text/html;charset=utf-8', page);
}
