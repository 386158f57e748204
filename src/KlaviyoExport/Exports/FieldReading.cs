using System.Globalization;
using System.Text.Json;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Exports;

/// <summary>A value in the form in which it is sent.</summary>
/// <param name="Value">Null when there is none.</param>
/// <param name="IsInvalid">Whether the text does not fit the type of the mapping.</param>
/// <param name="IsRepaired">Whether the form of the text was changed.</param>
internal readonly record struct FieldReading(object? Value, bool IsInvalid = false, bool IsRepaired = false)
{
    public static FieldReading Invalid { get; } = new(null, IsInvalid: true);
}

/// <summary>Reads the text of a field in the type of its mapping.</summary>
/// <param name="mapping">The mapping.</param>
/// <param name="type">The type of the field in the source.</param>
/// <param name="format">How the source writes dates and numbers.</param>
/// <param name="zone">The time zone of the Klaviyo account, in which a day without a time begins. Null when it is not known.</param>
internal sealed class FieldReader(FieldMapping mapping, FieldType type, FieldFormat format, TimeZoneInfo? zone)
{
    /// <summary>Reads a text that is not empty.</summary>
    /// <param name="text">The text.</param>
    /// <param name="country">The country of the profile, if the mapping names a field for it.</param>
    public FieldReading Read(string text, string? country)
    {
        if (mapping.IsPhone)
            return Phone(text, country);
        return mapping.Type switch
        {
            MappedType.AsSource => new(AsSource(text)),
            MappedType.Number => Of(Number(text)),
            MappedType.Date => Of(DateText.Read(text, format, zone)),
            MappedType.YesNo => FieldValue.TryYesNo(text, out var truth) ? new(truth) : FieldReading.Invalid,
            MappedType.List => new(Items(text)),
            _ => new(Text(text)),
        };
    }

    private static FieldReading Of(object? value) => value is null ? FieldReading.Invalid : new(value);

    private FieldReading Phone(string text, string? country) =>
        PhoneNumber.TryRead(text, Countries.CodeOf(country) ?? mapping.Region, out var number)
            ? new(number, IsRepaired: number != text.Trim())
            : FieldReading.Invalid;

    // A value that does not match the type of its column is sent as text, not dropped.
    private object AsSource(string text) =>
        type switch
        {
            FieldType.WholeNumber when format.TryWhole(text, out var number) => number,
            FieldType.Number => Number(text) ?? Text(text),
            FieldType.YesNo when bool.TryParse(text, out var truth) => truth,
            FieldType.Date or FieldType.Moment => DateText.Read(text, format, zone) ?? Text(text),
            _ => Text(text),
        };

    private string Text(string text) => mapping.Trims ? text.Trim() : text;

    private object? Number(string text)
    {
        // A decimal keeps all digits, a double about sixteen.
        if (format.Mark == DecimalMark.Point && IsDecimal(text, out var exact))
            return exact;
        if (format.TryWhole(text, out var whole))
            return whole;
        if (!format.TryNumber(text, out var number))
            return null;
        return IsDecimal(number.ToString("R", CultureInfo.InvariantCulture), out exact) ? exact : number;
    }

    private static bool IsDecimal(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private List<string> Items(string text)
    {
        var items = JsonItems(text) ?? text.Split(mapping.Separator.Length == 0 ? "," : mapping.Separator);
        return [.. items.Select(item => item.Trim()).Where(item => item.Length > 0)];
    }

    /// <summary>Some sources write lists as JSON already.</summary>
    private static string[]? JsonItems(string text)
    {
        if (text.TrimStart() is not ['[', ..])
            return null;
        try
        {
            return JsonSerializer.Deserialize<string[]>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
