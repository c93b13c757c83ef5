// SPDX-License-Identifier: EUPL-1.2
// The JSON Schemas of server/protocol, compiled: the server's tests check against the same files.

import { readdirSync, readFileSync } from 'node:fs';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';

const SCHEMAS = new URL('../../../server/protocol/', import.meta.url);

/** What this client does not speak yet: it lets new heads of the proceedings pass and asks for no proof. Until it does,
 * `conclavectl log verify` is how they are checked. */
const NOT_SPOKEN = ['head.json', 'proof.json'];

const compiled = new Map<'server' | 'client', Map<string, ValidateFunction>>();

/** By the name of the message; compiled once. */
export function schemas(side: 'server' | 'client'): Map<string, ValidateFunction> {
  const known = compiled.get(side) ?? compile(side);
  compiled.set(side, known);
  return known;
}

function compile(side: 'server' | 'client'): Map<string, ValidateFunction> {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  const folder = new URL(`${side}/`, SCHEMAS);
  const names = readdirSync(folder).filter((f) => f.endsWith('.json') && !NOT_SPOKEN.includes(f));
  const read = names.map(
    (f) => [f.replace(/\.json$/, ''), JSON.parse(readFileSync(new URL(f, folder), 'utf8')) as object] as const,
  );
  return new Map(read.map(([name, schema]) => [name, ajv.compile(schema)]));
}
