using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Components.Ui;

/// <summary>A text on a page.</summary>
/// <param name="Text">The text, in the reader's language.</param>
/// <param name="Message">The message that the text tells, to which the page links the help. Null for another text.</param>
public sealed record ShownText(string Text, LocalizedMessage? Message = null)
{
    /// <summary>Returns the text of a message.</summary>
    public static ShownText Of(LocalizedMessage message) => new(message.ForReader(), message);

    public static implicit operator ShownText?(string? text) => text is null ? null : new(text);

    public static implicit operator ShownText?(LocalizedString? text) => text?.Value;
}
