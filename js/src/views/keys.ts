const FIELDS = new Set(["INPUT", "SELECT", "TEXTAREA"]);

/** Whether a key belongs to a field that is being typed in, or to a browser's own shortcut. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  const field = target instanceof Element && FIELDS.has(target.tagName);
  return field || event.ctrlKey || event.metaKey || event.altKey;
}
