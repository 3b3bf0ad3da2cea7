"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { lazy, Suspense } from "react";
import { parseAsBoolean, parseAsString, useQueryStates } from "nuqs";
import { Awaited } from "@/components/ui/awaited";
import { Button } from "@/components/ui/button";
import { BOARD_COLUMNS, boardQuery, bulksQuery } from "@/lib/api-client/diagnostics";
import { BoardAnswer } from "./board-answer";
import { BoardColumn } from "./board-column";
import styles from "./diagnostics.module.css";

// Not part of the page's first load: most look at the board and ask nothing.
const RequestDialog = lazy(() => import("./request-dialog"));
const BulkPanel = lazy(() => import("./bulk-panel"));

/** Log requests as a board of their states, and the way to make a new one. */
export function BoardScreen({ mayRequest }: { mayRequest: boolean }) {
  const t = useTranslations("diagnostics");
  const board = useQuery(boardQuery());
  const [asked, setAsked] = useQueryStates({ new: parseAsBoolean, clientId: parseAsString });
  const hasBulks = (useQuery(bulksQuery()).data?.length ?? 0) > 0;
  const open = mayRequest && asked.new === true;
  return (
    <>
      {board.data ? (
        <BoardAnswer
          board={board.data}
          actions={
            mayRequest ? (
              <Button kind="primary" icon="plus" onClick={() => void setAsked({ new: true })}>
                {t("newRequest")}
              </Button>
            ) : null
          }
        />
      ) : null}
      {board.isSuccess ? null : <Awaited query={board} failed={t("boardFailed")} rows={8} />}
      {hasBulks ? (
        <Suspense fallback={null}>
          <BulkPanel mayRequest={mayRequest} />
        </Suspense>
      ) : null}
      {board.data ? (
        <div className={styles.board}>
          {BOARD_COLUMNS.map((group) => (
            <BoardColumn key={group} group={group} column={board.data.columns[group]} />
          ))}
        </div>
      ) : null}
      {open ? (
        <Suspense fallback={null}>
          <RequestDialog clientId={asked.clientId ?? ""} onClose={() => void setAsked({ new: null, clientId: null })} />
        </Suspense>
      ) : null}
    </>
  );
}
