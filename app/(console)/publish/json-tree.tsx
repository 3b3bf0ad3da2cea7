"use client";
import { visibleText } from "@/lib/format/visible-text";
import styles from "./publish.module.css";

// Deeper and longer ones are read as text.
const MOST_ENTRIES = 200;
const OPEN_DEPTH = 2;

/** A JSON value as a tree that folds; the browser's own disclosure, so it works by keyboard. */
export function JsonTree({ value }: { value: unknown }) {
  return (
    <div className={styles.tree}>
      <Node name={null} value={value} depth={0} />
    </div>
  );
}

function Node({ name, value, depth }: { name: string | null; value: unknown; depth: number }) {
  if (typeof value !== "object" || value === null)
    return (
      <div>
        <Name name={name} />
        <span className={styles[`json-${value === null ? "null" : typeof value}`]}>
          {visibleText(JSON.stringify(value))}
        </span>
      </div>
    );
  const entries = Object.entries(value);
  return (
    <details open={depth < OPEN_DEPTH}>
      <summary>
        <Name name={name} />
        <span className="t2">{Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`}</span>
      </summary>
      {entries.slice(0, MOST_ENTRIES).map(([key, child]) => (
        <Node key={key} name={key} value={child} depth={depth + 1} />
      ))}
      {entries.length > MOST_ENTRIES ? <div className="t2">… {entries.length - MOST_ENTRIES}</div> : null}
    </details>
  );
}

const Name = ({ name }: { name: string | null }) => (name === null ? null : <b>{visibleText(name)}: </b>);
