"use client";
import type { ReactNode } from "react";
import { toast as sonner, Toaster as Sonner } from "sonner";
import { useTranslations } from "next-intl";
import { Icon } from "./icon";
import { StatusMark, type Status } from "./status-mark";

export interface ToastWords {
  title: ReactNode;
  detail?: ReactNode;
  action?: { label: ReactNode; onPress: () => void };
}

function ToastCard({ status, words, close }: { status: Status; words: ToastWords; close: () => void }) {
  const t = useTranslations("common");
  return (
    <div className="toast">
      <StatusMark status={status} />
      <div className="grow">
        {words.title}
        {words.detail ? <div className="m">{words.detail}</div> : null}
      </div>
      {words.action ? (
        <button
          type="button"
          className="btn ghost sm"
          onClick={() => {
            words.action?.onPress();
            close();
          }}
        >
          {words.action.label}
        </button>
      ) : (
        <button type="button" className="btn ghost sm ic" aria-label={t("close")} onClick={close}>
          <Icon name="close" size={12} />
        </button>
      )}
    </div>
  );
}

const show = (status: Status, words: ToastWords, duration: number) =>
  sonner.custom((id) => <ToastCard status={status} words={words} close={() => sonner.dismiss(id)} />, { duration });

/** Short news at the corner: 5 s for what went well or waits, until closed for what failed. Not for what is on screen. */
export const toast = {
  done: (words: ToastWords) => show("online", words, 5_000),
  waiting: (words: ToastWords) => show("offline_queued", words, 5_000),
  failed: (words: ToastWords) => show("trouble", words, Number.POSITIVE_INFINITY),
};

/** Where toasts appear; once, in the root layout. */
export function Toaster() {
  const t = useTranslations("common");
  return <Sonner position="bottom-right" containerAriaLabel={t("news")} toastOptions={{ unstyled: true }} />;
}
