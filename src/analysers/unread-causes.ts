/** More files than this are not read: those that people write and ship come first. */
export const MAX_FILES = 20_000;

export const TOO_MANY_FILES: string = `there are more than ${MAX_FILES.toLocaleString('en-US')} files`;
export const NO_PERMISSION = 'no permission to read it';
