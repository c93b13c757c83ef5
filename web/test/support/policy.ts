// SPDX-License-Identifier: EUPL-1.2
// The content security policy under which the client runs in its tests: the server's (server/shell/http.c), and in
// nothing more lenient.

export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types lit-html conclave-worker";
