// SPDX-License-Identifier: EUPL-1.2
// What the browser offers for a small window above all others (Document Picture-in-Picture; no Firefox has it yet, nor
// any phone). A page in it is ours to draw, so that a picture stands there with its name plate; a bare <video> in the
// browser's own frame would show a picture without the name of the key that opened it.

/** The part of `documentPictureInPicture` that is used. */
interface Floating {
  readonly window: Window | null;
  requestWindow(size: { readonly width: number; readonly height: number }): Promise<Window>;
}

function floating(): Floating | null {
  return (globalThis as { readonly documentPictureInPicture?: Floating }).documentPictureInPicture ?? null;
}

export function canFloat(): boolean {
  return floating() !== null;
}

/** In the task of a press; refused otherwise. */
export function float(width: number, height: number): Promise<Window> {
  return floating()?.requestWindow({ width, height }) ?? Promise.reject(new Error('no window floats here'));
}

/** The page of the window that floats now. */
export function floatingPage(): Document | null {
  return floating()?.window?.document ?? null;
}
