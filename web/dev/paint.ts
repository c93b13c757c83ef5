// SPDX-License-Identifier: EUPL-1.2
// Pictures for the gallery: a person before a wall, or a page with a table, drawn once on a canvas.

const WALLS = ['#b4aa9d', '#a9b7b4', '#8d9a8f', '#9aa5b1', '#a79f97'] as const;
const COATS = ['#2f5a52', '#6d2f3a', '#22384a', '#37414f', '#5b4632', '#26302b'] as const;
const SKINS = ['#e9c5ab', '#ecc9b0', '#c98f66', '#e5bfa4', '#d9a57f'] as const;
const HAIRS = ['#5a3a2b', '#7a4a2c', '#b9b4ac', '#2b211c', '#3b3431'] as const;

const made = new Map<string, MediaStream>();

function pick(colours: readonly string[], n: number): string {
  return colours[n % colours.length] ?? '#888';
}

function round(c: CanvasRenderingContext2D, colour: string, x: number, y: number, rx: number, ry: number): void {
  c.fillStyle = colour;
  c.beginPath();
  c.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
  c.fill();
}

function person(c: CanvasRenderingContext2D, n: number): void {
  c.fillStyle = pick(WALLS, n);
  c.fillRect(0, 0, 640, 400);
  c.fillStyle = 'rgb(255 255 255 / .25)';
  c.fillRect(40 + (n % 4) * 130, -20, 150, 220);
  round(c, pick(HAIRS, n), 320, 165, 84, 104);
  round(c, pick(COATS, n), 320, 470, 230, 190);
  c.fillStyle = pick(SKINS, n);
  c.fillRect(290, 230, 60, 80);
  round(c, pick(SKINS, n), 320, 180, 64, 84);
  round(c, pick(HAIRS, n), 320, 112, 66, 34);
  round(c, '#2b2320', 296, 176, 6, 7);
  round(c, '#2b2320', 344, 176, 6, 7);
}

function page(c: CanvasRenderingContext2D): void {
  c.fillStyle = '#fff';
  c.fillRect(0, 0, 640, 400);
  c.fillStyle = '#17211d';
  c.font = 'bold 30px sans-serif';
  c.fillText('Meerjarenplan 2026–2031', 44, 72);
  c.fillStyle = '#8a978f';
  for (let row = 0; row < 7; row++) c.fillRect(44, 116 + row * 34, 330 - (row % 3) * 60, 9);
  [90, 140, 200].forEach((height, at) => c.fillRect(430 + at * 60, 340 - height, 40, height));
}

export function painted(what: 'person' | 'screen', n: number): MediaStream {
  const key = `${what}-${n}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 400;
  const stream = canvas.captureStream(5);
  const c = canvas.getContext('2d');
  if (c !== null) what === 'person' ? person(c, n) : page(c);
  made.set(key, stream);
  return stream;
}
