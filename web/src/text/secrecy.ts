// SPDX-License-Identifier: EUPL-1.2
// The shape of the texts of text/secrecy/, as the Dutch ones have it.

import type { nl } from './secrecy/nl';

type Message = string | { readonly one: string; readonly other: string };
export type SecrecyMessages = Readonly<Record<keyof typeof nl, Message>>;
