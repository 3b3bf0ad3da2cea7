/** `PHONE_REGION`: the country whose numbers are written without a country code, as ISO 3166; Indonesia unless told. */
export const phoneRegion = (): string => process.env.PHONE_REGION || "ID";
