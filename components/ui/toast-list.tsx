"use client";
import { useTranslations } from "next-intl";
import { toast as sonner, Toaster as Sonner } from "sonner";
import { Icon } from "./icon";
import { StatusMark, type Status } from "./status-mark";
import type { ToastWords } from "./toast";

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

/** Shows a toast for `durationMs`. */
export function showToast(status: Status, words: ToastWords, durationMs: number): void {
  sonner.custom((id) => <ToastCard status={status} words={words} close={() => sonner.dismiss(id)} />, {
    duration: durationMs,
  });
}

/** Where toasts appear. */
export default function ToastList() {
  const t = useTranslations("common");
  return <Sonner position="bottom-right" containerAriaLabel={t("news")} toastOptions={{ unstyled: true }} />;
}
