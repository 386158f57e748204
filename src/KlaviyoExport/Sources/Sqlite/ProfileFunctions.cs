using KlaviyoExport.Klaviyo;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Sources.Sqlite;

/// <summary>
/// Functions that SQLite lacks: Unicode case folding, and parsing of text as number, day, yes or no, or email address. They return null
/// for invalid text. <see cref="ColumnSql"/> writes their calls.
/// </summary>
internal static class ProfileFunctions
{
    public const string Fold = "profile_fold";
    public const string Whole = "profile_whole";
    public const string Number = "profile_number";
    public const string NumberText = "profile_number_text";
    public const string YesNo = "profile_yes_no";
    public const string Day = "profile_day";
    public const string EndsWith = "profile_ends_with";
    public const string FromAnniversary = "profile_from_anniversary";
    public const string Address = "profile_address";

    private static readonly FieldFormat[] Formats =
    [
        .. Enum.GetValues<DayOrder>().SelectMany(days => Enum.GetValues<DecimalMark>().Select(mark => new FieldFormat(days, mark))),
    ];

    /// <summary>The number of a format, for the second argument of the functions that parse numbers and days.</summary>
    public static int NumberOf(FieldFormat format) => Array.IndexOf(Formats, format);

    public static void Register(SqliteConnection connection)
    {
        connection.CreateFunction(Fold, (string? text) => text is null ? null : FieldValue.Fold(text), isDeterministic: true);
        connection.CreateFunction(
            Whole,
            (string? text, long format) => text is not null && Formats[format].TryWhole(text, out var value) ? value : (long?)null,
            isDeterministic: true
        );
        connection.CreateFunction(
            Number,
            (string? text, long format) => text is not null && Formats[format].TryNumber(text, out var value) ? value : (double?)null,
            isDeterministic: true
        );
        connection.CreateFunction(
            NumberText,
            (string? text, long format) =>
                text is not null && Formats[format].TryNumber(text, out var value) ? FieldValue.Spell(value) : null,
            isDeterministic: true
        );
        connection.CreateFunction(
            YesNo,
            (string? text) => text is not null && FieldValue.TryYesNo(text, out var value) ? (value ? 1L : 0L) : (long?)null,
            isDeterministic: true
        );
        connection.CreateFunction(
            Day,
            (string? text, long format) =>
                text is not null && Formats[format].TryDay(text, out var value, out _) ? value.DayNumber : (long?)null,
            isDeterministic: true
        );
        connection.CreateFunction(
            EndsWith,
            // As UTF-8: a text as an argument would end at NUL.
            (byte[]? text, byte[] end) => text is null ? (bool?)null : text.AsSpan().EndsWith(end),
            isDeterministic: true
        );
        connection.CreateFunction(
            FromAnniversary,
            (long? day, long today) =>
                day is { } number
                    ? Anniversary.DaysFrom(DateOnly.FromDayNumber((int)today), DateOnly.FromDayNumber((int)number))
                    : (long?)null,
            isDeterministic: true
        );
        connection.CreateFunction(Address, (string? text) => EmailAddress.Read(text).Address, isDeterministic: true);
    }
}
