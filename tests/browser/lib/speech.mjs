// SPDX-License-Identifier: EUPL-1.2
// Somebody who speaks: Opus repeats frames for whom loses some (in-band FEC) in speech, and in a beep never. By
// espeak-ng, for the microphone of startChromium(). In the browser tests. Invariant: the file is gone when the test is.

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WORDS = `Dames en heren, goedenavond. Ik open de besloten vergadering van de gemeenteraad. Aan de orde is de
aankoop van het perceel aan de Stationsstraat, zoals besproken in de commissie van vorige week. De schepen geeft eerst
een toelichting over de prijs, de bestemming en de voorwaarden van de verkoper. Daarna krijgt elke fractie het woord.
Ik vraag u om bij uw naam te blijven, en de microfoon uit te zetten wanneer u niet spreekt. Zijn er opmerkingen bij de
agenda? Dat is niet het geval. Dan geef ik nu het woord aan de schepen van financiën, die ons zal zeggen wat dit voor
de begroting betekent, en waarom de beslissing vandaag genomen moet worden.`;

export class Speech {
  static async make() {
    const speech = new Speech();
    speech.folder = await mkdtemp(join(tmpdir(), 'conclave-speech-'));
    speech.path = join(speech.folder, 'speech.wav');
    execFileSync('espeak-ng', ['-v', 'nl', '-w', speech.path, WORDS.replaceAll('\n', ' ')]);
    return speech;
  }

  async remove() {
    await rm(this.folder, { recursive: true, force: true });
  }
}
