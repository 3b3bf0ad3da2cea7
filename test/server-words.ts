import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** What the server says to a person in English, as each language's `server.json` must have it, and what none can have. */
export interface ServerWords {
  templates: ReadonlySet<string>;
  /** Lists that `term` takes words from. */
  lists: ReadonlySet<string>;
  /** `file:line text` of what is put together at run time. */
  untranslatable: readonly string[];
}

// Of zod's checks, which argument may be a message. The others take it in an object, as `message` or `error`.
const MESSAGE_AT: Record<string, number> = {
  uuid: 0,
  never: 0,
  regex: 1,
  refine: 1,
  min: 1,
  max: 1,
  length: 1,
  literal: 1,
};

/** Reads every sentence out of the source of what the console can answer. */
export function collectServerWords(): ServerWords {
  const templates = new Set<string>();
  const lists = new Set<string>();
  const untranslatable: string[] = [];
  for (const file of ["lib", "app"].flatMap(filesIn)) {
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    const usesZod = /from "zod"/.test(source.text);
    const take = (node: ts.Node | undefined): void => {
      if (!node) return;
      if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(take);
      else if (ts.isStringLiteralLike(node)) templates.add(node.text);
      else if (isPutTogether(node)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        untranslatable.push(`${file}:${line + 1} ${node.getText()}`);
      }
    };
    const takeMessage = (node: ts.Node | undefined): void => {
      if (node && (isProse(node) || isPutTogether(node) || ts.isConditionalExpression(node))) take(node);
    };
    const visit = (node: ts.Node): void => {
      if (ts.isNewExpression(node) && node.expression.getText() === "AppError") take(node.arguments?.[1]);
      if (ts.isCallExpression(node)) {
        const called = node.expression.getText();
        if (called === "sentence" || called === "written") take(node.arguments[0]);
        if (called === "term") takeList(node.arguments[0], lists);
        if (usesZod && ts.isPropertyAccessExpression(node.expression) && !called.startsWith("Math."))
          takeMessage(node.arguments[MESSAGE_AT[node.expression.name.text] ?? Number.NaN]);
      }
      if (usesZod && ts.isPropertyAssignment(node) && /^(message|error)$/.test(node.name.getText()))
        takeMessage(node.initializer);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { templates, lists, untranslatable };
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => path.join(folder, file))
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.startsWith("lib/db/generated"));

// Not a name of something, as `error: "varchar"`.
const isProse = (node: ts.Node): boolean => ts.isStringLiteralLike(node) && node.text.includes(" ");

const isPutTogether = (node: ts.Node): boolean =>
  ts.isTemplateExpression(node) || (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken);

function takeList(node: ts.Node | undefined, lists: Set<string>): void {
  if (node && ts.isStringLiteralLike(node)) lists.add(node.text);
}
