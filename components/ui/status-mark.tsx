import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { PresenceState } from "@/lib/events/schemas";

/** A client's state, or trouble of ours, or something under way. */
export type Status = PresenceState | "trouble" | "busy";

const CLASS: Record<Status, string> = {
  online: "online",
  offline_queued: "queued",
  offline_gone: "gone",
  unknown: "unknown",
  trouble: "trouble",
  busy: "connecting",
};

const ring = <circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" strokeWidth="1.6" />;

// Solid is proven, hollow has ended, a diamond is not known: the silhouette says it without colour.
const SHAPE: Record<Status, ReactNode> = {
  online: (
    <>
      <circle cx="8" cy="8" r="6" fill="currentColor" />
      <path
        d="m5.2 8.2 2 2 3.7-4"
        fill="none"
        stroke="var(--surface)"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  offline_queued: (
    <>
      {ring}
      <path d="M4.6 8.4h6.8a3.4 3.4 0 0 1-6.8 0z" fill="currentColor" />
    </>
  ),
  offline_gone: ring,
  unknown: (
    <>
      <rect
        x="3.3"
        y="3.3"
        width="9.4"
        height="9.4"
        rx="1.2"
        transform="rotate(45 8 8)"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      />
      <path
        d="M6.6 6.7a1.4 1.4 0 1 1 2 1.3c-.4.2-.6.5-.6.9M8 10.9h.01"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
      />
    </>
  ),
  trouble: (
    <>
      <path d="M8 1.7 15 14H1z" fill="currentColor" stroke="currentColor" strokeWidth="1" strokeLinejoin="round" />
      <path d="M8 6v3.6M8 11.8h.01" stroke="var(--surface)" strokeWidth="1.7" strokeLinecap="round" />
    </>
  ),
  busy: (
    <>
      <circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" strokeOpacity=".3" strokeWidth="1.6" />
      <path d="M8 2.8A5.2 5.2 0 0 1 13.2 8" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
};

/** The silhouette of a status. Silent to screen readers: put it beside its word, or give it a `label`. */
export function StatusMark({ status, size = 16, label }: { status: Status; size?: number; label?: string }) {
  return (
    <span
      className={`g g-${CLASS[status]}`}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
        {SHAPE[status]}
      </svg>
    </span>
  );
}

/** The word of a status in the reader's language. */
export function useStatusWord(): (status: Status) => string {
  const t = useTranslations("components");
  return (status) => t(`status.${status}`);
}

/** Mark and word in the status's colour; `children` replaces the word. */
export function StatusWord({ status, children, size = 16 }: { status: Status; children?: ReactNode; size?: number }) {
  const word = useStatusWord();
  return (
    <span className={`st st-${CLASS[status]}`}>
      <StatusMark status={status} size={size} />
      {children ?? word(status)}
    </span>
  );
}

/** Mark and word on the status's tint; the unknown one is hatched. */
export function StatusPill({ status, children }: { status: Status; children?: ReactNode }) {
  const word = useStatusWord();
  return (
    <span className={`pill st-${CLASS[status]}`}>
      <StatusMark status={status} size={14} />
      {children ?? word(status)}
    </span>
  );
}
