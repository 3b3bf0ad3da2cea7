"use client";
import { lazy, Suspense, useSyncExternalStore, type ReactNode } from "react";
import type { Status } from "./status-mark";

export interface ToastWords {
  title: ReactNode;
  detail?: ReactNode;
  action?: { label: ReactNode; onPress: () => void };
}

const show = async (status: Status, words: ToastWords, durationMs: number): Promise<void> => {
  const { showToast } = await import("./toast-list");
  showToast(status, words, durationMs);
};

/** Short news at the corner: 5 s for what went well or waits, until closed for what failed. Not for what is on screen. */
export const toast = {
  done: (words: ToastWords) => void show("online", words, 5_000),
  waiting: (words: ToastWords) => void show("offline_queued", words, 5_000),
  failed: (words: ToastWords) => void show("trouble", words, Number.POSITIVE_INFINITY),
};

const ToastList = lazy(() => import("./toast-list"));
const never = () => () => undefined;

/** Where toasts appear; once, in the root layout. Loaded after the page itself. */
export function Toaster() {
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return inBrowser ? (
    <Suspense fallback={null}>
      <ToastList />
    </Suspense>
  ) : null;
}
