"use client";
import { useTranslations } from "next-intl";
import { useEffect, type ReactNode } from "react";
import { toast as sonner, Toaster as Sonner } from "sonner";
import { Icon } from "./icon";
import { StatusMark, type Status } from "./status-mark";

export interface ToastWords {
  title: ReactNode;
  detail?: ReactNode;
  action?: { label: ReactNode; onPress: () => void };
}

export interface ToastRequest {
  status: Status;
  words: ToastWords;
  durationMs: number;
}

function ToastCard({ status, words, close }: { status: Status; words: ToastWords; close: () => void }) {
  const t = useTranslations("components");
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

/** Where toasts appear; shows what is asked for and says so. */
export default function ToastList({ asked, onShown }: { asked: readonly ToastRequest[]; onShown: () => void }) {
  const t = useTranslations("components");
  useEffect(() => {
    for (const { status, words, durationMs } of asked)
      sonner.custom((id) => <ToastCard status={status} words={words} close={() => sonner.dismiss(id)} />, {
        duration: durationMs,
      });
    if (asked.length > 0) onShown();
  }, [asked, onShown]);
  return <Sonner position="bottom-right" expand containerAriaLabel={t("news")} toastOptions={{ unstyled: true }} />;
}
