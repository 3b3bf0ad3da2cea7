import { expect, test } from "vitest";
import { readClientIds } from "./read-client-ids";

test("pasted identifiers are read one a line, each once", () => {
  expect(readClientIds("and-1\n\n and-2 \r\nand-1\n")).toEqual({ clientIds: ["and-1", "and-2"], unreadable: 0 });
});

test("of a CSV the first column counts, without its heading or quotes", () => {
  const csv = 'client_id,name\n"and-1",Siti\nand-2;Budi\nand 3,Joko\n#,x';
  expect(readClientIds(csv)).toEqual({ clientIds: ["and-1", "and-2"], unreadable: 2 });
});

test("text that holds nothing chooses nobody", () => {
  expect(readClientIds(" \n\n")).toEqual({ clientIds: [], unreadable: 0 });
});
