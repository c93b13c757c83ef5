// SPDX-License-Identifier: EUPL-1.2
// Somebody who speaks: Opus repeats frames for whom loses some (in-band FEC) in speech, and in a beep never. By
// espeak-ng; Chromium reads the file itself, to Firefox it is played by a sound server of its own, as through a
// microphone. In the browser tests. Invariant: neither file nor process is left when the test is over.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './wait.mjs';

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

/** A microphone for startFirefox() that hears the speech again and again: PulseAudio, for this test alone, whose only
 * devices are two sinks that lead nowhere and the source that is what is played to one of them. */
export class Microphone {
  #server;
  #player;

  static async that(speech) {
    const m = new Microphone();
    const socket = join(speech.folder, 'socket');
    const { folder } = speech;
    const home = { ...process.env, HOME: folder, PULSE_RUNTIME_PATH: folder, PULSE_STATE_PATH: folder };
    m.name = 'Mouth';
    m.env = { ...home, PULSE_SERVER: `unix:${socket}` };
    const modules = [
      `module-native-protocol-unix socket=${socket} auth-anonymous=1`, 'module-null-sink sink_name=said',
      'module-null-sink sink_name=heard',
      `module-remap-source master=said.monitor source_name=mouth source_properties=device.description=${m.name}`,
    ];
    m.#server = spawn('pulseaudio', ['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no',
      '--disable-shm=yes', '--log-target=stderr', '--log-level=error', ...modules.flatMap((module) => ['-L', module])],
    { env: home, stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      await until('PulseAudio to have a microphone', () => m.#isThere(), 10_000, 100);
    } catch (error) {
      await m.stop();
      throw error;
    }
    m.#play(speech.path);
    return m;
  }

  #isThere() {
    try {
      const sources = execFileSync('pactl', ['list', 'short', 'sources'], { env: this.env, stdio: 'pipe' });
      return String(sources).includes('mouth');
    } catch {
      return false; // not there yet
    }
  }

  /** Again when it has ended well; who hears nothing any more fails the test. */
  #play(path) {
    this.#player = spawn('paplay', ['--device=said', path], { env: this.env, stdio: ['ignore', 'ignore', 'inherit'] });
    this.#player.once('exit', (code) => code === 0 && this.#play(path));
  }

  async stop() {
    for (const process of [this.#player, this.#server]) {
      if (!process || process.exitCode !== null || process.signalCode !== null) continue;
      const gone = new Promise((ok) => process.once('exit', ok));
      process.kill();
      await gone;
    }
  }
}
