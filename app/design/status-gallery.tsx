"use client";
import { Panel } from "@/components/ui/panel";
import { Proof } from "@/components/ui/proof";
import { StatusMark, StatusPill, StatusWord, type Status } from "@/components/ui/status-mark";
import { LiveIndicator } from "@/components/shell/live-indicator";
import { useNow } from "@/components/ui/clock";
import styles from "./design.module.css";

const MEANING: Record<Status, string> = {
  online: "The broker holds a live session.",
  busy: "We are asking, sending or connecting.",
  offline_queued: "No connection; its session keeps QoS 1 and 2 messages.",
  offline_gone: "No connection, no session. Messages are lost unless retained.",
  unknown: "We cannot tell: its node is silent, or a doubt is open.",
  trouble: "Something of ours is wrong. Never for a phone merely off.",
};
const STATUSES = Object.keys(MEANING) as Status[];

/** Marks, words, pills, proofs and a table. */
export function StatusGallery() {
  const now = useNow();
  return (
    <>
      <Panel className={styles.whole} title="Status" sub="shape first, then word, then colour">
        <table>
          <thead>
            <tr>
              <th>Mark</th>
              <th>In grey</th>
              <th>Pill</th>
              <th>Shown only when</th>
            </tr>
          </thead>
          <tbody>
            {STATUSES.map((status) => (
              <tr key={status} className={styles.wrap}>
                <td>
                  <StatusWord status={status} />
                </td>
                <td>
                  <span className={styles.grey}>
                    <StatusMark status={status} size={20} />
                  </span>
                </td>
                <td>
                  <StatusPill status={status} />
                </td>
                <td className="t2">{MEANING[status]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
      <Panel className={styles.half} title="Age of a proof" sub="always next to the figure" body>
        <div className="stack">
          <Proof at={now - 4_000}>Confirmed by the broker</Proof>
          <Proof at={now - 420_000}>Confirmed by a sweep</Proof>
          <Proof at={now - 840_000}>Last proof</Proof>
          <LiveIndicator live={{ status: "connecting" }} />
          <LiveIndicator live={{ status: "live", lastMessageAt: now - 1_000 }} />
          <LiveIndicator live={{ status: "lost", lastMessageAt: now - 14_000 }} />
        </div>
      </Panel>
      <Panel className={styles.half} title="Table" sub="selection by bar and tint">
        <table className="tight">
          <thead>
            <tr>
              <th>State</th>
              <th>Client</th>
              <th className="r">
                <span className="sort">Proof ↓</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {(["online", "unknown", "offline_queued", "offline_gone"] as const).map((status, n) => (
              <tr key={status} className={n === 1 ? "sel" : ""}>
                <td>
                  <StatusWord status={status} />
                </td>
                <td className="mono">and-7f3k2m9q</td>
                <td className="r">{n + 3} min ago</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </>
  );
}
