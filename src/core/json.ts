/** Data that survives JSON unchanged. Keys keep their order; numbers are finite. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = Readonly<{ [key: string]: Json }>;
