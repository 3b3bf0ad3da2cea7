import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { CONSOLE_PAGES } from "@/components/shell/pages";
import type { Requirement } from "@/lib/rbac/actor";
import { PERMISSIONS } from "@/lib/rbac/permissions";

/** Who may open a page or call a route: anybody, whoever is signed in, or whoever has one of these permissions. */
export type Rule = "anyone" | "signedIn" | readonly Requirement[];

const ROOT = path.resolve(import.meta.dirname, "..");
const METHODS = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);
const isRequirement = (word: string): word is Requirement =>
  word === "own" || PERMISSIONS.some((permission) => permission === word);

/** Every handler of the staff API, "GET /api/…" in order, with what its verbs ask for; read from the source. */
export function routeRules(): [string, Rule][] {
  return filesUnder("app/api", "route.ts").flatMap((file) => {
    const address = `/${path.posix.dirname(file).replace(/^app\//, "")}`;
    const source = parse(file);
    return exportsOf(source)
      .filter(({ name }) => METHODS.has(name))
      .map(({ name, node }): [string, Rule] => [`${name} ${address}`, ruleOfHandler(file, node)]);
  });
}

/** Every page with who may open it: those of the rail by their permissions there, others by whether they ask for a session. */
export function pageRules(): [string, Rule][] {
  return filesUnder("app", "page.tsx").map((file): [string, Rule] => {
    const address = `/${path.posix
      .dirname(file)
      .replace(/^app\/?/, "")
      .replace(/\(\w+\)\//, "")}`;
    const inRail = CONSOLE_PAGES.find(({ word }) => address === `/${word}` || address.startsWith(`/${word}/`));
    if (inRail) return [address, inRail.permissions];
    return [address, readFileSync(path.join(ROOT, file), "utf8").includes("pageContext()") ? "signedIn" : "anyone"];
  });
}

/** Every verb, "presence.getClient" in order, with what it asks for. */
export function verbRules(): [string, Requirement][] {
  return filesUnder("lib", ".ts")
    .filter((file) => !file.includes("/generated/") && !file.endsWith(".test.ts"))
    .flatMap((file) => {
      const capability = file.split("/")[1] ?? "";
      return exportsOf(parse(file)).flatMap(({ name, node }) =>
        ownPermissions(node).map((permission): [string, Requirement] => [`${capability}.${name}`, permission]),
      );
    })
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function ruleOfHandler(file: string, node: ts.Node): Rule {
  if (!/^\w+\s*=\s*route\b/.test(node.getText())) return "anyone";
  const asked = reachedPermissions(file, node, new Set());
  return asked.length > 0 ? asked : "signedIn";
}

/** What the verbs ask for that a piece of source calls, itself or through functions of lib. */
function reachedPermissions(file: string, node: ts.Node, seen: Set<string>): Requirement[] {
  const imports = importsOf(parse(file), file);
  const here = new Map(declarationsOf(parse(file)).map((one) => [one.name, one.node]));
  const found = new Set<Requirement>();
  const visit = (child: ts.Node): void => {
    if (ts.isIdentifier(child)) {
      const imported = imports.get(child.text);
      const local = here.get(child.text);
      if (imported) for (const permission of permissionsOfExport(imported, seen)) found.add(permission);
      else if (local && local !== node)
        for (const permission of ofDeclaration(file, local, seen)) found.add(permission);
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
  return [...found];
}

function permissionsOfExport({ file, name }: { file: string; name: string }, seen: Set<string>): Requirement[] {
  const declared = declarationsOf(parse(file)).find((one) => one.name === name);
  return declared ? ofDeclaration(file, declared.node, seen) : [];
}

function ofDeclaration(file: string, node: ts.Node, seen: Set<string>): Requirement[] {
  const key = `${file}:${node.pos}`;
  if (seen.has(key)) return [];
  seen.add(key);
  const own = ownPermissions(node);
  return own.length > 0 ? own : reachedPermissions(file, node, seen);
}

/** What a declaration asks for by itself: `permission: "…"` of a verb, or `requirePermission(…, "…")` of a function that is none. */
function ownPermissions(node: ts.Node): Requirement[] {
  const found = new Set<Requirement>();
  const visit = (child: ts.Node, inVerb: boolean): void => {
    const isVerb = ts.isCallExpression(child) && /^(read|write)Verb$/.test(child.expression.getText());
    if (inVerb && ts.isPropertyAssignment(child) && child.name.getText() === "permission") add(child.initializer);
    ts.forEachChild(child, (one) => visit(one, isVerb || inVerb));
  };
  const add = (literal: ts.Node | undefined): void => {
    if (literal && ts.isStringLiteral(literal) && isRequirement(literal.text)) found.add(literal.text);
  };
  visit(node, false);
  if (found.size === 0)
    walk(node, (child) => {
      if (ts.isCallExpression(child) && child.expression.getText() === "requirePermission") add(child.arguments[1]);
    });
  return [...found];
}

function walk(node: ts.Node, on: (child: ts.Node) => void): void {
  on(node);
  ts.forEachChild(node, (child) => walk(child, on));
}

const parsed = new Map<string, ts.SourceFile>();

function parse(file: string): ts.SourceFile {
  const known = parsed.get(file);
  if (known) return known;
  const text = readFileSync(path.join(ROOT, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  parsed.set(file, source);
  return source;
}

interface Declared {
  name: string;
  node: ts.Node;
}

/** Constants and functions at the top of a file. */
const declarationsOf = (source: ts.SourceFile): Declared[] =>
  source.statements.flatMap((statement): Declared[] => {
    if (ts.isFunctionDeclaration(statement) && statement.name) return [{ name: statement.name.text, node: statement }];
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.map((one) => ({ name: one.name.getText(), node: one }));
  });

const exportsOf = (source: ts.SourceFile): Declared[] => {
  const named = source.statements
    .filter(ts.isExportDeclaration)
    .flatMap(({ exportClause }) => (exportClause && ts.isNamedExports(exportClause) ? [...exportClause.elements] : []))
    .map((element) => ({ name: element.name.text, node: element }));
  const declared = declarationsOf(source).filter(({ node }) => {
    const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node;
    return (
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    );
  });
  return [...named, ...declared];
};

/** What a file takes from lib, by the name it has there. */
function importsOf(source: ts.SourceFile, file: string): Map<string, { file: string; name: string }> {
  const found = new Map<string, { file: string; name: string }>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const target = fileOf(statement.moduleSpecifier.text, file);
    const bindings = statement.importClause?.namedBindings;
    if (!target?.startsWith("lib/") || target.startsWith("lib/http/") || !bindings || !ts.isNamedImports(bindings))
      continue;
    for (const element of bindings.elements)
      found.set(element.name.text, { file: target, name: (element.propertyName ?? element.name).text });
  }
  return found;
}

function fileOf(specifier: string, from: string): string | null {
  const base = specifier.startsWith("@/")
    ? specifier.slice(2)
    : specifier.startsWith(".")
      ? path.posix.join(path.posix.dirname(from), specifier)
      : null;
  return base !== null && existsSync(path.join(ROOT, `${base}.ts`)) ? `${base}.ts` : null;
}

const filesUnder = (folder: string, ending: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => path.posix.join(folder, name.replaceAll(path.sep, "/")))
    .filter((file) => file.endsWith(ending === ".ts" ? ending : `/${ending}`))
    .toSorted();
