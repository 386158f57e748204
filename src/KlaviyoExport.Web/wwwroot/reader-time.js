// <reader-time datetime="…"> shows a time in the time zone of the reader, in brackets, beside the same time in UTC. The text is in a shadow
// tree, so that Blazor does not remove it when it renders the page anew.
customElements.define('reader-time', class extends HTMLElement {
  static observedAttributes = ['datetime'];

  attributeChangedCallback() {
    const at = new Date(this.getAttribute('datetime'));
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.textContent = at.getTimezoneOffset() === 0 ? '' : `(${new Intl.DateTimeFormat(document.documentElement.lang, {
      weekday: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short',
    }).format(at)})`;
  }
});
