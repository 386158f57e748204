// Unsaved changes (data-unsaved holds the question), or something in a field that only its button stores (data-typed holds it): leaving asks first.
globalThis.leaving = {
  here: location.href,
  typed: () => [...document.querySelectorAll('[data-typed]')].find(field => field.value)?.dataset.typed,
  isAgreed(question) {
    if (!question) return true;
    if (!confirm(question)) return false;
    unsaved.forget();
    return true;
  },
  question: () => document.querySelector('[data-unsaved]')?.dataset.unsaved ?? leaving.typed(),
};

// Going back or forward asks too, before Blazor sees it: at the window listeners are called in the order they came, so this script comes before Blazor's.
// Refused, the page gets its address back; it has left nothing yet.
addEventListener('popstate', event => {
  if (leaving.isAgreed(new URL(leaving.here).pathname === location.pathname ? undefined : leaving.question())) return;
  event.stopImmediatePropagation();
  history.pushState(null, '', leaving.here);
});

addEventListener('beforeunload', event => {
  if (leaving.typed()) event.preventDefault();
});
