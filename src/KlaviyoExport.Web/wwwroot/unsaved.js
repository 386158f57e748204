// Keeps unsaved changes in this tab, encrypted by the server, until they are saved or discarded. They survive the loss of the circuit and a
// restart of the server.
globalThis.unsaved = {
  place: () => `unsaved:${location.pathname}${location.search}`,
  // Buttons are left out, because a restored form has one more.
  fields: () => [...document.querySelectorAll('form[data-unsaved-form] :is(input, select, textarea)')],
  nameOf: field => field.id || field.getAttribute('aria-label'),
  typing: () => `typing:${location.pathname}${location.search}`,
  keep(sealed) {
    try {
      sessionStorage.setItem(unsaved.place(), sealed);
    } catch {
      // The storage is full or not allowed. The form works, but its changes are lost with the circuit.
    }
  },
  forget() {
    sessionStorage.removeItem(unsaved.place());
    sessionStorage.removeItem(unsaved.typing());
  },
  isKept: () => !!sessionStorage.getItem(unsaved.place()),
  take: () => new TextEncoder().encode(sessionStorage.getItem(unsaved.place())),
  // The field that the reader was typing in, whose value had not been sent to the server yet.
  typed() {
    const { index, name, value } = JSON.parse(sessionStorage.getItem(unsaved.typing()) ?? '{}');
    const field = unsaved.fields()[index];
    return field && unsaved.nameOf(field) === name ? { field, value } : {};
  },
  retype() {
    const { field, value } = unsaved.typed();
    if (!field || field.disabled || field.value === value) return;
    field.value = value;
    for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));
  },
};

// Signing out deletes everything that is kept in this tab.
document.addEventListener('submit', ({ target }) => {
  if (target.getAttribute('action') === 'sign-out') sessionStorage.clear();
});

// When the focus moves to another field, the value of the previous field has been sent to the server.
document.addEventListener('focusin', ({ target }) => {
  if (target.closest('form[data-unsaved-form]') && target !== unsaved.typed().field) sessionStorage.removeItem(unsaved.typing());
});

document.addEventListener('input', ({ target }) => {
  if (!target.closest('form[data-unsaved-form]') || !target.matches('textarea, input:not([type=password], [type=file], [type=checkbox], [type=radio], [data-typed])')) return;
  try {
    sessionStorage.setItem(unsaved.typing(), JSON.stringify({ index: unsaved.fields().indexOf(target), name: unsaved.nameOf(target), value: target.value }));
  } catch {
    // The storage is full or not allowed, as above.
  }
});
