import { expect, test } from "vitest";
import { personOfClaims } from "./provider-claims";

const env = {
  OIDC_GROUPS_CLAIM: "groups",
  OIDC_ROLES: { sre: "oncall", "lc-admins": "admin" },
  OIDC_ACR: [],
  OIDC_AMR: [],
};
const claims = {
  iss: "https://id.example",
  sub: "42",
  email: "Rani@Example.org",
  email_verified: true,
  groups: ["sre"],
};

test("the first group in the order of the configuration gives the role, whatever the order of the claim", () => {
  const person = personOfClaims({ ...claims, groups: ["x", "lc-admins", "sre"] }, env);
  expect(person).toEqual({
    subject: "https://id.example|42",
    verifiedEmail: "rani@example.org",
    name: null,
    role: "oncall",
  });
});

test.each([
  ["no group of ours", { groups: ["kitchen"] }],
  ["no groups at all", { groups: undefined }],
  ["groups that are no list", { groups: "sre" }],
])("someone with %s has no role here", (_, given) => {
  expect(personOfClaims({ ...claims, ...given }, env)).toEqual({ refused: "noRole" });
});

test.each([
  [{ OIDC_AMR: ["mfa", "hwk"] }, { amr: ["pwd"] }],
  [{ OIDC_AMR: ["mfa"] }, {}],
  [{ OIDC_ACR: ["urn:mfa"] }, { acr: "urn:password" }],
  [{ OIDC_ACR: ["urn:mfa"] }, {}],
])("a sign-in weaker than %j asks for is refused: %j", (asked, given) => {
  expect(personOfClaims({ ...claims, ...given }, { ...env, ...asked })).toEqual({ refused: "weakSignIn" });
});

test("one as strong as asked is taken", () => {
  const asked = { ...env, OIDC_ACR: ["urn:mfa"], OIDC_AMR: ["mfa"] };
  expect(personOfClaims({ ...claims, acr: "urn:mfa", amr: ["pwd", "mfa"] }, asked)).toMatchObject({ role: "oncall" });
});

test("an e-mail that the provider does not vouch for is nobody's", () => {
  expect(personOfClaims({ ...claims, email_verified: false }, env)).toMatchObject({ verifiedEmail: null });
  expect(personOfClaims({ ...claims, email: "nonsense" }, env)).toMatchObject({ verifiedEmail: null });
});

test("without a mapping groups give no role, and the account here decides", () => {
  expect(personOfClaims(claims, { ...env, OIDC_ROLES: {} })).toMatchObject({ role: null });
});
