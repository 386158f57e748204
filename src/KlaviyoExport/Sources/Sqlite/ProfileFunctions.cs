using KlaviyoExport.Klaviyo;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Sources.Sqlite;

/// <summary>
/// Functions that SQLite lacks: Unicode case folding, and parsing of text as number, day, yes or no, or email address. They return null for invalid
/// text.
/// </summary>
internal static class ProfileFunctions
{
    public const string Fold = "profile_fold";
    public const string Whole = "profile_whole";
    public const string Number = "profile_number";
    public const string NumberText = "profile_number_text";
    public const string YesNo = "profile_yes_no";
    public const string Day = "profile_day";
    public const string Address = "profile_address";

    public static void Register(SqliteConnection connection)
    {
        connection.CreateFunction(Fold, (string? text) => text is null ? null : FieldValue.Fold(text), isDeterministic: true);
        connection.CreateFunction(
            Whole,
            (string? text) => text is not null && FieldValue.TryWhole(text, out var value) ? value : (long?)null,
            isDeterministic: true
        );
        connection.CreateFunction(
            Number,
            (string? text) => text is not null && FieldValue.TryNumber(text, out var value) ? value : (double?)null,
            isDeterministic: true
        );
        connection.CreateFunction(
            NumberText,
            (string? text) => text is not null && FieldValue.TryNumber(text, out var value) ? FieldValue.Spell(value) : null,
            isDeterministic: true
        );
        connection.CreateFunction(
            YesNo,
            (string? text) => text is not null && FieldValue.TryYesNo(text, out var value) ? (value ? 1L : 0L) : (long?)null,
            isDeterministic: true
        );
        connection.CreateFunction(
            Day,
            (string? text) => text is not null && FieldValue.TryDay(text, out var value) ? value.DayNumber : (long?)null,
            isDeterministic: true
        );
        connection.CreateFunction(Address, (string? text) => EmailAddress.Read(text).Address, isDeterministic: true);
    }
}
