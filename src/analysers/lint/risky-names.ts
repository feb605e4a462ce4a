import { child, children, textOf, type AstNode } from '../syntax.ts';

/** Names that a pattern, a parameter or a property of a pattern binds. */
export function namesBound(node: AstNode): readonly string[] {
  switch (node.type) {
    case 'Identifier':
      return [textOf(node, 'name') ?? ''];
    case 'AssignmentPattern':
      return ofChild(node, 'left');
    case 'RestElement':
      return ofChild(node, 'argument');
    case 'Property':
      return ofChild(node, 'value');
    case 'TSParameterProperty':
      return ofChild(node, 'parameter');
    case 'ObjectPattern':
      return children(node, 'properties').flatMap(namesBound);
    case 'ArrayPattern':
      return children(node, 'elements').flatMap(namesBound);
    default:
      return [];
  }
}

function ofChild(node: AstNode, key: string): readonly string[] {
  const one = child(node, key);
  return one === undefined ? [] : namesBound(one);
}

/** What a declaration, an assignment or a loop sets the name to; undefined when it is about others. */
export function valueIn(node: AstNode, name: string): AstNode | undefined {
  switch (node.type) {
    case 'VariableDeclarator':
      return taken(child(node, 'id'), child(node, 'init'), name);
    case 'AssignmentExpression':
      return taken(child(node, 'left'), child(node, 'right'), name);
    case 'ForOfStatement': {
      const declared = children(child(node, 'left') ?? node, 'declarations')[0];
      return taken(declared === undefined ? undefined : child(declared, 'id'), child(node, 'right'), name);
    }
    default:
      return undefined;
  }
}

/** `const { query } = req` takes `req.query`: a member that stands nowhere is made for it. */
function taken(target: AstNode | undefined, value: AstNode | undefined, name: string): AstNode | undefined {
  if (target === undefined || value === undefined || !namesBound(target).includes(name)) return undefined;
  if (target.type !== 'ObjectPattern') return value;
  const property = children(target, 'properties').find((one) => namesBound(one).includes(name));
  const [key, nested] = [property && child(property, 'key'), property && child(property, 'value')];
  if (property === undefined || key === undefined || property.type !== 'Property') return value;
  const { start, end } = property;
  const member: AstNode = { type: 'MemberExpression', start, end, object: value, property: key, computed: false };
  return nested?.type === 'ObjectPattern' ? taken(nested, member, name) : member;
}
