"use client";
import { useSyncExternalStore } from "react";

/** What this browser keeps of how its operator likes the page: which columns, and views by name. Nothing of a person. */

export const COLUMNS = ["state", "person", "phone", "client", "app", "model", "node", "for", "proof"] as const;
export type Column = (typeof COLUMNS)[number];
/** Columns that can be left out; the others say who it is and how it is. */
export const OPTIONAL_COLUMNS = ["phone", "app", "model", "node", "for", "proof"] as const satisfies readonly Column[];

export interface SavedView {
  name: string;
  /** Filters as they stand in the URL. */
  search: string;
}

interface Choices {
  hidden: readonly Column[];
  views: readonly SavedView[];
}

const KEY = "presence-choices";
const USUAL: Choices = { hidden: ["model"], views: [] };
const MOST_VIEWS = 20;
const listeners = new Set<() => void>();
let latest: { raw: string | null; choices: Choices } = { raw: null, choices: USUAL };

/** The choices, and ways to change them; every reader on the page is told. */
export function useKeptChoices() {
  const choices = useSyncExternalStore(subscribe, read, () => USUAL);
  return {
    ...choices,
    toggleColumn: (column: Column) =>
      write({
        ...choices,
        hidden: choices.hidden.includes(column)
          ? choices.hidden.filter((one) => one !== column)
          : [...choices.hidden, column],
      }),
    saveView: (view: SavedView) =>
      write({
        ...choices,
        views: [...choices.views.filter((one) => one.name !== view.name), view].slice(-MOST_VIEWS),
      }),
    removeView: (name: string) => write({ ...choices, views: choices.views.filter((one) => one.name !== name) }),
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

function read(): Choices {
  const raw = localStorage.getItem(KEY);
  if (raw !== latest.raw) latest = { raw, choices: parsed(raw) };
  return latest.choices;
}

function parsed(raw: string | null): Choices {
  try {
    return { ...USUAL, ...(JSON.parse(raw ?? "{}") as Partial<Choices>) };
  } catch {
    // Somebody else's writing under our key: begin anew.
    return USUAL;
  }
}

function write(choices: Choices): void {
  localStorage.setItem(KEY, JSON.stringify(choices));
  for (const listener of listeners) listener();
}
