"use client";
import dynamic from "next/dynamic";
import { ChartCursor } from "@/components/charts/cursor";
import { Sparkline } from "@/components/charts/sparkline";
import { StackedBars } from "@/components/charts/stacked-bars";
import { Strip } from "@/components/charts/strip";
import { INK, nodeTone, SECOND_INK } from "@/components/charts/tones";
import { Panel } from "@/components/ui/panel";
import styles from "./design.module.css";

const LineChart = dynamic(() => import("@/components/charts/line-chart").then((module) => module.LineChart), {
  ssr: false,
});

// A fixed afternoon, so that two looks at this page can be compared.
const TO = Date.UTC(2026, 10, 20, 3, 42);
const HOUR = 3_600_000;
const FROM = TO - 3 * HOUR;
const LOST = FROM + 1.95 * HOUR;

const wave = (n: number, height: number) => Math.sin(n / 7) * height + Math.sin(n / 2.3) * height * 0.4;
const minutes = Array.from({ length: 181 }, (_, n) => FROM + n * 60_000);
const nodeRows = minutes.map((at, n) => ({
  at,
  values: {
    "sub-1": 4_100 + wave(n, 25) + (at > LOST ? 640 * Math.exp((LOST - at) / HOUR) : 0),
    "sub-2":
      at > LOST && at < LOST + 300_000
        ? null
        : at > LOST
          ? 4_000 - 1_700 * Math.exp((LOST - at) / 1_500_000)
          : 4_080 + wave(n + 9, 25),
    "sub-3": 4_120 + wave(n + 4, 30) + (at > LOST ? 660 * Math.exp((LOST - at) / HOUR) : 0),
  },
}));
const sumRows = minutes.map((at, n) => ({ at, values: { in: 1_846 + wave(n, 90), out: 2_310 + wave(n + 3, 120) } }));
const GAPS = [{ from: LOST, to: LOST + 300_000 }];
const MARKS = [
  { at: FROM + 0.55 * HOUR, kind: "deploy" as const, name: "gateway 1.8.2" },
  { at: LOST, kind: "incident" as const, name: "sub-2 lost" },
];
const SERIES = ["sub-1", "sub-2", "sub-3"].map((key, n) => ({ key, name: key, tone: nodeTone(n) }));
const SUMS = [
  { key: "in", name: "in", tone: INK },
  { key: "out", name: "out", tone: SECOND_INK },
];
const CLASSES = [
  { key: "2xx", name: "2xx", color: "var(--c2)" },
  { key: "4xx", name: "4xx", color: "var(--c4)" },
  { key: "5xx", name: "5xx", color: "var(--c5)" },
  { key: "none", name: "no answer", color: "var(--c0)" },
];
const countsAt = (n: number): Record<string, number> =>
  n > 20 && n < 26
    ? {}
    : { "2xx": 20 + wave(n, 9), "4xx": n % 9 === 0 ? 4 : 0, "5xx": n > 38 && n < 44 ? 12 : 0, none: n === 26 ? 5 : 0 };
const buckets = Array.from({ length: 60 }, (_, n) => ({ at: FROM + n * 180_000, counts: countsAt(n) }));
const DAY = 24 * HOUR;
const at = (share: number) => TO - DAY + share * DAY;
const PARTS = [
  { state: "online" as const, from: at(0), to: at(0.382) },
  { state: "offline_queued" as const, from: at(0.383), to: at(0.4115) },
  { state: "online" as const, from: at(0.4125), to: at(0.668) },
  { state: "online" as const, from: at(0.672), to: at(0.736) },
  { state: "online" as const, from: at(0.742), to: at(0.985) },
  { state: "unknown" as const, from: at(0.986), to: at(1) },
];

/** Lines, bars, the strip and the sparkline, over a made-up afternoon. */
export function ChartGallery() {
  const spark = minutes.slice(0, 60).map((_, n) => (n > 30 && n < 36 ? null : 214 + wave(n, 12)));
  return (
    <ChartCursor>
      <Panel className={styles.half} title="Clients" sub="per node" body>
        <LineChart
          label="Clients per node"
          series={SERIES}
          rows={nodeRows}
          from={FROM}
          to={TO}
          gaps={GAPS}
          marks={MARKS}
        />
      </Panel>
      <Panel className={styles.half} title="Messages" sub="per second" body>
        <LineChart label="Messages per second" series={SUMS} rows={sumRows} from={FROM} to={TO} gaps={GAPS} zero />
      </Panel>
      <Panel className={styles.whole} title="Sessions and gaps" body>
        <Strip
          label="Sessions and gaps"
          parts={PARTS}
          events={[
            { at: at(0.12), icon: "publish", label: "Message" },
            { at: at(0.49), icon: "log", label: "Log request" },
            { at: at(0.67), icon: "takeover", label: "Taken over" },
          ]}
          from={at(0)}
          to={TO}
        />
      </Panel>
      <Panel className={styles.half} title="Calls" sub="by status" body>
        <StackedBars
          label="Calls by status"
          classes={CLASSES}
          buckets={buckets}
          from={FROM}
          to={TO}
          gaps={[{ from: FROM + 21 * 180_000, to: FROM + 26 * 180_000, kind: "offline" }]}
          view={{ from: FROM + HOUR, to: FROM + 2 * HOUR }}
          onPick={() => undefined}
        />
      </Panel>
      <Panel className={styles.half} title="Connects" sub="last hour" body>
        <Sparkline values={spark} usual={{ low: 200, high: 232 }} label="Connects, last hour" />
        <Sparkline values={spark} usual={{ low: 230, high: 250 }} label="Connects, out of range" trouble />
      </Panel>
    </ChartCursor>
  );
}
