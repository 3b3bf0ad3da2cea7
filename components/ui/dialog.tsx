"use client";
import { lazy, Suspense, useState, type ReactNode } from "react";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** What this is about, in a sentence or two. */
  lead?: ReactNode;
  /** Buttons, the safe one first. */
  footer?: ReactNode;
  size?: "normal" | "wide";
  children?: ReactNode;
}

// Not part of a page's first load; it stays once opened, so that closing gives focus back.
const DialogFrame = lazy(() => import("./dialog-frame"));

/** A modal dialog: focus stays inside, Escape and the scrim close it. */
export function Dialog(props: DialogProps) {
  const [opened, setOpened] = useState(props.open);
  if (props.open && !opened) setOpened(true);
  return opened ? (
    <Suspense fallback={null}>
      <DialogFrame {...props} />
    </Suspense>
  ) : null;
}
