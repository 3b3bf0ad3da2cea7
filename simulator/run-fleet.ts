import { openBrokerControl } from "./broker-control";
import { openTokenIssuer, TOKEN_LIFE_SECONDS } from "./device-token";
import { startFeed } from "./feed";
import { createFleet } from "./fleet";
import { countHappenings, type FleetCounts } from "./fleet-counts";
import type { FleetCliOptions } from "./fleet-options";
import { timingAt } from "./device-timing";
import { profileOf } from "./profiles";
import { openPublisherClient } from "./publisher-client";
import { seededRandom } from "./random";
import { readStackFolder } from "./stack-folder";
import { NO_TRUTH, recordTruth } from "./truth-recorder";

export interface RunningFleet {
  counts: () => FleetCounts;
  /** Ends all phones without DISCONNECT and writes what is left of the truth. */
  close: () => Promise<void>;
}

/** Starts the phones of one process against a running stack. Throws when there is none. */
export async function runFleet(options: FleetCliOptions): Promise<RunningFleet> {
  const { seed, speed } = options;
  const now = () => Date.now();
  const stack = await readStackFolder(options.data);
  const brokers = options.brokers ?? (await openBrokerControl(options.control).subscriberNodes());
  const truth = options.truth ? recordTruth({ file: options.truth, now }) : NO_TRUTH;
  const counts = countHappenings(() => fleet.phones);
  const fleet = createFleet({
    profile: options.profile,
    phones: options.devices,
    part: options.part,
    seed,
    speed,
    startHour: options.hour,
    connectsPerSecond: options.rate,
    tokenLifeSeconds: TOKEN_LIFE_SECONDS / speed,
    issuer: await openTokenIssuer({
      keyFile: stack.issuerKeyFile,
      issuer: stack.issuer,
      audience: stack.audience,
      now,
    }),
    brokers,
    topicRoot: options.topicRoot,
    folder: stack.fleetFolder,
    truth,
    onHappening: counts.observe,
    now,
  });
  const { keepAliveSeconds } = timingAt(speed);
  truth.run({ run: options.profile, seed, phones: options.devices, speed, keepAliveSeconds });
  fleet.start();
  const stopFeed = profileOf(options.profile).isFed
    ? startFeed({
        people: fleet.people,
        publisher: openPublisherClient({
          url: options.publisher,
          apiKey: stack.apiKey,
          random: seededRandom(seed, "publisher-client"),
          onFailure: () => {},
        }),
        random: seededRandom(seed, "feed"),
        speed,
      })
    : () => {};
  return {
    counts: counts.read,
    close: () => {
      stopFeed();
      fleet.close();
      return truth.close();
    },
  };
}
