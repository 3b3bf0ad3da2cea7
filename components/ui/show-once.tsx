"use client";
import type { ReactNode } from "react";
import { Button } from "./button";
import { CopyText } from "./copy-text";
import { Dialog } from "./dialog";

/** Shows a key or a secret that is shown this once. */
export function ShowOnce({
  words,
  text,
  onClose,
}: {
  words: { title: ReactNode; lead: ReactNode; done: ReactNode };
  text: string;
  onClose: () => void;
}) {
  const done = (
    <Button kind="primary" onClick={onClose}>
      {words.done}
    </Button>
  );
  return (
    <Dialog open onClose={onClose} title={words.title} lead={words.lead} footer={done}>
      <CopyText text={text} />
    </Dialog>
  );
}
