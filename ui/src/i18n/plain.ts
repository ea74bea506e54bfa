// Words as they are compared when something is sought: without case and without marks on letters.

export const plain = (words: string): string => words.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
