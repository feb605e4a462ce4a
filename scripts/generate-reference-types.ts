/** Reads the members of exported unions, with their comments, from TypeScript source: the code is the table. */
import { readFileSync } from 'node:fs';
import { parseSync, type TSType, type TSTypeAliasDeclaration, type TSTypeLiteral } from 'oxc-parser';

export type UnionField = Readonly<{ name: string; isOptional: boolean; type: string }>;
/** `tag`: the literal that tells the member from the others. */
export type UnionMember = Readonly<{ tag: string; comment: string; fields: readonly UnionField[] }>;
export type Union = Readonly<{ name: string; comment: string; members: readonly UnionMember[] }>;

type Comment = Readonly<{ type: string; value: string; start: number; end: number }>;
type Source = Readonly<{ text: string; comments: readonly Comment[] }>;

/** The union `name` of a file, its members told apart by the property `tag` (`type`, `reason`). */
export function readUnion(file: string, name: string, tag: string): Union {
  const text = readFileSync(file, 'utf8');
  const { program, comments, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  for (const node of program.body) {
    if (node.type !== 'ExportNamedDeclaration' || node.declaration?.type !== 'TSTypeAliasDeclaration') continue;
    if (node.declaration.id.name !== name) continue;
    const source = { text, comments };
    const comment = commentBefore(source, node.start, 0);
    return { name, comment, members: readMembers(node.declaration, source, tag) };
  }
  throw new Error(`${file} exports no type ${name}`);
}

function readMembers(alias: TSTypeAliasDeclaration, source: Source, tag: string): readonly UnionMember[] {
  const types = alias.typeAnnotation.type === 'TSUnionType' ? alias.typeAnnotation.types : [alias.typeAnnotation];
  let before = alias.id.end;
  return types.flatMap((type) => {
    const literal = literalOf(type);
    const comment = commentBefore(source, type.start, before);
    before = type.end;
    return literal === undefined ? [] : [readMember(literal, { comment, tag, source })];
  });
}

function readMember(
  literal: TSTypeLiteral,
  { comment, tag, source }: Readonly<{ comment: string; tag: string; source: Source }>,
): UnionMember {
  const fields = literal.members.flatMap((member) => {
    if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier') return [];
    const type = member.typeAnnotation?.typeAnnotation;
    const text = type === undefined || type === null ? 'unknown' : source.text.slice(type.start, type.end);
    return [{ name: member.key.name, isOptional: member.optional, type: text.replaceAll(/\s+/g, ' ') }];
  });
  const tagField = fields.find(({ name }) => name === tag);
  if (tagField === undefined)
    throw new Error(`a member has no ${tag}: ${source.text.slice(literal.start, literal.end)}`);
  return { tag: tagField.type.replaceAll("'", ''), comment, fields: fields.filter(({ name }) => name !== tag) };
}

/** `Readonly<{ ... }>` and `{ ... }`; undefined for a reference to another type. */
function literalOf(type: TSType): TSTypeLiteral | undefined {
  if (type.type === 'TSTypeLiteral') return type;
  const [only] = type.type === 'TSTypeReference' ? (type.typeArguments?.params ?? []) : [];
  return only === undefined ? undefined : literalOf(only);
}

/** The doc comment that ends right before `start`, on one line. */
function commentBefore({ text, comments }: Source, start: number, after: number): string {
  const comment = comments.findLast(
    ({ type, value, start: from, end }) =>
      type === 'Block' &&
      value.startsWith('*') &&
      from >= after &&
      end <= start &&
      /^[\s|]*$/.test(text.slice(end, start)),
  );
  return (comment?.value ?? '')
    .replaceAll(/\n\s*\*/g, '\n')
    .replace(/^\*/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
