// The tour of the demo is shown until the person ends it. Loaded in the head, so that the page does not move when the tour appears or stays
// away.
(() => {
  const ended = 'klaviyo-export-tour-ended';
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  const hide = () => sheet.replaceSync('[data-tour] { display: none; }');
  if (localStorage.getItem(ended) !== null) hide();
  document.addEventListener('click', ({ target }) => {
    if (!target.closest('[data-tour-end]')) return;
    localStorage.setItem(ended, '');
    hide();
  });
})();
