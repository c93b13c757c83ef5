// SPDX-License-Identifier: EUPL-1.2
// A person's name where there is little room. Pure.

/** "mr. Joke Vermeersch": a title is no name. */
function namesOf(name: string): readonly string[] {
  const words = name.trim().split(/\s+/);
  const names = words.filter((word) => /^\p{Lu}/u.test(word));
  return names.length === 0 ? words : names;
}

function first(word: string): string {
  return [...word][0] ?? '';
}

/** Two letters for a round mark: "Ilse De Waele" is IW. */
export function initials(name: string): string {
  const names = namesOf(name);
  const last = names.length > 1 ? names[names.length - 1] ?? '' : '';
  return (first(names[0] ?? '') + first(last)).toUpperCase();
}

/** "M. Goossens", "P.-J. Maes"; a single name stays as it is. */
export function shortName(name: string): string {
  const names = namesOf(name);
  const given = names[0];
  if (given === undefined || names.length < 2) return name;
  const short = given.split('-').map((part) => `${first(part)}.`).join('-');
  const rest = name.slice(name.indexOf(given) + given.length).trim();
  return `${short} ${rest}`;
}
