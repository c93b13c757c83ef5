// SPDX-License-Identifier: EUPL-1.2
// The demonstration meeting with clerk, chair and two members inside, one of them in Firefox. In the browser tests.

import { startChromium, startFirefox } from './browsers.mjs';
import { Person } from './person.mjs';
import { Server } from './server.mjs';

export class Gathering {
  static async begin() {
    const g = new Gathering();
    g.server = await Server.start();
    try {
      g.chromium = await startChromium({ viewport: { width: 1440, height: 900 } });
      g.firefox = await startFirefox();
      g.meeting = await g.server.demo();
      g.clerk = await Person.at(g.chromium, g.meeting.clerk);
      await g.clerk.enter();
      g.chair = await Person.at(g.chromium, g.meeting.chair);
      await g.chair.enter();
      g.marleen = await Person.at(g.chromium, g.meeting.members[0]);
      g.jan = await Person.at(g.firefox, g.meeting.members[1]);
      for (const member of [g.marleen, g.jan]) {
        await member.waits();
        await g.clerk.admit(member.name);
        await member.sees('leave');
      }
    } catch (e) {
      await g.end();
      throw e;
    }
    return g;
  }

  async end() {
    await this.firefox?.close();
    await this.chromium?.close();
    await this.server?.stop();
  }
}
