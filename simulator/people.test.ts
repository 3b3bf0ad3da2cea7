import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { expect, test } from "vitest";
import { isClientId } from "@/lib/mqtt/is-client-id";
import { personOf } from "./people";

const crowd = (seed: number) => Array.from({ length: 2_000 }, (_, index) => personOf(seed, index));

test("the same seed gives the same people, another seed gives others", () => {
  expect(crowd(1)).toEqual(crowd(1));
  expect(personOf(2, 5).name === personOf(1, 5).name && personOf(2, 5).clientId === personOf(1, 5).clientId).toBe(
    false,
  );
});

test("every person has a phone of their own with an identifier the contract allows", () => {
  const people = crowd(1);
  expect(new Set(people.map((person) => person.clientId)).size).toBe(people.length);
  expect(new Set(people.map((person) => person.personId)).size).toBe(people.length);
  expect(new Set(people.map((person) => person.phoneNumber)).size).toBe(people.length);
  expect(people.every((person) => isClientId(person.clientId))).toBe(true);
});

test("phone numbers parse as possible Indonesian ones", () => {
  for (const index of [0, 9_999, 10_000, 19_999]) {
    const number = parsePhoneNumberFromString(personOf(1, index).phoneNumber);
    expect(number?.country).toBe("ID");
    expect(number?.isPossible()).toBe(true);
  }
});

test("a small fleet has one clean session and few phones stuck with a bad token", () => {
  const people = crowd(1).slice(0, 150);
  expect(people.filter((person) => person.cleanSession)).toHaveLength(1);
  expect(people.filter((person) => person.badTokenShare > 0.5).length).toBeLessThan(10);
});
