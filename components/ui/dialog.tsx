"use client";
import { lazy, Suspense, useState } from "react";
import type { DialogProps } from "./dialog-frame";

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
