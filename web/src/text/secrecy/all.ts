// SPDX-License-Identifier: EUPL-1.2
// The four languages of this folder together.

export { de } from './de';
export { en } from './en';
export { fr } from './fr';
export { nl } from './nl';
