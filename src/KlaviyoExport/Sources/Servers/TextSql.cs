namespace KlaviyoExport.Sources.Servers;

/// <summary>
/// How a server compares a text as <see cref="FieldValue.Fold"/> does. For texts in ASCII the two are the same in every collation and
/// version; other texts are compared by the product.
/// </summary>
/// <param name="IsBeyondAscii">
/// A condition that is true for a text with characters other than those from the space to the tilde. Of white space, a text in ASCII then
/// has only spaces.
/// </param>
/// <param name="Folded">The text in capitals, without the spaces around it, to be compared character by character.</param>
internal sealed record TextSql(string IsBeyondAscii, string Folded);
