// SPDX-License-Identifier: EUPL-1.2
// What a screen reader is given of a page: Chromium's own accessibility tree as lines of role, name and states, so that
// it can be read, checked in and compared. Left out is what says nothing: wrappers without a role, and words that stand
// as their parent's name already.

import type { Page } from 'playwright-core';

interface Value {
  readonly value?: unknown;
}
interface Node {
  readonly nodeId: string;
  readonly parentId?: string;
  readonly childIds?: readonly string[];
  readonly ignored: boolean;
  readonly role?: Value;
  readonly name?: Value;
  readonly description?: Value;
  readonly properties?: readonly { readonly name: string; readonly value: Value }[];
}

/** What somebody who does not see the page is told, beside role and name. `focusable` and the like tell nothing. */
const STATES = [
  'pressed', 'checked', 'selected', 'expanded', 'disabled', 'busy', 'modal', 'hasPopup', 'invalid', 'required', 'level',
  'live', 'atomic',
];
/** Also when they are not so. */
const SWITCHED = ['pressed', 'checked', 'selected'];
/** Said by their contents alone. */
const SILENT = ['none', 'generic', 'InlineTextBox', 'RootWebArea', 'LineBreak', 'ListMarker'];

function text(value: Value | undefined): string {
  return typeof value?.value === 'string' ? value.value.replace(/\s+/g, ' ').trim() : '';
}

/** One state in a word or two; nothing of what is not said, or goes without saying. */
function stateOf(role: string, name: string, is: unknown): string | null {
  if (!STATES.includes(name) || is === 'none' || is === '') return null;
  if (name === 'level' && role !== 'heading') return null;
  if (is === true || is === 'true') return name;
  if (is === false || is === 'false') return SWITCHED.includes(name) ? `not ${name}` : null;
  return `${name} ${String(is)}`;
}

function line(node: Node): string {
  const [role, name, description] = [text(node.role), text(node.name), text(node.description)];
  const states = (node.properties ?? []).map((p) => stateOf(role, p.name, p.value.value)).filter((s) => s !== null);
  const more = description === '' || description === name ? '' : ` - ${description}`;
  const said = states.length === 0 ? '' : ` (${states.sort().join(', ')})`;
  return `${role}${name === '' ? '' : ` "${name}"`}${more}${said}`;
}

export async function treeOf(page: Page): Promise<string> {
  const browser = await page.context().newCDPSession(page);
  const { nodes } = await browser.send('Accessibility.getFullAXTree') as { readonly nodes: readonly Node[] };
  await browser.detach();
  const known = new Map(nodes.map((node) => [node.nodeId, node]));
  const lines: string[] = [];
  function walk(node: Node, depth: number, within: string): void {
    const role = text(node.role);
    const name = text(node.name);
    const repeats = role === 'StaticText' && (name === '' || within.includes(name));
    const told = !node.ignored && !SILENT.includes(role) && !repeats;
    if (told) lines.push(`${'  '.repeat(depth)}${line(node)}`);
    for (const id of node.childIds ?? []) {
      const child = known.get(id);
      if (child !== undefined) walk(child, told ? depth + 1 : depth, told ? name : within);
    }
  }
  const root = nodes.find((node) => node.parentId === undefined);
  if (root !== undefined) walk(root, 0, '');
  return `${lines.join('\n')}\n`;
}
