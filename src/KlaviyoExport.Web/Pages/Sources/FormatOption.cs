using System.Globalization;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Web.Pages.Sources;

/// <summary>One way to read the values of a column.</summary>
/// <param name="Choice">The choice to store.</param>
/// <param name="Name">The name of its text.</param>
/// <param name="Example">A value of the column. Null when there is nothing to show.</param>
/// <param name="Reading">The value read in this way, in the reader's language. Null when it cannot be read.</param>
internal sealed record FormatOption(FormatChoice Choice, string Name, string? Example, string? Reading)
{
    /// <summary>Returns the two readings of a field and the option to leave it undecided.</summary>
    public static IReadOnlyList<FormatOption> For(Field field, FormatChoice? chosen)
    {
        var none = new FormatChoice(field.Name);
        var isAboutDays = field.Doubt is { } doubt
            ? doubt.Kind is FormatDoubtKind.DayOrder or FormatDoubtKind.UnfitDayOrder
            : chosen?.Days is not null;
        FormatChoice[] choices = isAboutDays
            ? [none with { Days = DayOrder.DayFirst }, none with { Days = DayOrder.MonthFirst }]
            : [none with { Mark = DecimalMark.Comma }, none with { Mark = DecimalMark.Point }];
        var example =
            field.Doubt?.Example
            ?? field.Samples.FirstOrDefault(sample => choices.All(choice => Read(sample, choice) is not null))
            ?? (field.Samples is [var first, ..] ? first : null);
        return
        [
            .. choices.Select(choice => new FormatOption(
                choice,
                $"Format.{choice.Days?.ToString() ?? choice.Mark.ToString()}",
                example,
                example is null ? null : Read(example, choice)
            )),
            new FormatOption(none, isAboutDays ? "Format.UndecidedDays" : "Format.UndecidedMark", null, null),
        ];
    }

    private static string? Read(string value, FormatChoice choice)
    {
        var format = new FieldFormat(choice.Days ?? DayOrder.Unknown, choice.Mark ?? DecimalMark.Point);
        if (choice.Days is not null)
            return format.TryDay(value, out var day, out _) ? day.ToString("D", CultureInfo.CurrentCulture) : null;
        return format.TryNumber(value, out var number) ? number.ToString("#,0.##########", CultureInfo.CurrentCulture) : null;
    }
}
