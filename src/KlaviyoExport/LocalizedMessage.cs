using System.Globalization;
using System.Resources;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KlaviyoExport;

/// <summary>
/// A message for a person, stored as a resource name and its arguments. "Delivery.OverCap" is the entry OverCap of
/// Delivery/Messages.resx. Each reader sees the message in their own language and number format.
/// </summary>
[JsonConverter(typeof(LocalizedMessageJsonConverter))]
public sealed class LocalizedMessage(string code, params IReadOnlyList<object?> arguments) : IEquatable<LocalizedMessage>
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, ResourceManager> Rooms = new();

    /// <summary>The folder of the resource file and the name of the entry, joined by a dot.</summary>
    public string Code { get; } = code;

    /// <summary>
    /// The values of the placeholders, in order: strings, whole numbers, decimals, <see cref="DateTimeOffset"/>s, other messages or null.
    /// Values of other types are stored as text.
    /// </summary>
    public IReadOnlyList<object?> Arguments { get; } = arguments;

    /// <summary>Returns the text for the reader of the current page or request: in their language, with their formats.</summary>
    /// <exception cref="MissingManifestResourceException">The resource file or the entry does not exist.</exception>
    public string ForReader() => Format(CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture);

    /// <summary>Returns the text in the language and formats of the culture, or in English when there is no translation.</summary>
    /// <exception cref="MissingManifestResourceException">The resource file or the entry does not exist.</exception>
    public string In(CultureInfo culture) => Format(culture, culture);

    /// <summary>Returns the text in a language, or in English when there is no translation.</summary>
    /// <param name="language">The language of the text.</param>
    /// <param name="formats">The formats of numbers and times.</param>
    /// <exception cref="MissingManifestResourceException">The resource file or the entry does not exist.</exception>
    public string Format(CultureInfo language, CultureInfo formats)
    {
        var dot = Code.IndexOf('.', StringComparison.Ordinal);
        var room = Rooms.GetOrAdd(
            Code[..dot],
            name => new ResourceManager($"KlaviyoExport.{name}.Messages", typeof(LocalizedMessage).Assembly)
        );
        var text =
            room.GetString(Code[(dot + 1)..], language) ?? throw new MissingManifestResourceException($"The message {Code} has no text.");
        return CountedText.Format(
            language,
            formats,
            text,
            [.. Arguments.Select(argument => argument is LocalizedMessage inner ? inner.Format(language, formats) : argument)]
        );
    }

    public string ToJson() => JsonSerializer.Serialize(this);

    public static LocalizedMessage FromJson(string json) => JsonSerializer.Deserialize<LocalizedMessage>(json)!;

    public bool Equals(LocalizedMessage? other) => other is not null && Code == other.Code && Arguments.SequenceEqual(other.Arguments);

    public override bool Equals(object? obj) => Equals(obj as LocalizedMessage);

    public override int GetHashCode() => HashCode.Combine(Code, Arguments.Count);

    /// <summary>Returns the English text, for logs and debuggers.</summary>
    public override string ToString() => In(CultureInfo.InvariantCulture);
}
