/** Text of others in what Ansible takes for a template: nothing in it is an expression. */
export function jinjaLiteral(text: string): string {
  return text.replace(/\{[{%#]/g, "{{ '$&' }}");
}
