using System.Globalization;
using System.Resources;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KlaviyoExport;

/// <summary>
/// A message for a person: a resource of a room ("Delivery.OverCap" is the entry OverCap of Delivery/Messages.resx) and its arguments.
/// Stored as such, so that every reader sees it in their own language and number format.
/// </summary>
[JsonConverter(typeof(LocalizedMessageJsonConverter))]
public sealed class LocalizedMessage(string code, params IReadOnlyList<object?> arguments) : IEquatable<LocalizedMessage>
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, ResourceManager> Rooms = new();

    /// <summary>Room and entry, joined by a dot.</summary>
    public string Code { get; } = code;

    /// <summary>Strings, whole numbers, decimals or <see cref="DateTimeOffset"/>s, in the order of the text's placeholders.</summary>
    public IReadOnlyList<object?> Arguments { get; } = arguments;

    /// <summary>The text in a language; English where the language lacks it.</summary>
    /// <exception cref="MissingManifestResourceException">The room or entry does not exist.</exception>
    public string In(CultureInfo culture)
    {
        var dot = Code.IndexOf('.', StringComparison.Ordinal);
        var room = Rooms.GetOrAdd(
            Code[..dot],
            name => new ResourceManager($"KlaviyoExport.{name}.Messages", typeof(LocalizedMessage).Assembly)
        );
        var text = room.GetString(Code[(dot + 1)..], culture) ?? throw new MissingManifestResourceException($"No notice {Code}.");
        return string.Format(
            culture,
            text,
            [.. Arguments.Select(argument => argument is LocalizedMessage inner ? inner.In(culture) : argument)]
        );
    }

    public string ToJson() => JsonSerializer.Serialize(this);

    public static LocalizedMessage FromJson(string json) => JsonSerializer.Deserialize<LocalizedMessage>(json)!;

    public bool Equals(LocalizedMessage? other) => other is not null && Code == other.Code && Arguments.SequenceEqual(other.Arguments);

    public override bool Equals(object? obj) => Equals(obj as LocalizedMessage);

    public override int GetHashCode() => HashCode.Combine(Code, Arguments.Count);

    /// <summary>The English text, for logs and debuggers.</summary>
    public override string ToString() => In(CultureInfo.InvariantCulture);
}
