// SPDX-License-Identifier: EUPL-1.2
// Loads a part of the client by its hash before it is imported: under Integrity-Policy a browser imports no module that
// nothing vouches for, and import() itself cannot name a hash. The page lists them (`<link rel="later">`, written by
// build/seal.ts); a module that is preloaded is not fetched again.

interface Later {
  readonly href: string;
  readonly integrity: string;
}

/** What the page lists for a part; nothing in the development server. */
export function listed(part: string, page: ParentNode): readonly Later[] {
  const links = page.querySelectorAll<HTMLLinkElement>('link[rel="later"]');
  return Array.from(links, (link) => ({ of: link.dataset['part'], href: link.href, integrity: link.integrity }))
    .filter((later) => later.of === part);
}

function preload({ href, integrity }: Later): Promise<void> {
  return new Promise((done, failed) => {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.integrity = integrity;
    link.onload = () => done();
    link.onerror = () => failed(new Error(`${href} is not what was published`));
    link.href = href;
    document.head.append(link);
  });
}

/** Refused when a file is not the one that the page lists. `part` as in `import('./PART')`. */
export async function loaded(part: string): Promise<void> {
  await Promise.all(listed(part, document).map(preload));
}
