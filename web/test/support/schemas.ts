// SPDX-License-Identifier: EUPL-1.2
// The JSON Schemas of server/protocol, compiled: the server's tests check against the same files.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';

const SCHEMAS = new URL('../../../server/protocol/', import.meta.url);

const compiled = new Map<'server' | 'client', Map<string, ValidateFunction>>();

/** By the name of the message; compiled once. */
export function schemas(side: 'server' | 'client'): Map<string, ValidateFunction> {
  const known = compiled.get(side) ?? compile(side);
  compiled.set(side, known);
  return known;
}

type Schema = { readonly [key: string]: unknown };

const read = (side: 'server' | 'client', name: string): Schema | null => {
  const file = new URL(`${side}/${name}.json`, SCHEMAS);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Schema) : null;
};

function only(u: unknown, schema: Schema): unknown {
  const alternatives = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;
  if (alternatives !== undefined) return alternatives.reduce((left, one) => only(left, one), u);
  const items = schema['items'] as Schema | undefined;
  if (Array.isArray(u)) return items === undefined ? u : u.map((x) => only(x, items));
  const properties = schema['properties'] as Readonly<Record<string, Schema>> | undefined;
  if (typeof u !== 'object' || u === null || properties === undefined) return u;
  const known = Object.entries(u).filter(([key]) => key in properties || schema['additionalProperties'] !== false);
  return Object.fromEntries(known.map(([key, value]) => [key, only(value, properties[key] ?? {})]));
}

/** The message as far as the schema names its fields: while server and client are built side by side, one is ahead. */
export function asDescribed(side: 'server' | 'client', name: string, message: object): object {
  return only(message, read(side, name) ?? {}) as object;
}

/** The words that the schema of a message allows for a field of what it carries. */
export function wordsOf(side: 'server' | 'client', name: string, field: string): readonly string[] {
  const shape = (read(side, name)?.['properties'] as Readonly<Record<string, Schema>> | undefined)?.[name];
  return (shape?.['properties'] as Readonly<Record<string, { readonly enum: readonly string[] }>>)[field]?.enum ?? [];
}

function compile(side: 'server' | 'client'): Map<string, ValidateFunction> {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  const folder = new URL(`${side}/`, SCHEMAS);
  const names = readdirSync(folder).filter((f) => f.endsWith('.json'));
  const found = names.map(
    (f) => [f.replace(/\.json$/, ''), JSON.parse(readFileSync(new URL(f, folder), 'utf8')) as object] as const,
  );
  return new Map(found.map(([name, schema]) => [name, ajv.compile(schema)]));
}
