// SPDX-License-Identifier: EUPL-1.2
// Names that look alike (UTS 39 in small): whoever takes on a colleague's name with another alphabet's letters is told
// beside both. Pure. What is compared is never shown.
// The map holds the letters of the Greek and Cyrillic alphabets that are drawn as a Latin one, and l, 1 and 0; it has
// neither rn for m nor accents.

const DRAWN: Readonly<Record<string, string>> = Object.fromEntries([
  // Greek capitals, then Cyrillic ones, each drawn as the Latin letter below it.
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  ['АВЕЅІЈКМНОРСТУХҮԀԌԚԜ', 'ABESIJKMHOPCTYXYDGQW'],
  // Small ones.
  ['αικνορυχ', 'aikvopux'],
  ['аеіјосрухѕһԁԛԝԍӏ', 'aeijocpyxshdqwgl'],
  // I, l and 1, O and 0 are one stroke and one circle in many a font.
  ['I1|0', 'lllo'],
].flatMap(([from, to]) => [...(from ?? '')].map((c, i) => [c, [...(to ?? '')][i] ?? c])));

function drawn(text: string): string {
  return [...text].map((c) => DRAWN[c] ?? c).join('');
}

/** Two names with the same one look alike. Nothing to be shown. */
export function skeleton(name: string): string {
  const seen = name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '').replace(/\s+/gu, ' ').trim();
  // Twice: a Greek capital iota is drawn as an I, and that as an l. Once more for capitals that only small are alike.
  return drawn(drawn(drawn(seen)).toLowerCase());
}

interface Person {
  readonly id: number;
  readonly name: string;
}

/** Of each person whose name looks like another's: those names. Two people of the very same name are alike, too. */
export function alike(people: readonly Person[]): ReadonlyMap<number, readonly string[]> {
  const groups = new Map<string, Person[]>();
  for (const p of people) {
    const key = skeleton(p.name);
    groups.set(key, [...(groups.get(key) ?? []), p]);
  }
  const found = new Map<number, readonly string[]>();
  for (const group of groups.values())
    if (group.length > 1)
      for (const p of group) found.set(p.id, group.filter((other) => other.id !== p.id).map((other) => other.name));
  return found;
}
