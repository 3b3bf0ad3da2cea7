"use client";
import { Command } from "cmdk";
import { useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import * as Dialog from "radix-ui/dialog";
import { useEffect, useState, type ReactNode } from "react";
import type { PresenceState } from "@/lib/events/schemas";
import { Age } from "../ui/age";
import { Icon, type IconName } from "../ui/icon";
import { Kbd } from "../ui/kbd";
import { StatusMark, useStatusWord } from "../ui/status-mark";
import { useFocusBack } from "../ui/use-focus-back";
import type { ConsolePage } from "./pages";

export interface FoundClient {
  clientId: string;
  state: PresenceState;
  /** Masked. */
  name: string | null;
  proofAt: string;
}

export interface PaletteAction {
  key: string;
  label: string;
  icon: IconName;
  run: () => void;
}

/** Finds clients; absent when the operator may not. Rejects when it cannot. */
export type FindClients = (text: string, signal: AbortSignal) => Promise<readonly FoundClient[]>;

const PAUSE_MS = 150;

/** One box that finds a client, a page or an action. Open by being mounted; `onClose` takes it away. */
export default function Palette({
  pages,
  actions,
  findClients,
  onClose,
}: {
  pages: readonly ConsolePage[];
  actions: readonly PaletteAction[];
  findClients: FindClients | null;
  onClose: () => void;
}) {
  const t = useTranslations("shell");
  const router = useRouter();
  const focusBack = useFocusBack();
  const [text, setText] = useState("");
  const { clients, failed, isSearching } = useFoundClients(text, findClients);
  const matches = (words: string) => words.toLowerCase().includes(text.trim().toLowerCase());
  const goTo = pages.filter((page) => matches(t(`pages.${page.word}`)));
  const toDo = actions.filter((action) => matches(action.label));
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="palette" {...focusBack} aria-describedby={undefined}>
          <Dialog.Title className="vh">{t("find.label")}</Dialog.Title>
          <Command shouldFilter={false} loop label={t("find.label")}>
            <div className="q">
              <Icon name="find" />
              <Command.Input value={text} onValueChange={setText} placeholder={t("find.placeholder")} />
              <kbd>Esc</kbd>
            </div>
            <Command.List label={t("find.label")}>
              {failed ? (
                <div className="none">{t("find.failed")}</div>
              ) : (
                <Command.Empty className="none">{t(isSearching ? "find.searching" : "find.none")}</Command.Empty>
              )}
              <Group heading={t("find.clients")} shown={clients.length > 0}>
                {clients.map((client) => (
                  <ClientItem
                    key={client.clientId}
                    client={client}
                    onSelect={() => go(`/presence/${client.clientId}`)}
                  />
                ))}
              </Group>
              <Group heading={t("find.pages")} shown={goTo.length > 0}>
                {goTo.map((page) => (
                  <Command.Item key={page.word} value={`page ${page.word}`} onSelect={() => go(`/${page.word}`)}>
                    <Icon name={page.icon} />
                    {t(`pages.${page.word}`)}
                    <span className="at">
                      <Kbd keys={["g", page.key]} />
                    </span>
                  </Command.Item>
                ))}
              </Group>
              <Group heading={t("find.actions")} shown={toDo.length > 0}>
                {toDo.map((action) => (
                  <Command.Item
                    key={action.key}
                    value={`action ${action.key}`}
                    onSelect={() => {
                      onClose();
                      action.run();
                    }}
                  >
                    <Icon name={action.icon} />
                    {action.label}
                  </Command.Item>
                ))}
              </Group>
            </Command.List>
            <div className="keys">
              <span className="row">
                <Kbd keys={["↑", "↓"]} /> {t("find.move")}
              </span>
              <span className="row">
                <Kbd keys={["Enter"]} /> {t("find.choose")}
              </span>
            </div>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({ heading, shown, children }: { heading: string; shown: boolean; children: ReactNode }) {
  return shown ? <Command.Group heading={heading}>{children}</Command.Group> : null;
}

function ClientItem({ client, onSelect }: { client: FoundClient; onSelect: () => void }) {
  const t = useTranslations("shell.find");
  const word = useStatusWord();
  return (
    <Command.Item value={`client ${client.clientId}`} onSelect={onSelect}>
      <StatusMark status={client.state} />
      {client.name ? <span className="b">{client.name}</span> : null}
      <span className="mono t2 trunc">{client.clientId}</span>
      <span className="at nw">
        {word(client.state)}, {t("proofAt")} <Age at={client.proofAt} plain />
      </span>
    </Command.Item>
  );
}

/** Clients for the words typed, after a short pause; what was found stays until the next answer. */
function useFoundClients(text: string, findClients: FindClients | null) {
  const [found, setFound] = useState<{ answers: string; clients: readonly FoundClient[]; failed: boolean }>({
    answers: "",
    clients: [],
    failed: false,
  });
  useEffect(() => {
    const asked = new AbortController();
    const timer = setTimeout(async () => {
      if (!findClients || text.trim().length < 2) {
        setFound({ answers: text, clients: [], failed: false });
        return;
      }
      try {
        setFound({ answers: text, clients: await findClients(text, asked.signal), failed: false });
      } catch {
        // A newer question took its place, or it failed: said in the list, as pages and actions still work.
        if (!asked.signal.aborted) setFound({ answers: text, clients: [], failed: true });
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      asked.abort();
    };
  }, [text, findClients]);
  return { ...found, isSearching: findClients !== null && found.answers !== text };
}
