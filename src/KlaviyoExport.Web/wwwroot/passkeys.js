// A form with data-passkey makes or uses a passkey (WebAuthn) before it is submitted. data-passkey is the address of the options, and
// data-passkey-make is set when a passkey is made. The answer of the browser goes into the field "Credential" of the form. Loaded in the
// head, so that the page does not move: where there can be no passkey, a note stands in place of the form.
(() => {
  const named = !/^[\d.]+$|:/.test(location.hostname);
  const able = named && globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined;
  const reason = named ? 'browser' : 'address';
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${able ? '[data-passkey-note]' : `form[data-passkey], [data-passkey-note]:not([data-passkey-note=${reason}])`} { display: none; }`);
  document.adoptedStyleSheets.push(sheet);

  async function answer(form) {
    const makes = 'passkeyMake' in form.dataset;
    const response = await fetch(form.dataset.passkey, { method: 'POST', body: new FormData(form) });
    if (!response.ok) throw new Error(`${response.status}`);
    const options = await response.json();
    const credential = makes
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    return JSON.stringify(credential);
  }

  document.addEventListener('submit', async event => {
    const form = event.target;
    const credential = form.querySelector('[name$=Credential]');
    if (!form.matches('form[data-passkey]') || credential.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = form.querySelector('button');
    button.disabled = true;
    try {
      credential.value = await answer(form);
    } catch (fault) {
      // The person has canceled, the device has no such passkey, or the options were refused. The server says what can be done.
      credential.value = fault.name ?? 'Error';
    }
    button.disabled = false;
    form.requestSubmit(button);
  }, true);
})();
