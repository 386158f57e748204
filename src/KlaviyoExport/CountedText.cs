using System.Globalization;

namespace KlaviyoExport;

/// <summary>
/// Formats texts whose words depend on a number. A placeholder with alternatives, as in <c>{0:N0} {0:profile|profiles}</c>, becomes the
/// alternative for the plural form of its number, and <c>{0:bytes}</c> a <see cref="ByteSize"/>. All other placeholders are formatted as
/// usual.
/// </summary>
/// <param name="language">The language of the text. It decides which plural form a number takes.</param>
/// <param name="formats">The formats of numbers and times.</param>
public sealed class CountedText(CultureInfo language, CultureInfo formats) : IFormatProvider, ICustomFormatter
{
    /// <summary>Stands between the alternatives, which are in the order of <see cref="PluralForms"/>.</summary>
    public const char Separator = '|';

    private const string Bytes = "bytes";

    /// <summary>Formats a text with its arguments.</summary>
    /// <exception cref="FormatException">The text is not a composite format string, or it has a placeholder without an argument.</exception>
    public static string Format(CultureInfo language, CultureInfo formats, string text, params ReadOnlySpan<object?> arguments) =>
        string.Format(new CountedText(language, formats), text, arguments);

    object? IFormatProvider.GetFormat(Type? formatType) => formatType == typeof(ICustomFormatter) ? this : formats.GetFormat(formatType);

    string ICustomFormatter.Format(string? format, object? arg, IFormatProvider? formatProvider) =>
        format?.Split(Separator) is { Length: > 1 } alternatives ? alternatives[Math.Min(IndexOf(arg), alternatives.Length - 1)]
        : format == Bytes && arg is long or int ? ByteSize.Of(Convert.ToInt64(arg, CultureInfo.InvariantCulture), formats)
        : arg is IFormattable value ? value.ToString(format, formats)
        : arg?.ToString() ?? "";

    // What is not a whole number, such as a number that is not shown ("…"), takes the last form.
    private int IndexOf(object? number) =>
        long.TryParse(Convert.ToString(number, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var whole)
            ? PluralForms.IndexOf(language, whole)
            : PluralForms.CountOf(language) - 1;
}
